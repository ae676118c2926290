package main

import (
	"context"
	"net/http"
	"strings"

	"github.com/dewar-go/dewar/bench/siege/app"
)

// halfPages ask for pages that fail when a part of them has left. Nobody may take such a part for a whole page.
func halfPages(ctx context.Context, f *field) error {
	paths := []string{"/half", "/half?panic=1", "/target/half/flushed", "/target/half/panic", "/target/half/large"}
	together(ctx, 4*len(paths)*len(f.sites), 8, func(i int) {
		s, path := f.sites[i%len(f.sites)], paths[i/len(f.sites)%len(paths)]
		w, err := s.ask(ctx, "", "GET", path, "")
		if err == nil && w.status >= 500 {
			return // it failed in time
		}
		f.check(noHalfPages, err != nil, "%s on %s came as a whole page of %d bytes", path, s.name, bodyOf(w))
		f.count("half pages", 1)
	})
	return nil
}

func bodyOf(w *reply) int {
	if w == nil {
		return 0
	}
	return len(w.body)
}

// errorPages ask for pages that fail with an error that has a secret in it, as clients of all kinds.
func errorPages(ctx context.Context, f *field) error {
	paths := []string{"/target/error", "/target/panic", "/panic", "/target/error?__debugger__=yes&cmd=resource&f=style.css"}
	accepts := []string{"text/html", "application/json", "text/plain", "*/*", ""}
	n := len(paths) * len(accepts) * len(f.sites)
	together(ctx, n, 8, func(i int) {
		s, path, accept := f.sites[i%len(f.sites)], paths[i/len(f.sites)%len(paths)], accepts[i/len(f.sites)/len(paths)]
		w, err := s.ask(ctx, "", "GET", path, "", "Accept", accept, "X-Debug", "1", "Cookie", "debug=1")
		if err != nil {
			return
		}
		f.check(noSecret, !strings.Contains(string(w.body), app.LoggedPassword), "%s for %q shows the password in the error", w.where, accept)
		f.check(othersUnharmed, w.status == http.StatusInternalServerError, "%s: status %d", w.where, w.status)
		for _, inside := range []string{"postgres://", "db.internal", "goroutine ", ".go:", "an attack asked"} {
			f.check(insidesHidden, !strings.Contains(string(w.body), inside), "%s for %q shows %q", w.where, accept, inside)
		}
	})
	f.count("error pages", n)
	return nil
}
