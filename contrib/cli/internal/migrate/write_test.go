package migrate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/cli/internal/migrate"
)

// cases are endpoints with values, and URLs that cannot be built among them.
const cases = `[["auth.login", {}], ["auth.login", {"next": "/a b?c=d&e"}], ["auth.page", {"n": 7, "w": "b c"}], ["auth.page", {"n": 7, "w": "z"}],
	["auth.inner.show", {"id": "0f8fad5b-d9cb-469f-a165-70867728950e"}], ["f", {}], ["f", {"page": 1}], ["f", {"page": -3}],
	["f", {"page": 4, "rest": "a/b c/ü"}], ["user", {"name": "a b"}], ["user", {}], ["lang", {"lang": "de", "name": "x"}],
	["x", {"x": 1.5}], ["api", {}], ["feed", {}], ["feed", {"format": "rss"}], ["feed", {"format": "atom"}], ["nobody", {}], ["user", {"name": "ü&?#%", "q": "1 2"}]]`

// python runs a program of Python that has Flask. Where there is none the test is skipped, and fails in CI.
func python(t *testing.T, dir, stdin string, args ...string) []byte {
	t.Helper()
	name := os.Getenv("DEWAR_PYTHON")
	if name == "" {
		name = "python3"
	}
	if err := exec.Command(name, "-c", "import flask").Run(); err != nil {
		const missing = "NOTHING WAS COMPARED WITH FLASK: install it, and name its Python in DEWAR_PYTHON"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	return run(t, dir, stdin, name, args...)
}

func run(t *testing.T, dir, stdin, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var problems bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stderr = dir, strings.NewReader(stdin), &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, problems.String())
	}
	return out
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func copyTo(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, dir, name, string(data))
	}
}

// meaning is a URL without the choice of what is escaped: Werkzeug leaves some characters that Go escapes.
func meaning(v any) string {
	u, err := url.Parse(fmt.Sprint(v))
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s|%s|%q|%q", u.Scheme, u.Host, u.Path, u.Query())
}

// sameURLs compares two lists of URLs.
func sameURLs(t *testing.T, got, want []byte) {
	t.Helper()
	var g, w []any
	if err := json.Unmarshal(got, &g); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(want, &w); err != nil {
		t.Fatal(err)
	}
	var all [][2]any
	if err := json.Unmarshal([]byte(cases), &all); err != nil || len(g) != len(w) || len(g) != len(all) {
		t.Fatalf("got %d URLs, want %d of %d: %v", len(g), len(w), len(all), err)
	}
	for i := range w {
		if meaning(g[i]) != meaning(w[i]) {
			t.Errorf("%v: got %v, want %v", all[i], g[i], w[i])
		}
	}
}

func TestGoBuildsTheURLsThatFlaskBuilds(t *testing.T) {
	dir := t.TempDir()
	copyTo(t, dir, "shop.py", "urls.py", "urls.go", "request.go")
	write(t, dir, "routes.py", migrate.Script)
	listing, err := migrate.Parse(python(t, dir, "", "routes.py", "shop"))
	if err != nil {
		t.Fatal(err)
	}
	source, notes, err := migrate.Go("main", listing.Routes)
	if err != nil || len(notes) > 0 {
		t.Fatal(err, notes)
	}
	file := write(t, dir, "pythonroutes.go", string(source))
	got := run(t, ".", cases, "go", "run", filepath.Join(dir, "urls.go"), filepath.Join(dir, "request.go"), file)
	sameURLs(t, got, python(t, dir, cases, "urls.py", "shop"))
}

