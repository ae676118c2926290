package dewar

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar/internal/callsite"
)

// A lifecycle is what an App knows about being served by Run or Serve.
type lifecycle struct {
	startHooks, shutdownHooks []lifecycleHook

	served   atomic.Bool
	draining atomic.Bool
	stopping context.Context // ends when the App stops accepting requests
	halt     context.CancelFunc
}

// A lifecycleHook is a hook of OnStart or OnShutdown with the place that added it.
type lifecycleHook struct {
	run  func(context.Context) error
	site string
}

func newLifecycle() *lifecycle {
	life := &lifecycle{}
	life.stopping, life.halt = context.WithCancel(context.Background())
	return life
}

// OnStart adds hooks that [App.Run] and [App.Serve] call in order of registration, before the first request
// is accepted. Their context ends when the App begins to stop, so work that a hook starts can watch it. The
// first error ends the list and the App does not serve; the hooks of [App.OnShutdown] run all the same.
func (app *App) OnStart(hooks ...func(ctx context.Context) error) {
	app.setup("OnStart")
	for _, hook := range hooks {
		app.life.startHooks = append(app.life.startHooks, lifecycleHook{hook, callsite.Site()})
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
		app.life.shutdownHooks = append(app.life.shutdownHooks, lifecycleHook{hook, callsite.Site()})
	}
}

// Draining reports whether the App has been told to stop. It still answers for DRAIN_DELAY, but each answer
// ends its connection. A view that tells a load balancer whether to send requests should fail then.
func (app *App) Draining() bool { return app.life.draining.Load() }

// start calls the start hooks. A hook that gave up because the App was asked to stop has not failed.
func (life *lifecycle) start() error {
	for _, hook := range life.startHooks {
		if err := hook.run(life.stopping); err != nil {
			if life.stopping.Err() != nil && errors.Is(err, context.Canceled) {
				return nil
			}
			return fmt.Errorf("dewar: start hook (%s): %w", hook.site, err)
		}
	}
	return nil
}

// shutdown calls the shutdown hooks, each with limit for itself.
func (life *lifecycle) shutdown(ctx context.Context, limit time.Duration) error {
	var problems []error
	for _, hook := range slices.Backward(life.shutdownHooks) {
		if err := hook.within(ctx, limit); err != nil {
			problems = append(problems, fmt.Errorf("dewar: shutdown hook (%s): %w", hook.site, err))
		}
	}
	return errors.Join(problems...)
}

// within runs the hook and leaves it behind when it takes longer than limit.
func (hook lifecycleHook) within(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if value := recover(); value != nil {
				done <- recovered(value)
			}
		}()
		done <- hook.run(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("did not end within SHUTDOWN_TIMEOUT (%v)", limit)
	}
}

// A crew counts work that someone may have to wait for. Unlike a [sync.WaitGroup] it may grow while someone
// waits, and waiting can be given up.
type crew struct {
	mu   sync.Mutex
	busy int
	idle chan struct{} // closed when nobody is busy any more; nil while nobody waits
}

// Go runs f on a goroutine of its own.
func (w *crew) Go(f func()) {
	w.join()
	go func() {
		defer w.leave()
		f()
	}()
}

func (w *crew) join() {
	w.mu.Lock()
	w.busy++
	w.mu.Unlock()
}

func (w *crew) leave() {
	w.mu.Lock()
	w.busy--
	if w.busy == 0 && w.idle != nil {
		close(w.idle)
		w.idle = nil
	}
	w.mu.Unlock()
}

// wait returns when nobody is busy, or with the error of ctx when that ends before.
func (w *crew) wait(ctx context.Context) error {
	w.mu.Lock()
	if w.busy == 0 {
		w.mu.Unlock()
		return nil
	}
	if w.idle == nil {
		w.idle = make(chan struct{})
	}
	idle := w.idle
	w.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
