package dewar

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/graceful"
	"github.com/dewar-go/dewar/internal/systemd"
)

// How long the App keeps accepting requests when it is told to stop and DRAIN_DELAY is not set: long enough
// for load balancers to look elsewhere, or for clients on the same machine to end their connections.
const (
	publicDrain = 5 * time.Second
	localDrain  = 250 * time.Millisecond
)

// Run builds the App and serves it on addr, a host and port such as "127.0.0.1:5000", until the process gets
// SIGINT or SIGTERM. With an empty addr the environment variables FLASK_RUN_HOST and FLASK_RUN_PORT say
// where, or else the keys RUN_HOST and RUN_PORT, or else 127.0.0.1 and 5000. Port 0 takes any free one; the log says which.
//
// A socket that was passed to the program is served in place of addr: by systemd in LISTEN_FDS, or by dewar dev. It must
// be the only one. If NOTIFY_SOCKET is set the App tells systemd when it accepts requests (READY=1), when it was told to
// stop (STOPPING=1), and that it lives (WATCHDOG=1) twice in WATCHDOG_USEC.
//
// When told to stop it goes on accepting requests for DRAIN_DELAY, with answers that end their connection, then ends
// event streams and the contexts of requests with a hijacked connection, and waits SHUTDOWN_TIMEOUT for all requests and
// the work of [Context.Go], then calls the hooks of [App.OnShutdown]. It returns nil when all of it ended in time, and
// otherwise an error that says what was cut off. A second signal ends everything at once.
//
// It is an error to serve an address that other machines can reach with DEBUG on, unless TESTING is on. With a
// SECRET_KEY that can be guessed it is an error to serve such an address or a Unix socket, unless DEBUG, TESTING or
// ALLOW_WEAK_SECRET_KEY is on; on a loopback address it is a warning. An App is served once.
//
// The server waits SERVER_READ_HEADER_TIMEOUT for the header of a request, SERVER_READ_TIMEOUT for the whole request,
// SERVER_WRITE_TIMEOUT for the answer and SERVER_IDLE_TIMEOUT for the next request: 5, 30, 60 and 75 seconds unless they
// are set. An answer that has begun may take any time as long as it moves on, see [Response]; a view that takes long
// uploads gives them time with [Response.SetReadDeadline]. A header may have SERVER_MAX_HEADER_BYTES, 64 KiB.
func (app *App) Run(addr string) error { return app.run(addr, nil) }

// RunTLS is [App.Run] over TLS, with HTTP/2, for programs without a proxy before them. config has the certificates; it is
// not changed, and must not be nil. What is in Certificates counts, or what GetCertificate returns, such as that of autocert:
//
//	cert, err := tls.LoadX509KeyPair("cert.pem", "key.pem")
//	...
//	app.RunTLS(":443", &tls.Config{Certificates: []tls.Certificate{cert}})
//
// Flask has app.run(ssl_context=...).
func (app *App) RunTLS(addr string, config *tls.Config) error {
	if config == nil || len(config.Certificates) == 0 && config.GetCertificate == nil && config.GetConfigForClient == nil {
		return errors.New("dewar: RunTLS: the tls.Config has no certificate; set Certificates to what tls.LoadX509KeyPair returns, or GetCertificate")
	}
	config = config.Clone()
	if config.NextProtos == nil {
		config.NextProtos = []string{"h2", "http/1.1"}
	}
	return app.run(addr, config)
}

// run is Run, and RunTLS if secure is not nil.
func (app *App) run(addr string, secure *tls.Config) error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	if _, err := app.prepare(nil); err != nil {
		return err
	}
	l, err := app.listen(addr)
	if err != nil {
		return err
	}
	scheme := "http"
	if secure != nil {
		l, scheme = tls.NewListener(l, secure), "https"
	}
	told := systemd.NewNotifier()
	defer told.Watch()()
	return app.serve(context.Background(), l, running{signals, slog.String("url", urlOf(scheme, l.Addr())), told, scheme})
}

// Serve is [App.Run] for a listener of your own, such as one with TLS or of a Unix socket. It stops when ctx ends and
// pays no attention to signals. Requests see the values of ctx. The listener is closed when Serve returns.
//
// An [http.Server] of your own serves an App as any handler. It has no OnStart and OnShutdown hooks, its time limits are
// its own, and it has to tell the App when it stops, see [App.EndStreams]. What goes wrong inside the App, panics too, is
// logged to App.Logger and nothing of it to the server's ErrorLog, except [http.ErrAbortHandler], which net/http passes
// over in silence, and what PROPAGATE_EXCEPTIONS lets out.
func (app *App) Serve(ctx context.Context, l net.Listener) error {
	return app.serve(ctx, l, running{where: slog.String("addr", l.Addr().String())})
}

