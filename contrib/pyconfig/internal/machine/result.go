package machine

import (
	"encoding/json"
	"sort"
	"strconv"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// Values returns what the module assigned. The error is a *[fault.Error].
func (m *Machine) Values() (map[string]any, error) { return m.convert(m.globals) }

// ClassValues returns the attributes of a class with the inherited ones. An inner class is named "Outer.Inner".
func (m *Machine) ClassValues(name string) (map[string]any, error) {
	attrs := m.globals
	for part := range strings.SplitSeq(name, ".") {
		c, ok := attrs[part].(*class)
		if !ok {
			return nil, fault.New("there is no class %q%s", name, m.classes())
		}
		attrs = c.all()
	}
	return m.convert(attrs)
}

// classes lists the classes of the module for an error.
func (m *Machine) classes() string {
	var names []string
	for name, v := range m.globals {
		if _, ok := v.(*class); ok && !strings.Contains(name, " ") {
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
func (m *Machine) convert(vars starlark.StringDict) (map[string]any, error) {
	values := map[string]any{}
	for _, name := range vars.Keys() {
		if strings.Contains(name, " ") { // a hidden variable
			continue
		}
		c := converter{machine: m}
		v, err := c.value(vars[name], 0)
		switch internal := name != strings.ToUpper(name); {
		case err != nil && !internal:
			return nil, fault.New("%s: %s", name, err.Error())
		case err == nil && !c.code:
			values[name] = v
		}
	}
	return values, nil
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
		return time.Duration(v), nil
	case purePath:
		return string(v), nil
	case *starlark.Dict:
		return c.dict(v, depth)
	case *class, *module, *method, environ, starlark.Callable:
		c.code = true
		return nil, nil
	case starlark.Iterable:
		return c.list(v, depth)
	}
	c.code = true
	return nil, nil
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
	case *class, starlark.Callable:
		c.code = true
		return "", nil
	}
	return "", fault.New("%s is the key of a dict; use text", typeName(v))
}
