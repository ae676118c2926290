package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPictureShowsAttacksAndGrowsWithTheSlowest(t *testing.T) {
	t.Parallel()
	c := card(t)
	c.Attacks = []Made{{Attack: "tickling", From: 10 * time.Second, To: 30 * time.Second}}
	p := c.picture()
	if got := p.Y.Max; got != 10 {
		t.Errorf("the axis ends at %v s, want 10 for an answer of 3 s", got)
	}
	if svg := p.SVG(); !strings.Contains(svg, ">tickling</text>") || !strings.Contains(svg, ">99 of 100</text>") {
		t.Errorf("the attack or a line is missing:\n%s", svg)
	}
}

func TestMarksOfTime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		end  float64
		want []float64
	}{
		{3, []float64{0, 1, 2, 3}},
		{100, []float64{0, 15, 30, 45, 60, 75, 90}},
		{480, []float64{0, 60, 120, 180, 240, 300, 360, 420, 480}},
	} {
		if got := minutes(tt.end); !slices.Equal(got, tt.want) {
			t.Errorf("%v s: got %v, want %v", tt.end, got, tt.want)
		}
	}
}
