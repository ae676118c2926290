package dewartest_test

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// A model is a Store in the fewest words: records in a map, under one lock. A fault replaces some of its methods.
type model struct {
	mu      sync.Mutex
	records map[sessionstore.Handle]sessionstore.Record
	claims  map[string]map[sessionstore.Handle]time.Time
	marks   map[string]int64

	load   func(h sessionstore.Handle) (sessionstore.Record, error)
	create func(h sessionstore.Handle, r sessionstore.Record) error
	update func(h sessionstore.Handle, d sessionstore.Delta) error
	delete func(h sessionstore.Handle) error
	claim  func(owner string, h sessionstore.Handle, until time.Time) error
	owned  func(owner string) []sessionstore.Claim
	raise  func(owner string) int64
	sweep  func(now time.Time, limit int) int
}

func newModel() *model {
	return &model{
		records: map[sessionstore.Handle]sessionstore.Record{},
		claims:  map[string]map[sessionstore.Handle]time.Time{},
		marks:   map[string]int64{},
	}
}

// lock holds the lock until what it returns is called.
func (m *model) lock() func() {
	m.mu.Lock()
	return m.mu.Unlock
}

func (m *model) Load(_ context.Context, h sessionstore.Handle) (sessionstore.Record, error) {
	if m.load != nil {
		return m.load(h)
	}
	defer m.lock()()
	r, ok := m.records[h]
	if !ok {
		return r, sessionstore.ErrNotFound
	}
	return r.Clone(), nil
}

func (m *model) Create(_ context.Context, h sessionstore.Handle, r sessionstore.Record) error {
	if m.create != nil {
		return m.create(h, r)
	}
	defer m.lock()()
	if old, ok := m.records[h]; ok && !old.Expired(r.Created) {
		return sessionstore.ErrExists
	}
	m.records[h] = r.Clone()
	return nil
}

func (m *model) Update(_ context.Context, h sessionstore.Handle, d sessionstore.Delta) error {
	if m.update != nil {
		return m.update(h, d)
	}
	return m.apply(h, d)
}

// apply does what Update should.
func (m *model) apply(h sessionstore.Handle, d sessionstore.Delta) error {
	defer m.lock()()
	r, ok := m.records[h]
	if !ok {
		return sessionstore.ErrNotFound
	}
	err := r.Apply(d)
	m.records[h] = r
	return err
}

func (m *model) Delete(_ context.Context, h sessionstore.Handle) error {
	if m.delete != nil {
		return m.delete(h)
	}
	defer m.lock()()
	delete(m.records, h)
	return nil
}

func (m *model) Claim(_ context.Context, owner string, h sessionstore.Handle, at, until time.Time) error {
	if m.claim != nil {
		return m.claim(owner, h, until)
	}
	defer m.lock()()
	if m.claims[owner] == nil {
		m.claims[owner] = map[sessionstore.Handle]time.Time{}
	}
	m.claims[owner][h] = at
	return nil
}

func (m *model) Release(_ context.Context, owner string, h sessionstore.Handle) error {
	defer m.lock()()
	delete(m.claims[owner], h)
	return nil
}

func (m *model) Claims(_ context.Context, owner string) (claims []sessionstore.Claim, err error) {
	if m.owned != nil {
		return m.owned(owner), nil
	}
	defer m.lock()()
	for h, at := range m.claims[owner] {
		claims = append(claims, sessionstore.Claim{Handle: h, At: at})
	}
	return claims, nil
}

func (m *model) Mark(_ context.Context, owner string) (int64, error) {
	defer m.lock()()
	return m.marks[owner], nil
}

func (m *model) RaiseMark(_ context.Context, owner string, _ time.Time) (int64, error) {
	if m.raise != nil {
		return m.raise(owner), nil
	}
	defer m.lock()()
	m.marks[owner]++
	return m.marks[owner], nil
}

func (m *model) Sweep(_ context.Context, now time.Time, limit int) (int, error) {
	if m.sweep != nil {
		return m.sweep(now, limit), nil
	}
	defer m.lock()()
	return m.remove(slices.Collect(maps.Keys(m.records)), limit, func(r sessionstore.Record) bool { return r.Expired(now) }), nil
}

// remove removes at most limit of the handles' records that are as asked for.
func (m *model) remove(handles []sessionstore.Handle, limit int, which func(r sessionstore.Record) bool) (n int) {
	for _, h := range handles {
		if r, ok := m.records[h]; ok && n < limit && which(r) {
			delete(m.records, h)
			n++
		}
	}
	return n
}

func (m *model) Count(context.Context) (int, error) {
	defer m.lock()()
	return len(m.records), nil
}

func (m *model) Node(h sessionstore.Handle) string { return "node-" + h.String()[:1] }

func (m *model) OwnerNode(owner string) string { return "node-" + owner[:1] }
