package machine

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

const (
	maxBases = 20  // classes that a class names as its bases
	maxOrder = 200 // classes that a class inherits from

	classWork  = 1024 // what a class counts
	objectWork = 256  // what an object counts
)

// class is a class of the file, or an object of one.
type class struct {
	inert
	machine       *Machine
	name          string
	attrs         starlark.StringDict // nil for built-in classes
	drawn         map[string]bool     // attributes whose value comes from chance
	order         []*class            // itself and all it inherits from, in the order they are asked
	meta          *class              // its metaclass, nil for type
	names         []string            // its attributes in order
	noted         map[string]bool     // what is in names
	annotated     []string            // those with an annotation, in order
	hints         map[string]typeHint // what their annotations say
	fieldDefaults starlark.StringDict // of a class of settings
	scope         *frame              // of a class of settings: where its types are looked up
	instance      bool
	data          bool           // a dataclass
	enum          bool           // an enumeration, or a member of one
	mixin         string         // the type that the members of an enumeration are of too: str, int or ""
	plainText     bool           // whether a member as text is its value
	members       []*class       // of an enumeration, in order
	maker         starlark.Value // of a built-in type: what makes its values
	payload       starlark.Value // of an object: the text, number, list or dict that it is too; nil for none
}

// String returns the name of the class.
func (c *class) String() string { return c.name }

// Type returns the name of the type.
func (c *class) Type() string { return "type" }

// Hash makes a class fit for a key. A member that is text or a number too is none: it would have to be found as that.
func (c *class) Hash() (uint32, error) {
	if unmember(c) != starlark.Value(c) {
		return 0, fault.New("this object cannot be a key here; take the value that it is")
	}
	if c.instance && (c.order[1].raw("__eq__") != nil || c.dataclass() != nil) {
		return 0, fault.New("an object that is compared by its fields cannot be a key here; write the value")
	}
	return starlark.String(c.name).Hash()
}

// Name returns the name of the class.
func (c *class) Name() string { return c.name }

// note remembers the order in which attributes are set.
func (c *class) note(name string, _ starlark.Value) {
	if c.noted[name] {
		return
	}
	if c.noted == nil {
		c.noted = map[string]bool{}
	}
	c.noted[name] = true
	c.names = append(c.names, name)
}

// is reports whether a class, or the class of an object, inherits from another.
func (c *class) is(other *class) bool { return slices.Contains(c.order, other) }

// defineClass executes the statement class.
func (m *Machine) defineClass(f *frame, s *translate.Class) error {
	var decorators []starlark.Value
	for _, x := range s.Decorators {
		v, err := m.decorator(f, x)
		if err != nil {
			return err
		}
		decorators = append(decorators, v)
	}
	args, kwargs, err := m.arguments(f, s.Args)
	if err != nil {
		return err
	}
	args, mixin := withoutMixin(args)
	if base, ok := unknownBase(args); ok {
		m.set(f, s.Name, refused{name: s.Name, cure: "its base " + base + ": move the code that needs it to Go, or write the attributes out"})
		return nil
	}
	if isHint(args, "TypedDict") {
		m.set(f, s.Name, m.names["dict"])
		return nil
	}
	c, rest, err := m.newClass(s.Name, args, kwargs)
	if err != nil {
		return err
	}
	c.inheritEnum(mixin)
	if err := m.fillClass(f, c, s); err != nil {
		return err
	}
	if isHint(args, "NamedTuple") {
		c.takeFields()
	}
	if c.enum {
		if err := m.makeMembers(c); err != nil {
			return err
		}
	}
	if c.is(m.settings.order[1]) {
		c.takeDefaults()
		c.scope = f
	}
	if err := m.makeByMeta(c, args); err != nil {
		return err
	}
	if err := m.announce(c, rest); err != nil {
		return err
	}
	v, err := m.decorated(c, decorators)
	if err != nil {
		return err
	}
	m.set(f, s.Name, v)
	return nil
}

// unknownBase returns why a base class is not available, and whether one is. A class with such a base fails when
// it is used.
func unknownBase(args starlark.Tuple) (string, bool) {
	for _, base := range args {
		switch b := base.(type) {
		case refused:
			return b.name + " is not available", true
		case *withAttrs:
			return b.Name() + " is not available", true
		case instantClass, zoneClass, pathType:
			return "is a built-in type", true
		}
	}
	return "", false
}

// isHint reports whether one of the bases is a name of the module typing.
func isHint(args starlark.Tuple, name string) bool {
	return slices.ContainsFunc(args, func(v starlark.Value) bool {
		h, ok := v.(hint)
		return ok && strings.HasSuffix(h.name, "."+name)
	})
}

