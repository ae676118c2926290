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
	failed                    bool // the changes cannot be told
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
		raw := x.changes.Set[key]
		value := describeJSON(raw)
		if shown.has("session", key) {
			value = clip(string(raw), 500)
		}
		lines = append(lines, line{key, "is now " + value})
	}
	for _, key := range x.changes.Deleted {
		lines = append(lines, line{key, "was removed"})
	}
	return lines
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
