package router_test

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/router"
	"github.com/dewar-go/dewar/internal/rule"
)

type uuid [16]byte

func mustParse(t testing.TB, text string) *rule.Rule {
	t.Helper()
	r, err := rule.Parse(text, rule.Builtin(func(id [16]byte) any { return uuid(id) }))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// route makes a route of text like "GET,POST /a/{x}"; without methods it is a GET. A "~" before the rule makes its
// slashes lenient, a "*" for the methods means every method. Data is the text.
func route(t testing.TB, text string) router.Route {
	t.Helper()
	methods, path, ok := strings.Cut(text, " ")
	if !ok {
		methods, path = "GET", text
	}
	strict := !strings.HasPrefix(path, "~")
	r := router.Route{Rule: mustParse(t, strings.TrimPrefix(path, "~")), StrictSlashes: strict, AutoOptions: true, Data: text}
	if methods != "*" {
		r.Methods = strings.Split(methods, ",")
	}
	return r
}

func mustNew(t testing.TB, texts ...string) *router.Router {
	t.Helper()
	var routes []router.Route
	for _, text := range texts {
		routes = append(routes, route(t, text))
	}
	r, err := router.New(routes)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// outcome is all that a result tells.
type outcome struct {
	Kind    router.Kind
	Route   int
	Data    any
	Values  []any
	Path    string // of a redirect
	Allowed []string
}

// match is Match with all values converted. It panics if Find and Otherwise tell something else.
func match(r *router.Router, method, path string) outcome {
	result, spans := r.Match(method, path, nil)
	var room [8]rule.Span
	data, n, missed := r.Find(method, path, room[:])
	switch {
	case data != nil && (result.Kind != router.Found || data != result.Data() || !slices.Equal(room[:n], spans)):
		panic(fmt.Sprintf("%s %s: Find tells %v and %v, Match %v and %v", method, path, data, room[:n], result.Data(), spans))
	case missed && !reflect.DeepEqual(r.Otherwise(method, path, nil), result):
		panic(fmt.Sprintf("%s %s: Match finds %v, which Otherwise does not", method, path, result))
	}
	return converted(result, spans)
}

func converted(result router.Result, spans []rule.Span) outcome {
	o := outcome{Kind: result.Kind, Route: result.Route(), Data: result.Data(), Allowed: result.Allowed()}
	if result.Kind == router.SlashRedirect || result.Kind == router.MergeRedirect {
		o.Path = result.Path
	} else if values := result.Convert(spans); len(values) > 0 {
		o.Values = values
	}
	return o
}

// show writes a result as the tables here do.
func show(r outcome) string {
	switch r.Kind {
	case router.Found:
		return r.Data.(string)
	case router.AutoOptions:
		return "auto " + r.Data.(string) + " " + strings.Join(r.Allowed, ",")
	case router.MethodNotAllowed:
		return "405 " + strings.Join(r.Allowed, ",")
	case router.SlashRedirect:
		return "slash " + r.Path
	case router.MergeRedirect:
		return "merge " + r.Path
	}
	return "404"
}

type request struct{ name, request, want string } // a GET unless it names a method

func check(t *testing.T, r *router.Router, requests []request) {
	t.Helper()
	for _, tt := range requests {
		method, path, ok := strings.Cut(tt.request, " ")
		if !ok || strings.HasPrefix(method, "/") {
			method, path = "GET", tt.request
		}
		result := match(r, method, path)
		if got := show(result); got != tt.want {
			t.Errorf("%s: %s %q: got %q, want %q", tt.name, method, path, got, tt.want)
		}
		if answers := result.Kind == router.Found || result.Kind == router.AutoOptions; answers != (result.Route >= 0) {
			t.Errorf("%s: got route %d for kind %d", tt.name, result.Route, result.Kind)
		}
	}
}

func TestMatchFindsTheRuleOfHighestPriority(t *testing.T) {
	t.Parallel()
	texts := []string{
		"/{p:path}", "/{x}", "/{x:int}", "/static1", "/x{z}", "/{z}y", "/{a}/{b:int}", "/{a:int}/{b}", "/a/b", "/a/{x}",
		"/{p:path}/edit", "/a/{x:int}/c", "/a/{x}/c", "/{l:any(en,de)}/x", "/*",
	}
	requests := []request{
		{"static before variable", "/static1", "/static1"},
		{"int before string", "/7", "/{x:int}"},
		{"string before path", "/seven", "/{x}"},
		{"path for the rest", "/a/b/c/d", "/{p:path}"},
		{"text before the variable first", "/xy", "/x{z}"},
		{"text after the variable", "/zy", "/{z}y"},
		{"static in the second segment", "/a/b", "/a/b"},
		{"variable in the second segment", "/a/z", "/a/{x}"},
		{"first segment decides", "/1/2", "/{a:int}/{b}"},
		{"second segment decides", "/z/2", "/{a}/{b:int}"},
		{"path and text before one segment", "/7/edit", "/{p:path}/edit"},
		{"static before path and text", "/a/edit", "/a/{x}"},
		{"int inside", "/a/7/c", "/a/{x:int}/c"},
		{"string inside", "/a/z/c", "/a/{x}/c"},
		{"any", "/de/x", "/{l:any(en,de)}/x"},
		{"none of any", "/fr/x", "/{p:path}"},
		{"star is text", "/*", "/*"},
		{"path ends in a slash", "/q/", "/{p:path}"},
	}
	random := newRandom(t)
	for range 200 {
		random.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
		check(t, mustNew(t, texts...), requests)
	}
}

func TestMatchFallsThroughToTheNextRule(t *testing.T) {
	t.Parallel()
	r := mustNew(t, "/a/{id:int}", "/{x}/foo", "/n/{n:int(min=5,max=9)}", "/n/{n:int}", "/n/{p:path}",
		"/u/{u:uuid}", "/u/{s:string(length=2)}", "/m/{y:int}-{m:int}", "/m/{s}", "/e/{n:[0-9]+}", "/e/{w:[a-z]+}/x")
	check(t, r, []request{
		{"taken", "/a/7", "/a/{id:int}"},
		{"refused by int", "/a/foo", "/{x}/foo"},
		{"refused by all", "/a/bar", "404"},
		{"in range", "/n/7", "/n/{n:int(min=5,max=9)}"},
		{"out of range", "/n/70", "/n/{n:int}"},
		{"too large for int", "/n/99999999999999999999", "/n/{p:path}"},
		{"not an int", "/n/a/b", "/n/{p:path}"},
		{"string beside uuid", "/u/ab", "/u/{s:string(length=2)}"},
		{"neither", "/u/abc", "404"},
		{"mixed", "/m/2024-05", "/m/{y:int}-{m:int}"},
		{"not mixed", "/m/2024", "/m/{s}"},
		{"expression", "/e/12", "/e/{n:[0-9]+}"},
		{"the other expression", "/e/ab/x", "/e/{w:[a-z]+}/x"},
		{"no expression", "/e/12a", "404"},
		{"empty segment at the end", "/a/", "404"},
	})
}

func TestMatchSlashes(t *testing.T) {
	t.Parallel()
	r := mustNew(t, "/", "/b/", "/leaf", "POST /post/", "/foo/", "/{x}", "/n/{n:int}/", "/both", "POST /both/",
		"~/l/", "~/m/{n:int}", "PUT ~/put/", "/p/{p:path}/", "/two/", "/two", "GET,POST /dir/{d}/")
	check(t, r, []request{
		{"root", "/", "/"},
		{"branch", "/b/", "/b/"},
		{"branch without its slash", "/b", "slash /b/"},
		{"HEAD of it", "HEAD /b", "slash /b/"},
		{"OPTIONS of it", "OPTIONS /b", "slash /b/"},
		{"leaf", "/leaf", "/leaf"},
		{"leaf with a slash", "/leaf/", "404"},
		{"branch before a variable", "/foo", "slash /foo/"},
		{"branch of another method is a variable's", "/post", "/{x}"},
		{"branch of the method", "POST /post", "slash /post/"},
		{"variable branch", "/n/7", "slash /n/7/"},
		{"variable branch refused", "/n/x", "404"},
		{"both forms are rules", "/two", "/two"},
		{"both forms are rules, with the slash", "/two/", "/two/"},
		{"rule of another method does not hide the redirect", "POST /both", "slash /both/"},
		{"rule of the method does", "/both", "/both"},
		{"branch of POST only", "/both/", "405 OPTIONS,POST"},
		{"lenient branch", "/l/", "~/l/"},
		{"lenient branch without its slash", "/l", "~/l/"},
		{"lenient leaf", "/m/7", "~/m/{n:int}"},
		{"lenient leaf with a slash", "/m/7/", "~/m/{n:int}"},
		{"lenient leaf refused", "/m/x/", "404"},
		{"lenient branch allows both forms", "/put/", "405 OPTIONS,PUT"},
		{"path branch", "/p/a/b/", "/p/{p:path}/"},
		{"path branch without its slash", "/p/a/b", "slash /p/a/b/"},
		{"redirect that only POST has", "DELETE /dir/x", "404"},
	})
}

func TestRedirectOfAnotherMethodIsNotFound(t *testing.T) {
	t.Parallel()
	check(t, mustNew(t, "POST /post/"), []request{
		{"GET", "/post", "404"},
		{"POST", "POST /post", "slash /post/"},
		{"GET with the slash", "/post/", "405 OPTIONS,POST"},
	})
}

func TestMatchMergesSlashes(t *testing.T) {
	t.Parallel()
	texts := []string{"/", "/a/b", "/leaf", "/br/", "/p/{p:path}", "/{x:int}/{y:int}", "POST /post/b", "/w/{p:path}/"}
	check(t, mustNew(t, texts...), []request{
		{"inside", "/a//b", "merge /a/b"},
		{"many", "/a////b", "merge /a/b"},
		{"at the beginning matches", "//leaf", "/leaf"},
		{"many at the beginning match", "////leaf", "/leaf"},
		{"only slashes", "///", "/"},
		{"at both places", "//a//b", "merge /a/b"},
		{"at the end of a leaf", "/leaf//", "404"},
		{"at the end of a branch", "/br//", "merge /br/"},
		{"beginning and a branch", "//br", "slash /br/"},
		{"inside and a branch", "/w//x", "merge /w/x/"},
		{"a path keeps its slashes", "/p/a//b", "/p/{p:path}"},
		{"a path does not begin with one", "/p//a", "merge /p/a"},
		{"between variables", "/1//2", "merge /1/2"},
		{"refused after the merge", "/1//x", "404"},
		{"other method", "/post//b", "405 OPTIONS,POST"},
		{"path branch with two", "/w/x//", "merge /w/x/"},
		{"nothing", "/c//d", "404"},
		{"OPTIONS", "OPTIONS /a//b", "merge /a/b"},
	})
}

func TestRedirectsStayOnTheSite(t *testing.T) {
	t.Parallel()
	r := mustNew(t, "/{p:path}/", "/{x}/y/")
	for _, path := range []string{"//evil.example", "///evil.example", "//evil.example//x", "//evil.example/y", "/x//y"} {
		got := match(r, "GET", path)
		if got.Kind != router.SlashRedirect && got.Kind != router.MergeRedirect {
			t.Errorf("%q: got %q, want a redirect", path, show(got))
		}
		if strings.HasPrefix(got.Path, "//") || !strings.HasPrefix(got.Path, "/") {
			t.Errorf("%q: redirected to %q", path, got.Path)
		}
	}
}

func TestMatchMethods(t *testing.T) {
	t.Parallel()
	r := mustNew(t, "/a", "POST,PUT /a", "HEAD /h", "GET /h", "OPTIONS /o", "GET /o", "PROPFIND,MKCOL /dav/{p:path}",
		"GET /u/{n:int}", "POST /u/{s}", "* /any/{x}", "DELETE /any/{x:int}", "get /lower")
	check(t, r, []request{
		{"GET", "GET /a", "/a"},
		{"another", "PUT /a", "POST,PUT /a"},
		{"HEAD with GET", "HEAD /a", "/a"},
		{"own HEAD", "HEAD /h", "HEAD /h"},
		{"own HEAD leaves GET alone", "GET /h", "GET /h"},
		{"no such method", "DELETE /a", "405 GET,HEAD,OPTIONS,POST,PUT"},
		{"unknown method", "BREW /a", "405 GET,HEAD,OPTIONS,POST,PUT"},
		{"empty method", " /a", "405 GET,HEAD,OPTIONS,POST,PUT"},
		{"methods have case", "get /a", "405 GET,HEAD,OPTIONS,POST,PUT"},
		{"any name", "get /lower", "get /lower"},
		{"automatic OPTIONS", "OPTIONS /a", "auto /a GET,HEAD,OPTIONS,POST,PUT"},
		{"own OPTIONS", "OPTIONS /o", "OPTIONS /o"},
		{"methods of WebDAV", "PROPFIND /dav/x/y", "PROPFIND,MKCOL /dav/{p:path}"},
		{"others of WebDAV", "GET /dav/x/y", "405 MKCOL,OPTIONS,PROPFIND"},
		{"allowed by both rules", "PUT /u/7", "405 GET,HEAD,OPTIONS,POST"},
		{"allowed by one rule", "PUT /u/x", "405 OPTIONS,POST"},
		{"OPTIONS of the narrower rule", "OPTIONS /u/7", "auto GET /u/{n:int} GET,HEAD,OPTIONS,POST"},
		{"OPTIONS of the only rule", "OPTIONS /u/x", "auto POST /u/{s} OPTIONS,POST"},
		{"every method", "BREW /any/x", "* /any/{x}"},
		{"every method but the narrower rule's", "DELETE /any/7", "DELETE /any/{x:int}"},
		{"every method beside the narrower rule", "GET /any/7", "* /any/{x}"},
		{"OPTIONS of the narrower rule before every method", "OPTIONS /any/7",
			"auto DELETE /any/{x:int} DELETE,GET,HEAD,MKCOL,OPTIONS,POST,PROPFIND,PUT,get"},
		{"no path", "GET /nothing", "404"},
		{"OPTIONS of no path", "OPTIONS /nothing", "404"},
		{"star", "OPTIONS *", "404"},
		{"empty path", "GET ", "404"},
		{"no slash", "GET a", "404"},
	})
}

func TestWithoutAutoOptionsItIsNotAllowed(t *testing.T) {
	t.Parallel()
	plain := router.Route{Rule: mustParse(t, "/a"), Methods: []string{"GET"}}
	r, err := router.New([]router.Route{plain})
	if err != nil {
		t.Fatal(err)
	}
	if got := show(match(r, "OPTIONS", "/a")); got != "405 GET,HEAD" {
		t.Errorf("got %q, want %q", got, "405 GET,HEAD")
	}
}

func TestMatchDecodedPaths(t *testing.T) {
	t.Parallel()
	r := mustNew(t, "/s/{x}", "/n/{n:int}", "/p/{p:path}", "/x", "GET /a b/{x}", "/{l:[a-z]+}/end")
	check(t, r, []request{
		{"space", "GET /s/a b", "/s/{x}"},
		{"decoded slash is a slash", "GET /s/a/b", "404"},
		{"percent stays", "GET /s/%2e", "/s/{x}"},
		{"NUL", "GET /s/\x00", "/s/{x}"},
		{"not UTF-8", "GET /s/\xff", "/s/{x}"},
		{"braces", "GET /s/{x}", "/s/{x}"},
		{"star", "GET /s/*", "/s/{x}"},
		{"dots in a path", "GET /p/../..//x", "/p/{p:path}"},
		{"line break after static text", "GET /x\n", "404"},
		{"line break after an int", "GET /n/1\n", "404"},
		{"line break after an expression", "GET /abc\n/end", "404"},
		{"space in static text", "GET /a b/c", "GET /a b/{x}"},
	})
}

func TestMatchGivesValues(t *testing.T) {
	t.Parallel()
	r := mustNew(t, "/{a:int}/{b}/{c:path}", "/{y:int}-{m:int}", "/o/{x:float}", "~/s/{n:int}")
	for _, tt := range []struct {
		path string
		want []any
	}{
		{"/1/two/3/4", []any{1, "two", "3/4"}},
		{"/2024-05", []any{2024, 5}},
		{"/o/1.5", []any{1.5}},
		{"/s/3/", []any{3}},
		{"/1/two/3//4", []any{1, "two", "3//4"}},
	} {
		if got := match(r, "GET", tt.path).Values; !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: got %#v, want %#v", tt.path, got, tt.want)
		}
	}
	if got := match(r, "OPTIONS", "/o/1.5").Values; !reflect.DeepEqual(got, []any{1.5}) {
		t.Errorf("OPTIONS: got %#v, want 1.5", got)
	}
}

func TestNewRefusesRoutesWithoutRuleOrMethodName(t *testing.T) {
	t.Parallel()
	for _, bad := range []router.Route{{}, {Rule: mustParse(t, "/a"), Methods: []string{""}}} {
		_, err := router.New([]router.Route{route(t, "/b"), bad})
		if err == nil || !strings.Contains(err.Error(), "route 1") {
			t.Errorf("got %v, want an error about route 1", err)
		}
	}
}

func TestNoRoutes(t *testing.T) {
	t.Parallel()
	check(t, mustNew(t), []request{{"path", "/a", "404"}, {"slashes", "//a//", "404"}})
}

func TestMatchFallsThroughFromManyRulesToMany(t *testing.T) {
	t.Parallel()
	texts := []string{"/{p:path}"}
	for i := range 10 { // enough for chi's tree, in both places
		texts = append(texts, fmt.Sprintf("/a/{n:int}/s%d", i), fmt.Sprintf("/{x}/{y}/s%d", i), fmt.Sprintf("/{x}-{y}/z%d", i))
	}
	check(t, mustNew(t, texts...), []request{
		{"longer text", "/a/7/s3", "/a/{n:int}/s3"},
		{"refused there", "/a/x/s3", "/{x}/{y}/s3"},
		{"shorter text", "/b/x/s3", "/{x}/{y}/s3"},
		{"complex", "/b-c/z3", "/{x}-{y}/z3"},
		{"refused everywhere but by the path", "/a/7/s10", "/{p:path}"},
		{"empty segment", "/a//s3", "/{p:path}"},
	})
}

func TestManySiblingsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	var texts []string
	for i := range 40 { // more than a sort of chi's keeps in order
		texts = append(texts, "/{x:string(minlength="+strconv.Itoa(i+2)+",maxlength=50)}/{y}")
	}
	texts = append(texts, "/{x:int}/{y}", "/{x}/{y}", "/{p:path}")
	random, path := newRandom(t), "/"+strings.Repeat("a", 10)+"/b"
	want := slices.MinFunc(texts, func(a, b string) int {
		if matchA, matchB := matches(t, a, path), matches(t, b, path); matchA != matchB {
			if matchA {
				return -1
			}
			return 1
		}
		return rule.Compare(mustParse(t, a), mustParse(t, b))
	})
	for range 20 {
		random.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
		if got := show(match(mustNew(t, texts...), "GET", path)); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
}

func matches(t *testing.T, text, path string) bool {
	_, ok := mustParse(t, text).Match(path, nil)
	return ok
}
