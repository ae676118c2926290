package sqlstore_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

var seed = flag.Uint64("seed", 0, "seed of random deltas, 0 for one by the clock")

// start is a moment of whole milliseconds.
var start = time.UnixMilli(1_790_000_000_123).UTC()

// awkward are texts that databases, JSON and SQL read in their own ways.
var awkward = []string{
	"", "user_id", "Case", "case", "space ", "space", "café", "cafe\u0301", "emoji 😀", "nul\x00", "nul", "mark\x1a00", "\x1a", "bad\xff\xfe",
	`quote"'`, "back\\slash", "$.path", `$."a"`, "a.b", "a[0]", "%", "_", "?", "$1", ":x", "--", "/*", "<&>", "\u2028", "\n\t", "__proto__",
	"null", "-1", "_flashes:0123", strings.Repeat("long", 2500),
}

var awkwardValues = []string{
	"1", `"x"`, "null", "true", "{}", "[]", "9007199254740993", "1.0", "1e400", `{"b":1,"a":2}`, `{"a":2,"b":1}`, `"\u0000"`, `"\ud83d\ude00"`, `"😀"`,
	`"\u00e9"`, `"é"`, `"E"`, `"e"`, `"a "`, `"a"`, `"'\\\"$?"`, `{" t":"2026-01-01"}`, " 1", "\x00", "bad\xff", "\x1a00", "<&>", strings.Repeat("x", 70_000),
}

func TestUpdatesAreThoseOfApply(t *testing.T) {
	n := *seed
	if n == 0 {
		n = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed %d", n)
	rounds := 600
	if full() {
		rounds = 20_000
	}
	onEach(t, func(t *testing.T, d database) { compareUpdates(t, d, n, rounds) })
}

// compareUpdates does so many random things to a store and to a record, and compares.
func compareUpdates(t *testing.T, d database, seed uint64, rounds int) {
	t.Helper()
	s, random := d.store(t), rand.New(rand.NewPCG(seed, 0))
	var h sessionstore.Handle
	var model *sessionstore.Record
	now := start
	for round := range rounds {
		now = now.Add(time.Duration(random.IntN(40)) * time.Millisecond)
		var want, got error
		var did string
		switch {
		case model == nil || random.IntN(60) == 0:
			if model == nil || random.IntN(2) == 0 {
				h, model = newHandle(), nil
			}
			r := randomRecord(random, now)
			did, got = "create "+r.String(), s.Create(soon(t), h, r)
			if model != nil && !model.Expired(r.Created) {
				want = sessionstore.ErrExists
			} else {
				model = &r
			}
		case random.IntN(100) == 0:
			did, got = "delete", s.Delete(soon(t), h)
			model = nil
		default:
			delta := randomDelta(random, *model, now)
			did = delta.String()
			want, got = model.Apply(delta), s.Update(soon(t), h, delta)
		}
		if !errors.Is(got, want) || want == nil && got != nil {
			t.Fatalf("round %d: %s: error %v, want %v", round, did, got, want)
		}
		compare(t, fmt.Sprintf("round %d: %s", round, did), s, h, model)
	}
}

// compare fails the test if the store has another record than the model.
func compare(t *testing.T, what string, s sessionstore.Store, h sessionstore.Handle, model *sessionstore.Record) {
	t.Helper()
	got, err := s.Load(soon(t), h)
	if model == nil {
		if !errors.Is(err, sessionstore.ErrNotFound) {
			t.Fatalf("%s: load: %v, want ErrNotFound", what, err)
		}
		return
	}
	if err != nil {
		t.Fatalf("%s: load: %v", what, err)
	}
	if !maps.Equal(got.Values, model.Values) {
		t.Fatalf("%s: values differ: %s", what, difference(got.Values, model.Values))
	}
	want := *model
	got.Values, want.Values = nil, nil
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: got %+v, want %+v", what, fields(got), fields(want))
	}
}

func difference(got, want map[string]string) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if got[key] != want[key] {
			fmt.Fprintf(&b, " %.40q is %.60q, want %.60q;", key, got[key], want[key])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[key]; !ok {
			fmt.Fprintf(&b, " %.40q is %.60q, want none;", key, got[key])
		}
	}
	return b.String()
}

