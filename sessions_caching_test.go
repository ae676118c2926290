package dewar_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
		"Format":     "is for package fmt, and prints nothing of the session",
		"Events":     "has a Cache-Control of its own",
		"Link":       "is an error with made-up attributes, whose page is negotiated",
		"Negotiate":  "has a Vary of its own: TestNegotiateAnswersInTheFormThatIsLikedBest",
		"SendFile":   "has a Cache-Control of its own: TestFileWithASessionIsNotShared",
		"SendFromFS": "has a Cache-Control of its own: TestFileWithASessionIsNotShared",
		"SendBytes":  "has a Cache-Control of its own: TestFileWithASessionIsNotShared",
		"SendReader": "has a Cache-Control of its own: TestFileWithASessionIsNotShared",
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
		if method.Name == "Format" {
			continue
		}
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
	"dict": `{{dict "a" 1}}`, "list": `{{list 1}}`,
}

// TestEveryTemplateFunctionThatOpensTheSessionSetsVary takes the names from where dewar has them.
func TestEveryTemplateFunctionThatOpensTheSessionSetsVary(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("templates.go")
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

// A sharedCache stands in front of a server and answers for it with what others were answered, as far as RFC 9111
// allows. It is as greedy as can be: it keeps everything that it is not forbidden to keep, also with a Set-Cookie.
type sharedCache struct {
	origin string
	mu     sync.Mutex
	kept   map[string][]keptAnswer // by URL
	hits   map[string]int          // by path
}

// A keptAnswer is for requests that have the same in the fields that Vary names.
type keptAnswer struct {
	asked  http.Header // of the request it was the answer to
	header http.Header
	body   string
}

// covers reports whether the answer may be given to a request with header.
func (k keptAnswer) covers(header http.Header) bool {
	for field := range strings.SplitSeq(strings.Join(k.header["Vary"], ","), ",") {
		field = strings.TrimSpace(field)
		if field == "*" || field != "" && strings.Join(header.Values(field), "\n") != strings.Join(k.asked.Values(field), "\n") {
			return false
		}
	}
	return true
}

// mayKeep reports whether a shared cache may keep an answer and give it away without asking again.
func mayKeep(status int, header http.Header) bool {
	for directive := range strings.SplitSeq(strings.Join(header["Cache-Control"], ","), ",") {
		switch strings.TrimSpace(directive) {
		case "no-store", "private", "no-cache", "max-age=0":
			return false
		}
	}
	return status == http.StatusOK
}

func (s *sharedCache) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.kept[r.URL.String()] {
		if k.covers(r.Header) {
			s.hits[r.URL.Path]++
			k.writeTo(w, http.StatusOK)
			return
		}
	}
	k, status, err := s.forward(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if mayKeep(status, k.header) {
		s.kept[r.URL.String()] = append(s.kept[r.URL.String()], k)
	}
	k.writeTo(w, status)
}

func (k keptAnswer) writeTo(w http.ResponseWriter, status int) {
	for field, lines := range k.header {
		w.Header()[field] = lines
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, k.body)
}

func (s *sharedCache) forward(r *http.Request) (keptAnswer, int, error) {
	onward, err := http.NewRequest(r.Method, s.origin+r.URL.String(), nil)
	if err != nil {
		return keptAnswer{}, 0, err
	}
	onward.Header = r.Header.Clone()
	res, err := http.DefaultTransport.RoundTrip(onward)
	if err != nil {
		return keptAnswer{}, 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return keptAnswer{r.Header.Clone(), res.Header, string(body)}, res.StatusCode, err
}

// behindCache serves the app behind a shared cache.
func behindCache(t testing.TB, app *dewar.App) (*sharedCache, *httptest.Server) {
	t.Helper()
	cache := &sharedCache{origin: serve(t, app).URL, kept: map[string][]keptAnswer{}, hits: map[string]int{}}
	srv := httptest.NewServer(cache)
	t.Cleanup(srv.Close)
	return cache, srv
}

// A user is a browser behind the cache: it sends its last cookie back, and remembers all it has ever been told.
type user struct {
	t       testing.TB
	name    string // sent with each request; it has a dot, which is in no cookie
	srv     *httptest.Server
	cookies []string
	told    strings.Builder // bodies and cookies
}

func (u *user) visit(path string) string {
	u.t.Helper()
	res := ask(u.t, u.srv, "GET", path, "X-User", u.name, "Cookie", strings.Join(u.cookies[max(0, len(u.cookies)-1):], ""))
	if res.err != nil || res.StatusCode != 200 {
		u.t.Fatalf("%s: got %v, %v, want 200", path, res.Response, res.err)
	}
	u.told.WriteString(res.body + "\n" + strings.Join(res.Header["Set-Cookie"], "\n") + "\n")
	for _, cookie := range res.Cookies() {
		u.cookies = append(u.cookies, cookie.Name+"="+cookie.Value)
	}
	return res.body
}

// wantOwn checks that the user sees the own page.
func (u *user) wantOwn() {
	u.t.Helper()
	if got := u.visit("/page"); got != "page of "+u.name {
		u.t.Errorf("%s got %q", u.name, got)
	}
}

// wantNothingOf checks that the user has never been told the name or a cookie of another.
func (u *user) wantNothingOf(other *user) {
	u.t.Helper()
	for _, secret := range append(other.cookies, other.name) {
		if strings.Contains(u.told.String(), secret) {
			u.t.Errorf("%q was told %q of %s", u.name, secret, other.name)
		}
	}
}

// personalApp has pages that know the visitor, and some that do not.
func personalApp(t testing.TB) *dewar.App {
	t.Helper()
	app := newApp(t)
	writeFile(t, app.RootPath(), "report.txt", "the report")
	set(t, app, "SEND_FILE_MAX_AGE_DEFAULT", "1h")
	whose := func(c *dewar.Context) error { return c.Text("page of " + c.Session().String("user")) }
	app.Get("/login", func(c *dewar.Context) error {
		name := c.Request.Header.Get("X-User")
		c.Session().Clear()
		c.Session().Set("user", name)
		c.Session().SetPermanent(c.Query().Has("stay"))
		return c.Text("hello " + name)
	})
	app.Get("/page", whose)
	app.Get("/page/cached", func(c *dewar.Context) error {
		c.Response.Header().Set("Cache-Control", "public, max-age=60")
		return whose(c)
	})
	app.Get("/flushed", func(c *dewar.Context) error {
		name := c.Session().String("user")
		c.Response.Flush()
		_, err := io.WriteString(c.Response, "page of "+name)
		return err
	})
	app.Get("/report", func(c *dewar.Context) error { c.Session().Set("seen", true); return c.SendFile("report.txt") })
	app.Get("/public/page", func(c *dewar.Context) error { return c.Text("for everybody") })
	app.Get("/public/file", func(c *dewar.Context) error { return c.SendFile("report.txt") })
	return app
}

var personalPages = []string{"/page", "/page/cached", "/flushed", "/report", "/public/page", "/public/file"}

// TestUsersBehindACacheDoNotMeet has two users and a stranger visit the same pages, one after the other.
func TestUsersBehindACacheDoNotMeet(t *testing.T) {
	t.Parallel()
	for _, login := range []string{"/login", "/login?stay"} {
		t.Run(login, func(t *testing.T) {
			t.Parallel()
			cache, srv := behindCache(t, personalApp(t))
			ann, bob, stranger := &user{t: t, srv: srv, name: "ann."}, &user{t: t, srv: srv, name: "bob."}, &user{t: t, srv: srv}
			ann.visit(login)
			bob.visit(login)
			for range 2 {
				for _, path := range personalPages {
					for _, u := range []*user{ann, bob, stranger} {
						u.visit(path)
					}
				}
			}
			ann.wantOwn()
			bob.wantOwn()
			ann.wantNothingOf(bob)
			bob.wantNothingOf(ann)
			stranger.wantNothingOf(ann)
			stranger.wantNothingOf(bob)
			if cache.hits["/public/page"] == 0 || cache.hits["/public/file"] == 0 {
				t.Errorf("the cache answered %v, want the pages for everybody among them", cache.hits)
			}
		})
	}
}

// TestCacheGivesAwayWhatNothingProtects shows that it is Vary and Cache-Control that keep the users apart above.
func TestCacheGivesAwayWhatNothingProtects(t *testing.T) {
	t.Parallel()
	for lost, tt := range map[string]struct{ path, want string }{ // what ann visits, and the stranger after her is told
		"Vary":          {"/page/cached", "page of ann."},
		"Cache-Control": {"/login", "hello ann."},
	} {
		t.Run(lost, func(t *testing.T) {
			t.Parallel()
			app := personalApp(t)
			app.Use(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					rec := httptest.NewRecorder()
					next.ServeHTTP(rec, r)
					rec.Header().Del(lost)
					keptAnswer{header: rec.Header(), body: rec.Body.String()}.writeTo(w, rec.Code)
				})
			})
			_, srv := behindCache(t, app)
			ann, stranger := &user{t: t, srv: srv, name: "ann."}, &user{t: t, srv: srv}
			if tt.path != "/login" {
				ann.visit("/login")
			}
			if ann.visit(tt.path); stranger.visit(tt.path) != tt.want {
				t.Errorf("the stranger was told %q, want %q: the cache of the test is too careful", stranger.told.String(), tt.want)
			}
		})
	}
}

