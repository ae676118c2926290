package dewartest

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"github.com/dewar-go/dewar"
)

// Captured are the events of one signal, from [Capture]. It may be used by several goroutines.
type Captured[T any] struct {
	mu     sync.Mutex
	events []T
}

// Capture collects what a signal sends from now on until the test is over, whoever sends it: one of the App's, one of another
// package, one of your own. What a request of a [Client] has rendered, flashed and logged is in its [Response] anyway.
//
//	logins := dewartest.Capture(t, &users.UserLoggedIn)
func Capture[T any](t testing.TB, signal *dewar.Signal[T]) *Captured[T] {
	captured := &Captured[T]{}
	t.Cleanup(signal.Connect(captured.add))
	return captured
}

func (c *Captured[T]) add(event T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = append(c.events, event)
}

// Events returns what was sent so far, in its order; nil for nothing.
func (c *Captured[T]) Events() []T {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.events)
}

// Format prints how many events there are, for every verb: they may hold secrets.
func (c *Captured[T]) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, c.shown()) }

// String returns what Format prints, for templates, which look for it.
func (c *Captured[T]) String() string { return fmt.Sprint(c) }

// LogValue returns what Format prints.
func (c *Captured[T]) LogValue() slog.Value { return slog.StringValue(c.shown()) }

func (c *Captured[T]) shown() string { return fmt.Sprintf("Captured(%d events)", len(c.Events())) }
