// Package chart draws lines over two axes as SVG, for light and for dark pages.
package chart

import (
	"cmp"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// A Plot is lines and dots over two axes, and bands behind them.
type Plot struct {
	Title string
	X, Y  Axis
	Lines []Line
	Bands []Band
}

// An Axis goes from Min to Max. Its marks are labelled with Format.
type Axis struct {
	Label    string
	Min, Max float64
	Log      bool      // powers of ten
	Marks    []float64 // if it is not logarithmic
	Format   func(float64) string
}

// A Line is points that belong together, named at their end.
type Line struct {
	Name   string
	Points []Point
	Dots   bool // instead of a line
	Like   int  // the number, from 1, of the line whose colour it has
}

// A Point is one of a line.
type Point struct{ X, Y float64 }

// A Band is a part of the X axis in which something went on. Its name is written into it if there is room.
type Band struct {
	Name     string
	From, To float64
}

// The picture, in units of SVG.
const (
	width, height            = 860, 440
	left, right, top, bottom = 90, 190, 50, 60
)

// style has colours for light and for dark pages. Lines differ in their dashes too.
const style = `<style>
svg { font: 14px system-ui, sans-serif }
.page { fill: #ffffff } .text { fill: #24292f } .small { fill: #57606a; font-size: 12px } .title { font-size: 17px; font-weight: 600 }
.grid { stroke: #d0d7de; stroke-width: 1 } .line { fill: none; stroke-width: 2.5; stroke: currentColor } .name, .dot { fill: currentColor }
.c1 { color: #0550ae } .c2 { color: #b3440b } .c3 { color: #116329 } .c4 { color: #8250df } .c5 { color: #7a5b00 } .c6 { color: #a0216b } .c7 { color: #57606a }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117 } .text { fill: #e6edf3 } .small { fill: #9da7b3 } .grid { stroke: #30363d }
.c1 { color: #79c0ff } .c2 { color: #ffa657 } .c3 { color: #7ee787 } .c4 { color: #d2a8ff } .c5 { color: #e3c04f } .c6 { color: #ff9bce } .c7 { color: #9da7b3 }
}
</style>
`

var dashes = [...]string{"", "9 4", "2 4", "12 4 2 4", "5 3", "3 2", "16 6"}

// SVG returns the chart as a file.
func (c Plot) SVG() string {
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n", width, height, html.EscapeString(c.Title))
	b.WriteString(style)
	fmt.Fprintf(&b, "<rect class=\"page\" width=\"%d\" height=\"%d\" rx=\"8\"/>\n", width, height)
	text(&b, "text title", left, 30, "start", c.Title)
	for _, band := range c.Bands {
		c.shade(&b, band)
	}
	for _, mark := range c.X.marks() {
		x := c.x(mark)
		fmt.Fprintf(&b, "<path class=\"grid\" d=\"M%.1f %dV%d\"/>\n", x, top, height-bottom)
		text(&b, "small", x, height-bottom+18, "middle", c.X.Format(mark))
	}
	for _, mark := range c.Y.marks() {
		y := c.y(mark)
		fmt.Fprintf(&b, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>\n", left, y, width-right)
		text(&b, "small", left-8, y+4, "end", c.Y.Format(mark))
	}
	text(&b, "text", (left+width-right)/2, height-14, "middle", c.X.Label)
	fmt.Fprintf(&b, "<text class=\"text\" transform=\"translate(20 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>\n", (top+height-bottom)/2, html.EscapeString(c.Y.Label))
	for n, l := range c.Lines {
		c.draw(&b, n, l)
	}
	c.names(&b)
	b.WriteString("</svg>\n")
	return b.String()
}

func text(b *strings.Builder, class string, x, y float64, anchor, s string) {
	fmt.Fprintf(b, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", class, x, y, anchor, html.EscapeString(s))
}

// shade draws a band. Its colour is here, for the pictures without bands to stay as they are.
func (c Plot) shade(b *strings.Builder, band Band) {
	const lineHeight = 12
	from, to := c.x(band.From), c.x(band.To)
	fmt.Fprintf(b, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#8c959f\" opacity=\"0.18\"/>\n", from, top, max(to-from-1, 1), height-top-bottom)
	if to-from < lineHeight {
		return
	}
	x := (from+to)/2 + lineHeight/3
	fmt.Fprintf(b, "<text class=\"small\" transform=\"translate(%.1f %d) rotate(-90)\">%s</text>\n", x, height-bottom-6, html.EscapeString(band.Name))
}

func (c Plot) draw(b *strings.Builder, n int, l Line) {
	class := cmp.Or(l.Like, n+1)
	if l.Dots {
		for _, p := range l.Points {
			fmt.Fprintf(b, "<circle class=\"dot c%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"/>\n", class, c.x(p.X), c.y(p.Y))
		}
		return
	}
	var path strings.Builder
	for i, p := range l.Points {
		path.WriteByte("ML"[min(i, 1)])
		fmt.Fprintf(&path, "%.1f %.1f", c.x(p.X), c.y(p.Y))
	}
	fmt.Fprintf(b, "<path class=\"line c%d\" stroke-dasharray=\"%s\" d=\"%s\"/>\n", class, dashes[(class-1)%len(dashes)], path.String())
}

// names writes the names of the lines beside their ends, one below the other.
func (c Plot) names(b *strings.Builder) {
	type label struct {
		class int
		y     float64
		name  string
	}
	var labels []label
	for n, l := range c.Lines {
		last := l.Points[len(l.Points)-1]
		labels = append(labels, label{cmp.Or(l.Like, n+1), c.y(last.Y) + 5, l.Name})
	}
	slices.SortStableFunc(labels, func(a, b label) int { return cmp.Compare(a.y, b.y) })
	const apart = 17
	for i := 1; i < len(labels); i++ {
		labels[i].y = max(labels[i].y, labels[i-1].y+apart)
	}
	for i, lowest := len(labels)-1, float64(height-bottom+5); i >= 0; i, lowest = i-1, labels[i].y-apart {
		labels[i].y = min(labels[i].y, lowest)
	}
	for _, l := range labels {
		text(b, fmt.Sprintf("name c%d", l.class), width-right+8, l.y, "start", l.name)
	}
}

func (c Plot) x(v float64) float64 { return left + c.X.part(v)*(width-left-right) }
func (c Plot) y(v float64) float64 { return height - bottom - c.Y.part(v)*(height-top-bottom) }

// part returns where on the axis a value is, from 0 to 1.
func (a Axis) part(v float64) float64 {
	v = min(max(v, a.Min), a.Max)
	if a.Log {
		return math.Log(v/a.Min) / math.Log(a.Max/a.Min)
	}
	return (v - a.Min) / (a.Max - a.Min)
}

func (a Axis) marks() []float64 {
	if !a.Log {
		return a.Marks
	}
	var marks []float64
	for e := math.Ceil(math.Log10(a.Min) - 1e-9); e <= math.Log10(a.Max)+1e-9; e++ {
		marks = append(marks, math.Pow(10, e))
	}
	return marks
}
