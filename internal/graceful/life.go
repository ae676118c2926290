package graceful

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

// A Life is what outlasts the requests of an application: its hooks, its background work, and whether it is
// coming to its end. It serves once. Hooks are added before that; all else may be used by several goroutines.
type Life struct {
	startHooks, shutdownHooks []hook

	served   atomic.Bool
	draining atomic.Bool
	stopping context.Context // ends when no more requests are accepted
	halt     context.CancelFunc

	background crew
	ending     context.Context // ends when the background work has to end
	end        context.CancelFunc
}

// A hook is called at the start or at the end, and named by the place that added it.
type hook struct {
	run  func(context.Context) error
	site string
}

// New returns the Life of an application that is not served yet.
func New() *Life {
	l := &Life{}
	l.stopping, l.halt = context.WithCancel(context.Background())
	l.ending, l.end = context.WithCancel(context.Background())
	return l
}

// OnStart adds a hook that is called before requests are accepted.
func (l *Life) OnStart(run func(context.Context) error, site string) {
	l.startHooks = append(l.startHooks, hook{run, site})
}

// OnShutdown adds a hook that is called, the last one first, when requests and background work have ended.
func (l *Life) OnShutdown(run func(context.Context) error, site string) {
	l.shutdownHooks = append(l.shutdownHooks, hook{run, site})
}

// Draining reports whether the end has been asked for.
func (l *Life) Draining() bool { return l.draining.Load() }

// Halt tells that no more requests are accepted. A [Server] does so itself.
func (l *Life) Halt() {
	l.draining.Store(true)
	l.halt()
}

// Stopping returns a context that ends when no more requests are accepted.
func (l *Life) Stopping() context.Context { return l.stopping }

// Go runs f on a goroutine of its own, which the end waits for. The context that f gets ends with ctx, and when
// the wait is over.
func (l *Life) Go(ctx context.Context, f func(context.Context)) {
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(l.ending, cancel)
	l.background.join()
	go func() {
		defer l.background.leave()
		defer cancel()
		defer unhook()
		f(ctx)
	}()
}

// start calls the start hooks. A hook that gave up because the end was asked for meanwhile has not failed.
func (l *Life) start() error {
	for _, h := range l.startHooks {
		if err := h.run(l.stopping); err != nil {
			if l.stopping.Err() != nil && errors.Is(err, context.Canceled) {
				return nil
			}
			return fmt.Errorf("dewar: start hook (%s): %w", h.site, err)
		}
	}
	return nil
}

// shutdown calls the shutdown hooks, each with limit for itself.
func (l *Life) shutdown(ctx context.Context, limit time.Duration) error {
	var problems []error
	for _, h := range slices.Backward(l.shutdownHooks) {
		if err := h.within(ctx, limit); err != nil {
			problems = append(problems, fmt.Errorf("dewar: shutdown hook (%s): %w", h.site, err))
		}
	}
	return errors.Join(problems...)
}

// within runs the hook and leaves it behind when it takes longer than limit.
func (h hook) within(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- h.run(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("did not end within SHUTDOWN_TIMEOUT (%v)", limit)
	}
}
