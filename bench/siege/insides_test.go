package main

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/bench/siege/app"
)

func TestHeldSaysWhatThereIsMoreOf(t *testing.T) {
	t.Parallel()
	first := app.Insides{Resident: 20 << 20, Heap: 4 << 20, Goroutines: 7, Descriptors: 11}
	for _, tt := range []struct {
		name   string
		change func(last *app.Insides)
		want   string
	}{
		{"as before", func(*app.Insides) {}, ""},
		{"a little more", func(l *app.Insides) { l.Goroutines += moreGoroutines; l.Descriptors += moreDescriptors }, ""},
		{"goroutines", func(l *app.Insides) { l.Goroutines += moreGoroutines + 1 }, "18 goroutines, 7 at first"},
		{"descriptors", func(l *app.Insides) { l.Descriptors += moreDescriptors + 1 }, "22 descriptors, 11 at first"},
		{"one temporary file", func(l *app.Insides) { l.Temporary++ }, "1 temporary files, 0 at first"},
		{"live objects", func(l *app.Insides) { l.Heap += moreHeap + 1 }, "bytes of live objects"},
		{"memory", func(l *app.Insides) { l.Resident += moreResident + 1 }, "bytes in memory"},
	} {
		h := Held{First: first, Last: first}
		tt.change(&h.Last)
		if got := strings.Join(h.more(), ", "); !strings.Contains(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestBusiestNamesWhereMostGoroutinesAre(t *testing.T) {
	t.Parallel()
	const waiting = "goroutine 7 [chan receive]:\nmain.forgotten(0xc000012345)\n\t/main.go:9 +0x10\ncreated by main.view in goroutine 6\n\t/main.go:5 +0x20"
	const running = "goroutine 1 [running]:\nmain.main()\n\t/main.go:3 +0x10"
	got := busiest(strings.Join([]string{running, waiting, waiting}, "\n\n"))
	if want := "main.forgotten of main.view (2), main.main() (1)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
