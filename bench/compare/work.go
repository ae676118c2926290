package main

import (
	_ "embed"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// A work is what contenders are asked to do.
type work struct {
	name  string
	title string
	base  string // the contender that the others are compared with
	asks  []ask  // in turn
	// visitor says that requests have the cookie of a session of three values, which /set has made.
	visitor bool
	// socket says that it is measured over a socket too.
	socket bool
}

// An ask is one request, and the answer that it must get.
type ask struct {
	method, path string
	want         answer
}

// An answer is what is compared of a response.
type answer struct {
	status int
	media  string // without parameters, in lower case
	body   string
	cookie bool // the session cookie is set
}

const (
	secret = "a secret for the comparison, 32 B"
	token  = "c5b0b8d1c2f04e7ab4e0a1d2c3b4a596"
)

// works returns all of them.
func works() []work {
	ok := func(path string, cookie bool) []ask {
		return []ask{{http.MethodGet, path, answer{http.StatusOK, "text/plain", "ok", cookie}}}
	}
	return []work{
		{name: "text", title: "Static text", base: "net/http", socket: true,
			asks: []ask{{http.MethodGet, "/hello", answer{http.StatusOK, "text/plain", "Hello, World!", false}}}},
		{name: "json", title: "Parameter and JSON", base: "net/http", socket: true,
			asks: []ask{{http.MethodGet, "/users/17", answer{http.StatusOK, "application/json", `{"id":17,"name":"ann"}`, false}}}},
		{name: "github", title: fmt.Sprintf("%d GitHub routes", len(githubRoutes())), base: "net/http", asks: githubAsks()},
		{name: "page", title: "Page of a template", base: "net/http", socket: true,
			asks: []ask{{http.MethodGet, "/rows", answer{http.StatusOK, "text/html", wantPage(), false}}}},
		{name: "read", title: "Session in a cookie, read", base: byHand, visitor: true, socket: true, asks: ok("/read", false)},
		{name: "write", title: "Session in a cookie, written", base: byHand, visitor: true, socket: true, asks: ok("/write", true)},
		{name: "memory-read", title: "Session in memory, read", base: "scs", visitor: true, asks: ok("/read", false)},
		{name: "memory-write", title: "Session in memory, written", base: "scs", visitor: true, asks: ok("/write", false)},
		{name: "redis-read", title: "Session in Redis, read", base: "scs", visitor: true, asks: ok("/read", false)},
		{name: "redis-write", title: "Session in Redis, written", base: "scs", visitor: true, asks: ok("/write", false)},
	}
}

// workNamed returns the work of that name.
func workNamed(name string) (work, error) {
	all := works()
	i := slices.IndexFunc(all, func(w work) bool { return w.name == name })
	if i < 0 {
		return work{}, fmt.Errorf("there is no work %q", name)
	}
	return all[i], nil
}

// github is the public API of GitHub, version 3, without the few routes that net/http's mux refuses as ambiguous.
//
//go:embed github.txt
var github string

// A route is a method and a rule, with its variables in braces.
type route struct{ method, rule string }

func githubRoutes() []route {
	var routes []route
	for line := range strings.Lines(github) {
		method, rule, _ := strings.Cut(strings.TrimSpace(line), " ")
		routes = append(routes, route{method, rule})
	}
	return routes
}

// variable is one in a rule.
var variable = regexp.MustCompile(`\{(\w+)\}`)

// colons returns the rule as gin, echo and fiber write it.
func (r route) colons() string { return variable.ReplaceAllString(r.rule, ":$1") }

// endpoint returns a name for the route.
func (r route) endpoint() string {
	return strings.NewReplacer("/", "_", "{", "", "}", "").Replace(r.method + r.rule)
}

// githubAsks asks for every route with the name of each variable as its value.
func githubAsks() []ask {
	var asks []ask
	for _, r := range githubRoutes() {
		asks = append(asks, ask{r.method, variable.ReplaceAllString(r.rule, "$1"), answer{http.StatusOK, "text/plain", "", false}})
	}
	return asks
}

// A user is what the work "json" answers.
type user struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// A row is one of the page.
type row struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
	Note string `json:"note"`
}

// rows are those of the page. Their notes have what must be escaped.
func rows() []row {
	var list []row
	for i := range 20 {
		list = append(list, row{i + 1, fmt.Sprintf("user %d", i+1), fmt.Sprintf("<b>note</b> %d & more", i+1)})
	}
	return list
}

// wantPage writes the page without any template.
func wantPage() string {
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Rows</title></head>\n<body>\n<main>\n<h1>Rows</h1>\n<table>\n")
	for _, r := range rows() {
		fmt.Fprintf(&b, "<tr><td>%d</td><td><a href=\"/users/%d\">%s</a></td><td>%s</td></tr>\n", r.ID, r.ID, r.Name, html.EscapeString(r.Note))
	}
	b.WriteString("</table>\n</main>\n</body>\n</html>\n")
	return b.String()
}
