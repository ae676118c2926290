package sqlstore_test

import (
	"testing"

	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/sessionstore"
)

// Two stores of one table are taken for two processes.
func TestStoreIsAsOthers(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		table := freshName()
		dewartest.TestStore(t, func(t testing.TB) sessionstore.Store { return d.storeNamed(t, table) })
	})
}
