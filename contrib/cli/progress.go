package cli

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// barWidth is how many cells a bar has, and drawEvery how often it is drawn.
const (
	barWidth  = 30
	drawEvery = 100 * time.Millisecond
)

// A progress shows on a terminal how far something is. Elsewhere it shows nothing.
type progress struct {
	w           io.Writer
	on          bool
	label       string
	total, done int // total is 0 when nobody knows
	began, last time.Time
}

// newProgress returns the progress of something that counts to total, or to what nobody knows when that is 0.
func newProgress(w io.Writer, label string, total int) *progress {
	return &progress{w: w, on: isTerminal(w), label: label, total: total, began: time.Now()}
}

// add counts n more.
func (p *progress) add(n int) {
	p.done += n
	if now := time.Now(); p.on && now.Sub(p.last) >= drawEvery {
		p.last = now
		fmt.Fprint(p.w, "\r\x1b[K"+p.line(now.Sub(p.began)))
	}
}

// finish takes the line away.
func (p *progress) finish() {
	if p.on && !p.last.IsZero() {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

func (p *progress) line(took time.Duration) string {
	took = took.Round(time.Second)
	if p.total <= 0 {
		return fmt.Sprintf("%s  %d, %v", p.label, p.done, took)
	}
	part := min(float64(p.done)/float64(p.total), 1)
	full := int(part * barWidth)
	return fmt.Sprintf("%s  %s%s %3.0f %%  %d of %d, %v", p.label, strings.Repeat("█", full), strings.Repeat("░", barWidth-full), part*100, p.done, p.total, took)
}
