package sessionstore_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/sessionstore"
)

// handle returns the n-th handle.
func handle(n int) (h sessionstore.Handle) {
	binary.BigEndian.PutUint64(h[8:], uint64(n))
	return h
}

// record returns one that lives for an hour and has a value of size bytes.
func record(size int) sessionstore.Record {
	now := time.Now().UTC().Truncate(time.Millisecond)
	return sessionstore.Record{Values: map[string]string{"v": strings.Repeat("x", size)}, Secret: sessionstore.Hash{1}, Created: now, Seen: now, Idle: time.Hour}
}

func ownedBy(owner string, r sessionstore.Record) sessionstore.Record { r.Owner = owner; return r }

func lasting(idle time.Duration, r sessionstore.Record) sessionstore.Record { r.Idle = idle; return r }

func mustCreate(t *testing.T, m *sessionstore.Memory, n int, r sessionstore.Record) {
	t.Helper()
	if err := m.Create(t.Context(), handle(n), r); err != nil {
		t.Fatalf("create %d: %v", n, err)
	}
}

// kept returns which of the first n handles have a record.
func kept(t *testing.T, m *sessionstore.Memory, n int) (numbers []int) {
	t.Helper()
	for i := range n {
		if _, err := m.Load(t.Context(), handle(i)); err == nil {
			numbers = append(numbers, i)
		}
	}
	return numbers
}

// roomFor returns a Memory that has room for n records like r, and no more.
func roomFor(t *testing.T, n int, r sessionstore.Record) *sessionstore.Memory {
	t.Helper()
	probe := sessionstore.NewMemory()
	mustCreate(t, probe, 0, r)
	m := sessionstore.NewMemory()
	m.MaxBytes, m.Logger = probe.Bytes()*int64(n), slog.New(slog.DiscardHandler)
	return m
}

func TestMemoryKeepsTheContract(t *testing.T) {
	t.Parallel()
	m := sessionstore.NewMemory()
	dewartest.TestStore(t, func(testing.TB) sessionstore.Store { return m })
}

func TestMemoryEvictsTheLeastUsed(t *testing.T) {
	t.Parallel()
	m := roomFor(t, 10, record(100))
	for n := range 10 {
		mustCreate(t, m, n, record(100))
	}
	for _, n := range []int{0, 3} { // a Load and an Update are uses
		if _, err := m.Load(t.Context(), handle(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Update(t.Context(), handle(1), sessionstore.Delta{At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	for n := 10; n < 15; n++ {
		mustCreate(t, m, n, record(100))
	}
	if got, want := kept(t, m, 15), []int{0, 1, 3, 8, 9, 10, 11, 12, 13, 14}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestMemoryEvictsTheOwnedLast(t *testing.T) {
	t.Parallel()
	m := roomFor(t, 10, ownedBy("ann", record(100)))
	for n := range 10 {
		r := record(100)
		if n < 5 {
			r = ownedBy("ann", r)
		}
		mustCreate(t, m, n, r)
	}
	for n := 10; n < 17; n++ {
		mustCreate(t, m, n, ownedBy("bob", record(100)))
	}
	got := kept(t, m, 17)
	for _, n := range got {
		if n >= 5 && n < 10 {
			t.Errorf("%d has no owner and is kept, with %v", n, got)
		}
	}
	if !slices.Contains(got, 4) || slices.Contains(got, 0) {
		t.Errorf("got %v, want 4 kept and 0, which was used before it, gone", got)
	}
}

func TestMemoryRemovesTheExpiredBeforeItEvicts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var events []sessionstore.Event
		m := roomFor(t, 10, ownedBy("ann", record(100)))
		m.Observe = func(e sessionstore.Event) { events = append(events, e) }
		for n := range 10 {
			r := ownedBy("ann", record(100))
			if n >= 5 {
				r = lasting(time.Minute, r)
			}
			mustCreate(t, m, n, r)
		}
		if err := m.Update(t.Context(), handle(9), sessionstore.Delta{At: time.Now(), Lifetime: &sessionstore.Lifetime{Idle: time.Hour}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		for n := 10; n < 14; n++ {
			mustCreate(t, m, n, record(100))
		}
		if got, want := kept(t, m, 14), []int{0, 1, 2, 3, 4, 9, 10, 11, 12, 13}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		swept := 0
		for _, e := range events {
			if e.Name != "swept" {
				t.Errorf("got event %q", e.Name)
			}
			swept += e.Count
		}
		if swept != 4 {
			t.Errorf("%d were told to be swept, want 4", swept)
		}
	})
}

func TestMemoryTellsOfEvictions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		evicted := 0
		m := roomFor(t, 10, record(100))
		m.Logger = slog.New(slog.NewTextHandler(&log, nil))
		m.Observe = func(e sessionstore.Event) {
			if e.Name == "evicted" {
				evicted += e.Count
			}
		}
		for n := range 30 {
			mustCreate(t, m, n, record(100))
		}
		if lines := strings.Count(log.String(), "\n"); lines != 1 || !strings.Contains(log.String(), "raise MaxBytes") {
			t.Errorf("got %d lines, want one:\n%s", lines, &log)
		}
		time.Sleep(time.Minute)
		mustCreate(t, m, 30, record(100))
		if evicted != 21 || !strings.Contains(log.String(), "withoutOwner=20 withOwner=0") {
			t.Errorf("%d were told, want 21; the log has to name the 20 of the minute:\n%s", evicted, &log)
		}
	})
}

func TestMemoryKeepsWithinItsBounds(t *testing.T) {
	t.Parallel()
	m := sessionstore.NewMemory()
	m.MaxBytes, m.Logger = 1<<20, slog.New(slog.DiscardHandler)
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(worker)))
			for range rounds(2000, 50_000) {
				h, size := handle(random.IntN(3000)), random.IntN(1500)
				if random.IntN(50) == 0 {
					size *= 40
				}
				switch random.IntN(4) {
				case 0:
					if err := m.Create(t.Context(), h, ownedBy([]string{"", "ann", "bob"}[random.IntN(3)], record(size))); err != nil && !errors.Is(err, sessionstore.ErrExists) {
						t.Error(err)
					}
				case 1:
					d := sessionstore.Delta{At: time.Now(), Set: map[string]string{fmt.Sprint(random.IntN(5)): strings.Repeat("y", size)}}
					if err := m.Update(t.Context(), h, d); err != nil && !errors.Is(err, sessionstore.ErrNotFound) {
						t.Error(err)
					}
				case 2:
					_, _ = m.Load(t.Context(), h)
				default:
					if random.IntN(4) == 0 {
						_ = m.Delete(t.Context(), h)
					}
				}
				if got := m.Bytes(); got > m.MaxBytes || got < 0 {
					t.Errorf("it takes %d bytes of %d", got, m.MaxBytes)
				}
			}
		})
	}
	wg.Wait()
	for n := range 3000 {
		_ = m.Delete(t.Context(), handle(n))
	}
	if n, _ := m.Count(t.Context()); n != 0 || m.Bytes() != 0 {
		t.Errorf("it is empty, but counts %d records of %d bytes", n, m.Bytes())
	}
}

