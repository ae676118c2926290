package strangler_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flaskcookie"
	"github.com/dewar-go/dewar/strangler"
)

// A visitor has a cookie jar.
type visitor struct {
	testing.TB
	url string
	jar map[string]string
}

// lines returns the Set-Cookie lines of the session.
func (v *visitor) lines(res *http.Response) []string {
	return slices.DeleteFunc(slices.Clone(res.Header["Set-Cookie"]), func(line string) bool { return !strings.HasPrefix(line, "session=") })
}

// get asks for a page. More than one line that sets the session is an error.
func (v *visitor) get(path string) (*http.Response, string) {
	v.Helper()
	r := request(v, "GET", v.url+path, nil)
	for name, value := range v.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, body := fetch(v, r)
	if lines := v.lines(res); len(lines) > 1 {
		v.Errorf("%s: got more than one cookie: %q", path, lines)
	}
	for _, cookie := range res.Cookies() {
		if v.jar[cookie.Name] = cookie.Value; cookie.MaxAge < 0 {
			delete(v.jar, cookie.Name)
		}
	}
	return res, body
}

// flaskLike is an App that stands for Flask: it answers with the session's values and the messages, and logs out by clearing.
func flaskLike(t testing.TB, sessions func() dewar.SessionInterface) *dewar.App {
	app := quietApp(t)
	app.SessionInterface = sessions()
	show := func(c *dewar.Context) error {
		var text []string
		for _, f := range c.FlashedMessages() {
			text = append(text, f.Message)
		}
		for key, value := range c.Session().All() {
			text = append(text, fmt.Sprint(key, "=", value))
		}
		return c.Text(strings.Join(text, " "))
	}
	app.Get("/show", show)
	app.Get("/set", func(c *dewar.Context) error {
		for _, key := range c.Query().Keys() {
			if key != "before" && key != "after" && key != "held" {
				c.Session().Set(key, c.Query().String(key))
			}
		}
		return c.Text("set")
	})
	app.Get("/pop", func(c *dewar.Context) error { c.Session().Pop(c.Query().String("key")); return c.Text("popped") })
	app.Get("/flash", func(c *dewar.Context) error { c.Flash(c.Query().String("m")); return c.Text("flashed") })
	app.Get("/permanent", func(c *dewar.Context) error { c.Session().SetPermanent(true); return c.Text("") })
	app.Get("/logout", func(c *dewar.Context) error { c.Session().Clear(); return c.Text("bye") })
	app.Get("/plain", func(c *dewar.Context) error { return c.Text("plain") })
	return app
}

func cookieSessions() dewar.SessionInterface { return &flaskcookie.SessionInterface{} }

// halves starts a site of two halves. The query's before and after name what the App's hooks do.
func halves(t testing.TB, python string, sessions func() dewar.SessionInterface) *visitor {
	app := quietApp(t)
	app.SessionInterface = sessions()
	do := func(c *dewar.Context, what string) error {
		key, value, _ := strings.Cut(what, ":")
		switch s := c.Session(); key {
		case "read":
			s.Get("user")
		case "flash":
			c.Flash(value)
		case "del":
			s.Delete(value)
		case "add":
			s.Change(value, func(old any) any { n, _ := old.(int64); return n + 1 })
		case "inside":
			s.Map(value)["more"] = "here"
		case "fail":
			s.Set(key, "late")
			return dewar.Abort(418)
		default:
			s.Set(key, value)
		}
		return nil
	}
	app.BeforeRequest(func(c *dewar.Context) error {
		for _, what := range c.Query().Strings("before") {
			if err := do(c, what); err != nil {
				return err
			}
		}
		return nil
	})
	app.AfterRequest(func(c *dewar.Context) error {
		for _, what := range c.Query().Strings("after") {
			if err := do(c, what); err != nil {
				return err
			}
		}
		return nil
	})
	app.Get("/go/show", func(c *dewar.Context) error {
		var text []string
		for _, f := range c.FlashedMessages() {
			text = append(text, f.Message)
		}
		for key, value := range c.Session().All() {
			text = append(text, fmt.Sprint(key, "=", value))
		}
		return c.Text(strings.Join(text, " "))
	})
	return &visitor{t, front(t, app, python), map[string]string{}}
}

