package main

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// A picture is panels, one below the other, each with a row for each contender.
type picture struct {
	title  string
	says   string // what the numbers are
	panels []panel
}

// A panel compares contenders by a ratio: a dot for the median, a line from quartile to quartile, 1 for the base.
type panel struct {
	title string
	rows  []bar
}

type bar struct {
	name   string
	spread Spread
}

// The picture, in units of SVG.
const (
	width      = 860
	left       = 190 // where the axis begins: names are before it
	right      = 90  // what is left after it for the numbers
	rowHeight  = 22
	headHeight = 66
	panelHead  = 34
	panelFoot  = 30
)

// style has colours for light and for dark pages.
const style = `<style>
svg { font: 14px system-ui, sans-serif }
.page { fill: #ffffff } .text { fill: #24292f } .small { fill: #57606a; font-size: 12px } .title { font-size: 17px; font-weight: 600 } .head { font-weight: 600 }
.grid { stroke: #d0d7de } .one { stroke: #57606a; stroke-dasharray: 4 3 } .other { color: #0550ae } .own { color: #b3440b; font-weight: 600 }
.range { stroke: currentColor; stroke-width: 4; stroke-linecap: round; opacity: 0.55 } .dot, .name { fill: currentColor }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117 } .text { fill: #e6edf3 } .small { fill: #9da7b3 } .grid { stroke: #30363d } .one { stroke: #9da7b3 } .other { color: #79c0ff } .own { color: #ffa657 }
}
</style>
`

// svg returns the picture as a file.
func (p picture) svg() string {
	height := headHeight
	for _, panel := range p.panels {
		height += panel.height()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n", width, height, html.EscapeString(p.title))
	b.WriteString(style)
	fmt.Fprintf(&b, "<rect class=\"page\" width=\"%d\" height=\"%d\" rx=\"8\"/>\n", width, height)
	write := func(class string, x, y float64, anchor, s string) {
		fmt.Fprintf(&b, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", class, x, y, anchor, html.EscapeString(s))
	}
	write("text title", 24, 30, "start", p.title)
	write("small", 24, 50, "start", p.says)
	y := float64(headHeight)
	for _, panel := range p.panels {
		panel.draw(&b, write, y)
		y += float64(panel.height())
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func (p panel) height() int { return panelHead + rowHeight*len(p.rows) + panelFoot }

func (p panel) draw(b *strings.Builder, write func(class string, x, y float64, anchor, s string), top float64) {
	write("text head", 24, top+20, "start", p.title)
	first, last := p.powers()
	x := func(v float64) float64 {
		return left + (math.Log2(v)-float64(first))/float64(last-first)*(width-left-right)
	}
	begin, end := top+panelHead, top+panelHead+float64(rowHeight*len(p.rows))
	step := max(1, (last-first+8)/9)
	for e := first; e <= last; e++ {
		if e%step != 0 {
			continue
		}
		class := "grid"
		if e == 0 {
			class = "one"
		}
		fmt.Fprintf(b, "<path class=\"%s\" d=\"M%.1f %.1fV%.1f\"/>\n", class, x(math.Exp2(float64(e))), begin, end)
		write("small", x(math.Exp2(float64(e))), end+16, "middle", times(math.Exp2(float64(e))))
	}
	for i, r := range p.rows {
		middle := begin + rowHeight*(float64(i)+0.5)
		class := "other"
		if r.name == ownName {
			class = "own"
		}
		write("name "+class, left-10, middle+5, "end", r.name)
		fmt.Fprintf(b, "<path class=\"range %s\" d=\"M%.1f %.1fH%.1f\"/>\n", class, x(r.spread.Low), middle, x(r.spread.High))
		fmt.Fprintf(b, "<circle class=\"dot %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"/>\n", class, x(r.spread.Mid), middle)
		write("name "+class, width-right+14, middle+5, "start", times(r.spread.Mid))
	}
}

// powers returns the powers of two between which all rows lie, and 1.
func (p panel) powers() (first, last int) {
	low, high := 1.0, 1.0
	for _, r := range p.rows {
		low, high = min(low, r.spread.Low), max(high, r.spread.High)
	}
	first, last = int(math.Floor(math.Log2(low))), int(math.Ceil(math.Log2(high)))
	if first == last {
		return first - 1, last + 1
	}
	return first, last
}

// times writes a ratio with two digits behind the point, or fewer where they say nothing.
func times(v float64) string {
	switch {
	case v >= 10:
		return fmt.Sprintf("%.0f", v)
	case v >= 0.995:
		return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
	case v >= 0.1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.2g", v)
}
