package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

// A client is one device of a user. Redirects are not followed.
type client struct {
	base, agent string
	cookie      string
}

// transport keeps connections, as browsers do.
var transport = &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute, DisableCompression: true}

// A seen is what an answer in JSON says.
type seen struct {
	Process int
	User    string
	Device  string
	Count   int64
	Cart    map[string]int
}

// A statusError is an answer that is not 200.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("status %d", int(e)) }

// send sends a request, with a form if it has one, and returns the answer with its body.
func (c *client) send(ctx context.Context, method, path, form string) (*http.Response, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, strings.NewReader(form))
	if err != nil {
		return nil, nil, err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", c.agent)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if c.cookie != "" {
		r.Header.Set("Cookie", c.cookie)
	}
	res, err := transport.RoundTrip(r)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, body, err
}

// state sends a request whose answer is what the session has.
func (c *client) state(ctx context.Context, method, path, form string) (seen, error) {
	var s seen
	res, body, err := c.send(ctx, method, path, form)
	if err != nil {
		return s, err
	}
	if res.StatusCode != http.StatusOK {
		return s, statusError(res.StatusCode)
	}
	return s, json.Unmarshal(body, &s)
}

// register makes an account. One that is there already has been made by a request whose answer was lost.
func (c *client) register(ctx context.Context, user string) error {
	res, body, err := c.send(ctx, http.MethodPost, "/auth/register", credentialsOf(user))
	switch {
	case err != nil:
		return err
	case res.StatusCode == http.StatusFound || strings.Contains(string(body), "already registered"):
		return nil
	}
	return statusError(res.StatusCode)
}

// login begins a session with a new cookie.
func (c *client) login(ctx context.Context, user string) error {
	res, _, err := c.send(ctx, http.MethodPost, "/auth/login", credentialsOf(user))
	if err != nil {
		return err
	}
	for _, cookie := range res.Cookies() {
		if cookie.Name == "session" && res.StatusCode == http.StatusFound {
			c.cookie = cookie.Name + "=" + cookie.Value
			return nil
		}
	}
	return statusError(res.StatusCode)
}

// logout ends the session. The cookie is kept, to be tried again.
func (c *client) logout(ctx context.Context) error {
	res, _, err := c.send(ctx, http.MethodPost, "/auth/logout", "")
	if err == nil && res.StatusCode != http.StatusFound {
		err = statusError(res.StatusCode)
	}
	return err
}

// sessions returns the list of the user's sessions.
func (c *client) sessions(ctx context.Context) (list []listed, err error) {
	res, body, err := c.send(ctx, http.MethodGet, "/sessions", "")
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, statusError(res.StatusCode)
	}
	var answer struct{ Sessions []listed }
	err = json.Unmarshal(body, &answer)
	return answer.Sessions, err
}

func credentialsOf(user string) string {
	return url.Values{"username": {user}, "password": {"of " + user}}.Encode()
}

// A browser follows redirects and keeps cookies.
type browser struct {
	t     *testing.T
	http  http.Client
	base  string
	agent string
}

func newBrowser(t *testing.T, base, agent string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, http.Client{Jar: jar}, base, agent}
}

// visit asks for a page, or sends a form to it, and checks where that has led and what is there.
func (b *browser) visit(path string, form url.Values, end string, want ...string) string {
	b.t.Helper()
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("User-Agent", b.agent)
	r.Header.Set("X-Forwarded-For", "6.6.6.6") // what a visitor says of itself does not count
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || res.Request.URL.Path != end {
		b.t.Fatalf("%s led to %d at %s (%v), want 200 at %s:\n%s", path, res.StatusCode, res.Request.URL.Path, err, end, page)
	}
	for _, text := range want {
		if !strings.Contains(string(page), text) {
			b.t.Errorf("%s: want %q in %s", path, text, page)
		}
	}
	return string(page)
}
