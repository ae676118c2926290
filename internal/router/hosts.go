package router

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/hostname"
	"github.com/dewar-go/dewar/internal/rule"
)

// A Place is where a route answers: the hosts of a pattern, or those of what stands before SERVER_NAME. A nil Place is
// every host.
type Place struct {
	pattern string
	below   bool
}

// NewPlace returns the place of a pattern of hosts, or with below of what stands before SERVER_NAME. The text of the
// pattern is made lower-case. An error means that it has what no host has.
func NewPlace(pattern string, below bool) (*Place, error) {
	p := &Place{mapText(pattern, strings.ToLower), below}
	var problem error
	mapText(pattern, func(text string) string {
		if strings.ContainsAny(text, "/ @?#\\") {
			problem = fmt.Errorf("%s: a host has no slash, space or @ in it; write a name such as \"api.example.com\" or \"{user}.example.com\"", p)
		}
		return text
	})
	if rest, ok := strings.CutPrefix(pattern, "*."); ok {
		problem = fmt.Errorf("%s: a variable is written in braces; write %q", p, "{name}."+rest)
	}
	return p, problem
}

// String returns the option that makes p.
func (p *Place) String() string {
	if p.below {
		return fmt.Sprintf("Subdomain(%q)", p.pattern)
	}
	return fmt.Sprintf("Host(%q)", p.pattern)
}

// Everywhere reports whether p is every host.
func (p *Place) Everywhere() bool { return p == nil || !p.below && p.pattern == "" }

// Below reports whether p depends on SERVER_NAME.
func (p *Place) Below() bool { return p != nil && p.below }

// Within returns the place of p inside of outer: if both are below SERVER_NAME they are joined, otherwise p, or outer
// if that is nil, counts.
func (p *Place) Within(outer *Place) *Place {
	switch {
	case p == nil:
		return outer
	case p.Below() && outer.Below():
		return &Place{strings.Trim(p.pattern+"."+outer.pattern, "."), true}
	}
	return p
}

// Pattern returns the pattern of whole hosts, "" for every host.
func (p *Place) Pattern(serverName string) string {
	switch {
	case p == nil:
		return ""
	case !p.below:
		return p.pattern
	case p.pattern == "":
		return serverName
	}
	return p.pattern + "." + serverName
}

// Parse reads what p says, without SERVER_NAME, as the rule that it is with a slash in front. It is nil for a place
// without text.
func (p *Place) Parse(set rule.Set) (*rule.Rule, error) {
	if p == nil || p.pattern == "" {
		return nil, nil
	}
	parsed, err := rule.Parse("/"+p.pattern, set)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	return parsed, nil
}

// Shape identifies the hosts of p, whose rule is parsed: "" for every host.
func (p *Place) Shape(parsed *rule.Rule) string {
	switch {
	case p.Everywhere():
		return ""
	case parsed == nil:
		return "." // SERVER_NAME itself
	case p.below:
		return parsed.Shape() + "."
	}
	return parsed.Shape()
}

// mapText calls f for each piece of a pattern outside of braces and puts what it returns in its place.
func mapText(pattern string, f func(string) string) string {
	var all strings.Builder
	for depth, start, i := 0, 0, 0; i <= len(pattern); i++ {
		switch {
		case i == len(pattern):
			all.WriteString(f(pattern[start:]))
		case pattern[i] == '{':
			if depth++; depth == 1 {
				all.WriteString(f(pattern[start:i]))
				start = i
			}
		case pattern[i] == '}':
			if depth--; depth == 0 {
				all.WriteString(pattern[start : i+1])
				start = i + 1
			}
		}
	}
	return all.String()
}

// A Host matches the hosts of one pattern.
type Host struct {
	rule *rule.Rule
	port bool // the pattern names a port
}

// NewHost returns the Host of a pattern of whole hosts.
func NewHost(pattern string, set rule.Set) (*Host, error) {
	parsed, err := rule.Parse("/"+pattern, set)
	if err != nil {
		return nil, err
	}
	return &Host{parsed, hostname.HasPort(pattern)}, nil
}

// Match returns the values of the variables if h matches name, with its port if the pattern names one.
func (h *Host) Match(name, port string) (values []any, ok bool) {
	if h.port && port != "" {
		name += ":" + port
	}
	return h.rule.Match("/"+name, nil)
}

// HostRoute is a Route that answers in a place.
type HostRoute struct {
	Route
	// Pattern is that of the hosts it answers, "" for every host; routes of the same Shape share the first one's.
	Pattern string
	// Shape identifies the hosts.
	Shape string
}

// Hosts finds the routes of all hosts. It does not change and is safe for concurrent use.
type Hosts struct {
	exact    map[string]*Router // by the host, in lower case
	patterns []hostRouter       // in the order to try
	every    *Router            // of every host
}

