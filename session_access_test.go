package dewar_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dewar-go/dewar"
)

// A doorkeeper is the default SessionInterface and counts how often a session is opened.
type doorkeeper struct {
	dewar.SecureCookieSessionInterface
	opened atomic.Int32
}

func (d *doorkeeper) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	d.opened.Add(1)
	return d.SecureCookieSessionInterface.OpenSession(c)
}

// guarded returns an App with a doorkeeper.
func guarded(t testing.TB) (*dewar.App, *doorkeeper) {
	t.Helper()
	app, keeper := newApp(t), &doorkeeper{}
	app.SessionInterface = keeper
	return app, keeper
}

// wantGuarded checks the header of an answer: shared caches must keep it from other visitors if the session was opened,
// and are free to do as they like if it was not.
func wantGuarded(t testing.TB, header http.Header, opened int32) {
	t.Helper()
	var vary, caching []string
	if opened > 0 {
		vary, caching = []string{"Cookie"}, []string{"private"}
	}
	if len(header["Set-Cookie"]) > 0 {
		caching = []string{"no-store"}
	}
	if opened > 1 || !slices.Equal(header["Vary"], vary) || !slices.Equal(header["Cache-Control"], caching) {
		t.Errorf("Vary %q and Cache-Control %q after the session was opened %d times, want %q and %q",
			header["Vary"], header["Cache-Control"], opened, vary, caching)
	}
}

// TestEveryAccessSetsVary finds them by reflection, and out by trying which of them open
// the session, so that no new one is forgotten.
func TestEveryAccessSetsVary(t *testing.T) {
	t.Parallel()
	skipped := map[string]string{
		"Events":     "has a Cache-Control of its own",
		"SendFile":   "has a Cache-Control of its own: TestFileWithASessionIsNotShared",
		"SendFromFS": "has a Cache-Control of its own: TestFileWithASessionIsNotShared",
	}
	var opening []string
	for method := range reflect.TypeFor[*dewar.Context]().Methods() {
		if skipped[method.Name] != "" {
			continue
		}
		app, keeper := guarded(t)
		app.Get("/", func(c *dewar.Context) error {
			callMethod(reflect.ValueOf(c), method.Name)
			if c.Response.Started() {
				return nil
			}
			return c.Status(200).Text("ok")
		})
		res := visit(t, app, "/", sessionJar(t, newApp(t), func(s *dewar.Session) { s.Set("a", 1) }))
		if keeper.opened.Load() > 0 {
			opening = append(opening, method.Name)
		}
		t.Run(method.Name, func(t *testing.T) { wantGuarded(t, res.Header, keeper.opened.Load()) })
	}
	if want := []string{"Flash", "FlashedMessages", "Session"}; !slices.Equal(opening, want) {
		t.Errorf("the session was opened by %q, want %q", opening, want)
	}
}

// TestNoMethodOfASessionTakesVaryAway calls every method there is. A handler gets at the session of its request through
// Context.Session alone, which sets Vary whatever is done with the session: so none can be forgotten, but one that
// takes the session or its headers away could be written.
func TestNoMethodOfASessionTakesVaryAway(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("a", 1) })
	accesses := map[string]func(s *dewar.Session){
		"nothing": func(*dewar.Session) {},
		"ValueOr": func(s *dewar.Session) { dewar.ValueOr(s, "a", 0) },
		"Require": func(s *dewar.Session) { _, _ = dewar.Require[int](s, "a") },
		"Format":  func(s *dewar.Session) { _ = fmt.Sprintf("%v %+v %#v", s, s, s) },
	}
	for method := range reflect.TypeFor[*dewar.Session]().Methods() {
		if method.Name != "Format" { // it is called by package fmt, above
			accesses[method.Name] = func(s *dewar.Session) { callMethod(reflect.ValueOf(s), method.Name) }
		}
	}
	for method := range reflect.TypeFor[dewar.StoredSession]().Methods() {
		accesses["Stored."+method.Name] = func(s *dewar.Session) { callMethod(reflect.ValueOf(dewar.Stored(s)), method.Name) }
	}
	if len(accesses) < 40 {
		t.Fatalf("found %d ways to use a session, want more", len(accesses))
	}
	for name, access := range accesses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, keeper := guarded(t)
			app.Get("/", func(c *dewar.Context) error { access(c.Session()); return c.Text("ok") })
			res := visit(t, app, "/", map[string]string{"session": jar["session"]})
			if res.StatusCode != 200 || keeper.opened.Load() != 1 {
				t.Errorf("got %d and %d sessions opened, want 200 and one", res.StatusCode, keeper.opened.Load())
			}
			wantGuarded(t, res.Header, keeper.opened.Load())
		})
	}
}

// callMethod calls a method with whatever arguments it takes. Its results, and whether it fails, do not matter.
func callMethod(receiver reflect.Value, name string) {
	method := receiver.MethodByName(name)
	var args []reflect.Value
	for i := range method.Type().NumIn() {
		args = append(args, madeUp(method.Type().In(i)))
	}
	if method.Type().IsVariadic() {
		method.CallSlice(args)
		return
	}
	method.Call(args)
}

