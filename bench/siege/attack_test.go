package main

import (
	"slices"
	"testing"
)

func TestAttacksHaveNamesOfTheirOwnAndAPromise(t *testing.T) {
	t.Parallel()
	names := attackNames()
	slices.Sort(names)
	if got := len(slices.Compact(names)); got != len(attacks) {
		t.Errorf("%d attacks have %d names", len(attacks), got)
	}
	for _, a := range attacks {
		if !slices.Contains(promises, a.promise) {
			t.Errorf("attack %s tries %q, which is no promise", a.name, a.promise)
		}
	}
}
