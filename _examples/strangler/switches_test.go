package main

import (
	"flag"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

var seed = flag.Uint64("seed", 0, "repeats a run of TestSwitches; 0 takes another each time")

// TestSwitches has one browser switched between Python and Go, thousands of times, at random.
func TestSwitches(t *testing.T) {
	needPython(t)
	settings(t)
	switches := 1000
	if os.Getenv("CI") == "true" || os.Getenv("DEWAR_ROUNDS") == "full" {
		switches = 10_000
	}
	python := startPythonHalf(t)
	halves := []half{python, {"python 2", startPythonHalf(t).addr, false}}
	wander(t, halves, switches)
}

// wander visits the site until the browser was switched so often, and fails with the seed that repeats it.
func wander(t *testing.T, halves []half, switches int) {
	t.Helper()
	s := *seed
	if s == 0 {
		s = uint64(time.Now().UnixNano())
	}
	began := time.Now()
	v, err := roam(halves, s, switches)
	if err != nil {
		t.Fatalf("go test -run '^%s$' -seed %d: after %d requests: %v", t.Name(), s, len(v.pages), err)
	}
	t.Logf("%d switches in %d requests, %.0f s, seed %d: %v", switches, len(v.pages), time.Since(began).Seconds(), s, v.done)
}

// roam is wander without a test: it returns what went wrong.
func roam(halves []half, seed uint64, switches int) (*visitor, error) {
	random := rand.New(rand.NewPCG(seed, 0))
	board := &switchboard{halves: halves}
	board.pick = func() int { return random.IntN(len(halves)) }
	v := &visitor{browser: newBrowser(board), random: random, posts: map[string]*written{}, done: map[string]int{}}
	return v, attempt(func() {
		for _, name := range []string{"admin", "ann"} {
			if v.get("/auth/login").submit("username", name, "password", "pw"); v.user() != name {
				v.register(name)
			}
			v.closeAll()
		}
		for deadline := time.Now().Add(5 * time.Minute); board.switches < switches; v.act() {
			if time.Now().After(deadline) {
				v.fail("only %d switches in 5 minutes", board.switches)
			}
		}
	})
}
