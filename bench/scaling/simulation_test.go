package scaling_test

import (
	"fmt"
	"math"
	"os"
	"reflect"
	"runtime"
	"testing"

	"github.com/dewar-go/dewar/bench/scaling"
)

// full reports whether the long rounds are wanted.
func full() bool { return os.Getenv("DEWAR_ROUNDS") == "full" }

// near fails unless got is within a share of want.
func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if off := math.Abs(got/want - 1); !(off <= within) {
		t.Errorf("%s: the simulation has %.5g, the model %.5g: %.2f%% apart, want at most %.2f%%", what, got, want, 100*off, 100*within)
	}
}

// agrees holds what a simulation has counted to the model.
func agrees(t *testing.T, w scaling.Workload, got scaling.Round) {
	t.Helper()
	want := w.Rates(got.Wanted)
	near(t, "sessions", got.Sessions, got.Wanted, 0.02)
	near(t, "requests/s", got.Requests, want.Requests, 0.02)
	near(t, "creates/s", got.Creates, want.Creates, 0.02)
	near(t, "loads/s", got.Loads, want.Loads, 0.02)
	near(t, "updates/s", got.Updates, want.Updates, 0.02)
	near(t, "deletes/s", got.Deletes, want.Deletes, 0.02)
}

func TestModelAgreesWithTheSimulation(t *testing.T) {
	t.Parallel()
	for _, w := range scaling.Workloads() {
		t.Run(w.Name, func(t *testing.T) {
			t.Parallel()
			const sessions = 1e4
			agrees(t, w, scaling.Round{Visitors: w.Name, Wanted: sessions, Tally: scaling.Simulate(w, sessions, scaling.WindowOf(w, sessions), 1, false)})
		})
	}
}

// TestSimulatedIsWhatIsSimulated holds the simulations that docs/scaling.md shows to the model. In full rounds they are run again; -update
// keeps them.
func TestSimulatedIsWhatIsSimulated(t *testing.T) {
	t.Parallel()
	kept, err := scaling.LoadSimulated()
	if err != nil {
		t.Fatal(err)
	}
	if *update || full() {
		found := scaling.SimulateAll()
		switch {
		case *update:
			write(t, "simulated.json", found)
			kept = found
		case runtime.GOARCH == "amd64" && !reflect.DeepEqual(found, kept):
			t.Error("simulated.json is not what is simulated; write it anew with go test -run Simulated ./scaling -update")
		}
	}
	workloads := map[string]scaling.Workload{}
	for _, w := range scaling.Workloads() {
		workloads[w.Name] = w
	}
	if len(kept.Rounds) < 5 || len(kept.Waits) < 9 {
		t.Fatalf("simulated.json has %d rounds and %d waits", len(kept.Rounds), len(kept.Waits))
	}
	for _, round := range kept.Rounds {
		agrees(t, workloads[round.Visitors], round)
	}
	for _, s := range kept.Waits {
		near(t, fmt.Sprintf("wait at %.2f", s.Busy), s.Wait, scaling.Wait(s.Busy, s.Mean, s.Square), 0.05)
	}
}

// TestWaitAgreesWithTheSimulation compares the formula with calls that visitors of the simulation have made.
func TestWaitAgreesWithTheSimulation(t *testing.T) {
	t.Parallel()
	busy, shardings := []float64{0.5, 0.8}, []int{1}
	if full() {
		busy, shardings = []float64{0.3, 0.5, 0.7, 0.8, 0.9}, []int{1, 4}
	}
	for _, shards := range shardings {
		for n, s := range scaling.SimulateWaits(shards, busy...) {
			t.Logf("%d shards, %.0f%% busy", shards, 100*s.Busy)
			near(t, "busy", s.Busy, busy[n], 0.03)
			near(t, "wait", s.Wait, scaling.Wait(s.Busy, s.Mean, s.Square), 0.05)
		}
	}
}
