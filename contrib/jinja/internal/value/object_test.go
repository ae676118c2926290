package value_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// headers is an Object that reads as a dict.
type headers struct{ Secret string }

func (headers) Attr(_ *value.Runtime, name string) (any, bool) { return "the host", name == "host" }
func (headers) Keys() []any                                    { return []any{"b", "a"} }
func (headers) Lookup(key any) (any, bool) {
	s, _ := value.AsString(key)
	return "<" + s + ">", s == "a" || s == "b"
}

// module is an Object that shows as Markup and can be called.
type module struct{}

func (*module) Attr(*value.Runtime, string) (any, bool)             { return nil, false }
func (*module) Markup() value.Markup                                { return value.Markup{Text: "<m>", Language: value.HTML} }
func (*module) Repr(*value.Runtime) (string, error)                 { return "<module m>", nil }
func (*module) TypeName() string                                    { return "TemplateModule" }
func (*module) Truth() bool                                         { return false }
func (*module) Call(_ *value.Runtime, args value.Args) (any, error) { return len(args.Positional), nil }
func (*module) Iterate(rt *value.Runtime) (*value.Iterator, error)  { return value.Iterate(rt, "xy") }
func (*module) Item(_ *value.Runtime, key any) (any, bool)          { return key, true }
func (*module) Len() int                                            { return 2 }

func TestObjects(t *testing.T) {
	rt := runtimeOf(value.Default)
	attr := func(v any, name string) func() (any, error) {
		return func() (any, error) { return value.Attr(rt, v, name) }
	}
	for _, tt := range []struct {
		name string
		get  func() (any, error)
		want string
	}{
		{"attribute of a Mapping", attr(headers{}, "host"), "'the host'"},
		{"key of a Mapping", attr(headers{}, "a"), "'<a>'"},
		{"field of a Mapping", attr(headers{}, "secret"), "Undefined"},
		{"method of a Mapping", call(headers{}, "get", "c", 5).on(rt), "5"},
		{"Go method of a Mapping", call(headers{}, "lookup", "a").on(rt), "! 'headers object' has no attribute 'lookup'"},
		{"items of a Mapping", call(headers{}, "items").on(rt), "dict_items([('b', '<b>'), ('a', '<a>')])"},
		{"repr of a Mapping", func() (any, error) { return headers{}, nil }, "{'b': '<b>', 'a': '<a>'}"},
		{"list of a Mapping", func() (any, error) { return value.Items(rt, headers{}) }, "['b', 'a']"},
		{"length of a Mapping", func() (any, error) { return value.Len(rt, headers{}) }, "2"},
		{"in a Mapping", func() (any, error) { return value.Compare(rt, "in", "a", headers{}) }, "True"},
		{"truth of a Mapping", func() (any, error) { return value.Truth(headers{}) }, "True"},
		{"repr", func() (any, error) { return &value.List{Items: []any{&module{}}}, nil }, "[<module m>]"},
		{"str of a Markuper", func() (any, error) { return value.Str(rt, &module{}) }, "'<m>'"},
		{"Markuper in a text", func() (any, error) { return value.Concat(rt, []any{"<", &module{}}) }, "Markup('&lt;<m>')"},
		{"truth", func() (any, error) { return value.Truth(&module{}) }, "False"},
		{"call", func() (any, error) { return value.Call(rt, &module{}, value.Args{Positional: []any{1, 2}}) }, "2"},
		{"item", func() (any, error) { return value.Item(rt, &module{}, 5) }, "5"},
		{"iterate", func() (any, error) { return value.Items(rt, &module{}) }, "['x', 'y']"},
		{"class", func() (any, error) { return value.TypeName(&module{}), nil }, "'TemplateModule'"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := tt.get()
			if got := shown(rt, v, err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	if !value.IsMapping(headers{}) || !value.IsCallable(&module{}) || value.IsCallable(headers{}) || !value.IsSequence(&module{}) {
		t.Error("an Object is not taken for what it is")
	}
}
