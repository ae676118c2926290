package siege

import "testing"

// summary is the table at the end.
type summary struct{}

var table summary

func (summary) races(t *testing.T, name string, n *tally) {
	t.Helper()
	t.Logf("%-22s rounds %6d  requests %7d  409: %6d  503: %4d  unexplained: %d", name, n.rounds, n.requests, n.conflicts, n.unknown, len(n.problems))
}
