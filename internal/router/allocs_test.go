//go:build !race

package router_test

import "testing"

// The race detector lets a sync.Pool forget at random, so it cannot count allocations.

func TestMatchAllocates(t *testing.T) {
	r, buf := newAPI(t, 100), make([]any, 0, 8)
	for _, s := range samples {
		if got := r.Match(s.method, s.path, buf).Kind; got != s.kind {
			t.Errorf("%s: got kind %d, want %d", s.name, got, s.kind)
		}
		if got := testing.AllocsPerRun(200, func() { r.Match(s.method, s.path, buf) }); got > s.allocs {
			t.Errorf("%s: got %v allocations, want %v at most", s.name, got, s.allocs)
		}
	}
}
