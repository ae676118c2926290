package login_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/login"
	"github.com/dewar-go/dewar/flaskcookie"
)

const secret = "kK2b8Zx0Qd7WmT4yLr9VhS3nPfG6cJ1u"

// python returns a Python that can import Flask-Login. Without one the test is skipped, and fails in CI.
func python(t *testing.T) string {
	t.Helper()
	candidates := []string{"/usr/bin/python3", "python3"}
	if named := os.Getenv("DEWAR_PYTHON"); named != "" {
		candidates = []string{named}
	}
	for _, name := range candidates {
		if exec.Command(name, "-c", "import flask_login").Run() == nil {
			return name
		}
	}
	const missing = "NOTHING WAS COMPARED WITH FLASK-LOGIN: install the package python3-flask-login, or name a Python that has it in DEWAR_PYTHON"
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// isFlaskLogin07 reports whether that Python has Flask-Login 0.7, which computes identifiers in another way and remembers nobody
// unasked.
func isFlaskLogin07(t *testing.T) bool {
	t.Helper()
	out, err := exec.Command(python(t), "-c", "import importlib.metadata; print(importlib.metadata.version('flask-login'))").Output()
	if err != nil {
		t.Fatal(err)
	}
	return !strings.HasPrefix(string(out), "0.6.")
}

// servePython serves the Flask half and returns its URL.
func servePython(t *testing.T, settings ...string) string {
	t.Helper()
	cmd := exec.Command(python(t), append([]string{"testdata/app.py", "serve", "SECRET_KEY='" + secret + "'"}, settings...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the Flask half did not start: %v", err)
	}
	return "http://127.0.0.1:" + strings.TrimSpace(port)
}

// member is a user of the tests.
type member struct {
	login.UserMixin
	Name string
}

func (m *member) IsActive() bool { return m.Name != "locked" }

var errAway = errors.New("the database is away")

func load(_ *dewar.Context, id string) (*member, error) {
	switch id {
	case "gone":
		return nil, nil
	case "broken":
		return nil, errAway
	}
	return &member{Name: id}, nil
}

func newManager() *login.Manager[*member] {
	return &login.Manager[*member]{
		Load: load, ID: func(m *member) string { return m.Name }, View: "login_page", RefreshView: "login_page",
	}
}

// newApp returns the Go half, with the routes of the Flask half.
func newApp(t *testing.T, users *login.Manager[*member], settings dewar.Map) *dewar.App {
	t.Helper()
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	app.Logger = slog.New(slog.DiscardHandler)
	app.SessionInterface = &flaskcookie.SessionInterface{}
	users.Init(app)
	for _, values := range []dewar.Map{{"SECRET_KEY": secret}, settings} {
		if err := app.Config.Update(values); err != nil {
			t.Fatal(err)
		}
	}
	answer := func(c *dewar.Context, pairs ...any) error {
		user, err := users.Current(c)
		if err != nil {
			return err
		}
		fresh, err := users.Fresh(c)
		if err != nil {
			return err
		}
		result := map[string]any{"user": "", "fresh": fresh}
		if user != nil {
			result["user"] = user.Name
		}
		for i := 0; i < len(pairs); i += 2 {
			result[pairs[i].(string)] = pairs[i+1]
		}
		return c.JSON(result)
	}
	app.Get("/login", func(c *dewar.Context) error {
		flashes := [][2]string{}
		for _, f := range c.FlashedMessages() {
			flashes = append(flashes, [2]string{f.Category, f.Message})
		}
		return c.JSON(dewar.Map{"flashes": flashes, "next": c.Session().String("next")})
	}, dewar.Endpoint("login_page"))
	app.Post("/login", func(c *dewar.Context) error {
		var opts []login.Option
		if c.Form().Has("remember") {
			opts = append(opts, login.Remember())
		}
		if c.Form().Has("seconds") {
			opts = append(opts, login.RememberFor(time.Duration(c.Form().Int("seconds"))*time.Second))
		}
		if c.Form().Has("stale") {
			opts = append(opts, login.NotFresh())
		}
		err := users.Login(c, &member{Name: c.Form().String("user")}, opts...)
		if err != nil && !errors.Is(err, login.ErrInactive) {
			return err
		}
		return answer(c, "done", err == nil)
	}, dewar.Endpoint("login"))
	app.Post("/logout", func(c *dewar.Context) error {
		if err := users.Logout(c); err != nil {
			return err
		}
		return answer(c)
	}, dewar.Endpoint("logout"))
	app.Post("/confirm", func(c *dewar.Context) error {
		if user, err := users.Current(c); user != nil && err == nil {
			if err := users.Confirm(c); err != nil {
				return err
			}
		}
		return answer(c)
	}, dewar.Endpoint("confirm"))
	app.Get("/who", func(c *dewar.Context) error { return answer(c) }, dewar.Endpoint("who"))
	app.Get("/private/{rest:path}", func(c *dewar.Context) error { return answer(c) }, dewar.Endpoint("private"), dewar.Before(users.Required))
	app.Get("/fresh", func(c *dewar.Context) error { return answer(c) }, dewar.Endpoint("fresh"), dewar.Before(users.FreshRequired))
	app.Get("/permanent", func(c *dewar.Context) error {
		c.Session().SetPermanent(true)
		return answer(c)
	}, dewar.Endpoint("permanent"))
	return app
}

// A browser visits both halves, which share its cookies because ports do not count.
type browser struct {
	t      *testing.T
	client *http.Client
	agent  string
	halves map[string]string
}

// state is what a half says of the visitor.
type state struct {
	User     string      `json:"user"`
	Fresh    bool        `json:"fresh"`
	Done     bool        `json:"done"`
	Flashes  [][2]string `json:"flashes"`
	Next     string      `json:"next"`
	Location string      `json:"-"`
	Status   int         `json:"-"`
}

func newBrowser(t *testing.T, halves map[string]string) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, "one", halves}
}

