package dewar

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/coerce"
	"github.com/dewar-go/dewar/internal/router"
)

// A chain is what runs around the views of one blueprint, or of the app: computed at Build.
type chain struct {
	preprocessors []URLValuePreprocessor
	before, after []Handler
	teardown      []TeardownFunc
	scopes        []*errorTable // innermost first
	instances     []*instance   // outermost first
}

// chainOf puts together the hooks of the app and of in with its parents.
func (app *App) chainOf(in *instance) *chain {
	ch := &chain{instances: in.lineage()}
	scaffolds := []*scaffold{&app.scaffold}
	for _, i := range ch.instances {
		scaffolds = append(scaffolds, &i.bp.scaffold)
	}
	for n, s := range scaffolds {
		ch.preprocessors = append(ch.preprocessors, s.preprocessors...)
		ch.before = append(ch.before, s.before...)
		after, teardown := s.after, s.teardowns
		if n == 0 {
			for _, i := range app.blueprints {
				ch.before = append(ch.before, i.bp.appBefore...)
				after = slices.Concat(after, i.bp.appAfter)
				teardown = slices.Concat(teardown, i.bp.appTeardowns)
			}
		}
		ch.after = slices.Concat(reversed(after), ch.after)
		ch.teardown = slices.Concat(reversed(teardown), ch.teardown)
		ch.scopes = slices.Concat([]*errorTable{&s.errors}, ch.scopes)
	}
	for _, i := range slices.Backward(app.blueprints) {
		ch.scopes = append(ch.scopes, &i.bp.appErrors)
	}
	return ch
}

// lineage returns in and the instances it is nested in, outermost first.
func (in *instance) lineage() []*instance {
	var all []*instance
	for i := in; i != nil; i = i.parent {
		all = append(all, i)
	}
	slices.Reverse(all)
	return all
}

