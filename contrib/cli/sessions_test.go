package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/cli"
	"github.com/dewar-go/dewar/contrib/cli/clitest"
	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/sessionstore"
)

// shared is a store that other processes reach, for all that the commands know.
type shared struct{ *sessionstore.Memory }

// signedIn returns a shop with sessions of users in a store, and what has it run commands.
func signedIn(t *testing.T, users ...string) (run func(args ...string) *clitest.Result) {
	t.Helper()
	app := newShop()
	if err := app.Config.Set("SECRET_KEY", strong); err != nil {
		t.Fatal(err)
	}
	app.SessionInterface = &sessionstore.SessionInterface{
		Store: shared{sessionstore.NewMemory()},
		Owner: func(s *dewar.Session) string { return s.String("user") },
	}
	for _, user := range users {
		dewartest.New(t, app).Session(func(s *dewar.Session) { s.Set("user", user); s.Set("password", canary) })
	}
	return func(args ...string) *clitest.Result {
		r := clitest.Run(t, cli.New(app), append([]string{"sessions"}, args...)...)
		if strings.Contains(r.Output+r.Stderr, canary) {
			t.Errorf("a value of a session is shown:\n%s", r)
		}
		return r
	}
}

func TestSessionsAreCountedListedAndEnded(t *testing.T) {
	t.Parallel()
	run := signedIn(t, "ada", "ada", "ada", "grace")
	run("count").Want(cli.OK, "4\n")
	run("list", "ada").Want(cli.OK, "ID  ", "Created", "Seen", "Expires")
	run("list", "nobody").Want(cli.OK, "User \"nobody\" has no session.\n")

	var listed []struct{ ID string }
	if err := json.Unmarshal([]byte(run("list", "ada", "--json").Output), &listed); err != nil || len(listed) != 3 {
		t.Fatalf("got %v, error %v, want three sessions", listed, err)
	}
	run("end", "ada", listed[0].ID).Want(cli.OK, "1 session ended.\n")
	run("end", "ada", listed[0].ID).Want(cli.Failed, `user "ada" has no session "`+listed[0].ID+`"; sessions list ada shows`)
	run("end", "grace", listed[1].ID).Want(cli.Failed, `user "grace" has no session`)
	run("count").Want(cli.OK, "3\n")
	run("end-all", "ada").Want(cli.OK, "2 sessions ended.\n")
	run("count").Want(cli.OK, "1\n")
	run("list").Want(cli.Misused, "it is called as: shop sessions list USER")
	run("count", "ada").Want(cli.Misused, "an argument too many")
}

// expiring is a store with so many sessions that have expired.
type expiring struct {
	shared
	left   int
	broken error
}

func (e *expiring) Sweep(_ context.Context, _ time.Time, limit int) (int, error) {
	n := min(limit, e.left)
	e.left -= n
	if e.left == 0 {
		return n, e.broken
	}
	return n, nil
}

func (e *expiring) CountExpired(context.Context, time.Time) (int, error) { return e.left, nil }

func TestSweepRemovesInBatchesUntilNothingIsLeft(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		left   int
		broken error
		code   int
		want   string
	}{
		{"none", 0, nil, cli.OK, "0 sessions removed.\n"},
		{"one", 1, nil, cli.OK, "1 session removed.\n"},
		{"a whole batch", 1000, nil, cli.OK, "1000 sessions removed.\n"},
		{"some batches", 25_500, nil, cli.OK, "25500 sessions removed.\n"},
		{"a failure on the way", 1500, errors.New("the database is gone"), cli.Failed, "Error: 1500 sessions removed, then: the database is gone\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			store := &expiring{shared{sessionstore.NewMemory()}, tt.left, tt.broken}
			r := clitest.Run(t, storing(t, store), "sessions", "sweep").Want(tt.code, tt.want)
			if store.left != 0 || strings.Contains(r.Stderr, "\r") {
				t.Errorf("got %d left and %q, want none, and no bar where there is no terminal", store.left, r.Stderr)
			}
		})
	}
}

// storing returns the commands of a shop with a store.
func storing(t *testing.T, store sessionstore.Store) *cobra.Command {
	t.Helper()
	app := newShop()
	if err := app.Config.Set("SECRET_KEY", strong); err != nil {
		t.Fatal(err)
	}
	app.SessionInterface = &sessionstore.SessionInterface{Store: store}
	return cli.New(app)
}

// plain is a store that can do nothing besides.
type plain struct{ sessionstore.Store }

// foreign is a session interface that the commands do not know.
type foreign struct{ dewar.SessionInterface }

func TestSessionsThatCannotBeSeenHaveACure(t *testing.T) {
	t.Parallel()
	store := func(s sessionstore.Store) dewar.SessionInterface { return &sessionstore.SessionInterface{Store: s} }
	for _, tt := range []struct {
		name     string
		sessions dewar.SessionInterface
		args     string
		want     string
	}{
		{"in cookies", &dewar.SecureCookieSessionInterface{}, "count", "the sessions are in cookies, which only the browsers have"},
		{"in the memory of another process", store(sessionstore.NewMemory()), "count", "in the memory of the process that serves"},
		{"by something else", foreign{&dewar.SecureCookieSessionInterface{}}, "count", "a cli_test.foreign, which this command does not know"},
		{"in a store that does not count", store(plain{sessionstore.NewMemory()}), "count", "a cli_test.plain does not count its sessions"},
		{"in a store that does not sweep", store(plain{sessionstore.NewMemory()}), "sweep", "has nothing to sweep"},
		{"in a store without owners", store(plain{sessionstore.NewMemory()}), "list ada", "so the sessions of a user cannot be found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newShop()
			if err := app.Config.Set("SECRET_KEY", strong); err != nil {
				t.Fatal(err)
			}
			app.SessionInterface = tt.sessions
			clitest.Run(t, cli.New(app), append([]string{"sessions"}, strings.Fields(tt.args)...)...).Want(cli.Failed, tt.want)
		})
	}
}

func TestSessionsThatMoveAreSeen(t *testing.T) {
	t.Parallel()
	cookies := &dewar.SecureCookieSessionInterface{}
	stored := &sessionstore.SessionInterface{Store: shared{sessionstore.NewMemory()}}
	for name, sessions := range map[string]dewar.SessionInterface{
		"into the store": &sessionstore.Moving{From: cookies, To: stored},
		"out of it":      &sessionstore.MovingBack{From: stored, To: cookies},
	} {
		app := newShop()
		if err := app.Config.Set("SECRET_KEY", strong); err != nil {
			t.Fatal(err)
		}
		app.SessionInterface = sessions
		if r := clitest.Run(t, cli.New(app), "sessions", "count").Want(cli.OK); r.Output != "0\n" {
			t.Errorf("%s: got %q, want the count of the store", name, r.Output)
		}
	}
}
