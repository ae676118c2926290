// Websocket is a chat for people who have logged in, on github.com/coder/websocket. The session is read when a browser connects, pages of
// other sites cannot connect, and when the program stops everybody is told.
//
// Run it in the folder _examples/recipes/websocket, and open http://127.0.0.1:5000/ in two browsers:
//
//	FLASK_SECRET_KEY=dev go run .
//
// nginx passes websockets on with: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
package main

import (
	"embed"
	"log"
	"strings"

	"github.com/dewar-go/dewar"
)

//go:embed templates
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
	app := dewar.New("websocket", dewar.FS(files))
	chat := &room{}
	app.Get("/", index)
	app.Post("/login", login)
	app.Post("/logout", chat.logout, dewar.Endpoint("logout"))
	app.Get("/chat", chat.join, dewar.Endpoint("chat"), dewar.Before(loginRequired))
	return app, app.Config.FromPrefixedEnv()
}

func index(c *dewar.Context) error {
	return c.Render("index.html", dewar.Map{"name": c.Session().String("name")})
}

// login believes everybody; contrib/login and contrib/password are for more.
func login(c *dewar.Context) error {
	name := strings.TrimSpace(c.Form().String("name"))
	if name == "" || len(name) > 20 {
		return dewar.Abortf(400, "A name has 1 to 20 characters.")
	}
	c.Session().Clear()
	c.Session().Renew()
	c.Session().Set("name", name)
	return c.RedirectTo("index")
}

func loginRequired(c *dewar.Context) error {
	if c.Session().String("name") == "" {
		return dewar.Abort(401)
	}
	return nil
}

// logout ends the session, and with it the connections that began by it, which nobody asks for a session again.
func (r *room) logout(c *dewar.Context) error {
	r.dismiss(c.Session().String("name"))
	c.Session().Destroy()
	return c.RedirectTo("index")
}
