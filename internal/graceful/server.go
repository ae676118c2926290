// Package graceful serves HTTP and stops without losing a request.
//
// When the end is asked for, a [Server] goes on accepting requests for a while, with answers that end their
// connection. Then it waits for the requests and the background work, cuts off what takes too long, and calls the
// hooks of its [Life]. Its errors are those that App.Run returns to the user, so they name dewar and its settings.
package graceful

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"
)

// lastMoment is what requests and background work get to end after their context was cancelled.
const lastMoment = time.Second

// A Server is one run of a handler on a listener. Every field but Signals has to be set.
type Server struct {
	// Name is that of the application, for the log and errors.
	Name string
	// Life is that of the application.
	Life *Life
	// HTTP has the handler, the limits and the ErrorLog. Run sets its BaseContext, ConnContext and ConnState.
	HTTP *http.Server
	// Listener is where requests come from.
	Listener net.Listener
	// Signals asks for the end, and the second time ends everything at once.
	Signals <-chan os.Signal
	// Logger is told when serving begins and ends.
	Logger *slog.Logger
	// Where says in the log what is served.
	Where slog.Attr
	// Drain returns how long to accept requests after the end was asked for. It is called then.
	Drain func() time.Duration
	// Timeout returns how long requests and background work may take to end, and each hook. It is called then.
	Timeout func() time.Duration
	// Ready is called when requests are accepted, and Stopping when the end was asked for.
	Ready, Stopping func()

	requests  crew // also those whose connection is closed or hijacked
	conns     conns
	accepting chan struct{}   // closed when no more connections are accepted; nil before they are
	stuck     bool            // the listener has not closed
	alive     context.Context // ends when everything has to end at once
	kill      context.CancelFunc
}

// Run lets the server live until it ends by itself, is asked to end by ctx or a signal, or is ended at once by a
// second signal. Requests see the values of ctx. It is an error if the Life has served before.
func (s *Server) Run(ctx context.Context) error {
	if !s.Life.served.CompareAndSwap(false, true) {
		return fmt.Errorf("dewar: app %q has been served already; make another App for another server", s.Name)
	}
	s.alive, s.kill = context.WithCancel(context.WithoutCancel(ctx))
	defer s.kill()
	s.HTTP.Handler = s.around(s.HTTP.Handler)
	s.HTTP.BaseContext = func(net.Listener) context.Context { return s.alive }
	s.HTTP.ConnContext, s.HTTP.ConnState = s.conns.open, s.conns.note
	s.conns.stopping = s.Life.stopping
	asked, ask := context.WithCancel(s.alive)
	defer ask()
	ended := make(chan error, 1)
	go func() { ended <- s.live(asked) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	case <-s.Signals:
	}
	ask()
	select {
	case err := <-ended:
		return err
	case <-s.Signals:
		s.abort()
		return fmt.Errorf("dewar: app %q was ended at once by a second signal", s.Name)
	}
}

// around counts the requests of h. While the server drains, every answer ends its connection.
func (s *Server) around(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.join()
		defer s.requests.leave()
		defer s.conns.served(r)
		s.conns.heard(r)
		if s.Life.Draining() {
			w.Header().Set("Connection", "close")
		}
		h.ServeHTTP(w, r)
	})
}

// abort ends everything; live notices and is not waited for.
func (s *Server) abort() {
	s.kill()
	inTime(func() { _ = s.HTTP.Close() })
	s.conns.closeTaken()
	s.Life.halt()
	s.Life.end()
}

// live is the life of a server from the start hooks to the shutdown hooks.
func (s *Server) live(asked context.Context) error {
	problem := s.start(asked)
	if problem == nil && asked.Err() == nil {
		problem = s.accept(asked)
	}
	problem = errors.Join(problem, s.finish())
	s.Logger.Info("stopped", "app", s.Name)
	return problem
}

// start calls the start hooks, whose context also ends when the end is asked for meanwhile.
func (s *Server) start(asked context.Context) error {
	release := context.AfterFunc(asked, s.Life.halt)
	defer release()
	return s.Life.start()
}

