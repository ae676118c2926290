package dewar_test

import (
	"fmt"
	"testing"

	"github.com/dewar-go/dewar"
)

func ExampleMeta() {
	limits := dewar.NewMeta[int]("limit") // usually a package variable
	app := dewar.New("example")
	app.BeforeRequest(func(c *dewar.Context) error {
		route, _ := c.Route()
		if perMinute, ok := limits.Of(route); ok {
			fmt.Println(c.Endpoint(), "may be asked", perMinute, "times a minute")
		}
		return nil
	})
	app.Get("/search", search, limits.With(30))
	send(app, "GET", "/search")
	// Output: search may be asked 30 times a minute
}

func search(c *dewar.Context) error { return c.Text("found") }

func TestMetaOfTheInnermostCounts(t *testing.T) {
	t.Parallel()
	limit, twin := dewar.NewMeta[int]("limit"), dewar.NewMeta[int]("limit")
	object := dewar.NewMeta[error]("error")
	app := dewar.New("test", dewar.RootPath(t.TempDir()), limit.With(1))
	bp := dewar.NewBlueprint("bp", limit.With(2), dewar.URLPrefix("/bp"))
	bp.Get("/plain", index, object.With(nil))
	bp.Get("/own", other, limit.With(3), limit.With(4), twin.With(5))
	app.RegisterBlueprint(bp)
	app.RegisterBlueprint(bp, dewar.Name("strict"), dewar.URLPrefix("/strict"), limit.With(9))
	app.Get("/app", index)
	got := map[string]string{}
	for _, r := range app.Routes() {
		a, _ := limit.Of(r)
		b, ok := twin.Of(r)
		_, is := object.Of(r)
		got[r.Rule] = fmt.Sprint(a, b, ok, is)
	}
	for rule, want := range map[string]string{
		"/app": "1 0 false false", "/bp/plain": "2 0 false true", "/bp/own": "4 5 true false",
		"/strict/plain": "9 0 false true", "/strict/own": "4 5 true false",
	} {
		if got[rule] != want {
			t.Errorf("%s: got %s, want %s", rule, got[rule], want)
		}
	}
	if _, ok := limit.Of(dewar.Route{}); ok || limit.String() != "limit" {
		t.Errorf("a zero Route has a limit, or the name is %q", limit)
	}
}
