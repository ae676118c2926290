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
	if r.tuple && name == "_fields" {
		var fields starlark.Tuple
		for _, name := range r.names {
			fields = append(fields, starlark.String(name))
		}
		return fields, nil
	}
	if r.extra != nil {
		return r.extra(name)
	}
	return nil, fault.New("%s of %s is not available; write the value", name, r.kind)
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
	return &recordType{Builtin: builtin(kind, recordMaker(kind, names, fallback, true)), names: names}, nil
}

// recordType is the class of a named tuple.
type recordType struct {
	*starlark.Builtin
	names []string
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
