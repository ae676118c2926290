package browser_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp/kb"
)

// newPlain is a program that dewar new wrote, without a database. It is edited while it runs.
var newPlain = wrote("plain/shop")

// A workbench is a program that dewar dev runs, and the tab that shows it.
type workbench struct {
	*tab
	dir string
	dev *program
}

// runDev has dewar dev run a copy of the program.
func runDev(t *testing.T) *workbench {
	t.Helper()
	start(t)
	dir := filepath.Join(t.TempDir(), "shop")
	if err := os.CopyFS(dir, os.DirFS(must(t)(newPlain()))); err != nil {
		t.Fatal(err)
	}
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
	w.sees("Shop is running.")
	w.looks("new program in DEBUG")
	w.shows("new-program.png", "light", 1000, 720)
	w.logsIn()
	w.visit("/")
	w.editsPagesAndStyles()
	w.breaksAndMends()
	w.crashes()
	if _, err := os.Stat(filepath.Join(w.dir, "instance")); err == nil {
		t.Error("a program without a database keeps something")
	}
}

// logsIn goes through the login that is there without a database.
func (w *workbench) logsIn() {
	w.t.Helper()
	w.visit("/account?tab=1")
	w.comesTo("/auth/login")
	w.sees("demo")
	w.looks("login of a new program in DEBUG")
	w.enter("Name", "demo", "guess")
	w.sees("Wrong name or password.")
	w.enter("Name", "demo", "demo")
	w.comesTo("/account")
	w.to("Skip to the content")
	w.press(kb.Enter)
	w.to("Log out")
	w.press(kb.Enter)
	w.sees("Shop is running.")
}

// editsPagesAndStyles needs no build.
func (w *workbench) editsPagesAndStyles() {
	w.t.Helper()
	builds := w.builds()
	w.edit("templates/home/index.html", "is running.", "is open.")
	w.sees("Shop is open.")
	w.runs(`window.stayed = true`)
	w.edit("static/style.css", "\nmain {", "\nh1 { color: rgb(1, 2, 3); }\nmain {")
	w.until("the style is there", `getComputedStyle(document.querySelector("h1")).color === "rgb(1, 2, 3)"`)
	if !ask[bool](w.tab, `window.stayed === true`) {
		w.t.Error("the page was loaded again for a style")
	}
	if now := w.builds(); now != builds {
		w.t.Errorf("the program was built %d times for a template and a style", now-builds)
	}
}

// breaksAndMends sees the compiler's message come and go, with and without JavaScript.
func (w *workbench) breaksAndMends() {
	w.t.Helper()
	w.edit("home.go", `"home/index.html", nil)`, `"home/index.html", nill)`)
	w.sees("undefined: nill")
	w.sees("home.go:")
	w.looks("compile error")
	w.shows("compile-error.png", "light", 1000, 460)
	if text := ask[string](w.tab, `document.querySelector(".here").innerText`); !strings.Contains(text, `nill)`) {
		w.t.Errorf("the line that is marked is %q", text)
	}
	plain := open(w.t, w.site)
	plain.wait = patience
	call(plain, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	plain.visit("/")
	plain.sees("undefined: nill")

	w.edit("home.go", "nill)", `nil)`)
	w.sees("Shop is open.")
	plain.sees("Shop is open.")
	if !strings.Contains(w.dev.output(), "undefined: nill") {
		w.t.Error("the terminal has not told what the page did")
	}
}

// crashes sees the last output of a program that has ended, and starts it again.
func (w *workbench) crashes() {
	w.t.Helper()
	w.edit("main.go", "func main() {", "func main() {\n\tif _, err := os.Stat(\"stock\"); err != nil {\n\t\tpanic(\"the shop is sold out\")\n\t}")
	w.sees("the shop is sold out")
	w.looks("program that crashed")
	if err := os.Mkdir(filepath.Join(w.dir, "stock"), 0o755); err != nil {
		w.t.Fatal(err)
	}
	w.push("Start it again")
	w.sees("Shop is open.")
}
