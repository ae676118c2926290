package filters_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

func TestErrorsOfFiltersAreJinjas(t *testing.T) {
	t.Parallel()
	one := value.Tuple{1}
	for _, tt := range []struct {
		filter string
		args   value.Args
		want   string
	}{
		{"map", value.Args{Positional: []any{one}}, "map requires a filter argument"},
		{"map", value.Args{Positional: []any{one}, Named: []value.Named{{Name: "attribute", Value: "x"}, {Name: "other", Value: 1}}}, "Unexpected keyword argument 'other'"},
		{"map", value.Args{Positional: []any{one, "nosuch"}}, "No filter named 'nosuch'."},
		{"select", value.Args{Positional: []any{one, "nosuch"}}, "No test named 'nosuch'."},
		{"selectattr", value.Args{Positional: []any{one}}, "Missing parameter for attribute name"},
		{"dictsort", value.Args{Positional: []any{map[string]any{}, false, "both"}}, `You can only sort by either "key" or "value"`},
		{"round", value.Args{Positional: []any{1.5, 0, "up"}}, "method must be common, ceil or floor"},
		{"reverse", value.Args{Positional: []any{3}}, "argument must be iterable"},
		{"urlize", value.Args{Positional: []any{"x"}, Named: []value.Named{{Name: "extra_schemes", Value: value.Tuple{"a b:"}}}}, "'a b:' is not a valid URI scheme prefix."},
		{"format", value.Args{Positional: []any{"%s", 1}, Named: []value.Named{{Name: "a", Value: 1}}}, "can't handle positional and keyword arguments at the same time"},
		{"xmlattr", value.Args{Positional: []any{map[string]any{"a b": 1}}}, "Invalid character in attribute name: 'a b'"},
		{"truncate", value.Args{Positional: []any{"long", 2}}, "expected length >= 3, got 2"},
		{"items", value.Args{Positional: []any{one}}, "Can only get item pairs from a mapping."},
	} {
		rt := newRuntime(true, value.Default)
		v, err := call(rt, "filter", tt.filter, tt.args)
		if g, ok := v.(*value.Generator); err == nil && ok {
			_, err = value.Items(rt, g)
		}
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.filter, err, tt.want)
		}
	}
}

func TestGroupsHaveNames(t *testing.T) {
	t.Parallel()
	rt := newRuntime(true, value.Default)
	v, err := apply(rt, "groupby", []map[string]any{{"city": "Ulm"}, {"city": "Bonn"}, {"city": "ulm"}}, "city")
	if err != nil {
		t.Fatal(err)
	}
	group, err := value.Item(rt, v, 1)
	if err != nil {
		t.Fatal(err)
	}
	grouper, _ := value.Attr(rt, group, "grouper")
	list, _ := value.Attr(rt, group, "list")
	first, _ := value.Item(rt, group, 0)
	if n, _ := value.Len(rt, list); grouper != "Ulm" || first != "Ulm" || n != 2 {
		t.Errorf("got %v with %v", grouper, list)
	}
}
