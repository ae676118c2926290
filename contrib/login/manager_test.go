package login_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja"
	"github.com/dewar-go/dewar/contrib/login"
	"github.com/dewar-go/dewar/dewartest"
)

// client returns a client of the Go half alone, to which more may be added.
func client(t *testing.T, users *login.Manager[*member], settings dewar.Map, more ...func(app *dewar.App)) *dewartest.Client {
	t.Helper()
	app := newApp(t, users, settings)
	for _, add := range more {
		add(app)
	}
	return dewartest.New(t, app)
}

func TestAFailingLoadIsNeverALogout(t *testing.T) {
	t.Parallel()
	away := false
	users := newManager()
	users.Load = func(c *dewar.Context, id string) (*member, error) {
		if away {
			return nil, errAway
		}
		return load(c, id)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(newApp(t, users, nil))
	defer server.Close()
	b := &browser{t, &http.Client{Jar: jar}, "Go-http-client/1.1", map[string]string{"go": server.URL}}
	b.post("go", "/login", "user", "ann", "remember", "1")
	for _, forget := range []bool{false, true} {
		if forget {
			b.forget("session")
		}
		before := b.cookie("session") + b.cookie("remember_token")
		away = true
		for _, path := range []string{"/who", "/private/x", "/fresh"} {
			answer, err := b.client.Get(server.URL + path)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != 500 {
				t.Errorf("%s: got %d, want 500", path, answer.StatusCode)
			}
		}
		answer, err := b.client.Post(server.URL+"/logout", "", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if after := b.cookie("session") + b.cookie("remember_token"); after != before {
			t.Errorf("the cookies have changed from %q to %q", before, after)
		}
		away = false
	}
	b.is("go", "ann", false)
}

func TestAnErrorOfLoadPicksTheStatus(t *testing.T) {
	t.Parallel()
	users := newManager()
	users.Load = func(*dewar.Context, string) (*member, error) {
		return nil, &dewar.HTTPError{Code: 503, Err: errAway}
	}
	c := client(t, users, nil, func(app *dewar.App) {
		app.Get("/x", func(c *dewar.Context) error {
			_, err := users.Current(c)
			if !errors.Is(err, errAway) {
				t.Errorf("Current returned %v", err)
			}
			return err
		}, dewar.Endpoint("x"))
	})
	c.Post("/login", dewartest.Form("user", "ann"))
	if got := c.Get("/x"); got.StatusCode != 503 {
		t.Errorf("got %d, want 503", got.StatusCode)
	}
}

func TestSecretKeyFallbacksVerifyRememberCookies(t *testing.T) {
	t.Parallel()
	old := "an old key that is long enough for anybody: 9VhS3nPfG6cJ1u"
	c := client(t, newManager(), dewar.Map{"SECRET_KEY_FALLBACKS": []string{old}})
	for _, tt := range []struct{ name, secret, want string }{
		{"the key", secret, "ann"}, {"an old one", old, "ann"}, {"another", "another", ""},
	} {
		c.ClearCookies()
		value, err := login.EncodeCookie("ann", tt.secret)
		if err != nil {
			t.Fatal(err)
		}
		c.SetCookie(&http.Cookie{Name: "remember_token", Value: value})
		if got := c.Get("/who").Text(); !strings.Contains(got, `"`+tt.want+`"`) {
			t.Errorf("%s: got %s, want %q", tt.name, got, tt.want)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, id, secret, want string }{
		// Flask-Login 0.6.2 wrote these.
		{"ASCII", "ann", "dev", "ann|" + annByDev},
		{"Latin-1", "é|1", "schlüssel", "é|1|" + umlautKey},
	} {
		got, err := login.EncodeCookie(tt.id, tt.secret)
		if got != tt.want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
		}
		if id, ok := login.DecodeCookie(got, "x", tt.secret); id != tt.id || !ok {
			t.Errorf("%s: read %q, %t", tt.name, id, ok)
		}
	}
	for _, cookie := range []string{"", "ann", "|", "ann|", "ann|" + strings.ToUpper(annByDev), "bob|" + annByDev, "ann|" + annByDev + "0"} {
		if id, ok := login.DecodeCookie(cookie, "dev"); ok {
			t.Errorf("%q is taken for the cookie of %q", cookie, id)
		}
	}
	if id, ok := login.DecodeCookie("ann|"+annByNobody, ""); ok {
		t.Errorf("an empty key has signed for %q", id)
	}
	for _, key := range []string{"", "日本"} {
		if got, err := login.EncodeCookie("ann", key); err == nil {
			t.Errorf("%q has signed %q", key, got)
		}
	}
}

func TestRequiredAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		change   func(users *login.Manager[*member])
		settings dewar.Map
		method   string
		status   int
		location string
	}{
		{"to an endpoint", func(*login.Manager[*member]) {}, nil, "GET", 302, "/login?next=%2Fprivate%2Fx"},
		{"to a path", func(m *login.Manager[*member]) { m.View = "/in?a=1" }, nil, "GET", 302, "/in?a=1&next=%2Fprivate%2Fx"},
		{"to another site", func(m *login.Manager[*member]) { m.View = "https://id.example/" }, nil, "GET", 302, "https://id.example/?next=http%3A%2F%2Flocalhost%2Fprivate%2Fx"},
		{"to a forced host", func(*login.Manager[*member]) {}, dewar.Map{"FORCE_HOST_FOR_REDIRECTS": "www.example"}, "GET", 302, "//www.example/login?next=%2Fprivate%2Fx"},
		{"without a view", func(m *login.Manager[*member]) { m.View = "" }, nil, "GET", 401, ""},
		{"a handler", func(m *login.Manager[*member]) {
			m.OnUnauthorized = func(*dewar.Context) error { return dewar.Abort(403) }
		}, nil, "GET", 403, ""},
		{"disabled", func(*login.Manager[*member]) {}, dewar.Map{"LOGIN_DISABLED": true}, "GET", 200, ""},
		{"a query with a plus", func(m *login.Manager[*member]) { m.View = "/in" }, nil, "GET ?q=%2B", 302, "/in?next=%2Fprivate%2Fx%3Fq%3D%252B"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			users := newManager()
			tt.change(users)
			c := client(t, users, tt.settings)
			method, query, _ := strings.Cut(tt.method, " ")
			got := c.Do(method, "/private/x"+query)
			if got.StatusCode != tt.status || got.Header.Get("Location") != tt.location {
				t.Errorf("got %d %q, want %d %q", got.StatusCode, got.Header.Get("Location"), tt.status, tt.location)
			}
		})
	}
}

