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
	name  string
	args  []typeHint
	value starlark.Value // of a constant, in Literal
	scope *frame         // where the classes of the file are looked up; nil for nowhere
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
		return typeHint{value: x.Value}
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
	case "Literal":
		return m.fitLiteral(h, v)
	case "SecretStr":
		switch s := v.(type) {
		case secret:
			return s, nil
		case starlark.String:
			return secret{text: s}, nil
		}
	case "Union":
		for _, inner := range h.args {
			if isA(v, inner.name) {
				return v, nil
			}
		}
	case "bytes", "set", "tuple", "Set", "Tuple":
		if len(h.args) == 0 && isA(v, strings.ToLower(h.name)) {
			return v, nil
		}
		if strings.EqualFold(h.name, "set") && len(h.args) == 1 && (isA(v, "set") || isA(v, "list")) {
			elems, err := m.fitAll(h.args[0], v)
			if err != nil {
				return nil, err
			}
			return m.setOf(elems)
		}
	case "AnyUrl", "AnyHttpUrl", "HttpUrl", "PostgresDsn":
		switch s := v.(type) {
		case webAddress:
			return s, nil
		case starlark.String:
			return m.newAddress(h.name, string(s))
		}
	case "timedelta":
		if _, ok := v.(timedelta); ok {
			return v, nil
		}
	case "date", "datetime":
		if i, ok := v.(instant); ok && i.date == (h.name == "date") {
			return v, nil
		}
	default:
		return m.fitClass(h, v)
	}
	return nil, fault.New("a setting of this type is not available; use str, int, float, bool, list or dict, or set the key in Go")
}

// fitLiteral looks a value up among those that Literal lists.
func (m *Machine) fitLiteral(h typeHint, v starlark.Value) (starlark.Value, error) {
	for _, arg := range h.args {
		if arg.value == nil {
			return nil, fault.New("Literal is available with texts, numbers and bools only")
		}
		if equal, err := m.equal(arg.value, v, 0); err != nil || equal && arg.value.Type() == v.Type() {
			return v, err
		}
	}
	return nil, fault.Raise("ValueError", "a setting is none of the values that it may have; check its value")
}

// fitClass makes a value what a class of the file says: a member of an enumeration, or a model.
func (m *Machine) fitClass(h typeHint, v starlark.Value) (starlark.Value, error) {
	kind := fault.New("a setting of this type is not available; use str, int, float, bool, list or dict, or set the key in Go")
	if h.scope == nil || h.name == "" || len(h.args) > 0 {
		return nil, kind
	}
	found, err := m.resolve(h.scope, h.name)
	c, ok := found.(*class)
	if err != nil || !ok || c.instance {
		return nil, kind
	}
	if object, ok := v.(*class); ok && object.instance && object.is(c) {
		return v, nil
	}
	switch d, isDict := asDict(v); {
	case c.enum:
		return m.callEnum(c, starlark.Tuple{v}, nil)
	case isDict && c.is(m.settings.order[1]) && !c.is(m.settings):
		return m.call(c, nil, d.Items())
	}
	return nil, kind
}

// within gives a hint, and those in it, the place where classes are looked up.
func (h typeHint) within(scope *frame) typeHint {
	h.scope = scope
	args := h.args
	h.args = nil
	for _, arg := range args {
		h.args = append(h.args, arg.within(scope))
	}
	return h
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
	elems, err := m.fitAll(h.args[0], list)
	if err != nil {
		return nil, err
	}
	return starlark.NewList(elems), nil
}

// fitAll converts all elements of a value.
func (m *Machine) fitAll(h typeHint, v starlark.Value) ([]starlark.Value, error) {
	elems, err := m.elements(v)
	if err != nil {
		return nil, err
	}
	for i, elem := range elems {
		if elems[i], err = m.fit(h, elem); err != nil {
			return nil, err
		}
	}
	return elems, nil
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