func (b *browser) get(half, path string) state { return b.do("GET", half, path) }

func (b *browser) post(half, path string, form ...string) state {
	return b.do("POST", half, path, form...)
}

func (b *browser) do(method, half, path string, form ...string) state {
	b.t.Helper()
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	r, err := http.NewRequest(method, b.halves[half]+path, strings.NewReader(values.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header["User-Agent"] = []string{b.agent}
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	s := state{Status: answer.StatusCode, Location: answer.Header.Get("Location")}
	if answer.StatusCode >= 400 {
		b.t.Fatalf("%s %s of %s: %d %s", method, path, half, answer.StatusCode, body)
	}
	if answer.StatusCode == 200 {
		if err := json.Unmarshal(body, &s); err != nil {
			b.t.Fatalf("%s of %s: %v: %s", path, half, err, body)
		}
	}
	return s
}

// cookie returns the value of a cookie, "" without one.
func (b *browser) cookie(name string) string {
	u, _ := url.Parse(b.halves["go"])
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// forget drops a cookie, as the end of the browser does with that of the session.
func (b *browser) forget(name string) {
	u, _ := url.Parse(b.halves["go"])
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: name, Path: "/", MaxAge: -1}})
}

func (b *browser) is(half, user string, fresh bool) {
	b.t.Helper()
	if got := b.get(half, "/who"); got.User != user || got.Fresh != fresh {
		b.t.Errorf("%s says %q, fresh %t; want %q, %t", half, got.User, got.Fresh, user, fresh)
	}
}

// bothHalves starts both halves.
func bothHalves(t *testing.T, settings dewar.Map, pythonSettings ...string) map[string]string {
	t.Helper()
	users := newManager()
	if isFlaskLogin07(t) {
		users.Identifier = login.Identifier07
	}
	server := httptest.NewServer(newApp(t, users, settings))
	t.Cleanup(server.Close)
	return map[string]string{"go": server.URL, "python": servePython(t, pythonSettings...)}
}

var directions = [][2]string{{"go", "python"}, {"python", "go"}}

