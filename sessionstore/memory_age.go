package sessionstore

// A list is a chain of slots by when they were used.
type list struct{ oldest, newest uint32 }

// ageOf returns the list of a record.
func (s *shard) ageOf(e *entry) *list {
	if e.owner == 0 {
		return &s.ages[0]
	}
	return &s.ages[1]
}

// use notes that a record is used now.
func (s *shard) use(slot uint32, now uint64) {
	e := s.entry(slot)
	e.used = max(e.used, now)
	if s.ageOf(e).newest != slot {
		s.forget(slot)
		s.remember(slot)
	}
}

// used returns when a record was used last, 0 for none.
func (s *shard) used(slot uint32) uint64 {
	if slot == 0 {
		return 0
	}
	return s.entry(slot).used
}

// remember makes a record the newest of its list.
func (s *shard) remember(slot uint32) {
	e := s.entry(slot)
	l := s.ageOf(e)
	e.older, e.newer = l.newest, 0
	*s.newerThan(l, e.older) = slot
	l.newest = slot
}

// forget takes a record out of its list.
func (s *shard) forget(slot uint32) {
	e := s.entry(slot)
	l := s.ageOf(e)
	*s.newerThan(l, e.older), *s.olderThan(l, e.newer) = e.newer, e.older
}

// moveAge tells the neighbours of a record its new slot.
func (s *shard) moveAge(e *entry, to uint32) {
	l := s.ageOf(e)
	*s.newerThan(l, e.older), *s.olderThan(l, e.newer) = to, to
}

// newerThan returns the place for what follows a slot, or for the first of the list.
func (s *shard) newerThan(l *list, slot uint32) *uint32 {
	if slot == 0 {
		return &l.oldest
	}
	return &s.entry(slot).newer
}

// olderThan returns the place for what comes before a slot, or for the last of the list.
func (s *shard) olderThan(l *list, slot uint32) *uint32 {
	if slot == 0 {
		return &l.newest
	}
	return &s.entry(slot).older
}

// leastUsed returns which record has to go next, other than that of keep, and which list it is in. Without one the slot is
// 0.
func (s *shard) leastUsed(keep Handle) (slot uint32, class int) {
	for class := range s.ages {
		slot := s.ages[class].oldest
		if slot != 0 && s.entry(slot).handle == keep {
			slot = s.entry(slot).newer
		}
		if slot != 0 {
			return slot, class
		}
	}
	return 0, 0
}
