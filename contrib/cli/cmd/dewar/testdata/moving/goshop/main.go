// Program goshop is the Go half of the shop. links prints the links of both halves.
package main

import (
	"encoding/json"
	"os"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/cli"
	"github.com/dewar-go/dewar/contrib/pyconfig"
	"github.com/dewar-go/dewar/flaskcookie"
	"github.com/dewar-go/dewar/strangler"
)

func main() {
	app := dewar.New("shop", dewar.StaticFolder(""))
	app.SessionInterface = &flaskcookie.SessionInterface{}
	err := app.Config.Declare("WTF_CSRF_TIME_LIMIT", nil, "as csrf.Protect declares it")
	if err == nil {
		err = app.Config.FromFile(os.Getenv("SHOP_CONFIG"), pyconfig.Class("Production"))
	}
	if err != nil {
		panic(err)
	}
	app.Converter("list", list{})
	view := func(c *dewar.Context) error { return c.Text(c.Endpoint()) }
	app.Get("/basket/", view, dewar.Endpoint("basket"), dewar.Defaults(dewar.Map{"page": 1}), dewar.StrictSlashes(false))
	app.Get("/basket/{page:int}", view, dewar.Endpoint("basket"))
	app.Get("/item/{id:int(min=1)}", view, dewar.Endpoint("item"))
	auth := dewar.NewBlueprint("auth", dewar.URLPrefix("/auth"))
	auth.Get("/login", view, dewar.Endpoint("login"))
	app.RegisterBlueprint(auth)
	app.Handle("/pay", strangler.Proxy("http://127.0.0.1:5001"), dewar.Endpoint("pay"), dewar.Methods("POST")) // it has gone back
	pythonRoutes(app)
	cli.Main(app, links())
}

func links() *cobra.Command {
	return &cobra.Command{Use: "links", RunE: cli.WithAppContext(func(c *dewar.Context, cmd *cobra.Command, _ []string) error {
		var urls []string
		for _, link := range [][]any{{"auth.account", "id", 7}, {"feed"}, {"feed", "format", "atom"}, {"basket"}, {"basket", "page", 2}, {"item", "id", 3, "colour", "a b"}} {
			url, err := c.URLFor(link[0].(string), append(link[1:], dewar.Relative())...)
			if err != nil {
				return err
			}
			urls = append(urls, url)
		}
		return json.NewEncoder(cmd.OutOrStdout()).Encode(urls)
	})}
}

// list is the converter of the shop's own.
type list struct{}

func (list) Pattern() string                  { return "[^/]+" }
func (list) Parse(text string) (any, error)   { return text, nil }
func (list) Format(value any) (string, error) { return value.(string), nil }
