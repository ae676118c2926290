package main

import (
	"fmt"
	"io"
)

// report writes the score card and the files that were asked for.
func (f *field) report(o options, out io.Writer) error {
	l := f.ledger
	s := l.sums
	fmt.Fprintf(out, "requests %d, acknowledged %d, doubtful %d, lost %d, mixed %d, leaked %d, refused %d, cut %d\n",
		s.Requests, s.Acknowledged, s.Doubtful, s.Lost, s.Mixed, s.Leaked, s.Refused, s.Cut)
	fmt.Fprintf(out, "p50 %v, p99 %v, slowest %v %s\n", l.all.quantile(0.5), l.all.quantile(0.99), l.slowest.Took, l.slowest.What)
	for _, name := range promises {
		t, ok := l.promises[name]
		switch {
		case !ok:
			fmt.Fprintf(out, "not tried  %s\n", name)
		case t.Broken == 0:
			fmt.Fprintf(out, "held       %s (%d)\n", name, t.Checks)
		default:
			fmt.Fprintf(out, "BROKEN     %s (%d of %d)\n", name, t.Broken, t.Checks)
			for _, problem := range t.Problems {
				fmt.Fprintf(out, "           %s\n", problem)
			}
		}
	}
	if l.brokenPromises() > 0 {
		return errBroken
	}
	return nil
}
