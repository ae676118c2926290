package dewar_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
)

// hijackers are views that take the connection over and serve it until their context ends, or take longer.
var hijackers = map[string]func(*journal) dewar.Handler{
	"a view": func(j *journal) dewar.Handler {
		return func(c *dewar.Context) error { return serveTaken(j, c, c.Response, c.Done) }
	},
	"a view whose context was derived first": func(j *journal) dewar.Handler {
		return func(c *dewar.Context) error {
			ctx, cancel := context.WithCancel(c)
			defer cancel()
			return serveTaken(j, ctx, c.Response, ctx.Done)
		}
	},
	"a wrapped handler": func(j *journal) dewar.Handler {
		return dewar.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = serveTaken(j, r.Context(), w, r.Context().Done)
		}))
	},
	"the writer of the server": func(j *journal) dewar.Handler {
		return func(c *dewar.Context) error { return serveTaken(j, c, c.Response.Unwrap(), c.Done) }
	},
	"a request of its own": func(j *journal) dewar.Handler {
		return func(c *dewar.Context) error {
			c.Request = c.Request.WithContext(contextWith(c.Request.Context(), "key", "value"))
			return serveTaken(j, c, c.Response, c.Done)
		}
	},
}

// serveTaken hijacks, says so to the client, waits for the end of the context and does the rest of its work.
func serveTaken(j *journal, ctx context.Context, w http.ResponseWriter, done func() <-chan struct{}) error {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return err
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "taken\n")
	<-done()
	j.note(fmt.Sprintf("context %v", ctx.Err()))
	time.Sleep(time.Second)
	_, err = io.WriteString(conn, "bye\n")
	j.note(fmt.Sprintf("view done, %v", err))
	return nil
}

// takeOne connects, asks for / and reads the first line.
func takeOne(t *testing.T, l *pipes) (client net.Conn) {
	server, client := net.Pipe()
	l.conns <- server
	_, _ = io.WriteString(client, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	line := make([]byte, len("taken\n"))
	if _, err := io.ReadFull(client, line); err != nil || string(line) != "taken\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	return client
}

func TestServeWaitsForHijackedConnections(t *testing.T) {
	t.Parallel()
	for name, view := range hijackers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				j := &journal{}
				app := quietApp(t)
				app.Get("/", view(j))
				app.OnShutdown(j.hook("shutdown hook", nil))
				l := newPipes()
				b := serveListener(t, app, l, l.client())
				client := takeOne(t, l)
				time.Sleep(time.Hour) // the server has no time limit for it
				b.stop()
				rest, err := io.ReadAll(client)
				if err != nil || string(rest) != "bye\n" {
					t.Errorf("after the stop the client got %q, %v", rest, err)
				}
				if err := b.end(); err != nil {
					t.Errorf("Serve returned %v, want nil", err)
				}
				if got, want := strings.Join(j.lines, "; "), "context context canceled; view done, <nil>; shutdown hook"; got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		})
	}
}

func TestServeReportsHijackedConnectionsThatAreLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := &journal{}
		app := quietApp(t)
		configure(app, "SHUTDOWN_TIMEOUT", "3s")
		app.Get("/", func(c *dewar.Context) error {
			conn, _, err := c.Response.Hijack()
			if err != nil {
				return err
			}
			_, _ = io.WriteString(conn, "taken\n")
			_, err = conn.Read(make([]byte, 1)) // looks at nothing but its connection
			j.note(fmt.Sprintf("read %t", err != nil))
			return nil
		})
		app.OnShutdown(j.hook("shutdown hook", nil))
		l := newPipes()
		b := serveListener(t, app, l, l.client())
		defer takeOne(t, l).Close()
		defer takeOne(t, l).Close()
		began := time.Now()
		err := b.end()
		if err == nil || !strings.Contains(err.Error(), "requests were cut off after SHUTDOWN_TIMEOUT (3s), with hijacked connections: 2") {
			t.Errorf("Serve returned %v, want it to tell what was left", err)
		}
		if took := time.Since(began); took < 3*time.Second || took > 5*time.Second {
			t.Errorf("Serve took %v, want SHUTDOWN_TIMEOUT", took)
		}
		if got, want := strings.Join(j.lines, "; "), "read true; read true; shutdown hook"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// TestServeForgetsHijackedConnectionsWhoseViewsHaveReturned has goroutines of the application go on with them.
