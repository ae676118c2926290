package dewar

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/coerce"
	"github.com/dewar-go/dewar/internal/hostname"
	"github.com/dewar-go/dewar/internal/rule"
)

// URLOption is an attribute of a URL; it stands among the pairs given to URLFor.
type URLOption func(*urlRequest)

// External makes URLFor return a whole URL with scheme and host: SERVER_NAME if it is set, as in Flask, and otherwise
// the host of the request, which is the site's own only if TRUSTED_HOSTS says so.
func External() URLOption { return func(u *urlRequest) { u.external, u.relative = true, false } }

// Relative makes [App.URLFor] leave out scheme and host, as [Context.URLFor] does: the path below APPLICATION_ROOT,
// for which SERVER_NAME need not be set. Together with [Scheme] it is an error. Flask has _external=False.
func Relative() URLOption { return func(u *urlRequest) { u.external, u.relative = false, true } }

// Scheme makes URLFor return a whole URL with this scheme. "" leaves the scheme to the page that shows the
// URL, as in //example.com/login.
func Scheme(scheme string) URLOption {
	return func(u *urlRequest) { u.scheme, u.hasScheme, u.external = scheme, true, true }
}

// Anchor puts #name at the end of the URL, as text: a percent sign is escaped, which Flask leaves.
func Anchor(name string) URLOption { return func(u *urlRequest) { u.anchor, u.hasAnchor = name, true } }

// ForMethod chooses, among the routes of an endpoint, one that answers method.
func ForMethod(method string) URLOption {
	return func(u *urlRequest) { u.method, u.onlyMethod = strings.ToUpper(method), true }
}

// A urlRequest is one call of URLFor.
type urlRequest struct {
	endpoint   string
	values     Map
	order      []string // keys of values as they were given
	scheme     string
	hasScheme  bool
	external   bool
	relative   bool
	anchor     string
	hasAnchor  bool
	method     string // preferred, or with onlyMethod the only one
	onlyMethod bool
	c          *Context // nil outside a request
	settings   *settings
	prefix     string // in front of every path
}

// URLFor builds the URL of an endpoint from pairs of names and values, as in c.URLFor("blog.show", "id", 7). Names that
// are not variables of the rule become the query, lists as repeated parameters; nil values are left out. ".show" is an
// endpoint of the current blueprint. The URL is relative to the site unless [External] or [Scheme] is among the pairs;
// it leaves the site only for a route with a [Host] or [Subdomain] other than the request's. In front of the path stands what
// the App is mounted below, see [Context.BaseURL]. Of several routes of the
// endpoint one of the request's method is preferred, then one of its host, then the one that takes more values.
// Without a request, see [App.AppContext], it is [App.URLFor].
//
// An unknown endpoint, a missing value and one that its converter does not take are a [*URLError], which names
// the endpoint and says what is missing or which name is near. [App.URLBuildErrorHandler] may still answer them.
func (c *Context) URLFor(endpoint string, pairs ...any) (string, error) {
	if c.outside() {
		return c.App.URLFor(endpoint, pairs...)
	}
	if r := c.runtime().router.direct[endpoint]; r != nil {
		if path, ok := r.rule.BuildPairs(pairs); ok {
			return c.prefix() + path, nil
		}
	}
	if rest, ok := strings.CutPrefix(endpoint, "."); ok {
		endpoint = rest
		if bp := c.Blueprint(); bp != "" {
			endpoint = bp + "." + rest
		}
	}
	u, err := newURLRequest(endpoint, pairs)
	if err != nil {
		return "", err
	}
	if !u.onlyMethod {
		u.method = c.born.Method
	}
	u.c, u.settings, u.prefix = c, c.settings, c.prefix()
	target, err := c.App.buildURL(u)
	switch {
	case err != nil:
		return c.App.handleBuildError(u, err)
	case !u.external && u.atHand(target.host):
		return target.path, nil
	case u.hostAtHand() == "":
		return "", errors.New("dewar: no external URL can be built in a request whose host is not trusted")
	}
	if !u.hasScheme {
		u.scheme = c.Scheme()
	}
	return u.whole(target), nil
}

