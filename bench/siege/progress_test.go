package main

import (
	"strings"
	"testing"
	"time"
)

func TestNumbersAreShort(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ got, want string }{
		{short(0), "0s"}, {short(1234567), "1.23ms"}, {short(123 * time.Millisecond), "123ms"}, {short(1499 * time.Millisecond), "1.5s"}, {short(75400 * time.Millisecond), "1m15s"},
		{thousands(0), "0"}, {thousands(999), "999"}, {thousands(1000), "1,000"}, {thousands(1234567), "1,234,567"},
		{clock(0), "0:00"}, {clock(125 * time.Second), "2:05"}, {clock(61 * time.Minute), "61:00"},
		{mib(3 << 19), "1.5 MiB"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestProgressSaysWhatGoesOn(t *testing.T) {
	t.Parallel()
	l := newLedger()
	ends := l.begin("first")
	l.begin("second")
	ends(nil)
	l.answered("GET /", time.Now(), 200)
	l.broken(bounded, "too much")
	line, requests := l.line(&watch{})
	for _, want := range []string{"0:00", "1 requests", "broken 1", "attack second"} {
		if !strings.Contains(line, want) || requests != 1 {
			t.Errorf("got %q and %d requests, want %q and 1", line, requests, want)
		}
	}
}
