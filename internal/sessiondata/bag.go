// Package sessiondata keeps the values of a session.
//
// Each value is a member of a [taggedjson] object and stays encoded until somebody asks for it. What is handed out
// and can be changed from outside is a loan: it is encoded again when the values are settled, and what has changed in
// it is merged into the member. No code of the application runs under the lock of a [Bag].
package sessiondata

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar/internal/taggedjson"
)

// Why a Bag cannot be changed.
var (
	ErrNull  = errors.New("sessiondata: the bag is a null one")
	ErrFinal = errors.New("sessiondata: the values are final")
)

// A LateKey is [ErrFinal] for a change of one key.
type LateKey struct{ Key string }

// Error says what ErrFinal does.
func (e *LateKey) Error() string { return ErrFinal.Error() }

// Unwrap returns ErrFinal.
func (e *LateKey) Unwrap() error { return ErrFinal }

// ofKey names the key whose change was refused.
func ofKey(key string, err error) error {
	if errors.Is(err, ErrFinal) {
		return &LateKey{key}
	}
	return err
}

// A Mark says what has happened to a Bag. The marks from Renewed on are kept for its owner.
type Mark uint32

// The marks.
const (
	New      Mark = 1 << iota // it has not been loaded
	Modified                  // it was changed
	Cleared                   // all values were taken away
	Renewed
	Destroyed
	Stale
)

// The stages of a Bag. From dropped on it cannot be changed.
const (
	changeable uint32 = iota
	dropped
	final
)

// A Bag is a set of values by key. Its methods may be called by several goroutines. The zero Bag is a null one, which
// is empty and refuses every change.
type Bag struct {
	codec   *taggedjson.Codec // nil for a null Bag
	mu      sync.Mutex
	members []taggedjson.Member  // the values, encoded
	changed []string             // keys that were set, changed or removed
	before  []taggedjson.Member  // what [Bag.Remember] has found
	loans   []*loan              // what has been handed out of the values and can be changed
	marks   Mark                 // what has happened
	replays map[string]*replay   // keys whose value was computed from the one that was loaded
	lending atomic.Bool          // there are or were loans
	stage   atomic.Uint32        // changeable, dropped or final
	inline  [4]taggedjson.Member // backs members while they are few
	first   [1]string            // backs changed while it is one
}

// Init makes the zero Bag a new and empty one that can be changed.
func (b *Bag) Init(codec *taggedjson.Codec) { b.codec, b.marks = codec, New }

// Null reports whether b is a null Bag.
func (b *Bag) Null() bool { return b.codec == nil }

// Open fills a Bag that is new, and that no other goroutine knows, with the values in data. On an error nothing has
// changed.
func (b *Bag) Open(data string) error {
	members, err := b.codec.Split(data, b.inline[:0])
	if err == nil {
		b.adopt(members)
	}
	return err
}

// Replace replaces all values by those in data. On an error nothing has changed. The codec is for a null Bag.
func (b *Bag) Replace(data string, codec *taggedjson.Codec) error {
	codec = cmp.Or(b.codec, codec)
	members, err := codec.Split(data, nil)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.codec = codec
	b.adopt(members)
	return nil
}

// Values returns all values, encoded, changes inside them included. What it returns [Bag.Restore] takes back.
func (b *Bag) Values() (map[string]string, error) {
	if err := b.Settle(); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	values := make(map[string]string, len(b.members))
	for _, m := range b.members {
		values[m.Key] = m.Raw
	}
	return values, nil
}

// Restore replaces all values by those that are given encoded. One that cannot be read is left out, and its key
// returned. The codec is for a null Bag.
func (b *Bag) Restore(values map[string]string, codec *taggedjson.Codec) (lost []string) {
	r := restoring{codec: cmp.Or(b.codec, codec), members: make([]taggedjson.Member, 0, len(values))}
	for key, raw := range values {
		r.add(key, raw)
	}
	return b.restore(&r)
}

// RestoreFunc is Restore for n values that are in no map.
func (b *Bag) RestoreFunc(n int, value func(i int) (key, raw string), codec *taggedjson.Codec) (lost []string) {
	r := restoring{codec: cmp.Or(b.codec, codec), members: make([]taggedjson.Member, 0, n)}
	for i := range n {
		r.add(value(i))
	}
	return b.restore(&r)
}

