// Package router finds the route of a request.
//
// A [Router] is made once of all routes. For each method it has a map of the static rules, and of all others a tree of forks,
// which tries the rules in the order of [rule.Compare], segment by segment, so that those that begin otherwise cost nothing. Built-in
// converters are asked on the way whether they take a text, and convert it when somebody wants the value; others convert at the end,
// when the form of the whole path fits, once for all methods.
//
// Where the rules have many texts a chi tree goes first: it is asked with Find, once, and never served. What it finds is the first
// rule that comes into question, or a fork whose variables chi cannot tell apart, and where the values are. If that refuses, the
// forks go on behind it. So the answer is always that of the first rule in the order that matches.
//
// The routes of one Router share a host. A [Hosts] chooses the Routers to ask by the host of a request.
package router

import (
	"fmt"
	"maps"
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
	// Path is what the spans are in, and with SlashRedirect and MergeRedirect where to redirect to, decoded. It begins with
	// exactly one slash.
	Path string

	entry *entry
	more  *more // nil if there is no more
}

// more is what few results have.
type more struct {
	values, hostValues []any
	allowed            []string
}

// Route returns the index of the route if the kind is Found or AutoOptions, -1 otherwise.
func (r Result) Route() int {
	if r.Kind != Found && r.Kind != AutoOptions {
		return -1
	}
	return r.entry.route
}

// Data returns the route's own; with SlashRedirect and MergeRedirect that of the route that the redirect leads to.
func (r Result) Data() any {
	if r.entry == nil {
		return nil
	}
	return r.entry.data
}

// Allowed returns the methods that the path allows, sorted, if the kind is MethodNotAllowed or AutoOptions.
func (r Result) Allowed() []string {
	if r.more == nil {
		return nil
	}
	return r.more.allowed
}

// Late reports whether the values of the rule's variables are yet to be made.
func (r Result) Late() bool { return r.more == nil || r.more.values == nil }

// HostValues returns the values of the variables in the pattern of hosts.
func (r Result) HostValues() []any {
	if r.more == nil {
		return nil
	}
	return r.more.hostValues
}

// Convert returns the values of the rule's variables, whose texts are at spans, and behind them those of the host's.
func (r Result) Convert(spans []rule.Span) []any {
	var values []any
	switch {
	case !r.Late():
		values = slices.Clone(r.more.values)
	case len(spans) > 0:
		values, _ = r.entry.rule.Convert(r.Path, spans) // the converters have taken the texts
	}
	return append(values, r.HostValues()...)
}

// Router matches requests to routes. It does not change and is safe for concurrent use.
type Router struct {
	tables   map[string]*table // by method; those of methods with the same entries are one
	distinct []*table          // without that of anyMethod
	get      *table            // that of GET, which most requests ask for
	reach    reach
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
	all := allEntries(routes)
	for _, method := range slices.Sorted(maps.Keys(all)) {
		if method == anyMethod {
			r.tables[method] = newTable(all[method], treePays)
			continue
		}
		t := r.tableOf(all[method])
		t.methods = append(t.methods, method)
		r.tables[method] = t
	}
	for _, entries := range all {
		for _, e := range entries {
			r.reach.add(e.rule)
		}
	}
	r.get = r.table(http.MethodGet)
	return r, nil
}

// tableOf returns the table of entries, a new one unless another method has the same.
func (r *Router) tableOf(entries []*entry) *table {
	for _, t := range r.distinct {
		if slices.EqualFunc(t.entries, entries, (*entry).same) {
			return t
		}
	}
	t := newTable(entries, treePays)
	r.distinct = append(r.distinct, t)
	return t
}