// journeys are what a visitor does and finds. Each is a path and what the page shows; "" for whatever.
var journeys = []struct {
	name  string
	steps [][2]string
}{
	{"what Go changed goes to Python", [][2]string{{"/show?before=user:ann", "user=ann"}, {"/show", "user=ann"}, {"/go/show", "user=ann"}}},
	{"what Python changed comes to Go", [][2]string{{"/set?user=ann", "set"}, {"/go/show", "user=ann"}}},
	{"Go before, Python, Go after", [][2]string{{"/set?b=2&before=a:1&after=c:3", "set"}, {"/go/show", "a=1 b=2 c=3"}, {"/show", "a=1 b=2 c=3"}}},
	{"of one key the last counts", [][2]string{{"/set?a=python&before=a:go", "set"}, {"/go/show", "a=python"}, {"/set?a=python&after=a:later", "set"}, {"/show", "a=later"}}},
	{"reading loses nothing", [][2]string{{"/set?a=1", "set"}, {"/set?b=2&before=read:&after=read:", "set"}, {"/show?before=read:", "a=1 b=2"}}},
	{"what Python has removed stays so", [][2]string{{"/set?a=1&b=2", "set"}, {"/pop?key=a&before=read:&after=c:3", "popped"}, {"/show", "b=2 c=3"}}},
	{"what Go removes later is gone", [][2]string{{"/set?a=1&b=2", "set"}, {"/set?c=3&before=read:&after=del:a", "set"}, {"/show", "b=2 c=3"}}},
	{"a counter counts once each time", [][2]string{{"/plain?before=add:n&after=add:n", "plain"}, {"/set?x=1&after=add:n", "set"}, {"/show", "n=3 x=1"}}},
	{"a message of Go is shown by Python, once", [][2]string{{"/show?before=flash:hello", "hello"}, {"/show", ""}, {"/go/show", ""}}},
	{"a message of Python is shown by Go, once", [][2]string{{"/flash?m=hello", "flashed"}, {"/go/show", "hello"}, {"/show", ""}}},
	{"messages of both are kept", [][2]string{{"/flash?m=two&before=flash:one&after=flash:three", "flashed"}, {"/show", "one two three"}, {"/show", ""}}},
	{"a message after the last one was shown", [][2]string{{"/flash?m=one", "flashed"}, {"/show?after=flash:two", "one"}, {"/show", "two"}, {"/show", ""}}},
	{"a deletion by Python wins", [][2]string{{"/set?user=ann", "set"}, {"/logout?before=seen:1&after=user:ann", "bye"}, {"/show", ""}, {"/go/show", ""}}},
	{"a message after a deletion", [][2]string{{"/set?user=ann", "set"}, {"/logout?after=flash:out&after=user:ann", "bye"}, {"/go/show", "out"}, {"/show", ""}}},
	{"an error after Python has answered", [][2]string{{"/set?user=ann&after=fail:", ""}, {"/show", "fail=late user=ann"}}},
}

func TestJourneysThroughBothHalves(t *testing.T) {
	t.Parallel()
	python := serve(t, flaskLike(t, cookieSessions))
	for _, j := range journeys {
		t.Run(j.name, func(t *testing.T) {
			t.Parallel()
			v := halves(t, python, cookieSessions)
			walk(v, j.steps)
		})
	}
}

func walk(v *visitor, steps [][2]string) {
	v.Helper()
	for _, step := range steps {
		if _, body := v.get(step[0]); body != step[1] && !strings.Contains(step[0], "fail") {
			v.Errorf("%s: got %q, want %q", step[0], body, step[1])
		}
	}
}

// TestSessionsThatGoDoesNotOpenPassByteForByte compares what passes with what Python has sent.
func TestSessionsThatGoDoesNotOpenPassByteForByte(t *testing.T) {
	t.Parallel()
	const line = "session=.eJ-odd value; Expires=Thu, 01 Jan 2099 00:00:00 GMT; Path=/;HttpOnly; samesite=lax"
	var sent string
	python := backend(t, func(w http.ResponseWriter, r *http.Request) {
		sent = strings.Join(r.Header["Cookie"], "|")
		w.Header()["Set-Cookie"] = []string{"a=1", line, "b=2"}
	})
	url := front(t, quietApp(t), python)
	const cookies = `x="1 2"; session=whatever=; session=second;y=`
	res, _ := fetch(t, request(t, "GET", url+"/", nil, "Cookie", cookies))
	got := res.Header["Set-Cookie"]
	if sent != cookies || !slices.Contains(got, line) || len(got) != 3 || res.Header.Get("Vary") != "" || res.Header.Get("Cache-Control") != "" {
		t.Errorf("Python got %q; the client %q", sent, res.Header)
	}
}

