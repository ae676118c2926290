package scaling

import (
	"math"
	"time"
)

// A Workload is how the visitors of a site behave. Times between requests and between visits are exponential, the number of
// requests of a visit is geometric. Only requests that open the session count, and only visitors who have one: what does not open
// it costs no store anything.
type Workload struct {
	Name string
	// Requests is how many requests a visit has, and Gap what is between two of them, both on average.
	Requests float64
	Gap      time.Duration
	// Changes is the share of requests that change the session.
	Changes float64
	// Logout is the share of visits that end in one more request, which destroys the session.
	Logout float64
	// Return is the share of the other visits after which the visitor means to come back, Away after a time of that mean. Who
	// comes back after the session has ended begins another.
	Return float64
	Away   time.Duration
	// Idle is how long a session lives unused, Touch how old it must be before reading writes it.
	Idle, Touch time.Duration
	// Peak is how many times the average the busiest hour has.
	Peak float64
}

// Workloads returns those of docs/scaling.md.
func Workloads() []Workload {
	return []Workload{
		{Name: "members", Requests: 20, Gap: 30 * time.Second, Changes: 0.1, Logout: 0.02, Return: 0.97, Away: 24 * time.Hour,
			Idle: 31 * 24 * time.Hour, Touch: 5 * time.Minute, Peak: 3},
		{Name: "shop", Requests: 12, Gap: 20 * time.Second, Changes: 0.2, Logout: 0.05, Return: 0.3, Away: 8 * time.Hour,
			Idle: time.Hour, Touch: 5 * time.Minute, Peak: 3},
	}
}

// A Life is what happens to one session on average.
type Life struct {
	Visits, Requests                 float64
	Creates, Loads, Updates, Deletes float64       // calls of the store
	Kept                             time.Duration // from Create to Delete or expiry
}

// Life works out the life of a session.
//
// A visit is a chain of cycles that each begin with a write. After a write at time 0 the visit goes on with probability c and the
// next request comes at rate 1/gap. Until Touch has passed it writes only if it changes something, with probability w; after that it
// always does. A cycle ends in another write with probability rho, or else with the visit, when the last write has some age.
func (w Workload) Life() Life {
	gap, away, idle := w.Gap.Seconds(), w.Away.Seconds(), w.Idle.Seconds()
	writes := 1 / (1 - w.rewrite()) // of a visit, the first request's included
	late := func(age float64) float64 { return math.Exp(-(idle - age) / away) }
	inTime := 1 - w.overAge(late)
	again := (1 - w.Logout) * w.Return * inTime
	visits := 1 / (1 - again)
	left := visits * w.Logout

	// The mean time away of those who come back before the session has ended.
	gone := away - w.overAge(func(age float64) float64 { return (idle - age) * late(age) })/inTime
	kept := visits*((w.Requests-1)*gap+w.Logout*gap) + (visits-1)*gone +
		(1-left)*(idle-w.overAge(func(age float64) float64 { return age }))
	return Life{
		Visits: visits, Requests: visits * (w.Requests + w.Logout),
		Creates: 1, Loads: visits*(w.Requests+w.Logout) - 1, Updates: visits*writes - 1, Deletes: left,
		Kept: time.Duration(kept * float64(time.Second)),
	}
}

// goesOn is the probability that a request is not the last of its visit.
func (w Workload) goesOn() float64 { return 1 - 1/w.Requests }

// decay is the rate at which a cycle ends while its write is younger than Touch: by a change or with the visit.
func (w Workload) decay() float64 { return (1 - w.goesOn()*(1-w.Changes)) / w.Gap.Seconds() }

// rewrite is the probability that a write is followed by another one in the same visit.
func (w Workload) rewrite() float64 {
	young := math.Exp(-w.decay() * w.Touch.Seconds())
	return w.goesOn() * (w.Changes/(w.Gap.Seconds()*w.decay())*(1-young) + young)
}

