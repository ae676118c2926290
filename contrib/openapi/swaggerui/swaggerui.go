// Package swaggerui serves a page on which people read the document of an API and try its operations. It is Swagger UI, from the package
// swagger-ui-dist of the npm registry, which is in the program with its licence (Apache 2.0): the page asks no other site for anything. It adds
// some 2 MB to the program; one that does not import this package has none of it.
//
//	api := openapi.New(app)
//	swaggerui.At(api, "/docs")
package swaggerui

import (
	"embed"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/openapi"
)

// Version is that of swagger-ui-dist.
const Version = "5.35.0"

//go:embed swagger-ui-dist start.js page.css page.html
var files embed.FS

// policy lets the page load what is served beside it, and talk to the App, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// assets are the files of the page, by the names that they are served by, with their types.
var assets = map[string]struct{ file, contentType string }{
	"swagger-ui.css":       {"swagger-ui-dist/swagger-ui.css", "text/css; charset=utf-8"},
	"swagger-ui-bundle.js": {"swagger-ui-dist/swagger-ui-bundle.js", "text/javascript; charset=utf-8"},
	"LICENSE":              {"swagger-ui-dist/LICENSE", "text/plain; charset=utf-8"},
	"start.js":             {"start.js", "text/javascript; charset=utf-8"},
	"page.css":             {"page.css", "text/css; charset=utf-8"},
}

var page = template.Must(template.ParseFS(files, "page.html"))

// At serves the page at a path of the API's App, such as /docs, and what it needs below it, as the endpoints swaggerui.page and swaggerui.file. Options
// are those of both routes: dewar.Before(login.Required) shows it to users alone. The page has a Content-Security-Policy of its own, whatever the
// App has for others. It panics on a path that does not begin with a slash, and if the document is not served.
func At(api *openapi.API, path string, opts ...dewar.RouteOption) {
	path = strings.TrimSuffix(path, "/")
	if !strings.HasPrefix(path, "/") || api.Path() == "" {
		panic(fmt.Sprintf("swaggerui: At(%q): pass a path such as /docs, and let openapi.At serve the document", path))
	}
	bp := dewar.NewBlueprint("swaggerui", dewar.URLPrefix(path), openapi.Hidden())
	data := map[string]string{"Title": api.Title(), "Document": strings.Repeat("../", strings.Count(path, "/")) + api.Path()[1:]}
	bp.Get("/", func(c *dewar.Context) error { return servePage(c, data) }, append(slices.Clip(opts), dewar.Endpoint("page"))...)
	bp.Get("/{name}", serveFile, append(slices.Clip(opts), dewar.Endpoint("file"))...)
	api.App().RegisterBlueprint(bp)
}

func servePage(c *dewar.Context, data map[string]string) error {
	var b strings.Builder
	if err := page.Execute(&b, data); err != nil {
		return err
	}
	c.Header("Content-Security-Policy", policy)
	return c.HTML(b.String())
}

func serveFile(c *dewar.Context) error {
	asset, ok := assets[c.Params().String("name")]
	if !ok {
		return dewar.Abort(404)
	}
	data, err := files.ReadFile(asset.file)
	if err != nil {
		return err
	}
	return c.SendBytes("", data, dewar.ContentType(asset.contentType), dewar.ETag(`"`+Version+`"`))
}