func TestCachesAreToldOfTheSession(t *testing.T) {
	t.Parallel()
	python := backend(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/own" {
			w.Header().Set("Cache-Control", "max-age=5")
			w.Header().Set("Vary", "Accept")
		}
		_, _ = io.WriteString(w, "x")
	})
	for _, tt := range []struct{ path, caching, vary string }{
		{"/", "", ""},
		{"/own", "max-age=5", "Accept"},
		{"/?before=read:", "private", "Cookie"},
		{"/?before=a:1", "no-store", "Cookie"},
		{"/?after=a:1", "no-store", "Cookie"},
		{"/own?before=a:1", "max-age=5", "Accept, Cookie"},
	} {
		res, _ := halves(t, python, cookieSessions).get(tt.path)
		if got, vary := res.Header.Get("Cache-Control"), strings.Join(res.Header["Vary"], "|"); got != tt.caching || vary != tt.vary {
			t.Errorf("%s: got Cache-Control %q and Vary %q, want %q and %q", tt.path, got, vary, tt.caching, tt.vary)
		}
	}
}

// TestPagesForTheFramesOfOthersStaySo: what an App adds to its own pages would break some of Python's.
func TestPagesForTheFramesOfOthersStaySo(t *testing.T) {
	t.Parallel()
	python := backend(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/html") })
	app := quietApp(t)
	app.AfterRequest(func(c *dewar.Context) error {
		if c.Query().Has("fail") {
			return dewar.Abort(418)
		}
		return nil
	})
	url := front(t, app, python)
	for path, want := range map[string]string{"/": "", "/?fail": "nosniff"} {
		res, _ := fetch(t, request(t, "GET", url+path, nil))
		if got := res.Header.Get("X-Content-Type-Options"); got != want || want == "" && len(res.Header["X-Frame-Options"])+len(res.Header["Referrer-Policy"]) > 0 {
			t.Errorf("%s: got %v, want the headers of who answers alone", path, res.Header)
		}
	}
}

// Python that says public knows of no cookie.
func TestCachesGetNoSessionOfGo(t *testing.T) {
	t.Parallel()
	python := backend(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Cache-Control", "public, max-age=60") })
	app := quietApp(t)
	app.BeforeRequest(func(c *dewar.Context) error { c.Session().Set("n", 1); return nil })
	res, err := http.Get(front(t, app, python))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got := res.Header.Get("Cache-Control"); got != "no-store" || len(res.Cookies()) != 1 {
		t.Errorf("got %q with %v", got, res.Cookies())
	}
}

func TestPermanentSessionsAreSetOnce(t *testing.T) {
	t.Parallel()
	v := halves(t, serve(t, flaskLike(t, cookieSessions)), cookieSessions)
	v.get("/permanent")
	for _, path := range []string{"/show", "/show?before=read:", "/show?after=read:", "/show?before=a:1&after=b:2"} {
		if res, body := v.get(path); len(v.lines(res)) != 1 || !strings.Contains(v.lines(res)[0], "Expires") || !strings.Contains(body, "_permanent=true") {
			t.Errorf("%s: got %q and %q", path, body, v.lines(res))
		}
	}
}

func TestSessionThatIsTooLargeIsNotHandedOver(t *testing.T) {
	t.Parallel()
	asked := false
	python := backend(t, func(http.ResponseWriter, *http.Request) { asked = true })
	app := quietApp(t)
	app.SessionInterface = cookieSessions()
	app.BeforeRequest(func(c *dewar.Context) error {
		var long strings.Builder
		for i := range 3000 {
			_, _ = fmt.Fprint(&long, i*7919%10007)
		}
		c.Session().Set("long", long.String())
		return nil
	})
	if res, _ := fetch(t, request(t, "GET", front(t, app, python)+"/", nil)); res.StatusCode < 500 || asked {
		t.Errorf("got %d, Python was asked %t", res.StatusCode, asked)
	}
}

func TestChangesLeaveAlsoWhenPythonIsAway(t *testing.T) {
	t.Parallel()
	v := halves(t, "http://127.0.0.1:1", cookieSessions)
	if res, _ := v.get("/show?before=a:1"); res.StatusCode != 503 {
		t.Errorf("got %d", res.StatusCode)
	}
	walk(v, [][2]string{{"/go/show", "a=1"}})
}

func TestCookieOfAnotherKeyIsNotLost(t *testing.T) {
	t.Parallel()
	other := flaskLike(t, cookieSessions)
	if err := other.Config.Set("SECRET_KEY", "another key, by mistake, in one of the halves"); err != nil {
		t.Fatal(err)
	}
	v := halves(t, serve(t, other), cookieSessions)
	if res, _ := v.get("/set?a=1&before=read:"); res.StatusCode != 200 || len(v.lines(res)) != 1 {
		t.Errorf("got %d and %q, want Python's answer and cookie", res.StatusCode, v.lines(res))
	}
	for _, path := range []string{"/set?b=2&after=c:3", "/set?b=2&before=read:&after=c:3"} {
		res, _ := v.get(path)
		if res.StatusCode != 503 {
			t.Errorf("%s: got %d, want 503 rather than a session without what Python keeps", path, res.StatusCode)
		}
		if _, body := v.get("/show"); body != "a=1 b=2" {
			t.Errorf("%s: got %q", path, body)
		}
	}
}

// TestCookieInASpellingOfPythonIsNotADeletion is about a value that net/http's parser refuses.
func TestCookieInASpellingOfPythonIsNotADeletion(t *testing.T) {
	t.Parallel()
	const line = `session="a\054b"; Path=/`
	python := backend(t, func(w http.ResponseWriter, r *http.Request) { w.Header()["Set-Cookie"] = []string{line} })
	for path, status := range map[string]int{"/": 200, "/?before=read:": 200, "/?after=late:1": 503, "/?before=read:&after=late:1": 503} {
		res, _ := fetch(t, request(t, "GET", halves(t, python, cookieSessions).url+path, nil))
		if res.StatusCode != status || !slices.Equal(res.Header["Set-Cookie"], []string{line}) {
			t.Errorf("%s: got %d and %q, want %d and Python's line", path, res.StatusCode, res.Header["Set-Cookie"], status)
		}
	}
}

// TestAppsInApps has hooks of two Apps, one inside the other, change the session around the proxy of the inner one.
func TestAppsInApps(t *testing.T) {
	t.Parallel()
	python := serve(t, flaskLike(t, cookieSessions))
	hooks := func(app *dewar.App, who string) {
		app.SessionInterface = cookieSessions()
		set := func(when string) dewar.Handler {
			return func(c *dewar.Context) error {
				for _, what := range c.Query().Strings(when) {
					if key, value, _ := strings.Cut(what, ":"); strings.HasPrefix(key, who) {
						c.Session().Set(key, value)
					} else if key == "read" {
						c.Session().Get("x")
					}
				}
				return nil
			}
		}
		app.BeforeRequest(set("before"))
		app.AfterRequest(set("after"))
	}
	outer, inner := quietApp(t), quietApp(t)
	hooks(outer, "o")
	hooks(inner, "i")
	inner.Fallback(strangler.Proxy(python))
	outer.Mount("/in", inner)
	url := serve(t, outer) + "/in"
	for _, tt := range []struct {
		name  string
		steps [][2]string
	}{
		{"a login of Python beside a change of the outer App", [][2]string{{"/set?user=ann&before=o:1", "set"}, {"/show", "o=1 user=ann"}}},
		{"changes of both before", [][2]string{{"/set?user=ann&before=o:1&before=i:2", "set"}, {"/show", "i=2 o=1 user=ann"}}},
		{"changes of both after", [][2]string{{"/set?user=ann&after=o:1&after=i:2", "set"}, {"/show", "i=2 o=1 user=ann"}}},
		{"changes of both, before and after", [][2]string{
			{"/set?user=ann&before=o1:1&before=i1:2&after=o2:3&after=i2:4", "set"}, {"/show", "i1=2 i2=4 o1=1 o2=3 user=ann"}}},
		{"Python sees both", [][2]string{{"/show?before=o:1&before=i:2", "i=2 o=1"}}},
		{"reading loses nothing", [][2]string{{"/set?a=1", "set"}, {"/set?b=2&before=read:&after=read:", "set"}, {"/show", "a=1 b=2"}}},
		{"a deletion by Python wins", [][2]string{{"/set?user=ann", "set"}, {"/logout?before=o:1&before=i:1&after=o:2&after=i:2", "bye"}, {"/show", ""}}},
		{"without Python having changed it", [][2]string{{"/plain?before=o:1&after=i:2", "plain"}, {"/show", "i=2 o=1"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			walk(&visitor{t, url, map[string]string{}}, tt.steps)
		})
	}
}

// TestHeldSessionGoesOn changes what a hook has held since before the proxy.
func TestHeldSessionGoesOn(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	app.SessionInterface = cookieSessions()
	type held struct {
		s    *dewar.Session
		cart dewar.Map
	}
	var h held
	app.BeforeRequest(func(c *dewar.Context) error {
		if c.Query().Has("held") {
			c.Session().Set("cart", dewar.Map{"apples": 1})
			h = held{c.Session(), c.Session().Map("cart")}
		}
		return nil
	})
	app.AfterRequest(func(c *dewar.Context) error {
		if c.Query().Has("held") {
			h.cart["pears"] = 2
			h.s.Set("late", h.s.String("b"))
		}
		return nil
	})
	v := &visitor{t, front(t, app, serve(t, flaskLike(t, cookieSessions))), map[string]string{}}
	walk(v, [][2]string{{"/set?b=2&held=1", "set"}, {"/show", "b=2 cart=map[apples:1 pears:2] late=2"}})
}

func TestVisitorsAtOnce(t *testing.T) {
	t.Parallel()
	v := halves(t, serve(t, flaskLike(t, cookieSessions)), cookieSessions)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			own := &visitor{t, v.url, map[string]string{}}
			for j := range 20 {
				walk(own, [][2]string{{fmt.Sprintf("/set?b=%d&before=a:%d&after=c:%d", j, i, j), "set"}, {"/go/show", fmt.Sprintf("a=%d b=%d c=%d", i, j, j)}})
			}
		})
	}
	all.Wait()
}

