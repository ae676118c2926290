package dewar_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
)

// pipes is a listener whose connections are pipes, so that a server and its clients fit into one bubble of
// testing/synctest with its own clock.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes {
	return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipes) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "pipes"} }

func (l *pipes) client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		server, client := net.Pipe()
		select {
		case l.conns <- server:
			return client, nil
		case <-l.closed:
			return nil, errors.New("connection refused")
		}
	}}}
}

// A bubble is an app that is served inside a bubble of testing/synctest.
type bubble struct {
	t      *testing.T
	client *http.Client
	stop   context.CancelFunc
	ended  chan error
}

func serveInBubble(t *testing.T, app *dewar.App) *bubble {
	t.Helper()
	l := newPipes()
	return serveListener(t, app, l, l.client())
}

func serveListener(t *testing.T, app *dewar.App, l net.Listener, client *http.Client) *bubble {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	b := &bubble{t: t, client: client, stop: stop, ended: make(chan error, 1)}
	go func() { b.ended <- app.Serve(ctx, l) }()
	t.Cleanup(b.client.CloseIdleConnections)
	t.Cleanup(stop)
	return b
}

// get returns the answer to a GET request and its body.
func (b *bubble) get(path string) (res *http.Response, body string, err error) {
	res, err = b.client.Get("http://app.test" + path)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return res, string(data), err
}

// end waits for Serve to return.
func (b *bubble) end() error {
	b.stop()
	b.client.CloseIdleConnections()
	return <-b.ended
}

func TestServeFinishesRequestsWhenItIsStopped(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		drain time.Duration
		took  time.Duration
	}{
		{"an answer after the drain", time.Second, 10 * time.Second},
		{"an answer while draining", 15 * time.Second, 16 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { testFinishing(t, tt.drain, tt.took) })
		})
	}
}

// testFinishing stops a server one second after it got a request that takes ten.
func testFinishing(t *testing.T, drain, want time.Duration) {
	app := newApp(t)
	if err := app.Config.Set("DRAIN_DELAY", drain); err != nil {
		t.Fatal(err)
	}
	app.Get("/slow", func(c *dewar.Context) error {
		time.Sleep(10 * time.Second)
		return c.Text("done")
	})
	b := serveInBubble(t, app)
	time.AfterFunc(time.Second, b.stop)
	began := time.Now()
	res, body, err := b.get("/slow")
	if err != nil || body != "done" || !res.Close {
		t.Errorf("the request got %q, closing %v, error %v; want it whole and the connection closed", body, res != nil && res.Close, err)
	}
	if err := b.end(); err != nil {
		t.Errorf("Serve returned %v, want nil", err)
	}
	if took := time.Since(began); took < want || took > want+time.Second {
		t.Errorf("Serve returned after %v, want %v", took, want)
	}
	if _, _, err := b.get("/slow"); err == nil {
		t.Error("a request after the stop was answered")
	}
}

func TestServeDrains(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, addr string
		set        dewar.Map
		drain      time.Duration
	}{
		{"nothing set, loopback", local, nil, 250 * time.Millisecond},
		{"nothing set, an address that other machines can reach", publicV4, nil, 5 * time.Second},
		{"DRAIN_DELAY", publicV4, dewar.Map{"DRAIN_DELAY": "7s"}, 7 * time.Second},
		{"no DRAIN_DELAY", publicV4, dewar.Map{"DRAIN_DELAY": 0}, 0},
		{"TESTING", publicV4, dewar.Map{"TESTING": true}, 0},
		{"DEBUG", local, dewar.Map{"DEBUG": true}, 0},
		{"DRAIN_DELAY with DEBUG", local, dewar.Map{"DEBUG": true, "DRAIN_DELAY": 1}, time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { testDrain(t, tt.addr, tt.set, tt.drain) })
		})
	}
}

func testDrain(t *testing.T, addr string, set dewar.Map, drain time.Duration) {
	app := newApp(t)
	if err := errors.Join(app.Config.Set("SECRET_KEY", strong), app.Config.FromMapping(set)); err != nil {
		t.Fatal(err)
	}
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/early" {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	app.Get("/", func(c *dewar.Context) error {
		if c.App.Draining() {
			return c.Text("draining")
		}
		return c.Text("ready")
	})
	l := newPipes()
	b := serveListener(t, app, listenerAt{l, addr}, l.client())
	res, body, err := b.get("/")
	if err != nil || res.Close || body != "ready" {
		t.Fatalf("before the stop: %q, error %v, want ready on a connection that stays", body, err)
	}
	began := time.Now()
	b.stop()
	if drain > 0 {
		time.Sleep(drain - time.Millisecond)
		res, body, err := b.get("/")
		if err != nil || !res.Close || body != "draining" {
			t.Errorf("while draining: %q, error %v, want an answer that closes the connection", body, err)
		}
		if res, _, err := b.get("/early"); err != nil || !res.Close {
			t.Errorf("while draining, from middleware: error %v, want an answer that closes the connection", err)
		}
	}
	if err := b.end(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took < drain || took > drain+100*time.Millisecond { // net/http looks again and again
		t.Errorf("draining took %v, want %v", took, drain)
	}
}