// A fileApp serves the same file by each way there is, with what is done to the session at each station.
type fileApp struct {
	before, viewBefore, viewAfter, after dewar.Handler // nil for nothing
	config                               dewar.Map
}

func (f fileApp) build(t testing.TB) *dewar.App {
	t.Helper()
	app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.FS(files("static/a.css", "body {}")))
	writeFile(t, app.RootPath(), "a.css", "body {}")
	for key, value := range f.config {
		set(t, app, key, value)
	}
	set(t, app, "SECRET_KEY", testKey)
	view := func(send dewar.Handler) dewar.Handler {
		return func(c *dewar.Context) error { return inOrder(c, f.viewBefore, send, f.viewAfter) }
	}
	app.Get("/sendfile", view(func(c *dewar.Context) error { return c.SendFile("a.css") }))
	app.Get("/sendfromfs", view(func(c *dewar.Context) error { return c.SendFromFS(os.DirFS(c.App.RootPath()), "a.css") }))
	app.Get("/sendbytes", view(func(c *dewar.Context) error { return c.SendBytes("a.css", []byte("body {}")) }))
	app.Get("/sendreader", view(func(c *dewar.Context) error { return c.SendReader("a.css", onlyReader{strings.NewReader("body {}")}) }))
	app.BeforeRequest(func(c *dewar.Context) error { return inOrder(c, f.before) })
	app.AfterRequest(func(c *dewar.Context) error { return inOrder(c, f.after) })
	return app
}

