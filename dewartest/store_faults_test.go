package dewartest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/sessionstore"
)

// A storeFault is a mistake that somebody who writes a store may make.
type storeFault struct {
	name  string
	check string // that must find it
	seed  func(m *model)
}

// TestStoreSuiteFindsFaults seeds each fault into the model, which passes the whole suite.
func TestStoreSuiteFindsFaults(t *testing.T) {
	t.Parallel()
	for _, fault := range slices.Concat(recordFaults(), deltaFaults(), raceFaults(), optionalFaults()) {
		t.Run(fault.name, func(t *testing.T) {
			t.Parallel()
			got := run(func(t *fakeT) {
				dewartest.CheckStore(t, fault.check, func(testing.TB) sessionstore.Store {
					m := newModel()
					fault.seed(m)
					return m
				})
			})
			if len(got.failures) == 0 {
				t.Fatalf("check %q does not find it", fault.check)
			}
			if !strings.Contains(got.failures[0], "The rule: ") || strings.Contains(got.failures[0], "has no check") {
				t.Errorf("got failure %q, want one with the rule that is broken", got.failures[0])
			}
		})
	}
}

// altered has Update apply another delta than it was given.
func altered(alter func(d *sessionstore.Delta)) func(m *model) {
	return func(m *model) {
		m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
			alter(&d)
			return m.apply(h, d)
		}
	}
}

// misread has Load return another record than there is.
func misread(alter func(r *sessionstore.Record)) func(m *model) {
	return func(m *model) {
		m.load = func(h sessionstore.Handle) (sessionstore.Record, error) {
			defer m.lock()()
			r, ok := m.records[h]
			if !ok {
				return r, sessionstore.ErrNotFound
			}
			r = r.Clone()
			alter(&r)
			return r, nil
		}
	}
}

// eachValue returns a function that changes every value of a record.
func eachValue(alter func(key, value string) (string, string)) func(r *sessionstore.Record) {
	return func(r *sessionstore.Record) {
		values := map[string]string{}
		for key, value := range r.Values {
			key, value = alter(key, value)
			values[key] = value
		}
		r.Values = values
	}
}

// renamed has every method use another handle.
func renamed(other func(h sessionstore.Handle) sessionstore.Handle) func(m *model) {
	return func(m *model) {
		inner := newModel()
		m.load = func(h sessionstore.Handle) (sessionstore.Record, error) {
			return inner.Load(context.Background(), other(h))
		}
		m.create = func(h sessionstore.Handle, r sessionstore.Record) error {
			return inner.Create(context.Background(), other(h), r)
		}
		m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
			return inner.Update(context.Background(), other(h), d)
		}
		m.delete = func(h sessionstore.Handle) error { return inner.Delete(context.Background(), other(h)) }
	}
}

