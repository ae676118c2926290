// Custom-session keeps sessions in a SessionInterface of its own, mysession.go: in memory, under an id that is all the
// cookie holds. They are gone when the program ends.
//
// Run it in the folder _examples, and ask it twice:
//
//	go run ./custom-session
//	curl -i -b jar -c jar http://127.0.0.1:5000/
//	curl -i -b jar -c jar http://127.0.0.1:5000/logout
package main

import (
	"fmt"
	"log"

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
	app := dewar.New("custom-session")
	app.SessionInterface = &MySessionInterface{Max: 10_000, sessions: map[string]record{}}
	app.Get("/", func(c *dewar.Context) error {
		visits := c.Session().Int("visits") + 1
		c.Session().Set("visits", visits)
		return c.Text(fmt.Sprintf("Hello! This is visit number %d.\n", visits))
	})
	app.Get("/logout", func(c *dewar.Context) error {
		c.Session().Destroy()
		return c.Text("Bye!\n")
	})
	return app, app.Config.FromPrefixedEnv()
}