func TestServeCutsOffWhatTakesLongerThanTheTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := newApp(t)
		if err := app.Config.Set("SHUTDOWN_TIMEOUT", "3s"); err != nil {
			t.Fatal(err)
		}
		var gone atomic.Bool
		app.Get("/endless", func(c *dewar.Context) error {
			<-c.Done()
			time.Sleep(500 * time.Millisecond)
			gone.Store(true)
			return c.Err()
		})
		b := serveInBubble(t, app)
		time.AfterFunc(time.Second, b.stop)
		if _, _, err := b.get("/endless"); err == nil {
			t.Error("the request was answered, want it cut off")
		}
		if err := b.end(); err == nil || !strings.Contains(err.Error(), "requests were cut off after SHUTDOWN_TIMEOUT (3s)") {
			t.Errorf("Serve returned %v, want it to say what was cut off", err)
		}
		if !gone.Load() {
			t.Error("the request was not given a moment to notice")
		}
	})
}

func TestServeEnforcesItsTimeouts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := newApp(t)
		app.Get("/late", func(c *dewar.Context) error {
			time.Sleep(61 * time.Second)
			return c.Text("late")
		})
		app.Get("/just", func(c *dewar.Context) error {
			time.Sleep(59 * time.Second)
			return c.Text("just")
		})
		l := newPipes()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- app.Serve(ctx, l) }()
		client := l.client()
		if res, err := client.Get("http://app.test/late"); err == nil {
			t.Errorf("an answer after 61s came through with status %d, want the connection closed", res.StatusCode)
		}
		if res, err := client.Get("http://app.test/just"); err != nil {
			t.Errorf("an answer after 59s failed: %v", err)
		} else {
			res.Body.Close()
		}
		server, slow := net.Pipe()
		l.conns <- server
		began := time.Now()
		if _, err := io.WriteString(slow, "GET / HTTP/1.1\r\nHost: app.test\r\n"); err != nil { // and no more
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, slow); err != nil {
			t.Log(err)
		}
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("a header that never ends was waited for %v, want 5s", took)
		}
		stop()
		client.CloseIdleConnections()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestLargeAnswerOutlivesTheWriteTimeout(t *testing.T) {
	t.Parallel()
	body := bytes.Repeat([]byte("0123456789abcdef"), 4<<20/16)
	for _, tt := range []struct {
		name string
		view dewar.Handler
	}{
		{"Blob", func(c *dewar.Context) error { return c.Blob("application/octet-stream", body) }},
		{"ReadFrom", func(c *dewar.Context) error {
			_, err := c.Response.ReadFrom(bytes.NewReader(body))
			return err
		}},
		{"io.CopyN", func(c *dewar.Context) error {
			_, err := io.CopyN(c.Response, bytes.NewReader(body), int64(len(body)))
			return err
		}},
		{"Stream", func(c *dewar.Context) error {
			return c.Stream(func(w io.Writer) error {
				_, err := w.Write(body)
				return err
			})
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				app := newApp(t)
				app.Get("/", tt.view)
				b := serveInBubble(t, app)
				res, err := b.client.Get("http://app.test/")
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				got, err := readSlowly(res.Body, 128<<10, 10*time.Second)
				if err != nil || !bytes.Equal(got, body) {
					t.Errorf("got %d bytes and error %v, want all %d", len(got), err, len(body))
				}
				if err := b.end(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestReadFromTakesNoMoreThanItsLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const limit, size = 3 << 20, 4 << 20
		app := newApp(t)
		app.Get("/", func(c *dewar.Context) error {
			if err := c.Response.FlushError(); err != nil {
				return err
			}
			src := bytes.NewReader(make([]byte, size))
			limited := &io.LimitedReader{R: src, N: limit + 7}
			n, err := c.Response.ReadFrom(limited)
			if n != limit+7 || err != nil || limited.N != 0 || src.Len() != size-limit-7 {
				t.Errorf("sent %d, error %v; %d of the limit and %d of the source are left, want 0 and %d", n, err, limited.N, src.Len(), size-limit-7)
			}
			return nil
		})
		b := serveInBubble(t, app)
		if _, body, err := b.get("/"); err != nil || len(body) != limit+7 {
			t.Errorf("got %d bytes and error %v, want %d", len(body), err, limit+7)
		}
		if err := b.end(); err != nil {
			t.Error(err)
		}
	})
}

// readSlowly reads n bytes, then rests, and so on.
func readSlowly(r io.Reader, n int64, rest time.Duration) ([]byte, error) {
	var all bytes.Buffer
	for {
		m, err := io.Copy(&all, io.LimitReader(r, n))
		if err != nil || m < n {
			return all.Bytes(), err
		}
		time.Sleep(rest)
	}
}

// journal notes what happened, in order.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) note(line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
}

func (j *journal) hook(line string, err error) func(context.Context) error {
	return func(context.Context) error {
		j.note(line)
		return err
	}
}

func TestStartAndShutdownHooks(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, tt := range []struct {
		name     string
		start    error // of the second start hook
		shutdown error // of the second shutdown hook
		want     []string
	}{
		{"in order and in reverse", nil, nil, []string{"start 1", "start 2", "request", "background", "shutdown 2", "shutdown 1"}},
		{"a start hook fails: nothing is served", broken, nil, []string{"start 1", "start 2", "shutdown 2", "shutdown 1"}},
		{"a shutdown hook fails: the others run", nil, broken, []string{"start 1", "start 2", "request", "background", "shutdown 2", "shutdown 1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				app, j := newApp(t), &journal{}
				app.OnStart(j.hook("start 1", nil), j.hook("start 2", tt.start))
				app.OnShutdown(j.hook("shutdown 1", nil))
				app.OnShutdown(j.hook("shutdown 2", tt.shutdown))
				app.Get("/", func(c *dewar.Context) error {
					c.Go(func(context.Context) {
						time.Sleep(5 * time.Second)
						j.note("background")
					})
					time.Sleep(2 * time.Second)
					j.note("request")
					return c.NoContent()
				})
				b := serveInBubble(t, app)
				time.AfterFunc(time.Second, b.stop)
				if _, _, err := b.get("/"); (err != nil) != (tt.start != nil) {
					t.Errorf("the request got error %v", err)
				}
				err := b.end()
				if want := errors.Join(tt.start, tt.shutdown); (err != nil) != (want != nil) || want != nil && !errors.Is(err, broken) {
					t.Errorf("Serve returned %v, want one that is %v", err, want)
				}
				if err != nil && !strings.Contains(err.Error(), "server_test.go:") {
					t.Errorf("Serve returned %q, want it to name the place of the hook", err)
				}
				if !slices.Equal(j.lines, tt.want) {
					t.Errorf("got %q, want %q", j.lines, tt.want)
				}
			})
		})
	}
}

func TestShutdownHooksHaveTheirOwnTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := newApp(t)
		if err := app.Config.Set("SHUTDOWN_TIMEOUT", "4s"); err != nil {
			t.Fatal(err)
		}
		left := make(chan struct{})
		var rest time.Duration
		app.OnShutdown(func(ctx context.Context) error {
			deadline, _ := ctx.Deadline()
			rest = time.Until(deadline)
			return ctx.Err()
		})
		app.OnShutdown(func(context.Context) error { panic("in a hook") })
		app.OnShutdown(func(context.Context) error { <-left; return nil }) // does not look at its context
		app.Get("/", func(c *dewar.Context) error { time.Sleep(3900 * time.Millisecond); return c.NoContent() })
		b := serveInBubble(t, app)
		go b.get("/")
		synctest.Wait()
		err := b.end()
		close(left)
		if rest != 4*time.Second {
			t.Errorf("the last hook had %v, want 4s for itself", rest)
		}
		if err == nil || !strings.Contains(err.Error(), "did not end within SHUTDOWN_TIMEOUT (4s)") || !strings.Contains(err.Error(), "panic: in a hook") {
			t.Errorf("Serve returned %v, want both failures", err)
		}
	})
}

func TestBackgroundWorkIsWaitedForAndThenCancelled(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		takes     time.Duration
		cancelled bool
		problem   string
	}{
		{"ends in time", 8 * time.Second, false, ""},
		{"takes too long", time.Hour, true, "background work had to be cancelled after SHUTDOWN_TIMEOUT (10s)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				app := newApp(t)
				if err := app.Config.Set("SHUTDOWN_TIMEOUT", 10); err != nil {
					t.Fatal(err)
				}
				var ended, cancelled bool
				app.Get("/", func(c *dewar.Context) error {
					c.Go(func(ctx context.Context) {
						select {
						case <-time.After(tt.takes):
						case <-ctx.Done():
							cancelled = true
						}
						ended = true
					})
					return c.NoContent()
				})
				b := serveInBubble(t, app)
				if _, _, err := b.get("/"); err != nil {
					t.Fatal(err)
				}
				err := b.end()
				if !ended || cancelled != tt.cancelled {
					t.Errorf("the work ended: %v, by cancellation: %v; want true and %v", ended, cancelled, tt.cancelled)
				}
				if tt.problem == "" && err != nil || tt.problem != "" && (err == nil || !strings.Contains(err.Error(), tt.problem)) {
					t.Errorf("Serve returned %v, want %q", err, tt.problem)
				}
			})
		})
	}
}

