package dewar

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/router"
	"github.com/dewar-go/dewar/internal/rule"
)

// RouteOption is an attribute of a route.
type RouteOption interface{ applyRoute(*routeSpec) }

type routeOption func(*routeSpec)

func (o routeOption) applyRoute(spec *routeSpec) { o(spec) }

// RoutingOption is an attribute of one route, of all routes of a [Blueprint] or of all routes of an [App]. Of
// those that were given the innermost counts: the route's, then that of its blueprint, of the blueprint that
// one is nested in, of the App.
type RoutingOption interface {
	Option
	BlueprintOption
	RouteOption
}

// routing is what RoutingOptions say. A nil field says nothing.
type routing struct {
	strictSlashes *bool
	mergeSlashes  *bool
	autoOptions   *bool
	jsonErrors    *bool
	timeout       *time.Duration
	place         *router.Place
	defaults      Map
	meta          map[any]any
	private       []string // names of variables
}

type routingOption func(*routing)

func (o routingOption) applyApp(app *App)            { o(&app.options.routing) }
func (o routingOption) applyBlueprint(bp *Blueprint) { o(&bp.routing) }
func (o routingOption) applyRoute(spec *routeSpec)   { o(&spec.routing) }

// StrictSlashes false serves a rule with and without a slash at its end. The default, true, redirects
// /b to /b/ when the rule has the slash, and answers /b/ with 404 when it has none.
func StrictSlashes(strict bool) RoutingOption {
	return routingOption(func(r *routing) { r.strictSlashes = &strict })
}

// MergeSlashes false answers a path with repeated slashes, such as /a//b, with 404. The default, true,
// redirects it to the path with single ones if a rule matches that.
func MergeSlashes(merge bool) RoutingOption {
	return routingOption(func(r *routing) { r.mergeSlashes = &merge })
}

// AutomaticOptions says whether dewar answers OPTIONS requests by itself, with the methods of the path. A route that
// names OPTIONS takes precedence. The default is PROVIDE_AUTOMATIC_OPTIONS, which is true.
func AutomaticOptions(on bool) RoutingOption {
	return routingOption(func(r *routing) { r.autoOptions = &on })
}

// JSONErrors says whether error answers are problem details in JSON (RFC 9457), whatever the client accepts: for an API. The
// default, false, asks the Accept header of the request, and answers browsers with a page. A Blueprint or an App that has it
// says so also of requests below its prefix that match no route.
//
// Where a route or a Blueprint has it, error handlers of the App for a code, for *HTTPError and for error itself are passed
// over, because they make pages; those of the Blueprint, and those of the App for other types of errors, are asked as ever.
// Where the App has it, all its error handlers are asked first.
func JSONErrors(always bool) RoutingOption {
	return routingOption(func(r *routing) { r.jsonErrors = &always })
}

// Timeout ends the context of a request after d, so that database calls and the like return; a view that
// then returns their error is answered with 503. A view that does not look at its context is not stopped.
// 0 means no limit, for streams. The default is HANDLER_TIMEOUT, which is unset.
func Timeout(d time.Duration) RoutingOption {
	if d < 0 {
		panic(fmt.Sprintf("dewar: %s: Timeout(%v): a time cannot be negative; pass 0 for no limit", callsite.Site(), d))
	}
	return routingOption(func(r *routing) { r.timeout = &d })
}

// Defaults gives values to names that are no variables of the rule; Params returns them as if they were.
// Where several places give defaults they are put together, and for one name the innermost counts. When
// another route of the same endpoint has such a value in its rule, a request for it is redirected here: with
// Defaults(Map{"page": 1}) on /all/ and the same endpoint on /all/page/{page:int}, /all/page/1 becomes /all/.
func Defaults(values Map) RoutingOption {
	values = maps.Clone(values)
	return routingOption(func(r *routing) { r.defaults = merged(r.defaults, values) })
}

// Host makes a route answer only requests for a host. The pattern may have variables as a rule has, and
// Params returns them: "{user}.example.com". A string variable takes dots too. Letters are compared without
// regard to case; a pattern without a port matches every port. "" means every host, the default.
//
// Of the routes that match a request those whose host is the name itself go before those with a pattern, and
// these before those of every host.
func Host(pattern string) RoutingOption {
	return newPlaceOption(pattern, false)
}

// Subdomain makes a route answer only requests for the host that is SERVER_NAME with pattern and a dot in
// front, for example "api" or "{user}"; "" is SERVER_NAME itself. The subdomain of a nested blueprint is put
// in front of that of its parent. See [Host], which does not need SERVER_NAME. Build reports routes with a
// subdomain when SERVER_NAME is not set.
func Subdomain(pattern string) RoutingOption {
	return newPlaceOption(pattern, true)
}

func newPlaceOption(pattern string, below bool) RoutingOption {
	place, err := router.NewPlace(pattern, below)
	if err != nil {
		panic(fmt.Sprintf("dewar: %s: %v", callsite.Site(), err))
	}
	return routingOption(func(r *routing) { r.place = place })
}

