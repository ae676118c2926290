package rule_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/rule"
)

func TestWhy(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rule, path, want string
		distance         int
	}{
		{"/users/{id:int}", "/users/7", "", 0},
		{"/users/{id:int}", "/users/abc", `{id:int} does not take "abc"`, 2},
		{"/users/{id:int(min=3)}", "/users/2", `{id:int(min=3)} does not take "2"`, 2},
		{"/users/{id:int}", "/user/7", `"user" is not "users"`, 1},
		{"/users/{id:int}", "/orders/7", `"orders" is not "users"`, 4},
		{"/users/{id:int}", "/orders/x", `"orders" is not "users"`, 6},
		{"/users/{id:int}", "/users", "the path has 1 segment, the rule 2", 2},
		{"/users/{id:int}", "/users/7/a/b", "the path has 4 segments, the rule 2", 6},
		{"/users/{id:int}", "/users/", "nothing stands for {id:int}", 2},
		{"/users/{id:int}", "/users/7/", "the path ends in a slash, the rule does not", 1},
		{"/users/", "/users", "the rule ends in a slash, the path does not", 1},
		{"/users/{id:int}", "users/7", "the path does not begin with a slash", 100},
		{"/", "/users", "the path has 1 segment, the rule 0", 3},
		{"/users", "/", "the path has 0 segments, the rule 1", 3},
		{"/f/{name:path}", "/g/a/b/c", `"g" is not "f"`, 1},
		{"/f/{name:path}/edit", "/f/a/b/c", `{name:path}/edit does not take "a/b/c"`, 2},
		{"/{year:int}-{month:int}", "/2026", `{year:int}-{month:int} does not take "2026"`, 2},
		{`/{code:\d{3}}`, "/12", `{code:\d{3}} does not take "12"`, 2},
		{"/{word:any(a,b)}", "/c", `{word:any(a,b)} does not take "c"`, 2},
		{"/reset/{token:int}", "/reset/s3cret", "{token:int} does not take that text", 2},
		{"/a", "/" + strings.Repeat("b", 50), `"` + strings.Repeat("b", 40) + `"... is not "a"`, 4},
	} {
		got := mustParse(t, tt.rule).Why(tt.path, []string{"token"})
		if got.Reason != tt.want || got.Distance != tt.distance {
			t.Errorf("%s, %s: got %q, %d; want %q, %d", tt.rule, tt.path, got.Reason, got.Distance, tt.want, tt.distance)
		}
	}
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ first, second, want string }{
		{"/u/new", "/u/{id}", `text comes before a variable: "new" before {id}`},
		{"/u/{id:int}", "/u/{name}", "what takes less comes first: {id:int} before {name}"},
		{"/u/{id}", "/u/{rest:path}", "one segment comes before many: {id} before {rest:path}"},
		{"/u/v{id}", "/u/{id}", "more text beside a variable comes first: v{id} before {id}"},
		{"/u/{id}", "/u/{id}/edit", `"/u/{id}" comes before "/u/{id}/edit"`},
		{"/u/{id}", "/u/{name}", ""},
	} {
		a, b := mustParse(t, tt.first), mustParse(t, tt.second)
		if got := rule.Precedence(a, b); got != tt.want {
			t.Errorf("%s before %s: got %q, want %q", tt.first, tt.second, got, tt.want)
		}
		if got := rule.Precedence(b, a); got != "" {
			t.Errorf("%s before %s: got %q, want nothing", tt.second, tt.first, got)
		}
	}
}
