package migrate

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/dewar-go/dewar"
)

// Script is a Python program that prints a [Listing] of a Flask application as JSON, for [Parse].
//
//go:embed routes.py
var Script string

// A Listing is what a program of either side tells of itself. Only [Script] knows more than routes.
type Listing struct {
	Routes     []Route           `json:"routes"`
	Settings   dewar.Map         `json:"settings"` // as strangler.Check takes them; nil: not known
	Session    Session           `json:"session"`
	Protected  bool              `json:"csrf_protect"` // by Flask-WTF's CSRFProtect
	Extensions map[string]string `json:"extensions"`   // versions of packages, "" for one that is not known
	Flask      string            `json:"flask"`        // the version
	Werkzeug   string            `json:"werkzeug"`
}

// Session is how a Flask application keeps its sessions.
type Session struct {
	Interface     string   `json:"interface"` // the class
	Cookie        bool     `json:"cookie"`    // whether it is one of Flask's own
	Salt          string   `json:"salt"`
	KeyDerivation string   `json:"key_derivation"`
	Digest        string   `json:"digest"`
	Tags          []string `json:"tags"` // of the application's own
}

// Parse reads what [Script] or the command routes --json prints, or the table of flask routes, which knows
// neither defaults nor strict slashes.
func Parse(data []byte) (Listing, error) {
	var l Listing
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	var target any = &l
	switch {
	case bytes.HasPrefix(trimmed, []byte("[")):
		target = &l.Routes
	case !bytes.HasPrefix(trimmed, []byte("{")):
		var err error
		l.Routes, err = parseTable(string(data))
		return l, err
	}
	d := json.NewDecoder(bytes.NewReader(trimmed))
	d.UseNumber()
	if err := d.Decode(target); err != nil {
		return Listing{}, fmt.Errorf("the list of routes is no JSON: %w; print it anew with what dewar migrate script prints", err)
	}
	if l.Routes == nil {
		return Listing{}, errNoListing
	}
	return l, nil
}

var errNoListing = errors.New("this is no list of routes; give what flask routes prints, or the JSON of the script that dewar migrate script prints")

// parseTable reads the table of flask routes by its line of dashes.
func parseTable(text string) ([]Route, error) {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		if i > 0 && strings.HasPrefix(line, "--") && strings.Trim(line, "- ") == "" {
			return parseRows(columns(lines[i-1], line), lines[i+1:])
		}
	}
	return nil, errNoListing
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