func reversed[T any](list []T) []T {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

// A routeTable finds routes. It is made at Build and never changed.
type routeTable struct {
	*router.Router
	routes   []*boundRoute
	prefixes []prefixChain // longest first
}

// A prefixChain says which blueprint owns a prefix, for the errors of paths that no route matches.
type prefixChain struct {
	prefix string
	chain  *chain
}

// buildRoutes makes the table of all routes.
func (app *App) buildRoutes(rt *runtime) (*routeTable, error) {
	chains := map[*instance]*chain{nil: rt.appChain}
	for _, in := range app.blueprints {
		chains[in] = app.chainOf(in)
	}
	table := &routeTable{routes: app.routes}
	autoOptions := app.Config.Bool("PROVIDE_AUTOMATIC_OPTIONS")
	entries := make([]router.Route, len(app.routes))
	for i, r := range app.routes {
		r.chain = chains[r.in]
		strict := true
		if r.spec.strictSlashes != nil {
			strict = *r.spec.strictSlashes
		}
		entries[i] = router.Route{Rule: r.rule, Methods: r.Methods, StrictSlashes: strict, AutoOptions: autoOptions}
	}
	found, err := router.New(entries, router.Options{})
	if err != nil {
		return nil, fmt.Errorf("routes: %w", err)
	}
	table.Router = found
	for _, in := range app.blueprints {
		if in.prefix != "" {
			table.prefixes = append(table.prefixes, prefixChain{strings.TrimRight(in.prefix, "/"), chains[in]})
		}
	}
	slices.SortStableFunc(table.prefixes, func(a, b prefixChain) int { return len(b.prefix) - len(a.prefix) })
	return table, nil
}

// match finds what answers the request: a route, an automatic answer, or an error that is kept until the
// before-request hooks have run.
func (c *Context) match() {
	result := c.rt.router.Match(c.Request.Method, c.Request.URL.Path, c.params.inline[:0])
	switch result.Kind {
	case router.Found:
		c.matched(c.rt.router.routes[result.Route], result.Values)
	case router.AutoOptions:
		c.matched(c.rt.router.routes[result.Route], result.Values)
		c.view, c.routeHooks = answerOptions(result.Allowed), nil
	case router.SlashRedirect, router.MergeRedirect:
		c.view = answerSlashRedirect(result.Path)
	case router.MethodNotAllowed:
		c.routingError = &HTTPError{Code: http.StatusMethodNotAllowed, Header: http.Header{"Allow": {strings.Join(result.Allowed, ", ")}}}
	default:
		c.notFound()
	}
}

func (c *Context) matched(route *boundRoute, values []any) {
	c.route, c.chain, c.view, c.routeHooks = route, route.chain, route.handler, route.before
	c.params.names, c.params.values, c.params.defaults = route.rule.Variables(), values, route.spec.defaults
	c.Request.Pattern = route.Rule
}

// answerSlashRedirect answers with a 308 to path, which begins with exactly one slash and so stays on the
// site. The query is kept.
func answerSlashRedirect(path string) Handler {
	return func(c *Context) error {
		target := c.settings.rootPrefix + (&url.URL{Path: path}).EscapedPath()
		if c.born.URL.RawQuery != "" {
			target += "?" + c.born.URL.RawQuery
		}
		return c.Status(http.StatusPermanentRedirect).Redirect(target)
	}
}

func answerOptions(allowed []string) Handler {
	return func(c *Context) error {
		c.Response.Header().Set("Allow", strings.Join(allowed, ", "))
		return c.Status(http.StatusOK).NoContent()
	}
}

func (c *Context) notFound() {
	if c.App.fallback != nil {
		c.view = c.App.fallback
		return
	}
	c.routingError = Abort(http.StatusNotFound)
}

// errorScopes returns the error handlers to ask, innermost first. A path that no route matches belongs to
// the blueprint whose prefix it has.
func (c *Context) errorScopes() []*errorTable {
	if c.route != nil {
		return c.chain.scopes
	}
	path := c.Request.URL.Path
	for _, p := range c.rt.router.prefixes {
		if rest, ok := strings.CutPrefix(path, p.prefix); ok && (rest == "" || rest[0] == '/') {
			return p.chain.scopes
		}
	}
	return c.chain.scopes
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

// Params returns the values of the variables in the matched rule, converted by their converters, and its
// [Defaults]. Without a matched rule it is empty.
func (c *Context) Params() *Values {
	if c.paramValues.src == nil {
		c.paramValues.src = &c.params
	}
	return &c.paramValues
}

// A paramSource holds the values of a matched rule.
type paramSource struct {
	names    []string
	values   []any
	inline   [4]any
	defaults Map
	replaced Map // what URL value preprocessors made of it; nil when there are none
}

func (p *paramSource) lookup(key string) (any, bool) {
	if p.replaced != nil {
		v, ok := p.replaced[key]
		return v, ok
	}
	for i, name := range p.names {
		if name == key {
			return p.values[i], true
		}
	}
	v, ok := p.defaults[key]
	return v, ok
}

func (p *paramSource) into(key string, dst any) (bool, error) {
	v, ok := p.lookup(key)
	return coerceInto(v, ok, dst)
}

func (p *paramSource) list(key string) ([]string, bool) {
	v, ok := p.lookup(key)
	if !ok {
		return nil, false
	}
	if s, err := coerce.String(v); err == nil {
		return []string{s}, true
	}
	return coerceList(v, ok)
}

func (p *paramSource) keys() []string {
	return sortedKeys(p.all())
}

func (p *paramSource) all() Map {
	all := Map{}
	if p.replaced != nil {
		p.defaults = p.replaced
	}
	for k, v := range p.defaults {
		all[k] = v
	}
	if p.replaced == nil {
		for i, name := range p.names {
			all[name] = p.values[i]
		}
	}
	return all
}

func (p *paramSource) describe(key string) (string, int) {
	return fmt.Sprintf("path value %q", key), http.StatusBadRequest
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
