package dewar_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/dewar-go/dewar"
)

// createApp is the application factory of Flask's tutorial, line by line. root stands for the folder of the
// project.
func createApp(root string, testConfig dewar.Map) (*dewar.App, error) {
	app := dewar.New("flaskr", dewar.RootPath(root), dewar.InstanceRelativeConfig())

	// Set default configuration
	err := app.Config.FromMapping(dewar.Map{
		"SECRET_KEY": "dev",
		"DATABASE":   filepath.Join(app.InstancePath(), "flaskr.sqlite"),
	})
	if err != nil {
		return nil, err
	}

	if testConfig == nil {
		// Load the instance config, if it exists, when not testing
		err = app.Config.FromFile("config.json", json.Unmarshal, dewar.Optional())
	} else {
		// Load the test config if passed in
		err = app.Config.Update(testConfig)
	}
	return app, err
}

func ExampleConfig() {
	root, _ := os.MkdirTemp("", "flaskr")
	defer os.RemoveAll(root)

	app, err := createApp(root, nil)
	fmt.Println(err)
	fmt.Println(app.Config.String("SECRET_KEY"), filepath.Base(app.Config.String("DATABASE")))

	app, err = createApp(root, dewar.Map{"TESTING": true, "DATABASE": "/tmp/test.sqlite"})
	fmt.Println(err)
	fmt.Println(app.Config.Bool("TESTING"), app.Config.String("DATABASE"))
	// Output:
	// <nil>
	// dev flaskr.sqlite
	// <nil>
	// true /tmp/test.sqlite
}

func ExampleConfig_FromPrefixedEnv() {
	// If the environment has:
	os.Setenv("FLASK_SECRET_KEY", "production-key")
	os.Setenv("FLASK_DATABASE_URL", "sqlite:///prod.db")
	defer os.Unsetenv("FLASK_SECRET_KEY")
	defer os.Unsetenv("FLASK_DATABASE_URL")

	app := dewar.New("example")
	fmt.Println(app.Config.FromPrefixedEnv())

	fmt.Println(app.Config.String("SECRET_KEY"))
	fmt.Println(app.Config.String("DATABASE_URL"))
	fmt.Println(app.Config.Source("DATABASE_URL"))
	// Output:
	// <nil>
	// production-key
	// sqlite:///prod.db
	// environment FLASK_DATABASE_URL
}

func ExampleConfig_FromPrefixedEnv_nested() {
	os.Setenv("FLASK_DEBUG", "true")
	os.Setenv("FLASK_PORT", "5000")
	os.Setenv("FLASK_SETTINGS__THEME", "dark")
	defer os.Unsetenv("FLASK_DEBUG")
	defer os.Unsetenv("FLASK_PORT")
	defer os.Unsetenv("FLASK_SETTINGS__THEME")

	app := dewar.New("example")
	fmt.Println(app.Config.FromPrefixedEnv())

	fmt.Println(app.Config.Bool("DEBUG"))
	fmt.Println(app.Config.Int("PORT"))
	fmt.Println(app.Config.Map("SETTINGS"))
	// Output:
	// <nil>
	// true
	// 5000
	// map[THEME:dark]
}

func ExampleConfig_FromMapping() {
	app := dewar.New("example")
	err := app.Config.FromMapping(dewar.Map{
		"DEBUG":      true,
		"secret_key": "this will be ignored", // only upper-case keys are taken
	})
	fmt.Println(err, app.Config.Bool("DEBUG"), app.Config.Has("secret_key"), app.Config.Has("SECRET_KEY"))

	err = app.Config.FromMapping(dewar.Map{"PERMANENT_SESSION_LIFETIME": 7 * 24 * time.Hour})
	fmt.Println(err, app.Config.Duration("PERMANENT_SESSION_LIFETIME"))
	// Output:
	// <nil> true false false
	// <nil> 168h0m0s
}

func ExampleConfig_FromFile() {
	root, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(root)
	_ = os.Mkdir(filepath.Join(root, "instance"), 0o755)
	_ = os.WriteFile(filepath.Join(root, "instance", "config.json"), []byte(`{"TITLE": "of this server", "lower": 1}`), 0o600)

	app := dewar.New("example", dewar.RootPath(root), dewar.InstanceRelativeConfig())
	fmt.Println(app.Config.FromFile("config.json", json.Unmarshal))
	fmt.Println(app.Config.FromFile("missing.json", json.Unmarshal, dewar.Optional()))
	fmt.Println(app.Config.String("TITLE"), "from", app.Config.Source("TITLE"))
	// Output:
	// <nil>
	// <nil>
	// of this server from config.json
}

