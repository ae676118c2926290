package strangler_test

import (
	"fmt"
	"maps"
	"net/http"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/strangler"
)

func TestProgressTellsWhoServes(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	view := func(c *dewar.Context) error { return c.Text("") }
	app.Get("/", view, dewar.Endpoint("index"))
	app.Get("/login", view, dewar.Endpoint("login"))
	app.Get("/post", nil, dewar.Endpoint("post"), dewar.BuildOnly())
	app.Get("/new", view, dewar.Endpoint("fresh"))
	app.Get("/edit", view, dewar.Endpoint("edit"))
	app.Post("/edit", view, dewar.Endpoint("edit"))
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	table := strangler.Progress(app.MatchOrder(), []strangler.Endpoint{
		{"static", "/static/<path:filename>", []string{"GET"}}, {"index", "/", []string{"GET", "HEAD", "OPTIONS"}}, {"login", "/login", []string{"GET", "POST"}},
		{"post", "/post", []string{"GET"}}, {"edit", "/edit", []string{"GET", "POST"}},
	})
	got := ""
	for _, l := range table {
		got += fmt.Sprintf("%s %s %v, ", l.Endpoint, l.By, l.Missing)
	}
	if want := "index go [], login both [POST], post python [], edit go [], fresh go [], "; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if moved, all := table.Moved(); moved != 3 || all != 5 {
		t.Errorf("got %d of %d", moved, all)
	}
}

// TestProgressKnowsWhatWasHandedBack is about the way back: a route that Python answers again.
func TestProgressKnowsWhatWasHandedBack(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	python := strangler.Proxy("http://127.0.0.1:1")
	view := func(c *dewar.Context) error { return c.Text("") }
	app.Handle("/login", python, dewar.Endpoint("login"))
	app.Get("/pay", view, dewar.Endpoint("pay"))
	app.Handle("/pay", python, dewar.Endpoint("pay"), dewar.Methods("POST"))
	app.Handle("/own", python, dewar.Endpoint("own"))
	app.Handle("/wrapped", http.StripPrefix("/wrapped", python), dewar.Endpoint("wrapped"))
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	table := strangler.Progress(app.MatchOrder(), []strangler.Endpoint{
		{"login", "/login", []string{"GET", "HEAD", "OPTIONS", "POST"}}, {"pay", "/pay", []string{"GET", "HEAD", "OPTIONS", "POST"}},
	})
	got := map[string]string{}
	for _, l := range table {
		got[l.Endpoint] = fmt.Sprint(l.By, l.Missing)
	}
	if want := map[string]string{"login": "python[]", "pay": "both[POST]", "own": "python[]", "wrapped": "go[]"}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if moved, all := table.Moved(); moved != 1 || all != 4 {
		t.Errorf("got %d of %d", moved, all)
	}
}

// A Table has a line for each endpoint, for a page or a check of your own.
func ExampleTable() {
	app := dewar.New("shop")
	app.Get("/pay", func(c *dewar.Context) error { return c.Text("form") }, dewar.Endpoint("pay"))
	app.Handle("/login", strangler.Proxy("http://127.0.0.1:5001"), dewar.Endpoint("login")) // handed back
	table := strangler.Progress(app.MatchOrder(), []strangler.Endpoint{
		{Name: "login", Rule: "/login", Methods: []string{"GET", "POST"}},
		{Name: "pay", Rule: "/pay", Methods: []string{"GET", "POST"}},
	})
	for _, line := range table {
		fmt.Println(line.Endpoint, line.By, line.Missing)
	}
	moved, all := table.Moved()
	fmt.Println(moved, "of", all)
	// Output:
	// login python []
	// pay both [POST]
	// 0 of 2
}

func ExampleProgress() {
	app := dewar.New("shop")
	app.Get("/", func(c *dewar.Context) error { return c.Text("hello") }, dewar.Endpoint("index"))
	fmt.Print(strangler.Progress(app.MatchOrder(), []strangler.Endpoint{
		{Name: "index", Rule: "/", Methods: []string{"GET"}},
		{Name: "auth.login", Rule: "/login", Methods: []string{"GET", "POST"}},
	}))
	// Output:
	// ENDPOINT    METHODS    RULE    SERVED BY
	// index       GET        /       go
	// auth.login  GET, POST  /login  python
	// 1 of 2 endpoints are served by Go
}
