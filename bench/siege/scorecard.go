package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// A ScoreCard is what a siege has found, as -json writes it. Durations are nanoseconds.
type ScoreCard struct {
	Machine     string           `json:"machine"` // of what kind it is
	Go          string           `json:"go"`
	Seed        uint64           `json:"seed"`
	Connections int              `json:"connections"`
	Took        time.Duration    `json:"took"`
	Sums        Sums             `json:"sums"`
	Statuses    map[int]int      `json:"statuses"` // 0 is a request without an answer
	Median      time.Duration    `json:"median"`
	P99         time.Duration    `json:"p99"`
	P999        time.Duration    `json:"p999"`
	Slowest     Slowest          `json:"slowest"`
	Seconds     []Second         `json:"seconds"`
	Attacks     []Made           `json:"attacks"`
	Counts      map[string]int   `json:"counts"` // of the attacks' own
	Sites       map[string]*Held `json:"sites"`
	Promises    []Tried          `json:"promises"`
}

// A Second is the answers of one. In JSON it is the text of its numbers, with microseconds, so that it is one line.
type Second struct {
	Requests          int
	Median, P99, Most time.Duration
}

// MarshalText writes a Second.
func (s Second) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%d %d %d %d", s.Requests, s.Median.Microseconds(), s.P99.Microseconds(), s.Most.Microseconds()), nil
}

// UnmarshalText reads what MarshalText writes.
func (s *Second) UnmarshalText(text []byte) error {
	var median, p99, most time.Duration
	if _, err := fmt.Sscan(string(text), &s.Requests, (*int64)(&median), (*int64)(&p99), (*int64)(&most)); err != nil {
		return fmt.Errorf("second %q: %w", text, err)
	}
	s.Median, s.P99, s.Most = median*time.Microsecond, p99*time.Microsecond, most*time.Microsecond
	return nil
}

// scoreCard sums up.
func (l *ledger) scoreCard(o options, took time.Duration, held map[*site]*Held) *ScoreCard {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := &ScoreCard{
		Machine: fmt.Sprintf("%s/%s, %d CPUs", runtime.GOOS, runtime.GOARCH, runtime.NumCPU()), Go: runtime.Version(), Seed: o.seed,
		Connections: o.connections, Took: took, Sums: l.sums, Statuses: l.statuses,
		Median: l.all.quantile(0.5), P99: l.all.quantile(0.99), P999: l.all.quantile(0.999), Slowest: l.slowest,
		Attacks: l.made, Counts: l.counts, Sites: map[string]*Held{},
	}
	for _, h := range l.seconds {
		c.Seconds = append(c.Seconds, Second{int(h.n), h.quantile(0.5), h.quantile(0.99), h.most})
	}
	for s, h := range held {
		c.Sites[s.name] = h
	}
	for _, name := range promises {
		if t, ok := l.promises[name]; ok {
			c.Promises = append(c.Promises, *t)
		}
	}
	return c
}

// save writes the files that were asked for, the documentation only of what holds.
func (c *ScoreCard) save(o options, holds bool) error {
	var errs []error
	if o.json != "" {
		errs = append(errs, c.saveTo(o.json))
	}
	if o.chart != "" {
		errs = append(errs, os.WriteFile(o.chart, []byte(c.picture().SVG()), 0o644))
	}
	if o.docs != "" && holds {
		errs = append(errs, c.writeDocs(o.docs))
	}
	return errors.Join(errs...)
}

// verdict is nil if every promise holds, and every attack could be made and has tried its promise.
func (c *ScoreCard) verdict(ctx context.Context) error {
	var broken, failed []string
	for _, t := range c.Promises {
		if t.Broken > 0 {
			broken = append(broken, t.Promise)
		}
	}
	for _, m := range c.Attacks {
		if m.Failed != "" {
			failed = append(failed, m.Attack)
		}
	}
	switch {
	case broken != nil:
		return fmt.Errorf("promises of SECURITY.md that do not hold: %s", strings.Join(broken, "; "))
	case failed != nil:
		return fmt.Errorf("attacks that could not be made: %s", strings.Join(failed, ", "))
	case ctx.Err() != nil:
		return errors.New("interrupted; what there is holds")
	}
	if untried := c.untried(); untried != nil {
		return fmt.Errorf("attacks that tried nothing of their promise: %s", strings.Join(untried, ", "))
	}
	return nil
}

