package dewartest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// raceChecks are about what several goroutines do to one record, through both stores.
func raceChecks() []storeCheck {
	const atomically = "An Update happens whole, at one moment among all other calls for its handle, in whatever process: use a script, a transaction or compare-and-set in the database, not a lock in the process. "
	return []storeCheck{
		{"64 writers lose nothing", atomically + "Write the keys of the delta alone, or write back only what nobody has changed since it was read.", checkWriters},
		{"Delete against Set", atomically + "A key that one delta removes and keys that others set do not touch each other.", checkDeleteAgainstSet},
		{"Clear against Set", atomically + "What was set before a Clear is gone, what was set after it stays.", checkClearAgainstSet},
		{"one Create wins", "Of several Creates for one handle one succeeds; the others return sessionstore.ErrExists and leave nothing of theirs.", checkCreates},
		{"one Renew wins", atomically + "Of several Renews from one secret one succeeds; the others return sessionstore.ErrConflict and leave nothing of theirs.", checkRenews},
		{"counters are exact", atomically + "Of several deltas that expect one value one succeeds; the others return sessionstore.ErrConflict.", checkCounters},
		{"Delete is final", "When Delete has returned no Update succeeds any more, and none that was under way brings the record back.", checkDeleteIsFinal},
		{"reads are whole and new", atomically + "A Load that begins after an Update has returned shows it, and never a half of one. Do not read from a replica that lags.", checkReads},
		{"random histories", atomically + "Whatever goroutines do at once, there is an order of their calls, one after the other, that gives the same results by sessionstore.Record.Apply.", checkHistories},
	}
}

// must tells of an error of a call that other goroutines run beside.
func (t *storeTest) must(what string, err error) {
	t.Helper()
	if err != nil {
		t.fail("%s returned %v, want no error", what, err)
	}
}

func checkWriters(t *storeTest) {
	const writers, rounds = 64, 3
	h, r := t.created(map[string]string{"a": `1`})
	want := map[string]string{"a": `1`}
	for i := range writers {
		for round := range rounds {
			want[fmt.Sprint("k", i, "-", round)] = fmt.Sprint(i)
		}
	}
	together(writers, func(i int) {
		for round := range rounds {
			t.must("Update", t.updateBy(i, h, sessionstore.Delta{At: t.now, Set: map[string]string{fmt.Sprint("k", i, "-", round): fmt.Sprint(i)}}))
		}
	})
	r.Values = want
	if got, err := t.load(h); err == nil && len(got.Values) < len(want) {
		t.fail("%d of %d keys are there after %d writers had set their own, want all", len(got.Values), len(want), writers)
	}
	t.has(h, r)
}

func checkDeleteAgainstSet(t *storeTest) {
	const each = 32
	values, want := map[string]string{}, map[string]string{}
	for i := range each {
		values[fmt.Sprint("old", i)] = `1`
		want[fmt.Sprint("new", i)] = `2`
	}
	h, r := t.created(values)
	together(2*each, func(i int) {
		d := sessionstore.Delta{At: t.now, Set: map[string]string{fmt.Sprint("new", i/2): `2`}}
		if i%2 == 0 {
			d = sessionstore.Delta{At: t.now, Delete: []string{fmt.Sprint("old", i/2)}}
		}
		t.must("Update", t.updateBy(i/2, h, d))
	})
	r.Values = want
	t.has(h, r)
}

// checkClearAgainstSet has the Clear come earlier and later, always with writers before and after it.
func checkClearAgainstSet(t *storeTest) {
	for round := range 6 {
		t.clearAmidWrites(int64(1 + 4*round))
	}
}

