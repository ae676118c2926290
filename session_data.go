package dewar

import (
	"bytes"
	"fmt"
	"slices"
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
	c := Changes{Cleared: s.cleared, Set: map[string][]byte{}, Deleted: slices.Clone(s.deleted)}
	for _, e := range s.entries {
		if e.dirty {
			c.Set[e.key] = bytes.Clone(e.raw)
		}
	}
	return c, nil
}

// MarshalBinary returns all values in Flask's tagged JSON. Two sessions with the same values give the same
// bytes.
func (s *Session) MarshalBinary() ([]byte, error) {
	if err := s.settle(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	members := make([]taggedjson.Member, len(s.entries))
	size := 2
	for i, e := range s.entries {
		members[i] = taggedjson.Member{Key: e.key, Raw: e.raw}
		size += len(e.key) + len(e.raw) + 4
	}
	return s.codec().Join(make([]byte, 0, size), members), nil
}

// UnmarshalBinary replaces all values by those in data, which [Session.MarshalBinary] or Flask wrote. The
// session is not new and not modified then. Data that is no tagged JSON object is an error and changes
// nothing.
func (s *Session) UnmarshalBinary(data []byte) error { return s.adopt(bytes.Clone(data)) }

// adopt is UnmarshalBinary for data that nobody else will change.
func (s *Session) adopt(data []byte) error {
	var inline [8]taggedjson.Member
	members, err := s.codec().Split(data, inline[:0])
	if err != nil {
		return fmt.Errorf("dewar: session data: %w", err)
	}
	for _, m := range members {
		if !mayHoldTag(m.Raw) {
			continue
		}
		if _, err := s.codec().Decode(m.Raw); err != nil {
			return fmt.Errorf("dewar: session data: value %q: %w", m.Key, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.src == nil {
		s.src = sessionSource{s}
	}
	s.entries, s.deleted = s.inline[:0], nil
	if len(members) > len(s.inline) {
		s.entries = make([]sessionEntry, 0, len(members)+1)
	}
	for _, m := range members {
		s.entries = append(s.entries, sessionEntry{key: m.Key, raw: m.Raw})
	}
	s.isNew, s.modified, s.cleared = false, false, false
	return nil
}

// mayHoldTag reports whether there may be a tag in raw, whose content has to be checked: a key that begins with a
// space, escaped or not.
func mayHoldTag(raw []byte) bool {
	return bytes.Contains(raw, tagStart) || bytes.Contains(raw, escapedStart)
}

var tagStart, escapedStart = []byte(`" `), []byte(`"\u0020`)

// SetExpires tells the session when it ends if it is not used again. It is for backends.
func (s *Session) SetExpires(t time.Time) { s.mu.Lock(); defer s.mu.Unlock(); s.expires = t }

// ExpiresAt returns when the session ends if it is not used again; the zero time when that is not known, as
// for a new session.
func (s *Session) ExpiresAt() time.Time { s.mu.Lock(); defer s.mu.Unlock(); return s.expires }

// settle notices changes inside values that were handed out: each is encoded again and compared. No code of
// the application runs under the lock.
func (s *Session) settle() error {
	for _, key := range s.lentKeys() {
		if err := s.settleKey(key); err != nil {
			return fmt.Errorf("dewar: session value %q cannot be kept: %w", key, err)
		}
	}
	return nil
}

func (s *Session) lentKeys() (keys []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.entries {
		if s.entries[i].live != nil {
			keys = append(keys, s.entries[i].key)
		}
	}
	return keys
}

// settleKey makes the value of key what the loan says that was changed; of several the last one handed out.
func (s *Session) settleKey(key string) error {
	loans := s.loans(key)
	var changed []byte
	for i := range loans {
		l := &loans[i]
		raw, err := s.codec().AppendMember(nil, key, l.value)
		if err != nil {
			return err
		}
		if !bytes.Equal(raw, l.raw) && !s.sameValue(raw, l.raw) {
			l.raw, changed = raw, raw
		}
	}
	if changed == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.entry(key); e != nil && e.live != nil {
		e.raw, e.live.lent, e.dirty = changed, loans, true
		s.modified = true
	}
	return nil
}

func (s *Session) loans(key string) []loan {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.entry(key); e != nil && e.live != nil {
		return slices.Clone(e.live.lent)
	}
	return nil
}

// sameValue reports whether two encodings differ only in form, as those of another writer may.
func (s *Session) sameValue(canonical, other []byte) bool {
	v, err := s.codec().Decode(other)
	if err != nil {
		return false
	}
	again, err := s.codec().Append(nil, v)
	return err == nil && bytes.Equal(canonical, again)
}
