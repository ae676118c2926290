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
	return sessionCodec.Join(make([]byte, 0, size), members), nil
}

// UnmarshalBinary replaces all values by those in data, which [Session.MarshalBinary] or Flask wrote. The
// session is not new and not modified then. Data that is no tagged JSON object is an error and changes
// nothing.
func (s *Session) UnmarshalBinary(data []byte) error {
	var inline [8]taggedjson.Member
	members, err := sessionCodec.Split(data, inline[:0])
	if err != nil {
		return fmt.Errorf("dewar: session data: %w", err)
	}
	entries := make([]sessionEntry, len(members), len(members)+1)
	for i, m := range members {
		entries[i] = sessionEntry{key: m.Key, raw: m.Raw}
		if !bytes.Contains(m.Raw, tagStart) {
			continue
		}
		if _, err := sessionCodec.Decode(m.Raw); err != nil {
			return fmt.Errorf("dewar: session data: value %q: %w", m.Key, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.src == nil {
		s.src = sessionSource{s}
	}
	s.entries, s.deleted = entries, nil
	s.isNew, s.modified, s.cleared = false, false, false
	return nil
}

// tagStart is how an object begins whose only key is a tag.
var tagStart = []byte(`{" `)

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
		if len(s.entries[i].lent) > 0 {
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
		raw, err := sessionCodec.AppendMember(nil, key, l.value)
		if err != nil {
			return err
		}
		if !bytes.Equal(raw, l.raw) && !sameValue(raw, l.raw) {
			l.raw, changed = raw, raw
		}
	}
	if changed == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.entry(key); e != nil {
		e.raw, e.lent, e.dirty = changed, loans, true
		s.modified = true
	}
	return nil
}

func (s *Session) loans(key string) []loan {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.entry(key); e != nil {
		return slices.Clone(e.lent)
	}
	return nil
}

// sameValue reports whether two encodings differ only in form, as those of another writer may.
func sameValue(canonical, other []byte) bool {
	v, err := sessionCodec.Decode(other)
	if err != nil {
		return false
	}
	again, err := sessionCodec.Append(nil, v)
	return err == nil && bytes.Equal(canonical, again)
}
