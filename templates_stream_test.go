package dewar_test

import (
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

func TestStreamedTemplateIsBoundedAndWholeOrCutOff(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"templates/page.html":  {Data: []byte(`{{template "base.html" .}}{{define "rows"}}{{range .rows}}<p>{{.}}</p>{{end}}{{fail .failing}}{{end}}`)},
		"templates/base.html":  {Data: []byte(`<!doctype html><title>{{.title}}</title>{{block "rows" .}}{{end}}</html>`)},
		"templates/notes.txt":  {Data: []byte(`{{.title}}`)},
		"templates/other.html": {Data: []byte(`other`)},
	}
	app := dewar.New("test", dewar.FS(files))
	app.Logger = quietApp(t).Logger
	configure(app, "RESPONSE_BUFFER_SIZE", 10_000)
	app.TemplateFunc("fail", func(failing bool) (string, error) {
		if failing {
			return "", errors.New("a template that fails")
		}
		return "", nil
	})
	var rendered atomic.Int32
	app.TemplateRendered.Connect(func(dewar.Rendering) { rendered.Add(1) })
	page := func(rows int, failing bool) dewar.Handler {
		return func(c *dewar.Context) error {
			return c.StreamTemplate("page.html", dewar.Map{"title": "<rows>", "rows": make([]int, rows), "failing": failing})
		}
	}
	app.Get("/short", page(3, false))
	app.Get("/long", page(10_000, false))
	app.Get("/short/fails", page(3, true))
	app.Get("/long/fails", page(10_000, true))
	app.Get("/text", func(c *dewar.Context) error { return c.StreamTemplate("notes.txt", dewar.Map{"title": "a"}) })
	app.Get("/missing", func(c *dewar.Context) error { return c.StreamTemplate("pge.html", nil) })
	app.Get("/twice", func(c *dewar.Context) error {
		if err := c.StreamTemplate("page.html", dewar.Map{"failing": false}); err != nil {
			return err
		}
		return c.StreamTemplate("other.html", nil)
	})
	for _, proto := range protocols {
		p := start(t, proto, app, nil)
		for _, tt := range []struct {
			path   string
			code   int
			length int64 // -1 when it was not known at first
			whole  bool
			begins string
		}{
			{"/short", 200, 80, true, "<!doctype html><title>&lt;rows&gt;</title><p>0</p>"},
			{"/long", 200, -1, true, "<!doctype html><title>&lt;rows&gt;</title><p>0</p>"},
			{"/short/fails", 500, 0, true, "500"},
			{"/long/fails", 200, -1, false, "<!doctype html>"},
			{"/text", 200, 1, true, "a"},
			{"/missing", 500, 0, true, "500"},
			{"/twice", 200, 5, true, "other"},
		} {
			res, err := p.client.Get(p.server.URL + tt.path)
			must(t, err)
			text, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if res.StatusCode != tt.code || (err == nil) != tt.whole || !strings.HasPrefix(string(text), tt.begins) && tt.code == 200 || tt.code == 200 && (res.ContentLength == -1) != (tt.length == -1) {
				t.Errorf("%s, %s: got %d with length %d, %v, %.60q", proto, tt.path, res.StatusCode, res.ContentLength, err, text)
			}
			if tt.code == 500 && strings.Contains(string(text), "<p>0</p>") {
				t.Errorf("%s, %s: the error page has a part of the page: %.200q", proto, tt.path, text)
			}
			if tt.whole && tt.code == 200 && tt.path == "/long" && strings.Count(string(text), "<p>0</p>") != 10_000 {
				t.Errorf("%s: the long page has %d rows", proto, strings.Count(string(text), "<p>0</p>"))
			}
		}
	}
	if n := int(rendered.Load()); n != len(protocols)*5 {
		t.Errorf("TemplateRendered was sent %d times, want %d", n, len(protocols)*5)
	}
}
