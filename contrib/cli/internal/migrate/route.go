// Package migrate moves the routes of a Flask application to dewar one by one: it reads Flask's and dewar's lists of
// routes, writes each for the other side, and says who serves what.
package migrate

import "slices"

// Route is a route of either side. Its rule is written as that side writes it.
type Route struct {
	Endpoint  string         `json:"endpoint"`
	Rule      string         `json:"rule"`
	Methods   []string       `json:"methods"` // none: all
	Defaults  map[string]any `json:"defaults"`
	Host      string         `json:"host"`
	Subdomain string         `json:"subdomain"`
	Strict    *bool          `json:"strict_slashes"` // nil: true
	BuildOnly bool           `json:"build_only"`
	Relays    bool           `json:"relays"` // of Go: Python answers
	Exempt    bool           `json:"csrf_exempt"`
}

// Without returns the routes whose endpoints another list does not serve itself.
func Without(routes, served []Route) []Route {
	by := endpoints(served)
	var left []Route
	for _, r := range routes {
		if !by[r.Endpoint] {
			left = append(left, r)
		}
	}
	return left
}

// endpoints returns those that a list serves itself.
func endpoints(routes []Route) map[string]bool {
	by := map[string]bool{}
	for _, r := range routes {
		if !r.BuildOnly && !r.Relays && r.Endpoint != "" {
			by[r.Endpoint] = true
		}
	}
	return by
}

// shownMethods lists the methods without those that come by themselves.
func (r Route) shownMethods() []string {
	var shown []string
	for _, m := range r.Methods {
		if m != "HEAD" && m != "OPTIONS" {
			shown = append(shown, m)
		}
	}
	return shown
}

// unsafe reports whether a request can change something by its method.
func (r Route) unsafe() bool {
	return len(r.Methods) == 0 || slices.ContainsFunc(r.Methods, func(method string) bool {
		return !slices.Contains([]string{"GET", "HEAD", "OPTIONS", "TRACE"}, method)
	})
}