func TestBothHalvesShareALogin(t *testing.T) {
	t.Parallel()
	halves := bothHalves(t, nil)
	for _, way := range directions {
		here, there := way[0], way[1]
		for _, agent := range []string{"one", `it's "quoted" \ and é`, "it's", ""} {
			t.Run(here+" to "+there+" with "+agent, func(t *testing.T) {
				t.Parallel()
				b := newBrowser(t, halves)
				b.agent = agent
				b.is(there, "", false)
				b.post(here, "/login", "user", "ann é|")
				b.is(there, "ann é|", true)
				b.is(here, "ann é|", true)
				b.post(there, "/logout")
				b.is(here, "", false)
				if done := b.post(here, "/login", "user", "locked"); done.Done {
					t.Errorf("%s logged a locked account in", here)
				}
				b.post(here, "/login", "user", "bob", "stale", "1")
				b.is(there, "bob", false)
				b.post(there, "/confirm")
				b.is(here, "bob", true)
				if got := b.get(here, "/fresh"); got.Status != 200 {
					t.Errorf("%s does not take the login for fresh: %d", here, got.Status)
				}
				b.post(here, "/login", "user", "gone")
				b.is(there, "", false)
			})
		}
	}
}

func TestBothHalvesRememberALogin(t *testing.T) {
	t.Parallel()
	halves := bothHalves(t, nil)
	for _, way := range directions {
		here, there := way[0], way[1]
		t.Run(here+" to "+there, func(t *testing.T) {
			t.Parallel()
			b := newBrowser(t, halves)
			b.post(here, "/login", "user", "ann|x y@z", "remember", "1")
			b.forget("session")
			b.is(there, "ann|x y@z", false)
			b.is(here, "ann|x y@z", false)
			if got := b.get(there, "/fresh"); got.Status != 302 {
				t.Errorf("%s takes a remembered login for fresh", there)
			}
			b.post(there, "/logout")
			if b.cookie("remember_token") != "" {
				t.Errorf("%s has not deleted the remember cookie", there)
			}
			b.is(here, "", false)
			b.post(here, "/login", "user", "bob", "remember", "1", "seconds", "-10")
			if b.cookie("remember_token") != "" {
				t.Errorf("%s does not heed the duration", here)
			}
			b.is(there, "bob", true)
		})
	}
}

// A browser sends back what stands in Set-Cookie, which Go's own jar does not where that is in quotes.
func TestRememberCookiesOfAnyTextAreExchanged(t *testing.T) {
	t.Parallel()
	halves := bothHalves(t, nil)
	for _, way := range directions {
		for _, name := range []string{"é", `"quoted"`, `back\slash`, "a;b,c", "日本", "|", "a b"} {
			t.Run(way[0]+" to "+way[1]+" "+name, func(t *testing.T) {
				t.Parallel()
				answer, err := http.PostForm(halves[way[0]]+"/login", url.Values{"user": {name}, "remember": {"1"}})
				if err != nil {
					t.Fatal(err)
				}
				defer answer.Body.Close()
				var cookie string
				for _, line := range answer.Header["Set-Cookie"] {
					if strings.HasPrefix(line, "remember_token=") {
						cookie, _, _ = strings.Cut(line, "; ")
					}
				}
				r, err := http.NewRequest("GET", halves[way[1]]+"/who", nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Cookie", cookie)
				back, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				defer back.Body.Close()
				var got state
				if err := json.NewDecoder(back.Body).Decode(&got); err != nil || got.User != name {
					t.Errorf("%s: got %q, %v, want %q", cookie, got.User, err, name)
				}
			})
		}
	}
}

func TestBothHalvesProtectSessions(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"basic", "strong"} {
		halves := bothHalves(t, dewar.Map{"SESSION_PROTECTION": mode}, "SESSION_PROTECTION='"+mode+"'")
		for _, way := range directions {
			here, there := way[0], way[1]
			t.Run(mode+" "+here+" to "+there, func(t *testing.T) {
				t.Parallel()
				b := newBrowser(t, halves)
				b.post(here, "/login", "user", "ann", "remember", "1")
				b.is(there, "ann", true)
				b.agent = "a thief"
				if mode == "basic" {
					b.is(there, "ann", false)
					b.is(here, "ann", false)
					return
				}
				b.is(there, "", false)
				b.agent = "one"
				b.is(here, "", false)
				if b.cookie("remember_token") != "" {
					t.Errorf("%s has not deleted the remember cookie", there)
				}
				b.get(here, "/permanent")
				b.post(here, "/login", "user", "ann")
				b.agent = "a thief"
				b.is(there, "ann", false) // as with basic
			})
		}
	}
}

