package dewartest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// TestStore checks that a [sessionstore.Store] keeps its contract: what each method does and refuses, keys and values of
// every kind, expiry, and that concurrent deltas lose nothing and bring nothing back. Of the optional interfaces
// (OwnerIndex, OwnerMarks, Sweeper, Counter, Noder) it checks those that the store has.
//
// open is called twice, with t. It returns a store that is ready, and closes it by t.Cleanup. Two stores of one database
// stand for two processes: then every check goes through both, and finds a lock that only one of them knows. A store that
// lives in the process may be returned twice or made anew.
//
// The database need not be empty and may be in use: handles and owners are random, and what the checks create they delete.
// Records that expire by the database's own clock must outlive the hour that the checks give them. A failure says what
// was asked, what came of it, and the rule of the contract that it breaks.
func TestStore(t *testing.T, open func(t testing.TB) sessionstore.Store) {
	t.Helper()
	stores := openStores(t, open)
	for _, check := range storeChecks(stores[0]) {
		t.Run(check.name, func(t *testing.T) { check.on(t, stores) })
	}
}

// A storeCheck is a part of the suite.
type storeCheck struct {
	name string
	rule string // of the contract, and what to do; it is told with every failure
	run  func(t *storeTest)
}

func (c storeCheck) on(t testing.TB, stores [2]sessionstore.Store) {
	t.Helper()
	c.run(&storeTest{TB: t, rule: c.rule, stores: stores, now: time.Now().UTC().Truncate(time.Millisecond)})
}

// storeChecks returns the checks for a store with the optional interfaces that s has.
func storeChecks(s sessionstore.Store) []storeCheck {
	checks := slices.Concat(recordChecks(), deltaChecks(), raceChecks())
	if _, ok := s.(sessionstore.OwnerIndex); ok {
		checks = append(checks, ownerChecks()...)
	}
	if _, ok := s.(sessionstore.OwnerMarks); ok {
		checks = append(checks, markChecks()...)
	}
	if _, ok := s.(sessionstore.Sweeper); ok {
		checks = append(checks, sweepChecks()...)
	}
	if _, ok := s.(sessionstore.Counter); ok {
		checks = append(checks, countCheck())
	}
	if _, ok := s.(sessionstore.Noder); ok {
		checks = append(checks, nodeCheck())
	}
	return checks
}

// openStores opens two stores, and returns the first twice if they do not share their records.
func openStores(t testing.TB, open func(t testing.TB) sessionstore.Store) [2]sessionstore.Store {
	t.Helper()
	a, b := open(t), open(t)
	if a == nil || b == nil {
		t.Fatalf("dewartest: TestStore: open returned no store; let it return one that is ready, or end the test")
	}
	probe := &storeTest{TB: t, stores: [2]sessionstore.Store{a, a}, rule: "Create keeps a record under a handle that has none.", now: time.Now().UTC().Truncate(time.Millisecond)}
	h := probe.handle()
	probe.create(h, probe.record(nil))
	probe.stores[1] = b
	if _, err := probe.load(h); err != nil {
		return [2]sessionstore.Store{a, a}
	}
	return probe.stores
}

// patience is how long a call of the store may take.
const patience = 30 * time.Second

// A storeTest is one check while it runs. Its failures tell the rule. What is written through the first store is read
// through the second.
type storeTest struct {
	testing.TB
	rule   string
	stores [2]sessionstore.Store
	now    time.Time

	mu      sync.Mutex
	handles []sessionstore.Handle // to delete at the end
}

// fail fails the check, and may be called by several goroutines.
func (t *storeTest) fail(format string, args ...any) {
	t.Helper()
	t.Errorf("%s\n\tThe rule: %s", fmt.Sprintf(format, args...), t.rule)
}

// end fails the check and ends it.
func (t *storeTest) end(format string, args ...any) {
	t.Helper()
	t.Fatalf("%s\n\tThe rule: %s", fmt.Sprintf(format, args...), t.rule)
}

// handle returns a new handle, whose record is deleted when the check is over.
func (t *storeTest) handle() sessionstore.Handle {
	h := randomHandle()
	t.deleteLater(h)
	return h
}

func (t *storeTest) deleteLater(h sessionstore.Handle) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.handles = append(t.handles, h); len(t.handles) > 1 {
		return
	}
	t.Cleanup(func() {
		for _, h := range t.handles {
			ctx, cancel := asLong()
			_ = t.stores[0].Delete(ctx, h)
			cancel()
		}
	})
}

// record returns a record that is good for an hour.
func (t *storeTest) record(values map[string]string) sessionstore.Record {
	return sessionstore.Record{Values: values, Secret: randomHash(), Created: t.now, Seen: t.now, Idle: time.Hour}
}

