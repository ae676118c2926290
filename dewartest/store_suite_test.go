package dewartest_test

import (
	"testing"

	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/sessionstore"
)

func TestStoreSuitePassesAModel(t *testing.T) {
	t.Parallel()
	dewartest.TestStore(t, func(testing.TB) sessionstore.Store { return newModel() })
}

// twoDoors are two stores with the same records.
func TestStoreSuitePassesOneModelTwice(t *testing.T) {
	t.Parallel()
	shared := newModel()
	dewartest.TestStore(t, func(testing.TB) sessionstore.Store { return shared })
}
