package dewar

import (
	"cmp"
	"fmt"
	"maps"
	"time"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/router"
)

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
	timeout       *time.Duration
	place         *router.Place
	defaults      Map
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

// AutomaticOptions says whether OPTIONS requests are answered with the methods of a path without a route
// that names OPTIONS. The default is PROVIDE_AUTOMATIC_OPTIONS, which is true.
func AutomaticOptions(on bool) RoutingOption {
	return routingOption(func(r *routing) { r.autoOptions = &on })
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
// in front of that of its parent. See [Host], which goes without SERVER_NAME. Build reports routes with a
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
		timeout:       cmp.Or(r.timeout, outer.timeout),
		place:         cmp.Or(r.place, outer.place),
		defaults:      merged(outer.defaults, r.defaults),
	}
}

// nested is within for a blueprint inside another one, whose subdomains are joined.
func (r routing) nested(parent routing) routing {
	all := r.within(parent)
	all.place = r.place.Within(parent.place)
	return all
}

// merged returns the values of both maps; for a name in both that of inner counts.
func merged(outer, inner Map) Map {
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
