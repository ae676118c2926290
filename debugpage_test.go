package dewar_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

// debugApp is an App in DEBUG that fails in several ways.
func debugApp(t *testing.T) *dewar.App {
	t.Helper()
	app := newApp(t)
	app.Logger = slog.New(slog.DiscardHandler)
	must(t, app.Config.Update(dewar.Map{"DEBUG": true, "SECRET_KEY": testKey}))
	app.Get("/panic", panicking)
	app.Get("/error", failing)
	app.Get("/deliberate", func(*dewar.Context) error { return dewar.Abortf(403, "not yours") })
	app.Get("/status", func(*dewar.Context) error { return dewar.Abort(500) })
	app.Get("/wrapped", func(*dewar.Context) error { return &dewar.HTTPError{Code: 409, Err: errors.New("the row is locked")} })
	app.Get("/users/{id:int}", index, dewar.Endpoint("user"))
	return app
}

var errDeep = errors.New("out of stock")

func failing(*dewar.Context) error {
	return fmt.Errorf("order 7: %w", errDeep) // here it fails
}

func panicking(*dewar.Context) error {
	noMap()["a"]++ // here it panics
	return nil
}

func noMap() map[string]int { return nil }

// fromHere asks app as a browser on this machine does.
func fromHere(app http.Handler, method, target, accept string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	r.RemoteAddr, r.Host = "127.0.0.1:40000", "localhost:5000"
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	return w
}

// debugMark is on every debug page.
const debugMark = "debug page"

func TestDebugPage(t *testing.T) {
	t.Parallel()
	app := debugApp(t)
	for _, tt := range []struct {
		path   string
		status int
		want   []string
	}{
		{"/panic", 500, []string{"<h1>panic: assignment to entry in nil map</h1>", "<strong>Cure:</strong> the map was declared and never made",
			"here it panics", `class="own" open`, "dewar_test.panicking", "calls in Go, dewar and other modules", "*dewar.PanicError"}},
		{"/error", 500, []string{"<h1>order 7: out of stock</h1>", "*fmt.wrapError", "*errors.errorString", "The view <code>", "here it fails", "dewar_test.failing"}},
		{"/wrapped", 409, []string{"<h1>409 Conflict: the row is locked</h1>", "*dewar.HTTPError"}},
		{"/users/abc", 404, []string{"<h1>no rule matches /users/abc</h1>", "{id:int} does not take &#34;abc&#34;", "GET /users/{id:int}"}},
		{"/users/abc/", 404, []string{"The nearest rules"}},
		{"/users", 404, []string{"the nearest rule is /users/{id:int}: the path has 1 segment, the rule 2"}},
		{"/nothing-like-it", 404, []string{"no rule is like it; register one"}},
	} {
		t.Run(tt.path, func(t *testing.T) {
			w := fromHere(app, "GET", tt.path, "text/html")
			page := w.Body.String()
			for _, want := range append(tt.want, debugMark, "<textarea", "Configuration", "DEBUG", "SECRET_KEY") {
				if !strings.Contains(page, want) {
					t.Errorf("%q is not in the page:\n%s", want, page)
				}
			}
			if w.Code != tt.status || w.Header().Get("Cache-Control") != "no-store" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("got %d with %v", w.Code, w.Header())
			}
		})
	}
	if w := fromHere(app, "POST", "/users/7", "text/html"); w.Code != 405 || w.Header().Get("Allow") == "" || !strings.Contains(w.Body.String(), "allows GET, HEAD, OPTIONS, not POST; send one of those, or register the rule for POST too") {
		t.Errorf("POST: got %d with Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestDebugPageIsNotForWhatTheViewSaysItself(t *testing.T) {
	t.Parallel()
	app := debugApp(t)
	for _, path := range []string{"/deliberate", "/status"} {
		if w := fromHere(app, "GET", path, "text/html"); strings.Contains(w.Body.String(), debugMark) {
			t.Errorf("%s: got the debug page", path)
		}
	}
}

func TestDebugPageOfATemplateShowsItsLines(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"templates/item.html": {Data: []byte("<h1>{{.Item.Name}}</h1>\n<p>\n{{.Item.Prize}} euros\n</p>\n")}}
	app := dewar.New("shop", dewar.FS(fs.FS(files)))
	app.Logger = slog.New(slog.DiscardHandler)
	must(t, app.Config.Set("DEBUG", true))
	type item struct{ Name string }
	app.Get("/", func(c *dewar.Context) error { return c.Render("item.html", dewar.Map{"Item": item{"Tea"}}) })
	page := fromHere(app, "GET", "/", "text/html").Body.String()
	for _, want := range []string{"Template <code>item.html</code>, line 3", `<span class="here"><b>3</b>`, "{{.Item.Prize}} euros"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in the page:\n%s", want, page)
		}
	}
}

