// Csp lets a browser run the scripts of the program and no others. Each answer has a Content-Security-Policy with a nonce, a random text
// that the program's own script elements carry too. A script that somebody has smuggled into a page has none, and does not run.
//
// Run it in the folder _examples:
//
//	go run ./recipes/csp
//	curl -i http://127.0.0.1:5000/      # the nonce is in the header, and in the page
//
// http://127.0.0.1:5000/?name=<script>alert(1)</script> shows the text, since templates escape. The policy is for the day when one does not.
package main

import (
	"crypto/rand"
	"embed"
	"fmt"
	"log"

	"github.com/dewar-go/dewar"
)

//go:embed static templates
var files embed.FS

func main() {
	app, err := newApp()
	if err == nil {
		err = app.Run("")
	}
	if err != nil {
		log.Fatal(err)
	}
}

func newApp() (*dewar.App, error) {
	app := dewar.New("csp", dewar.FS(files))
	app.BeforeRequest(contentSecurityPolicy)
	app.TemplateFunc("csp_nonce", nonce.Get) // <script nonce="{{csp_nonce}}">
	dewar.HandleError(app, errorPage)
	app.Get("/", index)
	return app, app.Config.FromPrefixedEnv()
}

var nonce = dewar.NewKey[string]("csp_nonce")

// policy has scripts and styles by nonce, what these scripts load, and everything else from the site itself.
const policy = "default-src 'self'; script-src 'nonce-%[1]s' 'strict-dynamic'; style-src 'self' 'nonce-%[1]s'; " +
	"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// contentSecurityPolicy is a hook before the view, so that its header is on the answers to errors too. A page with a nonce is for one
// browser and one time: it must not be kept by a cache.
func contentSecurityPolicy(c *dewar.Context) error {
	nonce.Set(c, rand.Text())
	c.Header("Content-Security-Policy", fmt.Sprintf(policy, nonce.Get(c)))
	return nil
}

func index(c *dewar.Context) error {
	return c.Header("Cache-Control", "no-store").Render("index.html", dewar.Map{"name": c.Query().String("name")})
}

// errorPage is in the place of dewar's own, whose style has no nonce.
func errorPage(c *dewar.Context, err *dewar.HTTPError) error {
	return c.Status(err.Code).Render("error.html", dewar.Map{"title": err.Name(), "text": err.Description()})
}
