package main

import (
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flaskcookie"
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
	wander(t, startHalves(t), switches)
}

// startHalves serves Python, Go, and a stage on the way, where Go asks Python for what has not moved.
func startHalves(t *testing.T, change ...func(app *dewar.App)) []half {
	t.Helper()
	t.Setenv("BLOG_PROXIES", "1")
	python := startPythonHalf(t)
	return []half{
		python,
		startGoHalf(t, lastStage, "", change...),
		startGoHalf(t, 2, "http://"+python.addr, change...),
	}
}

// TestSwitchesFindFaults makes Go differ from Python in one thing at a time. A visitor must notice each.
func TestSwitchesFindFaults(t *testing.T) {
	needPython(t)
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
			settings(t)
			_, err := roam(startHalves(t, tt.change), 1, 3000)
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
	board.pick = func() int { return choose(random, board) }
	v := &visitor{browser: newBrowser(board), random: random, posts: map[string]*written{}, done: map[string]int{}}
	return v, attempt(func() {
		settler := newBrowser(only(halves[0]))
		for _, name := range []string{"admin", "ann"} {
			settler.register(name)
		}
		for deadline := time.Now().Add(10 * time.Minute); board.switches < switches; v.act() {
			if time.Now().After(deadline) {
				v.fail("only %d switches in 10 minutes", board.switches)
			}
		}
	})
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
