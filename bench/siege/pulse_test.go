package main

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestPulse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var p pulse
		for _, tt := range []struct {
			name  string
			after time.Duration
			late  time.Duration
			busy  bool
		}{
			{"at first", 0, 0, false},
			{"a little late", time.Second, lateness, false},
			{"late", time.Second, lateness + 1, true},
			{"later still", time.Second, 2 * lateness, true},
			{"almost well", recovery - 1, 0, true},
			{"well", 1, 0, false},
		} {
			time.Sleep(tt.after)
			p.late(tt.late)
			if got := p.busy(); got != tt.busy {
				t.Errorf("%s: busy is %v, want %v", tt.name, got, tt.busy)
			}
		}
		if got := p.spells.Load(); got != 1 {
			t.Errorf("it was late in %d spells, want 1", got)
		}
	})
}
