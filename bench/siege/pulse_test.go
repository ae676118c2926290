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

// TestLateVisitorsExcuseNoMissingAnswer keeps an App that stops for a moment, which makes its visitors late, from being excused for
// the requests that it drops then.
func TestLateVisitorsExcuseNoMissingAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var f field
		time.Sleep(time.Second)
		f.pulse.late(2 * lateness)
		if !f.tolerant() || f.excuses() {
			t.Errorf("a late visitor: a 503 is allowed %v, want true; no answer %v, want false", f.tolerant(), f.excuses())
		}
		f.pulse.woke(lateness)
		if f.excuses() {
			t.Error("a sleep that was a little late excuses missing answers")
		}
		f.pulse.woke(lateness + 1)
		if !f.tolerant() || !f.excuses() {
			t.Errorf("a late sleep: a 503 is allowed %v, no answer %v, want both", f.tolerant(), f.excuses())
		}
		time.Sleep(recovery)
		if f.tolerant() || f.excuses() {
			t.Error("a machine that is well again still excuses")
		}
	})
}
