package dewar

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/dewar-go/dewar/internal/coerce"
)

// Params returns the values of the variables in the matched rule and in its [Host], converted by their
// converters, and its [Defaults]. Without a matched rule it is empty.
func (c *Context) Params() *Values {
	if c.bag.src == nil {
		c.bag.src = (*paramSource)(c)
	}
	return &c.bag
}

// A paramSource is the Context of a matched rule as the source of its values.
type paramSource Context

// replaced returns what URL value preprocessors made of the values; nil when there are none.
func (p *paramSource) replaced() Map {
	if x := p.lazy.Load(); x != nil {
		return x.changed
	}
	return nil
}

func (p *paramSource) Lookup(key string) (any, bool) {
	if m := p.replaced(); m != nil {
		v, ok := m[key]
		return v, ok
	}
	if p.route == nil {
		return nil, false
	}
	return p.route.valueOf((*Context)(p).values(), key)
}

// valueOf returns the value of the variable key among those of r's variables, or r's default for it.
func (r *boundRoute) valueOf(values []any, key string) (any, bool) {
	if i := slices.Index(r.names, key); i >= 0 {
		return values[i], true
	}
	v, ok := r.defaults[key]
	return v, ok
}

// values returns the values of the route's variables.
func (c *Context) values() []any {
	if n := len(c.route.names); n <= len(c.inline) {
		return c.inline[:n]
	}
	return c.rare().values
}

// setValues keeps the values of the route's variables; usually they are in c.inline already.
func (c *Context) setValues(values []any) {
	if len(values) > len(c.inline) {
		c.rare().values = values
		return
	}
	copy(c.inline[:], values)
}

func (p *paramSource) Into(key string, dst any) (bool, error) {
	v, ok := p.Lookup(key)
	return coerceInto(v, ok, dst)
}

func (p *paramSource) List(key string) ([]string, bool) {
	v, ok := p.Lookup(key)
	if !ok {
		return nil, false
	}
	if s, err := coerce.String(v); err == nil {
		return []string{s}, true
	}
	return coerceList(v, ok)
}

func (p *paramSource) Keys() []string {
	return sortedKeys(p.all())
}

func (p *paramSource) all() Map {
	if m := p.replaced(); m != nil || p.route == nil {
		return maps.Clone(m)
	}
	all := Map{}
	maps.Copy(all, p.route.defaults)
	for i, value := range (*Context)(p).values() {
		all[p.route.names[i]] = value
	}
	return all
}

func (p *paramSource) Describe(key string) (string, int) {
	return fmt.Sprintf("path value %q", key), http.StatusBadRequest
}

// preprocessValues lets the URL value preprocessors change the values of the matched rule.
func (c *Context) preprocessValues() error {
	var values Map
	if c.route != nil {
		values = (*paramSource)(c).all()
	}
	for _, f := range c.chain().preprocessors {
		if err := f(c, values); err != nil {
			return err
		}
	}
	if c.route != nil {
		c.rare().changed = values
	}
	return nil
}
