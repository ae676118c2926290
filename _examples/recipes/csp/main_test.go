package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

func newServer(t *testing.T) string {
	t.Helper()
	app, err := newApp()
	if err != nil {
		t.Fatal(err)
	}
	app.Logger = slog.New(slog.DiscardHandler)
	app.Get("/hole", func(c *dewar.Context) error { // a page that escapes nothing
		return c.HTML(`<!doctype html><title>safe</title><p>` + c.Query().String("name") +
			`</p><script nonce="` + nonce.Get(c) + `">document.body.append(" own ran")</script>`)
	})
	app.Get("/broken", func(*dewar.Context) error { panic("broken") })
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	return server.URL
}

// get returns the answer, its page and the nonce of its policy.
func get(t *testing.T, url string) (res *http.Response, page, nonce string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(`script-src 'nonce-([A-Z2-7]{26,})'`).FindStringSubmatch(res.Header.Get("Content-Security-Policy"))
	if match == nil {
		t.Fatalf("%s: got policy %q, want a nonce in it", url, res.Header.Get("Content-Security-Policy"))
	}
	return res, string(body), match[1]
}

func TestContentSecurityPolicy(t *testing.T) {
	t.Parallel()
	url := newServer(t)
	seen := map[string]bool{}
	for _, tt := range []struct {
		path   string
		status int
		nonces int // in the page
	}{
		{"/", 200, 2}, {"/", 200, 2}, {"/nowhere", 404, 1}, {"/broken", 500, 1}, {"/static/style.css", 200, 0},
	} {
		res, page, nonce := get(t, url+tt.path)
		if res.StatusCode != tt.status || strings.Count(page, `nonce="`+nonce+`"`) != tt.nonces {
			t.Errorf("%s: got %d and %s, want %d and %d elements with the nonce %s", tt.path, res.StatusCode, page, tt.status, tt.nonces, nonce)
		}
		if seen[nonce] {
			t.Errorf("%s: the nonce %s was used before", tt.path, nonce)
		}
		seen[nonce] = true
	}
}

func TestContentSecurityPolicy_NonceOfAnotherAnswerIsWorthNothing(t *testing.T) {
	t.Parallel()
	url := newServer(t)
	_, _, old := get(t, url)
	if _, page, nonce := get(t, url+"/hole?name=x"); strings.Contains(page, old) || !strings.Contains(page, nonce) {
		t.Errorf("got %s, want the nonce %s and not %s", page, nonce, old)
	}
}

// chromium opens a page and returns what has become of it once its scripts have run.
func chromium(t *testing.T, url string) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		args := []string{"--headless", "--disable-gpu", "--user-data-dir=" + t.TempDir(), "--dump-dom", url}
		if os.Geteuid() == 0 {
			args = append([]string{"--no-sandbox"}, args...) // Chromium has none for root
		}
		page, err := exec.CommandContext(ctx, path, args...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(page)
	}
	const cure = "there is no chromium on the PATH; install it, with apt-get install chromium or as your system does"
	if os.Getenv("DEWAR_BROWSER") == "required" {
		t.Fatal(cure)
	}
	t.Skip(cure)
	return ""
}

func TestContentSecurityPolicy_InABrowser(t *testing.T) {
	t.Parallel()
	url := newServer(t)
	for _, tt := range []struct{ name, path, want, not string }{
		{"the script of a page", "/?name=Ann", "the script of the page ran for Ann", "<script>Ann"},
		{"a script in a page that escapes nothing", "/hole?name=%3Cscript%3Edocument.title='attacked'%3C/script%3E", "own ran", "<title>attacked"},
		{"an attribute that runs", "/hole?name=%3Cimg%20src=x%20onerror=%22document.title='attacked'%22%3E", "own ran", "<title>attacked"},
		{"a nonce that was guessed", "/hole?name=%3Cscript%20nonce=guess%3Edocument.title='attacked'%3C/script%3E", "own ran", "<title>attacked"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page := chromium(t, url+tt.path)
			if !strings.Contains(page, tt.want) || strings.Contains(page, tt.not) {
				t.Errorf("got %s, want %q and not %q", page, tt.want, tt.not)
			}
		})
	}
}