// overAge is the mean of f over how old the last write is when a visit ends.
func (w Workload) overAge(f func(age float64) float64) float64 {
	const steps = 2000
	stop, touch := 1/w.Requests, w.Touch.Seconds()
	sum, all := stop*f(0), stop
	h := touch / steps
	for n := range steps {
		age := (float64(n) + 0.5) * h
		p := w.goesOn() / w.Gap.Seconds() * (1 - w.Changes) * stop * math.Exp(-w.decay()*age) * h
		sum, all = sum+p*f(age), all+p
	}
	return sum / all
}

// Rates are what a store is asked per second, on average.
type Rates struct{ Requests, Creates, Loads, Updates, Deletes float64 }

// Rates returns them for a number of sessions that are kept at once.
func (w Workload) Rates(sessions float64) Rates {
	l := w.Life()
	begun := sessions / l.Kept.Seconds() // Little's law
	return Rates{Requests: begun * l.Requests, Creates: begun, Loads: begun * l.Loads, Updates: begun * l.Updates, Deletes: begun * l.Deletes}
}

// Times returns the rates multiplied, as for the busiest hour.
func (r Rates) Times(factor float64) Rates {
	return Rates{r.Requests * factor, r.Creates * factor, r.Loads * factor, r.Updates * factor, r.Deletes * factor}
}

// Writes returns the calls that write.
func (r Rates) Writes() float64 { return r.Creates + r.Updates + r.Deletes }

// Calls returns all calls.
func (r Rates) Calls() float64 { return r.Loads + r.Writes() }

// Wait is how long a call waits on average at a server that does one after the other, when it is busy for a share of the time: the
// formula of Pollaczek and Khinchine for calls that come at random. mean and square are the moments of how long the calls take.
func Wait(busy, mean, square float64) float64 { return busy * square / mean / (2 * (1 - busy)) }

// An Outage is one node of many that answers nothing for a while.
type Outage struct {
	// Rate is how many requests per second open a session on that node, in all processes.
	Rate float64
	// Lasts is how long it answers nothing, a deadline how long a call waits for it.
	Lasts, Deadline time.Duration
	// Processes is how many processes of the application there are, each with a breaker of its own.
	Processes float64
}

// The breaker of package sessionstore: see the constants there.
const (
	tripAfter  = 5
	probeEvery = 0.25
	probeLimit = 0.5
	maxWaiting = 1000
)

// A Toll is what an outage costs.
type Toll struct {
	Refused float64 // requests that end in 503
	Slow    float64 // those of them that waited for the deadline, or nearly
	// Back is how long after the node answers again its breakers close, on average.
	Back time.Duration
}

// Toll works it out. The breaker opens when the fifth call in a row has failed, which is a deadline after it was made; until then
// every request waits, a thousand at most in each process. Then one probe after another goes out: each fails within half a second,
// and the first request that comes a quarter of a second later is the next. A probe that was out when the node came back is lost.
func (o Outage) Toll() Toll {
	each := o.Rate / o.Processes
	opens := o.Deadline.Seconds() + tripAfter/each
	if o.Lasts.Seconds() < opens {
		return Toll{Refused: o.Rate * o.Lasts.Seconds(), Slow: o.Rate * o.Lasts.Seconds()}
	}
	probe, pause := o.probe(), probeEvery+1/each
	square := pause*pause + 1/(each*each) // of the pause, whose last part is random
	back := (square/2 + probe*(probe/2+pause)) / (probe + pause)
	return Toll{
		Refused: o.Rate * (o.Lasts.Seconds() + back),
		Slow:    min(opens*each, maxWaiting)*o.Processes + (o.Lasts.Seconds()-opens)/(probe+pause)*o.Processes,
		Back:    time.Duration(back * float64(time.Second)),
	}
}

func (o Outage) probe() float64 { return min(probeLimit, o.Deadline.Seconds()) }
