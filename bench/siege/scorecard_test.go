package main

import (
	"context"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/bench/siege/app"
)

// card returns the score card of a ledger in which something has happened.
func card(t *testing.T) *ScoreCard {
	t.Helper()
	l := newLedger()
	l.answered("GET /", time.Now().Add(-30*time.Millisecond), 200)
	l.answered("GET /late", time.Now().Add(-3*time.Second), 503)
	l.held(bounded)
	l.begin("tickling")(nil)
	held := map[*site]*Held{{name: "cookie"}: {First: app.Insides{Resident: 20 << 20, Goroutines: 7}, Last: app.Insides{Goroutines: 8}}}
	return l.scoreCard(options{connections: 5, seed: 7}, time.Minute, held)
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		name    string
		ctx     context.Context
		change  func(c *ScoreCard)
		problem string
	}{
		{"all holds", t.Context(), func(*ScoreCard) {}, ""},
		{"a broken promise", t.Context(), func(c *ScoreCard) { c.Promises[0].Broken++ }, bounded},
		{"an attack that could not be made", t.Context(), func(c *ScoreCard) { c.Attacks[0].Failed = "no disk" }, "tickling"},
		{"an attack that tried its promise", t.Context(), func(c *ScoreCard) { c.Attacks[0].Attack = "corpus" }, ""},
		{"an attack that tried nothing", t.Context(), func(c *ScoreCard) { c.Attacks[0].Attack = "split-headers" }, "split-headers"},
		{"interrupted", gone, func(*ScoreCard) {}, "interrupted"},
	} {
		c := card(t)
		tt.change(c)
		if err := c.verdict(tt.ctx); (err == nil) != (tt.problem == "") || err != nil && !strings.Contains(err.Error(), tt.problem) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.problem)
		}
	}
}

func TestScoreCardIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	want, file := card(t), filepath.Join(t.TempDir(), "card.json")
	if err := want.saveTo(file); err != nil {
		t.Fatal(err)
	}
	got, err := loadScoreCard(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range want.Seconds { // which are kept to the microsecond
		want.Seconds[i] = Second{s.Requests, s.Median.Truncate(time.Microsecond), s.P99.Truncate(time.Microsecond), s.Most.Truncate(time.Microsecond)}
	}
	want.Promises[0].kinds = nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}

func TestScoreCardSaysWhatIsBroken(t *testing.T) {
	t.Parallel()
	c := card(t)
	c.Promises[0].Broken, c.Promises[0].Problems = 1, []string{"1s: too much"}
	c.Attacks[0].Failed = "no disk"
	var b strings.Builder
	c.print(&b)
	for _, want := range []string{
		"2 requests over 5 connections in 1:00, seed 7", "BROKEN     Input is bounded (1 times of 1)\n           1s: too much\n",
		"not tried  Requests do not mix", "NOT MADE  tickling: no disk", "200: 1, 503: 1", "20.0 MiB / 0.0 MiB / 0.0 MiB", "GET /late, at 0:00",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the card has no %q:\n%s", want, b.String())
		}
	}
}

func TestDocsAreWrittenOnlyOfWhatHolds(t *testing.T) {
	t.Parallel()
	docs := t.TempDir()
	if err := card(t).save(options{docs: docs}, false); err != nil {
		t.Fatal(err)
	}
	if list, _ := filepath.Glob(filepath.Join(docs, "*")); len(list) > 0 {
		t.Errorf("got %q, want nothing", list)
	}
	if err := card(t).save(options{json: filepath.Join(docs, "no", "such", "folder")}, true); err == nil {
		t.Error("a file that cannot be written is no error")
	}
}
