package sessionstore

import (
	"slices"
	"strings"

	"github.com/dewar-go/dewar"
)

// A member is a value of a session under its key, encoded.
type member struct{ key, raw string }

// fewMembers is for how many members there is room on the stack.
const fewMembers = 16

// membersOf appends values to some, sorted by key.
func membersOf(values map[string]string, some []member) []member {
	for key, raw := range values {
		some = append(some, member{key, raw})
	}
	slices.SortFunc(some, func(a, b member) int { return strings.Compare(a.key, b.key) })
	return some
}

func valuesOf(members []member) map[string]string {
	values := make(map[string]string, len(members))
	for _, m := range members {
		values[m.key] = m.raw
	}
	return values
}

// sizeOf returns how many bytes keys and values have.
func sizeOf(members []member) (n int) {
	for _, m := range members {
		n += len(m.key) + len(m.raw)
	}
	return n
}

// place returns where a key stands among members that are sorted, or belongs.
func place(members []member, key string) (at int, found bool) {
	return slices.BinarySearchFunc(members, key, func(m member, key string) int { return strings.Compare(m.key, key) })
}

// hold reports whether sorted members are as a delta expects them.
func hold(members []member, expected map[string]string) bool {
	for key, want := range expected {
		raw := ""
		if at, found := place(members, key); found {
			raw = members[at].raw
		}
		if raw != want {
			return false
		}
	}
	return true
}

// mergeMembers does to sorted members what merge does to a map.
func mergeMembers(members []member, d Delta) []member {
	if d.Clear {
		members = members[:0]
	}
	for _, key := range d.Delete {
		if at, found := place(members, key); found {
			members = slices.Delete(members, at, at+1)
		}
	}
	for key, raw := range d.Set {
		at, found := place(members, key)
		if !found {
			members = slices.Insert(members, at, member{})
		}
		members[at] = member{key, raw}
	}
	return members
}

// restore fills a session with members, and returns the keys of those that cannot be read.
func restore(s *dewar.Session, members []member) (lost []string) {
	return dewar.Stored(s).RestoreFunc(len(members), func(i int) (key, raw string) { return members[i].key, members[i].raw })
}