func TestServeStoppedWhileItStarts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app, j := newApp(t), &journal{}
		app.OnStart(func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		})
		app.OnShutdown(j.hook("shutdown", nil))
		b := serveInBubble(t, app)
		synctest.Wait()
		if err := b.end(); err != nil {
			t.Errorf("Serve returned %v, want nil: nothing has failed", err)
		}
		if !slices.Equal(j.lines, []string{"shutdown"}) {
			t.Errorf("got %q, want the shutdown hook to run", j.lines)
		}
	})
}

func TestServeRefuses(t *testing.T) {
	t.Parallel()
	t.Run("an app that was served before", func(t *testing.T) {
		t.Parallel()
		app := newApp(t)
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if err := app.Serve(ctx, newPipes()); err != nil {
			t.Fatal(err)
		}
		wantError(t, app.Serve(ctx, newPipes()), `app "test" has been served already`)
	})
	t.Run("an app that cannot be built", func(t *testing.T) {
		t.Parallel()
		app := newApp(t)
		app.SessionInterface = nil
		wantError(t, app.Serve(t.Context(), newPipes()), "app.SessionInterface is nil")
		app.SessionInterface = &dewar.SecureCookieSessionInterface{}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if err := app.Serve(ctx, newPipes()); err != nil {
			t.Errorf("after the mistake was mended: %v", err)
		}
	})
	t.Run("a listener that fails", func(t *testing.T) {
		t.Parallel()
		l := newPipes()
		l.Close()
		err := newApp(t).Serve(t.Context(), l)
		wantError(t, err, "serve pipes")
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("got %v, want one that is net.ErrClosed", err)
		}
	})
}

// A kept connection is used until the server says that it is closed, as a client that honours
// Connection: close does.
func TestNoRequestIsLostAcrossRestarts(t *testing.T) {
	t.Parallel()
	const restarts, clients = 10, 8
	enough := int64(rounds(500, 10_000))
	addr := "127.0.0.1:0"
	var answered, lost atomic.Int64
	for range restarts {
		app := newApp(t)
		app.Logger = slog.New(slog.DiscardHandler)
		ctx, stop := context.WithCancel(t.Context())
		var served atomic.Int64
		app.Route("/", func(c *dewar.Context) error {
			if served.Add(1) == enough {
				stop()
			}
			return c.Text(c.Form().String("n"))
		}, dewar.Methods("GET", "POST"))
		l, err := net.Listen("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		addr = l.Addr().String()
		ended := make(chan error, 1)
		go func() { ended <- app.Serve(ctx, l) }()
		var all, connected sync.WaitGroup
		connected.Add(clients)
		for range clients {
			all.Go(func() {
				n, err := askUntilTold(addr, &connected)
				answered.Add(n)
				if err != nil {
					lost.Add(1)
					t.Log(err)
				}
			})
		}
		all.Wait()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if served.Load() < enough {
			t.Errorf("served %d requests, want at least %d", served.Load(), enough)
		}
	}
	if lost.Load() != 0 || answered.Load() < restarts*enough {
		t.Errorf("%d requests answered and %d lost, want none lost", answered.Load(), lost.Load())
	}
}

// askUntilTold sends one POST request after the other over one connection until an answer closes it. After the first it
// waits for the other clients, because one that comes after the stop is refused and not lost.
func askUntilTold(addr string, connected *sync.WaitGroup) (answered int64, err error) {
	met := sync.OnceFunc(connected.Done)
	defer met()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	r := bufio.NewReader(conn)
	for {
		_, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nn=1")
		if err != nil {
			return answered, err
		}
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			return answered, err
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			return answered, err
		}
		answered++
		if res.Close {
			return answered, nil
		}
		met()
		connected.Wait()
	}
}
