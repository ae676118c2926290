package graceful

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// conns are the open connections of a server. It forgets those that handlers have hijacked; here they are remembered
// until their handlers return, so that they can end with the others.
type conns struct {
	stopping context.Context
	all      sync.Map // of *conn by net.Conn
	taken    atomic.Int64
}

// A conn has the context that all requests of a connection descend from.
type conn struct {
	net    net.Conn
	cancel context.CancelFunc
	unhook func() bool // from the end of the server
	taken  atomic.Bool // it was hijacked, and its handler runs
	since  time.Time   // it is open
	spoken atomic.Bool // a request of it has come to the handler
}

// silence is how long a new connection may take to begin its first request when the server stops. Browsers open some
// that they may need later.
const silence = time.Second

type connKey struct{}

// open is the ConnContext of the server.
func (s *conns) open(ctx context.Context, c net.Conn) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	known := &conn{net: c, cancel: cancel, since: time.Now()}
	s.all.Store(c, known)
	return context.WithValue(ctx, connKey{}, known)
}

// note is the ConnState of the server. The context of a hijacked connection ends when no more requests are accepted.
func (s *conns) note(c net.Conn, state http.ConnState) {
	if state != http.StateClosed && state != http.StateHijacked {
		return
	}
	value, ok := s.all.Load(c)
	if !ok {
		return
	}
	known := value.(*conn)
	if state == http.StateClosed {
		s.forget(known)
		return
	}
	known.unhook = context.AfterFunc(s.stopping, known.cancel)
	known.taken.Store(true)
	s.taken.Add(1)
}

// heard is called when r has come to the handler.
func (s *conns) heard(r *http.Request) {
	if known, ok := r.Context().Value(connKey{}).(*conn); ok && !known.spoken.Load() {
		known.spoken.Store(true)
	}
}

// served is called when the handler of r has returned. A hijacked connection is the application's own from then on.
func (s *conns) served(r *http.Request) {
	if s.taken.Load() == 0 {
		return
	}
	if known, ok := r.Context().Value(connKey{}).(*conn); ok && known.taken.Swap(false) {
		s.taken.Add(-1)
		known.unhook()
		s.forget(known)
	}
}

// expected reports whether a connection is open that has just come and has said nothing yet.
func (s *conns) expected() (expected bool) {
	s.all.Range(func(_, value any) bool {
		known := value.(*conn)
		expected = !known.spoken.Load() && time.Since(known.since) < silence
		return !expected
	})
	return expected
}

// closeSilent closes the connections that have said nothing.
func (s *conns) closeSilent() {
	s.all.Range(func(_, value any) bool {
		if known := value.(*conn); !known.spoken.Load() {
			_ = known.net.Close()
		}
		return true
	})
}

func (s *conns) forget(known *conn) {
	s.all.Delete(known.net)
	known.cancel()
}

// closeTaken closes the hijacked connections whose handlers still run, and returns how many there were.
func (s *conns) closeTaken() (n int) {
	s.all.Range(func(_, value any) bool {
		if known := value.(*conn); known.taken.Load() {
			n++
			known.cancel()
			_ = known.net.Close()
		}
		return true
	})
	return n
}
