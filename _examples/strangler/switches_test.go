package main

import (
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flaskcookie"
)

var (
	seed     = flag.Uint64("seed", 0, "has the visitors of TestSwitches do what they did in a run; 0 takes another each time")
	visitors = flag.Int("visitors", 4, "how many visit the site at once in TestSwitches; 1 repeats a run to the letter")
)

// TestSwitches has browsers switched between Python and Go, thousands of times, at random.
func TestSwitches(t *testing.T) {
	needPython(t)
	settings(t)
	switches := 1000
	if os.Getenv("CI") == "true" || os.Getenv("DEWAR_ROUNDS") == "full" {
		switches = 10_000
	}
	t.Setenv("BLOG_PROXIES", "1")
	python := startPythonHalf(t)
	settle(t, python)
	wander(t, append(startHalves(t, python), startPythonHalf(t)), switches)
}

// startHalves serves Go, and a stage on the way, where Go asks Python for what has not moved. It returns all three.
func startHalves(t *testing.T, python half, change ...func(app *dewar.App)) []half {
	t.Helper()
	return []half{
		python,
		startGoHalf(t, lastStage, "", change...),
		startGoHalf(t, 2, "http://"+python.addr, change...),
	}
}

// settle registers who visits the site.
func settle(t *testing.T, h half) {
	t.Helper()
	if err := attempt(func() {
		for _, name := range []string{"admin", "ann"} {
			newBrowser(only(h)).register(name)
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// TestSwitchesFindFaults makes Go differ from Python in one thing at a time. A visitor must notice each.
func TestSwitchesFindFaults(t *testing.T) {
	needPython(t)
	settings(t)
	t.Setenv("BLOG_PROXIES", "1")
	python := startPythonHalf(t)
	settle(t, python)
	for _, tt := range []struct {
		name, want string
		change     func(app *dewar.App)
	}{
		{"another salt", "lost flash", func(app *dewar.App) {
			app.SessionInterface = &flaskcookie.SessionInterface{Salt: "other"}
		}},
		{"no key for flashed messages", "lost flash", func(app *dewar.App) {
			app.BeforeRequest(func(c *dewar.Context) error { c.Session().Delete("_flashes"); return nil })
		}},
		{"another field for tokens", "form refused", set("WTF_CSRF_FIELD_NAME", "token")},
		{"another key for tokens", "form refused", set("WTF_CSRF_SECRET_KEY", "another key, which nobody guesses")},
		{"another remember cookie", "logged out", set("REMEMBER_COOKIE_NAME", "remember")},
		{"another folder for pictures", "the picture is another one", set("UPLOAD_FOLDER", os.TempDir())},
		{"one language less", "broken link", set("LANGUAGES", []string{"de"})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := roam(newParty(startHalves(t, python, tt.change), 1, 1), 3000)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want a failure with %q", err, tt.want)
			}
			if found, ok := errors.AsType[*failure](err); ok {
				t.Log("found: ", found.what)
			}
		})
	}
}

func set(key string, value any) func(app *dewar.App) {
	return func(app *dewar.App) {
		if err := app.Config.Set(key, value); err != nil {
			panic(err)
		}
	}
}

// wander visits the site until browsers were switched so often, and fails with the seed that repeats it.
func wander(t *testing.T, halves []half, switches int) {
	t.Helper()
	s := *seed
	if s == 0 {
		s = uint64(time.Now().UnixNano())
	}
	began := time.Now()
	party := newParty(halves, s, *visitors)
	err := roam(party, (switches+*visitors-1) / *visitors)
	requests, switched, done := 0, 0, map[string]int{}
	for _, v := range party {
		requests, switched = requests+len(v.pages), switched+v.board.switches
		for name, n := range v.done {
			done[name] += n
		}
	}
	if err != nil {
		t.Fatalf("go test -run '^%s$' -seed %d -visitors %d: after %d requests: %v", t.Name(), s, *visitors, requests, err)
	}
	t.Logf("%d switches of %d browsers in %d requests, %.0f s, seed %d: %v", switched, *visitors, requests, time.Since(began).Seconds(), s, done)
}

// newParty returns visitors of one site, each with a browser and a mind of its own.
func newParty(halves []half, seed uint64, size int) (party []*visitor) {
	var posts sync.RWMutex
	for i := range size {
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		board := &switchboard{halves: halves}
		board.pick = func() int { return choose(random, board) }
		party = append(party, &visitor{browser: newBrowser(board), board: board, random: random, standing: &posts, posts: map[string]*written{}, done: map[string]int{}})
	}
	return party
}

// roam has the party visit the site until the browser of each was switched so often, or one has found a fault.
func roam(party []*visitor, switches int) (failed error) {
	var all sync.WaitGroup
	var fault atomic.Pointer[error]
	for _, v := range party {
		all.Go(func() {
			if err := attempt(func() { v.roam(switches, func() bool { return fault.Load() != nil }) }); err != nil {
				fault.CompareAndSwap(nil, &err)
			}
		})
	}
	all.Wait()
	if first := fault.Load(); first != nil {
		return *first
	}
	return nil
}

// choose names the half that answers next: four times out of five another than before.
func choose(random *rand.Rand, board *switchboard) int {
	for {
		i := random.IntN(len(board.halves))
		if board.last == nil || board.halves[i].python != board.last.python || random.IntN(5) == 0 {
			return i
		}
	}
}