// Find is Match for what most requests are: it returns the data of a route that lists the method, answers the path as it is and has
// built-in converters alone, and how many variables it has. Where their texts are is in room. Without data Match tells what becomes
// of the request, or [Router.Otherwise] if missed says that no route takes the path as it is.
func (r *Router) Find(method, path string, room []rule.Span) (data any, n int, missed bool) {
	t := r.table(method)
	if t == nil || !t.late || method == http.MethodOptions {
		return nil, 0, false
	}
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return nil, 0, false
	}
	if e := t.staticOf(path); e != nil {
		if e.redirect {
			return nil, 0, false
		}
		return e.data, 0, false
	}
	s := search{path: path, redirects: true}
	e, spans := t.findVariable(&s, room)
	if e == nil {
		return nil, 0, true
	}
	n = copy(room, spans) // which may be in a larger one
	if e.redirect || n < len(spans) {
		return nil, 0, false
	}
	return e.data, n, false
}

// Otherwise is Match for a path that Find has missed.
func (r *Router) Otherwise(method, path string, room []rule.Span) Result {
	return r.otherwise(&search{path: path, redirects: true}, r.table(method), room)
}

// Match finds the route for method and path, which is decoded. A path that does not begin with a slash is not found; of
// several slashes at its beginning one counts. Where the rule's converters are built in, the values are not made: the spans,
// which are in the room that is passed, say where in Result.Path their texts are, and [rule.Rule.Value] makes them. Nothing is
// allocated then.
func (r *Router) Match(method, path string, room []rule.Span) (Result, []rule.Span) {
	var s search
	return r.match(&s, method, path, room[:0])
}

func (r *Router) match(s *search, method, path string, room []rule.Span) (Result, []rule.Span) {
	if !strings.HasPrefix(path, "/") {
		return Result{}, nil
	}
	path = singleSlash(path)
	s.path, s.redirects = path, true
	t := r.table(method)
	if e, spans := t.find(s, room); e != nil {
		return r.result(s, e, method), spans
	}
	return r.otherwise(s, t, room), nil
}

// otherwise returns what becomes of a path that no entry of t takes as it is.
func (r *Router) otherwise(s *search, t *table, room []rule.Span) Result {
	path, merged := s.path, s.path
	if r.reach.repeats(path) {
		merged = mergeSlashes(path)
		s.path = merged
		if e, _ := t.find(s, room); e != nil {
			return Result{Kind: MergeRedirect, Path: e.target(merged), entry: e}
		}
	}
	if allowed := r.allowed(s, t, path, merged); allowed != nil {
		return Result{Kind: MethodNotAllowed, more: &more{allowed: allowed}}
	}
	return Result{}
}

// result returns what becomes of the path that e takes.
func (r *Router) result(s *search, e *entry, method string) Result {
	result := Result{Kind: Found, Path: s.path, entry: e}
	if s.values != nil {
		result.more = &more{values: s.values}
	}
	switch {
	case e.redirect:
		return Result{Kind: SlashRedirect, Path: e.target(s.path), entry: e}
	case e.derived:
		if !e.rule.Late() {
			s.note(e, true)
		}
		result.Kind, result.more = AutoOptions, &more{values: s.values}
		t := r.table(method)
		result.more.allowed = append(r.allowed(s, t, s.path, s.path), t.methods...)
		slices.Sort(result.more.allowed)
	}
	return result
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

// allowed returns the methods for which path, or the same path with its slashes merged, is found without a redirect, sorted. Those
// of the table that was asked are not looked for.
func (r *Router) allowed(s *search, asked *table, path, merged string) []string {
	var allowed []string
	s.redirects, s.repeated = false, true
	for _, t := range r.distinct {
		if t == asked || !s.answered(t, path) && (merged == path || !s.answered(t, merged)) {
			continue
		}
		if allowed == nil {
			allowed = make([]string, 0, len(r.tables))
		}
		allowed = append(allowed, t.methods...)
	}
	slices.Sort(allowed)
	return allowed
}

// answered reports whether t has an entry for path.
func (s *search) answered(t *table, path string) bool {
	var room [8]rule.Span
	s.path = path
	e, _ := t.find(s, room[:0])
	return e != nil
}
