package dewar

import (
	"fmt"
	"net/http"
	"reflect"
	goruntime "runtime"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/rule"
)

// Route describes a registered route.
type Route struct {
	// Rule is the whole rule, with the prefixes of its blueprints.
	Rule string
	// Methods are the methods it answers, sorted. HEAD stands beside GET.
	Methods []string
	// Endpoint is the name that URLs are built by, with the names of its blueprints in front; "" for a
	// closure that was given none.
	Endpoint string
	// Blueprint is the dotted name of its blueprint, or "".
	Blueprint string
	// Site is the file and line that registered it.
	Site string
}

// Converter checks and converts one variable of a rule. It must be safe for concurrent use.
type Converter interface {
	// Pattern returns the regular expression of what the variable matches, without anchors.
	Pattern() string
	// Parse converts matched text to the value that Params returns. An error means that the rule does not
	// match.
	Parse(text string) (any, error)
	// Format converts a value given to URLFor to text.
	Format(value any) (string, error)
}

type converterSet = rule.Set

func builtinConverters() converterSet {
	return rule.Builtin(func(b [16]byte) any { return UUID(b) })
}

// Converter makes {x:name} use conv in the rules registered after it. It panics if name is taken.
func (app *App) Converter(name string, conv Converter) {
	app.setup("Converter")
	if _, taken := app.converters[name]; taken {
		panic(fmt.Sprintf("dewar: %s: converter %q exists already; give yours another name", site(), name))
	}
	app.converters[name] = func(rule.Args) (rule.Converter, error) { return conv, nil }
}

// RouteOption is an attribute of a route.
type RouteOption interface{ applyRoute(*routeSpec) }

type routeOption func(*routeSpec)

func (o routeOption) applyRoute(spec *routeSpec) { o(spec) }

// A routeSpec is a route as it was registered.
type routeSpec struct {
	rule          string
	handler       Handler
	endpoint      string
	derived       string // endpoint derived from the function's name
	function      uintptr
	methods       []string
	before        []Handler
	defaults      Map
	strictSlashes *bool
	exempt        bool
	wrapped       bool
	site          string
}

// A boundRoute is a route as it stands in an App.
type boundRoute struct {
	Route
	spec    *routeSpec
	rule    *rule.Rule
	in      *instance
	chain   *chain
	handler Handler
	before  []Handler
	wrapped bool
	exempt  bool
}

// Methods sets the methods of a route. They are made upper-case; HEAD is added to GET by itself.
func Methods(methods ...string) RouteOption {
	if len(methods) == 0 {
		panic(fmt.Sprintf("dewar: %s: Methods() without a method; leave it out for GET", site()))
	}
	upper := make([]string, len(methods))
	for i, m := range methods {
		upper[i] = strings.ToUpper(m)
		if !validToken(m) {
			panic(fmt.Sprintf("dewar: %s: Methods(%q): no HTTP method; name one a string, as in Methods(\"GET\", \"POST\")", site(), m))
		}
	}
	return routeOption(func(spec *routeSpec) { spec.methods = upper })
}

func validToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// Endpoint names a route for URLFor. Several routes may share a name.
func Endpoint(name string) RouteOption {
	if name == "" || strings.Contains(name, ".") {
		panic(fmt.Sprintf("dewar: %s: Endpoint(%q): a name must not be empty or contain a dot; a blueprint's name is put in front by itself", site(), name))
	}
	return routeOption(func(spec *routeSpec) { spec.endpoint = name })
}

// Before adds hooks that run before this one view, after the hooks of app and blueprints. The first that
// answers or fails ends the list.
func Before(hooks ...Handler) RouteOption {
	return routeOption(func(spec *routeSpec) { spec.before = append(spec.before, hooks...) })
}

// Defaults gives values to names that are no variables of the rule; Params returns them as if they were.
func Defaults(values Map) RouteOption {
	return routeOption(func(spec *routeSpec) { spec.defaults = values })
}

// StrictSlashes false serves a rule with and without a slash at its end. The default, true, redirects
// /b to /b/ when the rule has the slash, and answers /b/ with 404 when it has none.
func StrictSlashes(strict bool) RouteOption {
	return routeOption(func(spec *routeSpec) { spec.strictSlashes = &strict })
}

// CrossOriginExempt lets other sites send unsafe requests to this route, which are refused otherwise: for
// webhooks and public APIs that do not trust cookies.
func CrossOriginExempt() RouteOption {
	return routeOption(func(spec *routeSpec) { spec.exempt = true })
}

// anyMethod are the methods of a wrapped handler that names none.
var anyMethod = []string{"DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"}

func (s *scaffold) addWrapped(text string, h http.Handler, opts []RouteOption) {
	s.addRoute(text, Wrap(h), opts, Methods(anyMethod...), routeOption(func(spec *routeSpec) { spec.wrapped = true }))
}

