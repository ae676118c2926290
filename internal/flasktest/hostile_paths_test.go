package flasktest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// askedConverter counts the texts that it is asked about.
type askedConverter struct{ asked *int }

func (askedConverter) Pattern() string { return "[^/]+" }

func (c askedConverter) Parse(text string) (any, error) { *c.asked++; return text, nil }

func (askedConverter) Format(v any) (string, error) { return fmt.Sprint(v), nil }

// Among a hundred thousand routes a path tries as few values as among a hundred, however long it is and whatever it is
// made of.
func TestHostilePathsAmongManyRoutes(t *testing.T) {
	t.Parallel()
	const most = 16
	paths := []string{
		"/user/7/tab1", "/7/thing1", "/none", many(4<<10, "/a"), "/" + many(8<<10, "a"), "/user/" + many(8<<10, "-"), many(8<<10, "/"), "/user" + many(2_000, "/7/tab1"), many(2_000, "/user/7"),
		"/" + many(2_000, "%2f"), "/" + many(2_000, "../"),
	}
	for _, routes := range []int{100, rounds(10_000, 100_000)} {
		app, count := quietApp(t), 0
		app.Converter("asked", askedConverter{&count})
		for i := range routes / 4 {
			app.Get(fmt.Sprintf("/page%d", i), index, dewar.Endpoint(fmt.Sprint("p", i)))
			app.Get(fmt.Sprintf("/thing%d/{id:asked}", i), index, dewar.Endpoint(fmt.Sprint("t", i)))
			app.Get(fmt.Sprintf("/user/{id:asked}/tab%d", i), index, dewar.Endpoint(fmt.Sprint("u", i)))
			app.Get(fmt.Sprintf("/{id:asked}/thing%d", i), index, dewar.Endpoint(fmt.Sprint("f", i)))
		}
		must(t, app.Build())
		for _, path := range paths {
			count = 0
			if rec := send(app, "GET", path); rec.Code >= 500 {
				t.Errorf("%d routes: %.20s gives %d", routes, path, rec.Code)
			}
			if count > most {
				t.Errorf("%d routes: %.20s of %d bytes tries %d values, want %d at most", routes, path, len(path), count, most)
			}
		}
	}
}

// Rules that could be read in many ways, and those with very many variables, are read in one, or refused when they are
// registered. No request makes the search panic.
func TestHostileRules(t *testing.T) {
	t.Parallel()
	variables := func(n int, sep string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%s{v%d}", sep, i)
		}
		return b.String()
	}
	for _, tt := range []struct {
		name, rule, path string
		want             int // 0 if the rule is refused
	}{
		{"30 variables", variables(30, "/"), many(30, "/x"), 200},
		{"200 variables", variables(200, "/"), many(200, "/x"), 200},
		{"200 variables and a value too few", variables(200, "/"), many(199, "/x"), 404},
		{"expression in an expression", "/{a:(a+)+}", "/" + many(8<<10, "a") + "!", 404},
		{"expression that is too large", "/{a:(a{1000}){1000}}", "", 0},
		{"variables side by side", "/{a}{b}", "/xy", 200},
		{"alternatives are whole segments", "/{role:user|admin}", "/userEVIL", 404},
		{"alternatives are whole segments, at the end", "/{role:user|admin}", "/EVILadmin", 404},
	} {
		app := quietApp(t)
		refusal := panicText(func() { app.Get(tt.rule, index) })
		if (refusal != "") != (tt.want == 0) {
			t.Errorf("%s: registering it panics with %q", tt.name, refusal)
		}
		if refusal != "" {
			continue
		}
		if rec := send(app, "GET", tt.path); rec.Code != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, rec.Code, tt.want)
		}
	}
}