func recordFaults() []storeFault {
	return []storeFault{
		{"a missing record is an empty one", "no record is ErrNotFound", func(m *model) {
			m.load = func(h sessionstore.Handle) (sessionstore.Record, error) {
				defer m.lock()()
				return m.records[h], nil
			}
		}},
		{"a missing record is an error of its own", "no record is ErrNotFound", func(m *model) {
			m.load = func(h sessionstore.Handle) (sessionstore.Record, error) {
				defer m.lock()()
				if r, ok := m.records[h]; ok {
					return r, nil
				}
				return sessionstore.Record{}, fmt.Errorf("no rows")
			}
		}},
		{"the last byte of a handle is lost", "handles are not mixed up", renamed(func(h sessionstore.Handle) sessionstore.Handle { h[15] = 0; return h })},
		{"handles end at NUL", "handles are not mixed up", renamed(func(h sessionstore.Handle) sessionstore.Handle {
			text, _, _ := strings.Cut(string(h[:]), "\x00")
			var short sessionstore.Handle
			copy(short[:], text)
			return short
		})},
		{"handles are compared without case", "handles are not mixed up", renamed(func(h sessionstore.Handle) sessionstore.Handle {
			var lower sessionstore.Handle
			copy(lower[:], strings.ToLower(h.String()))
			return lower
		})},
		{"Create overwrites", "Create does not overwrite", func(m *model) {
			m.create = func(h sessionstore.Handle, r sessionstore.Record) error {
				defer m.lock()()
				m.records[h] = r.Clone()
				return nil
			}
		}},
		{"Create gives in to what has expired", "Create replaces what has expired", func(m *model) {
			m.create = func(h sessionstore.Handle, r sessionstore.Record) error {
				defer m.lock()()
				if _, ok := m.records[h]; ok {
					return sessionstore.ErrExists
				}
				m.records[h] = r.Clone()
				return nil
			}
		}},
		{"Create merges with what has expired", "Create replaces what has expired", func(m *model) {
			m.create = func(h sessionstore.Handle, r sessionstore.Record) error {
				defer m.lock()()
				old := m.records[h]
				if !old.Created.IsZero() && !old.Expired(r.Created) {
					return sessionstore.ErrExists
				}
				r = r.Clone()
				for key, value := range old.Values {
					if r.Values[key] == "" {
						r.Values[key] = value
					}
				}
				m.records[h] = r
				return nil
			}
		}},
		{"Delete leaves the record", "Delete removes", func(m *model) { m.delete = func(sessionstore.Handle) error { return nil } }},
		{"Delete of nothing is an error", "Delete removes", func(m *model) {
			m.delete = func(h sessionstore.Handle) error {
				defer m.lock()()
				if _, ok := m.records[h]; !ok {
					return sessionstore.ErrNotFound
				}
				delete(m.records, h)
				return nil
			}
		}},
		{"keys end at NUL", "any key", misread(eachValue(func(key, value string) (string, string) {
			key, _, _ = strings.Cut(key, "\x00")
			return key, value
		}))},
		{"keys lose spaces at their end", "any key", misread(eachValue(func(key, value string) (string, string) { return strings.TrimRight(key, " "), value }))},
		{"keys are compared without case", "any key", misread(eachValue(func(key, value string) (string, string) { return strings.ToLower(key), value }))},
		{"the empty key is lost", "any key", misread(func(r *sessionstore.Record) { delete(r.Values, "") })},
		{"keys are cut at 255 bytes", "any key", misread(eachValue(func(key, value string) (string, string) { return key[:min(len(key), 255)], value }))},
		{"values are decoded and encoded", "any value", misread(eachValue(func(key, value string) (string, string) { return key, reencoded(value) }))},
		{"values end at NUL", "any value", misread(eachValue(func(key, value string) (string, string) {
			value, _, _ = strings.Cut(value, "\x00")
			return key, value
		}))},
		{"values lose spaces", "any value", misread(eachValue(func(key, value string) (string, string) { return key, strings.TrimSpace(value) }))},
		{"values are cut at 65535 bytes", "large records", misread(eachValue(func(key, value string) (string, string) { return key, value[:min(len(value), 65535)] }))},
		{"half of what is too large is kept", "too large is all or nothing", func(m *model) {
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				if len(d.Set["big"]) > 1<<20 {
					_ = m.apply(h, sessionstore.Delta{At: d.At, Delete: d.Delete})
					return sessionstore.ErrTooLarge
				}
				return m.apply(h, d)
			}
		}},
		{"times are kept to the second", "times are exact", misread(func(r *sessionstore.Record) { r.Seen = r.Seen.Truncate(time.Second) })},
		{"Idle is kept to the second", "times are exact", misread(func(r *sessionstore.Record) { r.Idle = r.Idle.Truncate(time.Second) })},
		{"times begin in 1970", "times are exact", misread(func(r *sessionstore.Record) {
			r.Created = time.UnixMilli(max(0, r.Created.UnixMilli()))
		})},
		{"no end becomes 1970", "times are exact", misread(func(r *sessionstore.Record) {
			if r.Until.IsZero() {
				r.Until = time.Unix(0, 0)
			}
		})},
		{"marks go through a float", "owner and mark are exact", misread(func(r *sessionstore.Record) { r.Mark = int64(float64(r.Mark)) })},
		{"owners lose their case", "owner and mark are exact", misread(func(r *sessionstore.Record) { r.Owner = strings.ToLower(r.Owner) })},
		{"the map that Create was given is kept", "records are snapshots", func(m *model) {
			m.create = func(h sessionstore.Handle, r sessionstore.Record) error {
				defer m.lock()()
				m.records[h] = r
				return nil
			}
		}},
		{"the map that is kept is returned", "records are snapshots", func(m *model) {
			m.load = func(h sessionstore.Handle) (sessionstore.Record, error) {
				defer m.lock()()
				return m.records[h], nil
			}
		}},
		{"an Update changes records that were loaded", "records are snapshots", func(m *model) {
			m.load = func(h sessionstore.Handle) (sessionstore.Record, error) {
				defer m.lock()()
				return m.records[h], nil
			}
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				defer m.lock()()
				r := m.records[h]
				maps.Copy(r.Values, d.Set)
				return r.Apply(d)
			}
		}},
	}
}

