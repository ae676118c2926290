package dewar

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/router"
	"github.com/dewar-go/dewar/internal/rule"
)

// Route describes a registered route.
type Route struct {
	// Rule is the whole rule, with the prefixes of its blueprints.
	Rule string
	// Methods are the methods it answers, sorted: HEAD stands beside GET, and OPTIONS is there unless
	// [AutomaticOptions] is off. Nil means every method, as for [App.Handle] and [App.Mount]. Flask has rule.methods.
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
	// BuildOnly says that no request matches it; see [BuildOnly].
	BuildOnly bool
	// StrictSlashes says whether it is strict about a slash at its end; see [StrictSlashes]. Flask has rule.strict_slashes.
	StrictSlashes bool
	// Defaults are the values that [Defaults] gives it and what is around it; nil for none. Flask has rule.defaults.
	Defaults Map
	// Relays says that another application answers it: its handler, given to [App.Handle] or [App.Mount], has a method
	// Relays() bool that returns true, as that of package strangler has. What is wrapped around a handler hides it.
	Relays bool

	meta  map[any]any // by *Meta[T]
	bound *boundRoute // what it describes
}

// Converter checks and converts one variable of a rule. It must be safe for concurrent use.
type Converter interface {
	// Pattern returns the regular expression of what the variable matches, without anchors.
	Pattern() string
	// Parse converts matched text to the value that Params returns. An error means that the rule does not match.
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
	callsite.NoNil("Converter", conv)
	if _, taken := app.converters[name]; taken {
		panic(fmt.Sprintf("dewar: %s: converter %q exists already; give yours another name", callsite.Site(), name))
	}
	app.converters[name] = func(rule.Args) (rule.Converter, error) { return conv, nil }
}

// A routeSpec is a route as it was registered.
type routeSpec struct {
	routing
	rule      string
	handler   Handler
	endpoint  string
	derived   string   // endpoint derived from the function's or view's name
	identity  any      // equal for what is the same function, view or net/http handler; nil for none
	boundTo   bool     // the handler is a method value
	also      []string // more rules
	keepPath  bool     // Mount does not strip the prefix
	methods   []string
	before    []Handler
	redirect  *rule.Target
	view      *view
	buildOnly bool
	static    *staticFolder // whose files it serves
	givesWay  bool          // to the routes behind it, for what is no file
	exempt    bool
	inner     string // the name of the net/http handler inside, for an Observer
	relays    bool   // that handler asks another application
	wrapped   bool
	site      string
}

