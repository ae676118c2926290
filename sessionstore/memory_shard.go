package sessionstore

import (
	"hash/maphash"
	"math/bits"
	"sync"
)

// A shard is a part of a Memory. Its records stand in slots 1 to n without a gap: when one goes, the last takes its place.
// So it takes no more memory than its records need, and no step is long. Except for due, the caller of a method holds mu.
//
// A record is found by linear hashing: there are as many buckets as records, each a chain of slots, and each record more or
// less splits or joins one bucket.
type shard struct {
	mu     sync.Mutex
	seed   maphash.Seed
	n      uint32
	pages  []*page
	ages   [2]list           // by use: of records without an owner, and with one
	owners map[uint64]uint32 // the first record of an owner, by hash
	room   int               // how many owners there is memory for
	marks  map[uint64]mark   // of owners, by hash
}

// perPage is how many records a page is for, so that it fills 8 KiB.
const perPage = 75

// A page has what is known of perPage records. Its pointers come first, which is all of it that the collector looks at.
type page struct {
	texts   [perPage]string
	turns   [perPage]turn
	buckets [perPage]uint32 // the first slot of a chain each
	entries [perPage]entry
}

// An entry is what is known of a record, besides its text. It refers to others by their slots, 0 for none.
type entry struct {
	handle         Handle
	expires        int64  // in milliseconds since 1970
	used           uint64 // when it was used last
	owner          uint64 // the hash of its owner, or 0
	capacity       uint32 // how much memory its text takes
	chained        uint32 // the next in its bucket
	turn           uint32 // where it stands among turns
	older, newer   uint32 // those that were used just before and after it
	earlier, later uint32 // of the same owner
}

// What a record takes besides its text, and what one with an owner takes more, in bytes.
const (
	entryCost = 8192/perPage + 2
	ownedCost = 40
)

func (s *shard) page(slot uint32) (*page, uint32) {
	return s.pages[(slot-1)/perPage], (slot - 1) % perPage
}

func (s *shard) entry(slot uint32) *entry {
	p, i := s.page(slot)
	return &p.entries[i]
}

func (s *shard) text(slot uint32) *string {
	p, i := s.page(slot)
	return &p.texts[i]
}

func (s *shard) bucket(number uint32) *uint32 {
	p, i := s.page(number)
	return &p.buckets[i]
}

// cost returns what a record takes, 0 for none.
func (s *shard) cost(slot uint32) int64 {
	if slot == 0 {
		return 0
	}
	e := s.entry(slot)
	return cost(e.capacity, e.owner)
}

func cost(capacity uint32, owner uint64) int64 {
	n := int64(capacity) + entryCost
	if owner != 0 {
		n += ownedCost
	}
	return n
}

// mask returns the bits of a hash that count while there are n buckets.
func (s *shard) mask() uint32 { return 1<<bits.Len32(s.n-1) - 1 }

// bucketOf returns the number of a hash's bucket, from 1 to n.
func (s *shard) bucketOf(hash uint64) uint32 {
	i := uint32(hash) & s.mask()
	if i >= s.n { // that bucket is not split yet
		i &= s.mask() >> 1
	}
	return i + 1
}

// find returns the slot of a handle, or 0.
func (s *shard) find(h Handle, hash uint64) uint32 {
	if s.n == 0 {
		return 0
	}
	slot := *s.bucket(s.bucketOf(hash))
	for slot != 0 {
		e := s.entry(slot)
		if e.handle == h {
			break
		}
		slot = e.chained
	}
	return slot
}

// refer has whatever refers to a record in its bucket refer to another slot.
func (s *shard) refer(slot, to uint32) {
	e := s.entry(slot)
	ref := s.bucket(s.bucketOf(maphash.Bytes(s.seed, e.handle[:])))
	for *ref != slot {
		ref = &s.entry(*ref).chained
	}
	*ref = to
}

// grow adds a slot and a bucket, which gets its share of the one that it splits.
func (s *shard) grow() (slot uint32) {
	if int(s.n) == len(s.pages)*perPage {
		s.pages = append(s.pages, &page{})
	}
	s.n++
	if s.n == 1 {
		return 1
	}
	ref, fresh := s.bucket(s.partner()), s.bucket(s.n)
	for *ref != 0 {
		at := *ref
		e := s.entry(at)
		if s.bucketOf(maphash.Bytes(s.seed, e.handle[:])) == s.n {
			*ref, e.chained, *fresh = e.chained, *fresh, at
		} else {
			ref = &e.chained
		}
	}
	return s.n
}

// partner returns the bucket that the last one is split from.
func (s *shard) partner() uint32 { return (s.n-1)&(s.mask()>>1) + 1 }

// shrink takes the last slot, which is not used, and the last bucket away.
func (s *shard) shrink() {
	last := s.bucket(s.n)
	if s.n > 1 {
		ref := s.bucket(s.partner())
		for *ref != 0 {
			ref = &s.entry(*ref).chained
		}
		*ref = *last
	}
	*last, *s.text(s.n), *s.entry(s.n) = 0, "", entry{}
	s.n--
	if spare := len(s.pages)*perPage - int(s.n); spare >= 2*perPage {
		s.pages[len(s.pages)-1] = nil
		s.pages = s.pages[:len(s.pages)-1]
	}
}

// put keeps a record under a handle, which has the slot, or 0.
func (s *shard) put(h Handle, hash uint64, slot uint32, b blob, used uint64) {
	if slot == 0 {
		slot = s.insert(h, hash, b)
	}
	e := s.entry(slot)
	e.capacity, e.expires, *s.text(slot) = b.capacity, b.expires, b.text
	if e.owner != b.owner {
		s.disown(slot)
		s.forget(slot)
		e.owner = b.owner
		s.own(slot)
		s.remember(slot)
	}
	s.use(slot, used)
	s.hasten(slot)
}

// insert adds a record.
func (s *shard) insert(h Handle, hash uint64, b blob) (slot uint32) {
	slot = s.grow()
	e, first := s.entry(slot), s.bucket(s.bucketOf(hash))
	*e = entry{handle: h, expires: b.expires, owner: b.owner, chained: *first}
	*first = slot
	s.remember(slot)
	s.own(slot)
	s.line(slot)
	return slot
}

// remove takes a record away, if slot is not 0, and returns what it took.
func (s *shard) remove(slot uint32) (freed int64) {
	if slot == 0 {
		return 0
	}
	freed = s.cost(slot)
	s.forget(slot)
	s.disown(slot)
	s.leave(slot)
	s.refer(slot, s.entry(slot).chained)
	if slot != s.n {
		s.move(s.n, slot)
	}
	s.shrink()
	return freed
}

// move gives a record another slot.
func (s *shard) move(slot, to uint32) {
	s.refer(slot, to)
	*s.entry(to), *s.text(to) = *s.entry(slot), *s.text(slot)
	e := s.entry(to)
	s.turn(e.turn).slot = to
	s.moveAge(e, to)
	s.moveOwned(e, to)
}