// A path that begins with two slashes is another site to a browser.
func TestNextIsOnTheSameSite(t *testing.T) {
	t.Parallel()
	users := newManager()
	app := newApp(t, users, nil)
	app.Fallback(http.NotFoundHandler(), dewar.Before(users.Required))
	for _, target := range []string{"//evil.example", "///evil.example"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path, r.RequestURI = target, target
		app.ServeHTTP(w, r)
		if got := w.Header().Get("Location"); got != "/login?next=%2Fevil.example" {
			t.Errorf("%s: got %d %q", target, w.Code, got)
		}
	}
}

func TestBlueprintsHaveViewsOfTheirOwn(t *testing.T) {
	t.Parallel()
	users := newManager()
	users.Views = map[string]string{"admin": "/admin/in", "api": ""}
	c := client(t, users, nil, func(app *dewar.App) {
		for _, name := range []string{"admin", "api", "shop"} {
			bp := dewar.NewBlueprint(name, dewar.URLPrefix("/"+name))
			bp.BeforeRequest(users.Required)
			bp.Get("/", func(c *dewar.Context) error { return c.Text(name) }, dewar.Endpoint("home"))
			app.RegisterBlueprint(bp)
		}
	})
	for _, tt := range []struct {
		path, location string
		status         int
	}{{"/admin/", "/admin/in?next=%2Fadmin%2F", 302}, {"/api/", "", 401}, {"/shop/", "/login?next=%2Fshop%2F", 302}} {
		if got := c.Get(tt.path); got.StatusCode != tt.status || got.Header.Get("Location") != tt.location {
			t.Errorf("%s: got %d %q, want %d %q", tt.path, got.StatusCode, got.Header.Get("Location"), tt.status, tt.location)
		}
	}
}

