package dewar_test

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// TestEveryAccessSetsVary finds what can be done with a session by reflection, so that no new method is forgotten.
func TestEveryAccessSetsVary(t *testing.T) {
	t.Parallel()
	accesses := map[string]func(c *dewar.Context){
		"Context.Flash":           func(c *dewar.Context) { c.Flash("hello") },
		"Context.FlashedMessages": func(c *dewar.Context) { c.FlashedMessages() },
		"ValueOr":                 func(c *dewar.Context) { dewar.ValueOr(c.Session(), "a", 0) },
		"Require":                 func(c *dewar.Context) { _, _ = dewar.Require[int](c.Session(), "a") },
		"nothing but opening it":  func(c *dewar.Context) { c.Session() },
	}
	for method := range reflect.TypeFor[*dewar.Session]().Methods() {
		if method.Name == "Format" { // takes what only package fmt can make
			continue
		}
		accesses["Session."+method.Name] = func(c *dewar.Context) { call(c.Session(), method.Name) }
	}
	if len(accesses) < 40 {
		t.Fatalf("found %d ways to a session, want more", len(accesses))
	}
	app := newApp(t)
	jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("a", 1) })
	for name, access := range accesses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.Get("/", func(c *dewar.Context) error { access(c); return c.Text("ok") })
			res := visit(t, app, "/", map[string]string{"session": jar["session"]})
			if got := res.Header["Vary"]; !slices.Equal(got, []string{"Cookie"}) || res.StatusCode != 200 {
				t.Errorf("got %d with Vary %q, want Cookie, once", res.StatusCode, got)
			}
			want := "private"
			if len(res.Header["Set-Cookie"]) > 0 {
				want = "no-store"
			}
			if got := res.Header["Cache-Control"]; !slices.Equal(got, []string{want}) {
				t.Errorf("got Cache-Control %q, want %s", got, want)
			}
		})
	}
}

// printState is what Format writes to.
type printState struct{ fmt.State }

func (printState) Write(p []byte) (int, error) { return len(p), nil }

// call calls a method of s with whatever arguments it takes.
func call(s *dewar.Session, name string) {
	method := reflect.ValueOf(s).MethodByName(name)
	var args []reflect.Value
	for i := range method.Type().NumIn() {
		arg := reflect.New(method.Type().In(i)).Elem()
		switch value := arg.Addr().Interface().(type) {
		case *string:
			*value = "a"
		case *any:
			*value = new(any)
		case *[]byte:
			*value = []byte(`{"a":1}`)
		case *[]string:
			*value = []string{"a"}
		case *fmt.State:
			*value = printState{}
		}
		args = append(args, arg)
	}
	if method.Type().IsVariadic() {
		method.CallSlice(args)
		return
	}
	method.Call(args)
}

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
	for _, want := range []string{"level=ERROR", `msg="session change lost"`, "endpoint=shop.late", "route=/late", "changed after the response had begun"} {
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
