package dewar

import (
	"fmt"
	"maps"
	"net/http"

	"github.com/dewar-go/dewar/internal/coerce"
)

// Params returns the values of the variables in the matched rule and in its [Host], converted by their
// converters, and its [Defaults]. Without a matched rule it is empty.
func (c *Context) Params() *Values {
	if c.paramValues.src == nil {
		c.paramValues.src = &c.params
	}
	return &c.paramValues
}

// A paramSource holds the values of a matched rule.
type paramSource struct {
	route    *boundRoute
	values   []any
	inline   [2]any
	replaced Map // what URL value preprocessors made of it; nil when there are none
}

func (p *paramSource) Lookup(key string) (any, bool) {
	if p.replaced != nil {
		v, ok := p.replaced[key]
		return v, ok
	}
	if p.route == nil {
		return nil, false
	}
	for i, name := range p.route.names {
		if name == key {
			return p.values[i], true
		}
	}
	v, ok := p.route.defaults[key]
	return v, ok
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
	if p.replaced != nil || p.route == nil {
		return maps.Clone(p.replaced)
	}
	all := Map{}
	maps.Copy(all, p.route.defaults)
	for i, name := range p.route.names {
		all[name] = p.values[i]
	}
	return all
}

func (p *paramSource) Describe(key string) (string, int) {
	return fmt.Sprintf("path value %q", key), http.StatusBadRequest
}

// preprocessValues lets the URL value preprocessors change the values of the matched rule.
func (c *Context) preprocessValues() error {
	if len(c.chain.preprocessors) == 0 {
		return nil
	}
	var values Map
	if c.route != nil {
		values = c.params.all()
	}
	for _, f := range c.chain.preprocessors {
		if err := f(c, values); err != nil {
			return err
		}
	}
	if c.route != nil {
		c.params.replaced = values
	}
	return nil
}