func (s *scaffold) addRoute(text string, h Handler, opts []RouteOption, implied ...RouteOption) {
	s.setup("Route")
	spec := &routeSpec{rule: text, handler: h, methods: []string{http.MethodGet}, site: site()}
	if h == nil {
		panic(fmt.Sprintf("dewar: %s: the handler of %q is nil; pass a func(c *dewar.Context) error", spec.site, text))
	}
	for _, opt := range slices.Concat(implied, opts) {
		opt.applyRoute(spec)
	}
	spec.function = reflect.ValueOf(h).Pointer()
	if !spec.wrapped {
		spec.derived = functionName(spec.function)
	}
	s.rules = append(s.rules, spec)
	if s.app != nil {
		s.app.bind(spec, nil)
	}
}

// functionName returns the last name of a plain function or method, and "" for a closure.
func functionName(pc uintptr) string {
	name := strings.TrimSuffix(goruntime.FuncForPC(pc).Name(), "-fm")
	name = strings.TrimSuffix(name, "[...]")
	name = name[strings.LastIndexByte(name, '.')+1:]
	if rest, ok := strings.CutPrefix(name, "func"); ok && strings.Trim(rest, "0123456789") == "" {
		return ""
	}
	if strings.Trim(name, "0123456789") == "" {
		return ""
	}
	return name
}

// isMethod reports whether pc is a method value, whose receiver its name does not tell.
func isMethod(pc uintptr) bool {
	return strings.HasSuffix(goruntime.FuncForPC(pc).Name(), "-fm")
}

// bind adds a route to the app. It panics on what can be known to be wrong now.
func (app *App) bind(spec *routeSpec, in *instance) {
	r := &boundRoute{spec: spec, in: in, handler: spec.handler, before: spec.before, wrapped: spec.wrapped, exempt: spec.exempt}
	r.Route = Route{Rule: spec.rule, Methods: completeMethods(spec.methods), Endpoint: spec.endpointName(), Site: spec.site}
	if in != nil {
		r.Rule = joinPrefix(in.prefix, spec.rule)
		r.Blueprint = in.name
		if r.Endpoint != "" {
			r.Endpoint = in.name + "." + r.Endpoint
		}
	}
	parsed, err := rule.Parse(r.Rule, app.converters)
	if err != nil {
		panic(fmt.Sprintf("dewar: %s: %v", spec.site, err))
	}
	r.rule = parsed
	app.checkDuplicate(r)
	app.routes = append(app.routes, r)
	app.shapes[parsed.Shape()] = append(app.shapes[parsed.Shape()], r)
	if r.Endpoint != "" {
		app.endpoints[r.Endpoint] = append(app.endpoints[r.Endpoint], r)
	}
}

func (spec *routeSpec) endpointName() string {
	if spec.endpoint != "" {
		return spec.endpoint
	}
	return spec.derived
}

func completeMethods(methods []string) []string {
	all := slices.Clone(methods)
	if slices.Contains(all, http.MethodGet) {
		all = append(all, http.MethodHead)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// checkDuplicate panics when r claims what an earlier route has.
func (app *App) checkDuplicate(r *boundRoute) {
	for _, other := range app.shapes[r.rule.Shape()] {
		if m, clash := overlap(other.Methods, r.Methods); clash {
			panic(fmt.Sprintf("dewar: %s %q is registered at %s and %s; remove one or give it other methods",
				m, r.Rule, other.Site, r.Site))
		}
	}
	if r.Endpoint == "" {
		return
	}
	for _, other := range app.endpoints[r.Endpoint] {
		if !r.mayShare(other) {
			panic(fmt.Sprintf("dewar: endpoint %q is claimed by two functions, at %s and %s; pass dewar.Endpoint to one of them",
				r.Endpoint, other.Site, r.Site))
		}
	}
}

// mayShare reports whether two routes may have the same endpoint: it was given explicitly, or both are the
// same top-level function.
func (r *boundRoute) mayShare(other *boundRoute) bool {
	if r.spec.endpoint != "" || other.spec.endpoint != "" {
		return r.spec.endpoint == other.spec.endpoint
	}
	return r.spec.function == other.spec.function && !isMethod(r.spec.function)
}

func overlap(a, b []string) (string, bool) {
	for _, m := range a {
		if m != http.MethodHead && m != http.MethodOptions && slices.Contains(b, m) {
			return m, true
		}
	}
	return "", false
}

// Routes returns the routes in the order of registration.
func (app *App) Routes() []Route {
	routes := make([]Route, len(app.routes))
	for i, r := range app.routes {
		routes[i] = r.Route
		routes[i].Methods = slices.Clone(r.Methods)
	}
	return routes
}