// within completes r by what the place around it says.
func (r routing) within(outer routing) routing {
	return routing{
		strictSlashes: cmp.Or(r.strictSlashes, outer.strictSlashes),
		mergeSlashes:  cmp.Or(r.mergeSlashes, outer.mergeSlashes),
		autoOptions:   cmp.Or(r.autoOptions, outer.autoOptions),
		jsonErrors:    cmp.Or(r.jsonErrors, outer.jsonErrors),
		timeout:       cmp.Or(r.timeout, outer.timeout),
		place:         cmp.Or(r.place, outer.place),
		defaults:      merged(outer.defaults, r.defaults),
		meta:          merged(outer.meta, r.meta),
		private:       slices.Concat(outer.private, r.private),
	}
}

// nested is within for a blueprint inside another one, whose subdomains are joined.
func (r routing) nested(parent routing) routing {
	all := r.within(parent)
	all.place = r.place.Within(parent.place)
	return all
}

// merged returns the values of both maps; for a name in both that of inner counts.
func merged[M ~map[K]any, K comparable](outer, inner M) M {
	if len(outer) == 0 {
		return inner
	}
	all := maps.Clone(outer)
	maps.Copy(all, inner)
	return all
}

func orDefault[T any](value *T, missing T) T {
	if value == nil {
		return missing
	}
	return *value
}

// Methods sets the methods of a route. They are made upper-case; HEAD is added to GET by itself. A method may have any
// name, but Methods panics on one that differs in a single letter from a method that is registered for HTTP.
func Methods(methods ...string) RouteOption {
	if len(methods) == 0 {
		panic(fmt.Sprintf("dewar: %s: Methods() without a method; leave it out for GET", callsite.Site()))
	}
	upper := make([]string, len(methods))
	for i, m := range methods {
		upper[i] = strings.ToUpper(m)
		if !validToken(m) {
			panic(fmt.Sprintf("dewar: %s: Methods(%q): no HTTP method; name one a string, as in Methods(\"GET\", \"POST\")", callsite.Site(), m))
		}
		if near := router.NearMethod(upper[i]); near != "" {
			panic(fmt.Sprintf("dewar: %s: Methods(%q): no known HTTP method; did you mean %q?", callsite.Site(), m, near))
		}
	}
	return routeOption(func(spec *routeSpec) { spec.methods = upper })
}

func validToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// AlsoAt registers the handler for more rules, as if the call were repeated with each of them in place of its own:
// app.Get("/", home, dewar.AlsoAt("/index")). Of the rules that the values fit, URLFor takes the one with most
// variables, then the first.
func AlsoAt(rules ...string) RouteOption {
	return routeOption(func(spec *routeSpec) { spec.also = append(spec.also, rules...) })
}

// Endpoint names a route for URLFor. Routes may share a name if they have the same function, or if they have
// the same rule and no method in common; those with [BuildOnly] or [RedirectRule] may join any. It panics if name
// is empty. A name has no dot, for that of a blueprint is put in front by itself; a route of the App that is
// BuildOnly may have one, because another server may have blueprints too.
func Endpoint(name string) RouteOption {
	if name == "" {
		panic(badEndpoint(callsite.Site(), name))
	}
	return routeOption(func(spec *routeSpec) { spec.endpoint = name })
}

func badEndpoint(site, name string) string {
	return fmt.Sprintf("dewar: %s: Endpoint(%q): a name must not be empty or contain a dot; a blueprint's name is put in front by itself", site, name)
}

// Before adds hooks that run before this one view, after the hooks of app and blueprints. The first that
// answers or fails ends the list.
func Before(hooks ...Handler) RouteOption {
	callsite.NoNil("Before", hooks...)
	return routeOption(func(spec *routeSpec) { spec.before = append(spec.before, hooks...) })
}

// BuildOnly makes a route that no request matches but URLs can be built to: for what another server answers.
// Its handler may be nil; it needs an [Endpoint] then.
func BuildOnly() RouteOption {
	return routeOption(func(spec *routeSpec) { spec.buildOnly = true })
}

// CrossOriginExempt lets other sites send unsafe requests to this route, which are refused otherwise: for
// webhooks and public APIs that do not trust cookies.
func CrossOriginExempt() RouteOption {
	return routeOption(func(spec *routeSpec) { spec.exempt = true })
}

// RedirectRule makes a route that redirects with 308 to target, a path or a whole URL whose variables are those of the
// rule: the handler of app.Route("/old/{id:int}", nil, dewar.RedirectRule("/new/{id}")) is nil. A path begins with a
// slash and goes below the prefix of the App. The values are escaped, so they can change nothing but the part of the
// path where they stand; one that would lead elsewhere, as ".." does, or that a converter of target refuses, is a 404. The query of the request is kept. A
// variable whose value may have slashes is written {name:path} in target too. It panics on a target that is neither, and
// Route on a variable that the rule does not have.
func RedirectRule(target string) RouteOption {
	to, ok := rule.NewTarget(target)
	if !ok {
		panic(fmt.Sprintf("dewar: %s: RedirectRule(%q): write a path that begins with one slash, or a whole URL with variables in its path only", callsite.Site(), target))
	}
	return routeOption(func(spec *routeSpec) { spec.redirect = &to })
}
