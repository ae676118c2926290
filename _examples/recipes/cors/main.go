// Cors is an API that pages of other origins may call, with the session's cookie. The middleware github.com/rs/cors answers the
// preflight of a browser, for paths that no route matches too, and tells it who may read the answers.
//
// Run it in the folder _examples/recipes/cors:
//
//	FLASK_SECRET_KEY=dev FLASK_TRUSTED_ORIGINS=http://localhost:8080 go run .
//
// Then ask it as a page of http://localhost:8080 does, and as one of another origin:
//
//	curl -i -X OPTIONS -H 'Origin: http://localhost:8080' -H 'Access-Control-Request-Method: PUT' http://localhost:5000/notes/1
//	curl -i -X PUT -H 'Origin: http://localhost:8080' -b jar -c jar -d '{"text":"milk"}' -H 'Content-Type: application/json' http://localhost:5000/notes/1
//	curl -i -X PUT -H 'Origin: http://evil.example' -b jar -d '{"text":"gone"}' -H 'Content-Type: application/json' http://localhost:5000/notes/1
//
// A cookie goes along from app.example.com to api.example.com, or from one port of localhost to another: that is one site, and two
// origins. From one site to another browsers send it only with SESSION_COOKIE_SAMESITE=None and SESSION_COOKIE_SECURE=true, and many not
// even then.
package main

import (
	"log"
	"net/http"
	"slices"
	"time"

	"github.com/rs/cors"

	"github.com/dewar-go/dewar"
)

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
	app := dewar.New("cors")
	app.Use(crossOrigin(app))
	app.Get("/notes", list)
	app.Put("/notes/{id:int}", put)
	return app, app.Config.FromPrefixedEnv()
}

// crossOrigin lets the pages of TRUSTED_ORIGINS in, and no others. It is the list that dewar refuses unsafe requests by, so there is one
// answer to who is trusted. Without a list nobody is, where AllowedOrigins of the library would take everybody.
func crossOrigin(app *dewar.App) func(http.Handler) http.Handler {
	return cors.New(cors.Options{
		AllowOriginFunc:  func(origin string) bool { return slices.Contains(app.Config.Strings("TRUSTED_ORIGINS"), origin) },
		AllowedMethods:   []string{"GET", "POST", "PUT", "PATCH", "DELETE"},
		AllowedHeaders:   []string{"Content-Type"},
		AllowCredentials: true, // cookies
		MaxAge:           int((10 * time.Minute).Seconds()),
	}).Handler
}

// list answers with the notes of this visitor.
func list(c *dewar.Context) error {
	return c.JSON(c.Session().Map("notes"))
}

func put(c *dewar.Context) error {
	var in struct {
		ID   string `path:"id" json:"-"`
		Text string `json:"text" required:"true" maxlength:"200"`
	}
	if err := c.Bind(&in); err != nil {
		return err
	}
	c.Session().Change("notes", func(old any) any {
		notes, _ := old.(dewar.Map)
		if notes == nil {
			notes = dewar.Map{}
		}
		notes[in.ID] = in.Text
		return notes
	})
	return c.NoContent()
}