// inOrder calls those of the handlers that are not nil.
func inOrder(c *dewar.Context, handlers ...dewar.Handler) error {
	for _, h := range handlers {
		if h == nil {
			continue
		}
		if err := h(c); err != nil {
			return err
		}
	}
	return nil
}

// TestFileWithASessionIsNotShared opens and changes the session at each station of a request for a file, whose
// Cache-Control dewar chooses by itself: shared caches must not keep what goes out with one visitor's cookie.
func TestFileWithASessionIsNotShared(t *testing.T) {
	t.Parallel()
	read := func(c *dewar.Context) error { c.Session().Get("user"); return nil }
	change := func(c *dewar.Context) error { c.Session().Set("n", 1); return nil }
	emptied := func(c *dewar.Context) error { c.Session().Clear(); return nil }
	later := func(c *dewar.Context) error { c.AfterThisRequest(change); return nil }
	saying := func(caching string) dewar.Handler {
		return func(c *dewar.Context) error { c.Response.Header().Set("Cache-Control", caching); return nil }
	}
	views := []string{"/sendfile", "/sendfromfs", "/sendbytes", "/sendreader"}
	all := append([]string{"/static/a.css"}, views...)
	const saved, seen, public = "no-store", "private, ", "public, "
	for _, tt := range []struct {
		name      string
		app       fileApp
		permanent bool // the session of the visitor
		paths     []string
		want      string // in front of what depends on the age, or the whole for no-store
	}{
		{"left alone", fileApp{}, false, all, public},
		{"left alone by a visitor who stays", fileApp{}, true, all, public},
		{"read before", fileApp{before: read}, false, all, seen},
		{"read after", fileApp{after: read}, false, all, seen},
		{"read in the view before", fileApp{viewBefore: read}, false, views, seen},
		{"read in the view after", fileApp{viewAfter: read}, false, views, seen},
		{"set before", fileApp{before: change}, false, all, saved},
		{"set after", fileApp{after: change}, false, all, saved},
		{"set after this request", fileApp{before: later}, false, all, saved},
		{"set in the view before", fileApp{viewBefore: change}, false, views, saved},
		{"set in the view after", fileApp{viewAfter: change}, false, views, saved},
		{"cleared after", fileApp{after: emptied}, false, all, saved},
		{"read by a visitor who stays", fileApp{before: read}, true, all, saved},
		{"the application's words, and set", fileApp{before: saying("max-age=7"), after: change}, false, all, "max-age=7"},
		{"the application's words afterwards, and set", fileApp{before: change, after: saying("max-age=7")}, false, all, "max-age=7"},
		{"the application's words, and read", fileApp{before: saying("immutable"), viewBefore: read}, false, views, "immutable"},
		{"a body above the bound, and read", fileApp{before: read, config: dewar.Map{"RESPONSE_BUFFER_SIZE": 3}}, false, all, seen},
		{"a body above the bound, and set after", fileApp{after: change, config: dewar.Map{"RESPONSE_BUFFER_SIZE": 3}}, false, all, saved},
	} {
		for age, maxAge := range map[string]any{"no-cache": nil, "max-age=3600": "1h"} {
			t.Run(tt.name+", "+age, func(t *testing.T) {
				t.Parallel()
				f, want := tt.app, tt.want
				switch {
				case want == public && maxAge == nil:
					want = age
				case strings.HasSuffix(want, ", "):
					want += age
				}
				if maxAge != nil {
					f.config = withKey(f.config, "SEND_FILE_MAX_AGE_DEFAULT", maxAge)
				}
				app := f.build(t)
				cookie := startCookie(t, func(s *dewar.Session) { s.Set("user", "ann"); s.SetPermanent(tt.permanent) })
				for _, path := range tt.paths {
					wantFile(t, app, path, cookie, want, tt.want != public)
				}
			})
		}
	}
}

