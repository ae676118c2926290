package storesiege

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// A summary is a table with a row for each backend. It is safe for concurrent use.
type summary struct {
	mu   sync.Mutex
	rows []string
}

// add adds a row whose cells end with tabs.
func (s *summary) add(row string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows = append(s.rows, row)
}

func (s *summary) under(head string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.Sort(s.rows)
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range append([]string{head}, s.rows...) {
		fmt.Fprintln(w, row)
	}
	_ = w.Flush() // into memory
	return b.String()
}

func (s *summary) races() string {
	return s.under("backend\trounds\trequests\t409\t503\tunexplained\ttook\t")
}

func (n *tally) row(name string, took time.Duration) string {
	return fmt.Sprintf("%s\t%d\t%d\t%d\t%d\t%d\t%s\t", name, n.rounds, n.requests, n.conflicts, n.unknown, len(n.problems), ms(took))
}

func (s *summary) faults() string {
	return s.under("backend\tfaults\trequests\t503\tinside\toutside\tnot counted\tlost\tof\tback\tanonymous\tmixed\trecovery\ttook\t")
}

func (a *assault) row() string {
	c := a.ledger.counts
	return fmt.Sprintf("%s\t%d\t%d\t%d\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t", a.backend.name, a.faults, c.requests, c.refused,
		ms(a.worst), ms(a.outside), a.excused, c.lost, c.acknowledged, c.back, c.anonymous, c.mixed, ms(a.longest), ms(time.Since(a.begun)))
}

func ms(d time.Duration) string { return fmt.Sprint(d.Round(time.Millisecond)) }
