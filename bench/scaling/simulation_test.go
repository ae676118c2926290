package scaling_test

import (
	"fmt"
	"math"
	"os"
	"testing"
	"time"

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

func TestModelAgreesWithTheSimulation(t *testing.T) {
	for _, w := range scaling.Workloads() {
		sizes := []float64{1e4}
		if w.Name == "shop" {
			sizes = append(sizes, 1e5)
		}
		if full() {
			sizes = []float64{1e4, 1e5, 1e6}
		}
		for _, sessions := range sizes {
			t.Run(fmt.Sprintf("%s/%.0e", w.Name, sessions), func(t *testing.T) {
				t.Parallel()
				window := time.Duration(1e7 / w.Rates(sessions).Requests * float64(time.Second))
				got, want := scaling.Simulate(w, sessions, window, 1, false), w.Rates(sessions)
				near(t, "sessions", got.Sessions, sessions, 0.02)
				near(t, "requests/s", got.Requests, want.Requests, 0.02)
				near(t, "creates/s", got.Creates, want.Creates, 0.02)
				near(t, "loads/s", got.Loads, want.Loads, 0.02)
				near(t, "updates/s", got.Updates, want.Updates, 0.02)
				near(t, "deletes/s", got.Deletes, want.Deletes, 0.02)
			})
		}
	}
}

// TestWaitAgreesWithTheSimulation has the calls of a hundred thousand sessions come to shards that are slower than real ones, so
// that they are as busy as wanted. A view runs 500 times as long as a call, as views of 10 ms do at a server whose calls take 20 µs.
func TestWaitAgreesWithTheSimulation(t *testing.T) {
	t.Parallel()
	w := scaling.Workloads()[1]
	const sessions = 1e5
	calls := scaling.Simulate(w, sessions, 2*time.Hour, 1, true).Calls
	for _, shards := range []int{1, 4} {
		for _, busy := range []float64{0.3, 0.5, 0.7, 0.8, 0.9} {
			t.Run(fmt.Sprintf("%d shards %.0f%% busy", shards, 100*busy), func(t *testing.T) {
				t.Parallel()
				load := busy * float64(shards) / (w.Rates(sessions).Loads + 2*w.Rates(sessions).Writes())
				var got, want float64
				for _, s := range scaling.Serve(calls, shards, [4]float64{2 * load, load, 2 * load, 2 * load}, 500*load, 1) {
					got += s.Wait / float64(shards)
					want += scaling.Wait(s.Busy, s.Mean, s.Square) / float64(shards)
					near(t, "busy", s.Busy, busy, 0.03)
				}
				near(t, "wait", got, want, 0.05)
			})
		}
	}
}