// reencoded returns JSON as Go's decoder and encoder leave it.
func reencoded(value string) string {
	var v any
	if json.Unmarshal([]byte(value), &v) != nil {
		return value
	}
	again, err := json.Marshal(v)
	if err != nil {
		return value
	}
	return string(again)
}

func deltaFaults() []storeFault {
	return []storeFault{
		{"Delete is ignored", "Set and Delete merge by key", altered(func(d *sessionstore.Delta) { d.Delete = nil })},
		{"Set replaces everything", "Set and Delete merge by key", altered(func(d *sessionstore.Delta) { d.Clear = d.Clear || len(d.Set) > 0 })},
		{"Delete of a missing key fails", "Set and Delete merge by key", func(m *model) {
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				r, _ := m.Load(context.Background(), h)
				for _, key := range d.Delete {
					if r.Values[key] == "" {
						return sessionstore.ErrConflict
					}
				}
				return m.apply(h, d)
			}
		}},
		{"Seen is not written", "Seen is written", func(m *model) { m.update = m.withoutSeen(func(sessionstore.Delta) bool { return true }) }},
		{"Seen is written with changes alone", "Seen is written", func(m *model) {
			m.update = m.withoutSeen(func(d sessionstore.Delta) bool { return len(d.Set) == 0 && len(d.Delete) == 0 })
		}},
		{"Clear is ignored", "Clear comes first", altered(func(d *sessionstore.Delta) { d.Clear = false })},
		{"Clear comes after Set", "Clear comes first", altered(func(d *sessionstore.Delta) {
			if d.Clear {
				d.Set = nil
			}
		})},
		{"Update creates", "Update never creates", func(m *model) {
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				defer m.lock()()
				r, ok := m.records[h]
				if !ok {
					r = sessionstore.Record{Created: d.At, Seen: d.At, Idle: time.Hour}
				}
				err := r.Apply(d)
				if err == nil {
					m.records[h] = r
				}
				return err
			}
		}},
		{"Update of a missing record succeeds", "Update never creates", func(m *model) {
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				if _, err := m.Load(context.Background(), h); err != nil {
					return nil
				}
				return m.apply(h, d)
			}
		}},
		{"expiry is ignored", "Update of what has expired", func(m *model) { m.update = m.withoutExpiry(true, true) }},
		{"Idle is ignored", "Update of what has expired", func(m *model) { m.update = m.withoutExpiry(true, false) }},
		{"Until is ignored", "Update of what has expired", func(m *model) { m.update = m.withoutExpiry(false, true) }},
		{"a record lives a millisecond too long", "Update of what has expired", func(m *model) {
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				seen := d.At
				if r, err := m.Load(context.Background(), h); err == nil && r.Expires().Equal(d.At) {
					d.At = d.At.Add(-time.Millisecond)
				}
				err := m.apply(h, d)
				defer m.lock()()
				if r, ok := m.records[h]; ok && err == nil {
					r.Seen = seen
					m.records[h] = r
				}
				return err
			}
		}},
		{"Lifetime is ignored", "Lifetime", altered(func(d *sessionstore.Delta) { d.Lifetime = nil })},
		{"Lifetime cannot take Until away", "Lifetime", func(m *model) {
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				if d.Lifetime != nil && d.Lifetime.Until.IsZero() {
					r, _ := m.Load(context.Background(), h)
					d.Lifetime = &sessionstore.Lifetime{Idle: d.Lifetime.Idle, Until: r.Until}
				}
				return m.apply(h, d)
			}
		}},
		{"a longer Lifetime does not last", "Lifetime", func(m *model) {
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				if r, err := m.Load(context.Background(), h); err == nil && d.At.After(r.Created.Add(24*time.Hour)) {
					return sessionstore.ErrNotFound
				}
				return m.apply(h, d)
			}
		}},
		{"Owner cannot be taken away", "Owner", altered(func(d *sessionstore.Delta) {
			if d.Owner != nil && d.Owner.Owner == "" {
				d.Owner = nil
			}
		})},
		{"Mark is not written", "Owner", altered(func(d *sessionstore.Delta) {
			if d.Owner != nil {
				d.Owner = &sessionstore.Ownership{Owner: d.Owner.Owner}
			}
		})},
		{"a delta without Owner takes it away", "Owner", altered(func(d *sessionstore.Delta) {
			if d.Owner == nil {
				d.Owner = &sessionstore.Ownership{}
			}
		})},
		{"Expect is ignored", "Expect", altered(func(d *sessionstore.Delta) { d.Expect = nil })},
		{"Expect of none is ignored", "Expect", altered(func(d *sessionstore.Delta) {
			d.Expect = maps.Clone(d.Expect)
			maps.DeleteFunc(d.Expect, func(_, value string) bool { return value == "" })
		})},
		{"one Expect is enough", "Expect", func(m *model) {
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				r, _ := m.Load(context.Background(), h)
				for key, value := range d.Expect {
					if r.Values[key] == value {
						d.Expect = nil
					}
				}
				return m.apply(h, d)
			}
		}},
		{"Expect compares numbers", "Expect", func(m *model) {
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				r, _ := m.Load(context.Background(), h)
				expect := maps.Clone(d.Expect)
				for key, value := range d.Expect {
					if reencoded(value) == reencoded(r.Values[key]) {
						expect[key] = r.Values[key]
					}
				}
				d.Expect = expect
				return m.apply(h, d)
			}
		}},
		{"Renew is no compare-and-set", "Renew", func(m *model) { m.update = m.withoutCompare }},
		{"Renew leaves the old secret valid", "Renew", func(m *model) {
			old := map[sessionstore.Handle]sessionstore.Hash{}
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				defer m.lock()()
				r := m.records[h]
				if d.Renew != nil && d.Renew.From == old[h] {
					d.Renew = &sessionstore.Renewal{From: r.Secret, To: d.Renew.To}
				}
				err := r.Apply(d)
				if err == nil && d.Renew != nil {
					old[h] = r.Previous
				}
				m.records[h] = r
				return err
			}
		}},
		{"Renew does not remember the old secret", "Renew", misread(func(r *sessionstore.Record) { r.Previous = sessionstore.Hash{} })},
		{"Renewed is not written", "Renew", misread(func(r *sessionstore.Record) { r.Renewed = time.Time{} })},
		{"Renew is ignored", "Renew", altered(func(d *sessionstore.Delta) { d.Renew = nil })},
		{"values of a refused delta are kept", "all or nothing", func(m *model) {
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				err := m.apply(h, d)
				if err != nil {
					_ = m.apply(h, sessionstore.Delta{At: d.At, Set: d.Set})
				}
				return err
			}
		}},
		{"the secret of a refused delta is kept", "all or nothing", func(m *model) {
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				err := m.apply(h, d)
				if err != nil {
					r, _ := m.Load(context.Background(), h)
					_ = m.apply(h, sessionstore.Delta{At: r.Seen, Renew: d.Renew})
				}
				return err
			}
		}},
		{"a refused delta lengthens the session", "all or nothing", func(m *model) {
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				err := m.apply(h, d)
				if err != nil {
					_ = m.apply(h, sessionstore.Delta{At: d.At})
				}
				return err
			}
		}},
		{"one delta in ten is not written", "random deltas", func(m *model) {
			n := 0
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				if n++; n%10 == 0 {
					d.Set = nil
				}
				return m.apply(h, d)
			}
		}},
	}
}

