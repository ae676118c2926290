package storesiege

import (
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	visitors = 6
	// A quick run injects each fault once, as long as there is time; a full one injects each of them so often.
	fullPasses = 2
	quickTime  = 10 * time.Second
	// recovery is how soon after a new client was served nothing may be refused any more, and calm how long nothing must
	// have been refused to believe it. The breaker of a node tries four times a second.
	recovery = time.Second
	calm     = 400 * time.Millisecond
	// patience bounds the wait for a new client, and for calm.
	patience = 40 * time.Second
)

// TestFaults injects faults into every backend while visitors use the application.
func TestFaults(t *testing.T) {
	limit := make(chan struct{}, 4) // at a time: the machine must have room to answer
	var sum summary
	t.Cleanup(func() { t.Logf("\n%s", sum.faults()) })
	for _, b := range backends {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			limit <- struct{}{}
			defer func() { <-limit }()
			a := newAssault(t, b)
			for range rounds(1, fullPasses) {
				for _, i := range a.Perm(len(a.ground.faults)) {
					if f := a.ground.faults[i]; strings.Contains(f.name, os.Getenv("DEWAR_FAULT")) && (full() || time.Since(a.begun) < quickTime) {
						a.inject(f)
					}
				}
			}
			a.conclude()
			sum.add(a.row())
			for _, problem := range a.ledger.problems {
				t.Error(problem)
			}
		})
	}
}

// An assault is all faults of one backend.
type assault struct {
	*rand.Rand
	t        *testing.T
	begun    time.Time
	backend  backend
	ground   *ground
	fleet    *fleet
	ledger   *ledger
	pulse    *pulse
	visitors []*visitor
	faults   int
	worst    time.Duration // an answer took, inside a process
	outside  time.Duration // and as the clients saw it
	excused  int           // samples of a stalled machine
	recovery time.Duration // the last one
	longest  time.Duration // recovery
}

func newAssault(t *testing.T, b backend) *assault {
	t.Helper()
	s := seed(t)
	a := &assault{t: t, Rand: rand.New(rand.NewPCG(s, 0)), backend: b, ground: b.settle(t), ledger: newLedger(), pulse: &pulse{}}
	a.fleet = a.ground.fleet(t, deadline)
	a.begun = time.Now()
	for i := range visitors {
		a.visitors = append(a.visitors, &visitor{
			Rand: rand.New(rand.NewPCG(s, uint64(1+i))), f: a.fleet, ledger: a.ledger, name: fmt.Sprintf("visitor-%d", i),
		})
	}
	return a
}

// inject has one fault happen under load, sees to it that all recovers, and calls the roll.
func (a *assault) inject(f fault) {
	begun := time.Now()
	a.ledger.fault, a.ledger.mayLose = f.name, a.mayLose(f)
	stop := make(chan struct{})
	load := a.load(stop)
	a.warm()
	f.strike(a.fleet)
	time.Sleep(f.hold) // the fault lasts so long
	f.heal(a.fleet)
	fresh := a.recover()
	close(stop)
	load.Wait()
	a.judgeRecovery(fresh)
	a.judgeTimes()
	a.callRoll()
	a.faults++
	a.t.Logf("%-40s in all %6s, refused until %5s after it, %d problems", f.name,
		time.Since(begun).Round(10*time.Millisecond), ms(a.recovery), len(a.ledger.problems))
}

// mayLose reports whether a fault may cost acknowledged writes by what the backend promises.
func (a *assault) mayLose(f fault) bool {
	return a.backend.loses && (f.fatal || f.failover)
}

// load has all visitors live and all pulses beat until stop is closed.
func (a *assault) load(stop <-chan struct{}) *sync.WaitGroup {
	var all sync.WaitGroup
	for _, v := range a.visitors {
		all.Go(func() { v.live(stop) })
	}
	for _, addr := range a.fleet.addrs {
		all.Go(func() { a.pulse.watch(a.fleet, addr, stop) })
	}
	return &all
}

// warm waits until the visitors have been served some times.
func (a *assault) warm() {
	a.ledger.mu.Lock()
	enough := a.ledger.counts.requests - a.ledger.counts.refused + 3*visitors
	a.ledger.mu.Unlock()
	a.await("the visitors to be served", func() bool {
		a.ledger.mu.Lock()
		defer a.ledger.mu.Unlock()
		return a.ledger.counts.requests-a.ledger.counts.refused >= enough
	})
}

// await polls until a condition holds.
func (a *assault) await(what string, holds func() bool) {
	a.t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			a.t.Fatalf("%s: waited %s for %s", a.ledger.fault, patience, what)
		}
	}
}

