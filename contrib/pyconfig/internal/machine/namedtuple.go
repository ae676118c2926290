package machine

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// record is an object with named fields: a named tuple, or plain data such as a Queue of kombu.
type record struct {
	inert
	kind   string
	names  []string
	values []starlark.Value
	tuple  bool
	of     *recordType                               // of a named tuple; nil for others
	extra  func(name string) (starlark.Value, error) // further attributes; nil for none
}

// String returns the name of the type.
func (r *record) String() string { return r.kind }

// Type returns the name of the type.
func (r *record) Type() string { return r.kind }

// Hash makes a record fit for a key by its kind.
func (r *record) Hash() (uint32, error) { return starlark.String(r.kind).Hash() }

// Attr returns a field. What is not there is nil.
func (r *record) Attr(name string) (starlark.Value, error) {
	if i := slices.Index(r.names, name); i >= 0 {
		return r.values[i], nil
	}
	if r.tuple && name == "_asdict" {
		return builtin(name, func(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) { return r.dict(), nil }), nil
	}
	switch {
	case r.tuple && name == "_fields":
		return textTuple(r.names), nil
	case r.of != nil && name == "_replace":
		return builtin(name, r.replaced), nil
	case r.tuple && isIn(name, "index count") && r.of != nil:
		return nil, fault.New("%s of a named tuple is not available; write tuple(...) around it", name)
	}
	if r.extra != nil {
		return r.extra(name)
	}
	return nil, fault.New("%s of %s is not available; write the value", name, r.kind)
}

// replaced implements _replace: a copy with other values.
func (r *record) replaced(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 0 {
		return nil, errArguments()
	}
	changed := *r
	changed.values = slices.Clone(r.values)
	for _, pair := range kwargs {
		i := slices.Index(r.names, string(pair[0].(starlark.String)))
		if i < 0 {
			return nil, fault.Raise("ValueError", "_replace() names a field that is not there")
		}
		changed.values[i] = pair[1]
	}
	return &changed, nil
}

// AttrNames returns nothing: the names are not listed to files.
func (r *record) AttrNames() []string { return nil }

// dict returns the fields as a dict.
func (r *record) dict() *starlark.Dict {
	d := starlark.NewDict(len(r.names))
	for i, name := range r.names {
		d.SetKey(starlark.String(name), r.values[i])
	}
	return d
}

// maxFields bounds the fields of a named tuple.
const maxFields = 100

// namedTuple implements namedtuple(name, fields).
func (m *Machine) namedTuple(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var kind string
	var list, rename, module starlark.Value
	var defaults starlark.Value = starlark.None
	if err := unpack("namedtuple", args, kwargs, "typename", &kind, "field_names", &list, "rename?", &rename, "defaults?", &defaults, "module?", &module); err != nil {
		return nil, err
	}
	if s, ok := list.(starlark.String); ok {
		var elems []starlark.Value
		for field := range strings.FieldsSeq(strings.ReplaceAll(string(s), ",", " ")) {
			elems = append(elems, starlark.String(field))
		}
		list = starlark.NewList(elems)
	}
	elems, err := m.elements(list)
	if err != nil {
		return nil, err
	}
	if len(elems) > maxFields {
		return nil, fault.New("a namedtuple has more than %d fields", maxFields)
	}
	var names []string
	for _, elem := range elems {
		s, ok := elem.(starlark.String)
		if !ok {
			return nil, fault.Raise("TypeError", "the fields of a namedtuple must be text")
		}
		names = append(names, string(s))
	}
	var fallback []starlark.Value
	if defaults != starlark.None {
		if fallback, err = m.elements(defaults); err != nil {
			return nil, err
		}
	}
	return newRecordType(kind, names, fallback), nil
}

// recordType is the class of a named tuple.
type recordType struct {
	*starlark.Builtin
	names    []string
	defaults []starlark.Value
}

// newRecordType makes the class of a named tuple. The defaults belong to the last fields.
func newRecordType(kind string, names []string, defaults []starlark.Value) *recordType {
	t := &recordType{names: names, defaults: defaults}
	t.Builtin = builtin(kind, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := recordMaker(kind, names, defaults, true)(args, kwargs)
		if r, ok := v.(*record); ok {
			r.of = t
		}
		return v, err
	})
	return t
}

// Attr returns _make and _fields. What is not there is nil.
func (t *recordType) Attr(name string) (starlark.Value, error) {
	switch name {
	case "_make":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			v, err := one(name, args, kwargs)
			elems, ok := plain(v).(starlark.Indexable)
			if err != nil || !ok {
				return nil, fault.New("_make() needs a list or a tuple")
			}
			values := make(starlark.Tuple, elems.Len())
			for i := range values {
				values[i] = elems.Index(i)
			}
			return t.CallInternal(nil, values, nil)
		}), nil
	case "_fields":
		return textTuple(t.names), nil
	}
	return nil, nil
}

// AttrNames returns nothing: the names are not listed to files.
func (*recordType) AttrNames() []string { return nil }

func textTuple(texts []string) starlark.Tuple {
	var t starlark.Tuple
	for _, s := range texts {
		t = append(t, starlark.String(s))
	}
	return t
}

// recordMaker returns the constructor of a record. The defaults belong to the last fields.
func recordMaker(kind string, names []string, defaults []starlark.Value, tuple bool) native {
	return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		r := &record{kind: kind, names: names, values: make([]starlark.Value, len(names)), tuple: tuple}
		if len(args) > len(names) {
			return nil, errArguments()
		}
		copy(r.values, args)
		for _, pair := range kwargs {
			i := slices.Index(names, string(pair[0].(starlark.String)))
			if i < 0 || r.values[i] != nil {
				return nil, errArguments()
			}
			r.values[i] = pair[1]
		}
		for i := range r.values {
			if d := i - (len(names) - len(defaults)); r.values[i] == nil && d >= 0 {
				r.values[i] = defaults[d]
			}
			if r.values[i] == nil {
				return nil, errArguments()
			}
		}
		return r, nil
	}
}