// accept serves requests until the end is asked for or the listener fails.
func (s *Server) accept(asked context.Context) error {
	failed := make(chan error, 1)
	s.accepting = make(chan struct{})
	go func() {
		defer close(s.accepting)
		failed <- s.HTTP.Serve(s.Listener)
	}()
	s.Logger.Info("serving", "app", s.Name, s.Where)
	s.Ready()
	select {
	case err := <-failed:
		return fmt.Errorf("dewar: serve %s: %w", s.Listener.Addr(), err)
	case <-asked.Done():
		s.drain()
		return nil
	}
}

// drain goes on accepting requests, with answers that end their connection, so that none is lost in a
// connection that is closed under it.
func (s *Server) drain() {
	s.Life.draining.Store(true)
	delay := s.Drain()
	s.Logger.Info("stopping", "app", s.Name, "drain", delay)
	s.Stopping()
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.alive.Done():
	}
	s.hearOut()
}

// hearOut accepts no more connections and gives those that have just come the moment that their first request needs:
// net/http's Shutdown would close them without an answer.
func (s *Server) hearOut() {
	if s.accepting == nil {
		return
	}
	s.endAccept()
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for s.conns.expected() && s.alive.Err() == nil {
		<-poll.C
	}
	s.conns.closeSilent()
}

// acceptEnds is how long to wait for the listener to close. One that another process has made blocking, as a supervisor may that
// passes it on, does so when the next client comes, and until then neither Accept nor Close returns.
const acceptEnds = time.Second

// endAccept closes the listener.
func (s *Server) endAccept() {
	s.stuck = !inTime(func() { _ = s.Listener.Close(); <-s.accepting })
	if s.stuck {
		s.Logger.Warn("the listening socket does not close, because another process has made it blocking; start processes with a file that is not", "app", s.Name)
	}
}

// inTime reports whether f, which may wait for the listener, has returned.
func inTime(f func()) bool {
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	patience := time.NewTimer(acceptEnds)
	defer patience.Stop()
	select {
	case <-done:
		return true
	case <-patience.C:
		return false
	}
}

// shutdown and closeAll are net/http's, which would wait for a listener that does not close.
func (s *Server) shutdown(ctx context.Context) error {
	if s.stuck {
		return nil
	}
	return s.HTTP.Shutdown(ctx)
}

func (s *Server) closeAll() {
	if !s.stuck {
		_ = s.HTTP.Close()
	}
}

// finish ends the requests, then the background work, then calls the shutdown hooks.
func (s *Server) finish() error {
	limit := s.Timeout()
	s.Life.halt()
	problem := s.endWork(limit)
	if s.alive.Err() == nil {
		problem = errors.Join(problem, s.Life.shutdown(s.alive, limit))
	}
	return problem
}

// endWork waits for requests and background work, and ends by force what takes longer than limit.
func (s *Server) endWork(limit time.Duration) (problem error) {
	ctx, cancel := context.WithTimeout(s.alive, limit)
	defer cancel()
	if errors.Join(s.shutdown(ctx), s.requests.wait(ctx)) != nil {
		problem = s.cutOff(limit)
	}
	if s.Life.background.wait(ctx) != nil {
		problem = errors.Join(problem, fmt.Errorf("dewar: background work had to be cancelled after SHUTDOWN_TIMEOUT (%v)", limit))
	}
	s.Life.end()
	s.await(&s.Life.background)
	return problem
}

// cutOff closes the connections of the requests that are left, hijacked ones too, and says so.
func (s *Server) cutOff(limit time.Duration) error {
	s.closeAll()
	taken := s.conns.closeTaken()
	s.await(&s.requests)
	if taken > 0 {
		return fmt.Errorf("dewar: requests were cut off after SHUTDOWN_TIMEOUT (%v), with hijacked connections: %d", limit, taken)
	}
	return fmt.Errorf("dewar: requests were cut off after SHUTDOWN_TIMEOUT (%v)", limit)
}

// await gives a crew whose contexts have ended a last moment.
func (s *Server) await(w *crew) {
	ctx, cancel := context.WithTimeout(s.alive, lastMoment)
	defer cancel()
	_ = w.wait(ctx)
}
