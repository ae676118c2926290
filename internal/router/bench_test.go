package router_test

import (
	"fmt"
	"strings"
	"testing"

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
