package debugtoolbar

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar"
)

// A sessionChange is what a request did to its session. A nil one is that of a request that had none.
type sessionChange struct {
	isNew, renewed, destroyed bool
	saved                     bool
	changes                   dewar.Changes
	before                    map[string][]byte // of the keys that were set or removed, encoded
	failed                    bool              // the changes cannot be told
}

// changeOf returns what was done to s, which is about to be saved.
func changeOf(s *dewar.Session) *sessionChange {
	stored := dewar.Stored(s)
	x := &sessionChange{isNew: s.IsNew(), renewed: stored.Renewed(), destroyed: stored.Destroyed(), saved: stored.ShouldSave()}
	if !x.saved {
		return x
	}
	changes, err := stored.Changes()
	x.changes, x.failed = changes, err != nil
	x.before = map[string][]byte{}
	for key := range changes.Set {
		x.before[key] = stored.Before(key)
	}
	for _, key := range changes.Deleted {
		x.before[key] = stored.Before(key)
	}
	return x
}

func (x *sessionChange) len() int {
	if x == nil {
		return 0
	}
	n := 0
	for key, raw := range x.changes.Set {
		n += len(key) + len(raw)
	}
	for key, raw := range x.before {
		n += len(key) + len(raw)
	}
	return n
}

// lines returns the changes as they may be shown.
func (x *sessionChange) lines(shown allowed) []line {
	if x == nil {
		return nil
	}
	lines := []line{{"session", x.state()}}
	if x.changes.Cleared {
		lines = append(lines, line{"everything", "was removed"})
	}
	for _, key := range slices.Sorted(maps.Keys(x.changes.Set)) {
		lines = append(lines, line{key, x.past(shown, key) + "is now " + shownJSON(shown, key, x.changes.Set[key])})
	}
	for _, key := range x.changes.Deleted {
		lines = append(lines, line{key, x.past(shown, key) + "was removed"})
	}
	return lines
}

// past says what a key held before.
func (x *sessionChange) past(shown allowed, key string) string {
	if raw := x.before[key]; raw != nil {
		return "was " + shownJSON(shown, key, raw) + ", "
	}
	return ""
}

// shownJSON returns what may be seen of an encoded value.
func shownJSON(shown allowed, key string, raw []byte) string {
	if shown.has("session", key) {
		return clip(string(raw), 500)
	}
	return describeJSON(raw)
}

func (x *sessionChange) state() string {
	words := []string{"was read"}
	if x.isNew {
		words[0] = "is new"
	}
	if x.renewed {
		words = append(words, "got a new id")
	}
	if x.destroyed {
		words = append(words, "was ended")
	}
	switch {
	case x.failed:
		words = append(words, "has a value that cannot be kept")
	case x.saved:
		words = append(words, "was saved")
	default:
		words = append(words, "did not change")
	}
	return strings.Join(words, ", ")
}

// tagged are the types that a session has beside those of JSON, by their tags.
var tagged = map[string]string{
	" t": "tuple", " di": "mapping", " b": "bytes", " m": "HTML", " u": "UUID", " d": "time",
}

// describeJSON returns the type and length of a value in JSON, which may be tagged.
func describeJSON(raw []byte) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return "a value that cannot be read"
	}
	switch v := v.(type) {
	case string:
		return "text, " + count(utf8.RuneCountInString(v), "character")
	case float64:
		return "a number"
	case []any:
		return "a list, " + count(len(v), "item")
	case map[string]any:
		return describeMapping(v)
	case bool:
		return "true or false"
	}
	return "nothing"
}

func describeMapping(m map[string]any) string {
	for tag, inner := range m {
		if name, ok := tagged[tag]; ok && len(m) == 1 {
			if items, ok := inner.([]any); ok {
				return name + ", " + count(len(items), "item")
			}
			return name
		}
	}
	return "a mapping, " + count(len(m), "member")
}