// URLFor builds the whole URL of an endpoint outside a request, from SERVER_NAME, APPLICATION_ROOT and
// PREFERRED_URL_SCHEME. Without SERVER_NAME it is an error, except for a route with a [Host] and with [Relative]. Inside
// a request use [Context.URLFor].
func (app *App) URLFor(endpoint string, pairs ...any) (string, error) {
	u, err := newURLRequest(endpoint, pairs)
	if err != nil {
		return "", err
	}
	s := app.Config.settings()
	u.external, u.settings, u.prefix = !u.relative, s, s.rootPrefix
	if !u.hasScheme {
		u.scheme = s.preferScheme
	}
	target, err := app.buildURL(u)
	if err != nil {
		return app.handleBuildError(u, err)
	}
	if !u.external && u.atHand(target.host) {
		return target.path, nil
	}
	if target.host == "" && s.serverName == "" {
		return "", fmt.Errorf("dewar: URL for %q: outside a request SERVER_NAME must be set, and APPLICATION_ROOT and PREFERRED_URL_SCHEME as needed; or pass dewar.Relative() for the path alone", endpoint)
	}
	return u.whole(target), nil
}

// directRoutes returns the endpoints whose URLs depend on nothing but the values of their rule: they have one route, on
// every host, that has no defaults, and nobody adds values.
func (app *App) directRoutes() map[string]*boundRoute {
	direct := map[string]*boundRoute{}
	for endpoint, routes := range app.endpoints {
		r := routes[0]
		if len(routes) == 1 && r.place.Everywhere() && len(r.defaults) == 0 && r.spec.static == nil && !app.hasURLDefaults(r.in) {
			direct[endpoint] = r
		}
	}
	return direct
}

// newURLRequest sorts the arguments of URLFor.
func newURLRequest(endpoint string, pairs []any) (*urlRequest, error) {
	u := &urlRequest{endpoint: endpoint, values: Map{}}
	for i := 0; i < len(pairs); i++ {
		if opt, ok := pairs[i].(URLOption); ok {
			opt(u)
			continue
		}
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dewar: URL for %q: argument %d is a %T; pass pairs of a name and a value, as in \"id\", 7", endpoint, i+1, pairs[i])
		}
		if i+1 == len(pairs) {
			return nil, fmt.Errorf("dewar: URL for %q: %q has no value behind it", endpoint, name)
		}
		if cure := optionNamed(name); cure != "" {
			return nil, fmt.Errorf("dewar: URL for %q: %q is a name of Flask and of templates; in Go pass %s in place of the pair", endpoint, name, cure)
		}
		if _, again := u.values[name]; !again {
			u.order = append(u.order, name)
		}
		u.values[name] = pairs[i+1]
		i++
	}
	if u.relative && u.hasScheme {
		return nil, fmt.Errorf("dewar: URL for %q: Relative() has no scheme, so Scheme(%q) contradicts it; leave one of them out", endpoint, u.scheme)
	}
	return u, nil
}

// optionNamed returns the option that is a pair of this name in templates, "" if none is.
func optionNamed(name string) string {
	switch name {
	case "_external":
		return "dewar.External()"
	case "_anchor":
		return `dewar.Anchor("...")`
	case "_scheme":
		return `dewar.Scheme("...")`
	case "_method":
		return `dewar.ForMethod("...")`
	}
	return ""
}

// A urlTarget is a URL without its scheme: the host, "" for the one that is at hand, and the rest.
type urlTarget struct{ host, path string }

// whole returns the whole URL.
func (u *urlRequest) whole(target urlTarget) string {
	if target.host == "" {
		target.host = u.hostAtHand()
	}
	target.host = hostname.Canonical(target.host, u.scheme)
	if u.scheme != "" {
		return u.scheme + "://" + target.host + target.path
	}
	return "//" + target.host + target.path
}

// buildURL chooses the route and builds the URL to it.
func (app *App) buildURL(u *urlRequest) (urlTarget, error) {
	routes := app.endpoints[u.endpoint]
	if len(routes) == 0 {
		return urlTarget{}, app.unknownEndpoint(u.endpoint)
	}
	app.injectDefaults(u, routes[0].in)
	var missing []string
	var failure error
	var elsewhere *urlTarget
	for _, r := range u.candidates(routes) {
		target, lacks, err := u.build(r)
		switch {
		case err != nil:
			failure = cmp.Or(failure, err)
		case len(lacks) > 0:
			if missing == nil || len(lacks) < len(missing) {
				missing = lacks
			}
		case u.contradicts(r):
		case u.atHand(target.host):
			return target, nil
		case elsewhere == nil:
			elsewhere = &target
		}
	}
	if elsewhere != nil {
		return *elsewhere, nil
	}
	return urlTarget{}, u.failed(routes, missing, failure)
}

