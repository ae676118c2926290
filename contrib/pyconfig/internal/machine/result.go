package machine

import (
	"encoding/json"
	"sort"
	"strconv"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// Values returns what the module assigned. The error is a *[fault.Error].
func (m *Machine) Values() (map[string]any, error) {
	return m.convert(m.main.vars, func(name string) bool { return m.main.drawn[name] })
}

// ClassValues returns the attributes of a class with the inherited ones. An inner class is named "Outer.Inner".
func (m *Machine) ClassValues(name string) (map[string]any, error) {
	attrs := m.main.vars
	var c *class
	for part := range strings.SplitSeq(name, ".") {
		var ok bool
		if r, unknown := attrs[part].(refused); unknown {
			return nil, r.err()
		}
		if c, ok = attrs[part].(*class); !ok {
			return nil, fault.New("there is no class %q%s", name, m.classes())
		}
		var err error
		if !c.instance && c.is(m.settings) {
			m.warn(0, part+" has its values in an object only: write settings = "+part+"() and name that as the class")
		}
		if attrs, err = c.all(); err != nil {
			return nil, err
		}
	}
	return m.convert(attrs, c.isDrawn)
}

// isDrawn reports whether chance had a part in an attribute.
func (c *class) isDrawn(name string) bool {
	for _, base := range c.order {
		if _, ok := base.attrs[name]; ok {
			return base.drawn[name]
		}
	}
	return false
}

// classes lists the classes of the module for an error.
func (m *Machine) classes() string {
	var names []string
	for name, v := range m.main.vars {
		if c, ok := v.(*class); ok && !c.instance && c.attrs != nil {
			names = append(names, name)
		}
	}
	if names == nil {
		return "; the file has no classes"
	}
	sort.Strings(names)
	return "; the file has " + strings.Join(names, ", ")
}

// convert makes Go values of variables. Those that are code, or hold code, are left out, and so are those
// that Go has no value for, if their name says that they serve the file itself.
func (m *Machine) convert(vars starlark.StringDict, drawn func(string) bool) (map[string]any, error) {
	values := map[string]any{}
	for _, name := range vars.Keys() {
		v := vars[name]
		if strings.HasPrefix(name, "__") && strings.HasSuffix(name, "__") { // Python's own
			continue
		}
		if r, ok := v.(refused); ok && r.bound == name { // imported, and not used
			continue
		}
		c := converter{machine: m}
		converted, err := c.value(v, 0)
		switch internal := name != strings.ToUpper(name); {
		case err != nil && !internal:
			return nil, valueError(name, vars[name], err)
		case err == nil && !c.code:
			values[name] = converted
			if !internal && drawn(name) && isSecret(name) {
				m.warn(0, name+" is new at every start, so each process has another: put it into the environment")
			}
		}
	}
	return values, nil
}

// valueError puts the name before the error for its value.
func valueError(name string, v starlark.Value, err error) error {
	line := 0
	if r, ok := v.(refused); ok {
		line = r.line
	}
	return fault.At(line, "%s: %s", name, err.Error())
}

// isSecret reports whether a name is one of a secret.
func isSecret(name string) bool {
	for _, word := range []string{"SECRET", "KEY", "TOKEN", "PASSWORD", "PASSWD", "SALT"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// warn reports what is no error.
func (m *Machine) warn(line int, text string) {
	if m.Warn != nil {
		m.Warn(m.File, line, text)
	}
}

// converter makes a Go value of one variable.
type converter struct {
	machine *Machine
	code    bool // a function, class or module is in it
}

func (c *converter) value(v starlark.Value, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errDeep()
	}
	if err := c.machine.charge(4 * entrySize); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case starlark.NoneType:
		return nil, nil
	case starlark.Bool:
		return bool(v), nil
	case starlark.Int:
		return integer(v), nil
	case starlark.Float:
		return float64(v), nil
	case starlark.String:
		return string(v), nil
	case starlark.Bytes:
		return []byte(v), c.machine.charge(len(v))
	case timedelta:
		return v.duration(), nil
	case instant:
		return v.Time, nil
	case clock:
		return v.str(), nil
	case address:
		return v.String(), nil
	case uniqueID:
		return v.String(), nil
	case *mapping:
		return c.dict(v.dict, depth)
	case *record:
		if v.tuple {
			return c.list(starlark.Tuple(v.values), depth)
		}
		return c.dict(v.dict(), depth)
	case *iterator:
		elems, err := c.machine.drain(v)
		if err != nil {
			return nil, err
		}
		return c.list(starlark.Tuple(elems), depth)
	case refused:
		return nil, c.unknown(v)
	case purePath:
		return string(v), nil
	case *starlark.Dict:
		return c.dict(v, depth)
	case *class:
		if v.enum && v.instance {
			return c.value(v.attrs["_value_"], depth+1)
		}
		if v.payload != nil {
			return c.value(v.payload, depth+1)
		}
		c.code = true
		return nil, nil
	case *sectionProxy:
		d, err := v.dict()
		if err != nil {
			return nil, err
		}
		return c.dict(d, depth)
	case *namespace:
		return c.dict(v.dict(), depth)
	case *module, environ, starlark.Callable:
		c.code = true
		return nil, nil
	case starlark.Iterable:
		return c.list(v, depth)
	}
	c.code = true
	return nil, nil
}

// unknown decides about a value that only Python has. Modules and names in CapWords are code, and left out as such.
func (c *converter) unknown(v refused) error {
	if v.module || v.isClass() {
		c.code = true
		return nil
	}
	return v.err()
}

// integer returns an int64, or a [json.Number] if the number needs more bits.
func integer(i starlark.Int) any {
	if n, ok := i.Int64(); ok {
		return n
	}
	return json.Number(i.String())
}

func (c *converter) list(v starlark.Iterable, depth int) (any, error) {
	list := make([]any, 0, max(0, min(starlark.Len(v), maxTuple)))
	for elem := range starlark.Elements(v) {
		converted, err := c.value(elem, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, converted)
	}
	return list, nil
}

func (c *converter) dict(d *starlark.Dict, depth int) (any, error) {
	values := make(map[string]any, d.Len())
	for key, v := range d.Entries() {
		name, err := c.key(key)
		if err != nil || c.code {
			return nil, err
		}
		if _, twice := values[name]; twice {
			return nil, fault.New("two keys of a dict have the same text; write them as different texts")
		}
		if values[name], err = c.value(v, depth+1); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// key writes a key as text, as JSON does.
func (c *converter) key(v starlark.Value) (string, error) {
	switch v := v.(type) {
	case starlark.String:
		return string(v), nil
	case starlark.NoneType:
		return "null", nil
	case starlark.Bool:
		return strconv.FormatBool(bool(v)), nil
	case starlark.Int:
		return v.String(), nil
	case starlark.Float:
		return floatRepr(float64(v)), nil
	case purePath:
		return string(v), nil
	case refused:
		c.code = true
		return "", nil
	case *class, starlark.Callable:
		c.code = true
		return "", nil
	}
	return "", fault.New("%s is the key of a dict; use text", typeName(v))
}
