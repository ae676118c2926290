package chart_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/bench/internal/chart"
)

func TestPlot(t *testing.T) {
	t.Parallel()
	text := func(v float64) string { return fmt.Sprint(v) }
	p := chart.Plot{
		Title: "Lines & <bands>",
		X:     chart.Axis{Label: "time", Max: 100, Marks: []float64{0, 50, 100}, Format: text},
		Y:     chart.Axis{Label: "size", Min: 1, Max: 1000, Log: true, Format: text},
		Lines: []chart.Line{
			{Name: "first", Points: []chart.Point{{X: 0, Y: 1}, {X: 100, Y: 1000}}},
			{Name: "second", Dots: true, Points: []chart.Point{{X: 50, Y: 10}, {X: 60, Y: 1e9}}},
		},
		Bands: []chart.Band{{Name: "wide & named", From: 10, To: 30}, {Name: "narrow", From: 40, To: 40.5}},
	}
	svg := p.SVG()
	d := xml.NewDecoder(strings.NewReader(svg))
	var err error
	for err == nil {
		_, err = d.Token()
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("it is no XML: %v", err)
	}
	for _, tt := range []struct {
		text string
		want int
	}{
		{">first</text>", 1}, {">second</text>", 1}, {"<circle ", 2}, {"Lines &amp; &lt;bands&gt;</text>", 1},
		{">wide &amp; named</text>", 1}, {">narrow</text>", 0}, {"opacity=\"0.18\"", 2}, {"prefers-color-scheme: dark", 1},
		{">1000</text>", 1}, {">50</text>", 1},
	} {
		if got := strings.Count(svg, tt.text); got != tt.want {
			t.Errorf("%q is there %d times, want %d", tt.text, got, tt.want)
		}
	}
}
