package flaskcookie_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar/flaskcookie"
)

// bomb is a payload of 40 MB in less than 200 KB.
var bomb = sync.OnceValue(func() string {
	var b bytes.Buffer
	w, _ := zlib.NewWriterLevel(&b, zlib.BestSpeed)
	_, _ = w.Write(make([]byte, 40_000_000))
	_ = w.Close()
	return "." + encode(b.Bytes())
})

// allocatedBy returns how many bytes f allocates; no other test may run beside it.
func allocatedBy(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestMaxPayload(t *testing.T) {
	t.Parallel()
	zeros := func(n int) []byte { return make([]byte, n) }
	small := newCodec(t, flaskcookie.Options{MaxPayload: 100}, "dev")
	for _, tt := range []struct {
		name   string
		codec  *flaskcookie.Codec
		cookie string
		want   error
	}{
		{"compressed, at the limit", dev(t), signDev("." + encode(deflate(zeros(flaskcookie.DefaultMaxPayload))) + ".ZVPxAA"), nil},
		{"compressed, a byte over", dev(t), signDev("." + encode(deflate(zeros(flaskcookie.DefaultMaxPayload+1))) + ".ZVPxAA"), flaskcookie.ErrTooLarge},
		{"3 MB in less than 4,096 bytes", dev(t), signDev("." + encode(deflate(zeros(3_000_008))) + ".ZVPxAA"), flaskcookie.ErrTooLarge},
		{"40 MB", dev(t), signDev(bomb() + ".ZVPxAA"), flaskcookie.ErrTooLarge},
		{"own limit, reached", small, signDev(encode(zeros(100)) + ".ZVPxAA"), nil},
		{"own limit, passed", small, signDev(encode(zeros(101)) + ".ZVPxAA"), flaskcookie.ErrTooLarge},
		{"own limit, compressed", small, signDev("." + encode(deflate(zeros(101))) + ".ZVPxAA"), flaskcookie.ErrTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := tt.codec.Decode(tt.cookie, signedAt, lifetime); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
	if _, err := small.Encode(zeros(101), signedAt); !errors.Is(err, flaskcookie.ErrTooLarge) {
		t.Errorf("Encode: got %v", err)
	}
}

// mostAllocated is what decoding any cookie may allocate, in bytes.
const mostAllocated = 4 << 20

// TestRefusingIsCheap is not parallel, because it counts all memory that is allocated.
func TestRefusingIsCheap(t *testing.T) {
	c := dev(t)
	unsigned := "." + encode(make([]byte, 20))
	for _, tt := range []struct{ name, cookie string }{
		{"64 KiB of dots", strings.Repeat(".", 64<<10)},
		{"900 KiB of letters", strings.Repeat("A", 900<<10)},
		{"900 KiB of payload", strings.Repeat("A", 900<<10) + ".ZVPxAA" + unsigned},
		{"900 KiB of timestamp", "e30." + strings.Repeat("A", 900<<10) + unsigned},
		{"900 KiB of signature", "e30.ZVPxAA." + strings.Repeat("A", 900<<10)},
		{"bomb of 40 MB", bomb() + ".ZVPxAA" + unsigned},
	} {
		var err error
		got := allocatedBy(func() { _, _, err = c.Decode(tt.cookie, signedAt, lifetime) })
		if err == nil {
			t.Errorf("%s: accepted", tt.name)
		}
		if limit := uint64(2 * len(tt.cookie)); got > limit {
			t.Errorf("%s: refusing %d bytes allocated %d, want at most %d", tt.name, len(tt.cookie), got, limit)
		}
	}
}

// TestInflatingStopsAtTheLimit is not parallel either.
func TestInflatingStopsAtTheLimit(t *testing.T) {
	cookie := signDev(bomb() + ".ZVPxAA")
	for _, limit := range []int{1 << 10, 0} { // 0 is the default
		c := newCodec(t, flaskcookie.Options{MaxPayload: limit}, "dev")
		var err error
		got := allocatedBy(func() { _, _, err = c.Decode(cookie, signedAt, lifetime) })
		if !errors.Is(err, flaskcookie.ErrTooLarge) {
			t.Fatalf("got error %v", err)
		}
		t.Logf("MaxPayload %d: 40 MB took %d bytes", limit, got)
		if got > mostAllocated {
			t.Errorf("MaxPayload %d: 40 MB took %d bytes, want at most %d", limit, got, mostAllocated)
		}
	}
}