func TestBothHalvesSendToTheLoginPage(t *testing.T) {
	t.Parallel()
	for _, inSession := range []bool{false, true} {
		settings, word := dewar.Map{"USE_SESSION_FOR_NEXT": inSession}, "USE_SESSION_FOR_NEXT=False"
		if inSession {
			word = "USE_SESSION_FOR_NEXT=True"
		}
		halves := bothHalves(t, settings, word)
		for _, path := range []string{"/private/x", "/private/a?b=c&d=%C3%A9%20", "/private/%C3%A9%20/x?", "/private/a+b?q=a+b"} {
			t.Run(word+path, func(t *testing.T) {
				t.Parallel()
				b := newBrowser(t, halves)
				got, want := b.get("go", path), b.get("python", path)
				if where(t, got.Location) != where(t, want.Location) || got.Status != want.Status {
					t.Errorf("got %d %s, want %d %s", got.Status, got.Location, want.Status, want.Location)
				}
				after := b.get("python", "/login")
				b.get("go", path)
				if goes := b.get("go", "/login"); goes.Next != after.Next {
					t.Errorf("next is %q, want %q", goes.Next, after.Next)
				}
				for i, want := range [][2]string{{"message", "Please log in to access this page."}, {"message", "Please log in to access this page."}} {
					if len(after.Flashes) != 2 || after.Flashes[i] != want {
						t.Errorf("flashed %q, want %q twice", after.Flashes, want)
					}
				}
			})
		}
		b := newBrowser(t, halves)
		b.post("python", "/login", "user", "ann", "stale", "1")
		got, want := b.get("go", "/fresh"), b.get("python", "/fresh")
		if got.Location != want.Location {
			t.Errorf("got %s, want %s", got.Location, want.Location)
		}
		after := b.get("go", "/login")
		if len(after.Flashes) != 2 || after.Flashes[0] != after.Flashes[1] {
			t.Errorf("flashed %q, want the same twice", after.Flashes)
		}
	}
}

// where is a URL with the values of its query read, which can be written in several ways.
func where(t *testing.T, location string) string {
	t.Helper()
	u, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	return u.Path + " " + u.Query().Get("next")
}

func TestRandomVisitsOfBothHalves(t *testing.T) {
	t.Parallel()
	newest := isFlaskLogin07(t)
	for _, refresh := range []bool{false, true} {
		word := map[bool]string{false: "False", true: "True"}[refresh]
		halves := bothHalves(t, dewar.Map{"REMEMBER_COOKIE_REFRESH_EACH_REQUEST": refresh}, "REMEMBER_COOKIE_REFRESH_EACH_REQUEST="+word)
		t.Run("refresh "+word, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, 2))
			b := newBrowser(t, halves)
			user, fresh, remembered := "", false, ""
			for step := range 500 {
				half := []string{"go", "python"}[random.IntN(2)]
				switch random.IntN(8) {
				case 0:
					user, fresh = []string{"ann", "bob"}[random.IntN(2)], true
					if form := []string{"user", user}; random.IntN(2) == 0 {
						b.post(half, "/login", append(form, "remember", "1")...)
						remembered = user
					} else {
						b.post(half, "/login", form...)
						if refresh && remembered != "" {
							remembered = user
						}
					}
					if refresh && !newest && half == "python" {
						remembered = user // which 0.6 does for everybody
					}
				case 1:
					b.post(half, "/logout")
					user, fresh, remembered = "", false, ""
				case 2:
					b.forget("session")
					user, fresh = remembered, false
				case 3:
					b.post(half, "/confirm")
					fresh = user != ""
				default:
					b.is(half, user, fresh)
					if refresh && !newest && half == "python" {
						remembered = user
					}
				}
				if t.Failed() {
					t.Fatalf("step %d", step)
				}
			}
		})
	}
}
