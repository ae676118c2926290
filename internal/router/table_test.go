package router_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/router"
	"github.com/dewar-go/dewar/internal/rule"
)

// TestEachTreeIsAskedOnce counts chi's Finds: one for what is found or missed, and for what is not allowed one for each table of
// methods.
func TestEachTreeIsAskedOnce(t *testing.T) {
	t.Parallel()
	texts := numbered("/{x}/r%d/{id:int}", 20)
	texts = append(texts, numbered("POST /{x}/r%d/{id:int}", 20)...)
	texts = append(texts, numbered("PUT,PATCH /{x}/p%d/{rest:path}", 20)...) // both have the same, which is one table
	texts = append(texts, "/static", "/{x}/b/", "/{x}/{y}-{z}", "/{a:[a-z]+}/e/{b}", "/{b}/e/{c:int}")
	r := mustNew(t, texts...).WithTrees()
	for _, tt := range []struct {
		name, request string
		kind          router.Kind
		finds         int
	}{
		{"found", "GET /a/r7/12", router.Found, 1},
		{"a static one needs no tree", "GET /static", router.Found, 0},
		{"found by HEAD", "HEAD /a/r7/12", router.Found, 1},
		{"a path", "PUT /a/p7/x/y/z", router.Found, 1},
		{"a redirect for a slash", "GET /a/b", router.SlashRedirect, 1},
		{"a redirect to merged slashes", "GET /a//r7//12", router.MergeRedirect, 2},
		{"for no method", "GET /a/nothing", router.NotFound, 4}, // GET and HEAD, POST, PUT and PATCH, OPTIONS
		{"refused for every method", "GET /a/r7/x", router.NotFound, 4},
		{"refused, and another rule has it", "GET /5/e/6", router.Found, 1},
		{"allowed for another method", "GET /a/p7/x", router.MethodNotAllowed, 4},
		{"allowed for other methods than an unknown one", "BREW /a/r7/12", router.MethodNotAllowed, 4},
		{"OPTIONS", "OPTIONS /a/r7/12", router.AutoOptions, 4},
		{"too deep", "GET /a" + strings.Repeat("/a", 1<<19), router.NotFound, 4},
	} {
		method, path, _ := strings.Cut(tt.request, " ")
		if got, _ := r.Match(method, path, nil); got.Kind != tt.kind {
			t.Errorf("%s: got kind %d, want %d", tt.name, got.Kind, tt.kind)
		}
		if finds, _ := r.Work(method, path); finds != tt.finds {
			t.Errorf("%s: a tree was asked %d times, want %d", tt.name, finds, tt.finds)
		}
	}
}

// TestManyRulesAreFewSteps has rules that all begin alike, so that nothing but their order tells where to begin.
func TestManyRulesAreFewSteps(t *testing.T) {
	t.Parallel()
	const most = 12
	long := strings.Repeat("a", 1<<20)
	for _, set := range []struct {
		name    string
		rules   int
		formats []string
		asks    []string // a "!" before those that are not found
	}{
		{"a variable first", 50_000, []string{"/{x}/r%d/{id:int}"},
			[]string{"/a/r7/12", "/a/r49999/12", "!/a/r7/x", "!/a/r50000/1", "!/a", "!/" + long, "/" + long + "/r7/1", "!/" + strings.Repeat("a/", 1<<19)}},
		{"a converter first", 5_000, []string{"/{x:int}/r%d/{id:int}"}, []string{"/5/r7/12", "!/x/r7/12", "!/5/r7/x", "!/5/nothing"}},
		{"several converters first", 5_000, []string{"/{x:int}/r%d", "/{x:any(a,b)}/r%d", "/{x}/r%d"}, []string{"/5/r7", "/a/r1600", "/x/r7", "!/x/nothing"}},
		{"an expression first", 5_000, []string{"/{x:[a-z]+}/r%d"}, []string{"/ann/r7", "!/5/r7", "!/ann/nothing"}},
		{"only variables after it", 5_000, []string{"/{x}/r%d/{a}", "/{x}/{y}/r%d"}, []string{"/a/r7/b", "/a/b/r7", "/a/r7/r8", "!/a/b/c"}},
		{"text behind a variable", 5_000, []string{"/{x}-r%d/{y}"}, []string{"/a-r7/b", "!/a-x/b", "!/" + long + "/b"}},
		{"text before a variable", 5_000, []string{"/r%d-{x}/{y}"}, []string{"/r7-a/b", "/r4999-a/b", "!/r50000-a/b"}},
		{"a path first", 5_000, []string{"/{x:path}/r%d"}, []string{"/a/b/c/r7", "!/a/b/c/r50000", "!/" + strings.Repeat("a/", 1<<19)}},
		{"a slash is missing", 5_000, []string{"/{x}/r%d/"}, []string{"/a/r7/", "/a/r7"}},
	} {
		t.Run(set.name, func(t *testing.T) {
			t.Parallel()
			var texts []string
			for _, format := range set.formats {
				texts = append(texts, numbered(format, set.rules/len(set.formats))...)
			}
			r := mustNew(t, texts...)
			for _, ask := range set.asks {
				path, missed := strings.CutPrefix(ask, "!")
				if got, _ := r.Match("GET", path, nil); (got.Kind == router.NotFound) != missed {
					t.Errorf("%.60q: got kind %d", path, got.Kind)
				}
				if _, steps := r.Work("GET", path); steps > most {
					t.Errorf("%.60q: looked at %d forks and entries, want %d at most", path, steps, most)
				}
			}
		})
	}
}

