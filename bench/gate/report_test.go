package main

import (
	"errors"
	"strings"
	"testing"
)

// judged returns a row with rounds that all took the same.
func judged(pkg, name string, base, head float64, again bool) *row {
	r := &row{pkg: pkg, name: name, base: &program{}, head: &program{}, again: again}
	for range 8 {
		r.times.first, r.times.head, r.times.second = append(r.times.first, base), append(r.times.head, head), append(r.times.second, base)
	}
	for range memoryAgain {
		r.allocated.base, r.allocated.head = append(r.allocated.base, result{allocations: 1, bytes: 224}), append(r.allocated.head, result{allocations: 1, bytes: 224})
	}
	r.estimate = judge(r.times, inTheEnd, 1.1)
	return r
}

func TestReport(t *testing.T) {
	t.Parallel()
	more := judged("internal/router", "Match/int", 100e-9, 100e-9, false)
	for i := range more.allocated.head {
		more.allocated.head[i].allocations = 2
	}
	s := survey{
		rows: []*row{
			judged(".", "Static", 200e-9, 202e-9, false), judged(".", "Session/read", 2e-6, 2.6e-6, true), judged(".", "Once", 1, 2, false), more,
		},
		added: []string{"New"}, removed: []string{"Old"}, same: []string{"internal/jsontext"},
		broken: []error{errors.New("it does not compile")},
	}
	var b strings.Builder
	err := conclude(report{"0123456789abcdef", s}, &b)
	if !errors.Is(err, errWorse) || err.Error() != "this state is worse than the earlier one in 2 of 4 benchmarks" {
		t.Errorf("got the error %v", err)
	}
	want := `benchmark                  base    head    ratio             noise  allocations  bytes  verdict
Static                     200ns   202ns   1.01 [1.01 1.01]  1.00   1            224    same
Session/read               2000ns  2600ns  1.30 [1.30 1.30]  1.00   1            224    SLOWER
Once                       1s      2s      2.00 [2.00 2.00]  1.00   1            224    cannot tell
internal/router Match/int  100ns   100ns   1.00 [1.00 1.00]  1.00   1 to 2       224    ALLOCATES MORE

The programs of both states are the same, so that there is nothing to measure: internal/jsontext.

New benchmarks, compared from the next commit on: New.

Benchmarks that are gone: Old.

*** THE EARLIER STATE IS BROKEN, AND NOTHING WAS COMPARED WITH IT: it does not compile. ***

*** THE GATE CANNOT TELL WHETHER 1 OF 4 BENCHMARKS ARE SLOWER: the noise is too wide or the time too short; run it on a machine that does nothing else, or longer: make gate TIME=5m. ***

Session/read: SLOWER. To look at it alone:
	make gate BASE=0123456789ab PACKAGES=. BENCH='^BenchmarkSession$$/^read$$'

internal/router Match/int: ALLOCATES MORE. To look at it alone:
	make gate BASE=0123456789ab PACKAGES=internal/router BENCH='^BenchmarkMatch$$/^int$$'
`
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPeriod(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[float64]string{
		1.234e-9: "1.2ns", 99.44e-9: "99.4ns", 650.5e-9: "650ns", 9_999e-9: "9999ns", 12_345e-9: "12.3µs", 0.0456789: "45.7ms", 2: "2s",
	} {
		if got := period(seconds); got != want {
			t.Errorf("%g: got %s, want %s", seconds, got, want)
		}
	}
}