// takeFields makes a class derived from NamedTuple one: its annotated names are the fields.
func (c *class) takeFields() {
	var defaults []starlark.Value
	for _, name := range c.annotated {
		if v, ok := c.attrs[name]; ok {
			defaults = append(defaults, v)
			delete(c.attrs, name)
		}
	}
	c.maker = newRecordType(c.name, c.annotated, defaults)
}

// fillClass runs the body of a class.
func (m *Machine) fillClass(f *frame, c *class, s *translate.Class) error {
	body := f.inner(nil)
	body.class, body.vars, body.drawn = c, c.attrs, c.drawn
	if s.Doc != "" {
		c.attrs["__doc__"] = starlark.String(s.Doc)
	}
	_, err := m.block(body, s.Body)
	return err
}

// newClass makes a class without attributes. It returns the named arguments that are for __init_subclass__.
func (m *Machine) newClass(name string, args starlark.Tuple, kwargs []starlark.Tuple) (*class, []starlark.Tuple, error) {
	c := &class{machine: m, name: name, attrs: starlark.StringDict{}, drawn: map[string]bool{}, hints: map[string]typeHint{}}
	bases, err := m.bases(args)
	if err == nil {
		err = m.charge(classWork)
	}
	if err != nil {
		return nil, nil, err
	}
	order, ok := linearize(bases)
	if !ok {
		return nil, nil, fault.Raise("TypeError", "the base classes have no consistent order; name the derived ones first")
	}
	if len(order) >= maxOrder {
		return nil, nil, fault.New("a class inherits from more than %d classes", maxOrder)
	}
	c.order = append([]*class{c}, order...)
	for _, base := range order {
		if c.meta == nil {
			c.meta = base.meta
		}
	}
	var rest []starlark.Tuple
	for _, pair := range kwargs {
		if pair[0] != starlark.String("metaclass") {
			rest = append(rest, pair)
		} else if err := m.metaclass(c, pair[1]); err != nil {
			return nil, nil, err
		}
	}
	return c, rest, nil
}

// bases returns the classes that a class names.
func (m *Machine) bases(args starlark.Tuple) ([]*class, error) {
	if len(args) > maxBases {
		return nil, fault.New("a class has more than %d bases", maxBases)
	}
	var bases []*class
	for _, base := range args {
		if c := m.builtinBase(base); c != nil {
			base = c
		}
		switch b := base.(type) {
		case hint: // Generic, Protocol and the like
		case *class:
			if b.instance {
				return nil, fault.New("a base class is %s", typeName(base))
			}
			bases = append(bases, b)
		default:
			return nil, fault.New("a base class is %s", typeName(base))
		}
	}
	if object := m.names["object"].(*class); len(bases) == 0 {
		bases = append(bases, object)
	}
	return bases, nil
}

// metaclass sets the metaclass of a class: one that changes no class, but for its __new__.
func (m *Machine) metaclass(c *class, v starlark.Value) error {
	meta, ok := v.(*class)
	if !ok || meta.instance || !meta.is(m.names["type"].(*class)) {
		return fault.New("this argument of a class is not available; write the attributes out")
	}
	for _, base := range meta.order {
		for _, method := range []string{"__init__", "__prepare__", "__call__", "__getattribute__", "__dir__", "__instancecheck__"} {
			if _, has := base.attrs[method]; has {
				return fault.New("a metaclass with %s is not available; write the attributes out", method)
			}
		}
	}
	c.meta = meta
	return nil
}

// linearize merges the orders of the bases as Python does (C3).
func linearize(bases []*class) ([]*class, bool) {
	var queues [][]*class
	for _, b := range bases {
		queues = append(queues, slices.Clone(b.order))
	}
	queues = append(queues, slices.Clone(bases))
	var order []*class
	for {
		queues = slices.DeleteFunc(queues, func(q []*class) bool { return len(q) == 0 })
		if len(queues) == 0 {
			return order, true
		}
		next := candidate(queues)
		if next == nil {
			return nil, false
		}
		order = append(order, next)
		for i, q := range queues {
			if q[0] == next {
				queues[i] = q[1:]
			}
		}
	}
}

// candidate returns the first head that stands in no tail.
func candidate(queues [][]*class) *class {
	for _, q := range queues {
		inTail := func(other []*class) bool { return slices.Contains(other[1:], q[0]) }
		if !slices.ContainsFunc(queues, inTail) {
			return q[0]
		}
	}
	return nil
}

// AttrNames returns nothing: the names are not listed to files.
func (c *class) AttrNames() []string { return nil }

// raw returns an attribute as it was written, nil if there is none.
func (c *class) raw(name string) starlark.Value {
	for _, base := range c.order {
		if v, ok := base.attrs[name]; ok {
			return v
		}
	}
	return nil
}

