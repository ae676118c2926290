package scaling

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"time"
)

// Simulated is what the simulations of docs/scaling.md have counted: they take minutes, so it is kept.
type Simulated struct {
	Rounds []Round
	// Waits are those of one server, more and more busy.
	Waits []Shard
}

// A Round is a simulation of visitors, with as many arrivals as it takes in the model to keep the sessions that were Wanted.
type Round struct {
	Visitors string
	Wanted   float64
	Tally
}

//go:embed simulated.json
var simulated []byte

// LoadSimulated returns what was simulated last.
func LoadSimulated() (Simulated, error) {
	var s Simulated
	if err := json.Unmarshal(simulated, &s); err != nil {
		return s, fmt.Errorf("scaling: simulated.json: %w; write it anew with go test -run Simulated ./scaling -update", err)
	}
	return s, nil
}

// SimulateAll runs the simulations that are kept.
func SimulateAll() Simulated {
	var s Simulated
	for _, w := range Workloads() {
		for _, sessions := range []float64{1e4, 1e5, 1e6} {
			if w.Name == "members" && sessions > 1e5 {
				continue // their visits of four months are too many
			}
			s.Rounds = append(s.Rounds, Round{w.Name, sessions, Simulate(w, sessions, WindowOf(w, sessions), 1, false)})
		}
	}
	s.Waits = SimulateWaits(1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9)
	return s
}

// WindowOf returns how long a simulation counts to see ten million requests.
func WindowOf(w Workload, sessions float64) time.Duration {
	return time.Duration(1e7 / w.Rates(sessions).Requests * float64(time.Second))
}

// SimulateWaits has the calls of a hundred thousand sessions come to shards that are slower than real ones, so that they are as busy
// as wanted, and returns the average shard for each. A write takes twice as long as a load, and a view runs 500 times as
// long: as views of 10 ms do at a server whose calls take 20 µs.
func SimulateWaits(shards int, busy ...float64) []Shard {
	w := Workloads()[1]
	const sessions = 1e5
	calls := Simulate(w, sessions, 2*time.Hour, 1, true).Calls
	var waits []Shard
	for _, busy := range busy {
		load := busy * float64(shards) / (w.Rates(sessions).Loads + 2*w.Rates(sessions).Writes())
		var mean Shard
		for _, s := range Serve(calls, shards, [4]float64{2 * load, load, 2 * load, 2 * load}, 500*load, 1) {
			mean.Busy += s.Busy / float64(shards)
			mean.Mean += s.Mean / float64(shards)
			mean.Square += s.Square / float64(shards)
			mean.Wait += s.Wait / float64(shards)
		}
		waits = append(waits, mean)
	}
	return waits
}
