package sessionstore

// A turn says when a record is to be looked at: when it expires, or earlier. The turns of a shard are a heap, as many as there
// are records. That a record lives longer is found when its turn comes; so most writes leave the heap alone.
type turn struct {
	at   int64 // in milliseconds since 1970
	slot uint32
}

// turn returns the one at a place of the heap, from 1 to n.
func (s *shard) turn(place uint32) *turn {
	p, i := s.page(place)
	return &p.turns[i]
}

func (s *shard) setTurn(place uint32, t turn) {
	*s.turn(place) = t
	s.entry(t.slot).turn = place
}

// line gives a record that was added its turn.
func (s *shard) line(slot uint32) {
	s.rise(s.n, turn{s.entry(slot).expires, slot})
}

// leave takes the turn of a record away, before the record goes.
func (s *shard) leave(slot uint32) {
	place, last := s.entry(slot).turn, *s.turn(s.n)
	*s.turn(s.n) = turn{}
	if place != s.n {
		s.fall(place, last, s.n-1)
		s.rise(s.entry(last.slot).turn, last)
	}
}

// hasten brings the turn of a record forward if that expires before.
func (s *shard) hasten(slot uint32) {
	e := s.entry(slot)
	if e.expires < s.turn(e.turn).at {
		s.rise(e.turn, turn{e.expires, slot})
	}
}

// rise puts a turn at a place, or further to the front.
func (s *shard) rise(place uint32, t turn) {
	for place > 1 && s.turn(place/2).at > t.at {
		s.setTurn(place, *s.turn(place / 2))
		place /= 2
	}
	s.setTurn(place, t)
}

// fall puts a turn at a place, or further to the back, of n.
func (s *shard) fall(place uint32, t turn, n uint32) {
	for {
		next := 2 * place
		if next < n && s.turn(next+1).at < s.turn(next).at {
			next++
		}
		if next > n || s.turn(next).at >= t.at {
			break
		}
		s.setTurn(place, *s.turn(next))
		place = next
	}
	s.setTurn(place, t)
}

// due reports whether there is a turn at a time. The caller does not hold mu.
func (s *shard) due(now int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n > 0 && s.turn(1).at <= now
}

// expire removes expired records. It takes at most limit turns.
func (s *shard) expire(now int64, limit int) (count int, freed int64) {
	for ; limit > 0 && s.n > 0 && s.turn(1).at <= now; limit-- {
		slot := s.turn(1).slot
		if expires := s.entry(slot).expires; expires > now {
			s.fall(1, turn{expires, slot}, s.n)
			continue
		}
		freed += s.remove(slot)
		count++
	}
	return count, freed
}
