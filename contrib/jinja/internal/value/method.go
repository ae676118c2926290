package value

import (
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A method is a function of a kind of values. Its self is canonical.
type method struct {
	Function // its Call is nil
	do       func(rt *Runtime, self any, a []any) (any, error)
}

type methods map[string]*method

// def describes a method. params is written as in Python: "sep=None, maxsplit=-1", "*args, **kwargs".
func def(name, params string, do func(rt *Runtime, self any, a []any) (any, error)) *method {
	m := &method{Function: Function{Name: name}, do: do}
	if params == "" {
		return m
	}
	for _, p := range strings.Split(params, ", ") {
		switch name, literal, optional := strings.Cut(p, "="); {
		case strings.HasPrefix(p, "**"):
			m.Named = true
		case strings.HasPrefix(p, "*"):
			m.Rest = true
		default:
			m.Params = append(m.Params, Param{Name: name, Default: constant(literal), Required: !optional})
		}
	}
	return m
}

// constant is the value of a default.
func constant(literal string) any {
	switch literal {
	case "", "None":
		return nil
	case "True":
		return true
	case "False":
		return false
	}
	if n, err := strconv.Atoi(literal); err == nil {
		return n
	}
	return strings.Trim(literal, "'")
}

func newMethods(all ...*method) methods {
	ms := methods{}
	for _, m := range all {
		ms[m.Name] = m
	}
	return ms
}

// with adds other methods that take the same self.
func (ms methods) with(others methods) methods {
	for name, m := range others {
		ms[name] = m
	}
	return ms
}

// tables are the methods of all kinds. They are made once, at first use, and never changed.
var tables struct {
	once                                                               sync.Once
	text, sequence, list, dict, mapping, ranges, integer, float, bytes methods
	undefined, moment, date, clock, duration                           methods
}

func makeTables() {
	tables.text = textMethods()
	tables.sequence = sequenceMethods()
	tables.list = listMethods()
	tables.mapping = mappingMethods()
	tables.dict = dictMethods()
	tables.ranges = rangeMethods()
	tables.integer = integerMethods()
	tables.float = floatMethods()
	tables.bytes = bytesMethods()
	tables.moment = momentMethods()
	tables.date = dateMethods()
	tables.clock = clockMethods()
	tables.duration = durationMethods()
}

// methodOf finds the method of v, which is canonical, and the self that it wants.
func methodOf(v any, name string) (m *method, self any) {
	tables.once.Do(makeTables)
	switch v := v.(type) {
	case string, Markup:
		return tables.text[name], v
	case *List:
		if m := tables.list[name]; m != nil {
			return m, v
		}
		return tables.sequence[name], v.Items
	case []any:
		return tables.sequence[name], v
	case Tuple:
		return tupleMethod(name), []any(v)
	case NamedTuple:
		return tupleMethod(name), []any(v.Tuple)
	case *Dict:
		if m := tables.dict[name]; m != nil {
			return m, v
		}
		return tables.mapping[name], v
	case map[string]any, Mapping:
		return tables.mapping[name], v
	case Range:
		return tables.ranges[name], v
	case int, bool, *big.Int:
		return tables.integer[name], v
	case float64:
		return tables.float[name], v
	case []byte:
		return tables.bytes[name], v
	case time.Time:
		return tables.moment[name], v
	case Date:
		return tables.date[name], v
	case Clock:
		return tables.clock[name], v
	case time.Duration:
		return tables.duration[name], v
	case nil, Object, *Undefined, *Function, *Generator:
		return nil, nil
	}
	return goMethodOf(v, name)
}

func tupleMethod(name string) *method {
	if name == "copy" {
		return nil
	}
	return tables.sequence[name]
}

// goMethodOf gives Go maps and slices of any type the methods of dicts and lists that change nothing.
func goMethodOf(v any, name string) (*method, any) {
	switch reflect.ValueOf(v).Kind() {
	case reflect.Map:
		return tables.mapping[name], v
	case reflect.Slice, reflect.Array:
		m := tables.sequence[name]
		if m == nil {
			return nil, nil
		}
		items, err := Items(nil, v)
		if err != nil {
			return nil, nil
		}
		return m, items
	}
	return nil, nil
}

// bound is the method of self as a function.
func (m *method) bound(self any) *Function {
	f := m.Function
	f.Call = func(rt *Runtime, args []any) (any, error) { return m.do(rt, self, args) }
	return &f
}
