package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// progress says how far the siege is, each second on a terminal and each ten elsewhere, and what it has found, until ctx ends.
func (l *ledger) progress(ctx context.Context, out *os.File, w *watch) {
	every, begin, end := 10*time.Second, "", "\n"
	if info, err := out.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		every, begin, end = time.Second, "\r\x1b[K", ""
		defer fmt.Fprintln(out)
	}
	asked, at := 0, time.Now()
	for next := at.Add(every); sleepUntil(ctx, next); next = next.Add(every) {
		for _, problem := range l.tellNews() {
			fmt.Fprintf(out, "%sBROKEN %s\n", begin, problem)
		}
		line, requests := l.line(w)
		rate := float64(requests-asked) / time.Since(at).Seconds()
		asked, at = requests, time.Now()
		fmt.Fprintf(out, "%s%s %6.0f/s%s", begin, line, rate, end)
	}
}

// line is what there is to say, and how many requests there were.
func (l *ledger) line(w *watch) (string, int) {
	held := w.line()
	l.mu.Lock()
	defer l.mu.Unlock()
	last := histogram{}
	if n := len(l.seconds); n > 1 {
		last = l.seconds[n-2] // the last whole one
	}
	broken := 0
	for _, t := range l.promises {
		broken += t.Broken
	}
	parts := []string{
		clock(time.Since(l.began)), fmt.Sprintf("%9s requests", thousands(l.sums.Requests)),
		fmt.Sprintf("p99 %7s", short(last.quantile(0.99))), fmt.Sprintf("lost %d mixed %d leaked %d broken %d", l.sums.Lost, l.sums.Mixed, l.sums.Leaked, broken),
		held, "attack " + l.attack(),
	}
	return strings.Join(parts, "  "), l.sums.Requests
}

// attack names those that go on.
func (l *ledger) attack() string {
	var names []string
	for _, m := range l.made {
		if m.To == 0 {
			names = append(names, m.Attack)
		}
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, ", ")
}

// line is what all sites together held at most.
func (w *watch) line() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	resident, goroutines, descriptors := int64(0), 0, 0
	for _, h := range w.held {
		resident, goroutines, descriptors = resident+h.Most.Resident, goroutines+h.Most.Goroutines, descriptors+h.Most.Descriptors
	}
	return fmt.Sprintf("most %s, %d goroutines, %d descriptors", mib(resident), goroutines, descriptors)
}

// clock writes minutes and seconds.
func clock(d time.Duration) string {
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

// short writes a duration with two or three digits.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Microsecond).String()
}

// thousands writes a number with commas.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
