package dewartest_test

import (
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/sessionstore"
)

func ExampleTestStore() {
	// func TestStore(t *testing.T) is in a file of your store that ends in _test.go.
	testStore := func(t *testing.T) {
		dewartest.TestStore(t, func(t testing.TB) sessionstore.Store {
			return newModel() // your store, of a database that the test has started
		})
	}
	_ = testStore
}

func ExampleTestSessionInterface() {
	// func TestSessionInterface(t *testing.T) is in a file of your interface that ends in _test.go.
	testSessionInterface := func(t *testing.T) {
		dewartest.TestSessionInterface(t, dewartest.SessionBackend{
			Open: func(t testing.TB) dewar.SessionInterface {
				return &sessionstore.SessionInterface{Store: newModel()} // or your own
			},
		})
	}
	_ = testSessionInterface
}

func ExampleSessionBackend() {
	sessions := &plainInterface{sessions: map[string]plainSession{}}
	_ = dewartest.SessionBackend{
		Open:       func(t testing.TB) dewar.SessionInterface { return sessions },
		Advance:    func(d time.Duration) { sessions.ahead += d }, // so that it must end sessions in time
		RenewMoves: true,                                          // what it does not claim to do
		KeysOnly:   true,
	}
}
