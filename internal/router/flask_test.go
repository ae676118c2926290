package router_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar/internal/router"
)

// TestMatchAnswersAsFlaskDoes compares with answers recorded from Flask's own router.
func TestMatchAnswersAsFlaskDoes(t *testing.T) {
	t.Parallel()
	for name, least := range map[string]int{"werkzeug.txt": 850, "werkzeug-siblings.txt": 2_000} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile("testdata/" + name)
			if err != nil {
				t.Fatal(err)
			}
			asked := 0
			for set := range strings.SplitSeq(comment.ReplaceAllString(string(text), ""), "\n\n") {
				if rules, requests, ok := strings.Cut(strings.TrimSpace(set), "\n? "); ok {
					asked += compareWithFlask(t, rules, requests)
				}
			}
			if asked < least {
				t.Errorf("only %d requests were read, want %d", asked, least)
			}
		})
	}
}

var comment = regexp.MustCompile(`(?m)^#.*\n`)

// compareWithFlask asks what was recorded for a set of rules, and returns how much that is.
func compareWithFlask(t *testing.T, rules, requests string) (asked int) {
	t.Helper()
	forks := newFlask(t, strings.Split(rules, "\n"))
	for request := range strings.SplitSeq(requests, "\n? ") {
		request, want, _ := strings.Cut(request, " = ")
		method, path, _ := strings.Cut(request, " ")
		for name, r := range map[string]*router.Router{"forks": forks, "trees": forks.WithTrees()} {
			if got := showFlask(t, match(r, method, path)); got != want {
				t.Errorf("%s: %s %s: got %q, want %q; rules:\n%s", name, method, path, got, want, rules)
			}
		}
		asked++
	}
	return asked
}

// newFlask makes a router whose routes do not answer OPTIONS.
func newFlask(t *testing.T, texts []string) *router.Router {
	t.Helper()
	var routes []router.Route
	for _, text := range texts {
		one := route(t, text)
		one.AutoOptions = false
		routes = append(routes, one)
	}
	r, err := router.New(routes)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// showFlask writes a result as the recorded answers are written.
func showFlask(t *testing.T, result outcome) string {
	t.Helper()
	switch result.Kind {
	case router.Found:
		values, err := json.Marshal(append([]any{}, result.Values...))
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("found %d %s", result.Route, values)
	case router.SlashRedirect, router.MergeRedirect:
		return "redirect " + result.Path
	}
	return show(result)
}

func TestMatchLongPathsAmongManyRoutes(t *testing.T) {
	t.Parallel()
	var texts []string
	for i := range 1_000 {
		texts = append(texts, fmt.Sprintf("/r%d/{id:int}", i), fmt.Sprintf("/{x}/r%d/{id:int}", i))
	}
	deep := strings.Repeat("/a", 4<<10)
	texts = append(texts, deep+"/{x}", "/{p:path}/end", "/{a}/{b}-{c}")
	check(t, mustNew(t, texts...), []request{
		{"static first", "/r999/7", "/r999/{id:int}"},
		{"variable first", "/x/r999/7", "/{x}/r999/{id:int}"},
		{"refused", "/x/r999/y", "404"},
		{"deep", deep + "/7", deep + "/{x}"},
		{"deep and not found", deep, "404"},
		{"deep and complex", deep + "/b/end", "/{p:path}/end"},
		{"many slashes", strings.Repeat("/", 8<<10), "404"},
		{"many slashes inside", "/r1" + strings.Repeat("/", 8<<10) + "7", "merge /r1/7"},
		{"long segment", "/" + strings.Repeat("a", 8<<10), "404"},
	})
}

func TestMatchTakesManyVariables(t *testing.T) {
	t.Parallel()
	var rule, path strings.Builder
	for i := range 200 {
		fmt.Fprintf(&rule, "/{v%d}", i)
		path.WriteString("/x")
	}
	texts := []string{rule.String()}
	for i := range 20 { // enough for the tree
		texts = append(texts, fmt.Sprintf("/{x}/y%d", i))
	}
	if got := match(mustNew(t, texts...), "GET", path.String()); len(got.Values) != 200 {
		t.Errorf("got %d values, want 200", len(got.Values))
	}
}

func TestMatchIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	r := newAPI(t, 200)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for i := range 500 {
				id := i % 100
				got := match(r, "GET", fmt.Sprintf("/acme/t%d/%d", i%30, id))
				if len(got.Values) != 2 || got.Values[1] != id {
					t.Errorf("got %v, want acme and %d", got.Values, id)
				}
			}
		})
	}
	wait.Wait()
}