func ExampleConfig_FromObject() {
	type Config struct {
		DatabaseURL string
		Testing     bool
	}
	type Production struct {
		Config
		SessionCookieSecure bool
	}
	app := dewar.New("example")
	err := app.Config.FromObject(Production{Config{DatabaseURL: "sqlite:///prod.db"}, true})
	fmt.Println(err, app.Config.String("DATABASE_URL"), app.Config.Bool("SESSION_COOKIE_SECURE"))
	// Output: <nil> sqlite:///prod.db true
}

func ExampleLoadDotenv() {
	dir, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, ".env")
	_ = os.WriteFile(file, []byte("FLASK_TITLE='My site'\nSMTP_HOST=localhost\n"), 0o600)
	defer os.Unsetenv("FLASK_TITLE")
	defer os.Unsetenv("SMTP_HOST")

	fmt.Println(dewar.LoadDotenv(file)) // in main: dewar.LoadDotenv(), before New
	app := dewar.New("example")
	fmt.Println(app.Config.FromPrefixedEnv(), app.Config.String("TITLE"), os.Getenv("SMTP_HOST"))
	// Output:
	// <nil>
	// <nil> My site localhost
}

func ExampleConfig_FromDotenv() {
	root, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(root)
	_ = os.WriteFile(filepath.Join(root, ".env"), []byte("# for this machine\nexport FLASK_TITLE='My site'\nFLASK_DB__PORT=5432\n"), 0o600)

	app := dewar.New("example", dewar.RootPath(root))
	fmt.Println(app.Config.FromDotenv(".env"))
	fmt.Println(app.Config.String("TITLE"), app.Config.Map("DB"), app.Config.Source("DB"))
	// Output:
	// <nil>
	// My site map[PORT:5432] .env:3
}

func ExampleConfig_Namespace() {
	app := dewar.New("example")
	_ = app.Config.FromMapping(dewar.Map{"MAIL_SERVER": "localhost", "MAIL_PORT": 25})
	fmt.Println(app.Config.Namespace("MAIL_"))
	// Output: map[port:25 server:localhost]
}

func ExampleConfig_Declare() {
	os.Setenv("FLASK_PAGE_SIZE", "twenty")
	defer os.Unsetenv("FLASK_PAGE_SIZE")

	app := dewar.New("example")
	err := errors.Join(
		app.Config.Declare("PAGE_SIZE", 20, "posts on a page"),
		app.Config.Declare("API_TOKEN", "", "token of the payment service", dewar.Secret()),
	)
	fmt.Println(err, app.Config.Int("PAGE_SIZE"))
	fmt.Println(app.Config.FromPrefixedEnv())
	// Output:
	// <nil> 20
	// dewar: config key PAGE_SIZE from environment FLASK_PAGE_SIZE: want an integer, but the value is malformed
}

func ExampleMust() {
	app := dewar.New("example")
	_ = app.Config.Declare("POSTS_PER_PAGE", 20, "posts on a page")
	fmt.Println(dewar.Must[int](app.Config, "POSTS_PER_PAGE"))

	defer func() { fmt.Println(recover()) }()
	dewar.Must[int](app.Config, "POST_PER_PAGE")
	// Output:
	// 20
	// 500 Internal Server Error: config key POST_PER_PAGE is missing; did you mean POSTS_PER_PAGE?
}

func ExampleConfig_Decode() {
	type Settings struct {
		Title   string        `config:",required"`
		Timeout time.Duration `default:"30s"`
		DB      struct {
			Host string
			Port int `default:"5432"`
		}
	}
	app := dewar.New("example")
	_ = app.Config.FromMapping(dewar.Map{"TITLE": "My site", "DB": dewar.Map{"HOST": "localhost"}})

	var settings Settings
	fmt.Println(app.Config.Decode(&settings))
	fmt.Println(settings.Title, settings.Timeout, settings.DB.Host, settings.DB.Port)
	// Output:
	// <nil>
	// My site 30s localhost 5432
}

func ExampleConfig_All() {
	app := dewar.New("example")
	_ = app.Config.Set("SECRET_KEY", "do not look")
	for setting := range app.Config.All() {
		switch setting.Key {
		case "SECRET_KEY":
			fmt.Println(setting.Key, setting.Secret, setting.Value()) // who asks for the value gets it
		case "SESSION_COOKIE_NAME":
			fmt.Println(setting)
		}
	}
	// Output:
	// SECRET_KEY true do not look
	// SESSION_COOKIE_NAME=session (default)
}
