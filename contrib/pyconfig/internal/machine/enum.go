package machine

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// enums makes the base classes of the module enum.
func (m *Machine) enums() *module {
	e := newModuleOf("enum", map[string]native{
		"auto": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return auto{}, unpack("auto", args, kwargs)
		},
		"unique": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return one("unique", args, kwargs)
		},
	})
	for name, kind := range map[string]string{"Enum": "", "ReprEnum": "", "IntEnum": "int", "StrEnum": "str", "IntFlag": "int"} {
		c := &class{machine: m, name: name, attrs: starlark.StringDict{}, drawn: map[string]bool{}, enum: true, mixin: kind, plainText: kind != "" || name == "ReprEnum"}
		c.order = []*class{c, m.names["object"].(*class)}
		e.attrs[name] = c
	}
	return e
}

// auto is a value that enum chooses.
type auto struct{ inert }

// String returns a fixed text.
func (auto) String() string { return "auto" }

// Type returns the name of the type.
func (auto) Type() string { return "auto" }

// withoutMixin takes str or int out of the bases of an enumeration.
func withoutMixin(args starlark.Tuple) (starlark.Tuple, string) {
	isEnum := func(v starlark.Value) bool {
		c, ok := v.(*class)
		return ok && c.enum
	}
	if !slices.ContainsFunc(args, isEnum) {
		return args, ""
	}
	var bases starlark.Tuple
	mixin := ""
	for _, v := range args {
		if b, ok := v.(*starlark.Builtin); ok && (b.Name() == "str" || b.Name() == "int") {
			mixin = b.Name()
			continue
		}
		bases = append(bases, v)
	}
	return bases, mixin
}

// inheritEnum notes that a class is an enumeration, if one of its bases is.
func (c *class) inheritEnum(mixin string) {
	for _, base := range c.order[1:] {
		if base.enum {
			c.enum, c.plainText = true, c.plainText || base.plainText
			if c.mixin == "" {
				c.mixin = base.mixin
			}
		}
	}
	if c.enum && mixin != "" {
		c.mixin = mixin
	}
}

// makeMembers turns the values of an enumeration into its members.
func (m *Machine) makeMembers(c *class) error {
	for _, name := range c.names {
		v := c.attrs[name]
		switch v.(type) {
		case *function, *staticMethod, *classMethod, *property, *class, nil:
			if isIn(name, "__new__ __eq__ __hash__") {
				return fault.New("%s of an enumeration is not available; write the values out", name)
			}
			continue
		}
		if strings.HasPrefix(name, "_") {
			continue
		}
		member, err := m.newMember(c, name, v)
		if err != nil {
			return err
		}
		c.attrs[name] = member
	}
	return nil
}

// newMember returns the member of a name: another one if that has the value already.
func (m *Machine) newMember(c *class, name string, v starlark.Value) (*class, error) {
	if _, ok := v.(auto); ok {
		var err error
		if v, err = m.next(c, name); err != nil {
			return nil, err
		}
	}
	if r, ok := v.(refused); ok {
		return nil, r.err()
	}
	if c.mixin != "" && typeName(v) != c.mixin {
		return nil, fault.New("a value of an enumeration is no %s; write it as one", c.mixin)
	}
	if same, err := m.memberOf(c, v); same != nil || err != nil {
		return same, err
	}
	member := &class{machine: m, name: c.name, attrs: starlark.StringDict{"name": starlark.String(name), "value": v, "_name_": starlark.String(name), "_value_": v},
		drawn: map[string]bool{}, instance: true, enum: true, mixin: c.mixin, plainText: c.plainText}
	member.order = append([]*class{member}, c.order...)
	c.members = append(c.members, member)
	if err := m.charge(objectWork + len(c.order)*entrySize); err != nil {
		return nil, err
	}
	if init := c.raw("__init__"); init != nil {
		args, several := v.(starlark.Tuple)
		if !several {
			args = starlark.Tuple{v}
		}
		if _, err := m.call(init, append(starlark.Tuple{member}, args...), nil); err != nil {
			return nil, err
		}
	}
	return member, nil
}

// next is the value that auto() stands for.
func (m *Machine) next(c *class, name string) (starlark.Value, error) {
	if fn := c.raw("_generate_next_value_"); fn != nil {
		if static, ok := fn.(*staticMethod); ok {
			fn = static.callable
		}
		values := starlark.NewList(nil)
		for _, member := range c.members {
			values.Append(member.attrs["_value_"])
		}
		return m.call(fn, starlark.Tuple{starlark.String(name), starlark.MakeInt(1), starlark.MakeInt(len(c.members)), values}, nil)
	}
	if c.mixin == "str" && c.plainText {
		return starlark.String(strings.ToLower(name)), nil
	}
	if c.mixin == "str" {
		return nil, fault.New("auto() of text is not available; write the values out")
	}
	highest := 0
	for _, member := range c.members {
		n, err := starlark.AsInt32(member.attrs["value"])
		if err != nil {
			return nil, fault.New("auto() beside other values is not available; write the values out")
		}
		highest = max(highest, n)
	}
	if c.isFlag() {
		return starlark.MakeInt(1 << bits(starlark.MakeInt(highest))), nil
	}
	return starlark.MakeInt(highest + 1), nil
}

