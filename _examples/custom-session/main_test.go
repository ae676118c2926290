package main

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

func newClient(t *testing.T, routes func(app *dewar.App)) *dewartest.Client {
	t.Helper()
	app, err := newApp()
	if err != nil {
		t.Fatal(err)
	}
	if routes != nil {
		routes(app)
	}
	return dewartest.New(t, app)
}

func TestSessionsAreKeptAndForgotten(t *testing.T) {
	t.Parallel()
	client := newClient(t, nil)
	client.Get("/").Want(200, "visit number 1.")
	client.Get("/").Want(200, "visit number 2.")
	id := client.Cookie("session").Value
	client.Get("/logout").Want(200, "Bye!")
	if client.Cookie("session") != nil {
		t.Error("the cookie is still there after the logout")
	}
	client.Get("/", dewartest.Cookie("session", id)).Want(200, "visit number 1.")
	if got := client.Cookie("session"); got == nil || got.Value == id {
		t.Errorf("got cookie %v, want one with another id than that of a session that has ended", got)
	}
}

func TestLogoutEndsTheSessionOfSlowerRequests(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		finish func(s *dewar.Session)
		status int
	}{
		{"one that changes it", func(s *dewar.Session) { s.Set("visits", 100) }, 409},
		{"one that renews it", func(s *dewar.Session) { s.Renew() }, 409},
		{"one that reads it", func(s *dewar.Session) { s.Int("visits") }, 200},
		{"another logout", func(s *dewar.Session) { s.Destroy() }, 200},
		{"one that ends it and begins another", func(s *dewar.Session) { s.Destroy(); s.Set("visits", 100) }, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			opened, loggedOut := make(chan struct{}), make(chan struct{})
			client := newClient(t, func(app *dewar.App) {
				app.Get("/slow", func(c *dewar.Context) error {
					s := c.Session()
					close(opened)
					<-loggedOut
					tt.finish(s)
					return c.Text("done")
				})
			})
			client.Get("/").Want(200, "visit number 1.")
			id := client.Cookie("session").Value
			answer := make(chan *dewartest.Response)
			go func() { answer <- client.Get("/slow") }()
			<-opened
			client.Get("/logout").Want(200)
			close(loggedOut)
			if res := <-answer; res.StatusCode != tt.status {
				t.Errorf("got %d for the slow request, want %d", res.StatusCode, tt.status)
			}
			client.ClearCookies()
			client.Get("/", dewartest.Cookie("session", id)).Want(200, "visit number 1.")
		})
	}
}

func TestSessionThatBeginsAfterAnEndHasAnotherID(t *testing.T) {
	t.Parallel()
	client := newClient(t, func(app *dewar.App) {
		app.Get("/restart", func(c *dewar.Context) error {
			c.Session().Destroy()
			c.Session().Set("visits", 10)
			return c.NoContent()
		})
	})
	client.Get("/").Want(200, "visit number 1.")
	id := client.Cookie("session").Value
	client.Get("/restart").Want(204)
	if got := client.Cookie("session"); got == nil || got.Value == id {
		t.Fatalf("got cookie %v, want one with another id than %s", got, id)
	}
	client.Get("/").Want(200, "visit number 11.")
	client.ClearCookies()
	client.Get("/", dewartest.Cookie("session", id)).Want(200, "visit number 1.")
}

func TestSecondLogoutIsFine(t *testing.T) {
	t.Parallel()
	client := newClient(t, nil)
	client.Get("/")
	id := client.Cookie("session").Value
	client.Get("/logout").Want(200, "Bye!")
	client.Get("/logout").Want(200, "Bye!")
	client.Get("/logout", dewartest.Cookie("session", id)).Want(200, "Bye!")
}

// TestSessionsPassTheSuite leaves out what this backend does not claim to do.
func TestSessionsPassTheSuite(t *testing.T) {
	t.Parallel()
	backend := &MySessionInterface{Max: 10_000, sessions: map[string]record{}}
	dewartest.TestSessionInterface(t, dewartest.SessionBackend{
		Open: func(testing.TB) dewar.SessionInterface { return backend },
		Sessions: func() int {
			backend.mu.Lock()
			defer backend.mu.Unlock()
			return len(backend.sessions)
		},
		RenewMoves: true,
		KeysOnly:   true,
	})
}

func TestSlowRequestDoesNotReviveWhatHasExpired(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, func(app *dewar.App) {
			app.Get("/slow", func(c *dewar.Context) error {
				s := c.Session()
				s.Int("visits")
				time.Sleep(32 * 24 * time.Hour)
				s.Set("visits", 100)
				return c.Text("done")
			})
		})
		client.Get("/").Want(200, "visit number 1.")
		client.Get("/slow").Want(409)
		client.Get("/").Want(200, "visit number 1.")
	})
}

// TestConcurrentWritersLoseNothing has requests set and delete values of one session at the same time.
func TestConcurrentWritersLoseNothing(t *testing.T) {
	t.Parallel()
	const writers = 60
	var opened sync.WaitGroup
	opened.Add(writers + 1)
	client := newClient(t, func(app *dewar.App) {
		app.Get("/set/{n:int}", func(c *dewar.Context) error {
			c.Session().Get("visits")
			opened.Done()
			opened.Wait() // all have opened it, and none has saved it
			c.Session().Set("n"+c.Params().String("n"), c.Params().Int("n"))
			return c.NoContent()
		})
		app.Get("/delete", func(c *dewar.Context) error {
			c.Session().Get("visits")
			opened.Done()
			opened.Wait()
			c.Session().Delete("visits")
			return c.NoContent()
		})
	})
	client.Get("/").Want(200)
	var wait sync.WaitGroup
	wait.Go(func() { client.Get("/delete") })
	for n := range writers {
		wait.Go(func() { client.Get(fmt.Sprint("/set/", n)) })
	}
	wait.Wait()
	client.Session(func(s *dewar.Session) {
		if s.Len() != writers || s.Has("visits") {
			t.Errorf("got %d values, want those of %d writers and not the one that was deleted: %v", s.Len(), writers, s.Keys())
		}
	})
}

func TestSessionsEndAndAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app, err := newApp()
		if err != nil {
			t.Fatal(err)
		}
		backend := &MySessionInterface{Max: 100, sessions: map[string]record{}}
		app.SessionInterface = backend
		client := dewartest.New(t, app)
		client.Get("/").Want(200, "number 1.")
		time.Sleep(30 * 24 * time.Hour)
		client.Get("/").Want(200, "number 2.")
		time.Sleep(30 * 24 * time.Hour)
		client.Get("/").Want(200, "number 3.")
		time.Sleep(31 * 24 * time.Hour)
		client.Get("/").Want(200, "number 1.")
		if n := len(backend.sessions); n != 1 {
			t.Errorf("%d sessions are kept, want the one that has not ended", n)
		}
		for range 1000 {
			dewartest.New(t, app).Get("/").Want(200)
		}
		if n := len(backend.sessions); n > 100 {
			t.Errorf("%d sessions are kept, want at most 100", n)
		}
		visitor := dewartest.New(t, app)
		visitor.Get("/").Want(200, "number 1.")
		visitor.Get("/").Want(200, "number 2.")
	})
}