// clearAmidWrites clears a record that others write to, once they have done so several times.
func (t *storeTest) clearAmidWrites(before int64) {
	const writers, least, most = 6, 4, 200
	h, _ := t.created(map[string]string{"old": `1`})
	var begun, ended atomic.Bool // the Clear
	var writes atomic.Int64
	var mu sync.Mutex
	lost, kept := map[string]bool{}, map[string]bool{} // what must be gone, and there
	together(writers+1, func(i int) {
		if i == writers {
			for limit := time.Now().Add(patience); writes.Load() < before && time.Now().Before(limit); {
				runtime.Gosched()
			}
			begun.Store(true)
			t.must("Update with Clear", t.updateBy(0, h, sessionstore.Delta{At: t.now, Clear: true}))
			ended.Store(true)
			return
		}
		for n, afterwards := 0, 0; n < most && afterwards < least; n++ {
			key := fmt.Sprint("k", i, "-", n)
			after := ended.Load()
			t.must("Update", t.updateBy(i, h, sessionstore.Delta{At: t.now, Set: map[string]string{key: `1`}}))
			writes.Add(1)
			if after {
				afterwards++
			}
			mu.Lock()
			kept[key] = after
			lost[key] = !begun.Load()
			mu.Unlock()
		}
	})
	r, err := t.load(h)
	t.must("Load", err)
	if r.Values["old"] != "" {
		t.fail("a value from before is there after Clear")
	}
	for key := range kept {
		switch _, found := r.Values[key]; {
		case found && lost[key]:
			t.fail("%s was set before Clear began, and is still there", key)
		case !found && kept[key]:
			t.fail("%s was set after Clear had ended, and is gone", key)
		}
	}
}

func checkCreates(t *storeTest) {
	for range 5 {
		const many = 16
		h := t.handle()
		records := make([]sessionstore.Record, many)
		for i := range records {
			records[i] = t.record(map[string]string{fmt.Sprint("of", i): `1`, "by": fmt.Sprint(i)})
		}
		t.oneWins(h, records, sessionstore.ErrExists, func(i int) error { return t.tryCreate(i, h, records[i].Clone()) })
	}
}

func checkRenews(t *storeTest) {
	for range 5 {
		const many = 16
		h, r := t.created(map[string]string{"a": `1`})
		records := make([]sessionstore.Record, many)
		deltas := make([]sessionstore.Delta, many)
		for i := range deltas {
			deltas[i] = sessionstore.Delta{At: t.now.Add(time.Duration(i) * time.Millisecond), Renew: &sessionstore.Renewal{From: r.Secret, To: randomHash()}, Set: map[string]string{fmt.Sprint("of", i): `1`}}
			records[i] = r.Clone()
			_ = records[i].Apply(deltas[i])
		}
		t.oneWins(h, records, sessionstore.ErrConflict, func(i int) error { return t.updateBy(i, h, deltas[i]) })
	}
}

// oneWins makes a call for each record at once. One must succeed, and leave its record.
func (t *storeTest) oneWins(h sessionstore.Handle, records []sessionstore.Record, refused error, call func(i int) error) {
	t.Helper()
	var winners, winner atomic.Int32
	together(len(records), func(i int) {
		switch err := call(i); {
		case err == nil:
			winners.Add(1)
			winner.Store(int32(i))
		case !errors.Is(err, refused):
			t.fail("one of %d at once returned %v, want no error or %v", len(records), err, refused)
		}
	})
	if n := winners.Load(); n != 1 {
		t.fail("%d of %d at once succeeded, want one", n, len(records))
		return
	}
	t.has(h, records[winner.Load()])
}

func checkCounters(t *storeTest) {
	const writers, rounds = 16, 5
	h, r := t.created(map[string]string{"n": `0`})
	limit := time.Now().Add(patience)
	together(writers, func(i int) {
		for done := 0; done < rounds && time.Now().Before(limit); {
			current, err := t.loadBy(i, h)
			if err != nil {
				t.fail("Load returned %v, want no error", err)
				return
			}
			n, _ := strconv.Atoi(current.Values["n"])
			err = t.updateBy(i, h, sessionstore.Delta{At: t.now, Expect: map[string]string{"n": current.Values["n"]}, Set: map[string]string{"n": strconv.Itoa(n + 1), fmt.Sprint("by", i): strconv.Itoa(done + 1)}})
			switch {
			case err == nil:
				done++
			case !errors.Is(err, sessionstore.ErrConflict):
				t.fail("Update with Expect returned %v, want no error or sessionstore.ErrConflict", err)
				return
			}
		}
	})
	r.Values["n"] = strconv.Itoa(writers * rounds)
	for i := range writers {
		r.Values[fmt.Sprint("by", i)] = strconv.Itoa(rounds)
	}
	t.has(h, r)
}

