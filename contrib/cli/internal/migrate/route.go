// Package migrate moves the routes of a Flask application to dewar one by one: it reads Flask's and dewar's lists of
// routes, writes each for the other side, and says who serves what.
package migrate

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Script is a Python program that prints the routes of a Flask application as JSON, for [Parse].
//
//go:embed routes.py
var Script string

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
	Exempt    bool           `json:"csrf_exempt"`
}

// Parse reads what [Script] or the command routes --json prints, or the table of flask routes, which knows
// neither defaults nor strict slashes.
func Parse(data []byte) ([]Route, error) {
	if trimmed := bytes.TrimSpace(data); bytes.HasPrefix(trimmed, []byte("[")) {
		var routes []Route
		d := json.NewDecoder(bytes.NewReader(trimmed))
		d.UseNumber()
		if err := d.Decode(&routes); err != nil {
			return nil, fmt.Errorf("the list of routes is no JSON: %w; print it anew with what dewar migrate script prints", err)
		}
		return routes, nil
	}
	return parseTable(string(data))
}

// parseTable reads the table of flask routes by its line of dashes.
func parseTable(text string) ([]Route, error) {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		if i > 0 && strings.HasPrefix(line, "--") && strings.Trim(line, "- ") == "" {
			return parseRows(columns(lines[i-1], line), lines[i+1:])
		}
	}
	return nil, errors.New("this is no list of routes; give what flask routes prints, or the JSON of the script that dewar migrate script prints")
}

// columns returns where each column of a table begins.
func columns(headings, dashes string) map[string]int {
	starts := map[string]int{}
	for i := range dashes {
		if dashes[i] == '-' && (i == 0 || dashes[i-1] == ' ') && i < len(headings) {
			name, _, _ := strings.Cut(headings[i:], " ")
			starts[strings.ToLower(name)] = i
		}
	}
	return starts
}

func parseRows(starts map[string]int, lines []string) ([]Route, error) {
	var routes []Route
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		r := Route{Endpoint: cell(line, starts, "endpoint"), Rule: cell(line, starts, "rule"),
			Host: cell(line, starts, "host"), Subdomain: cell(line, starts, "subdomain")}
		if r.Endpoint == "" || !strings.HasPrefix(r.Rule, "/") {
			return nil, fmt.Errorf("the line %q of the table of routes has no endpoint or no rule; give the whole output of flask routes", line)
		}
		for method := range strings.SplitSeq(cell(line, starts, "methods"), ",") {
			if method = strings.TrimSpace(method); method != "" {
				r.Methods = append(r.Methods, method)
			}
		}
		routes = append(routes, r)
	}
	return routes, nil
}

// cell returns what stands in a column.
func cell(line string, starts map[string]int, name string) string {
	start, ok := starts[name]
	if !ok || start >= len(line) {
		return ""
	}
	end := len(line)
	for _, other := range starts {
		if other > start && other < end {
			end = other
		}
	}
	return strings.TrimSpace(line[start:end])
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
		if !r.BuildOnly && r.Endpoint != "" {
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