func TestMemoryRefusesWhatDoesNotFitAlone(t *testing.T) {
	t.Parallel()
	m := roomFor(t, 10, record(100))
	for n := range 5 {
		mustCreate(t, m, n, record(100))
	}
	if err := m.Create(t.Context(), handle(9), record(int(m.MaxBytes))); !errors.Is(err, sessionstore.ErrTooLarge) {
		t.Errorf("create: got %v", err)
	}
	d := sessionstore.Delta{At: time.Now(), Set: map[string]string{"w": strings.Repeat("x", int(m.MaxBytes))}}
	if err := m.Update(t.Context(), handle(0), d); !errors.Is(err, sessionstore.ErrTooLarge) {
		t.Errorf("update: got %v", err)
	}
	if got, want := kept(t, m, 10), []int{0, 1, 2, 3, 4}; !slices.Equal(got, want) {
		t.Errorf("kept %v, want %v", got, want)
	}
	d.Set["w"] = strings.Repeat("x", int(m.MaxBytes)/2)
	if err := m.Update(t.Context(), handle(0), d); err != nil {
		t.Errorf("update to half of it: got %v", err)
	}
	if r, err := m.Load(t.Context(), handle(0)); err != nil || r.Values["w"] != d.Set["w"] {
		t.Errorf("the one that grew: got %v, %v", r, err)
	}
}

