package dewar

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// The limits of the server that Run and Serve make. A response that is sent bit by bit renews its write
// deadline as it goes, see deadline.go.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 75 * time.Second
	maxHeaderBytes    = 64 << 10
)

// How long the App keeps accepting requests when it is told to stop and DRAIN_DELAY is not set: long enough
// for load balancers to look elsewhere, or for clients on the same machine to end their connections.
const (
	publicDrain = 5 * time.Second
	localDrain  = 250 * time.Millisecond
)

// lastMoment is what requests and background work get to end after their context was cancelled.
const lastMoment = time.Second

// Run builds the App and serves it on addr, a host and port such as "127.0.0.1:5000", until the process gets
// SIGINT or SIGTERM. With an empty addr the environment variables FLASK_RUN_HOST and FLASK_RUN_PORT say
// where, or else 127.0.0.1 and 5000. Port 0 takes any free one; the log says which.
//
// When told to stop it goes on accepting requests for DRAIN_DELAY, with answers that end their connection,
// then ends event streams and waits SHUTDOWN_TIMEOUT for the other requests and the work of [Context.Go],
// then calls the hooks of [App.OnShutdown]. It returns nil when all of it ended in time. A second signal
// ends everything at once.
//
// It is an error to serve an address that other machines can reach with DEBUG on, or with a SECRET_KEY that
// can be guessed, unless TESTING is on. An App is served once.
//
// The server waits 5 seconds for the header of a request, 30 for the whole request and 60 for the answer.
// An answer that has begun may take any time as long as it moves on.
func (app *App) Run(addr string) error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	if err := app.Build(); err != nil {
		return err
	}
	l, err := listen(addr)
	if err != nil {
		return err
	}
	return app.serve(context.Background(), l, signals)
}

// Serve is [App.Run] for a listener of your own, such as one with TLS or of a Unix socket. It stops when ctx
// ends and pays no attention to signals. Requests see the values of ctx. The listener is closed when Serve
// returns.
func (app *App) Serve(ctx context.Context, l net.Listener) error {
	return app.serve(ctx, l, nil)
}

func (app *App) serve(ctx context.Context, l net.Listener, signals <-chan os.Signal) error {
	defer l.Close()
	if err := app.Build(); err != nil {
		return err
	}
	if err := app.checkExposure(l.Addr()); err != nil {
		return err
	}
	if !app.life.served.CompareAndSwap(false, true) {
		return fmt.Errorf("dewar: app %q has been served already; make another App for another server", app.Name())
	}
	return newServer(ctx, app, l, signals).run(ctx)
}

// A server is one run of an App on a listener.
type server struct {
	app      *App
	http     *http.Server
	listener net.Listener
	signals  <-chan os.Signal
	requests crew            // also those whose connection is closed already
	alive    context.Context // ends when everything has to end at once
	kill     context.CancelFunc
}

func newServer(ctx context.Context, app *App, l net.Listener, signals <-chan os.Signal) *server {
	s := &server{app: app, listener: l, signals: signals}
	s.alive, s.kill = context.WithCancel(context.WithoutCancel(ctx))
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(app.logger().Handler(), slog.LevelWarn),
		BaseContext:       func(net.Listener) context.Context { return s.alive },
	}
	return s
}

// ServeHTTP passes a request to the App. While the App drains, every answer ends its connection.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests.join()
	defer s.requests.leave()
	if s.app.Draining() {
		w.Header().Set("Connection", "close")
	}
	s.app.ServeHTTP(w, r)
}

// run lets the server live until it ends by itself, is asked to stop by ctx or a signal, or is ended at once
// by a second signal.
func (s *server) run(ctx context.Context) error {
	defer s.kill()
	asked, ask := context.WithCancel(s.alive)
	defer ask()
	ended := make(chan error, 1)
	go func() { ended <- s.live(asked) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	case <-s.signals:
	}
	ask()
	select {
	case err := <-ended:
		return err
	case <-s.signals:
		s.abort()
		return fmt.Errorf("dewar: app %q was ended at once by a second signal", s.app.Name())
	}
}

// abort ends everything; live notices and is not waited for.
func (s *server) abort() {
	s.kill()
	_ = s.http.Close()
	s.app.life.halt()
	s.app.stop()
}

// live is the life of a server from the start hooks to the shutdown hooks.
func (s *server) live(asked context.Context) error {
	problem := s.start(asked)
	if problem == nil && asked.Err() == nil {
		problem = s.accept(asked)
	}
	problem = errors.Join(problem, s.finish())
	s.app.logger().Info("stopped", "app", s.app.Name())
	return problem
}

// start calls the start hooks, whose context also ends when the App is asked to stop meanwhile.
func (s *server) start(asked context.Context) error {
	release := context.AfterFunc(asked, s.app.life.halt)
	defer release()
	return s.app.life.start()
}

// accept serves requests until the server is asked to stop or the listener fails.
func (s *server) accept(asked context.Context) error {
	failed := make(chan error, 1)
	go func() { failed <- s.http.Serve(s.listener) }()
	s.announce()
	select {
	case err := <-failed:
		return fmt.Errorf("dewar: serve %s: %w", s.listener.Addr(), err)
	case <-asked.Done():
		s.drain()
		return nil
	}
}

// announce logs where the App is served. Only Run knows that it is plain HTTP.
func (s *server) announce() {
	where := slog.String("addr", s.listener.Addr().String())
	if s.signals != nil {
		where = slog.String("url", urlOf(s.listener.Addr()))
	}
	s.app.logger().Info("serving", "app", s.app.Name(), where)
}

// drain goes on accepting requests, with answers that end their connection, so that none is lost in a
// connection that is closed under it.
func (s *server) drain() {
	s.app.life.draining.Store(true)
	delay := s.drainDelay()
	s.app.logger().Info("stopping", "app", s.app.Name(), "drain", delay)
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.alive.Done():
	}
}

func (s *server) drainDelay() time.Duration {
	config := s.app.Config
	switch {
	case config.Has("DRAIN_DELAY"):
		return config.Duration("DRAIN_DELAY")
	case config.Bool("DEBUG"), config.Bool("TESTING"):
		return 0
	case isPublic(s.listener.Addr()):
		return publicDrain
	}
	return localDrain
}

// finish ends the requests, then the background work, then calls the shutdown hooks.
func (s *server) finish() error {
	limit := s.app.Config.Duration("SHUTDOWN_TIMEOUT")
	s.app.life.halt()
	problem := s.endWork(limit)
	if s.alive.Err() == nil {
		problem = errors.Join(problem, s.app.life.shutdown(s.alive, limit))
	}
	return problem
}

// endWork waits for requests and background work, and ends by force what takes longer than limit.
func (s *server) endWork(limit time.Duration) (problem error) {
	ctx, cancel := context.WithTimeout(s.alive, limit)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
		s.await(&s.requests, lastMoment)
		problem = fmt.Errorf("dewar: requests were cut off after SHUTDOWN_TIMEOUT (%v)", limit)
	}
	if s.app.background.wait(ctx) != nil {
		problem = errors.Join(problem, fmt.Errorf("dewar: background work had to be cancelled after SHUTDOWN_TIMEOUT (%v)", limit))
	}
	s.app.stop()
	s.await(&s.app.background, lastMoment)
	return problem
}

// await waits for a crew, but no longer than limit.
func (s *server) await(w *crew, limit time.Duration) {
	ctx, cancel := context.WithTimeout(s.alive, limit)
	defer cancel()
	_ = w.wait(ctx)
}
