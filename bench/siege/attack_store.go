package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/dewar-go/dewar/bench/siege/app"
)

// hangingStore has the store of sessions hang. Who needs a session gets a 503 soon, nobody becomes anonymous, and other pages go on.
func hangingStore(ctx context.Context, f *field) error {
	for _, s := range []*site{f.memory, f.stored} {
		g, err := s.guest(ctx)
		if err != nil {
			return err
		}
		if err := s.harm(ctx, "hang=20s"); err != nil {
			return err
		}
		together(ctx, 32, 32, func(i int) {
			if i%4 == 3 {
				s.isWell(ctx)
				return
			}
			g.askWhileItHangs(ctx, []string{"GET", "GET", "POST"}[i%4], []string{"/me", "/private", "/add"}[i%4])
		})
		if err := s.harm(ctx, ""); err != nil {
			return err
		}
		if !g.isKnownAgain(ctx) {
			f.broken(failClosed, "the session of a visitor on %s is gone after its store hung", s.name)
		}
		f.count("stores that hung", 1)
	}
	return nil
}

// askWhileItHangs wants a 503, and no cookie: anything else would be an anonymous session, or a lost write.
func (g guest) askWhileItHangs(ctx context.Context, method, path string) {
	begun := time.Now()
	w, err := g.ask(ctx, method, path, "")
	if err != nil {
		return
	}
	f, took := g.site.field, time.Since(begun)
	f.check(failClosed, w.status == http.StatusServiceUnavailable && len(w.header["Set-Cookie"]) == 0, "%s while the store hangs: status %d, %q, %d cookies", w.where, w.status, clip(string(w.body)), len(w.header["Set-Cookie"]))
	f.check(failClosed, !strings.Contains(string(w.body), g.name), "%s while the store hangs shows a page of the visitor", w.where)
	f.check(othersUnharmed, took < app.StoreDeadline+slack, "%s while the store hangs took %v", w.where, took.Round(time.Millisecond))
}

// isKnownAgain asks until the store is well again, which its callers may take a moment to believe.
func (g *guest) isKnownAgain(ctx context.Context) bool {
	for end := time.Now().Add(slack); ; time.Sleep(100 * time.Millisecond) {
		w, err := g.ask(ctx, "GET", "/me", "")
		if err == nil && w.status == http.StatusOK || ctx.Err() != nil {
			return ctx.Err() != nil || strings.Contains(string(w.body), g.name)
		}
		if time.Now().After(end) {
			return false
		}
	}
}
