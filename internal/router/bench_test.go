package router_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/router"
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

// samples are requests to newAPI and how many allocations one may take when there is room for the values.
var samples = []struct {
	name, method, path string
	kind               router.Kind
	allocs             float64
}{
	{"static", "GET", "/users", router.Found, 0},
	{"int", "GET", "/users/42", router.Found, 0},
	{"large int", "GET", "/users/4200", router.Found, 1},                // an int in an any
	{"two parameters", "GET", "/users/42/posts/hello", router.Found, 1}, // a string in an any
	{"path", "GET", "/static/css/main.css", router.Found, 1},            // the same
	{"siblings", "GET", "/n/ann", router.Found, 1},                      // the same
	{"complex", "GET", "/wiki/some/page/edit", router.Found, 1},         // the same
	{"behind a variable", "GET", "/acme/t1/42", router.Found, 1},
	{"refused", "GET", "/r1/foo", router.NotFound, 0},
	{"not found", "GET", "/nothing/here", router.NotFound, 0},
	{"not allowed", "DELETE", "/users", router.MethodNotAllowed, 4},  // the list
	{"slash redirect", "GET", "/users/ann", router.SlashRedirect, 2}, // the path, and a value not needed
}

func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{10, 1000} {
		r, buf := newAPI(b, n), make([]any, 0, 8)
		for _, s := range samples {
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(s.name, " ", "-"), n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					r.Match(s.method, s.path, buf)
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
