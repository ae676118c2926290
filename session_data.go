package dewar

import (
	"fmt"
	"time"

	"github.com/dewar-go/dewar/internal/taggedjson"
)

// Changes is what a request did to its session, for backends that merge the changes of several requests.
type Changes struct {
	// Cleared says that everything from before is gone.
	Cleared bool
	// Set holds the encoded values that were set or changed.
	Set map[string][]byte
	// Deleted are the keys that were removed.
	Deleted []string
}

// Changes returns what was changed since the session was opened, changes inside values included.
func (s *Session) Changes() (Changes, error) {
	if err := s.settle(); err != nil {
		return Changes{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := Changes{Cleared: s.cleared, Set: map[string][]byte{}}
	for _, key := range s.changed {
		if m := s.member(key); m != nil {
			c.Set[key] = []byte(m.Raw)
		} else {
			c.Deleted = append(c.Deleted, key)
		}
	}
	return c, nil
}

// MarshalBinary returns all values in Flask's tagged JSON. Two sessions with the same values give the same
// bytes, unless another writer's came in by [Session.UnmarshalBinary] in another form.
func (s *Session) MarshalBinary() ([]byte, error) {
	if err := s.settle(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	size := 2
	for i := range s.members {
		size += len(s.members[i].Key) + len(s.members[i].Raw) + 4
	}
	return s.codec().Join(make([]byte, 0, size), s.members), nil
}

// UnmarshalBinary replaces all values by those in data, which [Session.MarshalBinary] or Flask wrote. The
// session is not new and not modified then. Data that is no tagged JSON object is an error and changes
// nothing. It is for backends.
func (s *Session) UnmarshalBinary(data []byte) error {
	members, err := s.codec().Split(string(data), nil)
	if err != nil {
		return fmt.Errorf("dewar: session data: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.adopt(members)
	return nil
}

// adopt makes members the values. The caller holds the lock, or is alone.
func (s *Session) adopt(members []taggedjson.Member) {
	if s.src == nil {
		s.src = sessionSource{s}
	}
	s.recallAll()
	s.members, s.changed = members, nil
	s.isNew, s.modified, s.cleared = false, false, false
}

// SetExpires tells the session when it ends, to the second, if it is not used again. It is for backends.
func (s *Session) SetExpires(t time.Time) { s.mu.Lock(); defer s.mu.Unlock(); s.expires = t.Unix() }

// ExpiresAt returns when the session ends if it is not used again; the zero time when that is not known, as
// for a new session.
func (s *Session) ExpiresAt() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.expires == 0 {
		return time.Time{}
	}
	return time.Unix(s.expires, 0)
}
