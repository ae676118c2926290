package password

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

func TestNoMoreThanConcurrencyAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := Hasher{Method: "pbkdf2:sha256:1", Concurrency: 2}
		if _, err := h.Hash(t.Context(), "secret"); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			h.turns <- struct{}{} // two others are at it
		}
		done := make(chan error)
		ctx, cancel := context.WithCancel(t.Context())
		wait := func(ctx context.Context) { _, err := h.Hash(ctx, "secret"); done <- err }

		go wait(ctx)
		synctest.Wait()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("the third got %v, want it to wait until its context ends", err)
		}

		go wait(t.Context())
		synctest.Wait()
		<-h.turns // one of the two is done
		if err := <-done; err != nil {
			t.Errorf("the third got %v although a turn is free", err)
		}
		if len(h.turns) != 1 {
			t.Errorf("got %d turns in use, want that of the other", len(h.turns))
		}
	})
}
