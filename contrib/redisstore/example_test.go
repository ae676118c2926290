package redisstore_test

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/redisstore"
	"github.com/dewar-go/dewar/sessionstore"
)

func Example() {
	app := dewar.New("shop")
	store, err := redisstore.Open("redis://localhost:6379")
	if err != nil {
		fmt.Println(err)
		return
	}
	app.SessionInterface = &sessionstore.SessionInterface{Store: store}
	app.OnShutdown(func(context.Context) error { return store.Close() })
}

func ExampleOpen() {
	store, err := redisstore.Open("redis://10.0.0.1:6379?addr=10.0.0.2:6379") // a cluster
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	store.Replicas = 1

	_, err = redisstore.Open("localhost:6379")
	fmt.Println(err)
	// Output:
	// redisstore: the address is no URL that Redis can be reached by; it looks like
	// 	redis://user:password@host:6379/0                      one server; rediss:// for TLS
	// 	redis://host1:6379?addr=host2:6379&addr=host3:6379     a cluster: two of its nodes at least
	// 	redis://sentinel1:26379/0?master_name=mymaster&addr=sentinel2:26379&username=user&password=password
	// and what is special in a password is percent-encoded, such as %2F for a slash
}

// A client of your own keeps the deadlines of requests, and gives up soon enough.
func ExampleStore() {
	client := redis.NewFailoverClient(&redis.FailoverOptions{
		MasterName: "mymaster", SentinelAddrs: []string{"10.0.0.1:26379", "10.0.0.2:26379"},
		ContextTimeoutEnabled: true, MaxRetries: -1,
		DialTimeout: 500 * time.Millisecond, ReadTimeout: 500 * time.Millisecond, PoolTimeout: 500 * time.Millisecond,
	})
	store := &redisstore.Store{Client: client, Prefix: "shop:session:", Replicas: 1}
	defer store.Close()

	app := dewar.New("shop")
	app.SessionInterface = &sessionstore.SessionInterface{Store: store, Owner: func(s *dewar.Session) string { return s.String("user") }}
}
