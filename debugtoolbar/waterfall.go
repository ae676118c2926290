package debugtoolbar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A waterfall is what happened in a request, as it is drawn: each row a text and below it a bar at its time. Widths are
// in percent of the page, heights in pixels, so that the text has its size on a phone too.
type waterfall struct {
	Height int
	Ticks  []tick
	Rows   []row
}

// A tick is a line of the scale.
type tick struct{ X, Text, Anchor string }

// A row is one entry.
type row struct {
	Kind, Name, Title string
	At, Took          string
	X, Width          string
	TextY, BarY       int
	Failed            string
	Instant           bool
	Times             int // how often the statement comes in the request, if more than once
	Fields            []line
}

// Sizes in pixels.
const (
	scaleHeight = 22
	rowHeight   = 34
)

// draw draws a recording that is over.
func draw(rec *recording) waterfall {
	entries := slices.Clone(rec.entries)
	slices.SortStableFunc(entries, func(a, b entry) int { return int(a.start - b.start) })
	times := map[string]int{}
	for _, e := range entries {
		if e.kind == statement && repeats(e.name) {
			times[e.name]++
		}
	}
	w := waterfall{Height: scaleHeight + rowHeight*len(entries), Ticks: scale(rec.took)}
	for i, e := range entries {
		w.Rows = append(w.Rows, drawEntry(e, rec.took, scaleHeight+rowHeight*i, times[e.name]))
	}
	return w
}

func drawEntry(e entry, whole time.Duration, y, times int) row {
	if e.took < 0 {
		e.took, e.failed = whole-e.start, "did not end"
	}
	r := row{
		Kind: e.kind.String(), Name: shortName(e), Title: e.name, At: milliseconds(e.start), Took: milliseconds(e.took),
		X: percent(e.start, whole), Width: percent(max(e.took, whole/400), whole), TextY: y + 14, BarY: y + 20,
		Failed: e.failed, Instant: e.kind.instant(), Fields: e.fields,
	}
	if times > 1 {
		r.Times = times
	}
	if r.Instant {
		r.X = percent(min(max(e.start, whole/64), whole*63/64), whole) // so that nothing of its mark is cut off
	}
	return r
}

func scale(whole time.Duration) []tick {
	var ticks []tick
	for quarter := range 5 {
		anchor := "middle"
		switch quarter {
		case 0:
			anchor = "start"
		case 4:
			anchor = "end"
		}
		at := whole * time.Duration(quarter) / 4
		ticks = append(ticks, tick{fmt.Sprintf("%d%%", 25*quarter), milliseconds(at), anchor})
	}
	return ticks
}

func percent(part, whole time.Duration) string {
	if whole <= 0 {
		return "0%"
	}
	return fmt.Sprintf("%.2f%%", 100*min(1, max(0, float64(part)/float64(whole))))
}

// shortName returns the name of an entry as it fits in a row: functions without the path of their package.
func shortName(e entry) string {
	name := e.name
	if e.kind == hook || e.kind == view {
		name = name[strings.LastIndexByte(name, '/')+1:]
		name = strings.TrimSuffix(name, "-fm")
	}
	return clip(name, 160)
}

// milliseconds returns a duration as people read it.
func milliseconds(d time.Duration) string {
	ms, digits := float64(d)/float64(time.Millisecond), 0
	switch {
	case ms < 0.01:
		return "0 ms"
	case ms < 1:
		digits = 2
	case ms < 100:
		digits = 1
	case ms >= 10_000:
		return strconv.FormatFloat(ms/1000, 'f', 1, 64) + " s"
	}
	return strconv.FormatFloat(ms, 'f', digits, 64) + " ms"
}
