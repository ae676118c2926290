package pages

import (
	"fmt"
	"maps"
)

// Dict returns a mapping of keys and values that stand in turn, for templates: {{template "card" dict "title" .Title}}.
func Dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict has a key without a value; write them in turn, as in dict \"a\" 1 \"b\" 2")
	}
	dict := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict has a %T where a key should be; write keys as text, as in dict \"a\" 1 \"b\" 2", pairs[i])
		}
		dict[key] = pairs[i+1]
	}
	return dict, nil
}

// Merge returns a copy of a mapping with keys and values in it that stand in turn behind it, for templates that hand on all
// that they have and more: {{template "nav.html" merge . "active" "blog"}}.
func Merge(from any, pairs ...any) (map[string]any, error) {
	m, ok := from.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("merge has a %T in front; begin with the values of the page, as in merge . \"a\" 1", from)
	}
	more, err := Dict(pairs...)
	if err != nil {
		return nil, err
	}
	all := maps.Clone(m)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, more)
	return all, nil
}

// List returns its arguments as a list, for templates: {{range list "a" "b"}}.
func List(items ...any) []any { return items }
