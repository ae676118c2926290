package dewar

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/coerce"
	"github.com/dewar-go/dewar/internal/router"
	"github.com/dewar-go/dewar/internal/rule"
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
	for _, s := range scaffolds {
		ch.preprocessors = append(ch.preprocessors, s.preprocessors...)
		ch.before = append(ch.before, s.before...)
		ch.after = slices.Concat(reversed(s.after), ch.after)
		ch.teardown = slices.Concat(reversed(s.teardowns), ch.teardown)
		ch.scopes = slices.Concat([]*errorTable{&s.errors}, ch.scopes)
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
	any    *router.Router // of the routes of every host
	hosts  *hostTables    // nil while no route has a host
	owners []owner
}

// buildRoutes makes the table of all routes.
func (app *App) buildRoutes(rt *runtime) (*routeTable, error) {
	chains := map[*instance]*chain{nil: rt.appChain}
	for _, in := range app.blueprints {
		chains[in] = app.chainOf(in)
	}
	serverName := strings.ToLower(app.Config.String("SERVER_NAME"))
	entries, patterns := map[string][]router.Route{"": nil}, map[string]string{}
	var problems []error
	for _, r := range app.routes {
		r.chain = chains[r.in]
		r.canonical = app.canonicalRoutes(r)
		switch {
		case r.spec.buildOnly:
			continue
		case r.place != nil && r.place.below && serverName == "":
			problems = append(problems, fmt.Errorf("%s: %s needs SERVER_NAME; set it, or write dewar.Host with the whole name", r.Site, r.place))
			continue
		}
		shape := r.hostShape()
		if shape != "" && patterns[shape] == "" {
			patterns[shape] = r.place.full(serverName)
		}
		entries[shape] = append(entries[shape], app.entry(r))
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	hosts, err := app.buildHosts(entries, patterns)
	if err != nil {
		return nil, err
	}
	table := &routeTable{any: hosts.any.Router, hosts: hosts, owners: app.owners(chains, serverName)}
	if len(entries) == 1 {
		table.hosts = nil
	}
	return table, nil
}

// entry returns what the router needs to know of a route.
func (app *App) entry(r *boundRoute) router.Route {
	return router.Route{
		Rule: r.rule, Methods: r.Methods, Data: r,
		StrictSlashes: orDefault(r.strictSlashes, true),
		AutoOptions:   orDefault(r.autoOptions, app.Config.Bool("PROVIDE_AUTOMATIC_OPTIONS")),
	}
}

// match finds what answers the request: a route, an automatic answer, or an error that is kept until the
// before-request hooks have run.
func (c *Context) match() {
	c.answer(c.find(c.Request.Method, c.Request.URL.Path, c.params.inline[:0]))
}

// find asks the tables for a path; the values are appended to buf, which may be nil.
func (c *Context) find(method, path string, buf []any) router.Result {
	if c.rt.router.hosts == nil {
		return c.rt.router.any.Match(method, path, buf)
	}
	return c.findByHost(method, path)
}

// detours reports whether a path that route takes whole, slashes and all, would lead to another route if it
// were written without repeated slashes and without dots for segments, and returns that path. A guard in
// front of /sub/ is not got around by /sub//x or /./sub/x.
func (c *Context) detours(route *boundRoute, path string) (clean string, ok bool) {
	if clean = router.Clean(path); clean == path {
		return "", false
	}
	result := c.find(c.Request.Method, clean, nil)
	return clean, result.Kind == router.Found && result.Data != any(route)
}

// findByHost asks the tables of the request's host in their order. What one finds counts; failing that a
// redirect to merged slashes, and failing that the methods that all of them allow.
func (c *Context) findByHost(method, path string) router.Result {
	var rest router.Result
	var allowed []string
	for table, values := range c.rt.router.hosts.of(c.askedHost()) {
		result := table.Match(method, path, nil)
		result.Values = append(result.Values, values...)
		switch result.Kind {
		case router.Found, router.SlashRedirect:
			return result
		}
		allowed = append(allowed, result.Allowed...)
		if priority(result.Kind) > priority(rest.Kind) {
			rest = result
		}
	}
	slices.Sort(allowed)
	rest.Allowed = slices.Compact(allowed)
	return rest
}

// priority orders the results that do not count before all tables of a host have been asked.
func priority(kind router.Kind) int {
	return slices.Index([]router.Kind{router.NotFound, router.MethodNotAllowed, router.AutoOptions, router.MergeRedirect}, kind)
}

// answer takes over what the router found.
func (c *Context) answer(result router.Result) {
	switch result.Kind {
	case router.Found:
		c.matched(result.Data.(*boundRoute), result.Values)
	case router.AutoOptions:
		c.matched(result.Data.(*boundRoute), result.Values)
		c.view, c.autoOptions = answerOptions(result.Allowed), true
	case router.SlashRedirect:
		c.view = answerRedirect(result.Path)
	case router.MergeRedirect:
		if route := result.Data.(*boundRoute); !orDefault(route.mergeSlashes, true) {
			c.notFound()
			return
		}
		c.view = answerRedirect(result.Path)
	case router.MethodNotAllowed:
		c.routingError = &HTTPError{Code: http.StatusMethodNotAllowed, Header: http.Header{"Allow": {strings.Join(result.Allowed, ", ")}}}
	default:
		c.notFound()
	}
}

func (c *Context) matched(route *boundRoute, values []any) {
	if route.greedy {
		if path, ok := c.detours(route, c.Request.URL.Path); ok {
			c.view = answerRedirect(path)
			return
		}
	}
	if route.canonical != nil {
		if path := route.canonicalPath(c.Request.Method, values); path != "" {
			c.view = answerEscapedRedirect(path)
			return
		}
	}
	c.route, c.chain, c.view = route, route.chain, route.handler
	c.params.route, c.params.values = route, values
	c.Request.Pattern, c.born.Pattern = route.Rule, route.Rule // outer middleware has the second
}

// hasRule reports whether a rule has matched; the fallback has none.
func (c *Context) hasRule() bool { return c.route != nil && c.route.rule != nil }

func answerOptions(allowed []string) Handler {
	return func(c *Context) error {
		c.Response.Header().Set("Allow", strings.Join(allowed, ", "))
		return c.Status(http.StatusOK).NoContent()
	}
}

func (c *Context) notFound() {
	if f := c.App.fallback; f != nil && (len(f.Methods) == 0 || slices.Contains(f.Methods, c.Request.Method)) {
		c.route, c.view = f, f.handler
		return
	}
	c.routingError = Abort(http.StatusNotFound)
}

// RoutingError returns the error of a request that no route answers, which is raised when the before-request
// hooks have run: an [*HTTPError] with 404 or 405. It is nil otherwise. Flask has request.routing_exception.
func (c *Context) RoutingError() error { return c.routingError }

// answerRedirectRule redirects to what a RedirectRule says.
func answerRedirectRule(to *rule.Target) Handler {
	return func(c *Context) error {
		target, err := to.Build(c.params.Lookup, c.prefix(), c.born.URL.RawQuery)
		if err != nil {
			return fmt.Errorf("dewar: redirect of %s: %w", c.route.Site, err)
		}
		return c.Status(http.StatusPermanentRedirect).Redirect(target)
	}
}

// answerRedirect answers with a 308 to a decoded path, which begins with exactly one slash and so stays on
// the site. The query is kept.
func answerRedirect(path string) Handler {
	return answerEscapedRedirect((&url.URL{Path: path}).EscapedPath())
}

func answerEscapedRedirect(path string) Handler {
	return func(c *Context) error {
		target := c.prefix() + path
		if c.born.URL.RawQuery != "" {
			target += "?" + c.born.URL.RawQuery
		}
		return c.Status(http.StatusPermanentRedirect).Redirect(target)
	}
}

// canonicalRoutes returns the routes whose defaults may say the same as values of r do: those of its
// endpoint that are tried before it when a URL is built and take the same names.
func (app *App) canonicalRoutes(r *boundRoute) []*boundRoute {
	if r.Endpoint == "" || len(app.endpoints[r.Endpoint]) < 2 {
		return nil
	}
	var list []*boundRoute
	for _, other := range app.endpoints[r.Endpoint] {
		if len(other.defaults) > len(r.defaults) && !other.spec.buildOnly && other.hostShape() == r.hostShape() &&
			slices.Equal(other.arguments, r.arguments) {
			list = append(list, other)
		}
	}
	slices.SortStableFunc(list, func(a, b *boundRoute) int { return len(b.defaults) - len(a.defaults) })
	return list
}

// canonicalPath returns the escaped path of the route whose defaults are the values of this request, or "".
func (r *boundRoute) canonicalPath(method string, values []any) string {
	source := paramSource{route: r, values: values}
	for _, other := range r.canonical {
		if !slices.Contains(other.Methods, method) || !source.agrees(other.defaults) {
			continue
		}
		if path, missing, err := other.rule.Build(source.Lookup); err == nil && missing == nil {
			return path
		}
	}
	return ""
}

// agrees reports whether p has the same value for every one of fixed.
func (p *paramSource) agrees(fixed Map) bool {
	for name, want := range fixed {
		if got, ok := p.Lookup(name); !ok || fmt.Sprint(got) != fmt.Sprint(want) {
			return false
		}
	}
	return true
}

// An owner is a blueprint that owns a prefix, a host or both, for the errors of requests that no route answers.
type owner struct {
	router.Area
	chain *chain
}

// owners returns the blueprints with a prefix or a host, the narrowest first.
func (app *App) owners(chains map[*instance]*chain, serverName string) []owner {
	var list []owner
	for _, in := range app.blueprints {
		host := ""
		if p := in.routing.place; !p.everywhere() {
			host = p.full(serverName)
		}
		area := router.NewArea(in.prefix, host, namesPort(host), app.converters)
		if !area.Everything() {
			list = append(list, owner{area, chains[in]})
		}
	}
	slices.SortStableFunc(list, func(a, b owner) int { return router.CompareAreas(a.Area, b.Area) })
	return list
}

// errorScopes returns the error handlers to ask, innermost first. A request that no route answers belongs to
// the blueprint that owns its prefix or host.
func (c *Context) errorScopes() []*errorTable {
	if c.hasRule() || len(c.rt.router.owners) == 0 {
		return c.chain.scopes
	}
	name, port := c.askedHost()
	for _, o := range c.rt.router.owners {
		if o.Has(name, port, c.Request.URL.Path) {
			return o.chain.scopes
		}
	}
	return c.chain.scopes
}

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
	if c.hasRule() {
		values = c.params.all()
	}
	for _, f := range c.chain.preprocessors {
		if err := f(c, values); err != nil {
			return err
		}
	}
	if c.hasRule() {
		c.params.replaced = values
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
