package sessionstore_test

import (
	"context"
	"fmt"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/sessionstore"
)

func ExampleMemory() {
	store := sessionstore.NewMemory()
	store.MaxBytes = 64 << 20

	app := dewar.New("shop")
	app.SessionInterface = &sessionstore.SessionInterface{Store: store}
}

func ExampleNewMemory() {
	store, h := sessionstore.NewMemory(), sessionstore.Handle{1}
	now := time.Now()
	r := sessionstore.Record{Values: map[string]string{"n": "1"}, Created: now, Seen: now, Idle: time.Hour}
	if err := store.Create(context.Background(), h, r); err != nil {
		fmt.Println(err)
	}
	if err := store.Update(context.Background(), h, sessionstore.Delta{At: now, Set: map[string]string{"n": "2"}}); err != nil {
		fmt.Println(err)
	}
	r, err := store.Load(context.Background(), h)
	fmt.Println(r.Values, err)
	// Output: map[n:2] <nil>
}