// A running is what Run has and Serve has not: signals and a supervisor; both nil for none.
type running struct {
	signals <-chan os.Signal
	where   slog.Attr // for the log
	told    *systemd.Notifier
	scheme  string // for who is told
}

// tell tells the supervisor how the App is.
func (app *App) tell(told *systemd.Notifier, states ...string) {
	if err := told.Tell(states...); err != nil {
		app.logger().Warn("the supervisor cannot be told how the app is", "err", err)
	}
}

func (app *App) serve(ctx context.Context, l net.Listener, run running) error {
	defer l.Close()
	rt, err := app.prepare(nil)
	if err != nil {
		return err
	}
	if err := app.checkExposure(l.Addr()); err != nil {
		return err
	}
	app.runtime.Store(rt)
	server := &graceful.Server{
		Name: app.Name(), Life: app.life, Listener: l, Signals: run.signals, Logger: app.logger(), Where: run.where,
		HTTP:     app.httpServer(),
		Drain:    func() time.Duration { return app.drainDelay(l.Addr()) },
		Timeout:  func() time.Duration { return app.Config.Duration("SHUTDOWN_TIMEOUT") },
		Ready:    func() { app.tell(run.told, rt.ready(run.scheme)...) },
		Stopping: func() { app.tell(run.told, "STOPPING=1") },
	}
	return server.Run(ctx)
}

// httpServer returns the server that Run and Serve use, with the limits of the configuration.
func (app *App) httpServer() *http.Server {
	config := app.Config
	limit := func(key string) time.Duration {
		if d := config.Duration(key); d > 0 {
			return d
		}
		return -1 // none; 0 would mean another limit's
	}
	return &http.Server{
		Handler:           app,
		ReadHeaderTimeout: limit("SERVER_READ_HEADER_TIMEOUT"),
		ReadTimeout:       limit("SERVER_READ_TIMEOUT"),
		WriteTimeout:      limit("SERVER_WRITE_TIMEOUT"),
		IdleTimeout:       limit("SERVER_IDLE_TIMEOUT"),
		MaxHeaderBytes:    config.Int("SERVER_MAX_HEADER_BYTES"),
		ErrorLog:          slog.NewLogLogger(app.logger().Handler(), slog.LevelWarn),
	}
}

// EndStreams tells the App that its server stops: event streams and the contexts of requests with a hijacked connection
// end, [App.Draining] is true, and later answers end their connection. Run and Serve do so by themselves. It is for an
// [http.Server] of your own, whose Shutdown would wait for the streams until its time is over:
//
//	server := &http.Server{Handler: app}
//	server.RegisterOnShutdown(app.EndStreams)
//
// Shutdown does not wait for hijacked connections; their views end soon after. It may be called by any goroutine and more
// than once, and cannot be undone.
func (app *App) EndStreams() { app.life.Halt() }

func (app *App) drainDelay(addr net.Addr) time.Duration {
	config, rt := app.Config, app.runtime.Load()
	switch {
	case rt != nil && rt.reload != nil:
		return 0 // the socket stays open
	case config.Has("DRAIN_DELAY"):
		return config.Duration("DRAIN_DELAY")
	case config.Bool("DEBUG"), config.Bool("TESTING"):
		return 0
	case isPublic(addr):
		return publicDrain
	}
	return localDrain
}

// OnStart adds hooks that [App.Run] and [App.Serve] call in order of registration, before the first request
// is accepted. Their context ends when the App begins to stop, so work that a hook starts can watch it. The
// first error ends the list and the App does not serve; the hooks of [App.OnShutdown] run all the same.
func (app *App) OnStart(hooks ...func(ctx context.Context) error) {
	app.setup("OnStart")
	for _, hook := range hooks {
		app.life.OnStart(hook, callsite.Site())
	}
}

