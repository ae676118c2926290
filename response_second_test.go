package dewar_test

import (
	"html/template"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

// TestSecondAnswerReplacesTheFirst gives two answers in every pair of ways and looks for what is left of the first.
func TestSecondAnswerReplacesTheFirst(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"templates/secret.html": {Data: []byte("secret")}, "a.txt": {Data: []byte("file")}}
	page := template.Must(template.New("").Parse("secret"))
	foreign := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "secret") }
	firsts := map[string]func(c *dewar.Context) error{
		"Redirect":      func(c *dewar.Context) error { return c.Redirect("/login") },
		"RedirectTo":    func(c *dewar.Context) error { return c.RedirectTo("login") },
		"Redirect 303":  func(c *dewar.Context) error { return c.Status(303).Redirect("/login") },
		"NoContent":     func(c *dewar.Context) error { return c.NoContent() },
		"Text":          func(c *dewar.Context) error { return c.Status(403).Text("no") },
		"HTML":          func(c *dewar.Context) error { return c.Status(403).HTML("no") },
		"JSON":          func(c *dewar.Context) error { return c.Status(403).JSON("no") },
		"Blob":          func(c *dewar.Context) error { return c.Status(403).Blob("image/png", []byte("no")) },
		"SendFromFS":    func(c *dewar.Context) error { return c.SendFromFS(files, "a.txt", dewar.Attachment("a.txt")) },
		"with a header": func(c *dewar.Context) error { return c.Status(403).Header("X-First", "1").Text("no") },
		"with a cookie": func(c *dewar.Context) error { return answerWithCookie(c) },
		"http.Error":    func(c *dewar.Context) error { http.Error(c.Response, "no", http.StatusForbidden); return nil },
		"http.Redirect": func(c *dewar.Context) error {
			http.Redirect(c.Response, c.Request, "/login", http.StatusFound)
			return nil
		},
		"WriteHeader":    func(c *dewar.Context) error { c.Response.WriteHeader(403); return nil },
		"io.WriteString": func(c *dewar.Context) error { _, err := io.WriteString(c.Response, "no"); return err },
		"a handler":      func(c *dewar.Context) error { return dewar.Wrap(http.NotFoundHandler())(c) },
	}
	seconds := map[string]func(c *dewar.Context) error{
		"Text":   func(c *dewar.Context) error { return c.Text("secret") },
		"HTML":   func(c *dewar.Context) error { return c.HTML("secret") },
		"Blob":   func(c *dewar.Context) error { return c.Blob("text/plain", []byte("secret")) },
		"Render": func(c *dewar.Context) error { return c.Render("secret.html", nil) },
	}
	after := map[string]func(c *dewar.Context) error{ // what replaces an answer that takes no more
		"by hand":           func(c *dewar.Context) error { _, err := io.WriteString(c.Response, "secret"); return err },
		"a template":        func(c *dewar.Context) error { return page.Execute(c.Response, nil) },
		"a wrapped handler": func(c *dewar.Context) error { return dewar.Wrap(http.HandlerFunc(foreign))(c) },
		"ReadFrom":          func(c *dewar.Context) error { _, err := c.Response.ReadFrom(strings.NewReader("secret")); return err },
	}
	for first, one := range firsts {
		for second, two := range seconds {
			testSecondAnswer(t, files, first+", then "+second, one, two)
		}
		switch first {
		case "Redirect", "RedirectTo", "Redirect 303":
			for second, two := range after {
				testSecondAnswer(t, files, first+", then "+second, one, two)
			}
		case "NoContent", "Text", "JSON", "with a cookie":
			testSecondAnswer(t, files, first+", then a wrapped handler", one, after["a wrapped handler"])
		}
	}
}

func answerWithCookie(c *dewar.Context) error {
	if err := c.SetCookie(&http.Cookie{Name: "first", Value: "1"}); err != nil {
		return err
	}
	return c.Status(403).Text("no")
}

