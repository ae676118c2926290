package filters_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

func TestRandomIsAnItem(t *testing.T) {
	t.Parallel()
	rt := newRuntime(true, value.Default)
	rt.Random = func(n int) int { return n - 1 }
	for _, tt := range []struct{ v, want any }{
		{[]string{"a", "b"}, "b"},
		{value.Tuple{1, 2, 3}, 3},
		{"xyz", "z"},
		{value.Range{Stop: 1_000_000_000, Step: 1}, 999_999_999},
	} {
		if got, err := apply(rt, "random", tt.v); err != nil || got != tt.want {
			t.Errorf("random of %v: got %v, %v, want %v", tt.v, got, err, tt.want)
		}
	}
	if got, err := apply(rt, "random", value.Tuple{}); err != nil || !isUndefined(got, "No random item, sequence was empty.") {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := apply(rt, "random", 5); kindOf(err) != "TypeError" {
		t.Errorf("got %v, want a TypeError", err)
	}
}

func isUndefined(v any, message string) bool {
	u, ok := v.(*value.Undefined)
	return ok && u.Err().Error() == message
}

// TestRangesAreNeverMadeLists asks for ends of ranges that would not fit into memory.
func TestRangesAreNeverMadeLists(t *testing.T) {
	t.Parallel()
	rt := newRuntime(true, value.Default)
	r := value.Range{Start: 5, Stop: 2_000_000_000, Step: 7}
	last, err := apply(rt, "last", r)
	if err != nil || last != 1_999_999_993 {
		t.Errorf("got %v, %v", last, err)
	}
	backwards, err := apply(rt, "reverse", r)
	if err != nil {
		t.Fatal(err)
	}
	if first, err := apply(rt, "first", backwards); err != nil || first != last {
		t.Errorf("got %v, %v", first, err)
	}
}
