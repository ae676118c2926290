package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// TestMain is the program dewar when a test has started this binary as one.
func TestMain(m *testing.M) {
	if os.Getenv("DEWAR_PROGRAM") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// A move is a Flask application that moves: a copy of it, the program dewar, and a Python that has Flask.
type move struct {
	t             *testing.T
	flask         string // its folder
	golang        string // that of the Go half
	python, dewar string
	environment   []string
	secret        string
	stderr        string // of the last program
}

func newMove(t *testing.T) *move {
	t.Helper()
	python := os.Getenv("DEWAR_PYTHON")
	if python == "" {
		python = "python3"
	}
	if err := exec.Command(python, "-c", "import flask, flask_login, flask_wtf").Run(); err != nil {
		const missing = "NOTHING WAS READ FROM FLASK: install it with Flask-Login and Flask-WTF, and name its Python in DEWAR_PYTHON"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	m := &move{t: t, python: python, secret: "the-key-of-the-shop-of-this-test"}
	dir := t.TempDir()
	m.flask, m.golang = filepath.Join(dir, "flask"), filepath.Join(dir, "goshop")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "moving"))); err != nil {
		t.Fatal(err)
	}
	var err error
	if m.dewar, err = os.Executable(); err != nil {
		t.Fatal(err)
	}
	m.environment = append(os.Environ(), "DEWAR_PROGRAM=1", "SHOP_KEY="+m.secret, "SHOP_CONFIG="+filepath.Join(m.flask, "config.py"), "PYTHONDONTWRITEBYTECODE=1")
	return m
}

// in runs a program in a folder, and returns what it prints. Nothing may show the secret.
func (m *move) in(dir, name string, args ...string) string {
	m.t.Helper()
	cmd := exec.CommandContext(m.t.Context(), name, args...)
	var out, problems bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, m.environment, &out, &problems
	if err := cmd.Run(); err != nil {
		m.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, problems.String())
	}
	if strings.Contains(out.String()+problems.String(), m.secret) {
		m.t.Fatalf("%s %s shows the key", name, strings.Join(args, " "))
	}
	m.stderr = problems.String()
	return out.String()
}

// migrate runs dewar migrate in the folder of the Flask application.
func (m *move) migrate(args ...string) string {
	m.t.Helper()
	return m.in(m.flask, m.dewar, append([]string{"migrate"}, args...)...)
}

func (m *move) write(name, text string) string {
	m.t.Helper()
	path := filepath.Join(m.flask, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		m.t.Fatal(err)
	}
	return path
}

// listed prints what Flask has.
func (m *move) listed() {
	m.t.Helper()
	m.write("routes.py", m.migrate("script"))
	m.write("python.json", m.in(m.flask, m.python, "routes.py", "shop:create_app"))
}

// built builds the Go half with the routes that are still Python's.
func (m *move) built() string {
	m.t.Helper()
	file := filepath.Join(m.golang, "pythonroutes.go")
	if err := os.WriteFile(file, []byte(m.migrate("routes", "python.json")), 0o600); err != nil {
		m.t.Fatal(err)
	}
	program := filepath.Join(m.golang, "goshop.exe")
	m.in(".", "go", "build", "-o", program, filepath.Join(m.golang, "main.go"), file)
	return program
}

func wantLines(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(text, line) {
			t.Errorf("got no %q in\n%s", line, text)
		}
	}
}

func TestBothHalvesOfAFlaskSite(t *testing.T) {
	t.Parallel()
	m := newMove(t)
	m.listed()
	m.migrate("routes", "python.json")
	wantLines(t, m.stderr, "by hand: odd (/odd/{literal}) is left out", `by hand: the converter "list" is the application's own`)
	program := m.built()
	m.write("go.json", m.in(m.flask, program, "routes", "--json"))
	m.write("goroutes.py", m.migrate("routes", "go.json", "--python"))
	m.write("config.json", m.in(m.flask, program, "config", "--shared"))
	checkLinks(t, m.in(m.flask, program, "links"), m.in(m.flask, m.python, "links.py"))
	wantLines(t, m.migrate("progress", "python.json", "go.json"), "go, without POST", "/pay                    python\n", "2 of 12 endpoints are served by Go")
	if routes := m.migrate("routes", "python.json", "--without", "go.json"); !strings.Contains(routes, `"pay"`) || strings.Contains(routes, `"auth.login"`) {
		t.Errorf("got other routes than those that are Python's:\n%s", routes)
	}
	if routes := m.migrate("routes", "go.json", "--python"); strings.Contains(routes, `"pay"`) || !strings.Contains(routes, `"auth.login"`) {
		t.Errorf("got other routes than those that are Go's:\n%s", routes)
	}
	if err := os.CopyFS(filepath.Join(m.golang, "templates"), fstest.MapFS{"go.html": {Data: []byte("{{range .}}")}}); err != nil {
		t.Fatal(err)
	}
	checkList(t, m.migrate("check", ".", m.golang, "--flask", "python.json", "--config", "config.json"))
}