func TestDebugPageAsJSONAndText(t *testing.T) {
	t.Parallel()
	app := debugApp(t)
	w := fromHere(app, "GET", "/panic", "application/json")
	var got struct {
		Title  string
		Status int
		Debug  struct {
			Error, Cure, Request string
			Causes               []struct{ Type, Text string }
			Stack                []struct {
				Function string
				Own      bool
				Lines    []struct {
					Text string
					Here bool
				}
			}
			Sections []struct{ Name string }
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%v: %s", err, w.Body)
	}
	d := got.Debug
	if got.Status != 500 || got.Title != "Internal Server Error" || d.Error != "panic: assignment to entry in nil map" || d.Cure == "" ||
		d.Request != "GET /panic" || len(d.Causes) != 2 || len(d.Stack) < 3 || !d.Stack[0].Own || len(d.Sections) < 5 {
		t.Errorf("got %+v", got)
	}
	text := fromHere(app, "GET", "/panic", "").Body.String()
	for _, want := range []string{"500 Internal Server Error: GET /panic", "Cure: the map was", "here it panics", "more calls"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}

func TestDebugPageIsOnlyForDebugAllowed(t *testing.T) {
	t.Parallel()
	elsewhere := func(r *http.Request) { r.RemoteAddr = "203.0.113.9:1" }
	for _, tt := range []struct {
		name   string
		config dewar.Map
		change func(*http.Request)
	}{
		{"DEBUG off", dewar.Map{"DEBUG": false}, func(*http.Request) {}},
		{"from elsewhere", nil, elsewhere},
		{"through a proxy", nil, func(r *http.Request) { r.Header.Set("X-Forwarded-For", "127.0.0.1") }},
		{"by another name", nil, func(r *http.Request) { r.Host = "rebound.example" }},
		{"for a page of another site", nil, func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }},
		{"with PROPAGATE_EXCEPTIONS off", dewar.Map{"PROPAGATE_EXCEPTIONS": false}, func(*http.Request) {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := debugApp(t)
			must(t, app.Config.Update(tt.config))
			for _, accept := range []string{"text/html", "application/json", "text/plain", ""} {
				for _, path := range []string{"/panic", "/error", "/wrapped", "/users/abc"} {
					body := fromHere(app, "GET", path, accept, tt.change).Body.String()
					for _, inside := range []string{debugMark, `"debug"`, "out of stock", "nil map", "locked", "does not take", "_test.go"} {
						if strings.Contains(body, inside) {
							t.Errorf("%s as %q says %q: %s", path, accept, inside, body)
						}
					}
				}
			}
		})
	}
}

func TestErrorHandlersAndTheDebugPage(t *testing.T) {
	t.Parallel()
	own := func(c *dewar.Context, _ error) error { return c.Text("own") }
	for _, tt := range []struct {
		name, path string
		register   func(app *dewar.App)
		config     dewar.Map
		own        bool
	}{
		{"500 for an unhandled error", "/error", func(app *dewar.App) { app.ErrorHandler(500, own) }, nil, false},
		{"500 for a panic", "/panic", func(app *dewar.App) { app.ErrorHandler(500, own) }, nil, false},
		{"500 that the view picks", "/status", func(app *dewar.App) { app.ErrorHandler(500, own) }, nil, true},
		{"404", "/none", func(app *dewar.App) { app.ErrorHandler(404, own) }, nil, true},
		{"500 when PROPAGATE_EXCEPTIONS is off", "/error", func(app *dewar.App) { app.ErrorHandler(500, own) }, dewar.Map{"PROPAGATE_EXCEPTIONS": false}, true},
		{"a type", "/error", func(app *dewar.App) {
			dewar.HandleError(app, func(c *dewar.Context, _ error) error { return c.Text("own") })
		}, nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := debugApp(t)
			tt.register(app)
			must(t, app.Config.Update(tt.config))
			if body := fromHere(app, "GET", tt.path, "text/html").Body.String(); (body == "own") != tt.own {
				t.Errorf("got %q", body[:min(len(body), 200)])
			}
		})
	}
}

