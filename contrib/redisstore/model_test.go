package redisstore_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/redisstore"
	"github.com/dewar-go/dewar/internal/servers"
	"github.com/dewar-go/dewar/sessionstore"
)

var seed = flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the random tests")

// rounds returns how often a random test is repeated.
func rounds(quick, full int) int {
	if os.Getenv("DEWAR_ROUNDS") == "full" {
		return full
	}
	return quick
}

// opened returns a store in a Redis, with keys of its own.
func opened(t testing.TB, url string) *redisstore.Store {
	t.Helper()
	s, err := redisstore.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	s.Prefix = fmt.Sprintf("test:%x:", rand.Uint64())
	return s
}

func handle() (h sessionstore.Handle) {
	for i := range h {
		h[i] = byte(rand.Uint32())
	}
	return h
}

// strangeKeys are keys that a store may take for something else.
var strangeKeys = []string{"a", "b", "user", "", "\x00", "\x00m", "\x00p", "\x00o", "\x00v", "\x00v\x00m", "\x00\x00", "ключ", "\xff\xfe", "{a}", "*", "it's \"", strings.Repeat("long", 2500)}

// A dice makes random sessions and deltas.
type dice struct {
	*rand.Rand
	now time.Time
}

func (d *dice) chance(percent int) bool { return d.IntN(100) < percent }

func (d *dice) key() string { return strangeKeys[d.IntN(len(strangeKeys))] }

func (d *dice) value() string {
	if d.chance(5) {
		return strings.Repeat("x\x00\xff\r\n", 1+d.IntN(3000))
	}
	return fmt.Sprintf("%d", d.IntN(5))
}

func (d *dice) values(most int) map[string]string {
	values := map[string]string{}
	for range d.IntN(most + 1) {
		values[d.key()] = d.value()
	}
	return values
}

func (d *dice) hash() (h sessionstore.Hash) {
	h[0] = byte(1 + d.IntN(2)) // so that two are often the same
	return h
}

func (d *dice) idle() time.Duration { return time.Duration(1+d.IntN(20)) * d.step() }

// step is a second most of the time, so that sessions end at the very moment of a call.
func (d *dice) step() time.Duration {
	if d.chance(80) {
		return time.Second
	}
	return time.Duration(1+d.IntN(1500)) * time.Millisecond
}

func (d *dice) until() time.Time {
	switch d.IntN(4) {
	case 0:
		return d.now.Add(time.Duration(d.IntN(40)-10) * d.step())
	case 1:
		return d.now.Add(200 * 365 * 24 * time.Hour)
	}
	return time.Time{}
}

func (d *dice) record() sessionstore.Record {
	r := sessionstore.Record{Values: d.values(6), Secret: d.hash(), Created: d.now, Seen: d.now, Idle: d.idle(), Until: d.until()}
	if d.chance(30) {
		r.Previous, r.Renewed = d.hash(), d.now.Add(-time.Second)
	}
	if d.chance(30) {
		r.Owner, r.Mark = d.key(), d.Int64()-d.Int64()
	}
	return r
}

func (d *dice) delta(r *sessionstore.Record) sessionstore.Delta {
	delta := sessionstore.Delta{At: d.now, Clear: d.chance(10), Set: d.values(4)}
	for range d.IntN(4) {
		if key := d.key(); delta.Set[key] == "" && !slices.Contains(delta.Delete, key) {
			delta.Delete = append(delta.Delete, key)
		}
	}
	if d.chance(30) {
		delta.Expect = d.values(2)
		for key := range delta.Expect {
			if r != nil && d.chance(80) {
				delta.Expect[key] = r.Values[key]
			} else if d.chance(30) {
				delta.Expect[key] = ""
			}
		}
	}
	if d.chance(20) {
		delta.Renew = &sessionstore.Renewal{From: d.hash(), To: d.hash()}
	}
	if d.chance(20) {
		delta.Lifetime = &sessionstore.Lifetime{Idle: d.idle(), Until: d.until()}
	}
	if d.chance(20) {
		delta.Owner = &sessionstore.Ownership{Owner: d.key(), Mark: d.Int64() - d.Int64()}
		if d.chance(30) {
			delta.Owner = &sessionstore.Ownership{}
		}
	}
	return delta
}

// A model is what the store should hold under one handle.
type model struct {
	t      *testing.T
	store  *redisstore.Store
	h      sessionstore.Handle
	record *sessionstore.Record
}

func (m *model) create(r sessionstore.Record) {
	var want error
	if m.record != nil && !m.record.Expired(r.Created) {
		want = sessionstore.ErrExists
	} else {
		kept := r.Clone()
		m.record = &kept
	}
	m.same("Create", m.store.Create(m.t.Context(), m.h, r), want)
}

func (m *model) update(d sessionstore.Delta) {
	want := sessionstore.ErrNotFound
	if m.record != nil {
		want = m.record.Apply(d)
	}
	m.same(fmt.Sprintf("Update(%v)", d), m.store.Update(m.t.Context(), m.h, d), want)
}

func (m *model) delete() {
	m.record = nil
	m.same("Delete", m.store.Delete(m.t.Context(), m.h), nil)
}

func (m *model) load() {
	m.t.Helper()
	got, err := m.store.Load(m.t.Context(), m.h)
	if m.record == nil {
		m.same("Load", err, sessionstore.ErrNotFound)
		return
	}
	m.same("Load", err, nil)
	if !maps.Equal(got.Values, m.record.Values) {
		m.t.Fatalf("Load has values\n%.300q, want\n%.300q", got.Values, m.record.Values)
	}
	want := *m.record
	got.Values, want.Values = nil, nil
	if !reflect.DeepEqual(got, want) {
		m.t.Fatalf("Load has %+v, want %+v", got, want)
	}
}

func (m *model) same(call string, got, want error) {
	m.t.Helper()
	if !errors.Is(got, want) || (want == nil && got != nil) {
		m.t.Fatalf("%.300s returned %v, want %v", call, got, want)
	}
}

// The scripts do what Record.Apply does: random sessions, deltas, clocks that go back, and scripts that Redis has
// forgotten.
func TestUpdateIsApply(t *testing.T) {
	store := opened(t, servers.RedisURL(t))
	t.Logf("-seed %d", *seed)
	d := &dice{rand.New(rand.NewPCG(*seed, 1)), time.UnixMilli(1_800_000_000_000).UTC()}
	for range rounds(100, 2000) {
		m := &model{t: t, store: store, h: handle()}
		for range 50 {
			d.now = d.now.Add(time.Duration(d.IntN(7)-1) * d.step())
			switch n := d.IntN(100); {
			case n < 15:
				m.create(d.record())
			case n < 95:
				m.update(d.delta(m.record))
			case n < 98:
				m.delete()
			default:
				if err := store.Client.ScriptFlush(context.Background()).Err(); err != nil {
					t.Fatal(err)
				}
			}
			m.load()
		}
	}
}