// TestMemoryDoesWhatRecordsDo compares it with a map under random calls.
func TestMemoryDoesWhatRecordsDo(t *testing.T) {
	t.Parallel()
	const handles = 400
	random := rand.New(rand.NewPCG(7, 11))
	m, model := sessionstore.NewMemory(), map[sessionstore.Handle]sessionstore.Record{}
	owners := []string{"", "ann", "bob", "cleo"}
	for range rounds(30_000, 1_000_000) {
		h := handle(random.IntN(handles))
		now := time.Now().UTC().Truncate(time.Millisecond)
		known, there := model[h]
		switch random.IntN(10) {
		case 0, 1, 2:
			r := ownedBy(owners[random.IntN(4)], record(random.IntN(100)))
			want := error(nil)
			if there {
				want = sessionstore.ErrExists
			} else {
				model[h] = r
			}
			if got := m.Create(t.Context(), h, r); got != want {
				t.Fatalf("create: got %v, want %v", got, want)
			}
		case 3:
			delete(model, h)
			if err := m.Delete(t.Context(), h); err != nil {
				t.Fatal(err)
			}
		case 4, 5:
			got, err := m.Load(t.Context(), h)
			if there != (err == nil) || there && !equal(got, known) {
				t.Fatalf("load: got %v, %v, want %v", got, err, known)
			}
		default:
			d := sessionstore.Delta{At: now, Set: map[string]string{fmt.Sprint(random.IntN(5)): "1"}, Clear: random.IntN(8) == 0}
			if random.IntN(4) == 0 {
				d.Owner = &sessionstore.Ownership{Owner: owners[random.IntN(4)], Mark: 3}
			}
			if random.IntN(4) == 0 {
				d.Lifetime = &sessionstore.Lifetime{Idle: time.Duration(1+random.IntN(100)) * time.Hour}
			}
			want := sessionstore.ErrNotFound
			if there {
				known = known.Clone()
				if want = known.Apply(d); want == nil {
					model[h] = known
				}
			}
			if got := m.Update(t.Context(), h, d); got != want {
				t.Fatalf("update: got %v, want %v", got, want)
			}
		}
	}
	if n, _ := m.Count(t.Context()); n != len(model) {
		t.Errorf("it counts %d, want %d", n, len(model))
	}
	for _, owner := range owners[1:] {
		if got, want := claimed(t, m, owner), ownedIn(model, owner); !slices.Equal(got, want) {
			t.Errorf("claims of %q: got %v, want %v", owner, got, want)
		}
	}
}

func equal(a, b sessionstore.Record) bool {
	same := maps.Equal(a.Values, b.Values)
	a.Values, b.Values = nil, nil
	return same && fmt.Sprintf("%#v", a) == fmt.Sprintf("%#v", b) && a.Secret == b.Secret && a.Seen.Equal(b.Seen) && a.Idle == b.Idle && a.Mark == b.Mark
}

func claimed(t *testing.T, m *sessionstore.Memory, owner string) (handles []string) {
	t.Helper()
	claims, err := m.Claims(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range claims {
		handles = append(handles, c.Handle.String())
	}
	slices.Sort(handles)
	return handles
}

func ownedIn(model map[sessionstore.Handle]sessionstore.Record, owner string) (handles []string) {
	for h, r := range model {
		if r.Owner == owner {
			handles = append(handles, h.String())
		}
	}
	slices.Sort(handles)
	return handles
}

func TestMemoryForgetsWhatHasExpired(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := sessionstore.NewMemory()
		for n := range 1000 {
			mustCreate(t, m, n, lasting(time.Duration(1+n%10)*time.Minute, record(10)))
		}
		for n := range 1000 { // those of an odd minute live on
			if n%2 == 0 {
				if err := m.Update(t.Context(), handle(n), sessionstore.Delta{At: time.Now(), Lifetime: &sessionstore.Lifetime{Idle: time.Hour}}); err != nil {
					t.Fatal(err)
				}
			}
		}
		for minute := 1; minute <= 10; minute++ {
			time.Sleep(time.Minute)
			if n, err := m.Sweep(t.Context(), time.Now(), 30); n != min(30, 100*(1-minute%2)) || err != nil {
				t.Errorf("minute %d: the first sweep of 30 removed %d: %v", minute, n, err)
			}
			if n, err := m.Sweep(t.Context(), time.Now(), 1000); n != 70*(1-minute%2) || err != nil {
				t.Errorf("minute %d: the second one removed %d: %v", minute, n, err)
			}
		}
		time.Sleep(time.Hour)
		if n, _ := m.Sweep(t.Context(), time.Now(), 1000); n != 500 || m.Bytes() != 0 {
			t.Errorf("the last sweep removed %d, and %d bytes remain", n, m.Bytes())
		}
	})
}

func TestMemoryForgetsWithoutASweep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := sessionstore.NewMemory()
		for n := range 1000 {
			mustCreate(t, m, n, lasting(time.Minute, record(10)))
		}
		time.Sleep(time.Minute)
		for n := range 1000 {
			mustCreate(t, m, 1000+n, record(10))
		}
		if n, _ := m.Count(t.Context()); n != 1000 {
			t.Errorf("it has %d records, want the 1000 that live", n)
		}
	})
}

func TestMemoryTakesTheEarlierClock(t *testing.T) {
	t.Parallel()
	m := sessionstore.NewMemory()
	past := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
	old := record(10)
	old.Created, old.Seen = past, past
	for n := range 100 { // those of a clock that is years behind
		mustCreate(t, m, n, old)
	}
	if got := kept(t, m, 100); len(got) != 100 {
		t.Errorf("%d of 100 are there", len(got))
	}
	future := time.Now().Add(24 * time.Hour)
	late := record(10)
	late.Created, late.Seen = future, future
	fresh := sessionstore.NewMemory()
	mustCreate(t, fresh, 0, record(10))
	for n := range 100 { // and one that is a day ahead
		mustCreate(t, fresh, 1+n, late)
	}
	if got := kept(t, fresh, 101); len(got) != 101 {
		t.Errorf("%d of 101 are there", len(got))
	}
}

