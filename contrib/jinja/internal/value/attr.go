package value

import (
	"math/big"
	"strings"
)

// private reports whether a name is none of a template's business.
func private(name string) bool { return strings.HasPrefix(name, "_") }

// Attr is v.name as Jinja has it: the attribute, else the item. A missing one is Undefined, no error, and so is every attribute whose name
// begins with an underscore. A Go method without parameters is called.
func Attr(rt *Runtime, v any, name string) (any, error) {
	if m, ok := v.(map[string]any); ok && !mappingMethod(name) {
		if item, ok := m[name]; ok {
			return item, nil
		}
		return NewUndefined(rt, v, name), nil
	}
	if u, ok := v.(*Undefined); ok {
		return u.member()
	}
	if found, ok := goField(v, name); ok {
		return found, nil
	}
	found, ok, err := attribute(rt, v, name)
	if ok || err != nil {
		return found, err
	}
	found, ok, err = item(rt, v, name)
	if ok || isKind(err, "UndefinedError") {
		return found, err
	}
	return missing(rt, v, name)
}

// missing is the attribute that v does not have. In DEBUG it is an error where a Go type has something of that name that a template does not see:
// that is a mistake, and would show as nothing.
func missing(rt *Runtime, v any, name string) (any, error) {
	u := NewUndefined(rt, v, name)
	if rt != nil && rt.Debug && u.unseen() != "" {
		return nil, u.Err()
	}
	return u, nil
}

// OnlyAttr is the filter attr: as [Attr], but items do not count.
func OnlyAttr(rt *Runtime, v any, name string) (any, error) {
	if u, ok := v.(*Undefined); ok {
		return u.member()
	}
	found, ok, err := attribute(rt, v, name)
	if ok || err != nil {
		return found, err
	}
	return missing(rt, v, name)
}

// Item is v[key] as Jinja has it: the item, else the attribute of that name. A missing one is Undefined, no error.
func Item(rt *Runtime, v any, key any) (any, error) {
	if u, ok := v.(*Undefined); ok {
		return u.member()
	}
	found, ok, err := item(rt, v, key)
	if ok || err != nil && !isLookup(err) {
		return found, err
	}
	if name, isText := AsString(key); isText {
		found, ok, err = attribute(rt, v, name)
		if ok || err != nil {
			return found, err
		}
		return missing(rt, v, name)
	}
	return NewUndefined(rt, v, key), nil
}

func isKind(err error, kind string) bool {
	e, ok := err.(*Error)
	return ok && e.Kind == kind
}

// isLookup reports whether err says that there is no such item.
func isLookup(err error) bool {
	return isKind(err, "TypeError") || isKind(err, "KeyError") || isKind(err, "IndexError")
}

// attribute finds v.name among methods, properties and fields.
func attribute(rt *Runtime, v any, name string) (any, bool, error) {
	if private(name) {
		return nil, false, nil
	}
	if o, ok := v.(Object); ok {
		if found, ok := o.Attr(rt, name); ok {
			return found, true, nil
		}
	}
	c := canon(v)
	if found, ok := property(c, name); ok {
		return found, true, nil
	}
	if m, self := methodOf(c, name); m != nil {
		return m.bound(self), true, nil
	}
	return goAttr(rt, v, name)
}

// property is an attribute that is a value, of what is not Go data.
func property(c any, name string) (any, bool) {
	switch c := c.(type) {
	case NamedTuple:
		return c.named(name)
	case Range:
		return c.property(name)
	case *Function:
		if name == "name" {
			return c.Name, true
		}
	case int, bool, *big.Int:
		n, _ := asBig(c)
		return numberProperty(shrink(n), 0, 1, name)
	case float64:
		return numberProperty(c, 0.0, nil, name)
	}
	return momentProperty(c, name)
}

func numberProperty(real, imag, denominator any, name string) (any, bool) {
	switch name {
	case "real":
		return real, true
	case "imag":
		return imag, true
	case "numerator":
		return real, denominator != nil
	case "denominator":
		return denominator, denominator != nil
	}
	return nil, false
}

func (r Range) property(name string) (any, bool) {
	switch name {
	case "start":
		return r.Start, true
	case "stop":
		return r.Stop, true
	case "step":
		return r.Step, true
	}
	return nil, false
}
