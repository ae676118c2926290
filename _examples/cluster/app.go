package main

import (
	"embed"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/password"
	"github.com/dewar-go/dewar/contrib/redisstore"
	"github.com/dewar-go/dewar/sessionstore"
)

//go:embed templates static
var files embed.FS

// createApp returns the application as one process runs it. The setting REDIS_URL names two nodes of the cluster at least:
// redis://host1:6379?addr=host2:6379. With a testConfig the environment is not read.
func createApp(testConfig dewar.Map) (*dewar.App, error) {
	app := dewar.New("cluster", dewar.FS(files))
	if err := configure(app, testConfig); err != nil {
		return nil, err
	}
	store, err := redisstore.Open(app.Config.String("REDIS_URL"))
	if err != nil {
		return nil, fmt.Errorf("config key REDIS_URL: %w", err)
	}
	store.Replicas = 1 // a change counts when a replica has it, so none is lost with a master
	cluster, ok := store.Client.(*redis.ClusterClient)
	if !ok {
		return nil, errors.New("config key REDIS_URL must name a cluster, by two of its nodes: redis://host1:6379?addr=host2:6379")
	}
	sessions := &sessionstore.SessionInterface{Store: store, Owner: func(s *dewar.Session) string { return s.String("user") }}
	app.SessionInterface = sessions
	passwords := &password.Hasher{Method: app.Config.String("PASSWORD_METHOD")}
	app.Get("/healthz", dewar.Alive, dewar.Endpoint("healthz"))
	app.RegisterBlueprint(authBlueprint(accounts{cluster}, passwords))
	app.RegisterBlueprint(homeBlueprint())
	app.RegisterBlueprint(sessionsBlueprint(sessions))
	return app, nil
}

// configure sets defaults, and then what the environment says, or a test.
func configure(app *dewar.App, testConfig dewar.Map) error {
	err := app.Config.FromMapping(dewar.Map{
		"PASSWORD_METHOD": password.DefaultMethod,
		"TRUSTED_PROXIES": []string{"127.0.0.1"}, // nginx tells who the visitor is
	})
	if err != nil {
		return err
	}
	if testConfig != nil {
		return app.Config.FromMapping(testConfig)
	}
	return app.Config.FromPrefixedEnv()
}
