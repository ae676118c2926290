package sessionstore

import (
	"context"
	"maps"
	"time"
)

// Claim does nothing: the index is kept with the records, under one lock.
func (m *Memory) Claim(context.Context, string, Handle, time.Time, time.Time) error { return nil }

// Release does nothing either.
func (m *Memory) Release(context.Context, string, Handle) error { return nil }

// Claims returns the sessions of an owner.
func (m *Memory) Claims(_ context.Context, owner string) (claims []Claim, err error) {
	hash := m.hashOwner(owner)
	for i := range m.shards {
		s := &m.shards[i]
		s.mu.Lock()
		for slot := s.owners[hash]; slot != 0; slot = s.entry(slot).later {
			claims = append(claims, Claim{Handle: s.entry(slot).handle})
		}
		s.mu.Unlock()
	}
	return claims, nil
}

// own puts a record into the index, if it has an owner.
func (s *shard) own(slot uint32) {
	e := s.entry(slot)
	if e.owner == 0 {
		return
	}
	if s.owners == nil {
		s.owners = map[uint64]uint32{}
	}
	e.earlier, e.later = 0, s.owners[e.owner]
	if e.later != 0 {
		s.entry(e.later).earlier = slot
	}
	s.owners[e.owner] = slot
	s.room = max(s.room, len(s.owners))
}

// disown takes a record out of the index.
func (s *shard) disown(slot uint32) {
	e := s.entry(slot)
	switch {
	case e.owner == 0:
		return
	case e.earlier != 0:
		s.entry(e.earlier).later = e.later
	case e.later != 0:
		s.owners[e.owner] = e.later
	default:
		delete(s.owners, e.owner)
		s.tighten()
	}
	if e.later != 0 {
		s.entry(e.later).earlier = e.earlier
	}
}

// tighten gives memory back that the index needs no more, which Go's maps do not.
func (s *shard) tighten() {
	if s.room > 1024 && len(s.owners) < s.room/4 {
		s.owners, s.room = maps.Clone(s.owners), len(s.owners)
	}
}

// moveOwned tells the index the new slot of a record.
func (s *shard) moveOwned(e *entry, to uint32) {
	switch {
	case e.owner == 0:
		return
	case e.earlier != 0:
		s.entry(e.earlier).later = to
	default:
		s.owners[e.owner] = to
	}
	if e.later != 0 {
		s.entry(e.later).earlier = to
	}
}

// A mark is that of an owner, with the time until which it is kept.
type mark struct{ number, until int64 }

const (
	// markCost is what a mark takes, in bytes.
	markCost = 64
	// marksShare says which part of a Memory marks may take: beyond that those go that were raised long ago.
	marksShare = 8
)

// Mark returns the number of an owner, 0 if it was never raised.
func (m *Memory) Mark(_ context.Context, owner string) (int64, error) {
	hash := m.hashOwner(owner)
	s := m.shard(hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.marks[hash].number, nil
}

// RaiseMark raises the number of an owner above all that any owner had. When marks take an eighth of the memory, those that
// were raised long ago are forgotten; their sessions have been deleted long since.
func (m *Memory) RaiseMark(_ context.Context, owner string, until time.Time) (int64, error) {
	now := time.Now()
	if err := m.makeRoom(markCost, markCost, Handle{}, now.UnixMilli()); err != nil {
		return 0, err
	}
	hash := m.hashOwner(owner)
	s := m.shard(hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.marks)
	number := s.raise(hash, mark{m.raised.Add(1), until.UnixMilli()}, now.UnixMilli(), m.maxBytes()/marksShare/markCost>>shardBits)
	m.bytes.Add(int64(len(s.marks)-before-1) * markCost)
	return number, nil
}

// raise sets a mark, and removes a few that are over. Of more than most it removes one.
func (s *shard) raise(hash uint64, next mark, now, most int64) int64 {
	if s.marks == nil {
		s.marks = map[uint64]mark{}
	}
	next.number = max(next.number, s.marks[hash].number)
	s.marks[hash] = next
	const look = 8
	looked, oldest := 0, hash
	for other, mark := range s.marks { // in random order
		if mark.until <= now && other != hash {
			delete(s.marks, other)
		} else if mark.number < s.marks[oldest].number {
			oldest = other
		}
		if looked++; looked == look {
			break
		}
	}
	if int64(len(s.marks)) > max(1, most) && oldest != hash {
		delete(s.marks, oldest)
	}
	return next.number
}