func TestFlaskBuildsTheURLsThatGoBuilds(t *testing.T) {
	app := dewar.New("shop")
	if err := app.Config.Set("SERVER_NAME", "example.com"); err != nil {
		t.Fatal(err)
	}
	view := func(c *dewar.Context) error { return nil }
	app.Get("/u/{name}", view, dewar.Endpoint("user"))
	app.Get("/x/{x:float}.html", view, dewar.Endpoint("x"))
	app.Route("/u/{lang:string(length=2)}/{name}", view, dewar.Endpoint("lang"), dewar.Methods("GET", "POST"))
	app.Get("/f/{page:int(signed,min=-5)}/{rest:path}", view, dewar.Endpoint("f"))
	app.Get("/feed/", view, dewar.Endpoint("feed"), dewar.Defaults(dewar.Map{"format": "rss"}), dewar.StrictSlashes(false))
	app.Get("/feed/{format}", view, dewar.Endpoint("feed"))
	app.Get("/api", view, dewar.Endpoint("api"), dewar.Subdomain("api"))
	auth := dewar.NewBlueprint("auth", dewar.URLPrefix("/auth"))
	auth.Get("/p/{n:int(fixed_digits=4)}/{w:any(a,\"b c\")}/", view, dewar.Endpoint("page"))
	app.RegisterBlueprint(auth)
	app.Route("/later", nil, dewar.Endpoint("auth.login"), dewar.BuildOnly())
	var routes []migrate.Route
	for _, r := range app.Routes() {
		routes = append(routes, migrate.Route{Endpoint: r.Endpoint, Rule: r.Rule, Methods: r.Methods, Host: r.Host, BuildOnly: r.BuildOnly,
			Defaults: r.Defaults, Strict: &r.StrictSlashes})
	}
	source, notes, err := migrate.Python(routes)
	if err != nil || len(notes) > 0 {
		t.Fatal(err, notes)
	}
	dir := t.TempDir()
	copyTo(t, dir, "urls.py")
	write(t, dir, "goroutes.py", source)
	got := python(t, dir, cases, "urls.py", "goroutes")
	var all [][2]any
	if err := json.Unmarshal([]byte(cases), &all); err != nil {
		t.Fatal(err)
	}
	urls := []any{}
	for _, tt := range all {
		var pairs []any
		for name, v := range tt[1].(map[string]any) {
			if f, ok := v.(float64); ok && f == float64(int(f)) {
				v = int(f)
			}
			pairs = append(pairs, name, v)
		}
		built, err := app.URLFor(tt[0].(string), pairs...)
		if err != nil || tt[0] == "auth.login" { // not served by Go: Flask has its own
			urls = append(urls, nil)
			continue
		}
		urls = append(urls, strings.TrimPrefix(built, "http://example.com"))
	}
	want, err := json.Marshal(urls)
	if err != nil {
		t.Fatal(err)
	}
	sameURLs(t, got, want)
}

func TestConvertersOfTheApplicationAreNamed(t *testing.T) {
	t.Parallel()
	source, notes, err := migrate.Go("shop", []migrate.Route{{Endpoint: "tags", Rule: "/t/<list(';'):tags>"}})
	if err != nil || len(notes) != 1 || !strings.Contains(notes[0], `app.Converter("list"`) || !strings.Contains(string(source), "{tags:list(';')}") {
		t.Errorf("got %v, %q and\n%s", err, notes, source)
	}
	_, notes, err = migrate.Python([]migrate.Route{{Endpoint: "tags", Rule: "/t/{tags:[a-z]+}"}})
	if err != nil || len(notes) != 1 || !strings.Contains(notes[0], "tags: Flask has no converter \"[a-z]+\"") {
		t.Errorf("got %v, %q", err, notes)
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	python := []migrate.Route{{Endpoint: "b", Rule: "/b"}, {Endpoint: "a", Rule: "/a", Methods: []string{"GET", "HEAD"}}, {Endpoint: "c", Rule: "/c", Methods: []string{"GET", "POST"}}, {Endpoint: "d", Rule: "/d", Methods: []string{"GET"}}}
	golang := []migrate.Route{{Endpoint: "a", Rule: "/a"}, {Endpoint: "b", Rule: "/b", BuildOnly: true}, {Endpoint: "c", Rule: "/c", Methods: []string{"GET"}}, {Endpoint: "d", Rule: "/d", Relays: true}}
	var got []string
	for _, line := range migrate.Progress(python, golang) {
		got = append(got, fmt.Sprint(line.Endpoint, " ", line.By, line.Missing))
	}
	if want := "b python[], a go[], c both[POST], d python[]"; strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
	python, golang = python[:2], golang[:2]
	if left := migrate.Without(python, golang); len(left) != 1 || left[0].Endpoint != "b" {
		t.Errorf("got %v, want b alone", left)
	}
}
