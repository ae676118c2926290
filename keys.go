package dewar

// Key is a typed name for a value that belongs to one request; what Flask keeps on g. Keys compare by
// identity, so two packages never meet; the name is for templates, which find the value as g.name.
type Key[T any] struct {
	name string
}

// An item is one value kept on the Context.
type item struct {
	key   any // *Key[T], or nil for Context.Set
	name  string
	value any
}

// NewKey returns a new key. It is usually a package variable: var user = dewar.NewKey[*User]("user").
func NewKey[T any](name string) *Key[T] { return &Key[T]{name: name} }

// Set keeps value for the rest of the request.
func (k *Key[T]) Set(c *Context, value T) { c.setItem(k, k.name, value) }

// Get returns the value that was set in this request, or the zero value.
func (k *Key[T]) Get(c *Context) T {
	value, _ := k.Lookup(c)
	return value
}

// Lookup returns the value that was set in this request and whether there is one.
func (k *Key[T]) Lookup(c *Context) (T, bool) {
	c.gMu.Lock()
	defer c.gMu.Unlock()
	for i := range c.g {
		if c.g[i].key == any(k) {
			value, ok := c.g[i].value.(T)
			return value, ok || c.g[i].value == nil
		}
	}
	var zero T
	return zero, false
}

// Set keeps value under name for the rest of the request; [Context.Value] returns it, and templates find it
// as g.name. [NewKey] is the typed way.
func (c *Context) Set(name string, value any) { c.setItem(nil, name, value) }

func (c *Context) setItem(key any, name string, value any) {
	c.gMu.Lock()
	defer c.gMu.Unlock()
	for i := range c.g {
		if c.g[i].key == key && c.g[i].name == name {
			c.g[i].value = value
			return
		}
	}
	c.g = append(c.g, item{key, name, value})
}

// named finds a value by name: that of Set before those of typed keys.
func (c *Context) named(name string) (any, bool) {
	c.gMu.Lock()
	defer c.gMu.Unlock()
	var typed *item
	for i := range c.g {
		if c.g[i].name != name {
			continue
		}
		if c.g[i].key == nil {
			return c.g[i].value, true
		}
		typed = &c.g[i]
	}
	if typed == nil {
		return nil, false
	}
	return typed.value, true
}

// globals returns what templates see as g.
func (c *Context) globals() Map {
	c.gMu.Lock()
	defer c.gMu.Unlock()
	g := make(Map, len(c.g))
	for _, it := range c.g {
		if _, taken := g[it.name]; !taken || it.key == nil {
			g[it.name] = it.value
		}
	}
	return g
}