// withoutSeen is an Update that leaves Seen as it was for some deltas.
func (m *model) withoutSeen(which func(d sessionstore.Delta) bool) func(sessionstore.Handle, sessionstore.Delta) error {
	return func(h sessionstore.Handle, d sessionstore.Delta) error {
		defer m.lock()()
		r := m.records[h]
		seen := r.Seen
		err := r.Apply(d)
		if which(d) {
			r.Seen = seen
		}
		m.records[h] = r
		return err
	}
}

// withoutExpiry is an Update that ignores Idle or Until.
func (m *model) withoutExpiry(idle, until bool) func(sessionstore.Handle, sessionstore.Delta) error {
	return func(h sessionstore.Handle, d sessionstore.Delta) error {
		defer m.lock()()
		r := m.records[h]
		kept := r
		if idle {
			r.Idle = 1000 * time.Hour
		}
		if until {
			r.Until = time.Time{}
		}
		err := r.Apply(d)
		if d.Lifetime == nil {
			r.Idle, r.Until = kept.Idle, kept.Until
		}
		m.records[h] = r
		return err
	}
}

// withoutCompare is an Update whose Renew does not look at From.
func (m *model) withoutCompare(h sessionstore.Handle, d sessionstore.Delta) error {
	defer m.lock()()
	r, ok := m.records[h]
	if !ok {
		return sessionstore.ErrNotFound
	}
	if d.Renew != nil {
		d.Renew = &sessionstore.Renewal{From: r.Secret, To: d.Renew.To}
	}
	err := r.Apply(d)
	m.records[h] = r
	return err
}

