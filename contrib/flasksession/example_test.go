package flasksession_test

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/flasksession"
	"github.com/dewar-go/dewar/sessionstore"
)

func ExampleSessionInterface() {
	var pickles atomic.Int64

	app := dewar.New("shop")
	app.SessionInterface = &flasksession.SessionInterface{
		Client: redis.NewClient(&redis.Options{Addr: "localhost:6379"}),
		Unreadable: func(_ *dewar.Context, err error) {
			if errors.Is(err, flasksession.ErrPickle) {
				pickles.Add(1)
			}
		},
	}
}

func ExampleTakeover() {
	client := redis.NewClient(&redis.Options{Addr: "localhost:6379"})

	app := dewar.New("shop")
	app.SessionInterface = &sessionstore.Moving{
		From: &flasksession.Takeover{
			From:  &flasksession.SessionInterface{Client: client},
			Until: time.Date(2027, time.February, 1, 0, 0, 0, 0, time.UTC),
		},
		To: &sessionstore.SessionInterface{Store: sessionstore.NewMemory()},
	}
}