// build builds the URL to one route, or tells which values it lacks.
func (u *urlRequest) build(r *boundRoute) (target urlTarget, missing []string, err error) {
	path, missing, err := r.rule.Build(u.lookup(r))
	if err != nil {
		return target, nil, err
	}
	if !r.place.Everywhere() {
		var lacks []string
		if target.host, lacks, err = u.buildHost(r); err != nil {
			return target, nil, err
		}
		missing = append(missing, lacks...)
	}
	if len(missing) > 0 {
		return target, missing, nil
	}
	target.path = u.prefix + path + u.fingerprinted(r, u.query(r)) + u.fragment()
	return target, nil, nil
}

// injectDefaults calls the URLDefaults functions of the app, then those of the endpoint's blueprints.
func (app *App) injectDefaults(u *urlRequest, in *instance) {
	for _, f := range app.urlDefaults {
		f(u.c, u.endpoint, u.values)
	}
	for _, i := range in.lineage() {
		for _, f := range i.bp.urlDefaults {
			f(u.c, u.endpoint, u.values)
		}
	}
	if len(app.urlDefaults) == 0 && in == nil {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(u.values)) {
		if !slices.Contains(u.order, key) {
			u.order = append(u.order, key)
		}
	}
}

// candidates returns the routes in the order to try: those that answer the method first, then those that take
// more values, then those with more defaults.
func (u *urlRequest) candidates(routes []*boundRoute) []*boundRoute {
	if len(routes) == 1 && !u.onlyMethod {
		return routes
	}
	list := slices.Clone(routes)
	if u.onlyMethod {
		list = slices.DeleteFunc(list, func(r *boundRoute) bool { return !r.answers(u.method) && !slices.Contains(r.allMethods(), u.method) })
	}
	slices.SortStableFunc(list, func(a, b *boundRoute) int {
		return cmp.Or(
			compareBools(b.answers(u.method), a.answers(u.method)),
			len(b.arguments)-len(a.arguments),
			len(b.defaults)-len(a.defaults),
		)
	})
	return list
}

// compareBools puts false before true.
func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// lookup finds the value of a variable.
func (u *urlRequest) lookup(r *boundRoute) func(name string) (any, bool) {
	return func(name string) (any, bool) {
		if v, ok := u.values[name]; ok && v != nil {
			return v, true
		}
		v, ok := r.defaults[name]
		return v, ok
	}
}

// contradicts reports whether a given value differs from the one the route fixes by its defaults.
func (u *urlRequest) contradicts(r *boundRoute) bool {
	for name, fixed := range r.defaults {
		given, ok := u.values[name]
		if ok && given != nil && !slices.Contains(r.names, name) && fmt.Sprint(given) != fmt.Sprint(fixed) {
			return true
		}
	}
	return false
}

// query returns what is no variable of the rule, in the order it was given.
func (u *urlRequest) query(r *boundRoute) string {
	var b strings.Builder
	for _, name := range u.order {
		if slices.Contains(r.names, name) {
			continue
		}
		if _, fixed := r.defaults[name]; fixed {
			continue
		}
		for _, text := range queryValues(u.values[name]) {
			if b.Len() == 0 {
				b.WriteByte('?')
			} else {
				b.WriteByte('&')
			}
			b.WriteString(rule.EscapeQuery(name) + "=" + rule.EscapeQuery(text))
		}
	}
	return b.String()
}

// fingerprinted adds, for a static file, its fingerprint to a query, which may be empty. One that is given stays.
func (u *urlRequest) fingerprinted(r *boundRoute, query string) string {
	s := r.spec.static
	if s == nil || !u.settings.fingerprints {
		return query
	}
	if _, given := u.values[fingerprintKey]; given {
		return query
	}
	name, _ := u.values["filename"].(string)
	text := s.FingerprintOf(name, s.onDisk(u.settings.debug))
	switch {
	case text == "":
		return query
	case query == "":
		return "?" + fingerprintKey + "=" + text
	}
	return query + "&" + fingerprintKey + "=" + text
}

// queryValues returns a value as text, each item of a list by itself and nothing for nil.
func queryValues(v any) []string {
	if v == nil {
		return nil
	}
	if s, err := coerce.String(v); err == nil {
		return []string{s}
	}
	list := reflect.ValueOf(v)
	if k := list.Kind(); k != reflect.Slice && k != reflect.Array {
		return []string{fmt.Sprint(v)}
	}
	var all []string
	for i := range list.Len() {
		all = append(all, queryValues(list.Index(i).Interface())...)
	}
	return all
}