// isFlag reports whether auto() gives powers of two.
func (c *class) isFlag() bool {
	return slices.ContainsFunc(c.order, func(base *class) bool { return base.name == "IntFlag" && base.members == nil })
}

// memberOf returns the member with a value, nil if there is none.
func (m *Machine) memberOf(c *class, v starlark.Value) (*class, error) {
	for _, member := range c.members {
		if starlark.Value(member) == v {
			return member, nil
		}
		if equal, err := m.equal(member.attrs["value"], v, 0); equal || err != nil {
			return member, err
		}
	}
	return nil, nil
}

// callEnum implements Color("red").
func (m *Machine) callEnum(c *class, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if c.members == nil {
		return m.enumByCall(c, args, kwargs)
	}
	v, err := one(c.name, args, kwargs)
	if err != nil {
		return nil, err
	}
	if _, hashable := v.(*class); hashable && v.(*class).instance && v.(*class).enum {
		for _, member := range c.members {
			if starlark.Value(member) == v {
				return v, nil
			}
		}
	}
	member, err := m.memberOf(c, unmember(v))
	if err != nil {
		return nil, err
	}
	if missing := c.raw("_missing_"); member == nil && missing != nil {
		if method, ok := missing.(*classMethod); ok {
			missing = method.callable
		}
		found, err := m.call(missing, starlark.Tuple{c, v}, nil)
		if err != nil || found != starlark.None {
			return found, err
		}
	}
	if member == nil {
		return nil, fault.Raise("ValueError", "%s has no member of this value; check where it comes from", c.name)
	}
	return member, nil
}

// enumByCall implements Enum("Color", "RED GREEN") and the other forms: a list of names, of pairs, or a dict.
func (m *Machine) enumByCall(base *class, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	var names starlark.Value
	if err := unpack("Enum", args, kwargs, "value", &name, "names", &names); err != nil {
		return nil, err
	}
	c, _, err := m.newClass(name, starlark.Tuple{base}, nil)
	if err != nil {
		return nil, err
	}
	c.inheritEnum("")
	if s, ok := names.(starlark.String); ok {
		names = listOf(strings.Fields(strings.ReplaceAll(string(s), ",", " ")))
	}
	pairs := new(starlark.Dict)
	if d, ok := asDict(names); ok {
		pairs = d
	} else if err := m.numbered(pairs, names); err != nil {
		return nil, err
	}
	for key, v := range pairs.Entries() {
		member, err := asText("Enum()", key)
		if err != nil {
			return nil, err
		}
		c.attrs[member] = v
		c.note(member, v)
	}
	return c, m.makeMembers(c)
}

// numbered gives names numbers from 1. Pairs of a name and a value stay as they are.
func (m *Machine) numbered(pairs *starlark.Dict, names starlark.Value) error {
	elems, err := m.elements(names)
	if err != nil {
		return err
	}
	for i, elem := range elems {
		pair := starlark.Tuple{elem, starlark.MakeInt(i + 1)}
		if _, ok := elem.(starlark.String); !ok {
			if pair, err = m.elements(elem); err != nil || len(pair) != 2 {
				return fault.New("Enum() needs names, or pairs of a name and a value")
			}
		}
		if err := setKey(pairs, pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}

// memberMap is __members__ and _value2member_map_ of an enumeration.
func (c *class) memberMap(byValue bool) starlark.Value {
	d := new(starlark.Dict)
	for _, name := range c.names {
		member, ok := c.attrs[name].(*class)
		if !ok || !member.instance || !member.enum {
			continue
		}
		key := starlark.Value(starlark.String(name))
		if byValue {
			key = member.attrs["_value_"]
		}
		setKey(d, key, member)
	}
	return d
}

// unmember returns the text or number that a member of an enumeration of such is, the value that an object of a class
// derived from a built-in type is, and other values as they are.
func unmember(v starlark.Value) starlark.Value {
	c, ok := v.(*class)
	switch {
	case !ok || !c.instance:
	case c.enum && c.mixin != "":
		return c.attrs["_value_"]
	case c.payload != nil:
		return c.payload
	}
	return v
}

// textOfMember is str() of a member.
func (m *Machine) textOfMember(c *class) (string, error) {
	if c.plainText {
		return m.str(c.attrs["_value_"])
	}
	return c.name + "." + string(c.attrs["_name_"].(starlark.String)), nil
}
