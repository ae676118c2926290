package dewar_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar"
)

// TestCookieOverTheLimitIsNoSession signs cookies that are good in everything but their length.
func TestCookieOverTheLimitIsNoSession(t *testing.T) {
	t.Parallel()
	for _, encrypt := range []bool{false, true} {
		unlimited := configured(t, dewar.Map{"MAX_COOKIE_SIZE": 0, "SESSION_COOKIE_ENCRYPT": encrypt})
		jar := sessionJar(t, unlimited, func(s *dewar.Session) {
			s.Set("user", "ann")
			s.Set("v", incompressible(6000))
		})
		size := len(jar["session"])
		for _, tt := range []struct {
			name  string
			limit int
			want  string
		}{
			{"no limit", 0, "ann"}, {"above", size + 1, "ann"}, {"the very size", size, "ann"}, {"below", size - 1, ""}, {"the default", 4093, ""},
		} {
			app := configured(t, dewar.Map{"MAX_COOKIE_SIZE": tt.limit, "SESSION_COOKIE_ENCRYPT": encrypt})
			tellUser(app)
			if got := visitBody(t, app, "/who", jar); got != tt.want {
				t.Errorf("encrypted %t, limit %s: got %q, want %q", encrypt, tt.name, got, tt.want)
			}
		}
	}
}

// TestOldCookieStaysWhenTheNewOneIsTooLarge changes a session that is there to more than a cookie takes.
func TestOldCookieStaysWhenTheNewOneIsTooLarge(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/grow", func(c *dewar.Context) error {
		c.Session().Set("user", "nobody")
		c.Session().Set("huge", incompressible(5000))
		return c.Text("SECRET PAGE")
	})
	tellUser(app)
	jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("user", "ann") })
	before := jar["session"]
	res := visit(t, app, "/grow", jar)
	if res.StatusCode != 500 || len(res.Header["Set-Cookie"]) > 0 || jar["session"] != before {
		t.Errorf("got %d with cookies %q, want 500 and none", res.StatusCode, res.Header["Set-Cookie"])
	}
	if got := visitBody(t, app, "/who", jar); got != "ann" {
		t.Errorf("the old cookie gives %q, want ann", got)
	}
}

// TestCookieIsAcceptedAgainAfterLogout pins what docs/sessions.md says of sessions in cookies: nothing of a logout is
// kept on the server.
func TestCookieIsAcceptedAgainAfterLogout(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	tellUser(app)
	app.Get("/logout", func(c *dewar.Context) error { c.Session().Destroy(); return c.Text("bye") })
	jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("user", "ann") })
	copied := map[string]string{"session": jar["session"]}
	visit(t, app, "/logout", jar)
	if len(jar) != 0 || visitBody(t, app, "/who", jar) != "" {
		t.Errorf("the browser still has %v after the logout", jar)
	}
	if got := visitBody(t, app, "/who", copied); got != "ann" {
		t.Errorf("the copied cookie gives %q, want ann until it expires", got)
	}
}

// TestOfTwoRequestsAtOnceTheLastAnswerCounts pins what docs/sessions.md says of sessions in cookies: both requests have
// read the session before either of them is answered.
func TestOfTwoRequestsAtOnceTheLastAnswerCounts(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var both sync.WaitGroup
	both.Add(2)
	app.Get("/set/{key}", func(c *dewar.Context) error {
		c.Session().Get("n")
		both.Done()
		both.Wait()
		c.Session().Set(c.Params().String("key"), 1)
		return c.Text("ok")
	})
	app.Get("/keys", func(c *dewar.Context) error { return c.Text(strings.Join(c.Session().Keys(), " ")) })
	jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("n", 1) })
	answers := map[string]string{}
	var mu sync.Mutex
	var requests sync.WaitGroup
	for _, key := range []string{"a", "b"} {
		requests.Go(func() {
			own := map[string]string{"session": jar["session"]}
			visit(t, app, "/set/"+key, own)
			mu.Lock()
			defer mu.Unlock()
			answers[key] = own["session"]
		})
	}
	requests.Wait()
	for key, last := range answers {
		if got, want := visitBody(t, app, "/keys", map[string]string{"session": last}), key+" n"; got != want {
			t.Errorf("when the answer with %s comes last: got %q, want %q", key, got, want)
		}
	}
}

// TestTooManyCookiesAreRefusedInsteadOfLost pins the number at which net/http would return none of the cookies.
func TestTooManyCookiesAreRefusedInsteadOfLost(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	tellUser(app)
	ann := "session=" + sessionJar(t, app, func(s *dewar.Session) { s.Set("user", "ann") })["session"]
	for _, tt := range []struct {
		name  string
		lines []string
		code  int
	}{
		{"3,000 in one line", []string{ann + strings.Repeat("; a=", 2999)}, 200},
		{"3,001 in one line", []string{ann + strings.Repeat("; a=", 3000)}, 400},
		{"3,000, the session last", []string{strings.Repeat("a=; ", 2999) + ann}, 200},
		{"3,000 in two lines", []string{strings.Repeat("a=; ", 1499) + "a=", ann + strings.Repeat("; a=", 1499)}, 200},
		{"3,001 in two lines", []string{strings.Repeat("a=; ", 1500) + "a=", ann + strings.Repeat("; a=", 1499)}, 400},
	} {
		r := httptest.NewRequest("GET", "/who", nil)
		r.Header["Cookie"] = tt.lines
		rec := httptest.NewRecorder()
		app.ServeHTTP(rec, r)
		if who := rec.Body.String(); rec.Code != tt.code || tt.code == 200 && who != "ann" {
			t.Errorf("%s: got %d %q, want %d, and ann if it is 200", tt.name, rec.Code, who, tt.code)
		}
		if _, err := r.Cookie("session"); (err == nil) != (tt.code == 200) {
			t.Errorf("%s: net/http reads the cookie: %t", tt.name, err == nil)
		}
	}
}

// TestSessionsOfManyRequestsAtOnceAreTheirOwn has many visitors at the same time, each of whom must find the own values.
func TestSessionsOfManyRequestsAtOnceAreTheirOwn(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	tellUser(app)
	app.Get("/login/{user}", func(c *dewar.Context) error {
		c.Session().Set("user", c.Params().String("user"))
		return c.Text("")
	})
	var visitors sync.WaitGroup
	for i := range 32 {
		visitors.Go(func() {
			name := fmt.Sprint("visitor", i)
			jar := map[string]string{}
			for range 50 {
				visit(t, app, "/login/"+name, jar)
				if got := visitBody(t, app, "/who", jar); got != name {
					t.Errorf("%s got the session of %q", name, got)
				}
			}
		})
	}
	visitors.Wait()
}
