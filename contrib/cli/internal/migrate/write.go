package migrate

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Python writes a module with a function go_routes that gives a Flask application the routes that Go answers, so that
// its url_for builds links to them. Routes without an endpoint, and those that Go only builds or has Python answer, are
// left out. notes say what is to be done by hand, and which routes are left out because Flask cannot have them.
func Python(routes []Route) (source string, notes []string, err error) {
	var lines strings.Builder
	for _, r := range routes {
		if r.BuildOnly || r.Relays || r.Endpoint == "" || r.Endpoint == "static" {
			continue
		}
		line, own, err := pythonRoute(r)
		if err != nil {
			notes = append(notes, fmt.Sprintf("%s (%s) is left out: %v", r.Endpoint, r.Rule, err))
			continue
		}
		notes = append(notes, own...)
		lines.WriteString("    " + line + "\n")
	}
	if lines.Len() == 0 {
		lines.WriteString("    pass\n")
	}
	return "\"\"\"Written by dewar migrate routes --python; do not edit.\"\"\"\n\n\ndef go_routes(app):\n" +
		"    \"\"\"Gives app the routes that Go answers, so that url_for builds links to them.\"\"\"\n" + lines.String(), notes, nil
}

// pythonRoute writes r as a statement, with what is to be done by hand for it.
func pythonRoute(r Route) (line string, notes []string, err error) {
	rule, custom, err := PythonRule(r.Rule)
	if err != nil {
		return "", nil, err
	}
	arguments := []string{pythonText(rule), pythonText(r.Endpoint)}
	if methods := r.shownMethods(); len(methods) > 0 {
		arguments = append(arguments, "methods=["+strings.Join(mapped(methods, pythonText), ", ")+"]")
	}
	if len(r.Defaults) > 0 {
		arguments = append(arguments, "defaults={"+pythonEntries(r.Defaults)+"}")
	}
	if r.Strict != nil && !*r.Strict {
		arguments = append(arguments, "strict_slashes=False")
	}
	if r.Host != "" || r.Subdomain != "" {
		place, own, note, err := pythonPlace(r)
		if err != nil {
			return "", nil, err
		}
		if note != "" {
			notes = append(notes, note)
		}
		arguments, custom = append(arguments, place), append(custom, own...)
	}
	for _, name := range custom {
		notes = append(notes, fmt.Sprintf("%s: Flask has no converter %q: give app.url_map.converters one before go_routes(app)", r.Endpoint, name))
	}
	return "app.add_url_rule(" + strings.Join(append(arguments, "build_only=True"), ", ") + ")", notes, nil
}

// pythonPlace writes the host of r. dewar has that of a subdomain with a dot behind it.
func pythonPlace(r Route) (argument string, custom []string, note string, err error) {
	host, below := strings.CutSuffix(r.Host, ".")
	if r.Host == "" {
		host, below = r.Subdomain, true
	}
	pattern, custom, err := PythonRule(host)
	if err != nil {
		return "", nil, "", err
	}
	if below {
		return "subdomain=" + pythonText(pattern), custom, "", nil
	}
	return "host=" + pythonText(pattern), custom, fmt.Sprintf("%s: Flask reads the host %q with Flask(..., host_matching=True) alone", r.Endpoint, host), nil
}

func pythonEntries(values map[string]any) string {
	var entries []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		entries = append(entries, pythonText(name)+": "+pythonValue(values[name]))
	}
	return strings.Join(entries, ", ")
}

// pythonValue writes what JSON has; of the rest its text.
func pythonValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case json.Number:
		return v.String()
	case string:
		return pythonText(v)
	case []any:
		var items []string
		for _, item := range v {
			items = append(items, pythonValue(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		return "{" + pythonEntries(v) + "}"
	}
	return pythonText(fmt.Sprint(v))
}

// pythonText writes a text in Python, which reads JSON's escapes too.
func pythonText(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a text has no error
	return strings.TrimSuffix(b.String(), "\n")
}
