package guide

// How the blocks of docs/guide become programs. Nothing is compiled or run in any other way.
//
//  1. A block whose first line is a comment that names a file (// main.go, <!-- templates/index.html -->, # .env) is that
//     file. A later one of that name takes its place.
//  2. A Go block without a package clause is a fragment of the program of its chapter. What begins at the left edge with
//     func, type, var, const or import is a declaration; it takes the place of what was declared by that name before. The
//     rest are statements, the body of a function that gets app, and c if they speak of it.
//  3. Where the guide shows no main, one is made: a new App, FromPrefixedEnv, the statements that speak of app in their
//     order, Run. Names that fragments select from are imported by the table in program_test.go.
//  4. A program begins with its chapter, with "<!-- program -->", and with each block of Python.
//  5. "<!-- given", up to "-->", is Go code that the reader has from elsewhere, such as a database.
//  6. console: what follows "$ " is run, with curl for a client, and must write what stands below it. "..." stands for anything,
//     on a line of its own for any lines. "go run .", "./name run" and "dewar dev" start the program, whose log must have the
//     lines below it; without that it is started at the first curl. What changes later is built and started again, below dewar
//     dev by that. Addresses get free ports, FLASK_SECRET_KEY is set unless the line sets it.
//  7. python: an application of Flask. The console blocks that follow are asked of it as well, with the same answers, but
//     for those behind "<!-- dewar -->".
//  8. text: lines that the program has logged by then.
//  9. html and jinja without a file name are templates; they are rendered with the "<!-- data: {...} -->" before them. A
//     jinja block and the html block that follows it must give the same, and so must a text block behind them.
// 10. sh, nginx and systemd are checked by sh -n, nginx -t and systemd-analyze verify where these are installed; of a
//     dockerfile the builds are run, here and not in an image.
// 11. -trimpath is left out of a build: with it all packages would be compiled once more.
//
// A block in another language, or in none, fails the test.

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

func TestGuide(t *testing.T) {
	t.Parallel()
	python, runs := flask(t), runnable(t)
	for _, ch := range chapters(t) {
		t.Run(ch.name, func(t *testing.T) {
			t.Parallel()
			r := &reader{t: t, chapter: ch, module: newModule(t), flask: python, runs: runs}
			t.Cleanup(r.leave)
			r.begin()
			for _, b := range ch.blocks {
				if err := r.read(b); err != nil {
					t.Fatalf("%s:%d: %v", ch.path, b.line, err)
				}
			}
			if err := r.end(); err != nil {
				t.Fatalf("%s: at its end: %v", ch.path, err)
			}
		})
	}
}

// end vets all programs of the chapter as they are then, those that nobody runs and the tests included. Statements may
// stand behind a return here.
func (r *reader) end() error {
	if err := r.program.write(); err != nil {
		return err
	}
	out, err := goTool(r.module, "vet", "-unreachable=false", "./...").CombinedOutput()
	if err != nil && !strings.Contains(string(out), "matched no packages") {
		return fmt.Errorf("go vet: %w\n%s", err, out)
	}
	return nil
}

