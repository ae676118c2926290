package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/dewar-go/dewar/bench/siege/app"
)

// latecomers leave goroutines behind that hold the Context of their request when the next ones are served.
func latecomers(ctx context.Context, f *field) error {
	const requests = 400
	together(ctx, requests, 32, func(i int) {
		token := fmt.Sprintf("late-%d-%016x", i, f.rand.Uint64())
		w, err := f.app.ask(ctx, "", "GET", "/target/late?token="+token, "")
		if err == nil {
			f.check(noMixing, w.status == http.StatusOK && string(w.body) == token, "the answer to %q is %q", token, clip(string(w.body)))
		}
	})
	f.count("goroutines that outlive their request", requests)
	select {
	case <-time.After(300 * time.Millisecond): // longer than they live
	case <-ctx.Done():
		return nil
	}
	w, err := f.app.ask(ctx, "", "GET", "/target/lates", "")
	if err != nil {
		return nil
	}
	var lates app.Lates
	if err := json.Unmarshal(w.body, &lates); err != nil {
		return fmt.Errorf("%s: %w", w.where, err)
	}
	f.check(noMixing, lates.Mixed == 0, "%d of %d goroutines found another request in their Context", lates.Mixed, lates.Late)
	return nil
}
