package dewar

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/hostname"
	"github.com/dewar-go/dewar/internal/intake"
	"github.com/dewar-go/dewar/internal/problem"
	"github.com/dewar-go/dewar/internal/router"
	"github.com/dewar-go/dewar/internal/rule"
)

// A chain is what runs around the views of one blueprint, or of the app: computed at Build.
type chain struct {
	preprocessors []URLValuePreprocessor
	before, after []Handler
	teardown      []TeardownFunc
	scopes        []*errorTable // innermost first
	apiScopes     []*errorTable // those of JSONErrors
	jsonErrors    *bool
	instances     []*instance // outermost first
}

// chainOf puts together the hooks of the app and of in with its parents.
func (app *App) chainOf(in *instance) *chain {
	ch := &chain{instances: in.lineage(), jsonErrors: app.options.routing.jsonErrors}
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
	if in != nil {
		ch.jsonErrors = in.routing.jsonErrors
	}
	inner := ch.scopes[:len(ch.scopes)-1]
	ch.apiScopes = slices.Concat(inner, []*errorTable{app.errors.ofOwnTypes()})
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
	hosts   *router.Hosts
	behind  *router.Hosts // without the routes that give way; nil when there are none
	owners  []owner
	direct  map[string]*boundRoute // by endpoint, for URLs
	private []*boundRoute          // that have a variable which must not be logged
}