func TestDebugPageKeepsItsPolicyWhateverHooksSay(t *testing.T) {
	t.Parallel()
	app := debugApp(t)
	app.AfterRequest(func(c *dewar.Context) error {
		c.Response.Header().Set("Content-Security-Policy", "default-src 'self'")
		return nil
	})
	if got := fromHere(app, "GET", "/panic", "text/html").Header().Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'; style-src 'self' 'sha256-") {
		t.Errorf("got %q", got)
	}
	if got := fromHere(app, "GET", "/deliberate", "text/html").Header().Get("Content-Security-Policy"); got != "default-src 'self'" {
		t.Errorf("got %q for another page", got)
	}
}

// A traced error remembers where it was made, as those of packages for errors do.
type traced struct{ calls []uintptr }

func (*traced) Error() string { return "traced" }

func (e *traced) Callers() []uintptr { return e.calls }

type (
	call    uintptr
	tracked struct{ calls []call }
)

func (*tracked) Error() string { return "tracked" }

func (e *tracked) StackTrace() []call { return e.calls }

func newTraced() error {
	pcs := make([]uintptr, 20)
	return &traced{pcs[:runtime.Callers(1, pcs)]} // here it is traced
}

func newTracked() error {
	e, pcs := &tracked{}, make([]uintptr, 20)
	for _, pc := range pcs[:runtime.Callers(1, pcs)] { // here it is tracked
		e.calls = append(e.calls, call(pc))
	}
	return e
}

func TestDebugPageShowsTheStackThatAnErrorRemembers(t *testing.T) {
	t.Parallel()
	app := debugApp(t)
	app.Get("/traced", func(*dewar.Context) error { return fmt.Errorf("outer: %w", newTraced()) })
	app.Get("/tracked", func(*dewar.Context) error { return errors.Join(errDeep, newTracked()) })
	for path, want := range map[string]string{"/traced": "here it is traced", "/tracked": "here it is tracked"} {
		page := fromHere(app, "GET", path, "text/html").Body.String()
		if !strings.Contains(page, "<h2>Stack</h2>") || !strings.Contains(page, want) || strings.Contains(page, "where the "+"view begins") {
			t.Errorf("%s: got %s", path, page)
		}
	}
}

// A forgetful error panics when it is asked for its stack.
type forgetful struct{}

func (forgetful) Error() string         { return "it has forgotten" }
func (forgetful) StackTrace() []uintptr { panic("which calls?") }

func TestDebugPageOutlivesAnErrorWhoseStackPanics(t *testing.T) {
	t.Parallel()
	app := debugApp(t)
	app.Get("/forgetful", func(*dewar.Context) error { return fmt.Errorf("outer: %w", forgetful{}) })
	if page := fromHere(app, "GET", "/forgetful", "text/html").Body.String(); !strings.Contains(page, "<h1>outer: it has forgotten</h1>") {
		t.Errorf("got %s", page)
	}
}