// Attr returns an attribute. What is not there is nil.
func (c *class) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__name__", "__qualname__":
		if !c.instance {
			return starlark.String(c.name), nil
		}
	case "__class__":
		if c.instance {
			return c.order[1], nil
		}
		if c.meta != nil {
			return c.meta, nil
		}
		return c.machine.names["type"], nil
	case "__new__":
		if c.attrs == nil && c.name == "type" {
			return builtin(name, c.machine.newByMeta), nil
		}
	case "__members__", "_value2member_map_":
		if c.enum && !c.instance {
			return c.memberMap(name[1] == 'v'), nil
		}
	case "__dict__":
		return namespaceOf(c), nil
	case "__module__":
		return starlark.String("config"), nil
	case "__mro__", "__bases__", "__annotations__", "__subclasses__":
		return nil, fault.New("%s of a class is not available; write the value", name)
	}
	if v, err := c.own(name); v != nil || err != nil {
		return v, err
	}
	if c.meta != nil && !c.instance {
		if v := c.meta.raw(name); v != nil {
			return c.machine.bind(v, c, c.meta)
		}
	}
	if v, err := c.inner(name); v != nil || err != nil {
		return v, err
	}
	return c.fallback(name)
}

// inner returns an attribute of the built-in value that an object is too, or of the type that a class derives from.
func (c *class) inner(name string) (starlark.Value, error) {
	m := c.machine
	if v := unmember(c); v != starlark.Value(c) {
		if v, err := m.offeredAttr(v, name); v != nil || err != nil {
			return v, err
		}
		return m.special(v, name), nil
	}
	if !c.instance && name != "__doc__" {
		switch b := c.payloadMaker().(type) {
		case *recordType:
			if v, err := b.Attr(name); v != nil || err != nil {
				return v, err
			}
		case *starlark.Builtin:
			if isTypeName(b.Name()) {
				return m.builtinAttr(b, name)
			}
		}
		return m.rootAttr(name), nil
	}
	return nil, nil
}

// fallback asks __getattr__ for an attribute that is not there.
func (c *class) fallback(name string) (starlark.Value, error) {
	getattr := starlark.Value(nil)
	switch {
	case c.instance:
		getattr = c.raw("__getattr__")
	case c.meta != nil:
		getattr = c.meta.raw("__getattr__")
	}
	switch {
	case getattr != nil && !strings.HasPrefix(name, "__"):
		return c.machine.call(getattr, starlark.Tuple{c, starlark.String(name)}, nil)
	case name == "__doc__":
		return starlark.None, nil
	}
	return nil, nil
}

// own returns an attribute of the class, or of the object and its class: a property goes before the object's own.
func (c *class) own(name string) (starlark.Value, error) {
	c.machine.drawn = c.machine.drawn || c.isDrawn(name)
	if !c.instance {
		v := c.raw(name)
		if v == nil {
			return nil, nil
		}
		return c.machine.bind(v, nil, c)
	}
	of := c.order[1]
	v := of.raw(name)
	if _, ok := v.(*property); !ok {
		if own, found := c.attrs[name]; found {
			return own, nil
		}
	}
	if v == nil {
		return nil, nil
	}
	return c.machine.bind(v, c, of)
}

// bind applies the descriptor that an attribute may be. The object is nil for an attribute of a class.
func (m *Machine) bind(v starlark.Value, object starlark.Value, owner *class) (starlark.Value, error) {
	switch v := v.(type) {
	case *function:
		if object == nil {
			return v, nil
		}
		return m.method(v, object), nil
	case boundable:
		if object == nil {
			return v, nil
		}
		return m.method(v, object), nil
	case *staticMethod:
		return v.callable, nil
	case *classMethod:
		return m.method(v.callable, owner), nil
	case *property:
		if object == nil {
			return v, nil
		}
		return m.call(v.get, starlark.Tuple{object}, nil)
	case *class:
		return m.described(v, object, owner)
	}
	return v, nil
}

// described asks a descriptor of the file for the attribute.
func (m *Machine) described(v *class, object starlark.Value, owner *class) (starlark.Value, error) {
	if !v.instance {
		return v, nil
	}
	get := v.order[1].raw("__get__")
	if get == nil {
		return v, nil
	}
	if object == nil {
		object = starlark.None
	}
	return m.call(get, starlark.Tuple{v, object, owner}, nil)
}

// method returns a function whose first argument is given.
func (m *Machine) method(fn starlark.Value, self starlark.Value) starlark.Value {
	name := "method"
	if c, ok := fn.(starlark.Callable); ok {
		name = c.Name()
	}
	return starlark.NewBuiltin(name,
		func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return m.call(fn, append(starlark.Tuple{self}, args...), kwargs)
		})
}

// all returns the attributes with the inherited ones, as they are on the class.
func (c *class) all() (starlark.StringDict, error) {
	attrs := starlark.StringDict{}
	for _, base := range c.order {
		for name := range base.attrs {
			v, err := c.own(name)
			if err != nil {
				return nil, fault.New("%s: %s", name, err.Error())
			}
			attrs[name] = v
		}
	}
	return attrs, nil
}