func TestServeForgetsHijackedConnectionsWhoseViewsHaveReturned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := quietApp(t)
		ended := make(chan error, 1)
		app.Get("/", func(c *dewar.Context) error {
			conn, _, err := c.Response.Hijack()
			if err != nil {
				return err
			}
			_, _ = io.WriteString(conn, "taken\n")
			c.Go(func(ctx context.Context) {
				defer conn.Close()
				time.Sleep(2 * time.Second)
				_, err := io.WriteString(conn, "bye\n")
				ended <- errors.Join(err, ctx.Err())
			})
			return nil
		})
		l := newPipes()
		b := serveListener(t, app, l, l.client())
		client := takeOne(t, l)
		b.stop()
		if rest, err := io.ReadAll(client); string(rest) != "bye\n" || err != nil {
			t.Errorf("got %q, %v", rest, err)
		}
		if err := errors.Join(<-ended, b.end()); err != nil {
			t.Errorf("got %v, want the work of Go to end in time", err)
		}
	})
}

// TestServeEndsProxiedWebsockets proxies a connection to an upstream that never ends it.
func TestServeEndsProxiedWebsockets(t *testing.T) {
	t.Parallel()
	upstreamEnded := make(chan struct{})
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nhello\n")
		_, _ = conn.Read(make([]byte, 1))
		close(upstreamEnded)
	}))
	defer upstream.Close()
	target, err := url.Parse(upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	app := quietApp(t)
	configure(app, "TESTING", true)
	app.Fallback(httputil.NewSingleHostReverseProxy(target))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.Serve(ctx, l) }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	for got := ""; !strings.HasSuffix(got, "hello\n"); {
		buf := make([]byte, 1000)
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		got += string(buf[:n])
	}
	stop()
	<-upstreamEnded
	if err := <-ended; err != nil {
		t.Errorf("Serve returned %v, want nil", err)
	}
}

// TestServeWaitsForRequestsWhoseClientHasGone has a view that works on after its client has hung up.
func TestServeWaitsForRequestsWhoseClientHasGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := &journal{}
		app := quietApp(t)
		begun := make(chan struct{})
		app.Get("/", func(c *dewar.Context) error {
			close(begun)
			<-c.Done()
			time.Sleep(10 * time.Second)
			j.note("view done")
			return nil
		})
		app.OnShutdown(j.hook("shutdown hook", nil))
		l := newPipes()
		b := serveListener(t, app, l, l.client())
		server, client := net.Pipe()
		l.conns <- server
		_, _ = io.WriteString(client, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		<-begun
		_ = client.Close()
		if err := b.end(); err != nil {
			t.Errorf("Serve returned %v, want nil", err)
		}
		if got := strings.Join(j.lines, "; "); got != "view done; shutdown hook" {
			t.Errorf("got %q, want the view to end before the hooks run", got)
		}
	})
}

// TestEndStreamsTellsAnAppBehindAServerOfOnesOwn shuts down a server that is not dewar's.
func TestEndStreamsTellsAnAppBehindAServerOfOnesOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := quietApp(t)
		var ended []string
		app.Get("/events", func(c *dewar.Context) error {
			err := c.Events(func(e *dewar.EventStream) error {
				_ = e.SendData("x")
				<-e.Context().Done()
				return nil
			})
			ended = append(ended, "events")
			return err
		})
		taken := make(chan struct{})
		app.Get("/", func(c *dewar.Context) error {
			conn, _, err := c.Response.Hijack()
			if err != nil {
				return err
			}
			defer conn.Close()
			_, _ = io.WriteString(conn, "taken\n")
			<-c.Done()
			close(taken)
			return nil
		})
		l := newPipes()
		server := &http.Server{Handler: app}
		server.RegisterOnShutdown(app.EndStreams)
		served := make(chan error, 1)
		go func() { served <- server.Serve(l) }()
		client := l.client()
		defer client.CloseIdleConnections()
		res, err := client.Get("http://app.test/events")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		streamed := make(chan string)
		go func() {
			body, err := io.ReadAll(res.Body)
			streamed <- fmt.Sprintf("%s%v", body, err)
		}()
		defer takeOne(t, l).Close()
		if app.Draining() {
			t.Error("it drains already")
		}
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil || len(ended) != 1 || time.Since(began) > 3*time.Second {
			t.Errorf("Shutdown took %v and returned %v; ended are %v", time.Since(began), err, ended)
		}
		<-taken
		if got := <-streamed; got != "data: x\n\n<nil>" {
			t.Errorf("the stream gave %q, want it whole", got)
		}
		if !app.Draining() {
			t.Error("it does not drain")
		}
		app.EndStreams()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
}

func ExampleApp_EndStreams() {
	app := dewar.New("example")
	server := &http.Server{Addr: "127.0.0.1:8443", Handler: app} // with autocert, h2c or what else there is
	server.RegisterOnShutdown(app.EndStreams)
	fmt.Println(server.Shutdown(context.Background()))
	// Output: <nil>
}
