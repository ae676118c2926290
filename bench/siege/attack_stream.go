package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/dewar-go/dewar/bench/siege/app"
)

// streams change a session in a request whose answer leaves before the view has returned. What is acknowledged is kept.
func streams(ctx context.Context, f *field) error {
	together(ctx, 24, 8, func(i int) {
		s := f.sites[i%len(f.sites)]
		g, err := s.guest(ctx)
		if err != nil {
			return
		}
		note := fmt.Sprintf("note-%016x", f.rand.Uint64())
		w, err := g.ask(ctx, "POST", "/target/stream?note="+note, "")
		if err != nil || w.status == http.StatusServiceUnavailable {
			return
		}
		f.check(failClosed, w.status == http.StatusOK, "%s: status %d", w.where, w.status)
		if w, err = g.ask(ctx, "GET", "/me", ""); err != nil || w.status == http.StatusServiceUnavailable {
			return
		}
		f.check(failClosed, strings.Contains(string(w.body), note), "what a streamed answer has changed in the session on %s is not there afterwards", s.name)
		if w, err = g.ask(ctx, "GET", "/stream?lines=20", ""); err == nil {
			whole := strings.HasSuffix(string(w.body), app.StreamEnd) && strings.Count(string(w.body), g.name) == 20
			f.check(noHalfPages, whole, "%s ended early and looks whole: %d bytes", w.where, len(w.body))
		}
	})
	f.count("streams", 24)
	return nil
}
