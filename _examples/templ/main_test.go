package main

import (
	"context"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

func client(t *testing.T, more ...func(app *dewar.App)) (*dewar.App, *dewartest.Client) {
	t.Helper()
	t.Setenv("FLASK_SECRET_KEY", strings.Repeat("k", 32))
	app, err := newApp()
	if err != nil {
		t.Fatal(err)
	}
	for _, add := range more {
		add(app)
	}
	return app, dewartest.New(t, app)
}

func TestNotes(t *testing.T) {
	app, client := client(t)
	var names []string
	app.TemplateRendered.Connect(func(r dewar.Rendering) { names = append(names, r.Name) })
	client.Post("/", dewartest.Form("text", `<script>alert(1)</script> & "more"`))
	page := client.Get("/")
	if got := page.Header.Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	if want := `<li><a href="/1">&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;more&#34;</a></li>`; !strings.Contains(page.Text(), want) {
		t.Errorf("got %s, want %s in it", page.Text(), want)
	}
	if got := client.Get("/1").Text(); !strings.Contains(got, "<h1>&lt;script&gt;") || !strings.Contains(got, `<a href="/">Notes</a>`) {
		t.Errorf("got %s, want the note in the layout", got)
	}
	if got := strings.Join(names, " "); got != "list show" {
		t.Errorf("pages rendered: %q, want list and show", got)
	}
	if got := client.Get("/2"); got.StatusCode != 404 {
		t.Errorf("a note that is not there: %d, want 404", got.StatusCode)
	}
}

func TestFlashesAreShownOnce(t *testing.T) {
	_, client := client(t)
	client.Post("/", dewartest.Form("text", ""))
	const message = `<p class="flash">Write something first.</p>`
	if got := client.Get("/").Text(); !strings.Contains(got, message) {
		t.Errorf("got %s, want %s in it", got, message)
	}
	if got := client.Get("/").Text(); strings.Contains(got, message) {
		t.Errorf("the message is shown again: %s", got)
	}
}

// A component that fails in its middle leaves nothing of its page behind, and neither does a view that forgets it.
func TestFailureLeavesNoHalfPage(t *testing.T) {
	broken := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, _ = io.WriteString(w, "<nav>half a page")
		return errors.New("out of order")
	})
	_, client := client(t, func(app *dewar.App) {
		app.Get("/broken", func(c *dewar.Context) error { return render(c, "broken", broken) }, dewar.Endpoint("broken"))
		app.Get("/forgotten", func(c *dewar.Context) error { return c.Render("forgotten", nil) }, dewar.Endpoint("forgotten"))
	})
	for _, path := range []string{"/broken", "/forgotten"} {
		if got := client.Get(path); got.StatusCode != 500 || strings.Contains(got.Text(), "<nav>") {
			t.Errorf("%s: got %d %s, want a 500", path, got.StatusCode, got.Text())
		}
	}
}

// TestGeneratedWithTheVersionRequired finds pages_templ.go that was not made again.
func TestGeneratedWithTheVersionRequired(t *testing.T) {
	required := version(t, "go.mod", `a-h/templ (v\S+)`)
	for name, pattern := range map[string]string{"pages_templ.go": `templ: version: (v\S+)`, "main.go": `cmd/templ@(v\S+)`} {
		if got := version(t, name, pattern); got != required {
			t.Errorf("%s says templ %s, go.mod %s; run go run github.com/a-h/templ/cmd/templ@%s generate", name, got, required, required)
		}
	}
}

func version(t *testing.T, file, pattern string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(pattern).FindSubmatch(text)
	if m == nil {
		t.Fatalf("%s has no %s", file, pattern)
	}
	return string(m[1])
}
