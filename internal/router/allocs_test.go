//go:build !race

package router_test

import (
	"testing"

	"github.com/dewar-go/dewar/internal/rule"
)

// The race detector lets a sync.Pool forget at random, so it cannot count allocations.

func TestMatchAllocates(t *testing.T) {
	r, room := newAPI(t, 100), make([]rule.Span, 0, 8)
	for _, s := range samples {
		if got, _ := r.Match(s.method, s.path, room); got.Kind != s.kind {
			t.Errorf("%s: got kind %d, want %d", s.name, got.Kind, s.kind)
		}
		if got := testing.AllocsPerRun(200, func() { _, _ = r.Match(s.method, s.path, room) }); got > s.allocs {
			t.Errorf("%s: got %v allocations, want %v at most", s.name, got, s.allocs)
		}
	}
}
