package rule_test

import (
	"testing"

	"github.com/dewar-go/dewar/internal/rule"
)

func TestTarget(t *testing.T) {
	t.Parallel()
	set := rule.Builtin(func(b [16]byte) any { return b })
	values := map[string]any{"id": 7, "p": "a b/c"}
	get := func(name string) (any, bool) { v, ok := values[name]; return v, ok }
	for _, tt := range []struct{ target, query, want string }{
		{"/new/{id}", "", "/app/new/7"},
		{"/new/{id}", "a=b", "/app/new/7?a=b"},
		{"/new?x=1", "a=b", "/app/new?x=1&a=b"},
		{"/f/{p:path}", "", "/app/f/a%20b/c"},
		{"https://example.com", "a=b", "https://example.com/?a=b"},
		{"https://example.com/{id}?x=1", "", "https://example.com/7?x=1"},
		{"//example.com/", "", "refused"},
		{"new", "", "refused"},
		{"", "", "refused"},
		{"https://{id}.example.com/", "", "refused"},
		{"/{other}", "", "no variable"},
		{"/{id", "", "no variable"},
	} {
		target, ok := rule.NewTarget(tt.target)
		if !ok {
			if tt.want != "refused" {
				t.Errorf("%q is refused", tt.target)
			}
			continue
		}
		bound, err := target.Bind(set, "/old/{id}/{p:path}", []string{"id", "p"})
		if err != nil {
			if tt.want != "no variable" {
				t.Errorf("%q: %v", tt.target, err)
			}
			continue
		}
		if got, err := bound.Build(get, "/app", tt.query); err != nil || got != tt.want {
			t.Errorf("%q with %q: got %q, %v; want %q", tt.target, tt.query, got, err, tt.want)
		}
	}
}
