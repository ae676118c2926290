package main

import "testing"

func TestSpread(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		figures []float64
		want    Spread
	}{
		{"one", []float64{3}, Spread{3, 3, 3}},
		{"two", []float64{4, 2}, Spread{2.5, 3, 3.5}},
		{"five, in any order", []float64{5, 1, 4, 2, 3}, Spread{2, 3, 4}},
	} {
		if got := spread(tt.figures); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestRatiosAreThoseWithinARound has a machine that is slower in one round change nothing.
func TestRatiosAreThoseWithinARound(t *testing.T) {
	t.Parallel()
	if got, want := ratios([]float64{20, 200, 20}, []float64{10, 100, 10}), (Spread{2, 2, 2}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSpreadsThatOverlapAreNotApart(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b Spread
		want bool
	}{
		{Spread{1, 2, 3}, Spread{4, 5, 6}, true},
		{Spread{4, 5, 6}, Spread{1, 2, 3}, true},
		{Spread{1, 2, 3}, Spread{2.5, 5, 6}, false},
		{Spread{1, 2, 3}, Spread{3, 5, 6}, false},
	} {
		if got := tt.a.apart(tt.b); got != tt.want {
			t.Errorf("%v and %v: got %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestRoundedKeepsFourDigits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ v, want float64 }{{0, 0}, {123.456, 123.5}, {98765, 98770}, {0.012345, 0.01235}} {
		if got := rounded(tt.v); got < tt.want*0.9999 || got > tt.want*1.0001 {
			t.Errorf("rounded(%v) = %v, want %v", tt.v, got, tt.want)
		}
	}
}
