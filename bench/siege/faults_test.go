package siege

import (
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	visitors = 6
	// Each fault is injected so often to each backend.
	quickPasses = 1
	fullPasses  = 3
	// recovery is how soon after a new client was served nothing may be refused any more, and calm how long nothing must
	// have been refused to believe it. The breaker of a node tries four times a second.
	recovery = time.Second
	calm     = 400 * time.Millisecond
	// patience bounds the wait for a new client, and for calm.
	patience = 40 * time.Second
)

// TestFaults injects faults into every backend while visitors use the application.
func TestFaults(t *testing.T) {
	limit := make(chan struct{}, 3) // at a time: the machine must have room to answer
	for _, b := range backends {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			limit <- struct{}{}
			defer func() { <-limit }()
			a := newAssault(t, b)
			for range rounds(quickPasses, fullPasses) {
				for _, i := range a.Perm(len(a.ground.faults)) {
					a.inject(a.ground.faults[i])
				}
			}
			a.conclude()
		})
	}
}

// An assault is all faults of one backend.
type assault struct {
	*rand.Rand
	t        *testing.T
	backend  backend
	ground   *ground
	fleet    *fleet
	ledger   *ledger
	pulse    *pulse
	visitors []*visitor
	faults   int
	worst    took          // inside a process
	excused  int           // samples of a stalled machine
	recovery time.Duration // the worst
}

func newAssault(t *testing.T, b backend) *assault {
	t.Helper()
	s := seed(t)
	a := &assault{t: t, Rand: rand.New(rand.NewPCG(s, 0)), backend: b, ground: b.settle(t), ledger: &ledger{cookies: map[string]bool{}}, pulse: &pulse{}}
	a.fleet = a.ground.fleet(t, deadline)
	for i := range visitors {
		a.visitors = append(a.visitors, &visitor{
			Rand: rand.New(rand.NewPCG(s, uint64(1+i))), f: a.fleet, ledger: a.ledger, name: fmt.Sprintf("visitor-%d", i),
		})
	}
	return a
}

// inject has one fault happen under load, sees to it that all recovers, and calls the roll.
func (a *assault) inject(f fault) {
	begun, before := time.Now(), len(a.ledger.problems)
	a.ledger.mayLose = a.mayLose(f)
	stop := make(chan struct{})
	load := a.load(stop)
	a.warm()
	f.strike(a.fleet)
	time.Sleep(f.hold) // the fault lasts so long
	f.heal(a.fleet)
	recovered := a.recover()
	close(stop)
	load.Wait()
	a.judge(f, recovered)
	a.callRoll()
	a.faults++
	for _, problem := range a.ledger.problems[before:] {
		a.t.Errorf("%s: %s", f.name, problem)
	}
	a.t.Logf("%-42s took %6s  recovered in %s", f.name, time.Since(begun).Round(10*time.Millisecond), a.recovery.Round(time.Millisecond))
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
			a.t.Fatalf("waited %s for %s; problems: %q", patience, what, a.ledger.problems)
		}
	}
}

// recover waits until a new client is served, and then until the visitors are. It returns when the first was.
func (a *assault) recover() time.Time {
	a.t.Helper()
	var err error
	a.await("a new client to be served", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		err = a.ground.serves(ctx)
		return err == nil
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

// judge looks at how long answers and the recovery took.
func (a *assault) judge(f fault, fresh time.Time) {
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
	if a.recovery > recovery {
		a.ledger.complain("recovery: a request was refused %s after a new client was served", a.recovery)
	}
	a.judgeTimes(f)
	a.ledger.refused, a.ledger.late = nil, nil
}

// judgeTimes looks for answers that took longer than they may, as the clients and as the processes measured them.
func (a *assault) judgeTimes(f fault) {
	late := a.ledger.late
	for _, addr := range a.fleet.addrs {
		var slow []took
		if err := a.fleet.control(addr, http.MethodGet, "/slow", url.Values{}, &slow); err != nil {
			a.t.Error(err)
		}
		for _, s := range slow {
			if s.Took > deadline+tolerance {
				late = append(late, span{"inside: " + s.What, s.Began, s.Began.Add(s.Took)})
			}
			if !a.pulse.excuses(span{from: s.Began, to: s.Began.Add(s.Took)}) && s.Took > a.worst.Took {
				a.worst = s
			}
		}
	}
	for _, s := range late {
		if a.pulse.excuses(s) {
			a.excused++
			continue
		}
		a.ledger.complain("late: %s took %s", s.what, s.took())
	}
}

// callRoll has each visitor read once more, and tries the cookies of sessions that have ended.
func (a *assault) callRoll() {
	for _, v := range a.visitors {
		if v.account != nil {
			v.read()
		}
	}
	visitGraves(a.fleet, a.ledger, 12)
	a.ledger.mayLose = false
}

// conclude looks at all there is to look at in the end, and writes the line of the table.
func (a *assault) conclude() {
	visitGraves(a.fleet, a.ledger, 300)
	a.searchLogs()
	for _, problem := range a.ledger.problems {
		if !a.t.Failed() {
			a.t.Error(problem)
		}
	}
	table.faults(a.t, a)
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
