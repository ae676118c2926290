package dewar_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
)

// A serverLimit is a way to keep a connection, and when the server ends it.
type serverLimit struct {
	key  string
	def  time.Duration
	talk func(w io.Writer) // as far as the client goes
}

var serverLimits = []serverLimit{
	{key: "SERVER_READ_HEADER_TIMEOUT", def: 5 * time.Second, talk: func(w io.Writer) { _, _ = io.WriteString(w, "GET / HTTP/1.1\r\nHost: loc") }},
	{key: "SERVER_READ_TIMEOUT", def: 30 * time.Second, talk: func(w io.Writer) {
		_, _ = io.WriteString(w, "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
	}},
	{key: "SERVER_IDLE_TIMEOUT", def: 75 * time.Second, talk: func(w io.Writer) {
		_, _ = io.WriteString(w, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	}},
}

// limitedApp has a view that reads the body and one that answers more than any buffer takes.
func limitedApp(t *testing.T) *dewar.App {
	app := quietApp(t)
	app.Get("/", func(c *dewar.Context) error { return c.Text("ok") })
	app.Post("/upload", func(c *dewar.Context) error {
		_, err := io.Copy(io.Discard, c.Request.Body)
		c.Response.Header().Set("Connection", "close")
		return c.Text(fmt.Sprint(err))
	})
	app.Get("/large", func(c *dewar.Context) error {
		return c.Stream(func(w io.Writer) error {
			for {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return err
				}
			}
		})
	})
	return app
}

// TestServerLimitsAreSettings measures them with a clock of its own: by default, set, and set to none.
func TestServerLimitsAreSettings(t *testing.T) {
	t.Parallel()
	for _, tt := range serverLimits {
		for name, want := range map[string]time.Duration{"default": tt.def, "set": 7 * time.Second, "none": 0} {
			t.Run(tt.key+", "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { tt.measure(t, name, want) })
			})
		}
	}
}

func (tt serverLimit) measure(t *testing.T, name string, want time.Duration) {
	app := limitedApp(t)
	if name != "default" {
		configure(app, tt.key, want)
	}
	l := newPipes()
	b := serveListener(t, app, l, l.client())
	server, client := net.Pipe()
	l.conns <- server
	go tt.talk(client)
	r := bufio.NewReader(client)
	began := time.Now()
	_ = client.SetReadDeadline(began.Add(time.Hour))
	if tt.key == "SERVER_IDLE_TIMEOUT" {
		if res, err := http.ReadResponse(r, nil); err != nil {
			t.Fatal(err)
		} else {
			_, _ = io.Copy(io.Discard, res.Body)
		}
	}
	_, err := io.ReadAll(r)
	took := time.Since(began)
	if want == 0 {
		want = time.Hour
		if err == nil {
			t.Error("the connection was ended, want no limit")
		}
	}
	if took < want || took > want+2*time.Second {
		t.Errorf("the connection was ended after %v, want %v", took, want)
	}
	_ = client.Close()
	if err := b.end(); err != nil {
		t.Error(err)
	}
}

func TestServerWriteTimeoutIsASetting(t *testing.T) {
	t.Parallel()
	for set, want := range map[string]time.Duration{"": 60 * time.Second, "7s": 7 * time.Second} {
		t.Run("set to "+set, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				app := limitedApp(t)
				if set != "" {
					configure(app, "SERVER_WRITE_TIMEOUT", set)
				}
				var took atomic.Int64
				began := time.Now()
				app.TeardownRequest(func(*dewar.Context, error) { took.Store(int64(time.Since(began))) })
				l := newPipes()
				b := serveListener(t, app, l, l.client())
				server, client := net.Pipe()
				l.conns <- server
				_, _ = io.WriteString(client, "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
				_, _ = client.Read(make([]byte, 1))
				time.Sleep(2 * time.Minute)
				if got := time.Duration(took.Load()); got != want {
					t.Errorf("the stream was ended after %v, want %v", got, want)
				}
				_ = client.Close()
				if err := b.end(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestServerLimitsOnARealListener waits for the server to end each connection, long before the defaults would.
func TestServerLimitsOnARealListener(t *testing.T) {
	t.Parallel()
	for _, tt := range serverLimits {
		t.Run(tt.key, func(t *testing.T) {
			t.Parallel()
			app := limitedApp(t)
			configure(app, tt.key, "20ms")
			conn := dialServed(t, app)
			tt.talk(conn)
			_ = conn.SetReadDeadline(time.Now().Add(tt.def - 500*time.Millisecond))
			if _, err := io.ReadAll(conn); err != nil {
				t.Errorf("the server did not end the connection: %v", err)
			}
		})
	}
}

func TestServerWriteTimeoutOnARealListener(t *testing.T) {
	t.Parallel()
	app := limitedApp(t)
	configure(app, "SERVER_WRITE_TIMEOUT", "20ms")
	ended := make(chan error, 1)
	app.TeardownRequest(func(_ *dewar.Context, err error) { ended <- err })
	conn := dialServed(t, app)
	_, _ = io.WriteString(conn, "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
	select {
	case err := <-ended:
		if !strings.Contains(fmt.Sprint(err), os.ErrDeadlineExceeded.Error()) {
			t.Errorf("the stream ended with %v, want the deadline", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("the server did not end the stream")
	}
}

func TestServerMaxHeaderBytesIsASetting(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		set    int
		size   int
		status int
	}{
		{0, 60 << 10, 200},
		{0, 72 << 10, 431},
		{4 << 10, 3 << 10, 200},
		{4 << 10, 20 << 10, 431},
		{1 << 20, 500 << 10, 200},
	} {
		app := limitedApp(t)
		if tt.set > 0 {
			configure(app, "SERVER_MAX_HEADER_BYTES", tt.set)
		}
		conn := dialServed(t, app)
		go fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: %s\r\n\r\n", strings.Repeat("x", tt.size))
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || res.StatusCode != tt.status {
			t.Errorf("SERVER_MAX_HEADER_BYTES %d, a header of %d bytes: got %v, %v, want %d", tt.set, tt.size, res, err, tt.status)
		}
	}
	app := dewar.New("test")
	for _, value := range []any{0, -1, "many"} {
		if err := app.Config.Set("SERVER_MAX_HEADER_BYTES", value); err == nil {
			t.Errorf("SERVER_MAX_HEADER_BYTES %v was taken", value)
		}
	}
	if err := app.Config.Set("SERVER_READ_TIMEOUT", "-1s"); err == nil {
		t.Error("a negative SERVER_READ_TIMEOUT was taken")
	}
}

// dialServed serves the app on a real listener and connects to it.
func dialServed(t *testing.T, app *dewar.App) net.Conn {
	t.Helper()
	configure(app, "TESTING", true)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- app.Serve(ctx, l) }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return conn
}