// created returns the handle of a new record.
func (t *storeTest) created(values map[string]string) (sessionstore.Handle, sessionstore.Record) {
	t.Helper()
	h, r := t.handle(), t.record(values)
	t.create(h, r)
	return h, r.Clone()
}

func (t *storeTest) create(h sessionstore.Handle, r sessionstore.Record) {
	t.Helper()
	ctx, cancel := asLong()
	defer cancel()
	if err := t.stores[0].Create(ctx, h, r); err != nil {
		t.end("Create returned %v for %v, want no error", err, r)
	}
}

func (t *storeTest) load(h sessionstore.Handle) (sessionstore.Record, error) {
	ctx, cancel := asLong()
	defer cancel()
	return t.stores[1].Load(ctx, h)
}

func (t *storeTest) delete(h sessionstore.Handle) {
	t.Helper()
	ctx, cancel := asLong()
	defer cancel()
	if err := t.stores[0].Delete(ctx, h); err != nil {
		t.end("Delete returned %v, want no error", err)
	}
}

// updateBy updates through one of the two stores.
func (t *storeTest) updateBy(n int, h sessionstore.Handle, d sessionstore.Delta) error {
	ctx, cancel := asLong()
	defer cancel()
	return t.stores[n%2].Update(ctx, h, d)
}

// update does d to the record, and to r.
func (t *storeTest) update(h sessionstore.Handle, r *sessionstore.Record, d sessionstore.Delta) {
	t.Helper()
	want := r.Apply(d)
	if err := t.updateBy(0, h, d); !errors.Is(err, want) {
		t.end("Update returned %v for %v, want %v", err, d, want)
	}
}

// refuses checks that an Update is refused and changes nothing.
func (t *storeTest) refuses(h sessionstore.Handle, r sessionstore.Record, d sessionstore.Delta, want error) {
	t.Helper()
	if err := t.updateBy(0, h, d); !errors.Is(err, want) {
		t.fail("Update returned %v for %v, want %v", err, d, want)
	}
	t.has(h, r)
}

// has checks that a record is what it should be.
func (t *storeTest) has(h sessionstore.Handle, want sessionstore.Record) {
	t.Helper()
	got, err := t.load(h)
	if err != nil {
		t.fail("Load returned %v, want %v", err, want)
		return
	}
	if diff := differences(got, want); len(diff) > 0 {
		t.fail("Load returned another record than there should be:\n\t%s", strings.Join(diff, "\n\t"))
	}
}

// lacks checks that there is no record.
func (t *storeTest) lacks(h sessionstore.Handle) {
	t.Helper()
	if r, err := t.load(h); !errors.Is(err, sessionstore.ErrNotFound) {
		t.fail("Load returned %v, %v, want sessionstore.ErrNotFound", r, err)
	}
}

// together runs f n times at once, and waits.
func together(n int, f func(i int)) {
	var wait sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wait.Go(func() { <-start; f(i) })
	}
	close(start)
	wait.Wait()
}

// asLong returns a context that is good for a call.
func asLong() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), patience)
}

func randomHandle() (h sessionstore.Handle) {
	_, _ = rand.Read(h[:])
	return h
}

func randomHash() (h sessionstore.Hash) {
	_, _ = rand.Read(h[:])
	return h
}

// differences tells in which fields two records differ. It shows no secret.
func differences(got, want sessionstore.Record) (diff []string) {
	note := func(field string, same bool, got, want any) {
		if !same {
			diff = append(diff, fmt.Sprintf("%s: got %v, want %v", field, got, want))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(want.Values)) {
		value, found := got.Values[key]
		note(fmt.Sprintf("Values[%.60q]", key), found && value == want.Values[key], fmt.Sprintf("%t %.60q", found, value), fmt.Sprintf("true %.60q", want.Values[key]))
	}
	for _, key := range slices.Sorted(maps.Keys(got.Values)) {
		_, wanted := want.Values[key]
		note(fmt.Sprintf("Values[%.60q]", key), wanted, fmt.Sprintf("%.60q", got.Values[key]), "none")
	}
	note("Secret", got.Secret == want.Secret, "another", "the one that was given")
	note("Previous", got.Previous == want.Previous, "another", "the secret before the last Renew, or zero")
	for _, at := range []struct {
		field     string
		got, want time.Time
	}{{"Renewed", got.Renewed, want.Renewed}, {"Created", got.Created, want.Created}, {"Seen", got.Seen, want.Seen}, {"Until", got.Until, want.Until}} {
		note(at.field, at.got.Equal(at.want), at.got, at.want)
	}
	note("Idle", got.Idle == want.Idle, got.Idle, want.Idle)
	note("Owner", got.Owner == want.Owner, fmt.Sprintf("%.60q", got.Owner), fmt.Sprintf("%.60q", want.Owner))
	note("Mark", got.Mark == want.Mark, got.Mark, want.Mark)
	return diff[:min(len(diff), 8)]
}
