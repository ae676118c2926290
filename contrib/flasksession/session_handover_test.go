package flasksession_test

import (
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/flasksession"
	"github.com/dewar-go/dewar/internal/servers"
	"github.com/dewar-go/dewar/strangler"
)

// TestSessionsAreHandedOver has hooks change a session before and after another application on the same Redis does.
func TestSessionsAreHandedOver(t *testing.T) {
	t.Parallel()
	there := newSite(t, servers.RedisURL(t), &flasksession.SessionInterface{}, nil)
	app := dewar.New("front")
	app.Logger = slog.New(slog.DiscardHandler)
	app.SessionInterface = &flasksession.SessionInterface{Client: there.redis}
	if err := app.Config.Set("SESSION_KEY_PREFIX", there.prefix); err != nil {
		t.Fatal(err)
	}
	change := func(name string) dewar.Handler {
		return func(c *dewar.Context) error {
			if key := c.Request.Header.Get(name); key != "" {
				c.Session().Set(key, c.Session().Len())
			}
			return nil
		}
	}
	app.BeforeRequest(change("X-Before"))
	app.AfterRequest(change("X-After"))
	app.Fallback(strangler.Proxy(there.url))
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	jar, _ := cookiejar.New(nil)
	ask := func(path, before, after string) {
		t.Helper()
		r, _ := http.NewRequest("GET", server.URL+path, nil)
		r.Header = http.Header{"X-Before": {before}, "X-After": {after}}
		res, err := (&http.Client{Jar: jar}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode != 200 || len(res.Header["Set-Cookie"]) > 1 {
			t.Errorf("%s: got %d and %q", path, res.StatusCode, res.Header["Set-Cookie"])
		}
	}
	visitor := &browser{there, &http.Client{Jar: jar}} // cookies know no ports
	for _, step := range []struct{ path, before, after, want string }{
		{"/set?python=1", "first", "last", `{"_permanent":true,"first":0,"last":3,"python":"1"}`},
		{"/nothing", "", "after", `{"_permanent":true,"after":4,"first":0,"last":3,"python":"1"}`},
		{"/delete?key=first", "before", "", `{"_permanent":true,"after":4,"before":5,"last":3,"python":"1"}`},
		{"/renew", "before", "renewed", `{"_permanent":true,"after":4,"before":5,"last":3,"python":"1","renewed":5}`},
		{"/destroy", "before", "last", `{}`},
	} {
		ask(step.path, step.before, step.after)
		if got := visitor.get("/read"); got != step.want {
			t.Errorf("%s, before %q, after %q: got  %s\nwant %s", step.path, step.before, step.after, got, step.want)
		}
	}
}