// Options go to Proxy. Here Python may take five minutes for a report, uploads end at 50 MB, and visitors wait while it restarts.
func ExampleOption() {
	options := []strangler.Option{
		strangler.HeaderTimeout(5 * time.Minute),
		strangler.MaxBody(50 << 20),
		strangler.RetryDial(10 * time.Second),
	}
	fmt.Println(strangler.Proxy("http://127.0.0.1:5001/shop", options...))
	// Output: Backend(http://127.0.0.1:5001/shop)
}

// A Backend may answer one route, here for POST alone. It tells whether Python is there.
func ExampleBackend() {
	app := dewar.New("shop")
	python := strangler.Proxy("http://127.0.0.1:5001")
	app.Get("/login", func(c *dewar.Context) error { return c.Text("moved") }, dewar.Endpoint("login"))
	app.Handle("/login", python, dewar.Methods("POST"), dewar.Endpoint("login"))
	app.Get("/readyz", dewar.Ready(python.PingContext))
	for _, route := range app.Routes() {
		if route.Endpoint == "login" {
			fmt.Println(route.Methods, route.Relays)
		}
	}
	// Output:
	// [GET HEAD OPTIONS] false
	// [OPTIONS POST] true
}

func ExampleProxy() {
	app := dewar.New("shop")
	app.SessionInterface = &flaskcookie.SessionInterface{}
	python := strangler.Proxy("http://127.0.0.1:5001")
	app.Get("/readyz", dewar.Ready(python.PingContext))
	app.Get("/about", func(c *dewar.Context) error { return c.Text("moved") })
	app.Fallback(python, dewar.CrossOriginExempt())
	fmt.Println(python)
	// Output: Backend(http://127.0.0.1:5001)
}
