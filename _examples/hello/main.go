// Hello counts the visits of each visitor in a session, which is a signed cookie: nothing is kept on the server.
//
// Run it in the folder _examples, and ask it twice:
//
//	go run ./hello
//	curl -i -b jar -c jar http://127.0.0.1:5000/
//
// FLASK_RUN_HOST and FLASK_RUN_PORT set another address, FLASK_SECRET_KEY the key that signs the cookie.
package main

import (
	"errors"
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
	app := dewar.New("hello")
	app.Get("/", hello)
	return app, errors.Join(app.Config.Set("SECRET_KEY", "dev"), app.Config.FromPrefixedEnv())
}

func hello(c *dewar.Context) error {
	visits := c.Session().Int("visits") + 1
	c.Session().Set("visits", visits)
	return c.Text(fmt.Sprintf("Hello! This is visit number %d.\n", visits))
}
