package dewar

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"
)

// Routes are routes of an App. Printed they are the table that Flask's command routes shows.
type Routes []Route

// Routes returns the routes in the order of registration. The caller may change what it gets.
func (app *App) Routes() Routes {
	routes := make(Routes, len(app.routes))
	for i, r := range app.routes {
		routes[i] = r.Route
		routes[i].Methods = slices.Clone(r.Methods)
	}
	return routes
}

// String returns a table with a line for each route, in the order of the endpoints' names: endpoint, methods
// without HEAD and OPTIONS, host if any route has one, rule. A route without an endpoint shows where it was
// registered.
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
	if len(shown) == 0 {
		shown = r.Methods
	}
	return strings.Join(shown, ", ")
}