// A restoring is the values of a Bag to be.
type restoring struct {
	codec   *taggedjson.Codec
	members []taggedjson.Member
	lost    []string
}

func (r *restoring) add(key, raw string) {
	if r.codec.Check(key, raw) != nil {
		r.lost = append(r.lost, key)
		return
	}
	r.members = append(r.members, taggedjson.Member{Key: key, Raw: raw})
}

func (b *Bag) restore(r *restoring) (lost []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.codec = r.codec
	b.adopt(r.members)
	slices.Sort(r.lost)
	return r.lost
}

// adopt makes members the values. The caller holds the lock, or is alone.
func (b *Bag) adopt(members []taggedjson.Member) {
	b.recallAll()
	b.members, b.changed, b.replays = members, nil, nil
	b.marks &^= New | Modified | Cleared
}

// Marks returns what has happened.
func (b *Bag) Marks() Mark { b.mu.Lock(); defer b.mu.Unlock(); return b.marks }

// Has reports whether key has a value.
func (b *Bag) Has(key string) bool { b.mu.Lock(); defer b.mu.Unlock(); return b.member(key) != nil }

// Len returns the number of values.
func (b *Bag) Len() int { b.mu.Lock(); defer b.mu.Unlock(); return len(b.members) }

// Keys returns the keys, sorted.
func (b *Bag) Keys() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	keys := make([]string, len(b.members))
	for i, m := range b.members {
		keys[i] = m.Key
	}
	slices.Sort(keys)
	return keys
}

// Set gives key a value. One that cannot be kept is an error, and so are ErrNull and ErrFinal.
func (b *Bag) Set(key string, value any) error {
	if b.Null() {
		return ErrNull
	}
	raw, err := b.encodeNew(key, value)
	return ofKey(key, b.change(func() error {
		if err != nil {
			return err
		}
		b.recall(key)
		b.put(key, raw)
		b.watch(key, value)
		return nil
	}))
}

// SetDefault gives key a value if it has none. Of several goroutines one does.
func (b *Bag) SetDefault(key string, value any) error {
	if b.Has(key) {
		return nil
	}
	if b.Null() {
		return ErrNull
	}
	raw, err := b.encodeNew(key, value)
	return ofKey(key, b.change(func() error {
		if err != nil || b.member(key) != nil {
			return err
		}
		b.put(key, raw)
		b.watch(key, value)
		return nil
	}))
}

// Pop takes the value of key away and returns it, or nil without one. Of several goroutines one gets the value.
func (b *Bag) Pop(key string) (any, error) {
	raw, lent, _ := b.find(key, nil)
	taken := false
	err := b.changeMember(key, func(m *taggedjson.Member) {
		if m.Raw != raw { // another goroutine has changed it meanwhile
			raw, lent = m.Raw, nil
		}
		taken = true
		b.remove(key)
	})
	switch {
	case !taken: // another goroutine has, or it was refused
		return nil, ofKey(key, err)
	case lent != nil:
		return lent, nil
	}
	value, _ := b.codec.Decode(raw) // checked when the values were loaded
	return value, nil
}

// Delete takes the value of key away and reports whether there was one. Without one that is no change.
func (b *Bag) Delete(key string) (found bool, err error) {
	err = b.changeMember(key, func(*taggedjson.Member) {
		found = true
		b.remove(key)
	})
	return found, ofKey(key, err)
}

// Clear takes all values away and adds marks.
func (b *Bag) Clear(marks Mark) error {
	return b.change(func() error {
		b.recallAll()
		b.members, b.changed, b.replays = nil, nil, nil
		b.marks |= Cleared | Modified | marks
		return nil
	})
}

// Change adds marks of a change.
func (b *Bag) Change(marks Mark) error {
	return b.change(func() error { b.marks |= Modified | marks; return nil })
}

// Note adds marks that are no change.
func (b *Bag) Note(marks Mark) { b.mu.Lock(); defer b.mu.Unlock(); b.marks |= marks }

// change runs f under the lock if the values can be changed.
func (b *Bag) change(f func() error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.Null():
		return ErrNull
	case b.stage.Load() != changeable:
		return ErrFinal
	}
	return f()
}

