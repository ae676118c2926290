package sessionstore

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// flashesKey is where a session has its flashed messages, as a list. In the store each message is a value of its own, under
// flashPrefix and 24 hexadecimal digits that sort by time: so that requests which flash and show messages at once do not
// lose one.
const (
	flashesKey  = "_flashes"
	flashPrefix = flashesKey + ":"
	flashLen    = len(flashPrefix) + 24
)

// A flash is a message as it is stored.
type flash struct{ key, raw string }

func (m member) isFlash() bool {
	return len(m.key) == flashLen && strings.HasPrefix(m.key, flashPrefix)
}

// gatherFlashes returns the values of a record as a session has them, and the messages among them, oldest first.
func gatherFlashes(members []member) ([]member, []flash) {
	if !slices.ContainsFunc(members, member.isFlash) {
		return members, nil
	}
	var flashes []flash
	var others []member
	var list []string
	for _, m := range members {
		if !m.isFlash() {
			others = append(others, m)
			continue
		}
		flashes = append(flashes, flash(m))
	}
	slices.SortFunc(flashes, func(a, b flash) int { return strings.Compare(a.key, b.key) })
	for _, f := range flashes {
		if json.Valid([]byte(f.raw)) { // else it is lost alone
			list = append(list, f.raw)
		}
	}
	others = slices.DeleteFunc(others, func(m member) bool { return m.key == flashesKey })
	return append(others, member{flashesKey, "[" + strings.Join(list, ",") + "]"}), flashes
}

// scatterFlashes takes the list of messages out of what a request has set or deleted, and puts in what that makes of the
// messages which it found: some taken, some new.
func scatterFlashes(found []flash, d *Delta, clock func() time.Time) {
	raw, set := d.Set[flashesKey]
	deleted := slices.Contains(d.Delete, flashesKey)
	if !set && !deleted {
		return
	}
	var list []json.RawMessage
	if set && json.Unmarshal([]byte(raw), &list) != nil {
		return // the application keeps something else there
	}
	if d.Clear {
		found = nil // all of them go with the rest
	}
	delete(d.Set, flashesKey)
	d.Delete = slices.DeleteFunc(d.Delete, func(key string) bool { return key == flashesKey })
	if begins(list, found) {
		list = list[len(found):]
	} else {
		for _, f := range found {
			d.Delete = append(d.Delete, f.key)
		}
	}
	now := clock()
	for n, raw := range list {
		d.Set[newFlashKey(now.Add(time.Duration(n)))] = string(raw)
	}
}

// begins reports whether the list has more than what was found, after that. Any other list is of messages that were flashed after
// all were taken, though they may be the same.
func begins(list []json.RawMessage, found []flash) bool {
	return len(list) > len(found) && slices.EqualFunc(found, list[:len(found)], func(f flash, raw json.RawMessage) bool { return f.raw == string(raw) })
}

func newFlashKey(at time.Time) string {
	var id [12]byte
	binary.BigEndian.PutUint64(id[:], uint64(at.UnixNano()))
	_, _ = rand.Read(id[8:])
	return flashPrefix + hex.EncodeToString(id[:])
}
