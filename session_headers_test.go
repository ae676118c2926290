package dewar_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestVaryIsMergedAndCacheControlKept(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		before   http.Header
		vary, cc []string
	}{
		{"nothing before", nil, []string{"Cookie"}, []string{"private"}},
		{"others", http.Header{"Vary": {"Accept-Encoding", "Accept-Language"}}, []string{"Accept-Encoding, Accept-Language, Cookie"}, []string{"private"}},
		{"there already, in another case", http.Header{"Vary": {"cookie, Accept"}}, []string{"cookie, Accept"}, []string{"private"}},
		{"everything", http.Header{"Vary": {"*"}}, []string{"*"}, []string{"private"}},
		{"the application's Cache-Control", http.Header{"Cache-Control": {"no-cache"}}, []string{"Cookie"}, []string{"no-cache"}},
		{"an empty Cache-Control", http.Header{"Cache-Control": nil}, []string{"Cookie"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.Get("/", func(c *dewar.Context) error {
				for key, lines := range tt.before {
					c.Response.Header()[key] = lines
				}
				c.Session().Get("a")
				return c.Text("ok")
			})
			res := visit(t, app, "/", nil)
			if !slices.Equal(res.Header["Vary"], tt.vary) || !slices.Equal(res.Header["Cache-Control"], tt.cc) {
				t.Errorf("got Vary %q and Cache-Control %q, want %q and %q", res.Header["Vary"], res.Header["Cache-Control"], tt.vary, tt.cc)
			}
		})
	}
}

func TestHeadersOfOneResponseAreItsOwn(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error { c.Session().Get("a"); return c.Text("ok") })
	first := visit(t, app, "/", nil)
	first.Header["Vary"][0], first.Header["Cache-Control"][0] = "spoilt", "spoilt"
	if second := visit(t, app, "/", nil); second.Header.Get("Vary") != "Cookie" || second.Header.Get("Cache-Control") != "private" {
		t.Errorf("got %v after another response was changed", second.Header)
	}
}

func TestLateChangeNamesTheHandler(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	app := newApp(t)
	app.Logger = textLogger(&log)
	shop := dewar.NewBlueprint("shop")
	shop.Get("/late", func(c *dewar.Context) error {
		c.Response.Flush()
		c.Session().Set("a", 1)
		return nil
	}, dewar.Endpoint("late"))
	app.RegisterBlueprint(shop)
	visit(t, app, "/late", nil)
	for _, want := range []string{"level=ERROR", `msg="session change lost"`, "endpoint=shop.late", "route=/late", "changed after it had been saved"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log %q lacks %q", log.String(), want)
		}
	}
}

func TestMessageFlashedAfterTheFirstReadIsKeptForTheNextRequest(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		c.Flash("early")
		first := c.FlashedMessages()
		c.Flash("late")
		if second := c.FlashedMessages(); len(first) != 1 || len(second) != 1 || second[0].Message != "early" {
			t.Errorf("got %v, then %v, want early both times", first, second)
		}
		return c.Text("ok")
	})
	app.Get("/next", func(c *dewar.Context) error {
		if got := c.FlashedMessages(); len(got) != 1 || got[0].Message != "late" {
			t.Errorf("the next request got %v, want late", got)
		}
		return c.Text("ok")
	})
	jar := map[string]string{}
	visit(t, app, "/", jar)
	visit(t, app, "/next", jar)
	if len(jar) > 0 {
		t.Errorf("the session was not emptied: %v", jar)
	}
}
