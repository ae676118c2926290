package browser_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp/kb"
)

// newTea is a program that dewar new wrote, without a database. It is edited while it runs.
var newTea = wrote("tea")

// A workbench is a program that dewar dev runs, and the tab that shows it.
type workbench struct {
	*tab
	dir string
	dev *program
}

func runDev(t *testing.T) *workbench {
	t.Helper()
	start(t)
	dir := must(t)(newTea())
	dev := run(t, dir, nil, must(t)(dewarTool()), "dev", "--port", "0")
	w := &workbench{open(t, dev.site), dir, dev}
	w.wait = patience // for builds
	return w
}

// edit edits a file of the program.
func (w *workbench) edit(file, before, after string) {
	w.t.Helper()
	if err := edit(filepath.Join(w.dir, filepath.FromSlash(file)), before, after); err != nil {
		w.t.Fatal(err)
	}
}

// builds returns how often the program was built.
func (w *workbench) builds() int { return strings.Count(w.dev.output(), "built in") }

// TestDev edits a program that runs, as people do, and looks at the page that stays open.
func TestDev(t *testing.T) {
	t.Parallel()
	w := runDev(t)
	w.visit("/")
	w.sees("Tea is running.")
	w.looks("new program in DEBUG")
	w.shows("new-program.png", "light", 1000, 720)

	builds := w.builds()
	w.edit("templates/home/index.html", "is running.", "is hot.")
	w.sees("Tea is hot.")
	w.runs(`window.stayed = true`)
	w.edit("static/style.css", "\nmain {", "\nh1 { color: rgb(1, 2, 3); }\nmain {")
	w.until("the style is there", `getComputedStyle(document.querySelector("h1")).color === "rgb(1, 2, 3)"`)
	if !ask[bool](w.tab, `window.stayed === true`) {
		t.Error("the page was loaded again for a style")
	}
	if now := w.builds(); now != builds {
		t.Errorf("the program was built %d times for a template and a style", now-builds)
	}

	w.edit("home.go", `"home/index.html", nil)`, `"home/index.html", nill)`)
	w.sees("undefined: nill")
	w.sees("home.go:")
	w.looks("compile error")
	w.shows("compile-error.png", "light", 1000, 460)
	if text := ask[string](w.tab, `document.querySelector(".here").innerText`); !strings.Contains(text, `nill)`) {
		t.Errorf("the line that is marked is %q", text)
	}
	plain := open(t, w.site)
	plain.wait = patience
	call(plain, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	plain.visit("/")
	plain.sees("undefined: nill")

	w.edit("home.go", "nill)", `nil)`)
	w.sees("Tea is hot.")
	plain.sees("Tea is hot.")
	if !strings.Contains(w.dev.output(), "undefined: nill") {
		t.Error("the terminal has not told what the page did")
	}

	w.edit("main.go", "func main() {", "func main() {\n\tpanic(\"the kettle is empty\")")
	w.sees("the kettle is empty")
	w.looks("program that crashed")
	w.edit("main.go", "\tpanic(\"the kettle is empty\")\n", "")
	w.sees("Tea is hot.")
}

// TestDev_LoginOfANewProgram goes through a program without a database, in DEBUG, by keyboard.
func TestDev_LoginOfANewProgram(t *testing.T) {
	t.Parallel()
	start(t)
	dir := must(t)(newTea())
	bin := filepath.Join(t.TempDir(), "tea")
	if err := goes(dir, "go", "build", "-o", bin, "."); err != nil {
		t.Fatal(err)
	}
	p := open(t, run(t, dir, nil, bin, "run").site)
	p.visit("/account?tab=1")
	p.comesTo("/auth/login")
	p.sees("demo")
	p.looks("login of a new program in DEBUG")
	p.enter("Name", "demo", "guess")
	p.sees("Wrong name or password.")
	p.enter("Name", "demo", "demo")
	p.comesTo("/account")
	p.looks("account of a new program in DEBUG")
	p.to("Skip to the content")
	p.press(kb.Enter)
	p.to("Log out")
	p.press(kb.Enter)
	p.sees("Tea is")
	p.visit("/nothing")
	p.sees("The nearest rules")
	if _, err := os.Stat(filepath.Join(dir, "instance")); err == nil {
		t.Error("a program without a database keeps something")
	}
}
