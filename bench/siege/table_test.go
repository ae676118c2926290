package siege

import (
	"fmt"
	"testing"
	"time"
)

// summary is the table at the end.
type summary struct{}

var table summary

func (summary) races(t *testing.T, name string, n *tally) {
	t.Helper()
	t.Logf("%-22s rounds %6d  requests %7d  409: %6d  503: %4d  unexplained: %d", name, n.rounds, n.requests, n.conflicts, n.unknown, len(n.problems))
}

func (summary) faults(t *testing.T, a *assault) {
	t.Helper()
	c := a.ledger.counts
	t.Logf("%-18s faults %3d  requests %6d  503: %5d  worst %s inside, %s outside (%d not counted)  lost %d of %d  back %d  anonymous %d  mixed %d",
		a.backend.name, a.faults, c.requests, c.refused, ms(a.worst.Took), ms(a.ledger.worst), a.excused, c.lost, c.acknowledged, c.back, c.anonymous, c.mixed)
}

func ms(d time.Duration) string { return fmt.Sprint(d.Round(time.Millisecond)) }
