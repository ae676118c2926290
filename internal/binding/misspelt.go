package binding

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar/internal/suggest"
)

// checkMisspelt finds a tag that differs by one letter, or in its case, from one that constrains a field: a rule that nobody reads
// would let everything pass.
func checkMisspelt(tags reflect.StructTag) error {
	known := []string{"required", "default", "eqfield", "message"}
	for _, maker := range makers {
		known = append(known, maker.name)
	}
	for name := range tagNames(tags) {
		if len(name) < 6 { // short ones are near to too much
			continue
		}
		if near := nearRule(name, known); near != "" {
			return fmt.Errorf("has the tag %s, which nothing reads; did you mean %q?", name, near)
		}
	}
	return nil
}

// nearRule returns the rule that a name which is none was meant to be, or "".
func nearRule(name string, known []string) string {
	if slices.Contains(known, name) {
		return ""
	}
	return suggest.Within(1, name, known)
}

// tagNames gives the names in the tags of a field, up to where they are malformed.
func tagNames(tags reflect.StructTag) iter.Seq[string] {
	return func(yield func(string) bool) {
		for rest := strings.TrimLeft(string(tags), " "); rest != ""; rest = strings.TrimLeft(rest, " ") {
			name, value, ok := strings.Cut(rest, ":")
			quoted, err := strconv.QuotedPrefix(value)
			if !ok || err != nil || !yield(name) {
				return
			}
			rest = value[len(quoted):]
		}
	}
}
