//go:build unix

package main

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// besieged runs a siege with this binary, and returns its score card and what it has printed.
func besieged(t *testing.T, o options) (*ScoreCard, string, error) {
	t.Helper()
	o.json, o.chart = filepath.Join(t.TempDir(), "card.json"), filepath.Join(t.TempDir(), "chart.svg")
	var out strings.Builder
	verdict := besiege(t.Context(), o, &out)
	c, err := loadScoreCard(o.json)
	if err != nil {
		t.Fatalf("%v: %v", verdict, err)
	}
	picture, err := os.Open(o.chart)
	if err != nil {
		t.Fatal(err)
	}
	defer picture.Close()
	for d := xml.NewDecoder(picture); err == nil; {
		_, err = d.Token()
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("the chart is no XML: %v", err)
	}
	return c, out.String(), verdict
}

func TestSiegeOfAnAttackThatDoesNothing(t *testing.T) {
	t.Parallel()
	calls := 0
	quiet := attack{name: "quiet", promise: bounded, run: func(ctx context.Context, _ *field) error {
		calls++
		<-ctx.Done()
		return ctx.Err()
	}}
	c, printed, err := besieged(t, options{requests: 1500, connections: 30, over: 3 * time.Second, attacks: []attack{quiet}})
	if err != nil {
		t.Errorf("%v\n%s", err, printed)
	}
	if c.Sums.Requests < 1500 || c.Sums.Acknowledged < 300 || c.Sums.Lost+c.Sums.Mixed+c.Sums.Leaked > 0 || calls == 0 || len(c.Attacks) != calls || len(c.Sites) != 4 {
		t.Errorf("got %+v, %d attacks of %d, %d sites", c.Sums, len(c.Attacks), calls, len(c.Sites))
	}
}

func TestSiegeFailsWhenAnAttackFindsSomething(t *testing.T) {
	t.Parallel()
	finds := attack{name: "finds", promise: bounded, run: func(_ context.Context, f *field) error {
		f.broken(bounded, "the gate stood open")
		return nil
	}}
	cannot := attack{name: "cannot", promise: bounded, run: func(context.Context, *field) error { return errors.New("no ladder") }}
	c, printed, err := besieged(t, options{requests: 300, connections: 10, attacks: []attack{finds, cannot}})
	if err == nil || !strings.Contains(err.Error(), bounded) {
		t.Errorf("got error %v, want one that names %q", err, bounded)
	}
	for _, want := range []string{"BROKEN     " + bounded, "the gate stood open", "NOT MADE  cannot: no ladder"} {
		if !strings.Contains(printed, want) {
			t.Errorf("the score card has no %q:\n%s", want, printed)
		}
	}
	if c.Sums.Requests < 300 {
		t.Errorf("%d requests were made as fast as possible, want 300", c.Sums.Requests)
	}
}

func TestSiegeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	ends := attack{name: "ends", promise: bounded, run: func(context.Context, *field) error { cancel(); return nil }}
	began := time.Now()
	err := besiege(ctx, options{requests: 1_000_000, connections: 10, over: time.Hour, attacks: []attack{ends}}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("got %v after %v, want that it was interrupted", err, time.Since(began))
	}
}