func TestMessagesAreTranslatedOrSilent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(users *login.Manager[*member])
		want   string
	}{
		{"another", func(m *login.Manager[*member]) { m.Message, m.MessageCategory = "In, please", "info" }, `"In, please"`},
		{"translated", func(m *login.Manager[*member]) {
			m.Localize = func(_ *dewar.Context, message string) string { return strings.ToUpper(message) }
		}, `"PLEASE LOG IN TO ACCESS THIS PAGE."`},
		{"silent", func(m *login.Manager[*member]) { m.Silent = true }, `"flashes":[]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			users := newManager()
			tt.change(users)
			c := client(t, users, nil)
			c.Do("GET", "/private/x")
			if got := strings.Join(strings.Fields(c.Get("/login").Text()), " "); !strings.Contains(strings.ReplaceAll(got, `": [`, `":[`), tt.want) {
				t.Errorf("got %s, want %s in it", got, tt.want)
			}
		})
	}
}

func TestTheUserIsLoadedOnceInARequest(t *testing.T) {
	t.Parallel()
	var loads atomic.Int32
	users := newManager()
	users.Load = func(c *dewar.Context, id string) (*member, error) {
		loads.Add(1)
		return load(c, id)
	}
	c := client(t, users, nil, func(app *dewar.App) {
		app.Get("/many", func(c *dewar.Context) error {
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					if user, err := users.Current(c); err != nil || user == nil || user.Name != "ann" {
						t.Errorf("got %v, %v", user, err)
					}
				})
			}
			wg.Wait()
			return c.Text(users.MustCurrent(c).Name)
		})
	})
	c.Post("/login", dewartest.Form("user", "ann"))
	if loads.Load() != 0 {
		t.Errorf("a login has loaded the user %d times", loads.Load())
	}
	if got := c.Get("/many"); got.StatusCode != 200 || got.Text() != "ann" {
		t.Errorf("got %d %q", got.StatusCode, got.Text())
	}
	if loads.Load() != 1 {
		t.Errorf("%d loads, want 1", loads.Load())
	}
}

func TestPagesThatDoNotAskForTheUserNeedNoSession(t *testing.T) {
	t.Parallel()
	c := client(t, newManager(), nil, func(app *dewar.App) {
		app.Get("/public", func(c *dewar.Context) error { return c.Text("hello") })
	})
	c.Post("/login", dewartest.Form("user", "ann"))
	if got := c.Get("/public").Header.Get("Vary"); got != "" {
		t.Errorf("Vary is %q", got)
	}
}

func TestLoginInTheRequestOfALogout(t *testing.T) {
	t.Parallel()
	users := newManager()
	c := client(t, users, nil, func(app *dewar.App) {
		app.Post("/switch/{remember}", func(c *dewar.Context) error {
			if err := users.Logout(c); err != nil {
				return err
			}
			if user, err := users.Current(c); user != nil || err != nil {
				t.Errorf("%v, %v is logged in", user, err)
			}
			var opts []login.Option
			if c.Params().String("remember") == "yes" {
				opts = append(opts, login.Remember())
			}
			return users.Login(c, &member{Name: "bob"}, opts...)
		}, dewar.Endpoint("switch"))
	})
	for _, tt := range []struct {
		remember string
		want     string
	}{{"yes", "bob|"}, {"no", ""}} {
		c.Post("/login", dewartest.Form("user", "ann", "remember", "1"))
		c.Post("/switch/" + tt.remember)
		got := ""
		if cookie := c.Cookie("remember_token"); cookie != nil {
			got = cookie.Value
		}
		if !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%s: the remember cookie is %q, want %q", tt.remember, got, tt.want)
		}
		if got := c.Get("/who").Text(); !strings.Contains(got, "bob") {
			t.Errorf("%s: got %s", tt.remember, got)
		}
	}
}

func TestRememberCookieHasItsAttributes(t *testing.T) {
	t.Parallel()
	c := client(t, newManager(), dewar.Map{
		"REMEMBER_COOKIE_NAME": "me", "REMEMBER_COOKIE_PATH": "/", "REMEMBER_COOKIE_HTTPONLY": false, "REMEMBER_COOKIE_SAMESITE": "Strict",
		"REMEMBER_COOKIE_DURATION": 3600,
	})
	got := c.Post("/login", dewartest.Form("user", "ann", "remember", "1")).Header.Values("Set-Cookie")
	if len(got) != 2 || !strings.HasPrefix(got[0], "me=ann|") || strings.Contains(got[0], "HttpOnly") || !strings.Contains(got[0], "SameSite=Strict") ||
		!strings.Contains(got[0], "Expires=") || strings.Contains(got[0], "Max-Age") {
		t.Errorf("got %q", got)
	}
}

// TestRememberCookieOfTheOtherHalfStays: a view stands for a proxy whose application has moved the end of the cookie on.
func TestRememberCookieOfTheOtherHalfStays(t *testing.T) {
	t.Parallel()
	c := client(t, newManager(), dewar.Map{"REMEMBER_COOKIE_REFRESH_EACH_REQUEST": true}, func(app *dewar.App) {
		app.Get("/python", func(c *dewar.Context) error {
			c.Response.Header().Add("Set-Cookie", "remember_token=theirs; Path=/")
			return c.Text("python")
		})
		app.Get("/go", func(c *dewar.Context) error { return c.Text("go") })
	})
	c.Post("/login", dewartest.Form("user", "ann", "remember", "1"))
	for path, want := range map[string]string{"/go": "ours", "/python": "theirs"} {
		var got []string
		for _, line := range c.Get(path).Header.Values("Set-Cookie") {
			switch {
			case strings.HasPrefix(line, "remember_token=theirs;"):
				got = append(got, "theirs")
			case strings.HasPrefix(line, "remember_token="):
				got = append(got, "ours")
			}
		}
		if !slices.Equal(got, []string{want}) {
			t.Errorf("%s: got the cookies of %q, want %s alone", path, got, want)
		}
	}
}

func TestProtectionIsOfTheSettingFirst(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, field string
		settings    dewar.Map
		want        string
	}{
		{"the default", "", nil, "ann false"},
		{"the field", "strong", nil, " false"},
		{"no protection", "none", nil, "ann true"},
		{"the setting", "none", dewar.Map{"SESSION_PROTECTION": "strong"}, " false"},
		{"none in the setting", "strong", dewar.Map{"SESSION_PROTECTION": "none"}, "ann true"},
		{"None in the setting", "strong", dewar.Map{"SESSION_PROTECTION": nil}, "ann true"},
		{"False in the setting", "strong", dewar.Map{"SESSION_PROTECTION": false}, "ann true"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			users := newManager()
			users.Protection = tt.field
			c := client(t, users, tt.settings)
			c.Post("/login", dewartest.Form("user", "ann"))
			var got state
			if err := json.Unmarshal([]byte(c.Get("/who", dewartest.Header("User-Agent", "another")).Text()), &got); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(got.User, " ", got.Fresh); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWrongSettingsEndTheStart(t *testing.T) {
	t.Parallel()
	for _, settings := range []dewar.Map{{"SESSION_PROTECTION": "Strong"}, {"REMEMBER_COOKIE_SAMESITE": "Laxx"}} {
		app := newApp(t, newManager(), settings)
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := app.Serve(ctx, l); err == nil || !strings.Contains(err.Error(), "set it to") {
			t.Errorf("%v: got %v, want a cure", settings, err)
		}
	}
}

func TestReceiversMayAskForTheUser(t *testing.T) {
	t.Parallel()
	users := newManager()
	var asked atomic.Int32
	ask := func(c *dewar.Context) {
		if user, err := users.Current(c); err == nil && user != nil {
			asked.Add(1)
		}
	}
	users.UserAccessed.Connect(ask)
	users.SessionProtected.Connect(ask)
	users.UserLoadedFromRequest.Connect(func(e login.Event[*member]) { ask(e.Context) })
	users.LoadFromRequest = func(*dewar.Context) (*member, error) { return &member{Name: "robot"}, nil }
	client(t, users, nil).Get("/who")
	if asked.Load() != 2 {
		t.Errorf("%d receivers got the user, want 2", asked.Load())
	}
}

// The Flask half behind the proxy moves the end of the cookie on by itself: one line leaves, and it is Flask's.
func TestARefreshLeavesTheCookieOfTheAnswerAlone(t *testing.T) {
	t.Parallel()
	c := client(t, newManager(), dewar.Map{"REMEMBER_COOKIE_REFRESH_EACH_REQUEST": true}, func(app *dewar.App) {
		app.Fallback(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("Set-Cookie", "remember_token=of Flask; Path=/")
		}))
	})
	c.Post("/login", dewartest.Form("user", "ann", "remember", "1"))
	for path, want := range map[string]string{"/who": "remember_token=ann|", "/flask": "remember_token=of Flask"} {
		var lines []string
		for _, line := range c.Get(path).Header["Set-Cookie"] {
			if strings.HasPrefix(line, "remember_token=") {
				lines = append(lines, line)
			}
		}
		if len(lines) != 1 || !strings.HasPrefix(lines[0], want) {
			t.Errorf("%s: got %q, want %s", path, lines, want)
		}
	}
}

// In a goroutine of its own that is not seen from the stack: the wait ends with the request.
func TestAskingForTheUserWaitsNoLongerThanTheRequest(t *testing.T) {
	t.Parallel()
	users := newManager()
	c := client(t, users, nil, func(app *dewar.App) {
		app.Use(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ctx, cancel := context.WithTimeout(r.Context(), 50*time.Millisecond)
				defer cancel()
				next.ServeHTTP(w, r.WithContext(ctx))
			})
		})
	})
	c.Post("/login", dewartest.Form("user", "ann"))
	users.Load = func(c *dewar.Context, _ string) (*member, error) {
		heard := make(chan error)
		go func() { _, err := users.Current(c); heard <- err }()
		return nil, <-heard
	}
	if got := c.Get("/who"); got.StatusCode < 500 {
		t.Errorf("got %d, want an error of the server", got.StatusCode)
	}
}

// What loads the user would wait for itself: the request fails with a cure, and the next one is not harmed.
func TestLoadingMustNotAskForTheUser(t *testing.T) {
	t.Parallel()
	ask := func(users *login.Manager[*member], c *dewar.Context) error { _, err := users.Current(c); return err }
	for _, tt := range []struct {
		name  string
		spoil func(users *login.Manager[*member])
	}{
		{"Load asks", func(users *login.Manager[*member]) {
			users.Load = func(c *dewar.Context, id string) (*member, error) { return &member{Name: id}, ask(users, c) }
		}},
		{"Load asks, deep inside", func(users *login.Manager[*member]) {
			var deep func(c *dewar.Context, n int) error
			deep = func(c *dewar.Context, n int) error {
				if n == 0 {
					return ask(users, c)
				}
				return deep(c, n-1)
			}
			users.Load = func(c *dewar.Context, id string) (*member, error) { return &member{Name: id}, deep(c, 300) }
		}},
		{"Load logs in", func(users *login.Manager[*member]) {
			users.Load = func(c *dewar.Context, id string) (*member, error) {
				return &member{Name: id}, users.Login(c, &member{Name: id})
			}
		}},
		{"LoadFromRequest logs in", func(users *login.Manager[*member]) {
			users.Load = func(*dewar.Context, string) (*member, error) { return nil, nil }
			users.LoadFromRequest = func(c *dewar.Context) (*member, error) {
				return &member{Name: "robot"}, users.Login(c, &member{Name: "robot"})
			}
		}},
		{"Identifier asks", func(users *login.Manager[*member]) {
			var heard error
			users.Identifier = func(c *dewar.Context) string { heard = ask(users, c); return "" }
			users.Load = func(*dewar.Context, string) (*member, error) { return nil, heard }
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			users := newManager()
			var log strings.Builder
			c := client(t, users, nil, func(app *dewar.App) {
				app.Logger = slog.New(slog.NewTextHandler(&log, nil))
			})
			c.Post("/login", dewartest.Form("user", "ann"))
			tt.spoil(users)
			if got := c.Get("/who"); got.StatusCode != 500 || !strings.Contains(log.String(), "inside Load, LoadFromRequest and Identifier") {
				t.Errorf("got %d, %s", got.StatusCode, &log)
			}
			users.Load, users.Identifier, users.LoadFromRequest = load, nil, nil
			if got := c.Get("/login"); got.StatusCode != 200 {
				t.Errorf("the next request is answered with %d", got.StatusCode)
			}
		})
	}
}

func TestGoroutinesOfARequestWaitForOneLoad(t *testing.T) {
	t.Parallel()
	users := newManager()
	var loads atomic.Int32
	users.Load = func(c *dewar.Context, id string) (*member, error) {
		loads.Add(1)
		time.Sleep(20 * time.Millisecond) // as a database does
		return load(c, id)
	}
	c := client(t, users, nil, func(app *dewar.App) {
		app.Get("/many", func(c *dewar.Context) error {
			var all sync.WaitGroup
			var known atomic.Int32
			for range 8 {
				all.Go(func() {
					if user, err := users.Current(c); err == nil && user != nil {
						known.Add(1)
					}
				})
			}
			all.Wait()
			return c.Text(fmt.Sprint(known.Load(), " know ", loads.Load()))
		})
	})
	c.Post("/login", dewartest.Form("user", "ann"))
	if got := c.Get("/many").Text(); got != "8 know 1" {
		t.Errorf("got %q", got)
	}
}

func TestSignals(t *testing.T) {
	t.Parallel()
	users := newManager()
	var mu sync.Mutex
	var heard []string
	say := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, text)
	}
	of := func(name string) func(login.Event[*member]) {
		return func(e login.Event[*member]) { say(name + " " + e.User.Name) }
	}
	about := func(name string) func(*dewar.Context) { return func(*dewar.Context) { say(name) } }
	users.UserLoggedIn.Connect(of("in"))
	users.UserLoggedOut.Connect(of("out"))
	users.UserLoadedFromCookie.Connect(of("cookie"))
	users.UserLoadedFromRequest.Connect(of("request"))
	users.UserLoginConfirmed.Connect(about("confirmed"))
	users.UserUnauthorized.Connect(about("unauthorized"))
	users.UserNeedsRefresh.Connect(about("refresh"))
	users.SessionProtected.Connect(about("protected"))
	users.UserAccessed.Connect(about("accessed"))
	users.LoadFromRequest = func(c *dewar.Context) (*member, error) {
		if c.Query().Has("key") {
			return &member{Name: c.Query().String("key")}, nil
		}
		return nil, nil
	}
	c := client(t, users, nil)
	for _, tt := range []struct{ name, method, path, form, want string }{
		{"a visitor", "GET", "/private/x", "", "accessed, unauthorized"},
		{"a key", "GET", "/who?key=robot", "", "accessed, request robot"},
		{"a login", "POST", "/login", "ann", "in ann"},
		{"a confirmation", "POST", "/confirm", "", "accessed, confirmed"},
		{"another browser", "GET", "/who#", "", "accessed, protected"},
		{"not fresh", "GET", "/fresh", "", "accessed, refresh"},
		{"a logout", "POST", "/logout", "", "accessed, out ann"},
	} {
		heard = nil
		opts := []dewartest.RequestOption{}
		if tt.form != "" {
			opts = append(opts, dewartest.Form("user", tt.form))
		}
		path, other := strings.CutSuffix(tt.path, "#")
		if other {
			opts = append(opts, dewartest.Header("User-Agent", "another"))
		}
		c.Do(tt.method, path, opts...)
		if got := strings.Join(heard, ", "); got != tt.want {
			t.Errorf("%s: heard %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestTemplatesKnowTheUser(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		renderer   dewar.Renderer
	}{
		{"html/template", `{{if current_user.IsAuthenticated}}{{current_user.Name}}{{else}}nobody {{current_user.IsAnonymous}}{{end}}`, nil},
		{"Jinja", `{% if current_user.is_authenticated %}{{ current_user.name }}{% else %}nobody {{ current_user.is_anonymous|lower }}{% endif %}`, &jinja.Renderer{}},
		{"a macro of Jinja", `{% macro show(u) %}{{ u.name if not u.is_anonymous else "nobody true" }}{% endmacro %}{{ show(current_user) }}`, &jinja.Renderer{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			users := newManager()
			app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.FS(fstest.MapFS{"templates/p.html": {Data: []byte(tt.text)}}))
			app.Renderer = tt.renderer
			if err := app.Config.Set("SECRET_KEY", secret); err != nil {
				t.Fatal(err)
			}
			users.Init(app)
			app.Get("/", func(c *dewar.Context) error { return c.Render("p.html", nil) }, dewar.Endpoint("page"))
			app.Post("/login", func(c *dewar.Context) error {
				return users.Login(c, &member{Name: c.Form().String("user")}, login.Force())
			}, dewar.Endpoint("login"))
			c := dewartest.New(t, app)
			for _, step := range []struct{ user, want string }{{"", "nobody true"}, {"ann", "ann"}, {"locked", "nobody true"}, {"gone", "nobody true"}} {
				if step.user != "" {
					c.Post("/login", dewartest.Form("user", step.user))
				}
				if got := c.Get("/").Text(); got != step.want {
					t.Errorf("%q sees %q, want %q", step.user, got, step.want)
				}
			}
			c.Post("/login", dewartest.Form("user", "broken"))
			if got := c.Get("/"); got.StatusCode != 500 {
				t.Errorf("a user who cannot be loaded: %d, want 500", got.StatusCode)
			}
		})
	}
}

func TestInitPanicsOnMistakes(t *testing.T) {
	t.Parallel()
	app := dewar.New("test")
	newManager().Init(app)
	for _, tt := range []struct {
		name, want string
		call       func()
	}{
		{"nothing", "set Load", func() { new(login.Manager[*member]).Init(dewar.New("test")) }},
		{"no ID", "set it to a func", func() { (&login.Manager[*member]{Load: load}).Init(dewar.New("test")) }},
		{"twice", "call Init once", func() { newManager().Init(app) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer func() {
				if text, _ := recover().(string); !strings.Contains(text, tt.want) {
					t.Errorf("panic %q, want %q in it", text, tt.want)
				}
			}()
			tt.call()
		})
	}
}

// Signatures that Flask-Login 0.6.2 made.
const (
	annByDev    = "00852b3146cb77f5496c193741c3dd3f7f42684b740293b98d5f3b2d24d2c4b5dd63d8c56c11414c3677847e83b7457c18375825dd650a1e3841f2330fd4dd64"
	umlautKey   = "86863668c3fe6b3e84e7cfd2eb7e8a90ee562f6c1d56557ca5ed16ba81257e2cad8b797091d710cbfe8be4a69d93ee2ce505652aa43ab68a4588f02b2b95e710"
	annByNobody = "758dc9bcf5b0d52581a3780a35b63a9f802b0b7278f81b9087a49d9f473271b8eb5bccc8e49a0bf3243393a1b2e55137d8d09927bbb87343b7172eb44a948e02"
)
