package router_test

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/dewar-go/dewar/internal/router"
	"github.com/dewar-go/dewar/internal/rule"
)

// newAPI makes a router with about n rules, as an application with resources has them.
func newAPI(t testing.TB, n int) *router.Router {
	t.Helper()
	texts := []string{"/", "/static/{file:path}", "/users", "/users/{id:int}", "/users/{id:int}/posts/{slug}",
		"/wiki/{page:path}/edit", "/users/{name}/", "POST /users", "/n/{n:int}", "/n/{name}"}
	for i := 0; len(texts) < n; i++ {
		texts = append(texts, fmt.Sprintf("/r%d", i), fmt.Sprintf("/r%d/{id:int}", i), fmt.Sprintf("POST /r%d/{id:int}", i),
			fmt.Sprintf("/r%d/{id:int}/parts/{part}", i), fmt.Sprintf("/{tenant}/t%d/{id:int}", i))
	}
	return mustNew(t, texts...)
}

// samples are requests to newAPI and how many allocations one may take.
var samples = []struct {
	name, method, path string
	kind               router.Kind
	allocs             float64
}{
	{"static", "GET", "/users", router.Found, 0},
	{"int", "GET", "/users/42", router.Found, 0},
	{"large int", "GET", "/users/4200", router.Found, 0},
	{"two parameters", "GET", "/users/42/posts/hello", router.Found, 0},
	{"path", "GET", "/static/css/main.css", router.Found, 0},
	{"siblings", "GET", "/n/ann", router.Found, 0},
	{"complex", "GET", "/wiki/some/page/edit", router.Found, 0},
	{"behind a variable", "GET", "/acme/t1/42", router.Found, 0},
	{"refused", "GET", "/r1/foo", router.NotFound, 0},
	{"not found", "GET", "/nothing/here", router.NotFound, 0},
	{"not allowed", "DELETE", "/users", router.MethodNotAllowed, 3},  // the list
	{"slash redirect", "GET", "/users/ann", router.SlashRedirect, 1}, // the path
}

func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{10, 1000} {
		r, room := newAPI(b, n), make([]rule.Span, 0, 8)
		for _, s := range samples {
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(s.name, " ", "-"), n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					_, _ = r.Match(s.method, s.path, room)
				}
			})
		}
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newAPI(b, 1000)
	}
}

// github returns the rules of GitHub's API and a request for each.
func github(tb testing.TB) (texts, requests []string) {
	tb.Helper()
	list, err := os.ReadFile("../../bench/compare/github.txt")
	if err != nil {
		tb.Skip("the list of GitHub's routes is in the repository, not in the module")
	}
	texts = strings.Split(strings.TrimSpace(string(list)), "\n")
	for _, text := range texts {
		requests = append(requests, regexp.MustCompile(`\{(\w+)\}`).ReplaceAllString(text, "$1"))
	}
	return texts, requests
}

// numbered returns n texts of format, which has a number in it.
func numbered(format string, n int) []string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf(format, i)
	}
	return texts
}

// BenchmarkBesideChi asks a Router and a chi tree of the same rules the same in turn, and says how many times chi's Finds the Router takes.
// chi is asked as often as the question needs.
func BenchmarkBesideChi(b *testing.B) {
	githubTexts, githubRequests := github(b)
	behind := numbered("/{tenant}/r%d/{id:int}", 50_000)
	mixed := append(numbered("/r%d/{id:int}", 100), numbered("/{tenant}/t%d/{id:int}", 100)...)
	long := strings.Repeat("a", 1<<20)
	for _, tt := range []struct {
		name            string
		texts, requests []string
		finds           int // each for a method that is registered
	}{
		{"github", githubTexts, githubRequests, 1},
		{"github-missed", githubTexts, []string{"GET /repos/owner/repo/nothing", "GET /user/nothing", "GET /nothing/at/all"}, 6},
		{"variable-first", behind, []string{"GET /acme/r1/7", "GET /acme/r49999/12345"}, 1},
		{"variable-first-missed", behind, []string{"GET /acme/r50000/7", "GET /acme", "GET /a/b/c/d"}, 3},
		{"variable-first-refused", behind, []string{"GET /acme/r1/x"}, 3},
		{"variable-first-long", behind, []string{"GET /" + long + "/r1/7", "GET /acme/r1/7" + strings.Repeat("0", 10)}, 1},
		{"long-segment-missed", behind, []string{"GET /" + long}, 3},
		{"deep-path-missed", behind, []string{"GET /" + strings.Repeat("a/", 1<<19)}, 3},
		{"long-texts", numbered("/api/v1/companies/departments/reports/monthly/r%d/{id:int}", 300), []string{"GET /api/v1/companies/departments/reports/monthly/r7/12"}, 1},
		{"deep-texts", numbered("/a/b/c/d/e/f/g/h/i/j/k/l/m/n/r%d/{id:int}", 300), []string{"GET /a/b/c/d/e/f/g/h/i/j/k/l/m/n/r7/12"}, 1},
		{"mixed", mixed, []string{"GET /r7/12", "GET /acme/t7/12"}, 1},
		{"mixed-refused", mixed, []string{"GET /r7/x"}, 3},
	} {
		b.Run(tt.name, func(b *testing.B) { besideChi(b, tt.texts, tt.requests, tt.finds) })
	}
}

func besideChi(b *testing.B, texts, requests []string, finds int) {
	r, mux, ctx, room := mustNew(b, texts...), newChi(texts), chi.NewRouteContext(), make([]rule.Span, 0, 8)
	var ours, theirs []float64
	for b.Loop() {
		for _, request := range requests {
			method, path, _ := strings.Cut(request, " ")
			ours = append(ours, nanoseconds(func() { _, _ = r.Match(method, path, room) }))
			theirs = append(theirs, nanoseconds(func() {
				for range finds {
					mux.Find(ctx, method, path)
					ctx.Reset()
				}
			}))
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(middle(ours), "ns/match")
	b.ReportMetric(middle(theirs), "ns/finds")
	b.ReportMetric(middle(ours)/middle(theirs), "times")
}

// nanoseconds returns what a call takes, in a turn so short that few are interrupted.
func nanoseconds(call func()) float64 {
	const calls = 20
	began := time.Now()
	for range calls {
		call()
	}
	return float64(time.Since(began)) / calls
}

// middle returns the mean of the middle half of list.
func middle(list []float64) float64 {
	slices.Sort(list)
	sum, half := 0.0, list[len(list)/4:len(list)-len(list)/4]
	for _, x := range half {
		sum += x
	}
	return sum / float64(len(half))
}

// newChi makes a chi tree of rules that it can express.
func newChi(texts []string) *chi.Mux {
	mux := chi.NewMux()
	for _, text := range texts {
		method, pattern, ok := strings.Cut(text, " ")
		if !ok {
			method, pattern = "GET", text
		}
		pattern = strings.ReplaceAll(pattern, ":int}", ":[0-9]+}")
		mux.Method(method, pattern, http.HandlerFunc(http.NotFound))
	}
	return mux
}
