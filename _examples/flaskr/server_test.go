package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// A browser goes through the blog as a person does, by a real connection.
type browser struct {
	t      *testing.T
	client *http.Client
	site   string
}

func newBrowser(t *testing.T, server *httptest.Server) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := *server.Client()
	client.Jar = jar
	return &browser{t, &client, server.URL}
}

// visit asks for a page, or sends a form to it if there is one, and follows redirects. It checks where that led
// and returns the page.
func (b *browser) visit(path string, form url.Values, end string) string {
	b.t.Helper()
	ask := func() (*http.Response, error) { return b.client.Get(b.site + path) }
	if form != nil {
		ask = func() (*http.Response, error) { return b.client.PostForm(b.site+path, form) }
	}
	res, err := ask()
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if res.StatusCode != 200 || res.Request.URL.Path != end {
		b.t.Fatalf("%s led to %d at %s, want 200 at %s:\n%s", path, res.StatusCode, res.Request.URL.Path, end, page)
	}
	return string(page)
}

// cookies returns how many cookies the browser has for the site.
func (b *browser) cookies() int {
	site, err := url.Parse(b.site)
	if err != nil {
		b.t.Fatal(err)
	}
	return len(b.client.Jar.Cookies(site))
}

func TestServe_ClosesTheDatabase(t *testing.T) {
	t.Parallel()
	app, db := newEmptyBlog(t)
	if err := app.Config.Set("DRAIN_DELAY", 0); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- app.Serve(ctx, listener) }()
	res, err := http.Get("http://" + listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 || db.Ping() != nil {
		t.Errorf("while it serves: got %d and %v from the database, want 200 and no error", res.StatusCode, db.Ping())
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if db.Ping() == nil {
		t.Error("the database is still open")
	}
}

func TestBlogOverTheWire(t *testing.T) {
	t.Parallel()
	app, _ := newEmptyBlog(t)
	server := httptest.NewServer(app)
	defer server.Close()
	b := newBrowser(t, server)
	credentials := url.Values{"username": {"ann"}, "password": {"correct horse"}}
	for _, step := range []struct {
		name, path string
		form       url.Values
		end        string
		want, not  string
		cookies    int
	}{
		{"index", "/", nil, "/", "No posts yet.", "Log Out", 0},
		{"no entry", "/create", nil, "/auth/login", "Log In - Flaskr", "Log Out", 0},
		{"register", "/auth/register", credentials, "/auth/login", "Log In - Flaskr", `class="flash"`, 0},
		{"register again", "/auth/register", credentials, "/auth/register", "User ann is already registered.", "correct", 0},
		{"login", "/auth/login", credentials, "/", "Log Out", "Log In", 1},
		{"empty title", "/create", url.Values{"title": {""}, "body": {"Kept."}}, "/create", "Title is required.", "Log In", 1},
		{"create", "/create", url.Values{"title": {"First"}, "body": {"One\r\nTwo"}}, "/", "<h1>First</h1>", `class="flash"`, 1},
		{"edit page", "/1/update", nil, "/1/update", `Edit "First" - Flaskr`, "Log In", 1},
		{"edit", "/1/update", url.Values{"title": {"Second"}, "body": {"Three"}}, "/", "<h1>Second</h1>", "First", 1},
		{"delete", "/1/delete", url.Values{}, "/", "No posts yet.", "Second", 1},
		{"logout", "/auth/logout", nil, "/", "Log In", "Log Out", 0},
		{"no entry any more", "/create", nil, "/auth/login", "Log In - Flaskr", "Log Out", 0},
	} {
		page := b.visit(step.path, step.form, step.end)
		if !strings.Contains(page, step.want) {
			t.Errorf("%s: want %q in %s", step.name, step.want, page)
		}
		if strings.Contains(page, step.not) {
			t.Errorf("%s: %q should not be in %s", step.name, step.not, page)
		}
		if got := b.cookies(); got != step.cookies {
			t.Errorf("%s: got %d cookies, want %d", step.name, got, step.cookies)
		}
	}
}