// TestDebugPageHidesWhatIsSecretByItsName has values that nothing but their names and forms give away.
func TestDebugPageHidesWhatIsSecretByItsName(t *testing.T) {
	t.Parallel()
	type login struct{ User, Password string }
	type closed struct{ password string }
	token := "sk_live_" + strings.ReplaceAll(canary("of a service"), "-", "_")
	token = strings.ReplaceAll(token, " ", "_")
	other := token + "_other"
	app := debugApp(t)
	must(t, app.Config.Update(dewar.Map{"PAYMENTS": token, "DATABASE": "shop:" + canary("dsn") + "@tcp(db:3306)/shop",
		"MAIL": dewar.Map{"server": dewar.Map{"password": canary("nested")}}}))
	views := map[string]dewar.Handler{
		"struct":    func(*dewar.Context) error { return fmt.Errorf("save %+v", login{"ann", canary("struct")}) },
		"go syntax": func(*dewar.Context) error { return fmt.Errorf("save %#v", &login{"ann", canary("syntax")}) },
		"header":    func(c *dewar.Context) error { return fmt.Errorf("sent %v", c.Request.Header) },
		"JSON": func(*dewar.Context) error {
			return errors.New(`decode {"user":"ann","api_key":"` + canary("json") + `"}`)
		},
		"dsn":            func(*dewar.Context) error { return errors.New("dial shop:" + canary("dsn") + "@tcp(db:3306)/shop") },
		"nested":         func(*dewar.Context) error { return errors.New("mail refuses " + canary("nested")) },
		"config":         func(*dewar.Context) error { return errors.New("charge: no such key " + token) },
		"token":          func(*dewar.Context) error { return errors.New("charge with " + other) },
		"panic":          func(*dewar.Context) error { panic(login{"ann", canary("panic")}) },
		"panic pointer":  func(*dewar.Context) error { panic(&login{"ann", canary("panic")}) },
		"panic closed":   func(*dewar.Context) error { panic(closed{canary("closed")}) },
		"panic mapping":  func(*dewar.Context) error { panic(map[string]any{"token": canary("panic")}) },
		"panic of error": func(*dewar.Context) error { panic(fmt.Errorf("password=%s", canary("panic"))) },
		"values": func(c *dewar.Context) error {
			c.Set("api_token", canary("g"))
			return errors.New("refused " + canary("g"))
		},
		"file": func(c *dewar.Context) error {
			f, err := c.File("photo")
			return fmt.Errorf("a file of %d bytes: %v", f.Size, err)
		},
	}
	for name, view := range views {
		app.Post("/"+name, view, dewar.Endpoint(name))
	}
	for name := range views {
		for _, accept := range []string{"text/html", "application/json", "text/plain"} {
			body := fmt.Sprintf("--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=%q\r\n\r\n%s\r\n--b--\r\n", canary("file"), canary("content"))
			r := httptest.NewRequest("POST", "/"+url.PathEscape(name), strings.NewReader(body))
			r.RemoteAddr, r.Host = "127.0.0.1:40000", "localhost"
			for key, value := range map[string]string{"Accept": accept, "Content-Type": "multipart/form-data; boundary=b", "Authorization": "Bearer " + canary("bearer"),
				"X-Csrf-Token": canary("csrf"), "Cookie": "a=" + canary("cookie")} {
				r.Header.Set(key, value)
			}
			w := httptest.NewRecorder()
			app.ServeHTTP(w, r)
			if w.Code != 500 {
				t.Errorf("%s: status %d: %s", name, w.Code, w.Body)
			}
			for line := range strings.Lines(w.Body.String()) {
				if strings.Contains(line, canary("")) || strings.Contains(line, token) {
					t.Errorf("%s as %s leaks: %s", name, accept, line)
				}
			}
		}
	}
}

// TestReportSaysNothingOfTheVisitor has an error that quotes what came, as that of a database does.
func TestReportSaysNothingOfTheVisitor(t *testing.T) {
	t.Parallel()
	app := debugApp(t)
	app.Post("/users/{name}", func(c *dewar.Context) error {
		c.Session().Set("city", "Reyk"+"javik") // in no line of source
		return fmt.Errorf("Duplicate entry '%s' for key 'email' of %s in %s, %s", c.Form().String("email"), c.Params().String("name"), c.Session().String("city"), c.Query().String("note"))
	})
	r := httptest.NewRequest("POST", "/users/Guinevere?note=from+Camelot", strings.NewReader("email=gwen@example.com"))
	r.RemoteAddr, r.Host = "127.0.0.1:40000", "localhost"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	page, report, ok := strings.Cut(w.Body.String(), "<textarea")
	if !ok || !strings.Contains(report, "&lt;value&gt;") || !strings.Contains(report, "Duplicate entry") {
		t.Fatalf("got %s", w.Body)
	}
	for _, value := range []string{"gwen", "Guinevere", "Reykjavik", "Camelot"} {
		if strings.Contains(report, value) || !strings.Contains(page, value) {
			t.Errorf("%q is in the report, or not in the page", value)
		}
	}
}

