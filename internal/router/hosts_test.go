package router_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/router"
	"github.com/dewar-go/dewar/internal/rule"
)

func converters() rule.Set { return rule.Builtin(func(id [16]byte) any { return uuid(id) }) }

// place parses "host" and "below ." as the options do.
func place(t testing.TB, text string) *router.Place {
	t.Helper()
	pattern, below := strings.CutSuffix(text, " below")
	p, err := router.NewPlace(pattern, below)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// mustHosts makes the Hosts of pairs of a place and a route.
func mustHosts(t testing.TB, pairs ...string) *router.Hosts {
	t.Helper()
	var routes []router.HostRoute
	for i := 0; i < len(pairs); i += 2 {
		p := place(t, pairs[i])
		parsed, err := p.Parse(converters())
		if err != nil {
			t.Fatal(err)
		}
		r := route(t, pairs[i+1])
		r.Data = pairs[i] + " " + pairs[i+1]
		routes = append(routes, router.HostRoute{Route: r, Pattern: p.Pattern("example.com"), Shape: p.Shape(parsed)})
	}
	hosts, err := router.NewHosts(routes, converters())
	if err != nil {
		t.Fatal(err)
	}
	return hosts
}

func TestHostsAreAskedInOrder(t *testing.T) {
	t.Parallel()
	hosts := mustHosts(t,
		"", "/",
		"", "/only",
		"{any}.example.com", "/",
		"{user:int}.example.com", "/",
		"www.example.com", "/",
		"www.example.com:8080", "/",
		"{any}.example.com:8080", "/port",
		"api below", "/",
		"api below", "POST /only",
		" below", "/",
		"{any}.example.com", "/b/",
	)
	for _, tt := range []struct{ name, port, method, path, want string }{
		{"www.example.com", "", "GET", "/", "www.example.com / []"},
		{"www.example.com", "8080", "GET", "/", "www.example.com:8080 / []"},
		{"www.example.com", "81", "GET", "/", "www.example.com / []"},
		{"www.example.com", "8080", "GET", "/port", "{any}.example.com:8080 /port [www]"},
		{"www.example.com", "", "GET", "/port", "404"},
		{"7.example.com", "", "GET", "/", "{user:int}.example.com / [7]"},
		{"x.example.com", "", "GET", "/", "{any}.example.com / [x]"},
		{"api.example.com", "", "GET", "/", "api below / []"},
		{"api.example.com", "", "GET", "/only", " /only []"},
		{"api.example.com", "", "PUT", "/only", "405 GET,HEAD,OPTIONS,POST"},
		{"example.com", "", "GET", "/", " below / []"},
		{"x.example.com", "", "GET", "/b", "redirect /b/"},
		{"elsewhere.test", "", "GET", "/", " / []"},
		{"elsewhere.test", "", "GET", "//only", " /only []"},
		{"elsewhere.test", "", "GET", "/none", "404"},
	} {
		result := converted(hosts.Match(tt.name, tt.port, tt.method, tt.path, nil))
		var got string
		switch result.Kind {
		case router.Found:
			got = fmt.Sprint(result.Data, " ", result.Values)
		case router.SlashRedirect, router.MergeRedirect:
			got = "redirect " + result.Path
		case router.MethodNotAllowed:
			got = "405 " + strings.Join(result.Allowed, ",")
		default:
			got = "404"
		}
		if got != tt.want {
			t.Errorf("%s:%s %s %s: got %q, want %q", tt.name, tt.port, tt.method, tt.path, got, tt.want)
		}
	}
}

func TestHostsMatterOnlyIfARouteHasOne(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pairs []string
		want  bool
	}{
		{nil, false},
		{[]string{"", "/"}, false},
		{[]string{"", "/", "a.test", "/"}, true},
		{[]string{"{any}", "/"}, true},
	} {
		if got := mustHosts(t, tt.pairs...).Matter(); got != tt.want {
			t.Errorf("%q: got %v, want %v", tt.pairs, got, tt.want)
		}
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ place, text, pattern string }{
		{"API.Example.com", `Host("api.example.com")`, "api.example.com"},
		{"{User}.Example.com:80", `Host("{User}.example.com:80")`, "{User}.example.com:80"},
		{"API below", `Subdomain("api")`, "api.example.com"},
		{" below", `Subdomain("")`, "example.com"},
	} {
		p := place(t, tt.place)
		if p.String() != tt.text || p.Pattern("example.com") != tt.pattern {
			t.Errorf("%q: got %s and %q, want %s and %q", tt.place, p, p.Pattern("example.com"), tt.text, tt.pattern)
		}
	}
	var nowhere *router.Place
	shapes := []string{nowhere.Shape(nil), place(t, "").Shape(nil), place(t, " below").Shape(nil)}
	if !nowhere.Everywhere() || !place(t, "").Everywhere() || place(t, " below").Everywhere() || !slices.Equal(shapes, []string{"", "", "."}) {
		t.Errorf("shapes %q; want a nil place and Host(\"\") to be everywhere, and Subdomain(\"\") not", shapes)
	}
	for _, bad := range []string{"a/b", "a b", "a@b", "a?b", "a#b", "a\\b", "{x}/"} {
		if _, err := router.NewPlace(bad, false); err == nil {
			t.Errorf("%q was taken for a host", bad)
		}
	}
}

func TestPlacesWithin(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ inner, outer, want string }{
		{"a below", "b below", "a.b.example.com"},
		{" below", "b below", "b.example.com"},
		{"a below", " below", "a.example.com"},
		{"a.test", "b below", "a.test"},
		{"a below", "b.test", "a.example.com"},
	} {
		if got := place(t, tt.inner).Within(place(t, tt.outer)).Pattern("example.com"); got != tt.want {
			t.Errorf("%q within %q: got %q, want %q", tt.inner, tt.outer, got, tt.want)
		}
	}
	var none *router.Place
	if got := none.Within(place(t, "b.test")).Pattern(""); got != "b.test" || place(t, "a.test").Within(none).Pattern("") != "a.test" {
		t.Errorf("got %q, want the place that there is", got)
	}
}
