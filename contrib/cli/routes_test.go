package cli_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/cli"
	"github.com/dewar-go/dewar/contrib/cli/clitest"
)

// TestRoutesPrintsFlasksTable has what flask routes of Flask 3.1 prints for the same application, but for the spaces at the
// ends of lines and how a variable is written.
func TestRoutesPrintsFlasksTable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, args, want string }{
		{"by endpoint", "", `
Endpoint      Methods    Rule
------------  ---------  -----------------------
index         GET        /
post          GET, POST  /posts/{id:int}
static        GET        /static/{filename:path}
users.remove  DELETE     /users/{name}
`},
		{"by methods, all of them", "--all-methods -s methods", `
Endpoint      Methods                   Rule
------------  ------------------------  -----------------------
users.remove  DELETE, OPTIONS           /users/{name}
static        GET, HEAD, OPTIONS        /static/{filename:path}
index         GET, HEAD, OPTIONS        /
post          GET, HEAD, OPTIONS, POST  /posts/{id:int}
`},
		{"by rule", "--sort rule", `
Endpoint      Methods    Rule
------------  ---------  -----------------------
index         GET        /
post          GET, POST  /posts/{id:int}
static        GET        /static/{filename:path}
users.remove  DELETE     /users/{name}
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := dewar.New("shop")
			view := func(*dewar.Context) error { return nil }
			app.Get("/", view, dewar.Endpoint("index"))
			app.Route("/posts/{id:int}", view, dewar.Endpoint("post"), dewar.Methods("GET", "POST"))
			users := dewar.NewBlueprint("users", dewar.URLPrefix("/users"))
			users.Delete("/{name}", view, dewar.Endpoint("remove"))
			app.RegisterBlueprint(users)
			r := clitest.Run(t, cli.New(app), append([]string{"routes"}, strings.Fields(tt.args)...)...).Want(cli.OK)
			if want := strings.TrimPrefix(tt.want, "\n"); r.Output != want {
				t.Errorf("got\n%s\nwant\n%s", r.Output, want)
			}
		})
	}
}

func TestRoutesInTheOrderOfRequestsAndOfHosts(t *testing.T) {
	t.Parallel()
	tree := func() *cobra.Command {
		app := dewar.New("shop", dewar.StaticFolder(""))
		view := func(*dewar.Context) error { return nil }
		app.Get("/{name}", view, dewar.Endpoint("a"))
		app.Get("/about", view, dewar.Endpoint("b"))
		app.Get("/", view, dewar.Endpoint("c"), dewar.Host("example.com"))
		app.Get("/x", view)
		return cli.New(app)
	}
	r := clitest.Run(t, tree(), "routes", "--sort", "match").Want(cli.OK)
	if want := "Endpoint"; !strings.HasPrefix(r.Output, want) || !before(r.Output, "c ", "b ", "a ") {
		t.Errorf("got\n%s\nwant c, b, a in this order", r.Output)
	}
	r = clitest.Run(t, tree(), "routes", "-s", "domain", "--sites").Want(cli.OK, "Host         Rule", "Registered at", "cli/routes_test.go:")
	if !before(r.Output, "a ", "b ", "c ") {
		t.Errorf("got\n%s\nwant the host last", r.Output)
	}
	clitest.Run(t, tree(), "routes", "--sort", "size").Want(cli.Misused, `--sort "size": want one of endpoint, methods, domain, rule, match`)
}

// before reports whether lines of text begin with words in this order.
func before(text string, words ...string) bool {
	for _, word := range words {
		_, rest, found := strings.Cut(text, "\n"+word)
		if !found {
			return false
		}
		text = rest
	}
	return true
}

func TestRoutesInJSON(t *testing.T) {
	t.Parallel()
	var got []map[string]any
	if err := json.Unmarshal([]byte(shop(t, "routes", "--json").Output), &got); err != nil {
		t.Fatal(err)
	}
	last := got[len(got)-1]
	if len(got) != 3 || last["endpoint"] != "users.remove" || last["blueprint"] != "users" || last["rule"] != "/users/{name}" ||
		!strings.HasPrefix(last["site"].(string), "cli/shop_test.go:") || len(last["methods"].([]any)) != 2 {
		t.Errorf("got %v, want the routes whole", got)
	}
}

func TestNoRoutesAsInFlask(t *testing.T) {
	t.Parallel()
	none := func() *cobra.Command { return cli.New(dewar.New("none", dewar.StaticFolder(""))) }
	if r := clitest.Run(t, none(), "routes").Want(cli.OK); r.Output != "No routes were registered.\n" {
		t.Errorf("got %q, want what Flask says", r.Output)
	}
	if r := clitest.Run(t, none(), "routes", "--json").Want(cli.OK); r.Output != "[]\n" {
		t.Errorf("got %q, want an empty list", r.Output)
	}
}

func TestRoutesMatchExplainsARequest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"a route that answers", []string{"GET /posts/7"}, cli.OK, []string{"GET /posts/7 goes to post\n  /posts/{id:int}, cli/shop_test.go:", "users.remove"}},
		{"without quotes", []string{"post", "/posts/7"}, cli.OK, []string{"POST /posts/7 goes to post\n"}},
		{"a path alone", []string{"/"}, cli.OK, []string{"GET / goes to index\n"}},
		{"a whole URL", []string{"http://localhost/posts/7"}, cli.OK, []string{"goes to post\n"}},
		{"a 404", []string{"/posts/x"}, cli.Failed, []string{"No route answers GET /posts/x\n", `{id:int} does not take "x"`}},
		{"a 405", []string{"PUT /posts/7"}, cli.Failed, []string{"No route answers PUT", "allows GET, HEAD, OPTIONS, POST, not PUT"}},
		{"three words", []string{"GET /a b"}, cli.Misused, []string{`--match "GET /a b": want a method and a path`}},
		{"no slash", []string{"GET posts"}, cli.Misused, []string{`the path begins with a slash`}},
		{"JSON", []string{"/posts/x", "--json"}, cli.Failed, []string{`"endpoint": "post"`, `"matches": false`, `"reason": "{id:int} does not take \"x\""`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := shop(t, append([]string{"routes", "--match"}, tt.args...)...).Want(tt.code, tt.want...)
			if r.Code == cli.Failed && r.Stderr != "" {
				t.Errorf("got %q on standard error, want what was found on the other alone", r.Stderr)
			}
		})
	}
}
