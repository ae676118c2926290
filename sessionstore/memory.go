package sessionstore

import (
	"cmp"
	"context"
	"hash/maphash"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	defaultMaxBytes = 256 << 20
	// shardBits says how many parts a Memory has, each with a lock.
	shardBits = 4
)

// Memory is a [Store] in the memory of the process: sessions end with it, and no other process sees them. It takes MaxBytes at
// most. When it is full, sessions that have expired go first, then those that nobody owns, then the others, each time the one
// that was not used for longest. That is logged and told to Observe, for visitors lose their sessions.
//
// Its methods may be called by several goroutines; its fields must not be changed once it is in use. It waits for nothing,
// ignores contexts, and has no goroutine: each write removes a few expired sessions, Sweep removes more. The zero Memory is
// ready to use.
type Memory struct {
	// MaxBytes is how much memory the sessions may take, with all that is needed to find them. The default is 256 MiB: some
	// 380,000 sessions of 500 bytes. A record that does not fit even alone is ErrTooLarge.
	MaxBytes int64
	// Observe, if set, is told of sessions that were "evicted" or "swept". It must return soon and may be called by several
	// goroutines.
	Observe func(Event)
	// Logger is told of evictions, once a minute at most. The default is slog.Default().
	Logger *slog.Logger

	once   sync.Once
	seed   maphash.Seed
	bytes  atomic.Int64  // what the sessions and marks take; room is reserved before it is used
	uses   atomic.Uint64 // counts writes: the time by which the least used is found
	raised atomic.Int64  // the last mark of an owner
	losses losses
	shards [1 << shardBits]shard
}

var (
	_ Store      = (*Memory)(nil)
	_ OwnerIndex = (*Memory)(nil)
	_ OwnerMarks = (*Memory)(nil)
	_ Sweeper    = (*Memory)(nil)
	_ Counter    = (*Memory)(nil)
)

// NewMemory returns an empty Memory. Set its fields before it is used.
func NewMemory() *Memory { return &Memory{} }

// immediate says that nothing needs to guard a Memory.
func (m *Memory) immediate() {}

// Load returns the record of a handle, which may have expired, or ErrNotFound. It counts as a use.
func (m *Memory) Load(_ context.Context, h Handle) (Record, error) {
	text, err := m.text(h)
	if err != nil {
		return Record{}, err
	}
	return ParseRecord(text)
}

// open is Load with the values apart.
func (m *Memory) open(h Handle) (Record, []member, error) {
	text, err := m.text(h)
	if err != nil {
		return Record{}, nil, err
	}
	return parse(text, nil)
}

func (m *Memory) text(h Handle) (string, error) {
	hash := m.hash(h)
	s := m.shard(hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	slot := s.find(h, hash)
	if slot == 0 {
		return "", ErrNotFound
	}
	s.use(slot, m.uses.Load())
	return *s.text(slot), nil
}

// Create keeps a record under a handle that has none, or one that had expired at r.Created. It may return ErrExists and
// ErrTooLarge.
func (m *Memory) Create(_ context.Context, h Handle, r Record) error {
	var room [fewMembers]member
	b := m.pack(r, membersOf(r.Values, room[:0]))
	return m.write(h, r.Seen, func(s *shard, slot uint32) (blob, error) {
		if slot != 0 && s.entry(slot).expires > r.Created.UnixMilli() {
			return blob{}, ErrExists
		}
		return b, nil
	})
}

// Update does to the record of a handle what [Record.Apply] does. It may return ErrTooLarge too.
func (m *Memory) Update(_ context.Context, h Handle, d Delta) error {
	return m.write(h, d.At, func(s *shard, slot uint32) (blob, error) {
		if slot == 0 {
			return blob{}, ErrNotFound
		}
		return m.apply(*s.text(slot), d)
	})
}

// apply returns what [Record.Apply] makes of a record.
func (m *Memory) apply(text string, d Delta) (blob, error) {
	var room [fewMembers]member
	r, members, err := parse(text, room[:0])
	if err == nil {
		err = r.admits(d)
	}
	switch {
	case err != nil:
		return blob{}, err
	case !hold(members, d.Expect):
		return blob{}, ErrConflict
	}
	r.alter(d)
	return m.pack(r, mergeMembers(members, d)), nil
}

// write puts what f returns under h; slot is where h stands, or 0. f is called under the lock of the shard, and again when
// room had to be made.
func (m *Memory) write(h Handle, at time.Time, f func(s *shard, slot uint32) (blob, error)) error {
	hash, used, now := m.hash(h), m.uses.Add(1), earlier(at, time.Now())
	s := m.shard(hash)
	var reserved int64
	for {
		s.mu.Lock()
		slot := s.find(h, hash)
		b, err := f(s, slot)
		more := b.cost() - s.cost(slot)
		if err == nil && (more <= reserved || m.reserve(more-reserved)) {
			s.put(h, hash, slot, b, used)
			swept, freed := s.expire(now, expireAtWrite)
			s.mu.Unlock()
			m.bytes.Add(min(0, more-reserved) - freed)
			m.tell("swept", swept, 0)
			return nil
		}
		s.mu.Unlock()
		if err == nil {
			err = m.makeRoom(more-reserved, b.cost(), h, now)
		}
		if err != nil {
			m.bytes.Add(-reserved)
			return err
		}
		reserved = more
	}
}

// Delete removes the record of a handle.
func (m *Memory) Delete(_ context.Context, h Handle) error {
	hash := m.hash(h)
	s := m.shard(hash)
	s.mu.Lock()
	freed := s.remove(s.find(h, hash))
	s.mu.Unlock()
	m.bytes.Add(-freed)
	return nil
}

// Count returns how many records there are, with those that have expired and were not removed yet.
func (m *Memory) Count(context.Context) (int, error) {
	n := 0
	for i := range m.shards {
		s := &m.shards[i]
		s.mu.Lock()
		n += int(s.n)
		s.mu.Unlock()
	}
	return n, nil
}

// Bytes returns how much memory the sessions take, which is never more than MaxBytes.
func (m *Memory) Bytes() int64 { return m.bytes.Load() }

func (m *Memory) maxBytes() int64 { return cmp.Or(max(0, m.MaxBytes), defaultMaxBytes) }

// earlier returns the earlier of two times, in milliseconds: neither a clock of tests nor that of the machine alone makes sessions
// expire that are alive for the caller.
func earlier(a, b time.Time) int64 { return min(a.UnixMilli(), b.UnixMilli()) }

func (m *Memory) tell(name string, count int, took time.Duration) {
	if m.Observe != nil && count > 0 {
		m.Observe(Event{Name: name, Count: count, Took: took})
	}
}

func (m *Memory) init() {
	m.once.Do(func() {
		m.seed = maphash.MakeSeed()
		for i := range m.shards {
			m.shards[i].seed = m.seed
		}
	})
}

// hash returns by what a handle is found. Its upper bits name the shard.
func (m *Memory) hash(h Handle) uint64 {
	m.init()
	return maphash.Bytes(m.seed, h[:])
}

// hashOwner returns by what an owner is found, 0 for none. Two owners of one hash, which is not to be expected, would share
// their claims and their marks.
func (m *Memory) hashOwner(owner string) uint64 {
	if owner == "" {
		return 0
	}
	m.init()
	return max(1, maphash.String(m.seed, owner))
}

func (m *Memory) shard(hash uint64) *shard { return &m.shards[hash>>(64-shardBits)] }
