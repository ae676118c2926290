//go:build !race

package sessionstore_test

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// A load is what something takes: bytes of the heap, and how long a collection lasts with it.
type load struct {
	bytes      uint64
	collection time.Duration
	kept       any
}

// weigh measures what build returns, by what is free again without it.
func weigh(build func() any) load {
	before := heap()
	kept := build()
	l := load{bytes: heap() - before, kept: kept}
	begin := time.Now()
	for range 3 {
		runtime.GC()
	}
	l.collection = time.Since(begin) / 3
	return l
}

func heap() uint64 {
	debug.FreeOSMemory()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// values returns six values of 500 bytes, with their keys.
func values(n int) map[string]string {
	v := map[string]string{"user_id": fmt.Sprint(n), "name": `"ann"`, "csrf": `"` + fmt.Sprintf("%032x", n) + `"`, "cart": `[1,2,3]`, "seen": "1764000000"}
	size := len("blob")
	for key, value := range v {
		size += len(key) + len(value)
	}
	v["blob"] = fmt.Sprintf(`"%0*d"`, 500-size-2, n)
	return v
}

// TestMemoryTakesLittleMoreThanAMap compares sessions of 500 bytes in six values with a map from 32 bytes to 500.
func TestMemoryTakesLittleMoreThanAMap(t *testing.T) {
	count := rounds(100_000, 1_000_000)
	plain := weigh(func() any {
		m := map[[32]byte][]byte{}
		for n := range count {
			m[sha256.Sum256([]byte{byte(n), byte(n >> 8), byte(n >> 16)})] = make([]byte, 500)
		}
		return m
	})
	runtime.KeepAlive(plain.kept)
	plain.kept = nil
	var said uint64
	memory := func(owner func(n int) string) load {
		return weigh(func() any {
			m := sessionstore.NewMemory()
			m.MaxBytes, m.Logger = 4<<30, slog.New(slog.DiscardHandler)
			r := record(0)
			for n := range count {
				var h sessionstore.Handle
				_, _ = rand.Read(h[:])
				r.Values, r.Owner = values(n), owner(n)
				if err := m.Create(t.Context(), h, r); err != nil {
					t.Fatal(err)
				}
			}
			said = uint64(m.Bytes())
			return m
		})
	}
	alone := memory(func(int) string { return "" })
	runtime.KeepAlive(alone.kept)
	alone.kept = nil
	if float64(alone.bytes) > 1.01*float64(said) {
		t.Errorf("it takes %d bytes and says %d", alone.bytes, said)
	}
	owned := memory(func(n int) string { return fmt.Sprint(n / 3) })
	runtime.KeepAlive(owned.kept)
	if r := float64(alone.bytes) / float64(plain.bytes); r > 1.3 {
		t.Errorf("it takes %.2f times what the map takes, want 1.3 at most", r)
	}
	for _, l := range []struct {
		name string
		load
	}{{"map", plain}, {"Memory", alone}, {"Memory with owners", owned}} {
		t.Logf("%-20s %7.1f bytes a session, %v a collection, %.3f", l.name, float64(l.bytes)/float64(count), l.collection, float64(l.bytes)/float64(plain.bytes))
	}
}