// recover waits until a new client is served, and then until the visitors are. It returns when the first was.
func (a *assault) recover() time.Time {
	a.t.Helper()
	a.await("a new client to be served", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return a.ground.serves(ctx) == nil
	})
	fresh := time.Now()
	a.await("the visitors to be served again", func() bool {
		a.ledger.mu.Lock()
		defer a.ledger.mu.Unlock()
		last := fresh
		if n := len(a.ledger.refused); n > 0 && a.ledger.refused[n-1].to.After(last) {
			last = a.ledger.refused[n-1].to
		}
		return time.Since(last) > calm
	})
	return fresh
}

// judgeRecovery looks for requests that were refused after a new client had been served.
func (a *assault) judgeRecovery(fresh time.Time) {
	a.recovery = 0
	for _, s := range a.ledger.refused {
		switch after := s.from.Sub(fresh); {
		case after <= 0:
		case a.pulse.excuses(span{from: fresh, to: s.to}):
			a.excused++
		default:
			a.recovery = max(a.recovery, after)
		}
	}
	a.longest = max(a.longest, a.recovery)
	if a.recovery > recovery {
		a.ledger.complain("recovery: a request was refused %s after a new client had been served", a.recovery)
	}
	a.ledger.refused = nil
}

// judgeTimes looks for answers that took longer than they may, as the clients and as the processes have measured them.
func (a *assault) judgeTimes() {
	a.outside = max(a.outside, a.slowest(a.ledger.requests))
	a.ledger.requests = nil
	for _, addr := range a.fleet.addrs {
		var slow []took
		if err := a.fleet.control(addr, http.MethodGet, "/slow", nil, &slow); err != nil {
			a.t.Error(err)
		}
		for _, s := range slow {
			a.worst = max(a.worst, a.slowest([]span{{"inside: " + s.What, s.Began, s.Began.Add(s.Took)}}))
		}
	}
}

// slowest returns how long the slowest of the requests took during which the machine did not stall.
func (a *assault) slowest(requests []span) (worst time.Duration) {
	for _, s := range requests {
		switch late := s.took() > deadline+tolerance; {
		case s.took() <= worst:
		case a.pulse.excuses(s):
			a.excused += btoi(late)
		default:
			worst = s.took()
			if late {
				a.ledger.complain("late: %s took %s", s.what, s.took())
			}
		}
	}
	return worst
}

// callRoll has each visitor read once more, and tries the cookies of sessions that have ended.
func (a *assault) callRoll() {
	for _, v := range a.visitors {
		v.answerRoll()
	}
	visitGraves(a.fleet, a.ledger, 12)
	a.ledger.mayLose = false
}

// conclude looks at what there is to look at in the end.
func (a *assault) conclude() {
	a.ledger.fault, a.ledger.mayLose = "in the end", a.backend.loses
	visitGraves(a.fleet, a.ledger, 300)
	a.searchLogs()
}

// searchLogs looks for canaries in what the application has logged.
func (a *assault) searchLogs() {
	logs := a.fleet.logs()
	for _, secret := range append(a.ground.canaries, "canary-value-") {
		for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), url.QueryEscape(secret)} {
			if strings.Contains(logs, form) {
				a.ledger.complain("canary: %s... is in the log", secret[:len("canary-value")])
			}
		}
	}
	for cookie := range a.ledger.cookies {
		if parts := strings.Split(cookie, "."); len(parts) == 3 && strings.Contains(logs, parts[1]) {
			a.ledger.complain("canary: the secret of a cookie is in the log")
		}
	}
}

// TestFaultsFindFlaws has visitors use stores that each have one flaw: the oracles are worth what they find.
func TestFaultsFindFlaws(t *testing.T) {
	nothing := func(*fleet) {}
	for name, want := range map[string]string{
		"sound": "", "forgetful": "lost: ", "two secrets": "back: ", "acknowledged in vain": "lost: ",
		"absent-minded": "anonymous: ", "confused": "isolation: ", "deaf": "late: ", "talkative": "canary: ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settle := func(testing.TB) *ground { return &ground{plan: plan{Store: name, Listeners: 2}, processes: 1} }
			a := newAssault(t, backend{name: name, settle: settle})
			found := func() bool { return want != "" && strings.Contains(strings.Join(a.ledger.problems, "\n"), want) }
			for pass := 0; pass < 3 && !found(); pass++ {
				a.inject(fault{name: "none", strike: nothing, heal: nothing, hold: moment})
			}
			a.conclude()
			if clean := len(a.ledger.problems) == 0; want == "" && !clean || want != "" && !found() {
				t.Errorf("with a store that is %s the oracles found %q, want %q", name, a.ledger.problems, want)
			}
		})
	}
}
