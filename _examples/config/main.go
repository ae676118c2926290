// Config loads its settings from TOML, YAML, a .env file and the environment, and prints where each value came from.
//
// Run it in the folder _examples:
//
//	go run ./config
//	FLASK_MAIL__PORT=2525 FLASK_SECRET_KEY=007 go run ./config
//
// It reads config.toml, the settings of the project; config.yaml, those of this machine, if it is there; .env, if it is
// there; and the environment. Later ones win.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/dewar-go/dewar"
	"go.yaml.in/yaml/v3"
)

// Settings is what the program needs to know.
type Settings struct {
	Title   string `config:",required"`
	Founded time.Time
	Mail    struct {
		Server  string
		Port    int           `default:"25"`
		Timeout time.Duration `default:"10s"`
	}
	Servers []struct {
		Name string `config:",required"`
		Port int
	}
}

func main() {
	app, settings, err := newApp("config")
	if err == nil {
		err = app.Config.WriteTable(os.Stdout)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("\n%+v\n", settings)
}

// newApp returns an app that is configured from the files in dir, and its settings.
func newApp(dir string) (*dewar.App, Settings, error) {
	app := dewar.New("config", dewar.RootPath(dir))
	var settings Settings
	err := errors.Join(
		app.Config.Declare("API_TOKEN", "", "token of the payment service", dewar.Secret()),
		app.Config.FromFile("config.toml", toml.Unmarshal),
		app.Config.FromFile("config.yaml", yaml.Unmarshal, dewar.Optional()),
		app.Config.FromDotenv(".env", dewar.Optional()),
		app.Config.FromPrefixedEnv(),
	)
	if err == nil {
		err = app.Config.Decode(&settings)
	}
	return app, settings, err
}