// withKey returns a copy of config with one more key.
func withKey(config dewar.Map, key string, value any) dewar.Map {
	more := dewar.Map{key: value}
	for k, v := range config {
		more[k] = v
	}
	return more
}

// wantFile asks for the file, and again for one that the client has, and looks at what shared caches may do with it.
func wantFile(t *testing.T, app *dewar.App, path, cookie, caching string, opened bool) {
	t.Helper()
	full := get(app, path, "Cookie", cookie)
	if full.Code != 200 || full.Body.String() != "body {}" {
		t.Fatalf("%s: got %d %q, want the file", path, full.Code, full.Body)
	}
	for _, w := range []*httptest.ResponseRecorder{full, get(app, path, "Cookie", cookie, "If-None-Match", full.Header().Get("Etag"))} {
		if w.Code != 200 && w.Code != http.StatusNotModified {
			t.Errorf("%s: got %d", path, w.Code)
		}
		if got := w.Header()["Cache-Control"]; len(got) != 1 || got[0] != caching {
			t.Errorf("%s, %d: Cache-Control %q, want %q", path, w.Code, got, caching)
		}
		if variesByCookie(w.Header()) != opened {
			t.Errorf("%s, %d: Vary %q, want Cookie: %t", path, w.Code, w.Header()["Vary"], opened)
		}
		if saved := len(w.Header()["Set-Cookie"]); caching == "no-store" && saved != 1 || saved > 1 {
			t.Errorf("%s, %d: Set-Cookie %q, want one", path, w.Code, w.Header()["Set-Cookie"])
		}
	}
}

func TestFileWithAnAgeOfItsOwnIsNotSharedWithASession(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		do   func(*dewar.Session)
		want string
	}{
		"read": {func(s *dewar.Session) { s.Get("a") }, "private, max-age=60"},
		"set":  {func(s *dewar.Session) { s.Set("a", 1) }, "no-store"},
	} {
		app := newApp(t)
		writeFile(t, app.RootPath(), "a.css", "body {}")
		app.Get("/", func(c *dewar.Context) error {
			tt.do(c.Session())
			return c.SendFile("a.css", dewar.MaxAge(time.Minute))
		})
		if got := get(app, "/").Header().Get("Cache-Control"); got != tt.want {
			t.Errorf("%s: Cache-Control %q, want %q", name, got, tt.want)
		}
	}
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

func TestLateChangeNamesKeyAndLine(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(s *dewar.Session)
		want   string
	}{
		"Set":     {func(s *dewar.Session) { s.Set("cart", 1) }, "key=cart at="},
		"Delete":  {func(s *dewar.Session) { s.Delete("user_id") }, "key=user_id at="},
		"Pop":     {func(s *dewar.Session) { s.Pop("user_id") }, "key=user_id at="},
		"Clear":   {func(s *dewar.Session) { s.Clear() }, " at="},
		"Renew":   {func(s *dewar.Session) { s.Renew() }, " at="},
		"Destroy": {func(s *dewar.Session) { s.Destroy() }, " at="},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			app := newApp(t)
			app.Logger = textLogger(&log)
			app.Get("/", func(c *dewar.Context) error {
				return c.Stream(func(w io.Writer) error {
					_, _ = io.WriteString(w, "x")
					tt.change(c.Session())
					return nil
				})
			})
			app.BeforeRequest(func(c *dewar.Context) error { c.Session().Set("user_id", 7); return nil })
			visit(t, app, "/", nil)
			if !strings.Contains(log.String(), tt.want) || !strings.Contains(log.String(), "/sessions_caching_test.go:") {
				t.Errorf("got %q, want %q and the line in it", log.String(), tt.want)
			}
		})
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

func TestSessionKeepsTheOnlyHeaderOfMiddleware(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{"Vary": "Origin", "Cache-Control": "no-cache", "X-Other": "x"} {
		app := quietApp(t)
		app.Get("/", func(c *dewar.Context) error { c.Session().Set("a", 1); return c.NoContent() })
		app.Use(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set(name, value)
				next.ServeHTTP(w, r)
			})
		})
		if got := strings.Join(send(app, "GET", "/").Header()[name], ", "); !strings.Contains(got, value) {
			t.Errorf("%s: got %q, want %q in it", name, got, value)
		}
	}
}
