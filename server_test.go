package dewar_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
)

// pipes is a listener whose connections are pipes, so that a server and its clients fit into one bubble of
// testing/synctest with its own clock.
type pipes struct {
	conns    chan net.Conn
	closed   chan struct{}
	closedAt time.Time
	once     sync.Once
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

func (l *pipes) Close() error {
	l.once.Do(func() {
		l.closedAt = time.Now()
		close(l.closed)
	})
	return nil
}

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
	<-l.closed
	if took := l.closedAt.Sub(began); took != drain {
		t.Errorf("the listener was closed after %v, want %v", took, drain)
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
	var answered, lost atomic.Int64
	for range restarts {
		app := newApp(t)
		app.Logger = slog.New(slog.DiscardHandler)
		if err := app.Config.Set("DRAIN_DELAY", 1); err != nil { // on a busy machine a client may not get its turn for a while
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var served atomic.Int64
		app.Route("/", func(c *dewar.Context) error {
			if served.Add(1) == enough {
				stop()
			}
			return c.Text(c.Form().String("n"))
		}, dewar.Methods("GET", "POST"))
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := l.Addr().String()
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

func TestRunRefusesAddressesWithACure(t *testing.T) {
	for _, tt := range []struct{ name, addr, host, port, want string }{
		{"no port", "127.0.0.1", "", "", `Run("127.0.0.1"): pass a host and a port, as in "127.0.0.1:5000"`},
		{"a port alone", "5000", "", "", `Run("5000"): pass a host and a port`},
		{"a port too large", "127.0.0.1:65536", "", "", `Run("127.0.0.1:65536"): pass a port from 0 to 65535`},
		{"an address of another machine", "192.0.2.1:5000", "", "", "check that the host is an address of this machine"},
		{"FLASK_RUN_PORT is text", "", "", "web page", `FLASK_RUN_PORT is "web page"; set it to a number from 0 to 65535`},
		{"FLASK_RUN_PORT is negative", "", "", "-1", `FLASK_RUN_PORT is "-1"; set it to a number`},
		{"FLASK_RUN_PORT is too large", "", "", "70000", `FLASK_RUN_PORT is "70000"; set it to a number`},
		{"FLASK_RUN_HOST has a port", "", "localhost:80", "", `FLASK_RUN_HOST is "localhost:80"; set it to a host alone`},
		{"FLASK_RUN_HOST is of another machine", "", "192.0.2.1", "0", "dewar: 192.0.2.1:0 cannot be served"},
		{"FLASK_RUN_HOST in brackets", "", "[2001:db8::1]", "0", "dewar: [2001:db8::1]:0 cannot be served"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("FLASK_RUN_HOST", tt.host)
			t.Setenv("FLASK_RUN_PORT", tt.port)
			wantError(t, newApp(t).Run(tt.addr), tt.want)
		})
	}
}

func TestRunOnAPortInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	addr := taken.Addr().String()
	_, port, _ := strings.Cut(addr, ":")

	err = newApp(t).Run(addr)
	wantError(t, err, "the port of "+addr+" is in use; end the program that listens there or choose another port: pass another one to Run")
	if !errors.Is(err, syscall.EADDRINUSE) && !errors.Is(err, syscall.Errno(10048)) {
		t.Errorf("got %v, want the error of the system in it", err)
	}
	t.Setenv("FLASK_RUN_HOST", "")
	t.Setenv("FLASK_RUN_PORT", port)
	wantError(t, newApp(t).Run(""), "the port of "+addr+" is in use; end the program that listens there or choose another port: set FLASK_RUN_PORT to another one")
}

func TestServeLogsTheAddress(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	app, log := loggedApp(t)
	ctx, stop := context.WithCancel(t.Context())
	log.onMessage("serving", stop)
	if err := app.Serve(ctx, l); err != nil {
		t.Fatal(err)
	}
	if want := "msg=serving app=test addr=" + l.Addr().String(); !strings.Contains(log.String(), want) {
		t.Errorf("logged %q, want %q in it", log.String(), want)
	}
}

func loggedApp(t testing.TB) (*dewar.App, *record) {
	t.Helper()
	app, log := newApp(t), &record{}
	app.Logger = log.logger()
	return app, log
}

// A record keeps what was logged and calls back on a message.
type record struct {
	mu    sync.Mutex
	text  bytes.Buffer
	calls map[string]func()
}

func (r *record) logger() *slog.Logger { return slog.New(slog.NewTextHandler(r, nil)) }

func (r *record) onMessage(message string, call func()) {
	r.calls = map[string]func(){message: call}
}

func (r *record) Write(line []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for message, call := range r.calls {
		if bytes.Contains(line, []byte("msg="+message)) {
			call()
		}
	}
	return r.text.Write(line)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// A listenerAt has any address one likes and no connections.
type listenerAt struct {
	*pipes
	addr string
}

func (l listenerAt) Addr() net.Addr {
	if strings.HasPrefix(l.addr, "/") {
		return &net.UnixAddr{Name: l.addr, Net: "unix"}
	}
	addr, err := net.ResolveTCPAddr("tcp", l.addr)
	if err != nil {
		panic(err)
	}
	return addr
}

const (
	publicV4 = "192.0.2.1:80"
	publicV6 = "[2001:db8::1]:80"
	anywhere = "0.0.0.0:80"
	local    = "127.0.0.1:80"
	strong   = "4f9a1c7be2d80365af19c6d42e70b853"
)

func TestExposure(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, addr string
		config     dewar.Map
		refused    string // in the error, or ""
		warned     string // in the log, or ""
	}{
		{"DEBUG on a public address", publicV4, dewar.Map{"DEBUG": true}, "DEBUG is on (", ""},
		{"DEBUG on a public IPv6 address", publicV6, dewar.Map{"DEBUG": true}, "unset FLASK_DEBUG or serve 127.0.0.1", ""},
		{"DEBUG on every address", anywhere, dewar.Map{"DEBUG": true}, "other machines can reach 0.0.0.0:80", ""},
		{"DEBUG on the IPv4 form of every address", "[::]:80", dewar.Map{"DEBUG": true}, "DEBUG is on", ""},
		{"DEBUG and TESTING on a public address", publicV4, dewar.Map{"DEBUG": true, "TESTING": true}, "", ""},
		{"DEBUG on loopback", "127.0.0.53:80", dewar.Map{"DEBUG": true}, "", ""},
		{"DEBUG on IPv6 loopback", "[::1]:80", dewar.Map{"DEBUG": true}, "", ""},
		{"DEBUG on a Unix socket", "/run/app.sock", dewar.Map{"DEBUG": true}, "", ""},

		{"no key", publicV4, dewar.Map{"SECRET_KEY": nil}, "", "SECRET_KEY is not set"},
		{"a strong key", publicV4, dewar.Map{"SECRET_KEY": strong}, "", ""},
		{"a short key", publicV4, dewar.Map{"SECRET_KEY": "x7Gq2pLm9RzT4w"}, "has 14 bytes, at least 16 are needed; set it to a long random text such as openssl rand -hex 32 prints", ""},
		{"a key of 15 bytes", anywhere, dewar.Map{"SECRET_KEY": strong[:15]}, "has 15 bytes, at least 16 are needed", ""},
		{"a key of 16 bytes", anywhere, dewar.Map{"SECRET_KEY": strong[:16]}, "", "has 16 bytes, 32 are better"},
		{"a key from the tutorial", publicV4, dewar.Map{"SECRET_KEY": "dev"}, "is an example that everybody knows", ""},
		{"a placeholder in another spelling", publicV4, dewar.Map{"SECRET_KEY": "Your-Secret-Key-Here!!"}, "is an example that everybody knows", ""},
		{"one character repeated", publicV4, dewar.Map{"SECRET_KEY": strings.Repeat("k", 64)}, "repeats the same few characters", ""},
		{"one letter of two bytes repeated", publicV4, dewar.Map{"SECRET_KEY": strings.Repeat("é", 32)}, "repeats the same few characters", ""},
		{"a weak fallback", publicV4, dewar.Map{"SECRET_KEY": strong, "SECRET_KEY_FALLBACKS": []string{strong + "2", "changeme"}}, "SECRET_KEY_FALLBACKS[1] from ", ""},
		{"a weak key on loopback", local, dewar.Map{"SECRET_KEY": "x7Gq2pLm9RzT4w"}, "", "openssl rand -hex 32"},
		{"a weak key with TESTING", publicV4, dewar.Map{"SECRET_KEY": "x7Gq2pLm9RzT4w", "TESTING": true}, "", "at least 16 are needed"},
		{"a weak key on IPv6 loopback", "[::1]:80", dewar.Map{"SECRET_KEY": "dev"}, "", "everybody knows"},
		{"a weak key on a Unix socket", "/run/app.sock", dewar.Map{"SECRET_KEY": "x7Gq2pLm9RzT4w"}, "set DEBUG, TESTING or ALLOW_WEAK_SECRET_KEY", ""},
		{"a weak fallback on a Unix socket", "/run/other.sock", dewar.Map{"SECRET_KEY": strong, "SECRET_KEY_FALLBACKS": []string{"dev"}}, "SECRET_KEY_FALLBACKS[0]", ""},
		{"a weak key on a Unix socket with DEBUG", "/run/app.sock", dewar.Map{"SECRET_KEY": "dev", "DEBUG": true}, "", "everybody knows"},
		{"a weak key on a Unix socket, allowed", "/run/app.sock", dewar.Map{"SECRET_KEY": "dev", "ALLOW_WEAK_SECRET_KEY": true}, "", "everybody knows"},
		{"a weak key that is allowed", publicV4, dewar.Map{"SECRET_KEY": "x7Gq2pLm9RzT4w", "ALLOW_WEAK_SECRET_KEY": true}, "", "at least 16 are needed"},
		{"no key on a Unix socket", "/run/app.sock", dewar.Map{"SECRET_KEY": nil}, "", ""},
		{"a strong key on loopback", local, dewar.Map{"SECRET_KEY": strong}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app, log := loggedApp(t)
			if err := errors.Join(app.Config.FromMapping(dewar.Map{"SECRET_KEY": strong, "SERVER_NAME": "example.com"}), app.Config.FromMapping(tt.config)); err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			stop()
			err := app.Serve(ctx, listenerAt{newPipes(), tt.addr})
			switch {
			case tt.refused != "":
				wantError(t, err, tt.refused)
				wantError(t, err, "server_test.go:") // where the setting comes from
			case err != nil:
				t.Errorf("got error %v, want it served", err)
			}
			if warned := strings.Contains(log.String(), "level=WARN"); warned != (tt.warned != "") || !strings.Contains(log.String(), tt.warned) {
				t.Errorf("logged %q, want a warning with %q, or none", log.String(), tt.warned)
			}
			if key, ok := tt.config["SECRET_KEY"].(string); ok && key != "dev" {
				said := log.String()
				if err != nil {
					said += err.Error()
				}
				if strings.Contains(said, key) {
					t.Errorf("the key stands in %q", said)
				}
			}
		})
	}
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.AccessLog())
	log := &record{}
	app.Logger = log.logger()
	app.Get("/users/{id:int}", func(c *dewar.Context) error { return c.Status(201).Text("ok") }, dewar.Endpoint("user"))
	app.Get("/panic", func(c *dewar.Context) error { panic("broken") })
	app.Get("/cut", func(c *dewar.Context) error { panic(http.ErrAbortHandler) })
	srv := serve(t, app)
	for _, tt := range []struct {
		name, path string
		want       []string
	}{
		{"an aborted request, before there is a connection to try again on", "/cut", []string{"path=/cut", "cut=true"}},
		{"a view", "/users/7?token=hush", []string{"path=/users/7", "status=201", "client=127.0.0.1", "method=GET", "route=/users/{id:int}", "endpoint=user", "duration=", "requestID="}},
		{"no route", "/nowhere", []string{"path=/nowhere", "status=404"}},
		{"a panic", "/panic", []string{"path=/panic", "status=500"}},
		{"line breaks", "/a%0ab", []string{`path="/a\nb"`}},
		{"a long path", "/" + strings.Repeat("y", 4000), []string{"path=/" + strings.Repeat("y", 2047) + " "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := len(log.String())
			ask(t, srv, "GET", tt.path)
			var line string
			for l := range strings.Lines(log.String()[before:]) {
				if strings.Contains(l, "msg=request ") {
					line += l
				}
			}
			if strings.Count(line, "\n") != 1 || strings.Contains(line, "hush") {
				t.Errorf("logged %q, want one line without the query", line)
			}
			for _, want := range tt.want {
				if !strings.Contains(line, want) {
					t.Errorf("logged %q, want %q in it", line, want)
				}
			}
		})
	}
}

func TestAccessLogOfAnErrorThatLeavesTheApp(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.AccessLog())
	log := &record{}
	app.Logger = log.logger()
	if err := app.Config.Set("PROPAGATE_EXCEPTIONS", true); err != nil {
		t.Fatal(err)
	}
	app.Get("/", func(c *dewar.Context) error { panic("broken") })
	defer func() {
		if recover() == nil || !strings.Contains(log.String(), "path=/ status=500") {
			t.Errorf("logged %q, want a panic and status 500", log.String())
		}
	}()
	app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
}

func TestNoAccessLogByDefault(t *testing.T) {
	t.Parallel()
	app, log := loggedApp(t)
	ask(t, serve(t, app), "GET", "/nowhere")
	if log.String() != "" {
		t.Errorf("logged %q, want nothing", log.String())
	}
}

func TestRunTLSWantsACertificate(t *testing.T) {
	t.Parallel()
	for _, config := range []*tls.Config{nil, {}} {
		wantError(t, newApp(t).RunTLS("127.0.0.1:0", config), "no certificate; set Certificates to what tls.LoadX509KeyPair returns")
	}
}
