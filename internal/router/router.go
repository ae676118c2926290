// Package router finds the route of a request.
//
// A [Router] is made once of all routes. For each method it has a map of the static rules and groups of the others by
// the text that they begin with. Of a small group the rules are tried one after the other, in the order of
// [rule.Compare]. For a large one a chi tree proposes where to begin: it is asked with Find and never served, and the
// rules enter it in that order too, because chi tries equal siblings as they come. What chi cannot express is tried
// before the proposal, as the order wants. The rule itself matches the path again, with its converters, and if it
// refuses then the rules after it are tried. So the answer is always that of the first rule in the order that matches.
//
// The routes of one Router share a host. A [Hosts] chooses the Routers to ask by the host of a request.
package router

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/rule"
)

// Route is one rule with the methods that it answers.
type Route struct {
	// Rule is what the path must match.
	Rule *rule.Rule
	// Methods are the names of the methods, in any order and spelled as in requests; none means every method. A route
	// with GET answers HEAD too.
	Methods []string
	// StrictSlashes makes a branch redirect the path without its slash, and a leaf refuse the path with one. Otherwise
	// both forms of the path are served.
	StrictSlashes bool
	// AutoOptions makes the route match OPTIONS too, with a result of the kind [AutoOptions], if it does not list it.
	AutoOptions bool
	// Data is passed on to the Result.
	Data any
}

// Kind says what became of a request.
type Kind int

// The kinds of results.
const (
	NotFound         Kind = iota // no rule matches the path
	MethodNotAllowed             // rules match the path, but for other methods: Result.Allowed
	Found                        // a route answers
	AutoOptions                  // a route matches OPTIONS without listing it: answer with Result.Allowed
	SlashRedirect                // the path with a slash at its end is found: Result.Path
	MergeRedirect                // the path without repeated slashes is found: Result.Path
)

// Result is what [Router.Match] found.
type Result struct {
	Kind Kind
	// Route is the index of the route if the kind is Found or AutoOptions, -1 otherwise.
	Route int
	// Data is the route's own; with SlashRedirect and MergeRedirect that of the route that the redirect leads to.
	Data any
	// Values are the values of the rule's variables, in their order.
	Values []any
	// Path is where to redirect to, decoded. It begins with exactly one slash.
	Path string
	// Allowed are the methods that the path allows, sorted, if the kind is MethodNotAllowed or AutoOptions.
	Allowed []string
}

// Router matches requests to routes. It does not change and is safe for concurrent use.
type Router struct {
	methods []string // sorted, without anyMethod
	tables  map[string]*table
	get     *table // that of GET, which most requests ask for
}

// anyMethod is the name of the table for the methods that no route names.
const anyMethod = ""

// New makes a Router of routes. The order of routes plays no part but to number them, and to say which of two routes
// that match the same requests answers: the one given first.
func New(routes []Route) (*Router, error) {
	for i, route := range routes {
		if route.Rule == nil || slices.Contains(route.Methods, "") {
			return nil, fmt.Errorf("route %d has no rule or a method without a name; give both", i)
		}
	}
	r := &Router{tables: map[string]*table{}}
	for method, entries := range allEntries(routes) {
		r.tables[method] = newTable(entries)
		if method != anyMethod {
			r.methods = append(r.methods, method)
		}
	}
	slices.Sort(r.methods)
	r.get = r.table(http.MethodGet)
	return r, nil
}

// Find is Match for what most requests are: it returns the data of the route that answers. It returns nil for everything else,
// which Match tells apart. The values of the variables are not converted if the rule is [rule.Rule.Late]: spans says where in the
// path they are, in the room of the spans that were passed, and values is nil. Otherwise values has them, and spans is empty.
func (r *Router) Find(method, path string, room []rule.Span) (data any, spans []rule.Span, values []any) {
	t := r.table(method)
	if t == nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return nil, nil, nil
	}
	e, spans, values := t.find(&search{path: path, redirects: true, late: true}, room[:0])
	if e == nil || e.redirect || e.derived && method == http.MethodOptions {
		return nil, nil, nil
	}
	return e.data, spans, values
}

// Match finds the route for method and path, which is decoded. A path that does not begin with a slash is not found; of
// several slashes at its beginning one counts. Result.Values is buf with the values appended; buf may be nil.
func (r *Router) Match(method, path string, buf []any) Result {
	if !strings.HasPrefix(path, "/") {
		return Result{Route: -1}
	}
	path = singleSlash(path)
	if e, _, values := r.table(method).find(&search{path: path, values: buf, redirects: true}, nil); e != nil {
		return r.result(e, method, path, values)
	}
	merged := path
	if strings.Contains(path, "//") {
		merged = mergeSlashes(path)
		if e, _, _ := r.table(method).find(&search{path: merged, redirects: true, late: true}, nil); e != nil {
			return Result{Kind: MergeRedirect, Route: -1, Data: e.data, Path: e.target(merged)}
		}
	}
	if allowed := r.allowed(path, merged); allowed != nil {
		return Result{Kind: MethodNotAllowed, Route: -1, Allowed: allowed}
	}
	return Result{Route: -1}
}

// result returns what becomes of a path that e matches.
func (r *Router) result(e *entry, method, path string, values []any) Result {
	switch {
	case e.redirect:
		return Result{Kind: SlashRedirect, Route: -1, Data: e.data, Path: e.target(path)}
	case e.derived && method == http.MethodOptions:
		allowed := r.allowed(path, path)
		return Result{Kind: AutoOptions, Route: e.route, Data: e.data, Values: values, Allowed: allowed}
	}
	return Result{Kind: Found, Route: e.route, Data: e.data, Values: values}
}

// table returns the table for method, nil if there is none.
func (r *Router) table(method string) *table {
	if method == http.MethodGet && r.get != nil {
		return r.get
	}
	if t := r.tables[method]; t != nil {
		return t
	}
	return r.tables[anyMethod]
}

// allowed returns the methods for which path, or the same path with its slashes merged, is found without a redirect.
func (r *Router) allowed(path, merged string) []string {
	var room [8]rule.Span
	asked := &search{path: path, repeated: true, late: true}
	alike := asked
	if merged != path {
		alike = &search{path: merged, repeated: true, late: true}
	}
	var allowed []string
	for _, method := range r.methods {
		t := r.tables[method]
		e, _, _ := t.find(asked, room[:0])
		if e == nil && alike != asked {
			e, _, _ = t.find(alike, room[:0])
		}
		if e != nil {
			allowed = append(allowed, method)
		}
	}
	return allowed
}

// singleSlash returns path, which begins with a slash, without the other slashes at its beginning.
func singleSlash(path string) string {
	for strings.HasPrefix(path, "//") {
		path = path[1:]
	}
	return path
}

// mergeSlashes returns path with one slash wherever several follow each other.
func mergeSlashes(path string) string {
	merged := make([]byte, 0, len(path))
	for i := range len(path) {
		if i == 0 || path[i] != '/' || path[i-1] != '/' {
			merged = append(merged, path[i])
		}
	}
	return string(merged)
}
