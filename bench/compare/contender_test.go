package main

import (
	"testing"
)

// TestEveryContenderAnswersTheSame holds each to the answers of the work, of the first request and of later ones.
func TestEveryContenderAnswersTheSame(t *testing.T) {
	t.Parallel()
	at := place{redis: redisFor(t)}
	for _, w := range works() {
		for _, c := range doing(w.name) {
			t.Run(w.name+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				if at.redis == "" && needsRedis(w) {
					t.Skip("SKIPPED: there is no redis-server")
				}
				s, err := c.make(w.name, at)
				if err != nil {
					t.Fatal(err)
				}
				calls, err := newCaller(w, s)
				if err != nil {
					t.Fatal(err)
				}
				for range 3 {
					for i, a := range w.asks {
						if err := a.want.differs(calls.answer(i)); err != nil {
							t.Fatalf("%s %s: %v", a.method, a.path, err)
						}
					}
				}
			})
		}
	}
}

// TestKeptSessionsAreWritten asks those that keep sessions on the server for what was written.
func TestKeptSessionsAreWritten(t *testing.T) {
	t.Parallel()
	at := place{redis: redisFor(t)}
	for _, name := range []string{"memory-write", "redis-write"} {
		w, err := workNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		w.asks = append(w.asks, ask{"GET", "/visits", answer{200, "text/plain", "3", false}})
		for _, c := range doing(name) {
			t.Run(name+"/"+c.name, func(t *testing.T) {
				if at.redis == "" && needsRedis(w) {
					t.Skip("SKIPPED: there is no redis-server")
				}
				s, err := c.make(name, at)
				if err != nil {
					t.Fatal(err)
				}
				calls, err := newCaller(w, s)
				if err != nil {
					t.Fatal(err)
				}
				for range 3 {
					calls.call(0)
				}
				if err := w.asks[1].want.differs(calls.answer(1)); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestContendersAreHeldToTheWork has a contender that answers something else found out.
func TestContendersAreHeldToTheWork(t *testing.T) {
	t.Parallel()
	want := answer{200, "text/plain", "ok", true}
	for name, got := range map[string]answer{
		"status": {201, "text/plain", "ok", true}, "type": {200, "text/html", "ok", true},
		"body": {200, "text/plain", "ko", true}, "no cookie": {200, "text/plain", "ok", false},
	} {
		if want.differs(got) == nil {
			t.Errorf("%s: an answer that differs is taken for the same", name)
		}
	}
	if err := want.differs(want); err != nil {
		t.Errorf("the same answer differs: %v", err)
	}
}

// redisFor returns the URL of a Redis for the test, or "".
func redisFor(t *testing.T) string {
	t.Helper()
	url, stop, err := startRedis(t.TempDir())
	if err != nil {
		t.Logf("no Redis: %v", err)
		return ""
	}
	t.Cleanup(stop)
	return url
}
