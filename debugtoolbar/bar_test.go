package debugtoolbar_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

const htmlPage = "<!doctype html><html><head><title>A</title></head><body><p>text</p></body></html>"

func page(c *dewar.Context) error { return c.HTML(htmlPage) }

func withHeader(key, value string) dewar.Handler {
	return func(c *dewar.Context) error { return c.Header(key, value).HTML(htmlPage) }
}

func TestBarIsOnWholePagesAlone(t *testing.T) {
	t.Parallel()
	csp := func(policy string) dewar.Handler { return withHeader("Content-Security-Policy", policy) }
	for _, tt := range []struct {
		name string
		view dewar.Handler
		want bool
	}{
		{"page", page, true},
		{"page of an error", func(c *dewar.Context) error { return c.Status(404).HTML(htmlPage) }, true},
		{"page by hand", func(c *dewar.Context) error {
			c.Response.Header().Set("Content-Type", "text/html")
			_, err := io.WriteString(c.Response, htmlPage)
			return err
		}, true},
		{"page with a length", withHeader("Content-Length", "81"), true},
		{"fragment", func(c *dewar.Context) error { return c.HTML("<p>text</p>") }, false},
		{"JSON", func(c *dewar.Context) error { return c.JSON(htmlPage) }, false},
		{"text", func(c *dewar.Context) error { return c.Text(htmlPage) }, false},
		{"compressed page", withHeader("Content-Encoding", "br"), false},
		{"page with an ETag", withHeader("ETag", `"1"`), false},
		{"stream", func(c *dewar.Context) error {
			return c.Stream(func(w io.Writer) error {
				_, err := io.WriteString(w, htmlPage)
				return err
			})
		}, false},
		{"page that is flushed on the way", func(c *dewar.Context) error {
			err := c.HTML(htmlPage)
			c.Response.Flush()
			return err
		}, false},
		{"policy that allows it", csp("default-src 'self'"), true},
		{"policy of scripts alone", csp("script-src 'none'"), true},
		{"policy with any source", csp("style-src *"), true},
		{"policy that allows styles of its own", csp("default-src 'none'; style-src 'nonce-x' 'self'"), true},
		{"policy that forbids all", csp("default-src 'none'"), false},
		{"policy that forbids styles", csp("default-src 'self'; style-src 'none'"), false},
		{"policy that forbids style elements", csp("style-src 'self'; style-src-elem 'none'"), false},
		{"policy of which the first counts", csp("style-src 'none'; style-src 'self'"), false},
		{"policy without sources", csp("style-src"), false},
		{"one of two policies forbids it", csp("default-src 'self', default-src 'none'"), false},
		{"policy in capital letters", csp("Style-Src 'NONE'"), false},
		{"policy in the page", func(c *dewar.Context) error {
			return c.HTML(strings.Replace(htmlPage, "<head>", `<head><meta HTTP-EQUIV=content-security-policy content="default-src 'none'">`, 1))
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.Get("/", tt.view)
			got := dewartest.New(t, app).Get("/").Text()
			if has := strings.Contains(got, `<aside class="dewar-toolbar"`); has != tt.want {
				t.Errorf("the page has a bar: %t, want %t:\n%s", has, tt.want, got)
			}
			if tt.want && !strings.HasSuffix(got, "</aside></body></html>") {
				t.Errorf("the bar is not at the end of the page:\n%s", got)
			}
		})
	}
}

func TestBarIsForPagesThatABrowserShows(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", page)
	client := dewartest.New(t, app)
	for dest, want := range map[string]bool{"document": true, "": true, "empty": false, "iframe": false} {
		var opts []dewartest.RequestOption
		if dest != "" {
			opts = append(opts, dewartest.Header("Sec-Fetch-Dest", dest))
		}
		if got := strings.Contains(client.Get("/", opts...).Text(), "<aside"); got != want {
			t.Errorf("Sec-Fetch-Dest %q: the page has a bar: %t, want %t", dest, got, want)
		}
	}
	if got := client.Head("/").Header.Get("Content-Length"); got != "81" {
		t.Errorf("HEAD has length %q, want 81", got)
	}
}

// TestBarKeepsTheLengthTrue reads pages from a real server, small ones and one that is larger than what net/http holds.
func TestBarKeepsTheLengthTrue(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	long := strings.Replace(htmlPage, "text", strings.Repeat("text ", 10_000), 1)
	app.Get("/short", page)
	app.Get("/long", func(c *dewar.Context) error { return c.HTML(long) })
	server := httptest.NewServer(app)
	defer server.Close()
	for _, path := range []string{"/short", "/long"} {
		resp, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.ContentLength != int64(len(body)) || !strings.HasSuffix(string(body), "</aside></body></html>") {
			t.Errorf("%s: length %d, %d bytes, err %v", path, resp.ContentLength, len(body), err)
		}
	}
}

func TestBarLeadsToItsRequest(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/a/b", page)
	site := dewar.New("site", dewar.RootPath(t.TempDir()))
	set(t, site, dewar.Map{"SECRET_KEY": testKey, "DEBUG": true})
	site.Mount("/shop", app)
	for prefix, outer := range map[string]*dewar.App{"": app, "/shop": site} {
		client := dewartest.New(t, outer)
		_, rest, _ := strings.Cut(client.Get(prefix+"/a/b?q=1").Want(200).Text(), `<p><a href="`)
		link, _, _ := strings.Cut(rest, `"`)
		if !strings.HasPrefix(link, prefix+home) {
			t.Fatalf("prefix %q: the bar leads to %q", prefix, link)
		}
		client.Get(link).Want(200, "/a/b")
		client.Get(prefix + home + "bar.css").Want(200)
		if got := client.Get(prefix + strings.TrimSuffix(home, "/")).Want(302).Location(); got != prefix+home {
			t.Errorf("prefix %q: without its slash it leads to %q", prefix, got)
		}
	}
}