// A boundRoute is a route as it stands in an App.
type boundRoute struct {
	Route
	routing
	app       *App
	options   bool // dewar answers OPTIONS, as Build found
	spec      *routeSpec
	rule      *rule.Rule
	host      *rule.Rule   // what its place says; nil without text
	names     []string     // of the variables in rule and host
	forms     []*rule.Rule // of the rule, if a variable of it is Private
	arguments []string     // names and those of defaults, sorted
	in        *instance
	chain     *chain
	greedy    bool          // has a variable that may take slashes
	direct    bool          // a request that it matches is never led elsewhere
	canonical []*boundRoute // where its requests may be redirected to because of defaults
	handler   Handler
	before    []Handler
	wrapped   bool
	exempt    bool
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
		f := callsite.FunctionOf(h)
		spec.derived, spec.identity, spec.boundTo = f.Name, f.Identity, f.Method
	}
	for _, opt := range slices.Concat(implied, opts) {
		opt.applyRoute(spec)
	}
	if strings.Contains(spec.endpoint, ".") && (!spec.buildOnly || s.app == nil) {
		panic(badEndpoint(spec.site, spec.endpoint))
	}
	if problem := spec.handlerProblem(); problem != "" {
		panic(fmt.Sprintf("dewar: %s: the handler of %q %s", spec.site, text, problem))
	}
	if spec.wrapped {
		spec.derived = ""
	}
	for _, text := range append([]string{text}, spec.also...) {
		one := *spec
		one.rule = text
		s.rules = append(s.rules, &one)
		if s.app != nil {
			s.app.attach(&one, nil)
		}
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

// attach adds a route to the app, of a blueprint or its own. It panics on what can be known to be wrong now.
func (app *App) attach(spec *routeSpec, in *instance) {
	r := &boundRoute{app: app, spec: spec, in: in, handler: spec.handler, before: spec.before, wrapped: spec.wrapped, exempt: spec.exempt}
	r.Route = Route{Rule: spec.rule, Methods: router.Complete(spec.methods), Endpoint: cmp.Or(spec.endpoint, spec.derived), Site: spec.site, BuildOnly: spec.buildOnly, Relays: spec.relays}
	r.routing = spec.routing.within(app.options.routing)
	if in != nil {
		r.routing = spec.routing.within(in.routing)
		r.Rule = in.rule(spec.rule)
		r.Blueprint = in.name
		if r.Endpoint != "" {
			r.Endpoint = in.name + "." + r.Endpoint
		}
	}
	r.Route.meta = r.routing.meta
	r.StrictSlashes, r.Defaults = orDefault(r.strictSlashes, true), r.defaults
	if err := app.parse(r); err != nil {
		panic(fmt.Sprintf("dewar: %s: %v", spec.site, err))
	}
	app.checkDuplicate(r)
	r.bound = r
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
	if err := rule.Slip(r.Rule); err != nil {
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
	if err := r.checkPrivate(); err != nil {
		return err
	}
	r.forms = r.formsToMask()
	r.arguments = slices.Concat(r.names, slices.Sorted(maps.Keys(r.defaults)))
	slices.Sort(r.arguments)
	r.arguments = slices.Compact(r.arguments)
	if r.spec.redirect != nil {
		target, err := r.spec.redirect.Bind(app.converters, r.Rule, r.names)
		if err != nil {
			return err
		}
		r.handler = answerRedirectRule(target)
	}
	return nil
}

// answers reports whether r answers method.
func (r *boundRoute) answers(method string) bool {
	return len(r.Methods) == 0 || slices.Contains(r.Methods, method)
}

// hostShape identifies the hosts that r answers.
func (r *boundRoute) hostShape() string { return r.place.Shape(r.host) }

// shape identifies the requests that r answers, whatever their method.
func (r *boundRoute) shape() string { return r.hostShape() + r.rule.Shape() }

// checkDuplicate panics when r claims what an earlier route has.
func (app *App) checkDuplicate(r *boundRoute) {
	for _, other := range app.shapes[r.shape()] {
		if r.givesWay() != other.givesWay() {
			continue
		}
		if m, clash := router.SharedMethod(other.Methods, r.Methods); clash && !r.spec.buildOnly {
			panic(fmt.Sprintf("dewar: %s %q is registered at %s and %s; remove one or give it other methods",
				m, r.Rule, other.Site, r.Site))
		}
	}
	if r.Endpoint == "" {
		return
	}
	for _, other := range app.endpoints[r.Endpoint] {
		if !r.mayShare(other) {
			panic(fmt.Sprintf("dewar: endpoint %q is claimed by two functions, at %s and %s; pass dewar.Endpoint to one of them%s",
				r.Endpoint, other.Site, r.Site, r.spec.sameMethodCure()))
		}
	}
}

// mayShare reports whether two routes may have the same endpoint: they have the same function or view, or none,
// or together they are one rule, whose methods the caller has found to differ.
func (r *boundRoute) mayShare(other *boundRoute) bool {
	for _, spec := range []*routeSpec{r.spec, other.spec} {
		if spec.buildOnly || spec.redirect != nil {
			return true
		}
	}
	if r.spec.identity != nil && r.spec.identity == other.spec.identity {
		return true
	}
	return r.Rule == other.Rule && r.Host == other.Host
}

// sameMethodCure tells what to do about one method of one value that cannot be known to be so.
func (spec *routeSpec) sameMethodCure() string {
	if !spec.boundTo {
		return ""
	}
	return fmt.Sprintf("; if they are the same method of the same value, register it once, with dewar.AlsoAt(%q) for the second rule, or give it a pointer receiver", spec.rule)
}

// Routes are routes of an App. Printed they are the table that Flask's command routes shows.
type Routes []Route

// Routes returns the routes in the order of registration. The caller may change what it gets.
func (app *App) Routes() Routes {
	routes := make(Routes, len(app.routes))
	for i, r := range app.routes {
		routes[i] = r.copied()
	}
	return routes
}

// MatchOrder returns the routes that answer requests in the order in which they are tried: those of a host before those of every
// host, then as their rules go before one another, whatever the order of registration. The caller may change what it gets.
func (app *App) MatchOrder() Routes {
	tried := slices.DeleteFunc(slices.Clone(app.routes), func(r *boundRoute) bool { return r.rule == nil || r.spec.buildOnly })
	slices.SortStableFunc(tried, func(a, b *boundRoute) int {
		return cmp.Or(compareHosts(a.host, b.host), rule.Compare(a.rule, b.rule))
	})
	routes := make(Routes, len(tried))
	for i, r := range tried {
		routes[i] = r.copied()
	}
	return routes
}

// compareHosts puts a pattern of hosts before none.
func compareHosts(a, b *rule.Rule) int {
	switch {
	case a != nil && b != nil:
		return rule.Compare(a, b)
	case a != nil:
		return -1
	case b != nil:
		return 1
	}
	return 0
}

// copied returns the Route for a caller to keep.
func (r *boundRoute) copied() Route {
	route := r.Route
	route.Methods, route.Defaults = r.allMethods(), maps.Clone(r.Defaults)
	return route
}

// allMethods returns the methods of r with the one that dewar answers by itself, in a slice of its own.
func (r *boundRoute) allMethods() []string {
	methods := slices.Clone(r.Methods)
	if i, found := slices.BinarySearch(methods, http.MethodOptions); !found && len(methods) > 0 && r.answersOptions() {
		methods = slices.Insert(methods, i, http.MethodOptions)
	}
	return methods
}

// answersOptions reports whether dewar answers OPTIONS for r by itself. After Build it does what Build found.
func (r *boundRoute) answersOptions() bool {
	if r.app.runtime.Load() != nil {
		return r.options
	}
	return r.rule != nil && orDefault(r.autoOptions, r.app.Config.Bool("PROVIDE_AUTOMATIC_OPTIONS"))
}

// String returns a table with a line for each route, in the order of the endpoints' names: endpoint, methods without
// HEAD and OPTIONS, host if any route has one, rule. A route without an endpoint shows where it was registered.
func (routes Routes) String() string {
	hosts := slices.ContainsFunc(routes, func(r Route) bool { return r.Host != "" })
	sorted := slices.Clone(routes)
	slices.SortStableFunc(sorted, func(a, b Route) int { return cmp.Compare(a.name(), b.name()) })
	lines := [][]string{{"Endpoint", "Methods", "Host", "Rule"}}
	for _, r := range sorted {
		lines = append(lines, []string{r.name(), r.shownMethods(), r.Host, r.Rule})
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, line := range lines {
		if !hosts {
			line = slices.Delete(line, 2, 3)
		}
		_, _ = w.Write([]byte(strings.Join(line, "\t") + "\n"))
	}
	_ = w.Flush()
	return b.String()
}

// name returns the endpoint, or where a route without one was registered.
func (r Route) name() string {
	if r.Endpoint == "" {
		return "(" + r.Site + ")"
	}
	return r.Endpoint
}

// shownMethods lists the methods that a reader wants to know of.
func (r Route) shownMethods() string {
	shown := slices.DeleteFunc(slices.Clone(r.Methods), func(m string) bool { return m == http.MethodHead || m == http.MethodOptions })
	if len(r.Methods) == 0 {
		return "(all)"
	}
	if len(shown) == 0 {
		shown = r.Methods
	}
	return strings.Join(shown, ", ")
}
