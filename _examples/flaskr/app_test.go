package main

import (
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

// inFolder makes a folder of its own the working directory, so that the instance folder is in there.
func inFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestCreateApp_TestConfig(t *testing.T) {
	inFolder(t)
	app, db, err := createApp(nil)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	if app.Config.Bool("TESTING") {
		t.Error("TESTING is on without a test configuration")
	}
	app, db, err = createApp(dewar.Map{"TESTING": true})
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	if !app.Config.Bool("TESTING") {
		t.Error("TESTING is off with a test configuration that sets it")
	}
}

func TestHello(t *testing.T) {
	app, _ := newEmptyBlog(t)
	visitor(t, app).Get("/hello").Want(200, "Hello, World!")
}

func TestCreateApp_NoDatabase(t *testing.T) {
	inFolder(t)
	app, err := CreateApp(dewar.Map{"DATABASE": ":closed:/nowhere"})
	if err == nil || app != nil {
		t.Errorf("with a database that cannot be: got (%v, %v), want no app and an error", app, err)
	}
}

func TestCreateApp_Defaults(t *testing.T) {
	dir := inFolder(t)
	app, db, err := createApp(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if got, want := app.Config.String("DATABASE"), filepath.Join(dir, "instance", "flaskr.sqlite"); got != want {
		t.Errorf("DATABASE: got %q, want %q", got, want)
	}
	info, err := os.Stat(filepath.Join(dir, "instance", "flaskr.sqlite"))
	if err != nil || info.Size() == 0 {
		t.Errorf("the database was not made: %v", err)
	}
	folder, err := os.Stat(filepath.Join(dir, "instance"))
	if err != nil {
		t.Fatal(err)
	}
	if got := folder.Mode().Perm(); runtime.GOOS != "windows" && got != 0o700 {
		t.Errorf("permissions of the instance folder: got %o, want 700", got)
	}
	dewartest.New(t, app).Get("/").Want(200, "No posts yet.")
}

func TestCreateApp_ConfigFileAndEnvironment(t *testing.T) {
	dir := inFolder(t)
	if err := os.Mkdir("instance", 0o700); err != nil {
		t.Fatal(err)
	}
	config := `{"SECRET_KEY": "from the file", "SESSION_COOKIE_NAME": "from-the-file", "comment": "ignored"}`
	if err := os.WriteFile(filepath.Join("instance", "config.json"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("FLASK_SESSION_COOKIE_NAME", "from-the-environment")
	t.Setenv("FLASK_DATABASE", filepath.Join(dir, "elsewhere.sqlite"))
	app, db, err := createApp(nil)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	for key, want := range map[string]string{
		"SECRET_KEY":          "from the file",
		"SESSION_COOKIE_NAME": "from-the-environment",
		"DATABASE":            filepath.Join(dir, "elsewhere.sqlite"),
	} {
		if got := app.Config.String(key); got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
	app, db, err = createApp(dewar.Map{"TESTING": true})
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	if got := app.Config.String("SECRET_KEY"); got != "dev" {
		t.Errorf("SECRET_KEY with a test configuration: got %q, want %q", got, "dev")
	}
}

func TestCreateApp_WrongSettings(t *testing.T) {
	for _, tt := range []struct{ name, config, want string }{
		{"no JSON", `{"SECRET_KEY"`, "config.json"},
		{"wrong type", `{"SESSION_COOKIE_SECURE": "perhaps"}`, "SESSION_COOKIE_SECURE"},
		{"unknown hashes", `{"PASSWORD_METHOD": "md5"}`, `set Method to "scrypt:32768:8:1"`},
		{"hashes of no cost", `{"PASSWORD_METHOD": "scrypt:0:8:1"}`, "config key PASSWORD_METHOD"},
		{"no database", `{"DATABASE": ""}`, "DATABASE, set by config.json, must name a file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inFolder(t)
			if err := os.Mkdir("instance", 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join("instance", "config.json"), []byte(tt.config), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := CreateApp(nil); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error: got %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestRun_InitDB(t *testing.T) {
	dir := inFolder(t)
	if err := run([]string{"init-db"}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "instance", "flaskr.sqlite")); err != nil {
		t.Error(err)
	}
}

func TestRun_UnknownArgument(t *testing.T) {
	t.Parallel()
	err := run([]string{"initdb"})
	if err == nil || !strings.Contains(err.Error(), "init-db") {
		t.Errorf("error: got %v, want one that names init-db", err)
	}
}

func TestStyleSheet(t *testing.T) {
	t.Parallel()
	app, _ := newBlog(t)
	client := loggedIn(t, app, "test")
	res := client.Get("/static/style.css").Want(200, "prefers-color-scheme: dark")
	if got := res.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/css") {
		t.Errorf("Content-Type: got %q, want text/css", got)
	}
	if got := res.Header.Get("Vary"); strings.Contains(got, "Cookie") {
		t.Errorf("Vary: got %q, but the style sheet is the same for everyone", got)
	}
	tag := res.Header.Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	client.Get("/static/style.css", dewartest.Header("If-None-Match", tag)).Want(http.StatusNotModified)
	client.Get("/static/schema.sql").Want(404)
}

func TestVisitorsGetNoCookie(t *testing.T) {
	t.Parallel()
	app, _ := newBlog(t)
	for _, path := range []string{"/", "/auth/login", "/auth/register", "/static/style.css", "/create", "/1/update", "/nowhere"} {
		client := visitor(t, app)
		for range 2 {
			if cookies := client.Get(path).Cookies(); len(cookies) > 0 {
				t.Errorf("GET %s: got the cookies %v, want none", path, cookies)
			}
		}
	}
	client := visitor(t, app)
	client.Post("/auth/login", dewartest.Form("username", "nobody", "password", "x"))
	if cookie := client.Cookie("session"); cookie != nil {
		t.Errorf("after a login that failed: got the cookie %v, want none", cookie)
	}
}

func TestHead(t *testing.T) {
	t.Parallel()
	app, _ := newBlog(t)
	client := loggedIn(t, app, "test")
	for _, path := range []string{"/", "/auth/login", "/auth/register", "/create", "/1/update", "/static/style.css"} {
		if res := client.Head(path).Want(200); len(res.Body) > 0 {
			t.Errorf("HEAD %s has a body", path)
		}
	}
}
