package dewar

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/coerce"
	"github.com/dewar-go/dewar/internal/router"
	"github.com/dewar-go/dewar/internal/rule"
	"github.com/dewar-go/dewar/internal/suggest"
)

// Params returns the values of the variables in the matched rule and in its [Host], converted by their
// converters, and its [Defaults]. Without a matched rule it is empty. A getter that is asked for a name that no rule of
// the App has gives the zero value, and a line in the log in DEBUG and TESTING; [Require] makes a 500 of it.
func (c *Context) Params() *Values { return &Values{(*paramSource)(c)} } // inlined, and so mostly without an allocation

// A place is where the text of a value is in the path.
type place struct{ start, end uint16 }

// keepValues keeps where the values of what was matched are in the path, for the converters that are built in to convert them
// when somebody asks. Where there is no room for that, or a converter is not built in, it keeps the values themselves.
func (c *Context) keepValues(result router.Result, spans []rule.Span) {
	values := result.HostValues()
	if len(spans) > 0 && !(result.Late() && c.setPlaces(result.Path, spans)) {
		values = result.Convert(spans)
	}
	if len(values) > 0 {
		c.rare().values = values
	}
}

// setPlaces keeps where the values of the route's variables are, or reports false when there is no room for that.
func (c *Context) setPlaces(path string, spans []rule.Span) bool {
	if len(spans) > len(c.places) || len(path) > math.MaxUint16 {
		return false
	}
	c.asked = path
	for i, at := range spans {
		c.places[i] = place{uint16(at.Start), uint16(at.End)}
	}
	return true
}

// value returns the value of the i-th variable of the route. Those of converters that are built in are converted when they are
// asked for: most are asked for once or never.
func (c *Context) value(i int) any {
	late := 0
	if c.asked != "" {
		late = len(c.route.rule.Variables())
	}
	if i < late {
		return c.route.rule.Value(i, c.asked[c.places[i].start:c.places[i].end])
	}
	return c.lazy.Load().values[i-late]
}

// text returns the text in the path of the i-th variable of the route, if it is one of a converter that is built in.
func (c *Context) text(i int) (string, bool) {
	if c.asked == "" || i >= len(c.route.rule.Variables()) {
		return "", false
	}
	return c.asked[c.places[i].start:c.places[i].end], true
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
	if i := slices.Index(p.route.names, key); i >= 0 {
		return (*Context)(p).value(i), true
	}
	v, ok := p.route.defaults[key]
	return v, ok
}

// late returns the variable key of the route and its text in the path, if that is all there is of its value so far.
func (p *paramSource) late(key string) (i int, text string, ok bool) {
	if p.route == nil || p.replaced() != nil {
		return 0, "", false
	}
	if i = slices.Index(p.route.names, key); i < 0 {
		return 0, "", false
	}
	text, ok = (*Context)(p).text(i)
	return i, text, ok
}

// textOf and intOf are Lookup for texts and integers that need not be put into an interface, which mostly costs an allocation. They
// report false for all others.
func (p *paramSource) textOf(key string) (string, bool) {
	if i, text, ok := p.late(key); ok {
		return p.route.rule.TextValue(i, text)
	}
	return "", false
}

func (p *paramSource) intOf(key string) (int, bool) {
	if i, text, ok := p.late(key); ok {
		return p.route.rule.IntValue(i, text)
	}
	return 0, false
}

// valueOf returns the value of the variable key among those of r's variables, or r's default for it.
func (r *boundRoute) valueOf(values []any, key string) (any, bool) {
	if i := slices.Index(r.names, key); i >= 0 {
		return values[i], true
	}
	v, ok := r.defaults[key]
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
	return slices.Sorted(maps.Keys(p.all()))
}

func (p *paramSource) all() Map {
	if m := p.replaced(); m != nil || p.route == nil {
		return maps.Clone(m)
	}
	all := Map{}
	maps.Copy(all, p.route.defaults)
	for i, name := range p.route.names {
		all[name] = (*Context)(p).value(i)
	}
	return all
}

func (p *paramSource) Describe(key string) (string, int) {
	if p.unknown(key) {
		return fmt.Sprintf("path value %q, which no rule has,", key), http.StatusInternalServerError
	}
	return fmt.Sprintf("path value %q", key), http.StatusBadRequest
}

// unknown reports whether no rule of the App has a variable or default of that name: most likely it is misspelt.
func (p *paramSource) unknown(key string) bool {
	if p.route == nil || p.route.rule == nil || p.replaced() != nil {
		return false
	}
	return !slices.ContainsFunc(p.App.routes, func(r *boundRoute) bool { return slices.Contains(r.arguments, key) })
}

// noteMissing reports, in DEBUG and TESTING, that a value was asked for by a name that no rule has.
func (p *paramSource) noteMissing(key string) {
	c := (*Context)(p)
	if !c.notes() || !p.unknown(key) {
		return
	}
	attrs := []any{"name", key, "rule", c.route.Rule, "has", c.route.arguments, "site", callsite.Application()}
	if near := suggest.Nearest(key, c.route.arguments); near != "" {
		attrs = append(attrs, "didYouMean", near)
	}
	c.Logger().Warn("no rule has a path value of that name, so it is empty; is it misspelt?", attrs...)
}

// preprocessValues lets the URL value preprocessors change the values of the matched rule.
func (c *Context) preprocessValues() error {
	var values Map
	if c.hasRule() {
		values = (*paramSource)(c).all()
	}
	for _, f := range c.chain().preprocessors {
		err := f(c, values)
		c.keepTouched()
		if err != nil {
			return err
		}
	}
	if c.hasRule() {
		c.rare().changed = values
	}
	return nil
}
