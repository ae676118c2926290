package main

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/sessionstore"
)

func newServer(t testing.TB) *server.Server {
	t.Helper()
	natsServer, err := startNATS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { natsServer.Shutdown(); natsServer.WaitForShutdown() })
	return natsServer
}

// open returns a store with a connection of its own, as another process has it.
func open(t testing.TB, natsServer *server.Server) *natsStore {
	t.Helper()
	store, err := openStore(t.Context(), natsServer)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestStore(t *testing.T) {
	t.Parallel()
	natsServer := newServer(t)
	dewartest.TestStore(t, func(t testing.TB) sessionstore.Store { return open(t, natsServer) })
}

func TestSessionInterface(t *testing.T) {
	t.Parallel()
	natsServer := newServer(t)
	dewartest.TestSessionInterface(t, dewartest.SessionBackend{Open: func(t testing.TB) dewar.SessionInterface {
		return &sessionstore.SessionInterface{Store: open(t, natsServer), Deadline: 10 * time.Second}
	}})
}

func TestVisitsAreCounted(t *testing.T) {
	t.Parallel()
	app, err := newApp(open(t, newServer(t)))
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Config.Set("SECRET_KEY", "a key for tests, and for tests alone"); err != nil {
		t.Fatal(err)
	}
	client := dewartest.New(t, app)
	client.Get("/").Want(200, "visit number 1.")
	client.Get("/").Want(200, "visit number 2.")
	client.Get("/logout").Want(200, "Bye!")
	client.Get("/").Want(200, "visit number 1.")
}