// OnShutdown adds hooks that [App.Run] and [App.Serve] call when all requests have ended and the work of
// [Context.Go] is done, the last added first: the place to close what OnStart opened. Each has a context
// with SHUTDOWN_TIMEOUT for itself, however long the others took, and is left behind when that is over. An
// error or a panic does not keep the others from running; Run and Serve return it. The hooks also run when a
// start hook failed, but not after a second signal.
func (app *App) OnShutdown(hooks ...func(ctx context.Context) error) {
	app.setup("OnShutdown")
	for _, hook := range hooks {
		app.life.OnShutdown(func(ctx context.Context) (err error) {
			defer func() {
				if value := recover(); value != nil {
					err = recovered(value)
				}
			}()
			return hook(ctx)
		}, callsite.Site())
	}
}

// Draining reports whether the App has been told to stop. It still answers for DRAIN_DELAY, but each answer
// ends its connection. A view that tells a load balancer whether to send requests should fail then.
func (app *App) Draining() bool { return app.life.Draining() }

// Alive is a view for liveness probes: it answers 200 and "ok" as long as the App answers at all. Register it
// where a probe asks: app.Get("/healthz", dewar.Alive).
func Alive(c *Context) error {
	c.Response.Header().Set("Cache-Control", "no-store")
	return c.Text("ok\n")
}

// Ready returns a view for readiness probes: 200 and "ok" if every check returns nil, and otherwise 503. It is
// 503 too while [App.Draining], so that a load balancer looks elsewhere before the server stops. The checks
// run one after the other with the context of the request; the first that fails is logged, and the client is
// not told which. For example app.Get("/readyz", dewar.Ready(db.PingContext)).
func Ready(checks ...func(ctx context.Context) error) Handler {
	return func(c *Context) error {
		c.Response.Header().Set("Cache-Control", "no-store")
		if c.App.Draining() {
			return c.Status(http.StatusServiceUnavailable).Text("draining\n")
		}
		for i, check := range checks {
			if err := check(c); err != nil {
				c.Logger().Warn("not ready", "check", i, "err", err)
				return c.Status(http.StatusServiceUnavailable).Text("not ready\n")
			}
		}
		return c.Text("ok\n")
	}
}

// Go runs f on a goroutine of its own that may outlive the request. The context f gets keeps the values of
// the request but does not end with it: when they stop, Run and Serve wait for f, and cancel the context
// when SHUTDOWN_TIMEOUT is over. A panic in f is logged. The Context itself must not be written to by f.
func (c *Context) Go(f func(ctx context.Context)) {
	logger, done := c.Logger(), func() {}
	if n, ok := c.nowhere(); ok {
		n.work.Add(1)
		done = n.work.Done
	}
	c.App.life.Go(context.WithoutCancel(c.parent()), func(ctx context.Context) {
		defer done()
		defer func() {
			if value := recover(); value != nil {
				logger.Error("background work failed", "err", recovered(value))
			}
		}()
		f(ctx)
	})
}

// What Run serves when nobody says where, as in Flask.
const (
	defaultHost = "127.0.0.1"
	defaultPort = "5000"
)

// windowsInUse is WSAEADDRINUSE, which package syscall has no name for. No other system has this number.
const windowsInUse = syscall.Errno(10048)

// listen returns the socket that the program was started with, or opens the address that Run was given, or the one of
// the environment.
func (app *App) listen(addr string) (net.Listener, error) {
	edited := os.Getenv(reloadVariable) != ""
	_ = os.Unsetenv(reloadVariable)
	passed, err := systemd.Listener(edited)
	if err != nil {
		return nil, err
	}
	if edited && passed == nil && os.Getenv("FLASK_RUN_PORT") != "" {
		addr = "" // dewar dev says where, on systems that pass no sockets on
	}
	cure := "pass another one to Run"
	if addr == "" {
		var err error
		if addr, err = app.environmentAddress(); err != nil {
			return nil, err
		}
		cure = "set FLASK_RUN_PORT to another one"
	} else if err := checkAddress(addr); err != nil {
		return nil, err
	}
	if passed != nil {
		return passed, nil
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, listenError(addr, cure, err)
	}
	return l, nil
}

// environmentAddress is FLASK_RUN_HOST and FLASK_RUN_PORT, what the configuration has in their place, or Flask's
// defaults.
func (app *App) environmentAddress() (string, error) {
	host, hostFrom := app.runSetting("RUN_HOST", defaultHost)
	port, portFrom := app.runSetting("RUN_PORT", defaultPort)
	if inner, ok := strings.CutPrefix(host, "["); ok {
		host = strings.TrimSuffix(inner, "]")
	}
	if _, err := netip.ParseAddr(host); err != nil && strings.Contains(host, ":") {
		return "", fmt.Errorf("dewar: %s is %q; set it to a host alone, such as 127.0.0.1, and FLASK_RUN_PORT to the port", hostFrom, host)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return "", fmt.Errorf("dewar: %s is %q; set it to a number from 0 to 65535", portFrom, port)
	}
	return net.JoinHostPort(host, port), nil
}