// buildRoutes makes the table of all routes.
func (app *App) buildRoutes(rt *runtime) (*routeTable, error) {
	chains := map[*instance]*chain{nil: rt.appChain}
	if app.fallback != nil {
		app.fallback.chain = rt.appChain
	}
	for _, in := range app.blueprints {
		chains[in] = app.chainOf(in)
	}
	serverName := app.serverName()
	var files, routes []router.HostRoute
	var problems []error
	for _, r := range app.routes {
		r.chain = chains[r.in]
		r.canonical = app.canonicalRoutes(r)
		r.options = r.answersOptions()
		r.direct = !r.greedy && r.canonical == nil
		switch {
		case r.spec.buildOnly:
			continue
		case r.place.Below() && serverName == "":
			problems = append(problems, fmt.Errorf("%s: %s needs SERVER_NAME; set it, or write dewar.Host with the whole name", r.Site, r.place))
			continue
		}
		route := app.hostRoute(r, serverName)
		if r.givesWay() {
			files = append(files, route)
			continue
		}
		routes = append(routes, route)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	private := slices.DeleteFunc(slices.Clone(app.routes), func(r *boundRoute) bool { return !r.hides() })
	t := &routeTable{owners: app.owners(chains, serverName), private: private, direct: app.directRoutes()}
	var err error
	if t.hosts, err = router.NewHosts(slices.Concat(files, routes), app.converters); err == nil && len(files) > 0 {
		t.behind, err = router.NewHosts(routes, app.converters)
	}
	return t, err
}

// givesWay reports whether r leaves requests to the routes behind it: those for what is none of its files.
func (r *boundRoute) givesWay() bool { return r.spec.givesWay }

// serverName returns the host that patterns of [Subdomain] are put before.
func (app *App) serverName() string { return strings.ToLower(app.Config.String("SERVER_NAME")) }

// hostRoute returns what the router needs to know of a route and its hosts.
func (app *App) hostRoute(r *boundRoute, serverName string) router.HostRoute {
	return router.HostRoute{Route: app.entry(r), Pattern: r.place.Pattern(serverName), Shape: r.hostShape()}
}

// entry returns what the router needs to know of a route.
func (app *App) entry(r *boundRoute) router.Route {
	return router.Route{
		Rule: r.rule, Methods: r.Methods, Data: r,
		StrictSlashes: orDefault(r.strictSlashes, true),
		AutoOptions:   r.options,
	}
}

// match finds what answers the request: a route, an automatic answer, or an error that is kept until the
// before-request hooks have run.
func (c *Context) match() {
	path, t := c.path(), c.runtime().router
	var room [8]rule.Span // more than that are rare, and allocated
	data, n, missed := t.hosts.Find(c.Request.Method, path, room[:])
	switch route, _ := data.(*boundRoute); {
	case route != nil && !route.givesWay():
		c.take(route, path, room[:n])
	case missed:
		c.answer(t.otherwise(c.Request.Method, path, room[:0]))
	default:
		c.answer(c.find(path, room[:0]))
	}
}

// take makes route that of the request, unless the client is sent to another path. Its converters are built in, and hosts play no part.
func (c *Context) take(route *boundRoute, path string, spans []rule.Span) {
	if !route.direct && c.leadsElsewhere(route, func() []any { values, _ := route.rule.Convert(path, spans); return values }) {
		return
	}
	if len(spans) > 0 && !c.setPlaces(path, spans) {
		c.rare().values, _ = route.rule.Convert(path, spans) // the converters have taken the texts
	}
	c.setRoute(route)
}

// setRoute notes the route of the request, also in what outer middleware has of it.
func (c *Context) setRoute(route *boundRoute) {
	c.route = route
	c.born.Pattern = route.Rule
	if c.Request != c.born {
		c.Request.Pattern = route.Rule
	}
}

// otherwise is find for a path that no route takes as it is, on hosts that play no part.
func (t *routeTable) otherwise(method, path string, room []rule.Span) (router.Result, []rule.Span) {
	if t.behind == nil {
		return t.hosts.Otherwise(method, path, room), nil
	}
	return t.behind.Match("", "", method, path, room)
}

// path returns the path of the request as valid text; c.Request.URL.Path is as it came.
func (c *Context) path() string { return intake.Text(c.Request.URL.Path) }

// find asks the table of all routes for path on the request's host, with room for where the values are.
func (c *Context) find(path string, room []rule.Span) (router.Result, []rule.Span) {
	t := c.runtime().router
	var name, port string
	if t.hosts.Matter() {
		name, port = c.askedHost()
	}
	result, spans := t.hosts.Match(name, port, c.Request.Method, path, room)
	if t.behind == nil || c.stays(result, spans) {
		return result, spans
	}
	return t.behind.Match(name, port, c.Request.Method, path, room)
}

// stays reports whether a result counts that routes which give way had a part in: they have the file, or the result is
// that of another route.
func (c *Context) stays(result router.Result, spans []rule.Span) bool {
	switch result.Kind {
	case router.SlashRedirect:
		return true
	case router.Found, router.AutoOptions:
		route := result.Data().(*boundRoute)
		if !route.givesWay() {
			return result.Kind == router.Found
		}
		return route.spec.static.answers(c, route.filename(result, spans))
	}
	return false
}

// filename returns the name that was asked for of a route of static files.
func (r *boundRoute) filename(result router.Result, spans []rule.Span) string {
	at := spans[slices.Index(r.names, "filename")]
	return result.Path[at.Start:at.End]
}

// detours reports whether a path that route takes whole, slashes and all, would lead to another route if it
// were written without repeated slashes and without dots for segments, and returns that path. A guard in
// front of /sub/ is not got around by /sub//x or /./sub/x.
func (c *Context) detours(route *boundRoute, path string) (clean string, ok bool) {
	if clean = router.Clean(path); clean == path {
		return "", false
	}
	result, _ := c.find(clean, nil)
	return clean, result.Kind == router.Found && result.Data() != any(route)
}

// answer takes over what the router found.
func (c *Context) answer(result router.Result, spans []rule.Span) {
	switch result.Kind {
	case router.Found:
		c.matched(result.Data().(*boundRoute), result, spans)
	case router.AutoOptions:
		c.matched(result.Data().(*boundRoute), result, spans)
		x := c.rare()
		x.answer, x.redirect = answerOptions(result.Allowed()), ""
	case router.SlashRedirect:
		c.redirect(escapedPath(result.Path))
	case router.MergeRedirect:
		if route := result.Data().(*boundRoute); !orDefault(route.mergeSlashes, true) {
			c.notFound()
			return
		}
		c.redirect(escapedPath(result.Path))
	case router.MethodNotAllowed:
		c.rare().refused = &HTTPError{Code: http.StatusMethodNotAllowed, Message: problem.Describe(http.StatusMethodNotAllowed),
			Header: http.Header{"Allow": {strings.Join(result.Allowed(), ", ")}}}
	default:
		c.unmatched()
	}
}

// matched is take for what may have values that were converted at the match.
func (c *Context) matched(route *boundRoute, result router.Result, spans []rule.Span) {
	if !route.direct && c.leadsElsewhere(route, func() []any { return result.Convert(spans) }) {
		return
	}
	c.keepValues(result, spans)
	c.setRoute(route)
}

// leadsElsewhere reports whether the request is redirected to the path that it should have asked for.
func (c *Context) leadsElsewhere(route *boundRoute, values func() []any) bool {
	if route.greedy {
		if path, ok := c.detours(route, c.path()); ok {
			c.redirect(escapedPath(path))
			return true
		}
	}
	if route.canonical != nil {
		if path := route.canonicalPath(c.Request.Method, values()); path != "" {
			c.redirect(path)
			return true
		}
	}
	return false
}

// hasRule reports whether a rule has matched; the fallback has none.
func (c *Context) hasRule() bool { return c.route != nil && c.route.rule != nil }

func answerOptions(allowed []string) Handler {
	return func(c *Context) error {
		c.Response.Header().Set("Allow", strings.Join(allowed, ", "))
		return c.Status(http.StatusOK).NoContent()
	}
}

// unmatched hands a request that no route answers to the fallback, as long as no route answers the clean path either:
// a guard in front of /sub/ is not got around by /./sub/x when the fallback cleans paths by itself.
func (c *Context) unmatched() {
	if f := c.App.fallback; f != nil && f.answers(c.Request.Method) {
		path := c.path()
		if clean := router.Clean(path); clean != path && c.isRouted(clean) {
			c.redirect(escapedPath(clean))
			return
		}
	}
	c.notFound()
}

// isRouted reports whether path is that of a route, if perhaps for another method; one that gives way does not count.
func (c *Context) isRouted(path string) bool {
	result, _ := c.find(path, nil)
	route, _ := result.Data().(*boundRoute)
	return result.Kind != router.NotFound && (route == nil || !route.givesWay())
}

func (c *Context) notFound() {
	if f := c.App.fallback; f != nil && f.answers(c.Request.Method) {
		c.route = f
		return
	}
	c.rare().refused = Abort(http.StatusNotFound)
}

// RoutingError returns the error of a request that no route answers, which is raised when the before-request
// hooks have run: an [*HTTPError] with 404 or 405. It is nil otherwise. Flask has request.routing_exception.
func (c *Context) RoutingError() error {
	if x := c.lazy.Load(); x != nil {
		return x.refused
	}
	return nil
}

// answerRedirectRule redirects to what a RedirectRule says.
func answerRedirectRule(to *rule.Target) Handler {
	return func(c *Context) error {
		target, err := to.Build((*paramSource)(c).Lookup, c.prefix(), intake.Escaped(c.born.URL.RawQuery))
		if err != nil { // the values are the client's
			return &HTTPError{Code: http.StatusNotFound, Err: fmt.Errorf("dewar: redirect of %s: %w", c.route.Site, err)}
		}
		return c.Status(http.StatusPermanentRedirect).Redirect(target)
	}
}

// redirect lets the router answer with a 308 to an escaped path, which begins with exactly one slash and so stays on the
// site. The query is kept.
func (c *Context) redirect(path string) {
	x := c.rare()
	x.answer, x.redirect = answerRedirect(path), path
}

func escapedPath(path string) string { return (&url.URL{Path: path}).EscapedPath() }

func answerRedirect(path string) Handler {
	return func(c *Context) error {
		target := c.prefix() + path
		if strings.HasPrefix(target, "//") || strings.ContainsRune(target, '\\') {
			return Abort(http.StatusNotFound) // a browser would leave the site
		}
		if c.born.URL.RawQuery != "" {
			target += "?" + intake.Escaped(c.born.URL.RawQuery)
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
	lookup := func(key string) (any, bool) { return r.valueOf(values, key) }
	for _, other := range r.canonical {
		if !other.answers(method) || !agrees(lookup, other.defaults) {
			continue
		}
		if path, missing, err := other.rule.Build(lookup); err == nil && missing == nil {
			return path
		}
	}
	return ""
}

// agrees reports whether lookup finds the same value for every one of fixed.
func agrees(lookup func(string) (any, bool), fixed Map) bool {
	for name, want := range fixed {
		if got, ok := lookup(name); !ok || fmt.Sprint(got) != fmt.Sprint(want) {
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
		if p := in.routing.place; !p.Everywhere() {
			host = p.Pattern(serverName)
		}
		area := router.NewArea(in.prefix, host, hostname.HasPort(host), app.converters)
		if !area.Everything() {
			list = append(list, owner{area, chains[in]})
		}
	}
	slices.SortStableFunc(list, func(a, b owner) int { return router.CompareAreas(a.Area, b.Area) })
	return list
}

// errorScopes returns the error handlers to ask, innermost first. Where a blueprint or a route, and not the App, has
// [JSONErrors], the App's are asked for errors of its own types alone: the others make pages.
func (c *Context) errorScopes() []*errorTable {
	ch := c.errorChain()
	if c.wantsJSONErrors() && !orDefault(c.App.options.routing.jsonErrors, false) {
		return ch.apiScopes
	}
	return ch.scopes
}

// errorChain returns the chain that an error belongs to. A request that no route answers belongs to the blueprint that
// owns its prefix or host.
func (c *Context) errorChain() *chain {
	if c.hasRule() || len(c.runtime().router.owners) == 0 {
		return c.chain()
	}
	name, port := c.askedHost()
	for _, o := range c.runtime().router.owners {
		if o.Has(name, port, c.path()) {
			return o.chain
		}
	}
	return c.chain()
}
