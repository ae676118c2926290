package dewartest

import (
	"errors"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// sweepChecks are about a Sweeper.
func sweepChecks() []storeCheck {
	return []storeCheck{
		{"Sweep removes what has expired", "Sweep removes at most limit records that had expired at now, tells how many, and leaves all others.", checkSweep},
		{"Sweep against Create", "Sweep looks whether a record has expired when it removes it: one that was replaced meanwhile stays.", checkSweepAgainstCreate},
	}
}

func countCheck() storeCheck {
	return storeCheck{"Count", "Count returns how many records there are: it rises by Create and falls by Delete.", checkCount}
}

func nodeCheck() storeCheck {
	return storeCheck{"Node", "Node and OwnerNode return the same name for the same session and owner, at once, without asking the network.", checkNode}
}

// sweep sweeps once.
func (t *storeTest) sweep(limit int) int {
	t.Helper()
	ctx, cancel := asLong()
	defer cancel()
	n, err := t.stores[0].(sessionstore.Sweeper).Sweep(ctx, t.now, limit)
	switch {
	case err != nil:
		t.end("Sweep returned %v, want no error", err)
	case n < 0 || n > limit:
		t.fail("Sweep returned %d with a limit of %d", n, limit)
	}
	return n
}

// expired returns the handle of a new record that has expired.
func (t *storeTest) expired(until time.Time) sessionstore.Handle {
	t.Helper()
	h, r := t.handle(), t.record(map[string]string{"a": `1`})
	r.Created, r.Seen, r.Until = t.now.Add(-2*time.Hour), t.now.Add(-time.Hour), until
	t.create(h, r)
	return h
}

// there returns how many of the handles have a record.
func (t *storeTest) there(handles []sessionstore.Handle) (n int) {
	t.Helper()
	for _, h := range handles {
		switch _, err := t.load(h); {
		case err == nil:
			n++
		case !errors.Is(err, sessionstore.ErrNotFound):
			t.fail("Load returned %v, want no error or sessionstore.ErrNotFound", err)
		}
	}
	return n
}

func checkSweep(t *storeTest) {
	live := map[sessionstore.Handle]sessionstore.Record{}
	for _, until := range []time.Time{{}, t.now.Add(5 * time.Minute), t.now.Add(30 * time.Hour)} {
		h, r := t.handle(), t.record(map[string]string{"a": `1`})
		r.Created, r.Seen, r.Idle, r.Until = t.now.Add(-30*time.Hour), t.now.Add(-time.Hour), time.Hour+10*time.Minute, until
		t.create(h, r.Clone())
		live[h] = r
	}
	revived, r := t.handle(), t.record(nil) // it lives by an Update
	r.Created, r.Seen, r.Idle = t.now.Add(-2*time.Minute), t.now.Add(-time.Minute), 2*time.Minute
	t.create(revived, r.Clone())
	t.update(revived, &r, sessionstore.Delta{At: t.now, Lifetime: &sessionstore.Lifetime{Idle: time.Hour}})
	live[revived] = r
	var dead []sessionstore.Handle
	for i := range 8 {
		until := time.Time{}
		if i%2 == 0 {
			until = t.now.Add(-time.Second)
		}
		dead = append(dead, t.expired(until))
	}
	before := t.there(dead)
	t.sweep(3)
	if after := t.there(dead); after < before-3 {
		t.fail("%d records are gone after a Sweep with a limit of 3", before-after)
	}
	for swept := time.Now(); t.there(dead) > 0; { // others may sweep too, or have left much to sweep
		switch {
		case t.sweep(1000) > 0:
			swept = time.Now()
		case time.Since(swept) > 2*time.Second:
			t.end("%d of %d records that had expired are there, and Sweep removes nothing any more", t.there(dead), len(dead))
		default:
			time.Sleep(time.Millisecond)
		}
	}
	for h, r := range live {
		t.has(h, r)
	}
}

// checkSweepAgainstCreate has several rounds, because in a fast store the one may be done before the other has begun.
func checkSweepAgainstCreate(t *storeTest) {
	const rounds, writers, sweepers, each = 16, 4, 2, 4
	for range rounds {
		kept := map[sessionstore.Handle]sessionstore.Record{}
		for range writers * each {
			kept[t.expired(time.Time{})] = t.record(map[string]string{"new": `1`})
		}
		handles := slices.Collect(maps.Keys(kept))
		var writing atomic.Int64
		writing.Store(writers)
		together(writers+sweepers, func(g int) {
			if g >= writers {
				for t.sweep(each); writing.Load() > 0; {
					t.sweep(each)
				}
				return
			}
			defer writing.Add(-1)
			for i := g; i < len(handles); i += writers {
				t.must("Create", t.tryCreate(g, handles[i], kept[handles[i]].Clone()))
			}
		})
		for h, r := range kept {
			t.has(h, r)
		}
	}
}

// checkCount looks several times, because others may use the database.
func checkCount(t *storeTest) {
	const many = 20
	counter := t.stores[1].(sessionstore.Counter)
	count := func() int {
		ctx, cancel := asLong()
		defer cancel()
		n, err := counter.Count(ctx)
		if err != nil {
			t.end("Count returned %v, want no error", err)
		}
		return n
	}
	var before, full, after int
	for range 10 {
		before = count()
		var handles []sessionstore.Handle
		for range many {
			h, _ := t.created(nil)
			handles = append(handles, h)
		}
		full = count()
		for _, h := range handles {
			t.delete(h)
		}
		after = count()
		if full == before+many && after == before {
			return
		}
	}
	t.fail("Count returned %d, %d after %d records were created, and %d after they were deleted", before, full, many, after)
}

func checkNode(t *storeTest) {
	noder := t.stores[0].(sessionstore.Noder)
	begin := time.Now()
	for range 1000 {
		h, owner := randomHandle(), t.owner("")
		if a, b := noder.Node(h), noder.Node(h); a != b {
			t.end("Node returned %q and then %q for the same handle", a, b)
		}
		if a, b := noder.OwnerNode(owner), noder.OwnerNode(owner); a != b {
			t.end("OwnerNode returned %q and then %q for the same owner", a, b)
		}
	}
	if took := time.Since(begin); took > 2*time.Second {
		t.fail("4000 calls of Node and OwnerNode took %s", took)
	}
}