// madeUp returns some value of a type: what a caller might pass for it.
func madeUp(typ reflect.Type) reflect.Value {
	switch typ.Kind() {
	case reflect.Func:
		return reflect.MakeFunc(typ, func([]reflect.Value) []reflect.Value {
			var results []reflect.Value
			for i := range typ.NumOut() {
				results = append(results, reflect.Zero(typ.Out(i)))
			}
			return results
		})
	case reflect.Pointer:
		return reflect.New(typ.Elem())
	}
	value := reflect.New(typ).Elem()
	switch p := value.Addr().Interface().(type) {
	case *string:
		*p = "a"
	case *int:
		*p = 200
	case *int64:
		*p = 1 << 20
	case *any:
		*p = &struct{ A int }{}
	case *[]byte:
		*p = []byte(`{"a":1}`)
	case *[]string:
		*p = []string{"a"}
	}
	return value
}

// templateCalls are the functions that templates call for a request, with arguments.
var templateCalls = map[string]string{
	"url_for": `{{url_for "static" "filename" "a"}}`, "get_flashed_messages": `{{get_flashed_messages}}`, "request": `{{request.Path}}`,
	"session": `{{session}}`, "g": `{{g}}`, "config": `{{config.DEBUG}}`,
}

// TestEveryTemplateFunctionThatOpensTheSessionSetsVary takes the names from where dewar has them.
func TestEveryTemplateFunctionThatOpensTheSessionSetsVary(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("template_funcs.go")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := bytes.Cut(source, []byte("\nfunc requestFunctions("))
	list, _, _ = bytes.Cut(list, []byte("\n}\n"))
	var opening []string
	for _, match := range regexp.MustCompile(`(?m)^\t\t"(\w+)":`).FindAllSubmatch(list, -1) {
		name := string(match[1])
		if templateCalls[name] == "" {
			t.Errorf("add the template function %s to the test", name)
		}
		if opensInTemplate(t, templateCalls[name]) {
			opening = append(opening, name)
		}
	}
	slices.Sort(opening)
	if want := []string{"get_flashed_messages", "session"}; !slices.Equal(opening, want) {
		t.Errorf("the session was opened by %q, want %q", opening, want)
	}
}

// opensInTemplate reports whether a template opens the session, and checks the headers.
func opensInTemplate(t *testing.T, template string) bool {
	t.Helper()
	app, _ := pageApp(t, "templates/page.html", template)
	keeper := &doorkeeper{}
	app.SessionInterface = keeper
	for _, jar := range []map[string]string{{}, sessionJar(t, newApp(t), func(s *dewar.Session) { s.Set("a", 1) })} {
		keeper.opened.Store(0)
		res := visit(t, app, "/page.html", jar)
		if res.StatusCode != 200 {
			t.Errorf("%s gives %d", template, res.StatusCode)
		}
		wantGuarded(t, res.Header, keeper.opened.Load())
	}
	return keeper.opened.Load() > 0
}

func TestTemplateThatDoesNotComeToTheSessionLeavesItAlone(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]bool{
		`{{if .missing}}{{session.a}}{{end}}`: false, `{{range get_flashed_messages}}{{.}}{{end}}`: true, `{{with session.missing}}x{{end}}`: true,
	} {
		if got := opensInTemplate(t, template); got != want {
			t.Errorf("%s: opened %t, want %t", template, got, want)
		}
	}
}

// TestSessionOpenedAnywhereSetsVary opens it at each station of a request.
func TestSessionOpenedAnywhereSetsVary(t *testing.T) {
	t.Parallel()
	open := func(c *dewar.Context) error { c.Session(); return nil }
	for name, station := range map[string]func(app *dewar.App){
		"before the request": func(app *dewar.App) { app.BeforeRequest(open) },
		"after the request":  func(app *dewar.App) { app.AfterRequest(open) },
		"after this request": func(app *dewar.App) {
			app.BeforeRequest(func(c *dewar.Context) error { c.AfterThisRequest(open); return nil })
		},
		"when the request began": func(app *dewar.App) { app.RequestStarted.Connect(func(c *dewar.Context) { c.Session() }) },
		"with the URL's values": func(app *dewar.App) {
			app.URLValuePreprocessor(func(c *dewar.Context, _ dewar.Map) error { return open(c) })
		},
		"for the error's page": func(app *dewar.App) {
			app.ErrorHandler(418, func(c *dewar.Context, _ error) error { c.Session(); return c.Text("short and stout") })
			app.BeforeRequest(func(*dewar.Context) error { return dewar.Abort(418) })
		},
		"in a handler of net/http": func(app *dewar.App) {
			app.Get("/other", dewar.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { dewar.FromContext(r.Context()).Session() })))
		},
		"in a goroutine": func(app *dewar.App) {
			app.BeforeRequest(func(c *dewar.Context) error {
				done := make(chan struct{})
				go func() { c.Session(); close(done) }()
				<-done
				return nil
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, keeper := guarded(t)
			app.Get("/", func(c *dewar.Context) error { return c.Text("ok") })
			station(app)
			path := "/"
			if strings.Contains(name, "net/http") {
				path = "/other"
			}
			res := visit(t, app, path, nil)
			if keeper.opened.Load() != 1 {
				t.Errorf("the session was opened %d times, want once", keeper.opened.Load())
			}
			wantGuarded(t, res.Header, keeper.opened.Load())
		})
	}
}
