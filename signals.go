package dewar

import (
	"log/slog"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/safelog"
)

// A Signal tells its receivers that something has happened. Hooks may change a request, signals may only
// watch it; Flask's signals have the same names. The zero Signal is ready for use. A Signal may be used by
// several goroutines, also while the App serves. Sending to no receivers costs one atomic load.
type Signal[T any] struct {
	mu        sync.Mutex
	receivers atomic.Pointer[[]*func(T)]
}

// Connect calls f for every later event, in the order of connection and on the goroutine of the event,
// until disconnect is called. A panic in f disturbs nobody: the other receivers are called, the request goes on, and the
// panic is logged with the place of f. Only [http.ErrAbortHandler] is raised on, as everywhere. In Flask what a receiver
// raises fails the request.
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
// packages. A receiver that panics is logged by the Logger of an event with such a method, a [*Context] for one, or by
// [slog.Default].
func (s *Signal[T]) Send(event T) {
	for _, f := range s.list() {
		tellReceiver(f, event)
	}
}

func tellReceiver[T any](f *func(T), event T) {
	defer func() {
		switch value := recover(); value {
		case nil: // all is well, or runtime.Goexit
		case http.ErrAbortHandler:
			panic(value)
		default:
			logReceiver(event, callsite.PlaceOf(*f), recovered(value))
		}
	}()
	(*f)(event)
}

// logReceiver logs the panic of a receiver that was called with event.
func logReceiver(event any, place string, err error) {
	logger := slog.New(safelog.New(slog.Default().Handler(), os.Stderr))
	if e, ok := event.(interface{ Logger() *slog.Logger }); ok {
		logger = e.Logger()
	}
	attrs := []any{"receiver", place, "err", sound(err)}
	if p, ok := err.(*PanicError); ok { //nolint:errorlint // it is one, or wraps nothing
		attrs = append(attrs, "stack", string(p.Stack))
	}
	logger.Error("receiver of a signal panicked", attrs...)
}
