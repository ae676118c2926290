package main

import (
	"math/bits"
	"time"
)

// A histogram counts durations in buckets that are an eighth of their size wide at most. The zero histogram is empty.
type histogram struct {
	buckets [256]uint32
	n       uint64
	most    time.Duration
}

// steps is how many buckets there are between a power of two of microseconds and the next.
const steps = 8

func (h *histogram) add(d time.Duration) {
	d = max(d, 0)
	h.buckets[bucketOf(d)]++
	h.n++
	h.most = max(h.most, d)
}

// bucketOf returns the bucket of a duration.
func bucketOf(d time.Duration) int {
	us := uint64(d.Microseconds())
	if us < steps {
		return int(us)
	}
	power := bits.Len64(us) - 4 // us>>power is from 8 to 15
	return min(steps*power+int(us>>power), 255)
}

// top returns the longest duration of a bucket.
func top(bucket int) time.Duration {
	if bucket < 2*steps {
		return time.Duration(bucket+1) * time.Microsecond
	}
	power := bucket/steps - 1
	return time.Duration((bucket%steps+steps+1)<<power) * time.Microsecond
}

// quantile returns the duration that a part of all stay below, 0.99 of them for example, or 0 if there are none.
func (h *histogram) quantile(part float64) time.Duration {
	rank := uint64(part*float64(h.n) + 0.5)
	sum := uint64(0)
	for bucket, n := range h.buckets {
		if sum += uint64(n); n > 0 && sum >= rank {
			return min(top(bucket), h.most)
		}
	}
	return h.most
}