// changeMember does so with the member of key, if there is one.
func (b *Bag) changeMember(key string, f func(m *taggedjson.Member)) error {
	if !b.Has(key) && !b.Null() {
		return nil
	}
	return b.change(func() error {
		if m := b.member(key); m != nil {
			f(m)
		}
		return nil
	})
}

// member returns the encoded value of key, or nil. The caller holds the lock.
func (b *Bag) member(key string) *taggedjson.Member {
	for i := range b.members {
		if b.members[i].Key == key {
			return &b.members[i]
		}
	}
	return nil
}

// put makes raw the encoded value of key. The caller holds the lock.
func (b *Bag) put(key, raw string) {
	b.note(key)
	if m := b.member(key); m != nil {
		m.Raw = raw
		return
	}
	b.members = append(b.members, taggedjson.Member{Key: key, Raw: raw})
}

// remove takes the value of key away. The caller holds the lock.
func (b *Bag) remove(key string) {
	b.note(key)
	b.recall(key)
	b.members = slices.DeleteFunc(b.members, func(m taggedjson.Member) bool { return m.Key == key })
}

// note remembers that the value of key is another one, or none. The caller holds the lock.
func (b *Bag) note(key string) {
	b.marks |= Modified
	delete(b.replays, key)
	if b.changed == nil {
		b.changed = b.first[:0]
	}
	if !b.hasChanged(key) {
		b.changed = append(b.changed, key)
	}
}

// hasChanged reports whether key was set, changed or removed. The caller holds the lock.
func (b *Bag) hasChanged(key string) bool { return slices.Contains(b.changed, key) }

// encodeNew returns the encoding of a value that is set.
func (b *Bag) encodeNew(key string, value any) (string, error) {
	if raw, ok := b.codec.MemberText(key, value); ok {
		return raw, nil
	}
	raw, err := b.codec.AppendMember(nil, key, kept(value))
	if err != nil {
		return "", notKept(key, err)
	}
	return string(raw), nil
}

// encode returns the encoding of a value that was handed out.
func (b *Bag) encode(key string, value any) (string, error) {
	raw, err := b.codec.AppendReadMember(nil, key, kept(value))
	if err != nil {
		return "", notKept(key, err)
	}
	return string(raw), nil
}

// kept returns what is encoded for a value: text for a duration, because a number would be read as seconds.
func kept(value any) any {
	switch d := value.(type) {
	case time.Duration:
		return d.String()
	case *time.Duration:
		if d != nil {
			return d.String()
		}
	}
	return value
}

func notKept(key string, err error) error { return fmt.Errorf("value %q cannot be kept: %w", key, err) }

// Remember keeps the values as they are for [Bag.Before].
func (b *Bag) Remember() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.before = slices.Clone(b.members)
}

// Before returns the encoded value that key had when [Bag.Remember] was called, "" for none.
func (b *Bag) Before(key string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.before {
		if m.Key == key {
			return m.Raw
		}
	}
	return ""
}

// Changes is what was done to a Bag since it was loaded.
type Changes struct {
	Cleared  bool
	Set      map[string][]byte // encoded
	Deleted  []string
	Computed map[string][]byte // by key the encoded value that [Bag.Compute] began with, nil for none
}

// Changes returns what was done, changes inside values included.
func (b *Bag) Changes() (Changes, error) {
	set := map[string]string{}
	c, err := b.ChangesTo(set)
	if err != nil {
		return c, err
	}
	c.Set = make(map[string][]byte, len(set))
	for key, raw := range set {
		c.Set[key] = []byte(raw)
	}
	return c, nil
}