func (t *storeTest) loadBy(n int, h sessionstore.Handle) (sessionstore.Record, error) {
	ctx, cancel := asLong()
	defer cancel()
	return t.stores[n%2].Load(ctx, h)
}

func checkDeleteIsFinal(t *storeTest) {
	for round := range 12 {
		h, r := t.created(map[string]string{"a": `1`})
		var deleted atomic.Bool
		var late sync.Map
		names, deltas := []string{}, []sessionstore.Delta{}
		for name, d := range t.everyDelta(r.Secret) {
			names, deltas = append(names, name), append(deltas, d)
		}
		together(len(deltas)+1, func(i int) {
			if i == len(deltas) {
				time.Sleep(time.Duration(round) * 100 * time.Microsecond) // into the midst of them
				t.must("Delete", t.tryDelete(0, h))
				deleted.Store(true)
				return
			}
			for range 10 {
				after := deleted.Load()
				err := t.updateBy(i, h, deltas[i])
				if err == nil && after {
					late.Store(names[i], true)
				}
				if errors.Is(err, sessionstore.ErrNotFound) {
					return
				}
			}
		})
		for name := range late.Range {
			t.fail("an Update with %v succeeded after Delete had returned, want sessionstore.ErrNotFound", name)
		}
		t.lacks(h)
		if err := t.updateBy(round, h, sessionstore.Delta{At: t.now, Set: map[string]string{"back": `1`}}); !errors.Is(err, sessionstore.ErrNotFound) {
			t.fail("Update returned %v after Delete, want sessionstore.ErrNotFound", err)
		}
		t.lacks(h)
	}
}

// checkReads has each writer count its own two keys up in one delta, while readers look.
func checkReads(t *storeTest) {
	const writers, readers, rounds = 4, 4, 25
	h, _ := t.created(map[string]string{"a": `1`})
	var begun, ended [writers]atomic.Int64
	var done atomic.Int32
	together(writers+readers, func(i int) {
		if i < writers {
			defer done.Add(1)
			left, right := fmt.Sprint("left", i), fmt.Sprint("right", i)
			for n := int64(1); n <= rounds; n++ {
				begun[i].Store(n)
				t.must("Update", t.updateBy(i, h, sessionstore.Delta{At: t.now, Set: map[string]string{left: fmt.Sprint(n), right: fmt.Sprint(n)}}))
				ended[i].Store(n)
			}
			return
		}
		for done.Load() < writers {
			var least [writers]int64
			for w := range writers {
				least[w] = ended[w].Load()
			}
			r, err := t.loadBy(i, h)
			if err != nil {
				t.fail("Load returned %v, want no error", err)
				return
			}
			for w := range writers {
				left, right := r.Values[fmt.Sprint("left", w)], r.Values[fmt.Sprint("right", w)]
				n, _ := strconv.ParseInt(left, 10, 64)
				switch {
				case left != right:
					t.fail("Load shows %q and %q of two keys that every delta set alike", left, right)
				case n < least[w] || n > begun[w].Load():
					t.fail("Load shows value %d, want one from %d, which had been acknowledged before, to %d", n, least[w], begun[w].Load())
				}
			}
		}
	})
}

func checkHistories(t *storeTest) {
	const histories, goroutines, calls = 60, 4, 4
	for range histories {
		seed := rand.Uint64()
		random := &randomDeltas{Rand: rand.New(rand.NewPCG(seed, 0)), keys: []string{"a", "b", "c"}, owner: t.owner("")}
		h, r := t.created(map[string]string{"a": `0`, "b": `1`})
		past := &history{calls: randomCalls(goroutines*calls, random, r)}
		together(goroutines, func(g int) {
			for i := range calls { // each has a part of the order from everywhere
				past.make(past.calls[i*goroutines+g], t, g, h)
			}
		})
		if !past.explained(&r) {
			t.end("no order of these calls explains what they returned (seed %d):%s", seed, past)
		}
	}
}
