package router_test

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/router"
	"github.com/dewar-go/dewar/internal/rule"
)

var seedFlag = flag.Uint64("seed", 0, "seed of the random tests, 0 for a new one")

// newRandom returns a source of numbers whose seed is logged.
func newRandom(t testing.TB) *rand.Rand {
	t.Helper()
	seed := cmp.Or(*seedFlag, rand.Uint64())
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// reference is a router that tries every rule in order.
type reference struct {
	routes  []twoForms // in the order of their rules
	methods []string   // those that routes answer by name, sorted
}

// twoForms is a route and its rule with or without a slash that it answers too, nil if there is none.
type twoForms struct {
	router.Route
	other *rule.Rule
}

func newReference(routes []router.Route) reference {
	f := reference{}
	for _, r := range routes {
		form := twoForms{Route: r}
		if !r.StrictSlashes || r.Rule.Branch() {
			form.other = r.Rule.WithSlash(!r.Rule.Branch())
		}
		f.routes = append(f.routes, form)
	}
	slices.SortStableFunc(f.routes, func(a, b twoForms) int { return rule.Compare(a.Rule, b.Rule) })
	for _, method := range methods {
		if slices.ContainsFunc(routes, func(r router.Route) bool { return len(r.Methods) > 0 && answers(r, method) }) {
			f.methods = append(f.methods, method)
		}
	}
	return f
}

// lists reports whether the route names method, or every one.
func lists(r router.Route, method string) bool {
	return len(r.Methods) == 0 || slices.Contains(r.Methods, method)
}

// answers reports whether the route lists method or another one that brings it.
func answers(r router.Route, method string) bool {
	return lists(r, method) || method == "HEAD" && lists(r, "GET") || method == "OPTIONS" && r.AutoOptions
}

// first returns the first route that answers method at path, and whether by a redirect.
func (f reference) first(method, path string, redirects bool) (found router.Route, values []any, redirect, ok bool) {
	for _, r := range f.routes {
		if !answers(r.Route, method) {
			continue
		}
		if values, ok := r.Rule.Match(path, nil); ok {
			return f.lister(r, method, false), values, false, true
		}
		if r.other == nil || r.Rule.Branch() && strings.HasSuffix(path, "/") {
			continue
		}
		values, ok := r.other.Match(path, nil)
		if !ok || f.has(r.other.Shape(), method) {
			continue
		}
		if lister := f.lister(r, method, true); redirects || !lister.StrictSlashes {
			return lister, values, lister.StrictSlashes, true
		}
	}
	return found, nil, false, false
}

// has reports whether a rule of this shape answers method.
func (f reference) has(shape, method string) bool {
	return slices.ContainsFunc(f.routes, func(r twoForms) bool {
		return r.Rule.Shape() == shape && answers(r.Route, method)
	})
}

// lister returns the first route of r's shape that names method, or else the first that has every method, or else the
// first that answers it; with another form if that is asked.
func (f reference) lister(r twoForms, method string, other bool) router.Route {
	var all, answerer *router.Route
	for _, candidate := range f.routes {
		if candidate.Rule.Shape() != r.Rule.Shape() || other && candidate.other == nil {
			continue
		}
		if slices.Contains(candidate.Methods, method) {
			return candidate.Route
		}
		if all == nil && len(candidate.Methods) == 0 {
			all = &candidate.Route
		}
		if answerer == nil && answers(candidate.Route, method) {
			answerer = &candidate.Route
		}
	}
	return *cmp.Or(all, answerer)
}

// allowed returns the methods that are found at one of paths.
func (f reference) allowed(paths ...string) []string {
	var allowed []string
	for _, method := range f.methods {
		if slices.ContainsFunc(paths, func(path string) bool {
			_, _, _, ok := f.first(method, path, false)
			return ok
		}) {
			allowed = append(allowed, method)
		}
	}
	return allowed
}

// match returns what the router should.
func (f reference) match(method, path string) outcome {
	path = "/" + strings.TrimLeft(path, "/")
	found, values, redirect, ok := f.first(method, path, true)
	switch {
	case redirect:
		return outcome{Kind: router.SlashRedirect, Route: -1, Data: found.Data, Path: path + "/"}
	case ok && method == "OPTIONS" && !lists(found, method):
		return outcome{Kind: router.AutoOptions, Data: found.Data, Values: values, Allowed: f.allowed(path)}
	case ok:
		return outcome{Kind: router.Found, Data: found.Data, Values: values}
	}
	merged := path
	for strings.Contains(merged, "//") {
		merged = strings.ReplaceAll(merged, "//", "/")
	}
	found, _, redirect, ok = f.first(method, merged, true)
	switch {
	case redirect:
		return outcome{Kind: router.MergeRedirect, Route: -1, Data: found.Data, Path: merged + "/"}
	case ok:
		return outcome{Kind: router.MergeRedirect, Route: -1, Data: found.Data, Path: merged}
	}
	if allowed := f.allowed(path, merged); allowed != nil {
		return outcome{Kind: router.MethodNotAllowed, Route: -1, Allowed: allowed}
	}
	return outcome{Route: -1}
}

// even refuses odd lengths, which its pattern does not tell; wide weighs more than a path; tail takes slashes and, by
// its pattern, nothing too.
type even struct{}

func (even) Pattern() string { return `[a-z0-9]+` }
func (even) Parse(text string) (any, error) {
	if len(text)%2 != 0 {
		return nil, fmt.Errorf("odd")
	}
	return text, nil
}
func (even) Format(value any) (string, error) { return value.(string), nil }

type wide struct{ even }

func (wide) Weight() int { return 300 }

type tail struct{}

func (tail) Pattern() string                  { return `[a-b/-]*` }
func (tail) Slashes() bool                    { return true }
func (tail) Parse(text string) (any, error)   { return text, nil }
func (tail) Format(value any) (string, error) { return value.(string), nil }

// methods are what random routes answer and requests ask for.
var methods = []string{"BREW", "GET", "HEAD", "OPTIONS", "POST"}

// pieces are the segments of random rules; each # becomes a name.
var pieces = []string{
	"a", "b", "ab", "5", "a*", "*", "a", "b",
	"{#}", "{#}", "{#:int}", "{#:int}", "{#:path}", "{#:path}", "{#:float}", "{#:any(a,b)}", "{#:int(min=3,max=7)}",
	"{#:int(min=3)}", "{#:string(length=2)}", "{#:string(minlength=2)}", "{#:[0-9]+}", "{#:[a-z]*}", "{#:a|b}",
	"{#:[a-z]{1,2}}", `{#:[^\{]+}`, "a{#}", "{#}b", "{#}-{#}", "{#:int}-{#}", "{#:path}-{#}", "a{#:path}",
	"{#:even}", "{#:wide}", "{#:tail}",
}

// siblings are many that stand in one place with texts around them.
var siblings = []string{
	"a{#}", "ab{#}", "aa{#}", "{#}b", "{#}ab", "{#}-b", "a{#}b", "a{#:int}", "{#:int}b", "{#:even}b", "{#}-{#}", "a{#}-{#}b", "{#:path}b",
	"a{#:path}", "{#}", "{#:int}", "{#:path}", "{#:tail}b",
}

// randomRoutes returns up to eighteen routes without duplicates, or thirty of siblings, numbered in Data.
func randomRoutes(t *testing.T, random *rand.Rand, set rule.Set) []router.Route {
	t.Helper()
	var routes []router.Route
	palette := make([]string, 1+random.IntN(6)) // few, so that rules meet
	for i := range palette {
		palette[i] = pieces[random.IntN(len(pieces))]
	}
	most := 18
	if random.IntN(4) == 0 {
		palette, most = siblings, 30
	}
	for range 1 + random.IntN(most) {
		r, err := rule.Parse(randomRule(random, palette), set)
		if err != nil {
			t.Fatal(err)
		}
		candidate := router.Route{
			Rule: r, StrictSlashes: random.IntN(4) > 0, AutoOptions: random.IntN(2) > 0, Data: len(routes),
		}
		for _, method := range methods {
			if random.IntN(3) == 0 {
				candidate.Methods = append(candidate.Methods, method)
			}
		}
		if !slices.ContainsFunc(routes, func(r router.Route) bool { return clash(r, candidate) }) {
			routes = append(routes, candidate)
		}
	}
	return routes
}

// clash reports whether the routes are duplicates.
func clash(a, b router.Route) bool {
	return a.Rule.Shape() == b.Rule.Shape() && slices.ContainsFunc(append(methods, "other"), func(method string) bool {
		return method != "HEAD" && method != "OPTIONS" && lists(a, method) && lists(b, method)
	})
}

// randomRule writes a rule of up to four pieces.
func randomRule(random *rand.Rand, palette []string) string {
	var b strings.Builder
	for range random.IntN(4) {
		b.WriteString("/" + palette[random.IntN(len(palette))])
	}
	if b.Len() == 0 || random.IntN(3) == 0 {
		b.WriteString("/")
	}
	text := b.String()
	for name := 'a'; strings.Contains(text, "#"); name++ {
		text = strings.Replace(text, "#", string(name), 1)
	}
	return text
}

// randomPath writes a path of up to five segments, some of which are empty.
func randomPath(random *rand.Rand) string {
	segments := []string{"a", "b", "ab", "5", "a*", "*", "9", "10", "1.5", "a-b", "5-a", "a-b-b", "x", "aabb", "a\n", "{a}", "aaa"}
	var b strings.Builder
	for range random.IntN(5) {
		b.WriteString("/")
		if random.IntN(12) > 0 {
			b.WriteString(segments[random.IntN(len(segments))])
		}
	}
	if b.Len() == 0 || random.IntN(4) == 0 {
		b.WriteString("/")
	}
	return b.String()
}

func TestMatchAgreesWithTryingEveryRuleInOrder(t *testing.T) {
	t.Parallel()
	sets, paths, least := 250, 80, 1
	if os.Getenv("DEWAR_ROUNDS") == "full" {
		sets, least = 2_500, 200
	}
	set := rule.Builtin(func(id [16]byte) any { return id })
	set["even"], set["wide"], set["tail"] = rule.Fixed(even{}), rule.Fixed(wide{}), rule.Fixed(tail{})
	random, kinds := newRandom(t), map[router.Kind]int{}
	for range sets {
		tr := newTrial(t, random, set)
		for range paths {
			kinds[tr.compare(t, methods[random.IntN(len(methods))], randomPath(random))]++
		}
	}
	t.Log("results of each kind:", kinds)
	for kind := router.NotFound; kind <= router.MergeRedirect; kind++ {
		if kinds[kind] < least {
			t.Errorf("only %d results of kind %d", kinds[kind], kind)
		}
	}
}

// trial is one set of routes to be matched in two ways.
type trial struct {
	router    *router.Router
	trees     *router.Router // the same with chi's trees
	reference reference
}

func newTrial(t *testing.T, random *rand.Rand, set rule.Set) trial {
	t.Helper()
	routes := randomRoutes(t, random, set)
	r, err := router.New(routes)
	if err != nil {
		t.Fatal(err)
	}
	return trial{r, r.WithTrees(), newReference(routes)}
}

// compare matches one request both ways.
func (tr trial) compare(t *testing.T, method, path string) router.Kind {
	t.Helper()
	want := tr.reference.match(method, path)
	if len(want.Values) == 0 {
		want.Values = nil
	}
	for name, r := range map[string]*router.Router{"forks": tr.router, "trees": tr.trees} {
		got := match(r, method, path)
		if got.Route >= 0 {
			got.Route = 0 // the reference numbers by Data
		}
		if !reflect.DeepEqual(got, want) {
			for _, r := range tr.reference.routes {
				t.Logf("%v %v %q strict %v, OPTIONS %v", r.Data, r.Methods, r.Rule, r.StrictSlashes, r.AutoOptions)
			}
			t.Fatalf("%s: %s %q: got %+v, want %+v", name, method, path, got, want)
		}
	}
	return want.Kind
}
