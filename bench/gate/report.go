package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
	"time"
)

// A report is what is said of everything that was measured.
type report struct {
	commit string // the base
	survey survey
}

// failed are the rows that are slower or need more.
func (r report) failed() []*row {
	var list []*row
	for _, row := range r.survey.rows {
		if row.failed() {
			list = append(list, row)
		}
	}
	return list
}

// untold are the rows of which the times say nothing.
func (r report) untold() int {
	n := 0
	for _, row := range r.survey.rows {
		if row.final() == cannotTell {
			n++
		}
	}
	return n
}

// final is the verdict on a row's times. One that looked slower and was not measured again is not told.
func (r *row) final() verdict {
	if r.estimate.verdict == slower && !r.again {
		return cannotTell
	}
	return r.estimate.verdict
}

func (r *row) failed() bool { return r.final() == slower || r.allocated.grew() }

// title names a benchmark, by its package too unless that is the root.
func title(pkg, name string) string {
	if pkg == "." {
		return name
	}
	return pkg + " " + name
}

// word is the verdict on the whole row.
func (r *row) word() string {
	switch grew := r.allocated.grew(); {
	case grew && r.final() == slower:
		return "SLOWER, ALLOCATES MORE"
	case grew:
		return "ALLOCATES MORE"
	}
	return string(r.final())
}

// write prints the table, what was not compared, and what follows.
func (r report) write(w io.Writer) error {
	if len(r.survey.rows) > 0 {
		if err := r.table(w); err != nil {
			return err
		}
	}
	for _, list := range []struct {
		what  string
		names []string
	}{
		{"The programs of both states are the same, so that there is nothing to measure", r.survey.same},
		{"New benchmarks, compared from the next commit on", r.survey.added},
		{"Benchmarks that are gone", r.survey.removed},
	} {
		if len(list.names) > 0 {
			fmt.Fprintf(w, "\n%s: %s.\n", list.what, strings.Join(list.names, ", "))
		}
	}
	for _, err := range r.survey.broken {
		loud(w, "THE EARLIER STATE IS BROKEN, AND NOTHING WAS COMPARED WITH IT", err.Error())
	}
	if n := r.untold(); n > 0 {
		loud(w, fmt.Sprintf("THE GATE CANNOT TELL WHETHER %d OF %d BENCHMARKS ARE SLOWER", n, len(r.survey.rows)),
			"the noise is too wide or the time too short; run it on a machine that does nothing else, or longer: make gate TIME=5m")
	}
	for _, row := range r.failed() {
		fmt.Fprintf(w, "\n%s: %s. To look at it alone:\n\tmake gate BASE=%.12s PACKAGES=%s BENCH='%s'\n",
			title(row.pkg, row.name), row.word(), r.commit, row.pkg, strings.ReplaceAll(exactly(row.name), "$", "$$"))
	}
	return nil
}

// loud prints what must not be overlooked.
func loud(w io.Writer, what, why string) { fmt.Fprintf(w, "\n*** %s: %s. ***\n", what, why) }

func (r report) table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "benchmark\tbase\thead\tratio\tnoise\tallocations\tbytes\tverdict")
	for _, row := range r.survey.rows {
		e, a := row.estimate, row.allocated
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", title(row.pkg, row.name), period(e.base), period(e.head), e, e.spread(),
			change(a, allocations, 1), change(a, size, smallest), row.word())
	}
	return t.Flush()
}

// change is a figure of memory in both states, or one if head needs neither more nor less.
func change(g growth, figure func(result) float64, least float64) string {
	base, head := fewest(g.base, figure), fewest(g.head, figure)
	if math.Abs(head-base) < least {
		return fmt.Sprint(base)
	}
	return fmt.Sprintf("%v to %v", base, head)
}

// period is a time with three digits.
func period(seconds float64) string {
	ns := seconds * 1e9
	switch {
	case ns < 100:
		return fmt.Sprintf("%.1fns", ns)
	case ns < 10_000:
		return fmt.Sprintf("%.0fns", ns)
	}
	d := time.Duration(ns)
	for unit := time.Nanosecond; ; unit *= 10 {
		if d < 1000*unit {
			return d.Round(unit).String()
		}
	}
}
