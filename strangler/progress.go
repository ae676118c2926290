package strangler

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/dewar-go/dewar"
)

// An Endpoint is one of the Flask application, as its url_map tells it.
type Endpoint struct {
	// Name is the endpoint, with its blueprints in front: "auth.login".
	Name string `json:"endpoint"`
	// Rule is the rule as Flask has it: "/user/<int:id>".
	Rule string `json:"rule"`
	// Methods are those that it answers.
	Methods []string `json:"methods"`
}

// By says who serves an endpoint.
type By string

// Who serves.
const (
	Python By = "python"
	Go     By = "go"
	Both   By = "both" // some of its methods are Go's, and the App answers 405 to the others or hands them to Python: it is half moved
)

// A Line is one endpoint of a [Table].
type Line struct {
	Endpoint string
	Rule     string // Flask's, or Go's for one that Python does not have
	Methods  []string
	By       By
	Missing  []string // methods that Python has and Go does not; with Both only
}

// A Table tells which endpoints are served by whom. Printed it has a line each and a sum.
type Table []Line

// Progress compares the routes of an App, as [dewar.App.MatchOrder] gives them, with the endpoints of the Flask application.
// They belong together by their names, as url_for has them. A route that is there to build URLs alone is not among those of
// MatchOrder and serves nothing, and one that was handed back to Python, by app.Handle(rule, python, dewar.Endpoint(name)), is
// Python's. Endpoints that only Go has stand at the end; "static" is left out, and so are routes without a name.
func Progress(routes dewar.Routes, python []Endpoint) Table {
	served := map[string][]dewar.Route{}
	for _, r := range routes {
		served[r.Endpoint] = append(served[r.Endpoint], r)
	}
	var table Table
	known := map[string]bool{"": true, "static": true}
	for _, e := range python {
		if e.Name == "static" {
			continue
		}
		known[e.Name] = true
		table = append(table, e.line(served[e.Name]))
	}
	for _, r := range routes {
		if !known[r.Endpoint] {
			known[r.Endpoint] = true
			table = append(table, Line{Endpoint: r.Endpoint, Rule: r.Rule, Methods: r.Methods, By: by(served[r.Endpoint])})
		}
	}
	return table
}

// by returns who serves the routes of an endpoint that Python does not name.
func by(routes []dewar.Route) By {
	if slices.ContainsFunc(routes, isGo) {
		return Go
	}
	return Python
}

func isGo(r dewar.Route) bool { return !r.Relays }

// line says who serves e, whose routes in Go are given.
func (e Endpoint) line(routes []dewar.Route) Line {
	l := Line{Endpoint: e.Name, Rule: e.Rule, Methods: e.Methods, By: Python}
	if !slices.ContainsFunc(routes, isGo) {
		return l
	}
	for _, method := range e.Methods {
		if method != "OPTIONS" && !slices.ContainsFunc(routes, func(r dewar.Route) bool { return isGo(r) && (r.Methods == nil || slices.Contains(r.Methods, method)) }) {
			l.Missing = append(l.Missing, method)
		}
	}
	if l.By = Go; len(l.Missing) > 0 {
		l.By = Both
	}
	return l
}

// Moved returns how many endpoints are Go's altogether, and how many there are.
func (t Table) Moved() (moved, all int) {
	for _, l := range t {
		if l.By == Go {
			moved++
		}
	}
	return moved, len(t)
}

// String returns the table as text.
func (t Table) String() string {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "ENDPOINT\tMETHODS\tRULE\tSERVED BY")
	for _, l := range t {
		by := string(l.By)
		if l.By == Both {
			by = "go, without " + strings.Join(l.Missing, ", ")
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.Endpoint, strings.Join(l.Methods, ", "), l.Rule, by)
	}
	_ = w.Flush()
	moved, all := t.Moved()
	_, _ = fmt.Fprintf(&b, "%d of %d endpoints are served by Go\n", moved, all)
	return b.String()
}
