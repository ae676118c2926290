package sessionstore

import (
	"cmp"
	"context"
	"log/slog"
	"math"
	"runtime"
	"sync"
	"time"
)

// How many expired records are removed, or looked at again because they live on: at each write, in each shard when there
// is no room, and before Sweep lets others have the lock.
const (
	expireAtWrite = 4
	expireForRoom = 16
	expireAtOnce  = 256
)

// reserve takes n bytes, if there are so many.
func (m *Memory) reserve(n int64) bool {
	for {
		taken := m.bytes.Load()
		if taken+n > m.maxBytes() {
			return false
		}
		if m.bytes.CompareAndSwap(taken, taken+n) {
			return true
		}
	}
}

// makeRoom reserves n bytes for a record of a size, and removes other records than keep to that end. The caller holds no lock.
func (m *Memory) makeRoom(n, size int64, keep Handle, now int64) error {
	if size > min(m.maxBytes(), math.MaxUint32) {
		return ErrTooLarge
	}
	var swept int
	var lost [2]int
	defer func() { m.tell("swept", swept, 0); m.tellLoss(lost) }()
	for tries := 0; !m.reserve(n); {
		worst, expired := m.survey(keep, now)
		swept += expired
		switch {
		case expired > 0:
		case worst.shard != nil:
			lost[worst.class] += m.evict(worst, n>>shardBits, keep)
		case tries == 100: // not even when others have used what they have reserved, or given it back
			return ErrTooLarge
		default:
			tries++
			runtime.Gosched()
		}
	}
	return nil
}

// A candidate is the record of a shard that has to go next.
type candidate struct {
	shard *shard // nil for none
	class int    // 0 for one without an owner, 1 for one with
	used  uint64
}

func (c candidate) goesBefore(other candidate) bool {
	return other.shard == nil || cmp.Or(cmp.Compare(c.class, other.class), cmp.Compare(c.used, other.used)) < 0
}

// survey removes some records that have expired, and returns which other one has to go next.
func (m *Memory) survey(keep Handle, now int64) (worst candidate, expired int) {
	for i := range m.shards {
		s := &m.shards[i]
		s.mu.Lock()
		n, freed := s.expire(now, expireForRoom)
		slot, class := s.leastUsed(keep)
		c := candidate{s, class, s.used(slot)}
		s.mu.Unlock()
		m.bytes.Add(-freed)
		expired += n
		if slot != 0 && c.goesBefore(worst) {
			worst = c
		}
	}
	return worst, expired
}

// evict removes the worst record, and more of its class until n bytes are free. It returns how many.
func (m *Memory) evict(worst candidate, n int64, keep Handle) (count int) {
	s, freed := worst.shard, int64(0)
	s.mu.Lock()
	for freed == 0 || freed < n {
		slot, c := s.leastUsed(keep)
		if slot == 0 || c != worst.class {
			break
		}
		freed += s.remove(slot)
		count++
	}
	s.mu.Unlock()
	m.bytes.Add(-freed)
	return count
}

// expire removes at most limit expired records of a shard.
func (m *Memory) expire(s *shard, now int64, limit int) int {
	s.mu.Lock()
	n, freed := s.expire(now, limit)
	s.mu.Unlock()
	m.bytes.Add(-freed)
	return n
}

// Sweep removes records that have expired.
func (m *Memory) Sweep(_ context.Context, now time.Time, limit int) (n int, err error) {
	begin := time.Now()
	for i := range m.shards {
		s := &m.shards[i]
		for n < limit && s.due(now.UnixMilli()) {
			n += m.expire(s, now.UnixMilli(), min(limit-n, expireAtOnce))
		}
	}
	m.tell("swept", n, time.Since(begin))
	return n, nil
}

// losses is what a Memory has still to log of evictions.
type losses struct {
	mu     sync.Mutex
	lost   [2]int
	logged time.Time
}

const logLossesEvery = time.Minute

// tellLoss tells of records that were evicted: of how many without and with an owner.
func (m *Memory) tellLoss(lost [2]int) {
	if lost == [2]int{} {
		return
	}
	m.tell("evicted", lost[0]+lost[1], 0)
	l := &m.losses
	l.mu.Lock()
	l.lost[0], l.lost[1] = l.lost[0]+lost[0], l.lost[1]+lost[1]
	lost = l.lost
	due := l.logged.IsZero() || time.Since(l.logged) >= logLossesEvery
	if due {
		l.logged, l.lost = time.Now(), [2]int{}
	}
	l.mu.Unlock()
	if due {
		cmp.Or(m.Logger, slog.Default()).Warn("sessions evicted before they expired; raise MaxBytes of the sessionstore.Memory",
			"withoutOwner", lost[0], "withOwner", lost[1], "maxBytes", m.maxBytes())
	}
}