func checkLinks(t *testing.T, golang, python string) {
	t.Helper()
	const want = `["/auth/account/7","/feed/","/feed/atom","/basket/","/basket/2","/item/3?colour=a+b"]`
	if golang = strings.TrimSpace(golang); golang != want {
		t.Errorf("Go: got %s, want %s", golang, want)
	}
	lines := strings.Split(strings.TrimSpace(python), "\n") // the application prints too
	if python = strings.ReplaceAll(lines[len(lines)-1], ", ", ","); python != want {
		t.Errorf("Python: got %s, want %s", python, want)
	}
}

func checkList(t *testing.T, list string) {
	t.Helper()
	wantLines(t, list,
		"- [x] config.py, class Production loads: ",
		`- [ ] settings (the Go program): SESSION_PROTECTION: Go has "basic", Python has "strong"`,
		`- [ ] sessions: values of the type " money" are the application's own`,
		"- [x] sessions: Flask's cookies",
		"- [ ] passwords: shop/auth.py:19: bcrypt has hashes",
		"- [ ] extensions: Flask-Login: contrib/login", "- [ ] extensions: Flask-WTF: contrib/csrf",
		"- [ ] routes: odd (/odd/{literal}) is left out",
		"- [ ] routes: api.add (/api/items) takes forms without a CSRF token", "- [ ] routes: pay (/pay) takes forms without a CSRF token",
		"- [x] routes: CSRFProtect refuses",
		"- [x] templates: all of shop/templates compile",
		"- [x] way back: nothing in the 2 files of Go bars it",
	)
	if n := strings.Count(list, "settings (the Go program)"); n != 1 {
		t.Errorf("got %d differences, want that of SESSION_PROTECTION alone, in\n%s", n, list)
	}
	for _, not := range []string{"api.items (", "auth.login ("} {
		if strings.Contains(list, not) {
			t.Errorf("got %s, which is not exempt, in\n%s", not, list)
		}
	}
}

// What the script says of forms and of the cookie is what Flask does.
func TestScriptTellsWhatFlaskDoes(t *testing.T) {
	t.Parallel()
	m := newMove(t)
	m.listed()
	listing, err := readListing(migrateCommand(), filepath.Join(m.flask, "python.json"))
	if err != nil {
		t.Fatal(err)
	}
	var does struct {
		Taken  map[string]bool
		Cookie string
	}
	lines := strings.Split(strings.TrimSpace(m.in(m.flask, m.python, "posts.py")), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &does); err != nil || len(does.Taken) != 4 {
		t.Fatalf("got %v, %v", does, err)
	}
	for _, r := range listing.Routes {
		if taken, ok := does.Taken[r.Endpoint]; ok && taken != r.Exempt {
			t.Errorf("%s: the script says %v, and Flask takes a form without a token: %v", r.Endpoint, r.Exempt, taken)
		}
	}
	if want := " Secure; HttpOnly; Path=/; SameSite=Lax"; does.Cookie != want || listing.Settings["SESSION_COOKIE_SECURE"] != true || listing.Settings["SESSION_COOKIE_SAMESITE"] != "Lax" || listing.Settings["SESSION_COOKIE_PATH"] != "/" {
		t.Errorf("got %q and %v, want %q", does.Cookie, listing.Settings, want)
	}
}

// Without the Go program its settings are those of the class that Flask has loaded, for that differs least.
func TestChecklistFindsTheClassThatFlaskHasLoaded(t *testing.T) {
	t.Parallel()
	m := newMove(t)
	m.listed()
	list := m.migrate("check", ".", "--flask", "python.json")
	wantLines(t, list, "settings (config.py, class Production): SESSION_PROTECTION", "- [ ] way back: no source of Go was looked at")
	m.environment = append(m.environment, "SHOP_KEY=another-key-for-the-shop-of-this-test")
	wantLines(t, m.migrate("check", ".", "--flask", "python.json"), "settings (config.py, class Production): SECRET_KEY: Go has set, Python has set; sessions of one half are none in the other")
}

func TestScriptNamesWhatItCannotFind(t *testing.T) {
	t.Parallel()
	m := newMove(t)
	m.write("routes.py", m.migrate("script"))
	cmd := exec.CommandContext(t.Context(), m.python, "routes.py", "shop:nothing")
	cmd.Dir, cmd.Env = m.flask, m.environment
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "name the application, as in python routes.py shop:create_app") || strings.Contains(string(out), "Traceback") {
		t.Errorf("got %v and\n%s", err, out)
	}
}
