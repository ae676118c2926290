package pages

import (
	"reflect"
	"strings"
	"testing"
)

func TestDict(t *testing.T) {
	got, err := Dict("a", 1, "b", nil)
	if want := map[string]any{"a": 1, "b": nil}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	for name, pairs := range map[string][]any{"without a value": {"a"}, "where a key should be": {1, 2}} {
		if _, err := Dict(pairs...); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %q", err, name)
		}
	}
}
