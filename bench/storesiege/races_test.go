package storesiege

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	// A quick run makes so many rounds, as long as there is time; a full one makes all of its rounds.
	quickRounds = 1000
	quickRaces  = 4 * time.Second
	fullRounds  = 10000
	// Every so many rounds comes a crowd of so many requests.
	crowdEvery = 40
	inCrowd    = 64
	// abreast is how many rounds run at once.
	abreast = 8
)

// full reports whether tests take the time for their long rounds.
func full() bool { return os.Getenv("DEWAR_ROUNDS") == "full" }

// rounds returns how many to do.
func rounds(quick, long int) int {
	if full() {
		return long
	}
	return quick
}

// seed returns the number that decides what happens: DEWAR_SEED, or another one each time, which is logged.
func seed(t testing.TB) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(os.Getenv("DEWAR_SEED"), 10, 64)
	if err != nil {
		n = rand.Uint64N(1_000_000)
	}
	t.Logf("DEWAR_SEED=%d", n)
	return n
}

// TestRaces sends requests of one session at the same time, in two processes, to every backend.
func TestRaces(t *testing.T) {
	var sum summary
	t.Cleanup(func() { t.Logf("\n%s", sum.races()) })
	for _, b := range backends {
		t.Run(b.name, func(t *testing.T) {
			f := b.settle(t).fleet(t, 20*time.Second)
			n := tally{begun: time.Now()}
			race(f, &n, seed(t), rounds(quickRounds, fullRounds))
			sum.add(n.row(b.name, time.Since(n.begun)))
			for _, problem := range n.problems {
				t.Error(problem)
			}
		})
	}
}

// A tally is what races came to.
type tally struct {
	mu                                   sync.Mutex
	begun                                time.Time
	rounds, requests, conflicts, unknown int
	problems                             []string
}

func (n *tally) count(history []past) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.rounds++
	n.requests += len(history)
	for _, h := range history {
		n.conflicts += btoi(h.re.code == http.StatusConflict)
		n.unknown += btoi(h.re.unknown())
	}
}

func (n *tally) complain(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.problems = append(n.problems, fmt.Sprintf(format, args...))
}

// over reports whether no further round is to begin: the time of a quick run is over, or so much has gone wrong that more
// would say nothing new.
func (n *tally) over() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.problems) >= 3 || !full() && time.Since(n.begun) > quickRaces
}

// race runs as many rounds.
func race(f *fleet, n *tally, seed uint64, rounds int) {
	next := atomic.Int64{}
	var workers sync.WaitGroup
	for range abreast {
		workers.Go(func() {
			for round := int(next.Add(1)); round <= rounds && !n.over(); round = int(next.Add(1)) {
				s := newSchedule(seed, round, f.addrs)
				if round%crowdEvery == 0 {
					gather(f, s, n)
				} else {
					skirmish(f, s, n)
				}
			}
		})
	}
	workers.Wait()
}

// skirmish is a round of few requests that do different things.
func skirmish(f *fleet, s *schedule, n *tally) {
	login, cookie := enter(f, s)
	if cookie == "" {
		n.complain("round %d: nobody can log in", s.round)
		return
	}
	begun := newSession(login, cookie)
	history := charge(f, n, s.wave(3+s.IntN(4), fmt.Sprintf("gate-%d", s.round), []string{cookie}))
	history = append(history, charge(f, n, s.wave(s.IntN(4), "", cookiesOf(cookie, history)))...)
	for _, cookie := range cookiesOf(cookie, history) {
		for _, addr := range f.addrs {
			read := op{what: "read", cookie: cookie, addr: addr}
			history = append(history, past{read, f.send(read)})
		}
	}
	n.count(history)
	if !explained(begun, history) {
		n.complain("round %d, %s: no order of these requests explains what they were answered:\n%s", s.round, s.theme.name, story(begun, history))
	}
}

// enter logs in and returns the cookie, or none. A machine that is busy may need a few tries.
func enter(f *fleet, s *schedule) (login op, cookie string) {
	for range 20 {
		login = s.login()
		if re := f.send(login); re.ok() && re.cookie != "" {
			return login, re.cookie
		}
		time.Sleep(100 * time.Millisecond) // a breaker is closed again soon
	}
	return login, ""
}

// cookiesOf returns the cookies that a session has had, the first one first.
func cookiesOf(first string, history []past) []string {
	cookies := []string{first}
	for _, h := range history {
		if h.what == "renew" && h.re.ok() && h.re.cookie != "" && slices.Contains(cookies, h.cookie) {
			cookies = append(cookies, h.re.cookie)
		}
	}
	return cookies
}

// charge sends requests at once. Those with a gate have opened their session before the others are sent, and save it after
// those were answered.
func charge(f *fleet, n *tally, ops []op) []past {
	held, free := sendAll(f, ops, true), []past(nil)
	waiting := map[string]int{}
	var gate string
	for _, o := range ops {
		if o.gate != "" {
			gate = o.gate
			waiting[o.addr]++
		}
	}
	visit := func(addr, name, value string) {
		if err := f.control(addr, "POST", "/gates/"+gate, url.Values{name: {value}}, nil); err != nil {
			n.complain("%v", err)
		}
	}
	for addr, many := range waiting {
		visit(addr, "arrived", strconv.Itoa(many))
	}
	free = sendAll(f, ops, false)()
	for addr := range waiting {
		visit(addr, "open", "true")
	}
	return append(held(), free...)
}

// sendAll sends those requests that have a gate, or those that have none, and returns what waits for their answers.
func sendAll(f *fleet, ops []op, gated bool) (wait func() []past) {
	var mu sync.Mutex
	var history []past
	var all sync.WaitGroup
	for _, o := range ops {
		if (o.gate != "") != gated {
			continue
		}
		all.Go(func() {
			re := f.send(o)
			mu.Lock()
			defer mu.Unlock()
			history = append(history, past{o, re})
		})
	}
	return func() []past { all.Wait(); return history }
}

// TestRacesFindFlaws sends the same requests to stores that each have one flaw: the oracle is worth what it finds.
func TestRacesFindFlaws(t *testing.T) {
	for name := range flaws {
		t.Run(name, func(t *testing.T) {
			f := startFleet(t, plan{Store: name, Listeners: 2, Deadline: time.Minute, SecretKey: canary("key")}, 1)
			n := tally{begun: time.Now()}
			race(f, &n, seed(t), 400)
			if sound := name == "sound"; sound != (len(n.problems) == 0) {
				t.Errorf("after %d rounds with a store that is %s: %d problems", n.rounds, name, len(n.problems))
			}
		})
	}
}
