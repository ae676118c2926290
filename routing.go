package dewar

import (
	"fmt"
	"net/http"
	"reflect"
	goruntime "runtime"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/callsite"
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
	// Host is the pattern of the hosts it answers: that of [Host], or of [Subdomain] with a dot behind it for
	// the SERVER_NAME that follows; "" for every host.
	Host string
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
		panic(fmt.Sprintf("dewar: %s: converter %q exists already; give yours another name", callsite.Site(), name))
	}
	app.converters[name] = func(rule.Args) (rule.Converter, error) { return conv, nil }
}

// RouteOption is an attribute of a route.
type RouteOption interface{ applyRoute(*routeSpec) }

type routeOption func(*routeSpec)

func (o routeOption) applyRoute(spec *routeSpec) { o(spec) }

// A routeSpec is a route as it was registered.
type routeSpec struct {
	routing
	rule      string
	handler   Handler
	endpoint  string
	derived   string // endpoint derived from the function's or view's name
	identity  any    // what may share an endpoint: the same function or view; nil for none
	methods   []string
	before    []Handler
	redirect  *redirectRule
	view      *view
	buildOnly bool
	exempt    bool
	wrapped   bool
	site      string
}

// A boundRoute is a route as it stands in an App.
type boundRoute struct {
	Route
	routing
	spec      *routeSpec
	rule      *rule.Rule
	host      *rule.Rule // what its place says; nil without text
	names     []string   // of the variables in rule and host
	arguments []string   // names and those of defaults, sorted
	in        *instance
	chain     *chain
	greedy    bool          // has a variable that may take slashes
	canonical []*boundRoute // where its requests may be redirected to because of defaults
	handler   Handler
	before    []Handler
	wrapped   bool
	exempt    bool
}

// Methods sets the methods of a route. They are made upper-case; HEAD is added to GET by itself.
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
		panic(fmt.Sprintf("dewar: %s: Endpoint(%q): a name must not be empty or contain a dot; a blueprint's name is put in front by itself", callsite.Site(), name))
	}
	return routeOption(func(spec *routeSpec) { spec.endpoint = name })
}

