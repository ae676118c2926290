package value

// An Object has attributes of its own making: loop, namespace, modules, and what the application gives. What more it can do it says by
// implementing [Itemer], [Iterable], [Sized], [Truther], [Mapping], [Callable], [Markuper], [Typer] or fmt.Stringer. An Object without fmt.Stringer
// shows as <Type object>.
type Object interface {
	// Attr returns an attribute, and whether there is one.
	Attr(rt *Runtime, name string) (any, bool)
}

// An Itemer has items: v[key].
type Itemer interface {
	// Item returns v[key], and whether there is one.
	Item(rt *Runtime, key any) (any, bool)
}

// An Iterable can be gone through.
type Iterable interface {
	// Iterate begins to go through it.
	Iterate(rt *Runtime) (*Iterator, error)
}

// A Sized is an Object that has a length.
type Sized interface {
	Object
	// Len returns len(v).
	Len() int
}

// A Truther is an Object that says whether it is true. Without it a Sized is true unless it is empty, and all else is true.
type Truther interface {
	Object
	// Truth returns bool(v).
	Truth() bool
}

// A Mapping is an Object that reads as a dict: attributes first, then get, keys, values and items, then its keys. It is gone through by key.
type Mapping interface {
	Object
	// Lookup returns the value of a key, and whether there is one.
	Lookup(key any) (any, bool)
	// Keys returns the keys in their order.
	Keys() []any
}

// A Lazy is a global that is called where a template reads its name, because it depends on the rendering.
type Lazy func(rt *Runtime) (any, error)

// A Markuper is Markup, as what has __html__ in Python.
type Markuper interface {
	// Markup returns it as Markup.
	Markup() Markup
}

// A Typer is an Object that names its Python class.
type Typer interface {
	Object
	// TypeName returns the name of the class.
	TypeName() string
}

// A Reprer shows itself in a list, as __repr__ in Python. An Object without fmt.Stringer shows so everywhere.
type Reprer interface {
	// Repr returns repr(v).
	Repr(rt *Runtime) (string, error)
}
