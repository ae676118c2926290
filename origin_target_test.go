package dewar_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/dewar-go/dewar"
)

// A target that is no path and no whole URL must not be a path for what stands behind the App, while it is another one here.
func TestTargetsWithoutAPathAreRefused(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error { return c.Text("start") }, dewar.Endpoint("start"))
	app.Fallback(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "fallback %s", r.URL) }))
	server := httptest.NewServer(app)
	defer server.Close()
	for target, want := range map[string]int{"http:admin": 400, "http:/admin": 200, "http://localhost/admin": 200, "admin:": 200, "mailto:a@b": 400, "/": 200} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", target)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != want {
			t.Errorf("%s: got %d, want %d", target, res.StatusCode, want)
		}
		_, _ = res.Body.Close(), conn.Close()
	}
}
