// Program urls builds URLs with the routes that were written for Go: standard input has [[endpoint, values], ...].
package main

import (
	"encoding/json"
	"os"
	"strconv"

	"github.com/dewar-go/dewar"
)

func main() {
	app := dewar.New("urls")
	if err := app.Config.Set("SERVER_NAME", "example.com"); err != nil {
		panic(err)
	}
	pythonRoutes(app)
	var cases [][2]any
	d := json.NewDecoder(os.Stdin)
	d.UseNumber()
	if err := d.Decode(&cases); err != nil {
		panic(err)
	}
	urls := []any{}
	app.Get("/", func(c *dewar.Context) error {
		for _, tt := range cases {
			urls = append(urls, urlOf(c, tt[0].(string), tt[1].(map[string]any)))
		}
		if err := json.NewEncoder(os.Stdout).Encode(urls); err != nil {
			return err
		}
		return c.Text("done")
	})
	request(app)
}

func urlOf(c *dewar.Context, endpoint string, values map[string]any) any {
	var pairs []any
	for name, v := range values {
		if n, ok := v.(json.Number); ok {
			if i, err := strconv.Atoi(n.String()); err == nil {
				v = i
			} else {
				v, _ = n.Float64()
			}
		}
		pairs = append(pairs, name, v)
	}
	url, err := c.URLFor(endpoint, pairs...)
	if err != nil {
		return nil
	}
	return url
}
