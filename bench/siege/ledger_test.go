package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestLedgerKeepsTheFirstProblemsOfEachKind(t *testing.T) {
	t.Parallel()
	l := newLedger()
	for i := range 100 {
		l.broken(bounded, "too much: %d", i)
	}
	l.broken(bounded, "too late")
	tried := l.promises[bounded]
	if tried.Broken != 101 || len(tried.Problems) != problemsKept/4+1 || !strings.Contains(tried.Problems[problemsKept/4], "too late") {
		t.Errorf("got %d problems, %q", tried.Broken, tried.Problems)
	}
	if first, again := l.tellNews(), l.tellNews(); len(first) != len(tried.Problems) || len(again) > 0 {
		t.Errorf("the news are %q and then %q, want each problem once", first, again)
	}
	if got := l.brokenPromises(); got != 1 {
		t.Errorf("%d promises are broken, want 1", got)
	}
}

func TestLedgerFindsSecretsAndDoesNotShowThem(t *testing.T) {
	t.Parallel()
	key, mine, others := newSecret("key"), newSecret("visitor"), newSecret("visitor")
	for _, tt := range []struct {
		name, own, text, promise string
	}{
		{"none", mine, "a page", ""},
		{"the own one", mine, "your secret: " + mine, ""},
		{"the key", mine, mine + " and " + key, noSecret},
		{"another visitor's", mine, mine + " and " + others, noMixing},
		{"a visitor's, in a log", "", "level=INFO secret=" + mine, noMixing},
	} {
		l := newLedger()
		l.look(tt.own, "the answer", []byte(tt.text))
		if got := l.sums.Leaked; got != map[bool]int{true: 1}[tt.promise != ""] {
			t.Errorf("%s: %d leaks", tt.name, got)
		}
		for promise, tried := range l.promises {
			if promise != tt.promise || tried.Broken != 1 {
				t.Errorf("%s: %q is broken %d times, want %q", tt.name, promise, tried.Broken, tt.promise)
			}
			if shown := fmt.Sprint(tried.Problems); strings.Contains(shown, key) || strings.Contains(shown, others) {
				t.Errorf("%s: the problem shows the secret: %s", tt.name, shown)
			}
		}
	}
}

func TestLedgerCountsAnswersInTheirSecond(t *testing.T) {
	t.Parallel()
	l := newLedger()
	l.began = time.Now().Add(-2500 * time.Millisecond)
	l.answered("GET /", time.Now().Add(-time.Second), 200)
	l.answered("GET /slow", time.Now().Add(-2*time.Second), 0)
	if len(l.seconds) != 3 || l.seconds[2].n != 2 || l.statuses[0] != 1 || l.slowest.What != "GET /slow" || l.slowest.Took < 2*time.Second {
		t.Errorf("got %d seconds, statuses %v, slowest %v", len(l.seconds), l.statuses, l.slowest)
	}
}

func TestLedgerReadsLogs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		line   string
		broken bool
	}{
		{`{"level":"INFO","msg":"request","path":"/"}`, false},
		{`{"level":"ERROR","msg":"request failed","err":"panic: an attack asked for it"}`, false},
		{"panic: runtime error: index out of range", true},
		{"fatal error: concurrent map writes", true},
		{"WARNING: DATA RACE", true},
	} {
		l := newLedger()
		l.logged("cookie", []byte(tt.line))
		if got := l.brokenPromises() > 0; got != tt.broken {
			t.Errorf("%q: broken is %v, want %v", tt.line, got, tt.broken)
		}
	}
}
