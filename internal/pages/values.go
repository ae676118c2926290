package pages

import "fmt"

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

// List returns its arguments as a list, for templates: {{range list "a" "b"}}.
func List(items ...any) []any { return items }
