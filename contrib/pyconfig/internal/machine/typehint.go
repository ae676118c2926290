package machine

import (
	"strconv"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// typeHint is what an annotation says: a name and what stands in brackets. A name of "" says that it is not known.
type typeHint struct {
	name string
	args []typeHint
}

// typeHintOf reads an annotation, without evaluating it.
func typeHintOf(x translate.Expr) typeHint {
	switch x := x.(type) {
	case *translate.Name:
		return typeHint{name: x.Name}
	case *translate.Attribute:
		return typeHint{name: x.Name}
	case *translate.Constant:
		if x.Value == starlark.None {
			return typeHint{name: "None"}
		}
	case *translate.Hook:
		if x.Name == "|" && len(x.Args) == 2 {
			return typeHint{name: "Union", args: []typeHint{typeHintOf(x.Args[0]), typeHintOf(x.Args[1])}}
		}
	case *translate.Element:
		h := typeHintOf(x.X)
		keys := []translate.Expr{x.Key}
		if several, ok := x.Key.(*translate.Several); ok {
			keys = several.Elems
		}
		for _, key := range keys {
			h.args = append(h.args, typeHintOf(key))
		}
		return h
	}
	return typeHint{}
}

// optional returns the hint without None, and whether None is allowed. A union of more is not known.
func (h typeHint) optional() (typeHint, bool) {
	switch {
	case h.name == "Optional" && len(h.args) == 1:
		inner, _ := h.args[0].optional()
		return inner, true
	case h.name == "Union" && len(h.args) == 2 && h.args[1].name == "None":
		return h.args[0], true
	case h.name == "Union" && len(h.args) == 2 && h.args[0].name == "None":
		return h.args[1], true
	}
	return h, false
}

// isJSON reports whether text for such a field is JSON.
func (h typeHint) isJSON() bool {
	switch h.name {
	case "list", "List", "dict", "Dict", "set", "Set", "tuple", "Tuple":
		return true
	}
	return false
}

// errKind is the error for a value that has not the type of its field.
func errKind(kind string) error {
	return fault.Raise("ValueError", "a setting is no %s; check its value, or its type", kind)
}

// fit converts a value to what the hint says, as pydantic does where that is plain.
func (m *Machine) fit(h typeHint, v starlark.Value) (starlark.Value, error) {
	if r, ok := v.(refused); ok {
		return nil, r.err()
	}
	h, none := h.optional()
	if v == starlark.None {
		if none || h.name == "Any" {
			return v, nil
		}
		return nil, errKind(h.name)
	}
	switch h.name {
	case "Any":
		return v, nil
	case "str":
		if _, ok := v.(starlark.String); ok {
			return v, nil
		}
		return nil, errKind("str")
	case "int", "float", "bool":
		return fitNumber(h.name, v)
	case "Path":
		if s, ok := v.(starlark.String); ok {
			return cleanPath(string(s)), nil
		}
		if p, ok := v.(purePath); ok {
			return p, nil
		}
	case "list", "List":
		return m.fitList(h, v)
	case "dict", "Dict":
		return m.fitDict(h, v)
	}
	return nil, fault.New("a setting of this type is not available; use str, int, float, bool, list or dict, or set the key in Go")
}

// fitNumber converts to int, float or bool.
func fitNumber(kind string, v starlark.Value) (starlark.Value, error) {
	s, text := v.(starlark.String)
	switch {
	case kind == "bool" && text:
		switch strings.ToLower(string(s)) {
		case "1", "true", "t", "yes", "y", "on":
			return starlark.True, nil
		case "0", "false", "f", "no", "n", "off":
			return starlark.False, nil
		}
		return nil, errKind(kind)
	case kind == "int" && text:
		if i, ok := plainInt(string(s)); ok {
			return i, nil
		}
		return nil, fault.New("a setting is not written as a plain int; write its digits alone")
	case kind == "float" && text:
		if f, err := strconv.ParseFloat(string(s), 64); err == nil && strings.Trim(string(s), "+-.0123456789eE") == "" {
			return starlark.Float(f), nil
		}
		return nil, fault.New("a setting is not written as a plain float; write its digits alone")
	}
	switch n := v.(type) {
	case starlark.Bool:
		if kind == "bool" {
			return v, nil
		}
	case starlark.Int:
		if kind == "int" {
			return v, nil
		}
		if kind == "float" {
			f, _ := starlark.AsFloat(n)
			return starlark.Float(f), nil
		}
	case starlark.Float:
		if kind == "float" {
			return v, nil
		}
	}
	return nil, fault.New("the value of a setting is not of its type %s; write it as that type", kind)
}

// plainInt reads digits with a sign.
func plainInt(s string) (starlark.Value, bool) {
	digits := strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+")
	if digits == "" || len(digits) > 18 || strings.Trim(digits, "0123456789") != "" || len(s)-len(digits) > 1 {
		return nil, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return starlark.MakeInt64(n), err == nil
}

func (m *Machine) fitList(h typeHint, v starlark.Value) (starlark.Value, error) {
	list, ok := v.(*starlark.List)
	if !ok {
		return nil, fault.New("the value of a setting is not of its type list; write it as a list")
	}
	if len(h.args) != 1 {
		return list, nil
	}
	elems, err := m.elements(list)
	if err != nil {
		return nil, err
	}
	for i, elem := range elems {
		if elems[i], err = m.fit(h.args[0], elem); err != nil {
			return nil, err
		}
	}
	return starlark.NewList(elems), nil
}

func (m *Machine) fitDict(h typeHint, v starlark.Value) (starlark.Value, error) {
	d, ok := v.(*starlark.Dict)
	if !ok {
		return nil, fault.New("the value of a setting is not of its type dict; write it as a dict")
	}
	if len(h.args) != 2 {
		return d, nil
	}
	fitted := new(starlark.Dict)
	for _, item := range d.Items() {
		key, err := m.fit(h.args[0], item[0])
		if err != nil {
			return nil, err
		}
		value, err := m.fit(h.args[1], item[1])
		if err != nil {
			return nil, err
		}
		if err := setKey(fitted, key, value); err != nil {
			return nil, err
		}
	}
	return fitted, m.charge(size(fitted))
}