// Before adds hooks that run before this one view, after the hooks of app and blueprints. The first that
// answers or fails ends the list.
func Before(hooks ...Handler) RouteOption {
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

// anyMethod are the methods of a wrapped handler that names none.
var anyMethod = []string{"DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"}

func (s *scaffold) addWrapped(text string, h http.Handler, opts []RouteOption) {
	s.addRoute(text, Wrap(h), opts, Methods(anyMethod...), routeOption(func(spec *routeSpec) { spec.wrapped = true }))
}

// addShortcut adds a route for one method, which Methods may not change.
func (s *scaffold) addShortcut(text string, h Handler, opts []RouteOption, method string) {
	only := routeOption(func(spec *routeSpec) {
		if !slices.Equal(spec.methods, []string{method}) {
			panic(fmt.Sprintf("dewar: %s: %q has Methods beside the method that its function says; use Route for other methods", callsite.Site(), text))
		}
	})
	s.addRoute(text, h, append(slices.Clip(opts), only), Methods(method))
}

func (s *scaffold) addRoute(text string, h Handler, opts []RouteOption, implied ...RouteOption) {
	s.setup("Route")
	spec := &routeSpec{rule: text, handler: h, methods: []string{http.MethodGet}, site: callsite.Site()}
	if h != nil {
		pc := reflect.ValueOf(h).Pointer()
		spec.derived = functionName(pc)
		if !isMethod(pc) {
			spec.identity = pc
		}
	}
	for _, opt := range slices.Concat(implied, opts) {
		opt.applyRoute(spec)
	}
	if problem := spec.handlerProblem(); problem != "" {
		panic(fmt.Sprintf("dewar: %s: the handler of %q %s", spec.site, text, problem))
	}
	if spec.wrapped {
		spec.derived = ""
	}
	s.rules = append(s.rules, spec)
	if s.app != nil {
		s.app.bind(spec, nil)
	}
}

// handlerProblem says what is wrong with the handler, or its absence; "" if nothing is.
func (spec *routeSpec) handlerProblem() string {
	switch {
	case spec.view != nil && spec.view.lacks(spec.methods) != "":
		return fmt.Sprintf("does not answer %s; leave that out of Methods or add the method to the view", spec.view.lacks(spec.methods))
	case spec.redirect != nil && spec.handler != nil:
		return "would never be called because of RedirectRule; pass nil"
	case spec.handler != nil || spec.redirect != nil:
		return ""
	case !spec.buildOnly:
		return "is nil; pass a func(c *dewar.Context) error"
	case spec.endpoint == "":
		return "is nil, so nothing names the route that is BuildOnly; add dewar.Endpoint"
	}
	return ""
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
	r.routing = spec.routing.within(app.options.routing)
	if in != nil {
		r.routing = spec.routing.within(in.routing)
		r.Rule = in.rule(spec.rule)
		r.Blueprint = in.name
		if r.Endpoint != "" {
			r.Endpoint = in.name + "." + r.Endpoint
		}
	}
	if err := app.parse(r); err != nil {
		panic(fmt.Sprintf("dewar: %s: %v", spec.site, err))
	}
	app.checkDuplicate(r)
	app.routes = append(app.routes, r)
	if !spec.buildOnly {
		app.shapes[r.shape()] = append(app.shapes[r.shape()], r)
	}
	if r.Endpoint != "" {
		app.endpoints[r.Endpoint] = append(app.endpoints[r.Endpoint], r)
	}
}

// parse reads the rule of r, its host and what it redirects to.
func (app *App) parse(r *boundRoute) (err error) {
	if r.rule, err = rule.Parse(r.Rule, app.converters); err != nil {
		return err
	}
	if r.host, err = r.place.Parse(app.converters); err != nil {
		return err
	}
	r.names = r.rule.Variables()
	r.greedy = slices.ContainsFunc(r.rule.Segments(), func(s rule.Segment) bool { return s.Kind == rule.Rest || s.Kind == rule.Mixed })
	if r.Host = r.place.Pattern(""); r.place.Below() && r.Host == "" {
		r.Host = "."
	}
	if r.host != nil {
		for _, name := range r.host.Variables() {
			if slices.Contains(r.names, name) {
				return fmt.Errorf("rule %q and %s both have a variable %q; rename one of them", r.Rule, r.place, name)
			}
		}
		r.names = slices.Concat(r.names, r.host.Variables())
	}
	r.arguments = slices.Concat(r.names, sortedKeys(r.defaults))
	slices.Sort(r.arguments)
	r.arguments = slices.Compact(r.arguments)
	if r.spec.redirect != nil {
		return app.bindRedirect(r)
	}
	return nil
}

// hostShape identifies the hosts that r answers.
func (r *boundRoute) hostShape() string { return r.place.Shape(r.host) }

// shape identifies the requests that r answers, whatever their method.
func (r *boundRoute) shape() string { return r.hostShape() + r.rule.Shape() }

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
	for _, other := range app.duplicates(r) {
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
// same top-level function or the same view.
func (r *boundRoute) mayShare(other *boundRoute) bool {
	if r.spec.endpoint != "" || other.spec.endpoint != "" {
		return r.spec.endpoint == other.spec.endpoint
	}
	return r.spec.identity != nil && r.spec.identity == other.spec.identity
}

// duplicates returns the routes that answer the same paths on the same hosts as r does.
func (app *App) duplicates(r *boundRoute) []*boundRoute {
	if r.spec.buildOnly {
		return nil
	}
	return app.shapes[r.shape()]
}

func overlap(a, b []string) (string, bool) {
	for _, m := range a {
		if m != http.MethodHead && m != http.MethodOptions && slices.Contains(b, m) {
			return m, true
		}
	}
	return "", false
}
