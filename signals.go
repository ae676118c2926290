package dewar

import (
	"slices"
	"sync"
	"sync/atomic"
)

// A Signal tells its receivers that something has happened. Hooks may change a request, signals may only
// watch it; Flask's signals have the same names. The zero Signal is ready for use. A Signal may be used by
// several goroutines, also while the App serves. Sending to no receivers costs one atomic load.
type Signal[T any] struct {
	mu        sync.Mutex
	receivers atomic.Pointer[[]*func(T)]
}

// Connect calls f for every later event, in the order of connection and on the goroutine of the event,
// until disconnect is called. A panic in f is a panic of the request, or only logged when that has its answer or its
// error already.
func (s *Signal[T]) Connect(f func(T)) (disconnect func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	receiver := &f
	next := append(slices.Clone(s.list()), receiver)
	s.receivers.Store(&next)
	return func() { s.disconnect(receiver) }
}

func (s *Signal[T]) disconnect(receiver *func(T)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := slices.DeleteFunc(slices.Clone(s.list()), func(f *func(T)) bool { return f == receiver })
	s.receivers.Store(&next)
}

func (s *Signal[T]) list() []*func(T) {
	if p := s.receivers.Load(); p != nil {
		return *p
	}
	return nil
}

// connected reports whether anybody wants to know.
func (s *Signal[T]) connected() bool { return len(s.list()) > 0 }

// Send calls the receivers with event, in the order of connection. An App sends its own signals; Send is for those of other
// packages.
func (s *Signal[T]) Send(event T) {
	for _, f := range s.list() {
		(*f)(event)
	}
}