// torn is an Update that reads, is overtaken by others, and writes.
func (m *model) torn(write func(h sessionstore.Handle, old, r sessionstore.Record)) func(sessionstore.Handle, sessionstore.Delta) error {
	return func(h sessionstore.Handle, d sessionstore.Delta) error {
		old, err := m.Load(context.Background(), h)
		if err != nil {
			return err
		}
		r := old.Clone()
		if err := r.Apply(d); err != nil {
			return err
		}
		overtaken()
		defer m.lock()()
		write(h, old, r)
		return nil
	}
}

// overtaken lets others go first.
func overtaken() {
	for range 20 {
		runtime.Gosched()
	}
	time.Sleep(50 * time.Microsecond)
}

func raceFaults() []storeFault {
	// whole writes back the whole record, as stores of blobs do.
	whole := func(m *model) {
		m.update = m.torn(func(h sessionstore.Handle, _, r sessionstore.Record) {
			if _, ok := m.records[h]; ok {
				m.records[h] = r
			}
		})
	}
	// upsert does so too when the record has been deleted meanwhile.
	upsert := func(m *model) {
		m.update = m.torn(func(h sessionstore.Handle, _, r sessionstore.Record) { m.records[h] = r })
	}
	// halves applies a delta in two steps.
	halves := func(m *model) {
		m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
			first, rest := d, sessionstore.Delta{At: d.At, Set: d.Set}
			first.Set = nil
			if err := m.apply(h, first); err != nil {
				return err
			}
			overtaken()
			for key, value := range rest.Set {
				_ = m.apply(h, sessionstore.Delta{At: d.At, Set: map[string]string{key: value}})
				overtaken()
			}
			return nil
		}
	}
	return []storeFault{
		{"deltas are lost", "64 writers lose nothing", whole},
		{"a set brings a deleted value back", "Delete against Set", whole},
		{"a set brings a cleared value back", "Clear against Set", whole},
		{"a late Clear takes what came after it", "Clear against Set", func(m *model) {
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				if !d.Clear {
					return m.apply(h, d)
				}
				go func() { overtaken(); _ = m.apply(h, d) }()
				return nil
			}
		}},
		{"several Creates win", "one Create wins", func(m *model) {
			m.create = func(h sessionstore.Handle, r sessionstore.Record) error {
				if _, err := m.Load(context.Background(), h); err == nil {
					return sessionstore.ErrExists
				}
				overtaken()
				defer m.lock()()
				m.records[h] = r.Clone()
				return nil
			}
		}},
		{"several Renews win", "one Renew wins", whole},
		{"counters lose counts", "counters are exact", whole},
		{"a deleted session comes back", "Delete is final", upsert},
		{"an Update after Delete succeeds", "Delete is final", func(m *model) {
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				_ = m.apply(h, d)
				return nil
			}
		}},
		{"halves of a delta show", "reads are whole and new", halves},
		{"reads lag behind", "reads are whole and new", func(m *model) {
			cache := map[sessionstore.Handle]sessionstore.Record{}
			n := 0
			m.load = func(h sessionstore.Handle) (sessionstore.Record, error) {
				defer m.lock()()
				if n++; n%2 == 0 {
					return cache[h].Clone(), nil
				}
				cache[h] = m.records[h].Clone()
				return cache[h].Clone(), nil
			}
		}},
		{"halves of a delta are overtaken", "random histories", halves},
		{"whole records are written back", "random histories", whole},
	}
}

