package escape_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/jinja/internal/escape"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

//go:embed testdata/browser.html
var runner []byte

// patience is how long Chromium may take for all pages, on a small machine that is busy.
const patience = 5 * time.Minute

// chromium returns the path of Chromium, or skips the test.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const cure = "there is no chromium on the PATH; install it, with apt-get install chromium or as your system does"
	if os.Getenv("DEWAR_BROWSER") == "required" {
		t.Fatal("DEWAR_BROWSER=required: " + cure)
	}
	t.Skip("NOTHING IS TESTED IN A BROWSER: " + cure)
	return ""
}

// profile returns a folder for the browser. The processes of one that was ended write into it for a moment still.
func profile(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "browser")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for end := time.Now().Add(10 * time.Second); os.RemoveAll(dir) != nil && time.Now().Before(end); {
			time.Sleep(50 * time.Millisecond)
		}
	})
	return dir
}

// A trial is a page for the browser: with an attack, and with a harmless value in its place.
type trial struct {
	Spot, Attack, Variant string
	Page, Harmless        string
	Names                 bool
	Got                   bool // whether the script's variable got must be the attack
}

// trials makes every spot's pages: with each attack, with each in two parts, with each as markup.
func trials(t *testing.T) (all []trial) {
	t.Helper()
	seen := map[trial]bool{}
	add := func(s spot, variant, skeleton, attack string, harmless string, values ...any) {
		made := trial{Spot: s.name, Page: page(t, skeleton, values...), Harmless: harmless, Names: s.names, Got: s.got && variant == "text"}
		if seen[made] {
			return
		}
		seen[made] = true
		made.Attack, made.Variant = attack, variant
		all = append(all, made)
	}
	for _, s := range spots {
		twice := strings.ReplaceAll(s.page, "{{}}", "{{}}{{}}")
		good := page(t, s.page, s.harmless())
		for _, attack := range attacks {
			if !s.suits(attack) {
				continue
			}
			add(s, "text", s.page, attack, good, attack)
			add(s, "markup", s.page, attack, good, value.Markup{Text: escaped(attack), Language: value.HTML})
			if s.place() {
				add(s, "raw markup", s.page, attack, good, value.Markup{Text: attack, Language: value.HTML})
				if !s.names { // who makes attributes of a dict has chosen their names
					add(s, "attributes", s.page, attack, good, value.Markup{Text: attack, Language: value.Attributes})
				}
				add(s, "JavaScript", s.page, attack, good, value.Markup{Text: attack, Language: value.JavaScript})
			}
			if len(attack) < 2 || s.got || strings.Count(s.page, "{{}}") > 1 {
				continue
			}
			// In code two values side by side are no JavaScript, whatever they are.
			halves := page(t, twice, "ab", "c")
			if s.names || s.good != "" {
				halves = good
			}
			for _, at := range []int{1, len(attack) / 2, len(attack) - 1} {
				add(s, fmt.Sprint("two parts at ", at), twice, attack, halves, attack[:at], attack[at:])
			}
		}
	}
	for _, before := range []string{"id=", "checked title=", "class='a b' href=", "id=x value=y/"} {
		for _, attack := range attacks {
			s := spot{name: "captured attributes"}
			add(s, before, `<a {{}}>text</a>`, attack, page(t, `<a {{}}>text</a>`, captured(before, "ab")), captured(before, attack))
		}
	}
	return all
}

// captured is a set block with a value behind text of the template.
func captured(before, attack string) value.Markup {
	text := before + escaped(attack)
	return value.Markup{Text: text, Language: value.HTML, Tag: escape.Attributes(text, []escape.Span{{From: len(before), To: len(text)}})}
}

// suits reports whether the page is well-formed with the attack in its spot.
func (s spot) suits(attack string) bool {
	switch s.name {
	case "element":
		return strings.Trim(attack[:min(1, len(attack))], "+-0123456789 \n\r") != "" // else < stands for itself
	case "string behind a backslash", "end of a name":
		return attack != ""
	}
	return true
}

// place reports whether markup that was made for text, by whoever, is escaped in the spot.
func (s spot) place() bool {
	switch s.name {
	case "text", "text behind &", "noscript", "text in svg", "HTML in svg", "srcdoc", "unquoted srcdoc", "attribute in srcdoc", "script that is a template",
		"element", "tag in a script that is a template":
		return false
	}
	return true
}

func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;").Replace(text)
}

// TestInABrowser has Chromium read and run every page. None may have other elements, attributes, statements or rules than with a harmless value, and
// nothing may run.
func TestInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a browser")
	}
	path := chromium(t)
	all := trials(t)
	answers := make(chan []string, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(runner)
	})
	mux.HandleFunc("GET /trials", func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(all)
	})
	mux.HandleFunc("POST /took", func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		t.Logf("%s", text)
	})
	mux.HandleFunc("POST /answers", func(w http.ResponseWriter, r *http.Request) {
		var faults []string
		if err := json.NewDecoder(r.Body).Decode(&faults); err != nil {
			faults = []string{err.Error()}
		}
		select {
		case answers <- faults:
		default:
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
		"--remote-debugging-port=0", "--user-data-dir="+profile(t), "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", server.URL+"/")
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cancel()
		_ = cmd.Wait()
	}()
	select {
	case faults := <-answers:
		counts := map[string]int{}
		for _, fault := range faults {
			spot, _, _ := strings.Cut(fault, ":")
			if counts[spot]++; counts[spot] <= 3 {
				t.Error(fault)
			}
		}
		for spot, n := range counts {
			t.Errorf("%s: %d faults in all", spot, n)
		}
	case <-ctx.Done():
		t.Fatal("Chromium has not answered")
	}
}
