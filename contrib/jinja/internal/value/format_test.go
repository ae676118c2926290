package value_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

func TestFieldsOfFormatFindWhatTemplatesFind(t *testing.T) {
	rt := runtimeOf(value.Default)
	data := map[string]any{"foo": 42, "_hidden": "secret", "inner": map[string]any{"x": "y"}}
	for _, tt := range []struct{ name, format, want string }{
		{"an item as an attribute", "a{0.foo}b", "'a42b'"},
		{"items of items", "{0.inner.x}{0[inner][x]}{0.inner[x]}", "'yyy'"},
		{"a name with an underscore", "a{0._hidden}b", "'ab'"},
		{"an attribute of Python", "a{0.__class__}b", "'ab'"},
		{"nothing", "{0.nope}", "! 'dict' object has no attribute 'nope'"},
		{"a field of a struct", "{1.title}", "'T'"},
		{"an unexported field", "{2.name}", "! 'tag' object has no attribute 'name'"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := value.CallMethod(rt, tt.format, "format", value.Args{Positional: []any{data, row{Title: "T"}, tag{"x"}}})
			if got := shown(rt, v, err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	v, err := value.CallMethod(rt, value.Markup{Text: "{x.foo}{y}"}, "format_map", value.Args{Positional: []any{map[string]any{"x": data, "y": "<b>"}}})
	if got := shown(rt, v, err); got != "Markup('42&lt;b&gt;')" {
		t.Errorf("format_map of Markup: got %s", got)
	}
}