func TestMemoryReplacesWhatHasExpired(t *testing.T) {
	t.Parallel()
	m := sessionstore.NewMemory()
	mustCreate(t, m, 1, record(10))
	r := record(20)
	if err := m.Create(t.Context(), handle(1), r); !errors.Is(err, sessionstore.ErrExists) {
		t.Errorf("got %v for one that lives", err)
	}
	r.Created = r.Created.Add(time.Hour)
	r.Seen = r.Created
	if err := m.Create(t.Context(), handle(1), r); err != nil {
		t.Errorf("got %v for one that had expired", err)
	}
	if got, err := m.Load(t.Context(), handle(1)); err != nil || !equal(got, r) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestMemorySharesNothingThatCanChange(t *testing.T) {
	t.Parallel()
	m := sessionstore.NewMemory()
	r := record(10)
	mustCreate(t, m, 1, r)
	r.Values["v"], r.Values["more"] = "changed", "1"
	set := map[string]string{"w": "1"}
	if err := m.Update(t.Context(), handle(1), sessionstore.Delta{At: time.Now(), Set: set}); err != nil {
		t.Fatal(err)
	}
	set["w"] = "2"
	first, _ := m.Load(t.Context(), handle(1))
	first.Values["v"] = "changed"
	got, err := m.Load(t.Context(), handle(1))
	if want := map[string]string{"v": "xxxxxxxxxx", "w": "1"}; err != nil || !maps.Equal(got.Values, want) {
		t.Errorf("got %v, %v, want %v", got.Values, err, want)
	}
}

func TestMemoryKeepsMarksOfOwners(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := sessionstore.NewMemory()
		raise := func(owner string, d time.Duration) int64 {
			n, err := m.RaiseMark(t.Context(), owner, time.Now().Add(d))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n, _ := m.Mark(t.Context(), "ann"); n != 0 {
			t.Errorf("got %d before it was raised", n)
		}
		first := raise("ann", time.Hour)
		if second := raise("ann", time.Hour); first <= 0 || second <= first {
			t.Errorf("raised to %d, then to %d", first, second)
		}
		if n, _ := m.Mark(t.Context(), "bob"); n != 0 {
			t.Errorf("bob's is %d, only ann's was raised", n)
		}
		time.Sleep(2 * time.Hour)
		for n := range 2000 {
			raise(fmt.Sprint(n), time.Minute)
			time.Sleep(time.Second)
		}
		if got := m.Bytes(); got > 200*64 {
			t.Errorf("marks take %d bytes, though all but 60 are over", got)
		}
		if again, _ := m.Mark(t.Context(), "ann"); again > first+1 {
			t.Errorf("ann's is %d", again)
		}
	})
}

func TestMemoryKeepsSessionsBesideManyMarks(t *testing.T) {
	t.Parallel()
	m := sessionstore.NewMemory()
	m.MaxBytes, m.Logger = 1<<20, slog.New(slog.DiscardHandler)
	for n := range 1000 {
		mustCreate(t, m, n, record(100))
	}
	for n := range 20_000 {
		if _, err := m.RaiseMark(t.Context(), fmt.Sprint(n), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(kept(t, m, 1000)); got != 1000 || m.Bytes() > m.MaxBytes {
		t.Errorf("%d of 1000 sessions are there; it takes %d bytes of %d", got, m.Bytes(), m.MaxBytes)
	}
	if n, _ := m.Mark(t.Context(), "19999"); n == 0 {
		t.Error("the mark that was raised last is forgotten")
	}
}

func TestMemoryIsReadyAsItsZeroValue(t *testing.T) {
	t.Parallel()
	var m sessionstore.Memory
	if _, err := m.Load(t.Context(), handle(1)); !errors.Is(err, sessionstore.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	mustCreate(t, &m, 1, ownedBy("ann", record(10)))
	if got := claimed(t, &m, "ann"); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}

func TestMemoryAppliesEachDeltaOnce(t *testing.T) {
	t.Parallel()
	m := sessionstore.NewMemory()
	mustCreate(t, m, 1, record(10))
	var wg sync.WaitGroup
	for n := range 64 {
		wg.Go(func() {
			d := sessionstore.Delta{At: time.Now(), Set: map[string]string{fmt.Sprint("key", n): "1"}}
			if err := m.Update(context.Background(), handle(1), d); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if r, err := m.Load(t.Context(), handle(1)); err != nil || len(r.Values) != 65 {
		t.Errorf("%d of 65 values are there: %v", len(r.Values), err)
	}
}