func testSecondAnswer(t *testing.T, files fstest.MapFS, name string, first, second func(c *dewar.Context) error) {
	t.Helper()
	for _, mode := range []string{"", "DEBUG", "TESTING"} {
		app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.FS(files))
		must(t, app.Config.Set("SECRET_KEY", testKey))
		if mode != "" {
			must(t, app.Config.Set(mode, true))
		}
		log := &strings.Builder{}
		app.Logger = textLogger(log)
		app.BeforeRequest(func(c *dewar.Context) error {
			c.Header("X-Hook", "1")
			return c.SetCookie(&http.Cookie{Name: "hook", Value: "1"})
		})
		app.Get("/login", index, dewar.Endpoint("login"))
		app.Get("/", func(c *dewar.Context) error {
			if err := first(c); err != nil {
				return err
			}
			return second(c)
		})
		rec := send(app, "GET", "/")
		if rec.Code != 200 || rec.Body.String() != "secret" || !strings.HasPrefix(rec.Header().Get("Content-Type")+"text/", "text/") {
			t.Errorf("%s: got %d %q %v", name, rec.Code, rec.Body, rec.Header())
		}
		for _, key := range []string{"Location", "Etag", "Last-Modified", "Content-Disposition", "X-First", "Content-Length", "Accept-Ranges"} {
			if value := rec.Header().Get(key); value != "" {
				t.Errorf("%s: %s: %s is left of the first answer", name, key, value)
			}
		}
		if got := rec.Header()["Set-Cookie"]; len(got) != 1 || got[0] != "hook=1; Path=/" || rec.Header().Get("X-Hook") != "1" {
			t.Errorf("%s: the header is %v", name, rec.Header())
		}
		want := 2
		if mode == "" {
			want = 0
		}
		if lines := strings.Count(log.String(), "response_second_test.go:"); lines != want || strings.Contains(log.String(), "second answer") != (want > 0) {
			t.Errorf("%s: %s names %d lines, want %d: %s", name, mode, lines, want, log)
		}
	}
}

// TestWritingOnIsNoSecondAnswer adds to an answer.
func TestWritingOnIsNoSecondAnswer(t *testing.T) {
	t.Parallel()
	for name, view := range map[string]dewar.Handler{
		"by hand twice": func(c *dewar.Context) error {
			_, _ = io.WriteString(c.Response, "a")
			_, err := io.WriteString(c.Response, "b")
			return err
		},
		"after Text": func(c *dewar.Context) error {
			_ = c.Text("a")
			_, err := io.WriteString(c.Response, "b")
			return err
		},
		"WriteHeader, then the body": func(c *dewar.Context) error {
			c.Response.WriteHeader(200)
			_, err := io.WriteString(c.Response, "ab")
			return err
		},
		"a handler, then by hand": func(c *dewar.Context) error {
			_ = dewar.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "a") }))(c)
			_, err := io.WriteString(c.Response, "b")
			return err
		},
		"a hook behind the view": func(c *dewar.Context) error {
			c.AfterThisRequest(func(c *dewar.Context) error { _, err := io.WriteString(c.Response, "b"); return err })
			return c.Text("a")
		},
	} {
		app := newApp(t)
		must(t, app.Config.Set("TESTING", true))
		log := &strings.Builder{}
		app.Logger = textLogger(log)
		app.Get("/", view)
		if rec := send(app, "GET", "/"); rec.Code != 200 || rec.Body.String() != "ab" || log.Len() > 0 {
			t.Errorf("%s: got %d %q, log %q", name, rec.Code, rec.Body, log)
		}
	}
}

// TestHandlerThatWritesNothingLeavesTheAnswer wraps a handler that has nothing to say.
func TestHandlerThatWritesNothingLeavesTheAnswer(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		_ = c.Redirect("/login")
		return dewar.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))(c)
	})
	if rec := send(app, "GET", "/"); rec.Code != 302 || rec.Header().Get("Location") != "/login" {
		t.Errorf("got %d %v", rec.Code, rec.Header())
	}
}
