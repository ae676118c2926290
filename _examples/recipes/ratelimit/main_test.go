package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

func newTestApp(t *testing.T, config dewar.Map) *dewar.App {
	t.Helper()
	app, err := newApp()
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Config.FromMapping(dewar.Map{"SECRET_KEY": "a key for tests, and for tests alone", "TESTING": true}); err != nil {
		t.Fatal(err)
	}
	if err := app.Config.FromMapping(config); err != nil {
		t.Fatal(err)
	}
	return app
}

// A visitor has cookies, and may send an X-Forwarded-For with everything.
type visitor struct {
	t            *testing.T
	client       *http.Client
	site         string
	forwardedFor string
}

func newSite(t *testing.T, config dewar.Map) (newVisitor func(forwardedFor string) *visitor) {
	t.Helper()
	server := httptest.NewServer(newTestApp(t, config))
	t.Cleanup(server.Close)
	return func(forwardedFor string) *visitor {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		client := *server.Client()
		client.Jar = jar
		return &visitor{t: t, client: &client, site: server.URL, forwardedFor: forwardedFor}
	}
}

// ask sends a GET, or a POST if there is a form, and returns the answer without its body.
func (v *visitor) ask(path string, form url.Values) *http.Response {
	v.t.Helper()
	method := "GET"
	if form != nil {
		method = "POST"
	}
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.site+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if v.forwardedFor != "" {
		r.Header.Set("X-Forwarded-For", v.forwardedFor)
	}
	res, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	res.Body.Close()
	return res
}

// allowed counts how many of n requests are let through, and checks the others.
func (v *visitor) allowed(n int, path string, form url.Values) (passed int) {
	v.t.Helper()
	for range n {
		res := v.ask(path, form)
		if res.StatusCode != 429 {
			passed++
			continue
		}
		if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err != nil || seconds < 1 || seconds > 60 {
			v.t.Errorf("Retry-After: got %q, want seconds up to a minute", res.Header.Get("Retry-After"))
		}
		if got := res.Header.Get("X-RateLimit-Remaining"); got != "0" {
			v.t.Errorf("X-RateLimit-Remaining: got %q, want 0", got)
		}
	}
	return passed
}

func guess(name string) url.Values { return url.Values{"name": {name}, "password": {"wrong"}} }

func TestLimit_ByClient(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		proxies       []string
		first, second string
		passed        int // of five requests of the second client, after the first has used all of its own
	}{
		{"the same address", nil, "", "", 0},
		{"a header that anyone can write", nil, "203.0.113.1", "203.0.113.2", 0},
		{"a proxy tells of two clients", []string{"127.0.0.1"}, "203.0.113.1", "203.0.113.2", 5},
		{"a client writes before the proxy does", []string{"127.0.0.1"}, "198.51.100.1, 203.0.113.1", "198.51.100.2, 203.0.113.1", 0},
		{"a client that moves within its network", []string{"127.0.0.1"}, "2001:db8::1", "2001:db8::2", 0},
		{"two networks", []string{"127.0.0.1"}, "2001:db8:0:1::1", "2001:db8:0:2::1", 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			newVisitor := newSite(t, dewar.Map{"TRUSTED_PROXIES": tt.proxies})
			if got := newVisitor(tt.first).allowed(7, "/login", guess("ann")); got != 5 {
				t.Errorf("the first client: got %d of 7 through, want 5", got)
			}
			if got := newVisitor(tt.second).allowed(5, "/login", guess("bob")); got != tt.passed {
				t.Errorf("the second client: got %d of 5 through, want %d", got, tt.passed)
			}
		})
	}
}

func TestLimit_BySession(t *testing.T) {
	t.Parallel()
	newVisitor := newSite(t, dewar.Map{"TRUSTED_PROXIES": []string{"127.0.0.1"}})
	login := func(name, password, address string) *visitor {
		v := newVisitor(address)
		if res := v.ask("/login", url.Values{"name": {name}, "password": {password}}); res.StatusCode != 200 {
			t.Fatalf("login of %s: got %d", name, res.StatusCode)
		}
		return v
	}
	if got := login("ann", "scott", "203.0.113.1").allowed(12, "/search", nil); got != 10 {
		t.Errorf("ann: got %d of 12 through, want 10", got)
	}
	if got := login("ann", "scott", "203.0.113.2").allowed(2, "/search", nil); got != 0 {
		t.Errorf("ann elsewhere, with another cookie: got %d of 2 through, want 0", got)
	}
	if got := login("bob", "tiger", "203.0.113.1").allowed(12, "/search", nil); got != 10 {
		t.Errorf("bob, at the address that ann had: got %d of 12 through, want 10", got)
	}
	passed := 0
	for range 12 { // without cookies
		passed += newVisitor("203.0.113.3").allowed(1, "/search", nil)
	}
	if passed != 10 {
		t.Errorf("a client that keeps no cookie: got %d of 12 through, want 10", passed)
	}
}

func TestLimit_CountsWhatIsNotThere(t *testing.T) {
	t.Parallel()
	if got := newSite(t, nil)("").allowed(105, "/nowhere", nil); got != 100 {
		t.Errorf("got %d of 105 through, want 100", got)
	}
}

func TestLimit_Ends(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := dewartest.New(t, newTestApp(t, nil))
		for range 5 {
			client.Post("/login", dewartest.Form("name", "ann", "password", "wrong")).Want(401)
		}
		client.Post("/login", dewartest.Form("name", "ann", "password", "scott")).Want(429)
		time.Sleep(2 * time.Minute)
		client.Post("/login", dewartest.Form("name", "ann", "password", "scott")).Want(200, "Welcome, ann!")
	})
}