// fields are what a record has beside values, as text that shows hashes.
func fields(r sessionstore.Record) string {
	return fmt.Sprintf("secret %s previous %s renewed %v created %v seen %v idle %v until %v owner %.40q mark %d",
		string(r.Secret[:]), string(r.Previous[:]), r.Renewed, r.Created, r.Seen, r.Idle, r.Until, r.Owner, r.Mark)
}

func pick(random *rand.Rand, from []string) string { return from[random.IntN(len(from))] }

func randomValues(random *rand.Rand, most int) map[string]string {
	values := map[string]string{}
	for range random.IntN(most + 1) {
		values[pick(random, awkward)] = pick(random, awkwardValues)
	}
	return values
}

func randomLifetime(random *rand.Rand, now time.Time) sessionstore.Lifetime {
	l := sessionstore.Lifetime{Idle: time.Duration(1+random.IntN(300)) * time.Millisecond}
	if random.IntN(2) == 0 {
		l.Until = now.Add(time.Duration(random.IntN(600)) * time.Millisecond)
	}
	if random.IntN(4) == 0 {
		l.Idle = 365 * 24 * time.Hour
	}
	return l
}

func randomRecord(random *rand.Rand, now time.Time) sessionstore.Record {
	l := randomLifetime(random, now)
	r := sessionstore.Record{
		Values: randomValues(random, 6), Secret: hashOf(fmt.Sprint("secret", random.IntN(100))), Created: now, Seen: now, Idle: l.Idle, Until: l.Until,
	}
	if random.IntN(2) == 0 {
		r.Owner, r.Mark = pick(random, awkward), random.Int64()
	}
	return r
}

func randomDelta(random *rand.Rand, r sessionstore.Record, now time.Time) sessionstore.Delta {
	d := sessionstore.Delta{At: now, Clear: random.IntN(10) == 0, Set: randomValues(random, 4)}
	for range random.IntN(4) {
		if key := pick(random, awkward); d.Set[key] == "" {
			d.Delete = append(d.Delete, key)
		}
	}
	if random.IntN(4) == 0 {
		d.Set, d.Delete = nil, nil
	}
	if random.IntN(4) == 0 {
		d.Expect = map[string]string{}
		for _, key := range slices.Sorted(maps.Keys(r.Values)) {
			if random.IntN(2) == 0 {
				d.Expect[key] = r.Values[key]
			}
		}
		for range random.IntN(3) {
			key := pick(random, awkward)
			d.Expect[key] = r.Values[key]
		}
		if random.IntN(3) == 0 {
			d.Expect[pick(random, awkward)] = pick(random, append(awkwardValues, ""))
		}
	}
	if random.IntN(6) == 0 {
		d.Renew = &sessionstore.Renewal{From: r.Secret, To: hashOf(fmt.Sprint("secret", random.IntN(100)))}
		if random.IntN(4) == 0 {
			d.Renew.From = hashOf("another")
		}
	}
	if random.IntN(8) == 0 {
		l := randomLifetime(random, now)
		d.Lifetime = &l
	}
	if random.IntN(8) == 0 {
		d.Owner = &sessionstore.Ownership{Owner: pick(random, awkward), Mark: random.Int64()}
	}
	return d
}

// MariaDB 10.11 overlooks b when the member in front of it is removed.
func TestAChangeBesideADeletionIsKept(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		s := d.store(t)
		h := newSession(t, s)
		for _, delta := range []sessionstore.Delta{
			{Set: map[string]string{"q": "1"}},
			{Set: map[string]string{"b": "1"}},
			{Set: map[string]string{"b": "2"}, Delete: []string{"q"}},
			{Clear: true, Set: map[string]string{"q": "1"}},
			{Set: map[string]string{"b": "1"}},
			{Set: map[string]string{"b": "2"}, Delete: []string{"q"}},
		} {
			delta.At = time.Now()
			if err := s.Update(soon(t), h, delta); err != nil {
				t.Fatal(err)
			}
		}
		r, err := s.Load(soon(t), h)
		if want := map[string]string{"b": "2"}; err != nil || !maps.Equal(r.Values, want) {
			t.Errorf("got %q (error %v), want %q", r.Values, err, want)
		}
	})
}

// MySQL counts a row that an update leaves as it was as none.
func TestTheSameUpdateTwiceIsNoConflict(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		s := d.store(t)
		h := newSession(t, s)
		delta := sessionstore.Delta{At: time.Now(), Set: map[string]string{"a": "1"}}
		for range 2 {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			if err := s.Update(ctx, h, delta); err != nil {
				t.Error(err)
			}
		}
	})
}
