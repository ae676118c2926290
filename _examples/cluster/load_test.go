package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	users   = 32
	devices = 2 // of each user, which are as many sessions
	hands   = 4 // that use a session at once
	items   = 5 // that each of them writes
)

// rounds returns how much a long test does: quick times, or full times with DEWAR_ROUNDS=full.
func rounds(quick, full int) int {
	if os.Getenv("DEWAR_ROUNDS") == "full" {
		return full
	}
	return quick
}

// A load is what many users do to a site at once, and the ledger of what they were told.
type load struct {
	live    *live
	devices []*device

	requests, writes, refused atomic.Int64 // refused: 502 and 503
	lost, mixed, revived      atomic.Int64
	logins                    atomic.Int64

	mu       sync.Mutex
	problems []string
	errors   []span // the requests that were refused
	faults   []fault
}

// A span is a stretch of time.
type span struct{ from, to time.Time }

// A fault is something that was done to the site, until all was in order again.
type fault struct {
	span
	name    string
	refused int
}

// A device is a session, and what must be in it.
type device struct {
	load *load
	user string

	mu      sync.RWMutex // for a new login all hands wait
	client  client
	ended   []string // cookies of sessions that were logged out
	counted atomic.Int64
	unsure  atomic.Int64 // of these nobody knows whether they counted
	shelves [hands]shelf
}

// A shelf is the items that one hand writes. Their amounts only rise.
type shelf [items]struct {
	kept   int // what an answer has confirmed
	trying int // what was sent last
}

func newLoad(l *live) *load {
	w := &load{live: l}
	for u := range users {
		for d := range devices {
			w.devices = append(w.devices, &device{load: w, user: fmt.Sprintf("user-%d", u),
				client: client{base: "http://" + addr(l.port), agent: fmt.Sprintf("device-%d-%d", u, d)}})
		}
	}
	return w
}

// problem notes what must not be, some of it in words.
func (w *load) problem(n *atomic.Int64, format string, args ...any) {
	n.Add(1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.problems) < 20 {
		w.problems = append(w.problems, time.Now().Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
	}
}

// outcome counts a request and reports whether it was answered. A 502 or 503 is noted with its time; anything else that is no
// answer is a problem.
func (w *load) outcome(from time.Time, what string, err error) bool {
	w.requests.Add(1)
	switch {
	case err == nil:
		return true
	case refused(err):
		w.refused.Add(1)
		w.mu.Lock()
		w.errors = append(w.errors, span{from, time.Now()})
		w.mu.Unlock()
		time.Sleep(50 * time.Millisecond) // as Retry-After asks for, only shorter
	default:
		w.problem(new(atomic.Int64), "%s: %v", what, err)
	}
	return false
}

// refused reports whether a request was answered with 502 or 503, and may be made again.
func refused(err error) bool {
	var status statusError
	return errors.As(err, &status) && (status == http.StatusBadGateway || status == http.StatusServiceUnavailable)
}

// use has one hand use the device until ctx ends.
func (d *device) use(ctx context.Context, hand int) {
	random := rand.New(rand.NewPCG(uint64(hand), rand.Uint64()))
	for ctx.Err() == nil {
		switch n := random.IntN(1000); {
		case n < 2 && hand == 0:
			d.loginAgain(ctx)
		case n < 700:
			d.look(ctx, hand)
		case n < 760:
			d.count(ctx)
		default:
			d.put(ctx, hand, random.IntN(items))
		}
	}
}

// ask sends one request of the session and checks whose it is. Requests that have begun end, so that the ledger is exact.
func (d *device) ask(ctx context.Context, method, path, form string) (seen, bool) {
	from := time.Now()
	s, err := d.client.state(context.WithoutCancel(ctx), method, path, form)
	if !d.load.outcome(from, method+" "+path, err) {
		return s, false
	}
	switch {
	case s.User == "" && s.Device == "":
		d.load.problem(&d.load.lost, "%s has lost its session", d.client.agent)
	case s.User != d.user || s.Device != d.client.agent:
		d.load.problem(&d.load.mixed, "%s of %s got the session of %s, %s", d.client.agent, d.user, s.User, s.Device)
	}
	return s, true
}

// look reads the session and checks what this hand has written.
func (d *device) look(ctx context.Context, hand int) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	counted := d.counted.Load()
	if s, ok := d.ask(ctx, http.MethodGet, "/", ""); ok {
		d.check(s, hand, counted)
	}
}

// check compares what the session has with the ledger.
func (d *device) check(s seen, hand int, counted int64) {
	for i, item := range d.shelves[hand] {
		if got := s.Cart[itemName(hand, i)]; got != item.kept && got != item.trying {
			d.load.problem(&d.load.lost, "%s: item %d has %d, want %d, or %d which was not confirmed", d.client.agent, i, got, item.kept, item.trying)
		}
	}
	if s.Count < counted {
		d.load.problem(&d.load.lost, "%s: counted to %d, want %d at least", d.client.agent, s.Count, counted)
	}
}

func itemName(hand, i int) string { return fmt.Sprintf("item-%d-%d", hand, i) }

// put writes one item. An amount that was not confirmed is sent until it is.
func (d *device) put(ctx context.Context, hand, i int) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	item := &d.shelves[hand][i]
	if item.trying == item.kept {
		item.trying++
	}
	form := url.Values{"item": {itemName(hand, i)}, "amount": {fmt.Sprint(item.trying)}}
	if _, ok := d.ask(ctx, http.MethodPost, "/cart", form.Encode()); ok {
		item.kept = item.trying
		d.load.writes.Add(1)
	}
}