func optionalFaults() []storeFault {
	return []storeFault{
		{"the index holds too little", "Claims finds every session", func(m *model) {
			n := 0
			m.claim = func(owner string, h sessionstore.Handle, _ time.Time) error {
				if n++; n%50 == 0 {
					return nil
				}
				return m.noteClaim(owner, h)
			}
		}},
		{"Claims is cut at a hundred", "Claims finds every session", func(m *model) {
			m.owned = func(owner string) (claims []sessionstore.Claim) {
				defer m.lock()()
				for h := range m.claims[owner] {
					claims = append(claims, sessionstore.Claim{Handle: h})
				}
				return claims[:min(len(claims), 100)]
			}
		}},
		{"Release takes it from everybody", "Release forgets", func(m *model) {
			m.owned = func(owner string) (claims []sessionstore.Claim) {
				defer m.lock()()
				for h := range m.claims[owner] {
					released := false
					for other, theirs := range m.claims {
						_, has := theirs[h]
						released = released || other != owner && !has
					}
					if !released {
						claims = append(claims, sessionstore.Claim{Handle: h})
					}
				}
				return claims
			}
		}},
		{"Release is ignored", "Release forgets", func(m *model) {
			all := map[string][]sessionstore.Claim{}
			m.claim = func(owner string, h sessionstore.Handle, _ time.Time) error {
				defer m.lock()()
				all[owner] = append(all[owner], sessionstore.Claim{Handle: h})
				return nil
			}
			m.owned = func(owner string) []sessionstore.Claim {
				defer m.lock()()
				return all[owner]
			}
		}},
		{"the names of owners end at NUL", "owners are told apart", func(m *model) {
			m.claim = func(owner string, h sessionstore.Handle, _ time.Time) error {
				owner, _, _ = strings.Cut(owner, "\x00")
				return m.noteClaim(owner, h)
			}
		}},
		{"the last claim says when all end", "claims last until the last one says", func(m *model) {
			ends := map[string]time.Time{}
			m.claim = func(owner string, h sessionstore.Handle, until time.Time) error {
				err := m.noteClaim(owner, h)
				defer m.lock()()
				ends[owner] = until
				return err
			}
			m.owned = func(owner string) (claims []sessionstore.Claim) {
				defer m.lock()()
				for h := range m.claims[owner] {
					if time.Now().Before(ends[owner]) {
						claims = append(claims, sessionstore.Claim{Handle: h})
					}
				}
				return claims
			}
		}},
		{"the index loses what is claimed at once", "concurrent claims", func(m *model) {
			m.claim = func(owner string, h sessionstore.Handle, _ time.Time) error {
				unlock := m.lock()
				claims := maps.Clone(m.claims[owner])
				unlock()
				if claims == nil {
					claims = map[sessionstore.Handle]time.Time{}
				}
				claims[h] = time.Time{}
				overtaken()
				defer m.lock()()
				m.claims[owner] = claims
				return nil
			}
		}},
		{"a mark falls", "marks only rise", func(m *model) {
			m.raise = func(owner string) int64 {
				defer m.lock()()
				m.marks[owner] = (m.marks[owner] + 1) % 3
				return m.marks[owner]
			}
		}},
		{"a mark is everybody's", "marks only rise", func(m *model) {
			var mark int64
			m.raise = func(string) int64 {
				defer m.lock()()
				mark++
				for owner := range m.marks {
					m.marks[owner] = mark
				}
				return mark
			}
		}},
		{"marks are raised at once to the same", "concurrent marks", func(m *model) {
			m.raise = func(owner string) int64 {
				unlock := m.lock()
				mark := m.marks[owner] + 1
				unlock()
				overtaken()
				defer m.lock()()
				m.marks[owner] = mark
				return mark
			}
		}},
		{"Sweep removes live records", "Sweep removes what has expired", func(m *model) {
			m.sweep = func(now time.Time, limit int) int {
				defer m.lock()()
				return m.remove(slices.Collect(maps.Keys(m.records)), limit, func(r sessionstore.Record) bool { return !now.Before(r.Created.Add(time.Hour)) })
			}
		}},
		{"Sweep ignores Until", "Sweep removes what has expired", func(m *model) {
			m.sweep = func(now time.Time, limit int) int {
				defer m.lock()()
				return m.remove(slices.Collect(maps.Keys(m.records)), limit, func(r sessionstore.Record) bool { return !now.Before(r.Seen.Add(r.Idle)) && r.Until.IsZero() })
			}
		}},
		{"Sweep ignores its limit", "Sweep removes what has expired", func(m *model) {
			m.sweep = func(now time.Time, limit int) int {
				defer m.lock()()
				n := m.remove(slices.Collect(maps.Keys(m.records)), 1000, func(r sessionstore.Record) bool { return r.Expired(now) })
				return min(n, limit)
			}
		}},
		{"Sweep removes nothing", "Sweep removes what has expired", func(m *model) { m.sweep = func(time.Time, int) int { return 0 } }},
		{"Sweep removes what was replaced meanwhile", "Sweep against Create", func(m *model) {
			m.sweep = func(now time.Time, limit int) int {
				unlock := m.lock()
				var expired []sessionstore.Handle
				for h, r := range m.records {
					if r.Expired(now) {
						expired = append(expired, h)
					}
				}
				unlock()
				overtaken()
				defer m.lock()()
				return m.remove(expired, limit, func(sessionstore.Record) bool { return true })
			}
		}},
	}
}

// noteClaim does what Claim should.
func (m *model) noteClaim(owner string, h sessionstore.Handle) error {
	defer m.lock()()
	if m.claims[owner] == nil {
		m.claims[owner] = map[sessionstore.Handle]time.Time{}
	}
	m.claims[owner][h] = time.Time{}
	return nil
}