type hostRouter struct {
	*Host
	router *Router
}

// NewHosts makes a Router for every shape of hosts. It returns all problems at once.
func NewHosts(routes []HostRoute, set rule.Set) (*Hosts, error) {
	sites, patterns := map[string][]Route{"": nil}, map[string]string{}
	for _, r := range routes {
		if patterns[r.Shape] == "" {
			patterns[r.Shape] = r.Pattern
		}
		sites[r.Shape] = append(sites[r.Shape], r.Route)
	}
	t := &Hosts{exact: map[string]*Router{}}
	var problems []error
	for _, shape := range slices.Sorted(maps.Keys(sites)) {
		if err := t.add(patterns[shape], sites[shape], set); err != nil {
			problems = append(problems, err)
		}
	}
	slices.SortFunc(t.patterns, func(a, b hostRouter) int { return rule.Compare(a.rule, b.rule) })
	return t, errors.Join(problems...)
}

func (t *Hosts) add(pattern string, routes []Route, set rule.Set) error {
	router, err := New(routes)
	if err != nil {
		return fmt.Errorf("routes: %w", err)
	}
	if pattern == "" {
		t.every = router
		return nil
	}
	host, err := NewHost(pattern, set)
	if err != nil {
		return err
	}
	if len(host.rule.Variables()) == 0 {
		t.exact[pattern] = router
	} else {
		t.patterns = append(t.patterns, hostRouter{host, router})
	}
	return nil
}

// Matter reports whether a route may depend on the host.
func (t *Hosts) Matter() bool { return len(t.exact) > 0 || len(t.patterns) > 0 }

// Find is [Router.Find] where hosts play no part. Where they do, Match tells.
func (t *Hosts) Find(method, path string, room []rule.Span) (data any, n int, missed bool) {
	if t.Matter() {
		return nil, 0, false
	}
	return t.every.Find(method, path, room)
}

// Otherwise is [Router.Otherwise] for what Find has missed.
func (t *Hosts) Otherwise(method, path string, room []rule.Span) Result {
	return t.every.Otherwise(method, path, room)
}

// Match finds the route for a host, in lower case and with the port by itself, as [Router.Match] does for one that
// plays no part. The Routers of the host are asked in their order: those of the host itself, then those of patterns,
// then that of every host. What one finds counts; failing that a redirect to merged slashes, and failing that the
// methods that all of them allow.
func (t *Hosts) Match(name, port, method, path string, room []rule.Span) (Result, []rule.Span) {
	if !t.Matter() {
		return t.every.Match(method, path, room)
	}
	var rest Result
	var restSpans []rule.Span
	var allowed []string
	for i := range t.turns() {
		router, values := t.turn(i, name, port)
		if router == nil {
			continue
		}
		result, spans := router.Match(method, path, room)
		allowed = append(allowed, result.Allowed()...)
		result.more = result.more.with(values)
		if result.Kind == Found || result.Kind == SlashRedirect {
			return result, spans
		}
		if result.Kind.priority() > rest.Kind.priority() {
			rest, restSpans = result, slices.Clone(spans) // the room is for the next one
		}
	}
	if rest.more != nil {
		slices.Sort(allowed)
		rest.more.allowed = slices.Compact(allowed)
	}
	return rest, restSpans
}

// with returns m with the values of the variables in a host.
func (m *more) with(hostValues []any) *more {
	if len(hostValues) == 0 {
		return m
	}
	if m == nil {
		m = &more{}
	}
	m.hostValues = hostValues
	return m
}

// priority orders the results that do not count before all Routers of a host have been asked.
func (k Kind) priority() int {
	return slices.Index([]Kind{NotFound, MethodNotAllowed, AutoOptions, MergeRedirect}, k)
}

// Has reports whether there are routes for a host that are not for every one.
func (t *Hosts) Has(name, port string) bool {
	for i := range t.turns() - 1 {
		if router, _ := t.turn(i, name, port); router != nil {
			return true
		}
	}
	return false
}

// turns is how many Routers may have a route for a host.
func (t *Hosts) turns() int { return 2 + len(t.patterns) + 1 }

// turn returns the i-th of the Routers that may have a route for a host, nil if it has none, with the values of the variables in
// the host.
func (t *Hosts) turn(i int, name, port string) (*Router, []any) {
	switch i {
	case 0:
		if port == "" {
			return nil, nil
		}
		return t.exact[name+":"+port], nil
	case 1:
		return t.exact[name], nil
	case t.turns() - 1:
		return t.every, nil
	}
	h := t.patterns[i-2]
	if values, ok := h.Match(name, port); ok {
		return h.router, values
	}
	return nil, nil
}