// untried returns the attacks whose promise nobody has looked at, as if they could not get near the App.
func (c *ScoreCard) untried() (names []string) {
	for _, m := range c.Attacks {
		a, known := attackNamed(m.Attack)
		looked := slices.ContainsFunc(c.Promises, func(t Tried) bool { return t.Promise == a.promise && t.Checks > 0 })
		if known && !looked && !slices.Contains(names, a.name) {
			names = append(names, a.name)
		}
	}
	return names
}

// print writes the score card for people.
func (c *ScoreCard) print(out io.Writer) {
	fmt.Fprintf(out, "\n%s requests over %d connections in %s, seed %d, %s, %s\n\n", thousands(c.Sums.Requests), c.Connections, clock(c.Took), c.Seed, c.Go, c.Machine)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range c.rows() {
		fmt.Fprintf(t, "%s\t%s\t%s\n", row[0], row[1], row[2])
	}
	_ = t.Flush()
	fmt.Fprintln(out)
	c.printSites(out)
	c.printAttacks(out)
	c.printPromises(out)
}

func (c *ScoreCard) rows() [][3]string {
	s, n := c.Sums, thousands
	return [][3]string{
		{"acknowledged", n(s.Acknowledged), "writes that were answered 2xx"},
		{"lost", n(s.Lost), "of them were not there later"},
		{"mixed", n(s.Mixed), "answers were another visitor's, or not whole"},
		{"leaked", n(s.Leaked), "secrets were in an answer or in the log"},
		{"doubtful", n(s.Doubtful), "writes were refused or cut off, and may have happened"},
		{"refused", n(s.Refused), "requests were answered 503 while an attack made the App do so, or the machine was too busy"},
		{"cut", n(s.Cut), "requests met a kept connection that was just closed"},
		{"excused", n(c.Counts[unanswered]), "more had no answer while an attack made the App refuse, or the machine stood still"},
		{"answers", n(s.Requests), "by status, 0 for none: " + c.statuses()},
		{"latency", short(c.Median), fmt.Sprintf("half of the answers, from when the request was due; 99 of 100 %s, 999 of 1,000 %s", short(c.P99), short(c.P999))},
		{"slowest", short(c.Slowest.Took), fmt.Sprintf("%s, at %s", c.Slowest.What, clock(c.Slowest.At))},
	}
}

func (c *ScoreCard) statuses() string {
	var list []string
	for _, status := range slices.Sorted(maps.Keys(c.Statuses)) {
		list = append(list, fmt.Sprintf("%d: %s", status, thousands(c.Statuses[status])))
	}
	return strings.Join(list, ", ")
}

func (c *ScoreCard) printSites(out io.Writer) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "first / most / last\tmemory\tgoroutines\tdescriptors\ttemporary files\t\n")
	for _, name := range slices.Sorted(maps.Keys(c.Sites)) {
		fmt.Fprintf(t, "%s\t%s\t\n", name, strings.Join(c.Sites[name].columns(), "\t"))
	}
	_ = t.Flush()
	fmt.Fprintln(out)
}

func (c *ScoreCard) printAttacks(out io.Writer) {
	made := map[string]int{}
	for _, m := range c.Attacks {
		made[m.Attack]++
		if m.Failed != "" {
			fmt.Fprintf(out, "NOT MADE  %s: %s\n", m.Attack, m.Failed)
		}
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(made)) {
		list = append(list, fmt.Sprintf("%s %d", name, made[name]))
	}
	fmt.Fprintf(out, "attacks: %s\n", cmp.Or(strings.Join(list, ", "), "none"))
	list = nil
	for _, name := range slices.Sorted(maps.Keys(c.Counts)) {
		list = append(list, fmt.Sprintf("%s %s", name, thousands(c.Counts[name])))
	}
	fmt.Fprintf(out, "counted: %s\n\n", cmp.Or(strings.Join(list, ", "), "nothing"))
}

func (c *ScoreCard) printPromises(out io.Writer) {
	tried := map[string]Tried{}
	for _, t := range c.Promises {
		tried[t.Promise] = t
	}
	for _, name := range promises {
		t := tried[name]
		switch {
		case t.Checks == 0:
			fmt.Fprintf(out, "not tried  %s\n", name)
		case t.Broken == 0:
			fmt.Fprintf(out, "held       %s (looked at %s times)\n", name, thousands(t.Checks))
		default:
			fmt.Fprintf(out, "BROKEN     %s (%s times of %s)\n", name, thousands(t.Broken), thousands(t.Checks))
		}
		for _, problem := range t.Problems {
			fmt.Fprintf(out, "           %s\n", strings.ReplaceAll(problem, "\n", "\n             "))
		}
	}
}
