package swaggerui_test

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/openapi"
	"github.com/dewar-go/dewar/contrib/openapi/swaggerui"
)

func ExampleAt() {
	app := dewar.New("blog")
	api := openapi.New(app, openapi.Title("Blog"))
	swaggerui.At(api, "/docs")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/docs/", nil))
	fmt.Println(w.Code, strings.Contains(w.Body.String(), "<title>Blog</title>"))
	// Output: 200 true
}

func get(app *dewar.App, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w
}

func TestThePageAndItsFilesAreServed(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	swaggerui.At(openapi.New(app, openapi.Title("<b>"), openapi.At("/v1/openapi.json")), "/v1/docs/")
	page := get(app, "/v1/docs/")
	if policy := page.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; script-src 'self';") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %q", policy)
	}
	for _, want := range []string{"<title>&lt;b&gt;</title>", `data-document="../../v1/openapi.json"`} {
		if !strings.Contains(page.Body.String(), want) {
			t.Errorf("%q is not in %s", want, page.Body)
		}
	}
	for _, tt := range []struct {
		path, contentType string
		status            int
	}{
		{"/v1/docs/swagger-ui.css", "text/css; charset=utf-8", 200},
		{"/v1/docs/swagger-ui-bundle.js", "text/javascript; charset=utf-8", 200},
		{"/v1/docs/start.js", "text/javascript; charset=utf-8", 200},
		{"/v1/docs/page.css", "text/css; charset=utf-8", 200},
		{"/v1/docs/LICENSE", "text/plain; charset=utf-8", 200},
		{"/v1/docs/page.html", "", 404},
		{"/v1/openapi.json", "application/json", 200},
	} {
		w := get(app, tt.path)
		if got := w.Header().Get("Content-Type"); w.Code != tt.status || tt.status == 200 && (got != tt.contentType || w.Header().Get("ETag") == "") {
			t.Errorf("%s: got %d %s %s", tt.path, w.Code, got, w.Header().Get("ETag"))
		}
	}
	for _, r := range app.Routes() {
		if r.Endpoint == "swaggerui.page" || r.Endpoint == "swaggerui.file" {
			continue
		}
		if strings.HasPrefix(r.Endpoint, "swaggerui") {
			t.Errorf("there is a route %s", r.Endpoint)
		}
	}
}

func TestOptionsGuardThePageAndItsFiles(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	nobody := func(c *dewar.Context) error { return dewar.Abort(401) }
	swaggerui.At(openapi.New(app, openapi.At("/openapi.json", dewar.Before(nobody))), "/docs", dewar.Before(nobody))
	for _, path := range []string{"/docs/", "/docs/start.js", "/openapi.json"} {
		if w := get(app, path); w.Code != 401 {
			t.Errorf("%s: got %d", path, w.Code)
		}
	}
}

func TestAtWantsAPathAndADocument(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ document, path string }{{"/openapi.json", "docs"}, {"/openapi.json", ""}, {"", "/docs"}} {
		func() {
			defer func() {
				if text, _ := recover().(string); !strings.Contains(text, "pass a path such as /docs") {
					t.Errorf("%v: got the panic %q", tt, text)
				}
			}()
			swaggerui.At(openapi.New(dewar.New("test"), openapi.At(tt.document)), tt.path)
		}()
	}
}

// TestTheFilesAreThoseOfTheRegistry compares them with what npm ci got, whose hash is in package-lock.json.
func TestTheFilesAreThoseOfTheRegistry(t *testing.T) {
	t.Parallel()
	published := filepath.Join("..", "testdata", "npm", "node_modules", "swagger-ui-dist")
	if _, err := os.Stat(published); err != nil {
		if os.Getenv("DEWAR_NPM") == "required" {
			t.Fatalf("DEWAR_NPM=required: %v; run npm ci in contrib/openapi/testdata/npm", err)
		}
		t.Skipf("SWAGGER UI IS NOT COMPARED WITH THE REGISTRY: %v; run npm ci in contrib/openapi/testdata/npm", err)
	}
	about, err := os.ReadFile(filepath.Join(published, "package.json"))
	if err != nil || !strings.Contains(string(about), `"version": "`+swaggerui.Version+`"`) {
		t.Errorf("the registry's package is not of version %s: %v", swaggerui.Version, err)
	}
	files, err := filepath.Glob("swagger-ui-dist/*")
	if err != nil || len(files) < 5 {
		t.Fatalf("found %q, %v", files, err)
	}
	for _, file := range files {
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(published, filepath.Base(file)))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not as it was published: %v", file, err)
		}
	}
}
