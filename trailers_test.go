package dewar_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// converse sends bytes to a server and returns all that comes back.
func converse(t *testing.T, srv *httptest.Server, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	must(t, err)
	defer conn.Close()
	must(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	_, err = io.WriteString(conn, request)
	must(t, err)
	text, err := io.ReadAll(conn)
	must(t, err)
	return string(text)
}

func TestTrailerStandsBehindTheBody(t *testing.T) {
	t.Parallel()
	for _, proto := range protocols {
		t.Run(proto, func(t *testing.T) {
			t.Parallel()
			app := quietApp(t)
			app.Get("/whole", func(c *dewar.Context) error {
				must(t, c.Trailer("x-sum", "1"))
				must(t, c.Trailer("X-Sum", "2"))
				return c.Text("body")
			})
			app.Get("/stream", func(c *dewar.Context) error {
				return c.Stream(func(w io.Writer) error {
					if _, err := io.WriteString(w, "body"); err != nil {
						return err
					}
					return c.Trailer("X-Sum", "2")
				})
			})
			app.Get("/replaced", func(c *dewar.Context) error {
				must(t, c.Trailer("X-Sum", "2"))
				must(t, c.Text("another"))
				return dewar.Abort(404)
			})
			p := start(t, proto, app, nil)
			for _, tt := range []struct{ path, body, sum string }{{"/whole", "body", "2"}, {"/stream", "body", "2"}, {"/replaced", "404 Not Found", ""}} {
				res, body, _ := informed(t, p, tt.path)
				if sum := res.Trailer.Get("X-Sum"); sum != tt.sum || !strings.Contains(body, tt.body) || res.Header.Get("X-Sum") != "" {
					t.Errorf("%s: got %q and %q behind %v, want %q and %q", tt.path, body, sum, res.Header, tt.body, tt.sum)
				}
			}
		})
	}
}

func TestTrailerThatCannotBeSentIsAnError(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	var kept *dewar.Context
	app.Get("/", func(c *dewar.Context) error {
		kept = c
		for _, tt := range []struct{ name, key, value string }{
			{"a line break", "X-Sum", "a\r\nSet-Cookie: a=b"},
			{"a name that is none", "X Sum", "a"},
			{"no name", "", "a"},
			{"what frames the body", "content-length", "7"},
			{"a cookie", "Set-Cookie", "a=b"},
			{"a prefix of net/http", http.TrailerPrefix + "X", "a"},
		} {
			if err := c.Trailer(tt.key, tt.value); err == nil {
				t.Errorf("%s is taken", tt.name)
			} else if strings.Contains(err.Error(), "a=b") {
				t.Errorf("%s: the error shows the value: %v", tt.name, err)
			}
		}
		must(t, c.Trailer("Content-Digest", "sha-256=:x:"))
		c.Header("Content-Length", "4")
		if err := c.Trailer("X-Sum", "1"); err == nil {
			t.Error("a trailer is taken beside a Content-Length")
		}
		c.Response.Header().Del("Content-Length")
		return c.Text("body")
	})
	text := converse(t, serve(t, app), "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	if !strings.HasSuffix(text, "4\r\nbody\r\n0\r\nContent-Digest: sha-256=:x:\r\n\r\n") || !strings.Contains(text, "\r\nTrailer: Content-Digest\r\n") {
		t.Errorf("got %s", text)
	}
	if err := kept.Trailer("X-Sum", "1"); err == nil {
		t.Error("a trailer is taken after the request")
	}
}
