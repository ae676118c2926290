package rule

import (
	"fmt"
	"slices"
	"strings"
)

// Target is where requests for a rule are redirected to: a path that may have variables of the rule, or a whole URL with
// such a path.
type Target struct {
	base  string // scheme and host, or ""
	path  string
	query string // with its question mark
	rule  *Rule
}

// NewTarget splits text. It reports whether text is a path that begins with one slash, or a whole URL whose variables
// are in its path.
func NewTarget(text string) (t Target, ok bool) {
	t.path = text
	if scheme, rest, whole := strings.Cut(text, "://"); whole && !strings.ContainsAny(scheme, "/?#{") {
		host, path, _ := strings.Cut(rest, "/")
		t.base, t.path = scheme+"://"+host, "/"+path
	}
	path, query, found := strings.Cut(t.path, "?")
	if t.path = path; found && query != "" {
		t.query = "?" + query
	}
	return t, strings.HasPrefix(text, "/") != (t.base != "") && !strings.HasPrefix(text, "//") && !strings.ContainsAny(t.base, "{}")
}

// Bind returns t with the path read by the converters of set. All its variables must be among names, which are those of
// the rule from.
func (t Target) Bind(set Set, from string, names []string) (*Target, error) {
	var err error
	if t.rule, err = Parse(t.path, set); err != nil {
		return nil, fmt.Errorf("RedirectRule: %w", err)
	}
	for _, name := range t.rule.Variables() {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("RedirectRule(%q): rule %q has no variable %q; its variables are %q", t.base+t.path, from, name, names)
		}
	}
	return &t, nil
}

// Build returns the URL with the values that get knows and the query of the request added. A path goes below prefix.
func (t *Target) Build(get func(name string) (any, bool), prefix, query string) (string, error) {
	path, _, err := t.rule.Build(get)
	if err != nil {
		return "", err
	}
	if t.base != "" {
		prefix = t.base
	}
	switch target := prefix + path + t.query; {
	case query == "":
		return target, nil
	case t.query == "":
		return target + "?" + query, nil
	default:
		return target + "&" + query, nil
	}
}
