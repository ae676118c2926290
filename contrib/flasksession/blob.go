package flasksession

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/dewar-go/dewar"
)

// Why the session behind an id cannot be read, for errors.Is.
var (
	// ErrPickle means that a version of Flask-Session before 0.7 wrote it with pickle, which would run whatever code is in
	// it and is never decoded here. Flask-Session 0.7 and 0.8 turn such a session into MessagePack when its visitor comes.
	ErrPickle = errors.New("flasksession: the session is a pickle, which is never decoded; let Flask-Session 0.8 serve its visitor once, or wait until it has expired")
	// ErrUnreadable means that it is neither MessagePack nor JSON.
	ErrUnreadable = errors.New("flasksession: the session is neither MessagePack nor JSON as Flask-Session 0.8 writes them; see that SESSION_KEY_PREFIX is that of the Flask application and of nothing else")
)

// permanentKey is where a session says that it is permanent.
const permanentKey = "_permanent"

// A blob is what Flask-Session keeps of a session: its values in the order in which they are there.
type blob struct {
	json    bool
	members []member
}

// A member is one value of a session.
type member struct {
	key    string
	rawKey []byte
	value  value
	err    error // why a session cannot keep it: it stays in the blob, unseen
}

// emptyBlob returns a new session's.
func emptyBlob(json, permanent bool) *blob {
	b := &blob{json: json}
	if permanent {
		w := b.writer()
		_ = write(w, permanentKey, nil) // text and true can be written
		rawKey := w.written()
		w = b.writer()
		_ = write(w, true, nil)
		b.members = []member{{key: permanentKey, rawKey: rawKey, value: value{raw: w.written(), plain: true}}}
	}
	return b
}

// parse takes a blob apart. The error is ErrPickle or ErrUnreadable.
func parse(data []byte) (*blob, error) {
	if len(data) > 1 && data[0] == 0x80 { // alone it is the empty mapping
		return nil, ErrPickle
	}
	b := &blob{}
	var ok bool
	if b.members, ok = splitMsgpack(data); !ok {
		b.json = true
		if b.members, ok = splitJSON(data); !ok {
			return nil, ErrUnreadable
		}
	}
	seen := map[string]bool{}
	for i := range b.members {
		if seen[string(b.members[i].rawKey)] {
			return nil, ErrUnreadable
		}
		seen[string(b.members[i].rawKey)] = true
	}
	return b, nil
}

func (b *blob) writer() writer {
	if b.json {
		return &jsonWriter{}
	}
	return &msgpackWriter{}
}

// tagged returns the values in Flask's tagged JSON, as a session keeps them, and calls lost with those that it cannot keep.
func (b *blob) tagged(lost func(key string, err error)) (map[string]string, error) {
	scratch := dewar.NewSession()
	for i := range b.members {
		m := &b.members[i]
		if m.err == nil {
			m.err = set(scratch, m)
		}
		if m.err != nil {
			lost(m.key, m.err)
		}
	}
	return dewar.Stored(scratch).Values()
}

func set(s *dewar.Session, m *member) error {
	x, err := m.value.goValue()
	if err != nil {
		return err
	}
	if s.Set(m.key, x); s.Has(m.key) {
		return nil
	}
	alone := dewar.NewSession() // the error of s may be that of another value
	alone.Set(m.key, x)
	return alone.Err()
}

// A part is one member of the next blob: raw as it was, or written anew.
type part struct {
	key    string
	rawKey []byte // nil for a new one
	raw    []byte // nil for what is written anew
	old    *value
}

// with returns b after changes. What was not changed is copied byte for byte, also what a session cannot keep. After
// [dewar.Session.Clear] only _permanent is left of it, as in Flask-Session.
func (b *blob) with(changes dewar.Changes) (*blob, []byte, error) {
	parts := b.kept(changes)
	for _, key := range slices.Sorted(maps.Keys(changes.Set)) {
		if !slices.ContainsFunc(parts, func(p part) bool { return p.key == key && p.raw == nil }) {
			parts = append(parts, part{key: key})
		}
	}
	values := valuesOf(changes.Set)
	w := b.writer()
	err := w.dict(len(parts), func(i int) error {
		if err := parts[i].write(w, values); err != nil {
			return fmt.Errorf("flasksession: session value %q: %w", parts[i].key, err)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	next, err := parse(w.written())
	return next, w.written(), err
}

// kept returns the members of b that changes leave or replace, in their order.
func (b *blob) kept(changes dewar.Changes) []part {
	var parts []part
	for i := range b.members {
		m := &b.members[i]
		_, isSet := changes.Set[m.key]
		switch {
		case isSet && m.err == nil:
			parts = append(parts, part{key: m.key, rawKey: m.rawKey, old: &m.value})
		case isSet, slices.Contains(changes.Deleted, m.key), changes.Cleared && m.key != permanentKey:
		default:
			parts = append(parts, part{key: m.key, rawKey: m.rawKey, raw: m.value.raw})
		}
	}
	return parts
}

// valuesOf returns a session with the encoded values.
func valuesOf(encoded map[string][]byte) *dewar.Session {
	texts := make(map[string]string, len(encoded))
	for key, raw := range encoded {
		texts[key] = string(raw)
	}
	s := dewar.NewSession()
	dewar.Stored(s).Restore(texts)
	return s
}

func (p *part) write(w writer, values *dewar.Session) error {
	if p.rawKey != nil {
		w.rawKey(p.rawKey)
	} else {
		w.key(p.key, false)
	}
	if p.raw != nil {
		w.raw(p.raw)
		return nil
	}
	return write(w, values.Get(p.key), p.old)
}

// empty reports whether there is nothing that Flask-Session would keep.
func (b *blob) empty() bool {
	return !slices.ContainsFunc(b.members, func(m member) bool { return m.key != permanentKey })
}

// permanent reports what _permanent says.
func (b *blob) permanent() bool {
	return slices.ContainsFunc(b.members, func(m member) bool { return m.key == permanentKey && m.value.plain == true })
}
