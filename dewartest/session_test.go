package dewartest_test

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

func inBubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

// newCounter returns an App whose session counts the visits to /, keeps a cart and forgets at /clear.
func newCounter(config dewar.Map) *dewar.App {
	app := newApp(config)
	app.Get("/", func(c *dewar.Context) error {
		n := c.Session().Int("n") + 1
		c.Session().Set("n", n)
		return c.JSON(dewar.Map{"n": n, "cart": c.Session().Map("cart")})
	})
	app.Get("/clear", func(c *dewar.Context) error {
		c.Session().Clear()
		return c.NoContent()
	})
	app.Get("/stay", func(c *dewar.Context) error {
		c.Session().SetPermanent(true)
		return c.NoContent()
	})
	return app
}

func visits(t *testing.T, res *dewartest.Response) int {
	t.Helper()
	var body struct{ N int }
	res.Want(200).JSON(&body)
	return body.N
}

func TestSessionIsSeenAndChanged(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newCounter(nil))
	client.Session(func(s *dewar.Session) {
		if !s.IsNew() || s.Len() != 0 {
			t.Errorf("first: got new %t with %d values, want a new and empty session", s.IsNew(), s.Len())
		}
		s.Set("n", 41)
	})
	if got := visits(t, client.Get("/")); got != 42 {
		t.Errorf("got %d visits, want 42", got)
	}
	client.Session(func(s *dewar.Session) {
		if got := s.Int("n"); got != 42 {
			t.Errorf("second: got %d, want 42", got)
		}
		s.Clear()
	})
	if cookie := client.Cookie("session"); cookie != nil {
		t.Errorf("got cookie %v after the session was cleared, want none", cookie)
	}
}

// A basket is a value that changes can be made inside of.
type basket struct {
	Count map[string]int `json:"count"`
	Owner string         `json:"owner"`
}

func TestSessionNoticesChangesInsideValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		do   func(s *dewar.Session)
		want string
	}{
		{"a map", func(s *dewar.Session) { s.Map("basket")["owner"] = "bob" }, `{"basket":{"count":{"apple":1},"owner":"bob"},"list":["a"]}`},
		{"a typed map", func(s *dewar.Session) {
			dewar.ValueOr(s, "basket", map[string]any(nil))["owner"] = "bob"
		}, `{"basket":{"count":{"apple":1},"owner":"bob"},"list":["a"]}`},
		{"a struct with a map", func(s *dewar.Session) {
			dewar.ValueOr(s, "basket", basket{}).Count["pear"] = 2
		}, `{"basket":{"count":{"apple":1,"pear":2},"owner":"ann"},"list":["a"]}`},
		{"a pointer", func(s *dewar.Session) {
			dewar.ValueOr[*basket](s, "basket", nil).Owner = "bob"
		}, `{"basket":{"count":{"apple":1},"owner":"bob"},"list":["a"]}`},
		{"a slice", func(s *dewar.Session) { dewar.ValueOr(s, "list", []string(nil))[0] = "b" },
			`{"basket":{"count":{"apple":1},"owner":"ann"},"list":["b"]}`},
		{"a map that was set", func(s *dewar.Session) {
			list := map[string]bool{}
			s.Set("list", list)
			list["b"] = true
		}, `{"basket":{"count":{"apple":1},"owner":"ann"},"list":{"b":true}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client := dewartest.New(t, newApp(nil))
			client.Session(func(s *dewar.Session) {
				s.Set("basket", basket{map[string]int{"apple": 1}, "ann"})
				s.Set("list", []string{"a"})
			})
			client.Session(tt.do)
			client.Session(func(s *dewar.Session) {
				if got, err := dewar.Stored(s).MarshalBinary(); err != nil || string(got) != tt.want {
					t.Errorf("got %s, %v, want %s", got, err, tt.want)
				}
			})
		})
	}
}

func TestSessionThatIsOnlyReadIsLeftAlone(t *testing.T) {
	t.Parallel()
	const oldKey, newKey = "the key of last year, long enough", "the key of this year, long enough"
	for _, tt := range []struct {
		name          string
		config, later dewar.Map
		permanent     bool
	}{
		{"plain", nil, nil, false},
		{"permanent", nil, nil, true},
		{"signed under a fallback key", dewar.Map{"SECRET_KEY": oldKey}, dewar.Map{"SECRET_KEY": newKey, "SECRET_KEY_FALLBACKS": []string{oldKey}}, false},
		{"without the absolute lifetime it should have", nil, dewar.Map{"SESSION_ABSOLUTE_LIFETIME": "24h"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T) {
				first, client := dewartest.New(t, newCounter(tt.config)), dewartest.New(t, newCounter(tt.later))
				first.Session(func(s *dewar.Session) { s.Set("n", 41); s.SetPermanent(tt.permanent) })
				before := first.Cookie("session").Value
				client.SetCookie(&http.Cookie{Name: "session", Value: before})
				time.Sleep(time.Hour) // a cookie that was signed anew would be another one
				client.Session(func(s *dewar.Session) {
					if got := s.Int("n"); got != 41 {
						t.Errorf("got %d, want 41", got)
					}
					_, _ = s.Get("n"), dewar.ValueOr(s, "n", int64(0))
				})
				if after := client.Cookie("session"); after == nil || after.Value != before {
					t.Errorf("got cookie %v, want %s", after, before)
				}
			})
		})
	}
}

func TestSessionRunsNoHooks(t *testing.T) {
	t.Parallel()
	app := newCounter(nil)
	hook := func(c *dewar.Context) error { t.Error("a hook ran"); return nil }
	app.BeforeRequest(hook)
	app.AfterRequest(hook)
	app.TeardownRequest(func(*dewar.Context, error) { t.Error("a teardown function ran") })
	dewartest.New(t, app).Session(func(s *dewar.Session) { s.Set("a", 1) })
}

func TestSessionWhereverItsCookieIs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		config dewar.Map
		opts   []dewartest.Option
	}{
		{"path", dewar.Map{"SESSION_COOKIE_PATH": "/sub"}, nil},
		{"APPLICATION_ROOT", dewar.Map{"APPLICATION_ROOT": "/app"}, nil},
		{"path above APPLICATION_ROOT", dewar.Map{"APPLICATION_ROOT": "/app", "SESSION_COOKIE_PATH": "/"}, nil},
		{"domain", dewar.Map{"SESSION_COOKIE_DOMAIN": "example.com"}, []dewartest.Option{dewartest.Host("www.example.com")}},
		{"other name", dewar.Map{"SESSION_COOKIE_NAME": "sid"}, nil},
		{"Secure on localhost", dewar.Map{"SESSION_COOKIE_SECURE": true}, nil},
		{"Secure over https", dewar.Map{"SESSION_COOKIE_SECURE": true}, []dewartest.Option{dewartest.BaseURL("https://example.com")}},
		{"trusted host", dewar.Map{"TRUSTED_HOSTS": []string{"example.com"}}, []dewartest.Option{dewartest.Host("example.com")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(tt.config)
			app.Get("/sub/n", func(c *dewar.Context) error { return c.Text(c.Session().String("n")) })
			client := dewartest.New(t, app, tt.opts...)
			client.Session(func(s *dewar.Session) { s.Set("n", "seven") })
			if got := client.Get("/sub/n").Want(200).Text(); got != "seven" {
				t.Errorf("got %q in the session of the request, want %q", got, "seven")
			}
			client.Session(func(s *dewar.Session) {
				if got := s.String("n"); got != "seven" {
					t.Errorf("got %q in the session, want %q", got, "seven")
				}
			})
			if client.Cookie(app.Config.String("SESSION_COOKIE_NAME")) == nil {
				t.Error("got no session cookie from the client, want one")
			}
		})
	}
}

// A failingSessions is a backend that is down.
type failingSessions struct{ open, save error }

func (f failingSessions) OpenSession(*dewar.Context) (*dewar.Session, error) {
	if f.open != nil {
		return nil, f.open
	}
	return dewar.NewSession(), nil
}

func (f failingSessions) SaveSession(*dewar.Context, *dewar.Session) error { return f.save }

// A noSessions is a backend that never has one.
type noSessions struct{}

func (noSessions) OpenSession(*dewar.Context) (*dewar.Session, error) { return nil, nil }
func (noSessions) SaveSession(*dewar.Context, *dewar.Session) error   { return nil }

func TestSessionThatCannotBeEditedEndsTheTest(t *testing.T) {
	t.Parallel()
	set := func(s *dewar.Session) { s.Set("a", 1) }
	for _, tt := range []struct {
		name     string
		config   dewar.Map
		sessions dewar.SessionInterface
		opts     []dewartest.Option
		edit     func(*dewar.Session)
		want     string
	}{
		{"no SECRET_KEY", dewar.Map{"SECRET_KEY": nil}, nil, nil, set, "SECRET_KEY is not set; set it"},
		{"backend without sessions", nil, noSessions{}, nil, set, "noSessions has no session for this client"},
		{"open fails", nil, failingSessions{open: errors.New("disk gone")}, nil, set, "open session: disk gone"},
		{"save fails", nil, failingSessions{save: errors.New("disk full")}, nil, set, "save session: disk full"},
		{"a value that cannot be kept", nil, nil, nil, func(s *dewar.Session) { s.Set("f", func() {}) }, `session value "f" cannot be kept`},
		{"a change inside that cannot be kept", nil, nil, nil, func(s *dewar.Session) {
			list := []any{1}
			s.Set("list", list)
			list[0] = func() {}
		}, `session value "list" cannot be kept`},
		{"Secure over http", dewar.Map{"SESSION_COOKIE_SECURE": true}, nil, []dewartest.Option{dewartest.Host("example.com")}, set,
			`pass dewartest.BaseURL("https://example.com")`},
		{"domain of another host", dewar.Map{"SESSION_COOKIE_DOMAIN": "example.com"}, nil, nil, set, "does not cover the host localhost; set SERVER_NAME"},
		{"host that is not trusted", dewar.Map{"TRUSTED_HOSTS": []string{"example.com"}}, nil, nil, set, "not served here"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(tt.config)
			if tt.sessions != nil {
				app.SessionInterface = tt.sessions
			}
			wantFatal(t, func(t *fakeT) { dewartest.New(t, app, tt.opts...).Session(tt.edit) }, tt.want)
		})
	}
}

func TestSessionExpiresByTheClockOfTheBubble(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		client := dewartest.New(t, newCounter(dewar.Map{"PERMANENT_SESSION_LIFETIME": "1h"}))
		client.Get("/stay").Want(204)
		if got := visits(t, client.Get("/")); got != 1 {
			t.Errorf("got %d visits, want 1", got)
		}
		time.Sleep(59 * time.Minute)
		if got := visits(t, client.Get("/")); got != 2 {
			t.Errorf("within the lifetime: got %d visits, want 2", got)
		}
		time.Sleep(61 * time.Minute)
		if client.Cookie("session") != nil {
			t.Error("after the lifetime: got a session cookie, want none")
		}
		if got := visits(t, client.Get("/")); got != 1 {
			t.Errorf("after the lifetime: got %d visits, want 1", got)
		}
	})
}

func TestLateSessionChangeFailsTheTest(t *testing.T) {
	t.Parallel()
	app := newApp(nil)
	app.Get("/late", func(c *dewar.Context) error {
		s := c.Session()
		c.Response.Flush()
		s.Set("a", 1)
		s.Set("b", 2)
		return nil
	}, dewar.Endpoint("late"))
	get := func(opts ...dewartest.Option) func(*fakeT) {
		return func(t *fakeT) {
			res := dewartest.New(t, app, opts...).Get("/late")
			if !errors.Is(res.Err, dewar.ErrSessionCommitted) {
				t.Errorf("got error %v, want %v", res.Err, dewar.ErrSessionCommitted)
			}
		}
	}
	wantFailure(t, get(), `GET /late (endpoint "late")`, "the session was changed after it had been saved")
	wantFailure(t, get(dewartest.PropagateErrors()), "the session was changed after it had been saved")
	wantPass(t, get(dewartest.AllowLateSession()))
}

func TestLateChangeInsideAValueFailsTheTest(t *testing.T) {
	t.Parallel()
	change := func(c *dewar.Context) { c.Session().Map("cart")["apple"] = 1 }
	read := func(c *dewar.Context) { c.Session().Map("cart") }
	flush := func(c *dewar.Context) { c.Response.Flush() }
	const late = "the session was changed after it had been saved"
	for _, tt := range []struct {
		name  string
		view  []func(*dewar.Context)
		check func(t *testing.T, f func(t *fakeT))
	}{
		{"after a flush", []func(*dewar.Context){read, flush, change, change}, func(t *testing.T, f func(*fakeT)) {
			wantFailure(t, f, `GET /late (endpoint "late")`, late)
		}},
		{"before a flush", []func(*dewar.Context){change, flush}, wantPass},
		{"before a panic whose handler flushes", []func(*dewar.Context){change, func(*dewar.Context) { panic("oh") }}, wantPass},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(nil)
			app.ErrorHandler(500, func(c *dewar.Context, _ error) error { flush(c); return nil })
			app.Get("/late", func(c *dewar.Context) error {
				for _, step := range tt.view {
					step(c)
				}
				return nil
			}, dewar.Endpoint("late"))
			tt.check(t, func(t *fakeT) {
				client := dewartest.New(t, app)
				client.Session(func(s *dewar.Session) { s.Set("cart", dewar.Map{}) })
				client.Get("/late")
			})
		})
	}
}

func TestSessionChangedAfterTheRequestFailsTheTest(t *testing.T) {
	t.Parallel()
	app := newCounter(nil)
	wantFailure(t, func(t *fakeT) {
		res := dewartest.New(t, app).Get("/")
		res.Context.Session().Set("n", 0)
		if res.Err != nil {
			t.Errorf("got error %v in a response that is complete, want none", res.Err)
		}
	}, "GET /", "the session was changed after it had been saved")
}

func TestClientsAreVisitorsOfTheirOwn(t *testing.T) {
	t.Parallel()
	app := newCounter(nil)
	first, second := dewartest.New(t, app), dewartest.New(t, app)
	first.Get("/")
	if got := visits(t, first.Get("/")); got != 2 {
		t.Errorf("first client: got %d visits, want 2", got)
	}
	if got := visits(t, second.Get("/")); got != 1 {
		t.Errorf("second client: got %d visits, want 1", got)
	}
	first.ClearCookies()
	if got := visits(t, first.Get("/")); got != 1 {
		t.Errorf("without cookies: got %d visits, want 1", got)
	}
}

func TestAClientMayBeUsedBySeveralGoroutines(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newCounter(nil))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 10 {
				if res := client.Get("/"); res.StatusCode != 200 || res.Cookie("session") == nil {
					t.Errorf("got status %d with cookies %v, want 200 with a session", res.StatusCode, res.Cookies())
				}
			}
			client.ClearCookies()
		})
	}
	group.Wait()
}

func TestCookiesAreKeptAndForgotten(t *testing.T) {
	t.Parallel()
	app := newMirror(nil)
	app.Get("/set/{age:int(signed=True)}", func(c *dewar.Context) error {
		err := c.SetCookie(&http.Cookie{Name: "taste", Value: "sweet", Path: "/", MaxAge: c.Params().Int("age"), HttpOnly: true})
		return errors.Join(err, c.NoContent())
	})
	client := dewartest.New(t, app)
	set := client.Get("/set/0")
	if cookie := set.Cookie("taste"); cookie == nil || !cookie.HttpOnly || set.Cookie("other") != nil {
		t.Errorf("got cookies %v, want taste with HttpOnly", set.Cookies())
	}
	if got := client.Cookie("taste"); got == nil || got.Value != "sweet" {
		t.Errorf("got cookie %v, want taste=sweet", got)
	}
	for _, tt := range []struct {
		name string
		opts []dewartest.RequestOption
		want string
	}{
		{"kept", nil, "taste=sweet"},
		{"replaced for one request", []dewartest.RequestOption{dewartest.Cookie("taste", "sour")}, "taste=sour"},
		{"another beside it", []dewartest.RequestOption{dewartest.Cookie("size", "xl")}, "taste=sweet; size=xl"},
		{"raw header first", []dewartest.RequestOption{dewartest.Header("Cookie", "taste=bitter")}, "taste=bitter; taste=sweet"},
		{"other host", []dewartest.RequestOption{dewartest.Host("example.com")}, ""},
		{"still kept", nil, "taste=sweet"},
	} {
		if got := look(t, client.Get("/", tt.opts...)).Header.Get("Cookie"); got != tt.want {
			t.Errorf("%s: got Cookie %q, want %q", tt.name, got, tt.want)
		}
	}
	client.Get("/set/-1").Want(204)
	if got := client.Cookie("taste"); got != nil {
		t.Errorf("after deletion: got cookie %v, want none", got)
	}
}

func TestSetCookie(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newMirror(nil))
	client.SetCookie(&http.Cookie{Name: "a", Value: "1"})
	client.SetCookie(&http.Cookie{Name: "b", Value: "2", Path: "/sub"})
	if got := look(t, client.Get("/x/y")).Header.Get("Cookie"); got != "a=1" {
		t.Errorf("got Cookie %q, want %q", got, "a=1")
	}
	if got := look(t, client.Get("/sub/x")).Header.Get("Cookie"); got != "b=2; a=1" {
		t.Errorf("below /sub: got Cookie %q, want %q", got, "b=2; a=1")
	}
	client.SetCookie(&http.Cookie{Name: "a", MaxAge: -1})
	if got := client.Cookie("a"); got != nil {
		t.Errorf("after deletion: got cookie %v, want none", got)
	}
	wantFatal(t, func(t *fakeT) {
		dewartest.New(t, newMirror(nil)).SetCookie(&http.Cookie{Name: "a b", Value: "1"})
	}, `the cookie "a b" cannot be set`)
	wantFatal(t, func(t *fakeT) {
		dewartest.New(t, newMirror(nil)).SetCookie(&http.Cookie{Name: "a", Value: "1", Domain: "example.com"})
	}, `the cookie "a" cannot be kept`, "does not cover the host localhost")
}

func TestACookieThatWillNotComeBackIsNoted(t *testing.T) {
	t.Parallel()
	app := newCounter(dewar.Map{"SESSION_COOKIE_SECURE": true})
	got := run(func(t *fakeT) { dewartest.New(t, app, dewartest.Host("example.com")).Get("/") })
	if len(got.failures) > 0 || len(got.logs) != 1 {
		t.Fatalf("got failures %q and log %q, want one line of log", got.failures, got.logs)
	}
	wantTexts(t, got.logs[0], []string{`the cookie "session" is not sent back`, `BaseURL("https://example.com")`})
}

func TestSessionThatCannotBeSavedIsTheErrorOfTheResponse(t *testing.T) {
	t.Parallel()
	app := dewar.New("failing", dewar.RootPath(t.TempDir()))
	app.Logger = slog.New(slog.DiscardHandler)
	app.SessionInterface = failingStore{}
	app.Get("/", func(c *dewar.Context) error { c.Session().Set("n", 1); return c.Text("page") })
	if res := dewartest.New(t, app).Get("/").Want(503); res.Err == nil || !strings.Contains(res.Err.Error(), "disk full") {
		t.Errorf("got error %v, want that of the store", res.Err)
	}
	wantFatal(t, func(t *fakeT) { dewartest.New(t, app, dewartest.PropagateErrors()).Get("/") }, "disk full")
}

type failingStore struct{}

func (failingStore) OpenSession(*dewar.Context) (*dewar.Session, error) {
	return dewar.NewSession(), nil
}
func (failingStore) SaveSession(*dewar.Context, *dewar.Session) error { return errors.New("disk full") }
