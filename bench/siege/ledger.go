package main

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// A ledger is what the siege has found. Its methods may be called by several goroutines.
type ledger struct {
	began time.Time

	mu       sync.Mutex
	sums     Sums
	statuses map[int]int
	counts   map[string]int
	promises map[string]*Tried
	seconds  []histogram
	all      histogram
	slowest  Slowest
	made     []Made
	news     []string // problems that the progress has not told yet
}

// Sums are the numbers at the top of the score card.
type Sums struct {
	Requests     int `json:"requests"`     // of visitors, that were answered or not
	Acknowledged int `json:"acknowledged"` // writes that were answered 2xx
	Doubtful     int `json:"doubtful"`     // writes that were refused with a 503 or cut off, which may have happened
	Lost         int `json:"lost"`         // acknowledged writes that were not there later
	Mixed        int `json:"mixed"`        // answers that were another's, or not whole
	Leaked       int `json:"leaked"`       // secrets where they must not be
	Refused      int `json:"refused"`      // answers 503 while an attack made the App refuse, or the machine was too busy
	Cut          int `json:"cut"`          // requests that met a kept connection just when it was closed
}

// A Tried is a promise that was tried.
type Tried struct {
	Promise  string   `json:"promise"`
	Checks   int      `json:"checks"`   // how often it was looked at
	Broken   int      `json:"broken"`   // how often it did not hold
	Problems []string `json:"problems"` // the first of each kind
	kinds    map[string]bool
}

// A Made is an attack that was made, from when to when since the siege began.
type Made struct {
	Attack string        `json:"attack"`
	From   time.Duration `json:"from"`
	To     time.Duration `json:"to"` // 0 while it goes on
	Failed string        `json:"failed,omitempty"`
}

// A Slowest is the answer that took longest.
type Slowest struct {
	What string        `json:"what"`
	At   time.Duration `json:"at"` // since the siege began
	Took time.Duration `json:"took"`
}

// problemsKept is how many problems a promise keeps, each of another kind.
const problemsKept = 20

func newLedger() *ledger {
	return &ledger{began: time.Now(), statuses: map[int]int{}, counts: map[string]int{}, promises: map[string]*Tried{}}
}

// begins forgets what was counted while the sites were warmed up, but for promises that were broken.
func (l *ledger) begins() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.began, l.sums, l.statuses, l.counts = time.Now(), Sums{}, map[int]int{}, map[string]int{}
	l.seconds, l.all, l.slowest = nil, histogram{}, Slowest{}
}

// held says that a promise was looked at and holds.
func (l *ledger) held(promise string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tried(promise).Checks++
}

// broken says that a promise does not hold. Of problems with the same format the first are kept.
func (l *ledger) broken(promise, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.breaks(promise, format, args...)
}

func (l *ledger) breaks(promise, format string, args ...any) {
	t := l.tried(promise)
	t.Checks++
	t.Broken++
	if len(t.Problems) == problemsKept || t.kinds[format] && len(t.Problems) >= problemsKept/4 {
		return
	}
	t.kinds[format] = true
	at := time.Since(l.began).Round(100 * time.Millisecond)
	problem := fmt.Sprintf("%v: ", at) + masked(fmt.Sprintf(format, args...))
	t.Problems = append(t.Problems, problem)
	l.news = append(l.news, promise+": "+problem)
}

func (l *ledger) tried(promise string) *Tried {
	if !slices.Contains(promises, promise) {
		panic(fmt.Sprintf("siege: %q is no promise of SECURITY.md; take a constant of promise.go", promise))
	}
	t, ok := l.promises[promise]
	if !ok {
		t = &Tried{Promise: promise, kinds: map[string]bool{}, Problems: []string{}}
		l.promises[promise] = t
	}
	return t
}

// brokenPromises returns how many promises do not hold.
func (l *ledger) brokenPromises() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range l.promises {
		if t.Broken > 0 {
			n++
		}
	}
	return n
}

// count adds to a number of an attack's own.
func (l *ledger) count(name string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts[name] += n
}

// sum changes the sums.
func (l *ledger) sum(change func(s *Sums)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.sums)
}

// answered counts an answer that was wanted at a moment and came now. Status 0 is none.
func (l *ledger) answered(what string, wanted time.Time, status int) {
	now := time.Now()
	took := now.Sub(wanted)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sums.Requests++
	l.statuses[status]++
	second := int(now.Sub(l.began) / time.Second)
	for len(l.seconds) <= second {
		l.seconds = append(l.seconds, histogram{})
	}
	l.seconds[second].add(took)
	l.all.add(took)
	if took > l.slowest.Took {
		l.slowest = Slowest{what, now.Sub(l.began), took}
	}
}

// begin says that an attack begins, and returns what says that it has ended.
func (l *ledger) begin(attack string) (end func(err error)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.made)
	l.made = append(l.made, Made{Attack: attack, From: time.Since(l.began)})
	return func(err error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.made[n].To = time.Since(l.began)
		if err != nil {
			l.made[n].Failed = masked(err.Error())
		}
	}
}

// tellNews returns the problems that have come since it was called last.
func (l *ledger) tellNews() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	news := l.news
	l.news = nil
	return news
}

// requests returns how many requests of visitors have ended.
func (l *ledger) requests() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sums.Requests
}

// look looks for secrets in what was sent to who owns one of them, or nobody if own is "". Where says what it is.
func (l *ledger) look(own, where string, sent []byte) {
	found := secretIn(sent, own)
	if found == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sums.Leaked++
	promise := noSecret
	if strings.HasPrefix(found, visitorSecret) {
		promise = noMixing
	}
	l.breaks(promise, "%s has a secret in it: %s", where, found)
}

// logged looks at a line of the application's log.
func (l *ledger) logged(site string, line []byte) {
	l.look("", "the log of "+site, line)
	for _, bad := range []string{"DATA RACE", "fatal error: ", "panic: "} {
		if !bytes.HasPrefix(line, []byte{'{'}) && bytes.Contains(line, []byte(bad)) {
			l.broken(othersUnharmed, "the application on %s has written %q", site, line)
		}
	}
}

// Each secret begins with one of these, so that one search finds all.
const (
	canary        = "canary-"
	visitorSecret = canary + "visitor-"
)

var secretPattern = regexp.MustCompile(canary + `[a-z]+-[0-9a-f]+`)

// secretIn returns the first secret in text that is not own, or "".
func secretIn(text []byte, own string) string {
	if !bytes.Contains(text, []byte(canary)) {
		return ""
	}
	for _, found := range secretPattern.FindAll(text, -1) {
		if string(found) != own {
			return string(found)
		}
	}
	return ""
}

// masked takes secrets out of a problem: the score card is no place for them either.
func masked(text string) string {
	return secretPattern.ReplaceAllStringFunc(text, func(s string) string { return s[:min(len(s), strings.LastIndexByte(s, '-')+5)] + "..." })
}
