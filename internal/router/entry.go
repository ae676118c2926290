package router

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/rule"
)

// entry is one form of a rule in the table of one method.
type entry struct {
	rule  *rule.Rule
	route int
	data  any
	rank  int // the place in the order of the table

	other    bool // the form with or without a slash that the rule itself has not
	redirect bool // answered by a redirect to the rule's own form
	derived  bool // for a method that the route does not list; once entries are settled for OPTIONS alone, which is then answered otherwise
	any      bool // for a route that lists none
}

// refuses reports whether e is the form without a slash of a branch, and path has one at its end, which a variable that takes
// slashes would swallow here: such a path is the branch's.
func (e *entry) refuses(path string) bool {
	return e.other && !e.rule.Branch() && strings.HasSuffix(path, "/")
}

// same reports whether two entries of different methods do the same.
func (e *entry) same(other *entry) bool {
	return e.rule == other.rule && e.route == other.route && e.other == other.other && e.redirect == other.redirect && e.derived == other.derived
}

// target returns where a request for path ends: at path, or with a slash after it.
func (e *entry) target(path string) string {
	if e.redirect {
		return path + "/"
	}
	return path
}

// precedence tells which one of two entries of the same shape stays: the one with less.
func (e *entry) precedence() int {
	p := 0
	if e.other {
		p += 4
	}
	if e.derived {
		p += 2
	}
	if e.any {
		p++
	}
	return p
}

// allEntries returns the entries of each method's table in their order.
func allEntries(routes []Route) map[string][]*entry {
	order := make([]int, len(routes))
	for i := range routes {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(rule.Compare(routes[a].Rule, routes[b].Rule), cmp.Compare(a, b))
	})
	methods, entries := allMethods(routes), map[string][]*entry{}
	for _, i := range order {
		forms := routes[i].forms(i)
		for method, derived := range routes[i].answers(methods) {
			for _, e := range forms {
				e.derived, e.any = derived, len(routes[i].Methods) == 0
				entries[method] = append(entries[method], &e)
			}
		}
	}
	for method, list := range entries {
		entries[method] = settle(list)
		for _, e := range entries[method] {
			e.derived = e.derived && method == http.MethodOptions
		}
	}
	return entries
}

// allMethods returns the names of all methods that some route answers by name.
func allMethods(routes []Route) []string {
	named := map[string]bool{}
	for _, route := range routes {
		if len(route.Methods) == 0 {
			continue
		}
		for method := range route.answers(nil) {
			named[method] = true
		}
	}
	methods := make([]string, 0, len(named))
	for method := range named {
		methods = append(methods, method)
	}
	return methods
}

// answers returns the methods that the route answers, of all methods if it lists none, and whether each is derived from
// another one.
func (r Route) answers(all []string) map[string]bool {
	answers := map[string]bool{}
	if len(r.Methods) == 0 {
		answers[anyMethod] = false
		for _, method := range all {
			answers[method] = false
		}
		return answers
	}
	if slices.Contains(r.Methods, http.MethodGet) {
		answers[http.MethodHead] = true
	}
	if r.AutoOptions {
		answers[http.MethodOptions] = true
	}
	for _, method := range r.Methods {
		answers[method] = false
	}
	return answers
}

// forms returns the route's rule and, if there is one to answer, its other form.
func (r Route) forms(index int) []entry {
	own := entry{rule: r.Rule, route: index, data: r.Data}
	if r.StrictSlashes && !r.Rule.Branch() {
		return []entry{own}
	}
	other := r.Rule.WithSlash(!r.Rule.Branch())
	if other == nil {
		return []entry{own}
	}
	return []entry{own, {rule: other, route: index, data: r.Data, other: true, redirect: r.StrictSlashes}}
}

// settle leaves one entry of each shape and ranks them.
func settle(list []*entry) []*entry {
	best := map[string]*entry{}
	for _, e := range list {
		shape := e.rule.Shape()
		if b := best[shape]; b == nil || e.precedence() < b.precedence() {
			best[shape] = e
		}
	}
	var settled []*entry
	for _, e := range list {
		if best[e.rule.Shape()] == e {
			e.rank = len(settled)
			settled = append(settled, e)
		}
	}
	return settled
}
