package main

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestQuantilesAreNearThoseOfTheSortedDurations(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var h histogram
	var all []time.Duration
	for range 10_000 {
		d := time.Duration(random.ExpFloat64() * float64(20*time.Millisecond))
		h.add(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, part := range []float64{0.01, 0.5, 0.9, 0.99, 0.999} {
		want := all[int(part*float64(len(all)))]
		if got := h.quantile(part); got < want*7/8 || got > want*9/8+time.Microsecond {
			t.Errorf("quantile(%v) is %v, want about %v", part, got, want)
		}
	}
	if got, want := h.quantile(1), all[len(all)-1]; got != want {
		t.Errorf("quantile(1) is %v, want the longest, %v", got, want)
	}
}

func TestEachDurationIsBelowTheTopOfItsBucket(t *testing.T) {
	t.Parallel()
	last := -1
	for d := time.Microsecond; d < time.Hour; d += d/50 + time.Microsecond {
		bucket := bucketOf(d)
		if bucket < last || d >= top(bucket) || bucket > 0 && d < top(bucket-1) {
			t.Fatalf("%v is in bucket %d, which goes from %v to %v; the one before was %d", d, bucket, top(bucket-1), top(bucket), last)
		}
		last = bucket
	}
	var h histogram
	if got := h.quantile(0.5); got != 0 {
		t.Errorf("of nothing half is below %v, want 0", got)
	}
}
