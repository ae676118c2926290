package dewartest

import (
	"testing"

	"github.com/dewar-go/dewar/sessionstore"
)

// The suites run subtests of a *testing.T, which cannot stand for a test that fails. These doors let tests of the suites run
// their checks by another.

// StoreChecks returns the names of the checks that TestStore makes of a store.
func StoreChecks(s sessionstore.Store) (names []string) {
	for _, check := range storeChecks(s) {
		names = append(names, check.name)
	}
	return names
}

// CheckStore makes one check.
func CheckStore(t testing.TB, name string, open func(t testing.TB) sessionstore.Store) {
	stores := openStores(t, open)
	for _, check := range storeChecks(stores[0]) {
		if check.name == name {
			check.on(t, stores)
			return
		}
	}
	t.Fatalf("TestStore has no check %q", name)
}

// SessionChecks returns the names of the checks that TestSessionInterface makes of a backend.
func SessionChecks(b SessionBackend) (names []string) {
	for _, check := range sessionChecks(b) {
		names = append(names, check.name)
	}
	return names
}

// CheckSessionInterface makes one check.
func CheckSessionInterface(t testing.TB, name string, b SessionBackend) {
	for _, check := range sessionChecks(b) {
		if check.name == name {
			check.on(t, b)
			return
		}
	}
	t.Fatalf("TestSessionInterface has no check %q", name)
}