// count adds one.
func (d *device) count(ctx context.Context) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if _, ok := d.ask(ctx, http.MethodPost, "/count", ""); ok {
		d.counted.Add(1)
		d.load.writes.Add(1)
	} else {
		d.unsure.Add(1)
	}
}

// loginAgain logs out, makes sure of that, and begins a new session.
func (d *device) loginAgain(ctx context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	ctx = context.WithoutCancel(ctx)
	from := time.Now()
	if !d.load.outcome(from, "logout", d.client.logout(ctx)) {
		// It may have ended or not. Asking again ends what there is.
		d.until(ctx, "logout", func() error { return d.client.logout(ctx) })
	}
	d.load.writes.Add(1)
	d.ended = append(d.ended, d.client.cookie)
	d.checkEnded(ctx, d.client.cookie)
	d.login(ctx)
}

// login begins a session, and with it a new page of the ledger.
func (d *device) login(ctx context.Context) {
	d.client.cookie = ""
	d.shelves = [hands]shelf{}
	d.counted.Store(0)
	d.unsure.Store(0)
	d.until(ctx, "login", func() error { return d.client.login(ctx, d.user) })
	d.load.logins.Add(1)
	d.load.writes.Add(1)
}

// checkEnded tries the cookie of a session that was logged out.
func (d *device) checkEnded(ctx context.Context, cookie string) {
	old := client{base: d.client.base, agent: d.client.agent, cookie: cookie}
	d.until(ctx, "a look with an old cookie", func() error {
		s, err := old.state(ctx, http.MethodGet, "/", "")
		if err == nil && s.User != "" {
			d.load.problem(&d.load.revived, "%s: a session that was logged out is there again", d.client.agent)
		}
		return err
	})
}

// until asks until there is an answer, for at most a minute. Another refusal than a 502 or 503 stays what it is.
func (d *device) until(ctx context.Context, what string, f func() error) {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		from, err := time.Now(), f()
		if d.load.outcome(from, what, err) || !refused(err) {
			return
		}
	}
	d.load.problem(new(atomic.Int64), "%s: there was no answer to a %s for a minute", d.client.agent, what)
}

// begin registers the users and logs their devices in.
func (w *load) begin(ctx context.Context) {
	w.each(func(d *device) {
		d.until(ctx, "registration", func() error { return d.client.register(ctx, d.user) })
		d.login(ctx)
	})
}

// each calls f for all devices, some at once.
func (w *load) each(f func(d *device)) {
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for n := i; n < len(w.devices); n += 16 {
				f(w.devices[n])
			}
		})
	}
	all.Wait()
}

// settle compares all sessions with the ledger, and the lists of sessions with the sessions.
func (w *load) settle(ctx context.Context) {
	w.each(func(d *device) {
		d.until(ctx, "last look", func() error {
			s, err := d.client.state(ctx, http.MethodGet, "/", "")
			if err == nil {
				d.settle(s)
			}
			return err
		})
		for _, cookie := range d.ended {
			d.checkEnded(ctx, cookie)
		}
		d.until(ctx, "list", func() error {
			list, err := d.client.sessions(ctx)
			if err == nil && !slices.ContainsFunc(list, func(s listed) bool { return s.Current && s.Device == d.client.agent }) {
				w.problem(&w.lost, "%s is not in the list of sessions", d.client.agent)
			}
			return err
		})
	})
}

func (d *device) settle(s seen) {
	if s.User != d.user || s.Device != d.client.agent {
		d.load.problem(&d.load.mixed, "%s of %s has the session of %s, %s at the end", d.client.agent, d.user, s.User, s.Device)
	}
	for hand := range hands {
		d.check(s, hand, d.counted.Load())
	}
	if most := d.counted.Load() + d.unsure.Load(); s.Count > most {
		d.load.problem(&d.load.mixed, "%s: counted to %d, want %d at most", d.client.agent, s.Count, most)
	}
}

// around gives each refused request to the fault that it fell into. One that fell into none, with a second for what
// was under way, is a problem.
func (w *load) around() {
	for _, e := range w.errors {
		i := slices.IndexFunc(w.faults, func(f fault) bool { return e.to.After(f.from) && e.from.Before(f.to.Add(time.Second)) })
		if i < 0 {
			w.problem(new(atomic.Int64), "a request was refused at %s, when nothing was wrong", e.from.Format("15:04:05.000"))
			continue
		}
		w.faults[i].refused++
	}
}

// report logs the figures, and each kind of fault in a line.
func (w *load) report(t *testing.T, took time.Duration) {
	t.Helper()
	var lines strings.Builder
	fmt.Fprintf(&lines, "%d requests in %s (%.0f a second), %d confirmed writes (%d logins among them), lost %d, mixed up %d, revived %d, 502 and 503: %d, faults: %d\n",
		w.requests.Load(), took.Round(time.Second), float64(w.requests.Load())/took.Seconds(), w.writes.Load(), w.logins.Load(),
		w.lost.Load(), w.mixed.Load(), w.revived.Load(), w.refused.Load(), len(w.faults))
	for _, kind := range faultKinds {
		n, refused := 0, 0
		var down time.Duration
		for _, f := range w.faults {
			if f.name == kind.name {
				n, refused, down = n+1, refused+f.refused, down+f.to.Sub(f.from)
			}
		}
		if n > 0 {
			fmt.Fprintf(&lines, "  %s: %d times, all in order again after %s, %d requests refused\n", kind.name, n, (down / time.Duration(n)).Round(10*time.Millisecond), refused)
		}
	}
	t.Log(lines.String())
}
