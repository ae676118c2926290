package scaling

import (
	"math/rand/v2"
	"slices"
	"time"
)

// A Kind is a call of a store.
type Kind int

// The calls of a store.
const (
	Create Kind = iota
	Load
	Update
	Delete
)

// A Call is one that is made of the store at a second of the simulation, for a session.
type Call struct {
	At      float64
	Session int
	Kind    Kind
}

// A Site is what visitors of a simulation visit. The plain one has the rules of a session written down once more; a test puts a real
// SessionInterface in its place.
type Site interface {
	// Begin begins a session with the first request of a visitor.
	Begin(at float64)
	// Visit is a request that reads the session, and changes it if so. It reports whether there was one.
	Visit(at float64, change bool) bool
	// Leave destroys the session.
	Leave(at float64)
	// Ends returns when the session ends or has ended.
	Ends() float64
}

// Clock returns the time at a second of a simulation, in whole milliseconds as records have it.
func Clock(second float64) time.Time { return time.UnixMilli(int64(second * 1000)).UTC() }

// plain is a Site that notes the calls of a store.
type plain struct {
	w    Workload
	seen float64
	ends float64
	call func(at float64, k Kind)
}

// NewSite returns the plain Site, which tells of its calls.
func NewSite(w Workload, call func(at float64, k Kind)) Site { return &plain{w: w, call: call} }

func (p *plain) Begin(at float64) {
	p.seen, p.ends = at, at+p.w.Idle.Seconds()
	p.call(at, Create)
}

func (p *plain) Visit(at float64, change bool) bool {
	p.call(at, Load)
	if at >= p.ends {
		return false
	}
	if change || Clock(at).Sub(Clock(p.seen)) >= p.w.Touch {
		p.seen, p.ends = at, at+p.w.Idle.Seconds()
		p.call(at, Update)
	}
	return true
}

func (p *plain) Leave(at float64) {
	p.call(at, Load)
	p.call(at, Delete)
	p.ends = at
}

func (p *plain) Ends() float64 { return p.ends }

// Live has a visitor live through one session that begins at a second.
func Live(w Workload, r *rand.Rand, s Site, at float64) {
	s.Begin(at)
	for {
		for r.Float64() >= 1/w.Requests {
			at += r.ExpFloat64() * w.Gap.Seconds()
			if !s.Visit(at, r.Float64() < w.Changes) {
				return // the visitor begins another session, which is not this one
			}
		}
		if r.Float64() < w.Logout {
			s.Leave(at + r.ExpFloat64()*w.Gap.Seconds())
			return
		}
		if r.Float64() >= w.Return {
			return
		}
		at += r.ExpFloat64() * w.Away.Seconds()
		if at >= s.Ends() || !s.Visit(at, r.Float64() < w.Changes) {
			return
		}
	}
}

// A Tally is what a simulation has counted in its window.
type Tally struct {
	Sessions float64 // kept at once, on average
	Rates
	Calls []Call `json:"-"` // in order of time, if they were asked for
}

// Simulate has visitors begin sessions at random, as often as it takes in the model to keep that many, and counts during a
// window after the site has filled.
func Simulate(w Workload, sessions float64, window time.Duration, seed uint64, calls bool) Tally {
	var (
		r      = rand.New(rand.NewPCG(seed, 1))
		kept   = w.Life().Kept.Seconds()
		rate   = sessions / kept
		from   = 4 * kept
		to     = from + window.Seconds()
		counts [4]float64
		tally  Tally
	)
	for at, n := r.ExpFloat64()/rate, 0; at < to; at, n = at+r.ExpFloat64()/rate, n+1 {
		site := &plain{w: w, call: func(at float64, k Kind) {
			if at < from || at >= to {
				return
			}
			counts[k]++
			if calls {
				tally.Calls = append(tally.Calls, Call{at, n, k})
			}
		}}
		Live(w, r, site, at)
		tally.Sessions += max(0, min(to, site.ends)-max(from, at))
	}
	length := window.Seconds()
	tally.Sessions /= length
	tally.Rates = Rates{
		Requests: (counts[Create] + counts[Load]) / length, Creates: counts[Create] / length, Loads: counts[Load] / length,
		Updates: counts[Update] / length, Deletes: counts[Delete] / length,
	}
	slices.SortStableFunc(tally.Calls, func(a, b Call) int {
		switch {
		case a.At < b.At:
			return -1
		case a.At > b.At:
			return 1
		}
		return 0
	})
	return tally
}

// A Shard is what became of the calls that came to one server of many, which does one after the other.
type Shard struct {
	Busy         float64 // share of the time
	Mean, Square float64 // moments of how long calls took
	Wait         float64 // how long they waited before that
}

// Serve has shards serve calls. A session is always on the same one; takes says how long a call takes there. An Update or Delete
// comes when the view has run, for that many seconds on average, after the Load.
func Serve(calls []Call, shards int, takes [4]float64, view float64, seed uint64) []Shard {
	r := rand.New(rand.NewPCG(seed, 2))
	queues := make([][]Call, shards)
	for _, c := range calls {
		if c.Kind == Update || c.Kind == Delete {
			c.At += view/2 + r.ExpFloat64()*view/2
		}
		shard := int(uint64(c.Session) * 0x9e3779b97f4a7c15 >> 33 % uint64(shards))
		queues[shard] = append(queues[shard], c)
	}
	served := make([]Shard, shards)
	for n, queue := range queues {
		slices.SortStableFunc(queue, func(a, b Call) int {
			if a.At < b.At {
				return -1
			}
			return 1
		})
		served[n] = serve(queue, takes)
	}
	return served
}

func serve(queue []Call, takes [4]float64) Shard {
	var s Shard
	if len(queue) == 0 {
		return s
	}
	free := 0.0
	for _, c := range queue {
		wait := max(0, free-c.At)
		free = c.At + wait + takes[c.Kind]
		s.Wait += wait
		s.Mean += takes[c.Kind]
		s.Square += takes[c.Kind] * takes[c.Kind]
	}
	n := float64(len(queue))
	s.Busy = s.Mean / (queue[len(queue)-1].At - queue[0].At)
	s.Wait, s.Mean, s.Square = s.Wait/n, s.Mean/n, s.Square/n
	return s
}
