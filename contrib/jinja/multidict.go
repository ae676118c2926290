package jinja

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A multiDict is a mapping in which a key may have several values; reading it gives the first.
type multiDict struct {
	values *dewar.Values
	query  string // whose order the keys have; "" for that of their names
	copied bool   // which Werkzeug calls otherwise
}

func (m multiDict) Attr(_ *value.Runtime, name string) (any, bool) {
	if name == "copy" || name == "deepcopy" {
		m.copied = true
		return &value.Function{Name: name, Call: func(*value.Runtime, []any) (any, error) { return m, nil }}, true
	}
	return manyMethod(m, name)
}

func (m multiDict) all(key string) []string { return m.values.Strings(key) }

func (m multiDict) Lookup(key any) (any, bool) {
	name, ok := value.AsString(key)
	if !ok || !m.values.Has(name) {
		return nil, false
	}
	return m.values.String(name), true
}

func (m multiDict) Keys() []any { return anys(m.names()) }

// names returns the keys in the order in which the query has them first.
func (m multiDict) names() []string {
	names := m.values.Keys()
	if m.query == "" || len(names) < 2 {
		return names
	}
	place := make(map[string]int, len(names))
	for pair := range strings.SplitSeq(m.query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(key); err == nil && place[name] == 0 {
			place[name] = len(place) + 1
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(place[a], place[b]) })
	return names
}

// Repr shows every value, as Werkzeug's does.
func (m multiDict) Repr(rt *value.Runtime) (string, error) {
	pairs := &value.List{}
	for _, name := range m.names() {
		for _, text := range m.values.Strings(name) {
			pairs.Items = append(pairs.Items, value.Tuple{name, text})
		}
	}
	shown, err := value.Repr(rt, pairs)
	return m.TypeName() + "(" + shown + ")", err
}

func (m multiDict) TypeName() string {
	if m.copied {
		return "MultiDict"
	}
	return "ImmutableMultiDict"
}

// bothDicts is request.values: what the query has, and then what the form has.
type bothDicts struct{ first, second multiDict }

func (b bothDicts) Attr(_ *value.Runtime, name string) (any, bool) {
	return manyMethod(b, name)
}

func (b bothDicts) all(key string) []string {
	return append(slices.Clone(b.first.all(key)), b.second.all(key)...)
}

func (b bothDicts) Lookup(key any) (any, bool) {
	if v, ok := b.first.Lookup(key); ok {
		return v, true
	}
	return b.second.Lookup(key)
}

func (b bothDicts) Keys() []any {
	keys := b.first.names()
	for _, key := range b.second.names() {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return anys(keys)
}

// Repr shows those that it is made of; not a form without fields, which Flask leaves out of what is no POST.
func (b bothDicts) Repr(rt *value.Runtime) (string, error) {
	parts := &value.List{Items: []any{b.first}}
	if len(b.second.names()) > 0 {
		parts.Items = append(parts.Items, b.second)
	}
	shown, err := value.Repr(rt, parts)
	return b.TypeName() + "(" + shown + ")", err
}

func (b bothDicts) TypeName() string { return "CombinedMultiDict" }

// A manyValued is a mapping whose keys have several values.
type manyValued interface {
	value.Mapping
	all(key string) []string
}

// manyMethod returns what such a mapping has beyond others.
func manyMethod(m manyValued, name string) (any, bool) {
	switch name {
	case "getlist":
		return getlist(m.all), true
	case "to_dict":
		return flagged(name, "flat", true, func(flat bool) any { return dictOf(m, flat) }), true
	case "items":
		return flagged(name, "multi", false, func(multi bool) any { return itemsOf(m, multi) }), true
	case "lists":
		return &value.Function{Name: name, Call: func(*value.Runtime, []any) (any, error) { return listsOf(m), nil }}, true
	case "listvalues":
		return &value.Function{Name: name, Call: func(*value.Runtime, []any) (any, error) { return listvaluesOf(m), nil }}, true
	}
	return nil, false
}

// getlist makes the method of that name.
func getlist(all func(key string) []string) *value.Function {
	return &value.Function{
		Name: "getlist", Params: []value.Param{{Name: "key", Required: true}},
		Call: func(_ *value.Runtime, args []any) (any, error) {
			key, _ := value.AsString(args[0])
			return anysList(all(key)), nil
		},
	}
}

// flagged makes a method with a parameter that is true or false.
func flagged(name, param string, missing bool, do func(on bool) any) *value.Function {
	return &value.Function{
		Name: name, Params: []value.Param{{Name: param, Default: missing}},
		Call: func(_ *value.Runtime, args []any) (any, error) {
			on, err := value.Truth(args[0])
			if err != nil {
				return nil, err
			}
			return do(on), nil
		},
	}
}

// dictOf is to_dict: the first value of each key, or all of them.
func dictOf(m manyValued, flat bool) *value.Dict {
	dict := &value.Dict{}
	for _, key := range m.Keys() {
		v, _ := m.Lookup(key)
		if !flat {
			v = anysList(m.all(key.(string)))
		}
		_ = dict.Set(key, v) // a text is a key
	}
	return dict
}

// itemsOf is items: pairs of each key and its first value, or one for each value.
func itemsOf(m manyValued, multi bool) *value.List {
	list := &value.List{}
	for _, key := range m.Keys() {
		values := m.all(key.(string))
		if !multi {
			values = values[:min(1, len(values))]
		}
		for _, text := range values {
			list.Items = append(list.Items, value.Tuple{key, text})
		}
	}
	return list
}

func listsOf(m manyValued) *value.List {
	list := &value.List{}
	for _, key := range m.Keys() {
		list.Items = append(list.Items, value.Tuple{key, anysList(m.all(key.(string)))})
	}
	return list
}

func listvaluesOf(m manyValued) *value.List {
	list := &value.List{}
	for _, key := range m.Keys() {
		list.Items = append(list.Items, anysList(m.all(key.(string))))
	}
	return list
}
