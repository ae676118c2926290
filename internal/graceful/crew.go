package graceful

import (
	"context"
	"sync"
)

// A crew counts work that someone may have to wait for. Unlike a [sync.WaitGroup] it may grow while someone
// waits, and waiting can be given up.
type crew struct {
	mu   sync.Mutex
	busy int
	idle chan struct{} // closed when nobody is busy any more; nil while nobody waits
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