// newModule returns a folder whose go.mod requires what the guide's does.
func newModule(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		root, err := filepath.Abs("../..")
		if err != nil {
			t.Fatal(err)
		}
		replaced := strings.ReplaceAll(string(text), "=> ../../", "=> "+filepath.ToSlash(root)+"/")
		if err := os.WriteFile(filepath.Join(dir, name), []byte(replaced), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A reader goes through a chapter and does what it says.
type reader struct {
	t       *testing.T
	chapter chapter
	module  string
	flask   string // a Python that can import Flask, or ""
	runs    bool   // whether commands can be run here
	count   int

	program  *program
	ours     *console
	theirs   *console
	alone    bool // the next console block is for dewar only
	data     string
	jinja    *block
	rendered string
}

// begin starts a program anew.
func (r *reader) begin() {
	r.leave()
	r.count++
	dir := filepath.Join(r.module, r.chapter.name, fmt.Sprintf("program%d", r.count))
	for _, made := range []string{dir, dir + "-flask"} {
		if err := os.MkdirAll(made, 0o755); err != nil {
			r.t.Fatal(err)
		}
	}
	r.program = &program{chapter: r.chapter, dir: dir, files: map[string]string{}}
	r.ours = &console{t: r.t, dir: dir, ports: map[string]string{}, start: filepath.ToSlash(binary)}
	r.theirs = nil
}

// leave ends what runs.
func (r *reader) leave() {
	for _, c := range []*console{r.ours, r.theirs} {
		if c != nil {
			c.stop()
		}
	}
}

// read does what one block says.
func (r *reader) read(b block) error {
	switch b.lang {
	case "go", "given":
		return r.program.addGo(b)
	case "program":
		err := r.program.write()
		r.begin()
		return err
	case "dewar":
		r.alone = true
	case "data":
		r.data, r.jinja, r.rendered = b.text, nil, ""
	case "python":
		return r.python(b)
	case "jinja", "html":
		return r.template(b)
	case "css", "env", "toml", "dockerignore":
		return r.file(b)
	case "console":
		return r.console(b)
	case "text":
		return r.says(b)
	case "sh", "nginx", "systemd", "dockerfile":
		return r.check(b)
	default:
		return fmt.Errorf("a block of %q: rule 10 has no way to try it", b.lang)
	}
	return nil
}

func (r *reader) file(b block) error {
	if b.name == "" {
		return fmt.Errorf("the first line of a block of %s must be a comment with the name of its file", b.lang)
	}
	r.program.files[b.name] = b.text
	r.program.built = false
	if len(r.program.code) == 0 {
		return nil
	}
	return r.program.write()
}

// python starts a program of which Flask has one too.
func (r *reader) python(b block) error {
	if err := r.program.write(); err != nil {
		return err
	}
	r.begin()
	if r.flask == "" {
		return nil
	}
	dir := r.program.dir + "-flask"
	r.theirs = &console{t: r.t, dir: dir, ports: map[string]string{}}
	r.theirs.start = "'" + r.flask + "' -m flask --app app run --port " + r.theirs.port("5000")
	return os.WriteFile(filepath.Join(dir, "app.py"), []byte(b.text), 0o644)
}

func (r *reader) console(b block) error {
	if !r.runs {
		return r.program.build()
	}
	if err := r.renew(b); err != nil {
		return err
	}
	if err := r.ours.follow(b); err != nil {
		return err
	}
	alone := r.alone
	if r.alone = false; alone || r.theirs == nil {
		return nil
	}
	if err := r.theirs.follow(b); err != nil {
		return fmt.Errorf("Flask: %w", err)
	}
	return nil
}

// renew brings what runs up to date: dewar dev does so by itself, another program is built and will be started again.
func (r *reader) renew(b block) error {
	if strings.Contains(b.text, "$ dewar dev") {
		r.ours.dewar = filepath.Join(r.module, ".bin", "dewar")
		if out, err := goTool(r.module, "build", "-o", r.ours.dewar, "github.com/dewar-go/dewar/contrib/cli/cmd/dewar").CombinedOutput(); err != nil {
			return fmt.Errorf("building dewar: %w\n%s", err, out)
		}
	}
	if r.ours.editing() {
		return r.program.write()
	}
	if !r.program.built {
		r.ours.stop()
	}
	return r.program.build()
}

// template keeps a named template, or renders one that has no name.
func (r *reader) template(b block) error {
	switch {
	case b.name != "" && b.lang == "html":
		return r.file(b)
	case b.name != "":
		name := filepath.Join(r.program.dir+"-flask", b.name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		return os.WriteFile(name, []byte(b.text), 0o644)
	case b.lang == "jinja":
		r.jinja = &b
		return nil
	}
	got, err := render(b.text, r.data)
	if err != nil {
		return err
	}
	r.rendered = got
	if r.jinja == nil || r.flask == "" {
		return nil
	}
	cmd := exec.Command(r.flask, "-c", "import json, sys, flask\nwith flask.Flask('guide').test_request_context('/page?page=2'):\n  print(flask.render_template_string(sys.argv[1], **json.loads(sys.argv[2])))", r.jinja.text, "{}")
	if r.data != "" {
		cmd.Args[len(cmd.Args)-1] = r.data
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("jinja, line %d: %w\n%s", r.jinja.line, err, out)
	}
	if want := squeezed(string(out)); squeezed(got) != want {
		return fmt.Errorf("got:\n%s\nwant what Jinja gives:\n%s", squeezed(got), want)
	}
	return nil
}

// render renders a template with data in JSON.
func render(text, data string) (string, error) {
	app := dewar.New("guide", dewar.FS(fstest.MapFS{"templates/page.html": {Data: []byte(text)}}))
	app.TemplateFunc("money", func(cents float64) string { return fmt.Sprintf("%.2f", cents/100) })
	app.Get("/", func(c *dewar.Context) error { return nil }, dewar.Endpoint("index"))
	values := dewar.Map{}
	if data != "" {
		if err := json.Unmarshal([]byte(data), &values); err != nil {
			return "", err
		}
	}
	var got string
	app.Get("/page", func(c *dewar.Context) (err error) {
		if got, err = c.RenderString("page.html", values); err != nil {
			return err
		}
		return c.HTML(got)
	})
	if err := app.Build(); err != nil {
		return "", err
	}
	answer := httptest.NewRecorder()
	app.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/page?page=2", nil))
	if answer.Code != http.StatusOK {
		return "", fmt.Errorf("rendering it was answered with %d", answer.Code)
	}
	return got, nil
}

var (
	spaces  = regexp.MustCompile(`\s+`)
	between = regexp.MustCompile(`> <`)
)

// squeezed is HTML without the white space that does not count.
func squeezed(html string) string {
	return between.ReplaceAllString(strings.TrimSpace(spaces.ReplaceAllString(html, " ")), "><")
}

// says compares a block with what was rendered, or with the program's log.
func (r *reader) says(b block) error {
	if r.rendered != "" {
		got := r.rendered
		if r.rendered = ""; squeezed(got) != squeezed(b.text) {
			return fmt.Errorf("got:\n%s\nwant:\n%s", squeezed(got), squeezed(b.text))
		}
		return nil
	}
	if !r.runs {
		return nil
	}
	return r.ours.says(b.text)
}

// check tries what cannot be run here.
func (r *reader) check(b block) error {
	if b.name != "" {
		r.program.files[b.name] = b.text
	}
	switch b.lang {
	case "nginx":
		return checkNginx(r.t, b.text)
	case "systemd":
		return checkSystemd(r.t, b.text)
	case "dockerfile":
		return r.dockerfile(b)
	case "sh":
		if !r.runs {
			return nil
		}
		cmd := exec.Command("sh", "-n")
		cmd.Stdin = strings.NewReader(b.text)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("sh -n: %w\n%s", err, out)
		}
	}
	return nil
}

var goBuild = regexp.MustCompile(`(?m)^RUN (.*go build .*)$`)

// dockerfile runs the builds of a Dockerfile in the folder of the program.
func (r *reader) dockerfile(b block) error {
	builds := goBuild.FindAllStringSubmatch(b.text, -1)
	if len(builds) == 0 {
		return fmt.Errorf("the Dockerfile builds nothing")
	}
	if !r.runs {
		return nil
	}
	if err := r.program.build(); err != nil {
		return err
	}
	for _, build := range builds {
		cmd := exec.Command("sh", "-c", strings.ReplaceAll(frugal(build[1]), "-o /", "-o .bin/"))
		cmd.Dir, cmd.Env = r.program.dir, goTool("").Env
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", build[1], err, out)
		}
	}
	return nil
}

// flask returns a Python that can import Flask: the one of DEWAR_PYTHON, or one of the system's.
func flask(t *testing.T) string {
	t.Helper()
	candidates := []string{"python3", "/usr/bin/python3"}
	if named := os.Getenv("DEWAR_PYTHON"); named != "" {
		candidates = []string{named}
	}
	for _, python := range candidates {
		if exec.Command(python, "-c", "import flask").Run() == nil {
			return python
		}
	}
	const missing = "NOTHING WAS COMPARED WITH FLASK: no Python here can import it; install the package python3-flask, or name a Python in DEWAR_PYTHON"
	if os.Getenv("CI") == "true" && os.Getenv("DEWAR_PYTHON") != "" {
		t.Fatal(missing)
	}
	t.Log(missing)
	return ""
}