// TestDebugPageLeaksNothing looks for secrets in every form of the page.
func TestDebugPageLeaksNothing(t *testing.T) {
	t.Setenv("SHOP_API_TOKEN", canary("environment"))
	var logged bytes.Buffer
	before := log.Writer()
	log.SetOutput(&logged)
	t.Cleanup(func() { log.SetOutput(before) })
	app := newApp(t)
	app.Logger = nil
	must(t, app.Config.Update(dewar.Map{"DEBUG": true, "SECRET_KEY": canary("secret-key-0123456789abcdef"), "DATABASE_URL": "postgres://shop:" + canary("dsn") + "@db/shop",
		"STRIPE_KEY": "secret in the source", "MAIL": dewar.Map{"password": canary("nested"), "hosts": []string{"a"}}, "SECRET_KEY_FALLBACKS": []string{canary("fallback-0123456789abcdef")}}))
	const written = "secret in the source" // the page shows this line
	fail := func(c *dewar.Context) error {
		_, _ = c.Form(), written
		s := c.Session()
		s.Set("name", canary("session-name"))
		s.Set("api_token", canary("session-token"))
		s.Set("nested", dewar.Map{"any": canary("session-nested")})
		c.Set("user", struct{ Password string }{canary("g-struct")})
		c.Set("note", canary("g-text"))
		return fmt.Errorf("connect to postgres://shop:%s@db/shop with %s, key %s, env %s, token %s, cookie %s", canary("dsn"), written,
			canary("secret-key-0123456789abcdef"), canary("environment"), canary("session-token"), canary("cookie"))
	}
	app.Route("/fail/{token}", fail, dewar.Methods("GET", "POST"), dewar.Private("token"))
	app.Post("/panic/{token}", func(c *dewar.Context) error { panic(fail(c)) }, dewar.Private("token"), dewar.Endpoint("panics"))
	bodies := map[string]string{}
	for _, path := range []string{"/fail/" + canary("path"), "/panic/" + canary("path"), "/other"} {
		for _, accept := range []string{"text/html", "application/json", "text/plain"} {
			form := url.Values{"note": {canary("form-note")}, "password": {canary("form-password")}}.Encode()
			r := httptest.NewRequest("POST", path+"?q="+canary("query-text")+"&password="+canary("query"), strings.NewReader(form))
			r.RemoteAddr, r.Host = "127.0.0.1:40000", "localhost"
			for name, value := range map[string]string{"Accept": accept, "Content-Type": "application/x-www-form-urlencoded", "Authorization": "Bearer " + canary("bearer"),
				"Cookie": "session=" + canary("session-cookie") + "; other=" + canary("cookie"), "X-Api-Key": canary("header"), "X-Anything": canary("any-header"), "Referer": "http://localhost/?x=" + canary("referer")} {
				r.Header.Set(name, value)
			}
			w := httptest.NewRecorder()
			app.ServeHTTP(w, r)
			bodies[path+" as "+accept] = w.Body.String() + fmt.Sprint(w.Header())
			if accept == "text/html" && !strings.Contains(w.Body.String(), debugMark) {
				t.Errorf("%s: no debug page: %s", path, w.Body)
			}
		}
	}
	bodies["the terminal"] = logged.String()
	for where, body := range bodies {
		if where == "the terminal" && !strings.Contains(body, "connect to ") {
			t.Errorf("the terminal has no block: %s", body)
		}
		for line := range strings.Lines(body) {
			if strings.Contains(line, canary("")) || strings.Contains(line, written) {
				t.Errorf("%s leaks: %s", where, line)
			}
		}
	}
}

// canary returns a text that nobody may see. It is put together, so that it stands in no line of source.
func canary(what string) string { return "canary" + "-" + what }

func TestTerminalGetsABlockOfLines(t *testing.T) {
	var logged bytes.Buffer
	before := log.Writer()
	log.SetOutput(&logged)
	t.Cleanup(func() { log.SetOutput(before) })
	for _, tt := range []struct {
		name   string
		debug  bool
		logger *slog.Logger
		block  bool
	}{
		{"in DEBUG", true, nil, true},
		{"not without DEBUG", false, nil, false},
		{"not with a logger of its own", true, slog.New(slog.NewJSONHandler(&logged, nil)), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			logged.Reset()
			app := debugApp(t)
			app.Logger = tt.logger
			told := 0
			app.RequestLogged.Connect(func(r dewar.LogRecord) {
				if r.Message == "request failed" {
					told++
				}
			})
			must(t, app.Config.Set("DEBUG", tt.debug))
			fromHere(app, "GET", "/panic", "text/html", func(r *http.Request) { r.Host = "elsewhere.example" })
			got := logged.String()
			block := strings.Contains(got, "\n  panic: assignment to entry in nil map\n  Cure: ") && strings.Contains(got, "here it panics") && strings.Count(got, "\n") > 10
			if block != tt.block || !strings.Contains(got, "nil map") {
				t.Errorf("got %q", got)
			}
			if told != 1 {
				t.Errorf("RequestLogged told of %d records, want 1", told)
			}
		})
	}
}
