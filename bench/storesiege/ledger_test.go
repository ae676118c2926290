package storesiege

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A ledger has what the visitors of one backend were promised and what they found. The oracles write into it.
type ledger struct {
	mu       sync.Mutex
	counts   counts
	problems []string
	noted    map[string]int // problems by their format: one kind in masses must not hide another
	requests []span         // of the present fault
	refused  []span         // those that were answered 503
	graves   []string       // cookies of sessions whose end was acknowledged
	cookies  map[string]bool
	fault    string // the present one
	mayLose  bool   // it makes a server die that promises nothing for that case
}

func newLedger() *ledger { return &ledger{cookies: map[string]bool{}, noted: map[string]int{}} }

// enough is how many problems of a kind a ledger keeps.
const enough = 20

// counts are the figures of a ledger.
type counts struct {
	requests, refused      int
	acknowledged, lost     int // writes
	back, anonymous, mixed int
}

// A span is when a request was under way.
type span struct {
	what string
	from time.Time
	to   time.Time
}

func (s span) took() time.Duration { return s.to.Sub(s.from) }

// complain notes what must not happen.
func (l *ledger) complain(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.noted[format]++; l.noted[format] <= enough {
		l.problems = append(l.problems, l.fault+": "+fmt.Sprintf(format, args...))
	}
}

func TestLedgerKeepsProblemsOfEveryKind(t *testing.T) {
	l := newLedger()
	for range 2 * enough {
		l.complain("anonymous: %s got an empty session", "a visitor")
	}
	l.complain("back: a cookie whose end was acknowledged opens the session")
	if len(l.problems) != enough+1 || !strings.Contains(l.problems[enough], "back: ") {
		t.Errorf("the ledger kept %d problems, the last %q; want %d and the only one of its kind", len(l.problems), l.problems[len(l.problems)-1], enough+1)
	}
}

// heed notes a reply, whatever it says, and looks for what no reply may have.
func (l *ledger) heed(o op, re reply) {
	l.mu.Lock()
	l.counts.requests++
	s := span{o.String(), re.sent, re.at}
	l.requests = append(l.requests, s)
	if re.unknown() {
		l.counts.refused++
		l.refused = append(l.refused, s)
	}
	if re.cookie != "" {
		l.cookies[re.cookie] = true
	}
	l.mu.Unlock()
	switch {
	case re.code == 0:
		l.complain("%s: the connection broke: %q", o, re.body)
	case !re.ok() && strings.Contains(re.body, page):
		l.complain("%s: %d with a part of the page", o, re.code)
	case !re.ok() && strings.Contains(re.body, "canary-"):
		l.complain("%s: %d with a secret: %s", o, re.code, re.body)
	case !re.ok() && !re.unknown() && re.code != http.StatusConflict && re.code != http.StatusForbidden:
		l.complain("%s: %d %s", o, re.code, re.body)
	}
}

// lose notes that acknowledged writes are gone.
func (l *ledger) lose(n int, format string, args ...any) {
	l.mu.Lock()
	l.counts.lost += n
	allowed := l.mayLose
	l.mu.Unlock()
	if !allowed {
		l.complain("lost: "+format, args...)
	}
}

func (l *ledger) acknowledge() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.acknowledged++
}

// bury notes that the end of a session was acknowledged.
func (l *ledger) bury(cookie string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.graves = append(l.graves, cookie)
}

// An account is what a visitor may expect to find in a session.
type account struct {
	uid    string
	admin  bool
	cookie string
	// holds is what keys have by what was acknowledged last, as JSON; "" is none.
	holds map[string]string
	// pending are values whose writing was refused with a 503 since the present fault struck. They may be written at any
	// time, also after what is acknowledged later: a server that was paused reads what has been sent to it.
	pending map[string][]string
	// The counter is between least and most.
	least, most int
	// unsure says that a renewal or the end was refused with a 503 since the present fault struck, so that the cookie may
	// open nothing.
	unsure bool
}

func newAccount(uid string, admin bool, cookie string) *account {
	return &account{uid: uid, admin: admin, cookie: cookie, holds: map[string]string{uidKey: quoted(uid)}, pending: map[string][]string{}}
}

// set notes that a value was written, or may be.
func (a *account) set(key, value string, re reply) {
	switch {
	case re.ok():
		a.holds[key] = quoted(value)
	case re.unknown():
		a.pending[key] = append(a.pending[key], quoted(value))
	}
}

// settle notes that the fault is over: what was pending has happened, as is seen, or never will.
func (a *account) settle(saw map[string]string) {
	for key := range a.holds {
		a.holds[key] = saw[key]
	}
	clear(a.pending)
	a.least, a.most, a.unsure = counterOf(saw), counterOf(saw), false
}

// compare compares what a request saw with what is expected. What was pending may be seen, and be gone again: it was
// promised to nobody.
func (a *account) compare(l *ledger, saw map[string]string) {
	for key, want := range a.holds {
		if got := saw[key]; got != want && !slices.Contains(a.pending[key], got) {
			l.lose(1, "%s of %s is %q and not %q, nor one of %q", key, a.uid, got, want, a.pending[key])
			a.holds[key] = got // once is enough
		}
	}
	switch n := counterOf(saw); {
	case n < a.least:
		l.lose(a.least-n, "the counter of %s is %d and not %d to %d", a.uid, n, a.least, a.most)
		a.least = n
	case n > a.most:
		l.complain("the counter of %s is %d and not %d to %d: something was counted twice", a.uid, n, a.least, a.most)
		a.most = n
	}
}

func counterOf(saw map[string]string) int {
	n, _ := strconv.Atoi(saw[counterKey]) // 0 without one
	return n
}

// writes returns how many acknowledged writes the session holds.
func (a *account) writes() int { return a.least + len(a.holds) }
