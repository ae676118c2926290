package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

const page = "https://app.example.com" // the page that may call

// newServer serves the API, and returns its URL and a client with cookies.
func newServer(t *testing.T, config dewar.Map) (string, *http.Client) {
	t.Helper()
	app, err := newApp()
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Config.FromMapping(config); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := server.Client()
	client.Jar = jar
	return server.URL, client
}

func trusting(origins ...string) dewar.Map {
	return dewar.Map{"SECRET_KEY": "a key for tests, and for tests alone", "TESTING": true, "TRUSTED_ORIGINS": origins}
}

// ask sends a request as a browser does for a page of origin.
func ask(t *testing.T, client *http.Client, method, url, origin, body string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", origin)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

func TestCrossOrigin_Preflight(t *testing.T) {
	t.Parallel()
	url, client := newServer(t, trusting(page))
	for _, tt := range []struct {
		name, path, origin, method, headers string
		allowed                             bool
	}{
		{"a route", "/notes/1", page, "PUT", "content-type", true},
		{"a path that no route matches", "/nowhere", page, "DELETE", "", true},
		{"a path with a slash too many", "/notes/", page, "GET", "", true},
		{"another origin", "/notes/1", "https://evil.example", "PUT", "", false},
		{"an origin that begins alike", "/notes/1", page + ".evil.example", "PUT", "", false},
		{"the same host without TLS", "/notes/1", "http://app.example.com", "PUT", "", false},
		{"a sandboxed page", "/notes/1", "null", "PUT", "", false},
		{"a method that is not in the list", "/notes/1", page, "BREW", "", false},
		{"a header that is not in the list", "/notes/1", page, "PUT", "x-secret", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			header := []string{"Access-Control-Request-Method", tt.method}
			if tt.headers != "" {
				header = append(header, "Access-Control-Request-Headers", tt.headers)
			}
			res, _ := ask(t, client, "OPTIONS", url+tt.path, tt.origin, "", header...)
			got := res.Header.Get("Access-Control-Allow-Origin") == tt.origin && res.Header.Get("Access-Control-Allow-Methods") == tt.method
			if res.StatusCode != 204 || got != tt.allowed {
				t.Errorf("got %d %v, want allowed %v", res.StatusCode, res.Header, tt.allowed)
			}
			if credentials := res.Header.Get("Access-Control-Allow-Credentials"); tt.allowed != (credentials == "true") {
				t.Errorf("credentials: got %q, want them only where the page is allowed", credentials)
			}
			if vary := strings.Join(res.Header["Vary"], ", "); !strings.Contains(vary, "Origin") {
				t.Errorf("Vary: got %q, want Origin in it", vary)
			}
		})
	}
}

func TestCrossOrigin_TheSessionGoesAlong(t *testing.T) {
	t.Parallel()
	url, client := newServer(t, trusting(page))
	res, _ := ask(t, client, "PUT", url+"/notes/1", page, `{"text":"milk"}`)
	if res.StatusCode != 204 || res.Header.Get("Access-Control-Allow-Origin") != page {
		t.Fatalf("got %d %v", res.StatusCode, res.Header)
	}
	res, text := ask(t, client, "GET", url+"/notes", page, "")
	if text != `{"1":"milk"}`+"\n" {
		t.Errorf("got %q, want the note", text)
	}
	if vary := strings.Join(res.Header["Vary"], ", "); !strings.Contains(vary, "Origin") || !strings.Contains(vary, "Cookie") {
		t.Errorf("Vary: got %q, want Origin and Cookie in it", vary)
	}
	res, _ = ask(t, client, "PUT", url+"/notes/1", "https://evil.example", `{"text":"gone"}`)
	if res.StatusCode != 403 || res.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("another origin: got %d %v, want 403", res.StatusCode, res.Header)
	}
	if _, text := ask(t, client, "GET", url+"/notes", page, ""); text != `{"1":"milk"}`+"\n" {
		t.Errorf("got %q, want the note as it was", text)
	}
}

// TestCrossOrigin_ErrorsCanBeRead: without the header on errors a page sees "network error" instead of what is wrong.
func TestCrossOrigin_ErrorsCanBeRead(t *testing.T) {
	t.Parallel()
	url, client := newServer(t, trusting(page))
	for _, tt := range []struct {
		name, method, path, body string
		status                   int
	}{
		{"no such path", "GET", "/nowhere", "", 404},
		{"no such method", "DELETE", "/notes", "", 405},
		{"a bad body", "PUT", "/notes/1", `{"text":""`, 400},
		{"a missing field", "PUT", "/notes/1", `{}`, 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res, _ := ask(t, client, tt.method, url+tt.path, page, tt.body)
			if res.StatusCode != tt.status || res.Header.Get("Access-Control-Allow-Origin") != page {
				t.Errorf("got %d %v, want %d that %s may read", res.StatusCode, res.Header, tt.status, page)
			}
		})
	}
}

func TestCrossOrigin_NobodyIsTrustedUntilNamed(t *testing.T) {
	t.Parallel()
	url, client := newServer(t, trusting())
	if res, _ := ask(t, client, "OPTIONS", url+"/notes", page, "", "Access-Control-Request-Method", "PUT"); res.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("got %v, want no permission", res.Header)
	}
	if res, _ := ask(t, client, "PUT", url+"/notes/1", page, `{"text":"milk"}`); res.StatusCode != 403 {
		t.Errorf("got %d, want 403", res.StatusCode)
	}
}