func (u *urlRequest) fragment() string {
	if !u.hasAnchor {
		return ""
	}
	return "#" + rule.EscapeFragment(u.anchor)
}

// hostAtHand returns the host that whole URLs are built for: SERVER_NAME, as it cannot be forged, or that of the
// request.
func (u *urlRequest) hostAtHand() string {
	if u.settings.serverName != "" || u.c == nil {
		return u.settings.serverName
	}
	return u.c.Host()
}

// atHand reports whether the browser is at host, "" for every host, or outside a request whether it is SERVER_NAME.
func (u *urlRequest) atHand(host string) bool {
	if host == "" {
		return true
	}
	if u.c == nil {
		return strings.EqualFold(host, u.settings.serverName)
	}
	o := u.c.info()
	name, _ := hostname.Split(o.host)
	return host == name || hostname.Canonical(host, o.scheme) == o.host
}

// portAtHand returns the port, with its colon, that a host without one gets: that of the host at hand. A SERVER_NAME
// without a port has that of a request for it or for a subdomain.
func (u *urlRequest) portAtHand() string {
	here := u.hostAtHand()
	name, _ := hostname.Split(here)
	if port := here[len(name):]; port != "" || u.c == nil {
		return port
	}
	asked, port := u.c.askedHost()
	if port == "" || !hostname.NewPattern("."+name).Matches(asked) {
		return ""
	}
	return ":" + port
}

// buildHost returns the host of a route that has one, or the values it lacks. A pattern without a port gets
// that of the host at hand.
func (u *urlRequest) buildHost(r *boundRoute) (host string, missing []string, err error) {
	if r.host != nil {
		if host, missing, err = r.host.Build(u.lookup(r)); err != nil || len(missing) > 0 {
			return "", missing, err
		}
		host = host[1:]
	}
	if r.place.Below() {
		if u.settings.serverName == "" {
			return "", nil, fmt.Errorf("%s needs SERVER_NAME; set it", r.place)
		}
		host = strings.TrimPrefix(host+"."+u.settings.serverName, ".")
	}
	if !hostname.HasPort(host) {
		host += u.portAtHand()
	}
	if !hostname.Valid(host) {
		return "", nil, fmt.Errorf("the values make no host of %s; give letters, digits and dashes", r.place)
	}
	return strings.ToLower(host), nil, nil
}

// URLBuildErrorHandler may build a URL that URLFor could not: err says why, values are those given, with
// _anchor, _method, _scheme and _external if they were asked for. It returns the URL, or "" for the next
// handler to be asked, or an error that takes the place of err.
type URLBuildErrorHandler func(err error, endpoint string, values Map) (string, error)

// URLBuildErrorHandler adds functions that are asked in turn when URLFor cannot build a URL, for endpoints
// that another program knows. With one, Build does not check the endpoints that templates name.
func (app *App) URLBuildErrorHandler(handlers ...URLBuildErrorHandler) {
	app.setup("URLBuildErrorHandler")
	callsite.NoNil("URLBuildErrorHandler", handlers...)
	app.urlErrorHandlers = append(app.urlErrorHandlers, handlers...)
}

// handleBuildError asks the handlers; the last error counts if none has a URL.
func (app *App) handleBuildError(u *urlRequest, err error) (string, error) {
	if len(app.urlErrorHandlers) == 0 {
		return "", err
	}
	values := u.special()
	for _, h := range app.urlErrorHandlers {
		built, herr := h(err, u.endpoint, maps.Clone(values))
		switch {
		case herr != nil:
			err = herr
		case built != "":
			return built, nil
		}
	}
	return "", err
}

// special returns the values with the options among them, named as url_for names them in templates.
func (u *urlRequest) special() Map {
	values := maps.Clone(u.values)
	if u.hasAnchor {
		values["_anchor"] = u.anchor
	}
	if u.onlyMethod {
		values["_method"] = u.method
	}
	if u.hasScheme {
		values["_scheme"] = u.scheme
	}
	if u.external {
		values["_external"] = true
	}
	return values
}

// allMethods returns the methods of all routes, sorted.
func allMethods(routes []*boundRoute) []string {
	var all []string
	for _, r := range routes {
		all = append(all, r.allMethods()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
