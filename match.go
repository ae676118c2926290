package dewar

import (
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

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
			for _, bp := range app.blueprintsOnce() {
				ch.before = append(ch.before, bp.appBefore...)
				after = slices.Concat(after, bp.appAfter)
				teardown = slices.Concat(teardown, bp.appTeardowns)
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
	hosts  *router.Hosts
	owners []owner
}

// buildRoutes makes the table of all routes.
func (app *App) buildRoutes(rt *runtime) (*routeTable, error) {
	chains := map[*instance]*chain{nil: rt.appChain}
	for _, in := range app.blueprints {
		chains[in] = app.chainOf(in)
	}
	serverName := strings.ToLower(app.Config.String("SERVER_NAME"))
	var routes []router.HostRoute
	var problems []error
	for _, r := range app.routes {
		r.chain = chains[r.in]
		r.canonical = app.canonicalRoutes(r)
		switch {
		case r.spec.buildOnly:
			continue
		case r.place.Below() && serverName == "":
			problems = append(problems, fmt.Errorf("%s: %s needs SERVER_NAME; set it, or write dewar.Host with the whole name", r.Site, r.place))
			continue
		}
		routes = append(routes, router.HostRoute{Route: app.entry(r), Pattern: r.place.Pattern(serverName), Shape: r.hostShape()})
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	hosts, err := router.NewHosts(routes, app.converters)
	if err != nil {
		return nil, err
	}
	return &routeTable{hosts: hosts, owners: app.owners(chains, serverName)}, nil
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
	c.answer(c.find(c.Request.URL.Path, c.inline[:0]))
}

// find asks the table of all routes for path on the request's host.
func (c *Context) find(path string, buf []any) router.Result {
	hosts := c.rt.router.hosts
	var name, port string
	if hosts.Matter() {
		name, port = c.askedHost()
	}
	return hosts.Match(name, port, c.Request.Method, path, buf)
}

// detours reports whether a path that route takes whole, slashes and all, would lead to another route if it
// were written without repeated slashes and without dots for segments, and returns that path. A guard in
// front of /sub/ is not got around by /sub//x or /./sub/x.
func (c *Context) detours(route *boundRoute, path string) (clean string, ok bool) {
	if !strings.Contains(path, "//") && !strings.Contains(path, "/.") {
		return "", false
	}
	clean = cleanPath(path)
	if clean == path {
		return "", false
	}
	result := c.find(clean, nil)
	return clean, result.Kind == router.Found && result.Data != any(route)
}

// cleanPath returns path without repeated slashes and without segments that are dots.
func cleanPath(p string) string {
	clean := path.Clean("/" + p)
	if clean != "/" && strings.HasSuffix(p, "/") {
		clean += "/"
	}
	return clean
}

// answer takes over what the router found.
func (c *Context) answer(result router.Result) {
	switch result.Kind {
	case router.Found:
		c.matched(result.Data.(*boundRoute), result.Values)
	case router.AutoOptions:
		c.matched(result.Data.(*boundRoute), result.Values)
		x := c.rare()
		x.answer, x.options = answerOptions(result.Allowed), true
	case router.SlashRedirect:
		c.rare().answer = answerRedirect(result.Path)
	case router.MergeRedirect:
		if route := result.Data.(*boundRoute); !orDefault(route.mergeSlashes, true) {
			c.notFound()
			return
		}
		c.rare().answer = answerRedirect(result.Path)
	case router.MethodNotAllowed:
		c.rare().refused = &HTTPError{Code: http.StatusMethodNotAllowed, Header: http.Header{"Allow": {strings.Join(result.Allowed, ", ")}}}
	default:
		c.notFound()
	}
}

func (c *Context) matched(route *boundRoute, values []any) {
	if route.greedy {
		if path, ok := c.detours(route, c.Request.URL.Path); ok {
			c.rare().answer = answerRedirect(path)
			return
		}
	}
	if route.canonical != nil {
		if path := route.canonicalPath(c.Request.Method, values); path != "" {
			c.rare().answer = answerEscapedRedirect(path)
			return
		}
	}
	c.route = route
	c.setValues(values)
	c.Request.Pattern, c.born.Pattern = route.Rule, route.Rule // outer middleware has the second
}

func answerOptions(allowed []string) Handler {
	return func(c *Context) error {
		c.Response.Header().Set("Allow", strings.Join(allowed, ", "))
		return c.Status(http.StatusOK).NoContent()
	}
}

func (c *Context) notFound() {
	if c.App.fallback != nil {
		c.rare().answer = c.App.fallback
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

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
