package dewartest_test

import (
	"context"
	"testing"

	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/sessionstore"
)

func TestStoreSuitePassesAModel(t *testing.T) {
	t.Parallel()
	dewartest.TestStore(t, func(testing.TB) sessionstore.Store { return newModel() })
}

func TestStoreSuitePassesAModelOfTwoProcesses(t *testing.T) {
	t.Parallel()
	shared := newModel()
	dewartest.TestStore(t, func(testing.TB) sessionstore.Store { return shared })
}

// TestStoreSuiteFindsLocksOfTheProcess gives it a store that is right as long as one process uses it.
func TestStoreSuiteFindsLocksOfTheProcess(t *testing.T) {
	t.Parallel()
	shared := newModel()
	var alone sessionstore.Store
	for range 2 {
		got := run(func(t *fakeT) {
			dewartest.CheckStore(t, "64 writers lose nothing", func(testing.TB) sessionstore.Store {
				if alone != nil {
					return alone
				}
				return newProcess(shared)
			})
		})
		if found := len(got.failures) > 0; found == (alone != nil) {
			t.Errorf("got failures %q with one process %t", got.failures, alone != nil)
		}
		alone = newProcess(shared)
	}
}

// newProcess returns a store with the records of database, which locks them against itself alone.
func newProcess(database *model) *model {
	process := newModel()
	process.load = func(h sessionstore.Handle) (sessionstore.Record, error) {
		return database.Load(context.Background(), h)
	}
	process.create = func(h sessionstore.Handle, r sessionstore.Record) error {
		return database.Create(context.Background(), h, r)
	}
	process.delete = func(h sessionstore.Handle) error { return database.Delete(context.Background(), h) }
	update := database.torn(func(h sessionstore.Handle, _, r sessionstore.Record) { database.records[h] = r })
	process.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
		defer process.lock()()
		return update(h, d)
	}
	return process
}

func TestStoreSuiteTellsWhatItNeeds(t *testing.T) {
	t.Parallel()
	wantFatal(t, func(t *fakeT) {
		dewartest.CheckStore(t, "Count", func(testing.TB) sessionstore.Store { return nil })
	}, "open returned no store")
}
