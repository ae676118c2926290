package debugtoolbar_test

import (
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

// recipes sends requests of every kind and returns the tests that the toolbar makes of them.
func recipes(t *testing.T) []string {
	t.Helper()
	client := dewartest.New(t, newShop(t).app)
	var all []string
	for _, send := range []func() *dewartest.Response{
		func() *dewartest.Response { return client.Get("/") },
		func() *dewartest.Response { return client.Get("/old", dewartest.Header("Accept", "text/html")) },
		func() *dewartest.Response { return client.Get(`/a"b` + "`" + `/ü/{x}?q=1&q=2&"=a`) },
		func() *dewartest.Response {
			return client.Get("/broken", dewartest.Header("Authorization", "Bearer x"))
		},
		func() *dewartest.Response {
			return client.Post("/cart?a=b", dewartest.Form("name", "cup", `odd"name`, "x"))
		},
		func() *dewartest.Response {
			return client.Post("/cart", dewartest.Form("name", "cup"), dewartest.File("photo", "a.png", "data"))
		},
		func() *dewartest.Response {
			return client.Post("/json", dewartest.JSON(dewar.Map{"Name": "x", "n": 1, "on": true, "no": nil, "list": []any{dewar.Map{"a": "b"}}, "none": []any{}, "of": dewar.Map{}}))
		},
		func() *dewartest.Response { return client.Post("/json", dewartest.Body("text/plain", "text")) },
		func() *dewartest.Response { return client.Do("PURGE", "/reset/secret") },
		func() *dewartest.Response { return client.Post("/json", dewartest.Body("", "x")) },
	} {
		send()
		all = append(all, recipeOf(t, latest(t, client)))
	}
	return all
}

func recipeOf(t *testing.T, page string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `<code id="source">`)
	source, _, _ := strings.Cut(rest, "</code>")
	if !ok {
		t.Fatal("the page has no source")
	}
	return html.UnescapeString(source)
}

func TestRecipeHasPlaceholders(t *testing.T) {
	t.Parallel()
	all := strings.Join(recipes(t), "\n")
	wants(t, "the tests", all,
		`client.Do("POST", "/cart",`, `dewartest.Query("a", "A"),`, `dewartest.Form("name", "NAME", "odd\"name", "ODD_NAME"),`,
		`dewartest.File("photo", "FILENAME", "CONTENT"),`, `dewartest.Header("Authorization", "AUTHORIZATION"),`,
		`"list": []any{map[string]any{"a": "A"}}`, `"n": 0`, `"on": false`, `"no": nil`, `dewartest.Body("text/plain", "BODY"),`,
		`client.Do("GET", "/").Want(200)`, `client.Do("GET", "/old",`, `.Want(302)`, `client.Do("PURGE", "/reset/{token}").Want(405)`,
		"func TestPostCart(t *testing.T) {", "func TestGet(t *testing.T) {",
	)
}

// TestRecipesCompile has the compiler look at the tests, each in a package of its own.
func TestRecipesCompile(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the compiler")
	}
	t.Parallel()
	core, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`(?m)^module .*$`).ReplaceAllString(string(mod), "module example.com/app")
	write(t, filepath.Join(dir, "go.mod"), text+"\nrequire github.com/dewar-go/dewar v0.0.0\n\nreplace github.com/dewar-go/dewar => "+filepath.ToSlash(core)+"\n")
	sum, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.sum"), string(sum))
	for i, source := range recipes(t) {
		pkg := filepath.Join(dir, fmt.Sprintf("app%d", i))
		write(t, filepath.Join(pkg, "recipe_test.go"), source)
		write(t, filepath.Join(pkg, "app_test.go"), "package app_test\n\nimport \"github.com/dewar-go/dewar\"\n\nfunc newApp() *dewar.App { return dewar.New(\"app\") }\n")
	}
	vet := exec.CommandContext(t.Context(), "go", "vet", "-mod=mod", "./...")
	vet.Dir, vet.Env = dir, append(os.Environ(), "GOWORK=off", "GOFLAGS=-p=1", "GOPROXY=off", "GONOSUMDB=*", "GONOSUMCHECK=1")
	if out, err := vet.CombinedOutput(); err != nil {
		t.Errorf("go vet: %v\n%s", err, out)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
