// Nats-session keeps sessions in a store of its own, store.go: NATS JetStream by compare-and-set, and it passes
// dewartest.TestStore. The NATS server runs inside the program, with its files in the folder nats-data.
//
// Run it in the folder _examples/nats-session, and ask it twice:
//
//	go run .
//	curl -b jar -c jar http://127.0.0.1:5000/
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/sessionstore"
)

func main() {
	natsServer := must(startNATS("nats-data"))
	defer natsServer.Shutdown()
	app := must(newApp(must(openStore(context.Background(), natsServer))))
	must(app, app.Run(""))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

// startNATS starts a server without a port. Elsewhere it is a process of its own, and nats.Connect gets its URL.
func startNATS(folder string) (*server.Server, error) {
	natsServer, err := server.NewServer(&server.Options{JetStream: true, StoreDir: folder, DontListen: true, NoSigs: true})
	if err != nil {
		return nil, err
	}
	if natsServer.Start(); !natsServer.ReadyForConnections(10 * time.Second) {
		return nil, errors.New("the NATS server has not started within 10 s")
	}
	return natsServer, nil
}

// openStore makes the bucket if there is none. What nobody has written for 40 days is forgotten: longer than any
// session may live without use.
func openStore(ctx context.Context, natsServer *server.Server) (*natsStore, error) {
	connection, err := nats.Connect("", nats.InProcessServer(natsServer))
	if err != nil {
		return nil, err
	}
	js, err := jetstream.New(connection)
	if err != nil {
		return nil, err
	}
	kv, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "sessions", TTL: 40 * 24 * time.Hour})
	return &natsStore{kv}, err
}

func newApp(store sessionstore.Store) (*dewar.App, error) {
	app := dewar.New("nats-session")
	app.SessionInterface = &sessionstore.SessionInterface{Store: store}
	app.Get("/", func(c *dewar.Context) error {
		c.Session().Change("visits", func(old any) any { visits, _ := old.(int64); return visits + 1 })
		return c.Text(fmt.Sprintf("Hello! This is visit number %d.\n", c.Session().Int("visits")))
	})
	app.Get("/logout", func(c *dewar.Context) error {
		c.Session().Destroy()
		return c.Text("Bye!\n")
	})
	return app, app.Config.FromPrefixedEnv()
}