// TestTreesLeadToWhatFindsManyWays has chi lead to a fork of many ways behind texts that are one run where there is no tree.
func TestTreesLeadToWhatFindsManyWays(t *testing.T) {
	t.Parallel()
	r := mustNew(t, numbered("/{x}/a/b/c/r%d-{y}", 500)...).WithTrees()
	for path, kind := range map[string]router.Kind{"/x/a/b/c/r499-y": router.Found, "/x/a/b/c/r500-y": router.NotFound, "/x/a/b/c": router.NotFound} {
		if got, _ := r.Match("GET", path, nil); got.Kind != kind {
			t.Errorf("%q: got kind %d, want %d", path, got.Kind, kind)
		}
		if _, steps := r.Work("GET", path); steps > 12 {
			t.Errorf("%q: looked at %d forks and entries, want 12 at most", path, steps)
		}
	}
}

// aware counts how often it parses.
type aware struct{ parsed *int }

func (aware) Pattern() string { return `[a-z]+` }
func (a aware) Parse(text string) (any, error) {
	*a.parsed++
	if text == "no" {
		return nil, fmt.Errorf("no")
	}
	return text, nil
}
func (aware) Format(value any) (string, error) { return value.(string), nil }

// TestOwnConvertersAreAskedOnce asks converters that are not built in, of rules that several tables have.
func TestOwnConvertersAreAskedOnce(t *testing.T) {
	t.Parallel()
	parsed := 0
	set := rule.Builtin(func(id [16]byte) any { return id })
	set["aware"] = rule.Fixed(aware{&parsed})
	var routes []router.Route
	for i, text := range append(numbered("/r%d/{a:aware}/{n:int}", 20), "/x/{a:aware}", "/y/{a:aware}/{b:aware}", "/z/{a:aware}/", "/{any}/{n:int}") {
		r, err := rule.Parse(text, set)
		if err != nil {
			t.Fatal(err)
		}
		routes = append(routes, router.Route{Rule: r, Methods: []string{[]string{"GET", "POST"}[i%2]}, StrictSlashes: true, AutoOptions: true})
	}
	forks, err := router.New(routes)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, request string
		kind          router.Kind
		parsed        int
	}{
		{"found", "GET /r0/a/7", router.Found, 1},
		{"the form does not fit", "GET /r0/a/x", router.NotFound, 0},
		{"refused", "GET /x/no", router.NotFound, 1},
		{"two of them", "POST /y/a/b", router.Found, 2},
		{"the second refuses", "POST /y/a/no", router.NotFound, 2},
		{"a redirect does not need the value", "GET /z/a", router.SlashRedirect, 1},
		{"not allowed", "PUT /x/a", router.MethodNotAllowed, 1},
		{"OPTIONS", "OPTIONS /x/a", router.AutoOptions, 1},
		{"no expression", "GET /x/7", router.MethodNotAllowed, 0},
	} {
		for name, r := range map[string]*router.Router{"forks": forks, "trees": forks.WithTrees()} {
			parsed = 0
			method, path, _ := strings.Cut(tt.request, " ")
			if got, _ := r.Match(method, path, nil); got.Kind != tt.kind || parsed != tt.parsed {
				t.Errorf("%s, %s: got kind %d after %d values were parsed, want %d after %d", name, tt.name, got.Kind, parsed, tt.kind, tt.parsed)
			}
		}
	}
}