// runSetting returns a part of the address, and where it is from.
func (app *App) runSetting(key, otherwise string) (text, from string) {
	if text := os.Getenv("FLASK_" + key); text != "" {
		return text, "FLASK_" + key
	}
	if text := app.Config.String(key); text != "" {
		return text, key + " from " + app.Config.Source(key)
	}
	return otherwise, key
}

func checkAddress(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("dewar: Run(%q): pass a host and a port, as in \"127.0.0.1:5000\"", addr)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return fmt.Errorf("dewar: Run(%q): pass a port from 0 to 65535 after the colon", addr)
	}
	return nil
}

// listenError says what to do about an address that cannot be listened on.
func listenError(addr, cure string, err error) error {
	var errno syscall.Errno
	switch {
	case errors.As(err, &errno) && (errno == syscall.EADDRINUSE || errno == windowsInUse):
		return fmt.Errorf("dewar: the port of %s is in use; end the program that listens there or choose another port: %s: %w", addr, cure, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("dewar: the port of %s is for privileged programs; choose a port from 1024 up: %s: %w", addr, cure, err)
	}
	return fmt.Errorf("dewar: %s cannot be served; check that the host is an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them: %w", addr, err)
}

// checkExposure refuses to serve an address that other machines can reach with settings that are only safe on this one.
func (app *App) checkExposure(addr net.Addr) error {
	config, public := app.Config, isPublic(addr)
	if public && config.Bool("DEBUG") && !config.Bool("TESTING") {
		return fmt.Errorf("dewar: DEBUG is on (%s) and other machines can reach %s, so they would see the insides of the app; unset FLASK_DEBUG or serve 127.0.0.1",
			config.Source("DEBUG"), addr)
	}
	if err := app.checkKeys(!isLoopback(addr), public); err != nil {
		return err
	}
	if public && !config.Has("SERVER_NAME") && !config.Has("TRUSTED_HOSTS") {
		app.logger().Warn("neither TRUSTED_HOSTS nor SERVER_NAME is set, so whole URLs have the host that a request names, and anyone can forge it; set TRUSTED_HOSTS to the hosts of the site")
	}
	return nil
}

// isLoopback reports whether addr is a port that only this machine can connect to. A Unix socket is none: a server that
// others reach most likely stands before it.
func isLoopback(addr net.Addr) bool {
	ap, err := netip.ParseAddrPort(addr.String())
	return err == nil && ap.Addr().Unmap().IsLoopback()
}

// isPublic reports whether other machines can reach addr. Unix sockets and the like are not public.
func isPublic(addr net.Addr) bool {
	ap, err := netip.ParseAddrPort(addr.String())
	return err == nil && !ap.Addr().Unmap().IsLoopback()
}

// urlOf returns where a browser on this machine finds addr, or the address itself when it cannot.
func urlOf(scheme string, addr net.Addr) string {
	ap, err := netip.ParseAddrPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ap.Addr().IsUnspecified() {
		return fmt.Sprintf("%s://localhost:%d", scheme, ap.Port())
	}
	return scheme + "://" + ap.String()
}

// A timeLimit is the context of a request that may only take so long.
type timeLimit struct {
	length time.Duration
	ctx    context.Context
	cancel context.CancelFunc
}

// limitTime gives the request the deadline that its route or HANDLER_TIMEOUT sets.
func (c *Context) limitTime() {
	length := c.settings.handlerTimeout
	if c.route != nil {
		length = orDefault(c.route.timeout, length)
	}
	if length <= 0 {
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), length)
	c.rare().limit = &timeLimit{length, ctx, cancel}
	c.Request = c.Request.WithContext(ctx)
}

// timedOut makes a 503 of err if it says no more than that the time of the request was over.
func (c *Context) timedOut(err error) error {
	limit := c.rare().limit
	if limit == nil || !errors.Is(err, context.DeadlineExceeded) || !errors.Is(limit.ctx.Err(), context.DeadlineExceeded) {
		return err
	}
	if _, ok := statusOf(err); ok {
		return err
	}
	return &HTTPError{Code: http.StatusServiceUnavailable,
		Err: fmt.Errorf("dewar: the request took longer than its timeout of %v: %w", limit.length, err)}
}
