package dewar

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/rule"
)

// RedirectRule makes a route that redirects with 308 to target, a path or a whole URL whose variables are
// those of the rule: the handler of app.Route("/old/{id:int}", nil, dewar.RedirectRule("/new/{id}")) is nil.
// A path begins with a slash and is below APPLICATION_ROOT. The values are escaped, so they can change
// nothing but the part of the path where they stand; the query of the request is kept. A variable whose value
// may have slashes is written {name:path} in target too. It panics on a target that is neither, and Route on
// a variable that the rule has not.
func RedirectRule(target string) RouteOption {
	base, path := splitTarget(target)
	if base == "" && !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//") || strings.ContainsAny(base, "{}") {
		panic(fmt.Sprintf("dewar: %s: RedirectRule(%q): write a path that begins with one slash, or a whole URL with variables in its path only", callsite.Site(), target))
	}
	return routeOption(func(spec *routeSpec) { spec.redirect = &redirectRule{base: base, path: path} })
}

// A redirectRule is where a route redirects to.
type redirectRule struct {
	base   string // scheme and host, or ""
	path   string
	query  string // with its question mark
	parsed *rule.Rule
}

// splitTarget splits a URL before its path, which is "/" if there is none.
func splitTarget(target string) (base, path string) {
	scheme, rest, whole := strings.Cut(target, "://")
	if !whole || strings.ContainsAny(scheme, "/?#{") {
		return "", target
	}
	host, path, _ := strings.Cut(rest, "/")
	return scheme + "://" + host, "/" + path
}

// bindRedirect reads where r redirects to and makes the handler that does it.
func (app *App) bindRedirect(r *boundRoute) error {
	to := *r.spec.redirect
	to.path, to.query, _ = strings.Cut(to.path, "?")
	if to.query != "" {
		to.query = "?" + to.query
	}
	parsed, err := rule.Parse(to.path, app.converters)
	if err != nil {
		return fmt.Errorf("RedirectRule: %w", err)
	}
	for _, name := range parsed.Variables() {
		if !slices.Contains(r.names, name) {
			return fmt.Errorf("RedirectRule(%q): rule %q has no variable %q; its variables are %q", to.base+to.path, r.Rule, name, r.names)
		}
	}
	to.parsed = parsed
	r.handler = to.answer
	return nil
}

func (to *redirectRule) answer(c *Context) error {
	path, _, err := to.parsed.Build((*paramSource)(c).Lookup)
	if err != nil {
		return fmt.Errorf("dewar: redirect of %s: %w", c.route.Site, err)
	}
	if to.base == "" {
		path = c.settings.rootPrefix + path
	}
	target := to.base + path + to.query
	if query := c.born.URL.RawQuery; query != "" {
		target += map[bool]string{true: "&", false: "?"}[to.query != ""] + query
	}
	return c.Status(http.StatusPermanentRedirect).Redirect(target)
}

// answerRedirect answers with a 308 to a decoded path, which begins with exactly one slash and so stays on
// the site. The query is kept.
func answerRedirect(path string) Handler {
	return answerEscapedRedirect((&url.URL{Path: path}).EscapedPath())
}

func answerEscapedRedirect(path string) Handler {
	return func(c *Context) error {
		target := c.settings.rootPrefix + path
		if c.born.URL.RawQuery != "" {
			target += "?" + c.born.URL.RawQuery
		}
		return c.Status(http.StatusPermanentRedirect).Redirect(target)
	}
}

// canonicalRoutes returns the routes whose defaults may say the same as values of r do: those of its
// endpoint that are tried before it when a URL is built and take the same names.
func (app *App) canonicalRoutes(r *boundRoute) []*boundRoute {
	if r.Endpoint == "" || len(app.endpoints[r.Endpoint]) < 2 {
		return nil
	}
	var list []*boundRoute
	for _, other := range app.endpoints[r.Endpoint] {
		if len(other.defaults) > len(r.defaults) && !other.spec.buildOnly && other.hostShape() == r.hostShape() &&
			slices.Equal(other.arguments, r.arguments) {
			list = append(list, other)
		}
	}
	slices.SortStableFunc(list, func(a, b *boundRoute) int { return len(b.defaults) - len(a.defaults) })
	return list
}

// canonicalPath returns the escaped path of the route whose defaults are the values of this request, or "".
func (r *boundRoute) canonicalPath(method string, values []any) string {
	lookup := func(key string) (any, bool) { return r.valueOf(values, key) }
	for _, other := range r.canonical {
		if !slices.Contains(other.Methods, method) || !agrees(lookup, other.defaults) {
			continue
		}
		if path, missing, err := other.rule.Build(lookup); err == nil && missing == nil {
			return path
		}
	}
	return ""
}

// agrees reports whether lookup finds the same value for every one of fixed.
func agrees(lookup func(string) (any, bool), fixed Map) bool {
	for name, want := range fixed {
		if got, ok := lookup(name); !ok || fmt.Sprint(got) != fmt.Sprint(want) {
			return false
		}
	}
	return true
}