// ChangesTo is Changes, but puts what was set into a map.
func (b *Bag) ChangesTo(set map[string]string) (Changes, error) {
	if err := b.Settle(); err != nil {
		return Changes{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	c := Changes{Cleared: b.marks&Cleared != 0}
	for _, key := range b.changed {
		if m := b.member(key); m != nil {
			set[key] = m.Raw
		} else {
			c.Deleted = append(c.Deleted, key)
		}
	}
	c.Computed = b.computed()
	return c, nil
}

// MergeInto returns data, all values as another request has left them, with the changes of this one.
func (b *Bag) MergeInto(data string) ([]byte, error) {
	if b.Null() {
		return nil, ErrNull
	}
	changes, err := b.Changes()
	if err != nil {
		return nil, err
	}
	var merged Bag
	merged.Init(b.codec)
	if data != "" && !changes.Cleared {
		if err := merged.Open(data); err != nil {
			return nil, err
		}
	}
	for _, key := range changes.Deleted {
		merged.remove(key)
	}
	for _, key := range slices.Sorted(maps.Keys(changes.Set)) {
		merged.put(key, string(changes.Set[key]))
	}
	return merged.Encode()
}

// Encode returns all values, changes inside them included. What [Bag.Open] is given it takes back.
func (b *Bag) Encode() ([]byte, error) { return b.AppendEncode(nil) }

// AppendEncode appends what Encode returns to dst.
func (b *Bag) AppendEncode(dst []byte) ([]byte, error) {
	if err := b.Settle(); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	size := 2
	for i := range b.members {
		size += len(b.members[i].Key) + len(b.members[i].Raw) + 4
	}
	return b.codec.Join(slices.Grow(dst, size), b.members), nil
}

// Largest returns the n largest members.
func (b *Bag) Largest(n int) []taggedjson.Member {
	b.mu.Lock()
	members := slices.Clone(b.members)
	b.mu.Unlock()
	slices.SortFunc(members, func(x, y taggedjson.Member) int { return cmp.Compare(len(y.Raw), len(x.Raw)) })
	return members[:min(n, len(members))]
}

// Finish settles the values and makes them final.
func (b *Bag) Finish() error {
	err := b.Settle()
	if err == nil {
		b.Freeze()
	}
	return err
}

// Freeze makes the values final as they are: a later change is refused with ErrFinal, or found by [Bag.ChangedLate].
func (b *Bag) Freeze() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stage.CompareAndSwap(changeable, final)
}

// Resume lets values that are final be changed again: what was changed by now counts as loaded, and what has been
// handed out goes on being looked at.
func (b *Bag) Resume() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.changed, b.replays, b.marks = nil, nil, 0
	b.stage.Store(changeable)
}

// Rebase replaces all values by those in data, marked as loaded, and keeps what was changed since [Bag.Resume] on top of
// them. A change inside a value that was handed out and is looked at later is merged into the new one. On an error
// nothing has changed.
func (b *Bag) Rebase(data string) error {
	members, err := b.codec.Split(data, nil)
	if err != nil {
		return err
	}
	computed, err := b.recompute(members)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.marks&Cleared != 0 {
		return nil
	}
	own := b.members
	b.members = members
	for _, key := range b.changed {
		raw, ok := computed[key]
		if !ok {
			raw = rawOf(own, key)
		}
		b.lay(key, raw)
	}
	return nil
}

// lay makes raw the value of key, and takes it away if it is "", without a note. The caller holds the lock.
func (b *Bag) lay(key, raw string) {
	m := b.member(key)
	switch {
	case raw == "":
		b.members = slices.DeleteFunc(b.members, func(m taggedjson.Member) bool { return m.Key == key })
	case m != nil:
		m.Raw = raw
	default:
		b.members = append(b.members, taggedjson.Member{Key: key, Raw: raw})
	}
}

// recompute returns what the calls of [Bag.Compute] make of members.
func (b *Bag) recompute(members []taggedjson.Member) (map[string]string, error) {
	b.mu.Lock()
	keys := slices.Collect(maps.Keys(b.replays))
	b.mu.Unlock()
	computed := map[string]string{}
	for _, key := range keys {
		raw, err := b.Replay(key, rawOf(members, key))
		if err != nil {
			return nil, err
		}
		computed[key] = raw
	}
	return computed, nil
}

// rawOf returns the encoded value of key among members, "" for none.
func rawOf(members []taggedjson.Member, key string) string {
	for _, m := range members {
		if m.Key == key {
			return m.Raw
		}
	}
	return ""
}

// Drop makes the values final without settling them, and marks them as not to be saved, unless they are final.
func (b *Bag) Drop() {
	if b.stage.Load() != changeable {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stage.CompareAndSwap(changeable, dropped)
}

// Dropped reports whether the values have been dropped.
func (b *Bag) Dropped() bool { return b.stage.Load() == dropped }
