package openapi

import (
	"fmt"
	"reflect"
	"strings"
)

// wrongTags are tags that nothing reads, and what was meant.
var wrongTags = [...]struct{ wrong, right string }{{"docs", "doc"}, {"desc", "doc"}, {"descr", "doc"}, {"examples", "example"}}

// checkTags finds tags that were meant for this package and are misspelt, also in embedded structs. Bind finds those that were meant for it.
func checkTags(t reflect.Type) error {
	for _, f := range reflect.VisibleFields(t) {
		for _, tag := range wrongTags {
			if text, ok := f.Tag.Lookup(tag.wrong); ok {
				return fmt.Errorf("field %s of %v has the tag %s:%q, which nothing reads; write %s:%q", f.Name, t, tag.wrong, text, tag.right, text)
			}
		}
		if text := strings.TrimSpace(string(f.Tag)); text != "" && !strings.Contains(text, `:"`) {
			return fmt.Errorf("field %s of %v has the tag `%s`, which Go cannot read; write it as in `doc:\"...\"`", f.Name, t, text)
		}
	}
	return nil
}
