package project_test

import (
	"bytes"
	"context"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/cli/internal/project"
	"github.com/dewar-go/dewar/internal/servers"
)

// patience is how long anything that is waited for may take: builds on a small machine that is busy.
const patience = 5 * time.Minute

// A program is one that was written, with its go.sum.
type program struct {
	t           *testing.T
	dir         string
	environment []string // beside that of the test
	jail        string   // what it sees as the root of the files, if not all
}

// nobody is the user of the container.
const nobody = 65532

// newProgram writes a program and has the go command complete it.
func newProgram(t *testing.T, database project.Database) *program {
	t.Helper()
	if testing.Short() {
		t.Skip("builds whole programs")
	}
	p := &program{t: t, dir: write(t, project.Options{Name: "shop", Database: database, Replace: project.Checkout()})}
	if database == project.Postgres {
		place := servers.PostgresURL(t)
		p.environment = []string{"TEST_DATABASE_URL=" + place, "FLASK_DATABASE_URL=" + place}
	}
	p.run("go", "mod", "tidy")
	return p
}

// command is one that runs in the folder of the program, without the settings of whoever runs the test.
func (p *program) command(name string, args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	p.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = p.dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(pair string) bool {
		return strings.HasPrefix(pair, "FLASK_") || strings.HasPrefix(pair, "CI=") || strings.HasPrefix(pair, "GOFLAGS=-mod")
	})
	cmd.Env = append(append(cmd.Env, "GOWORK=off", "CGO_ENABLED=0", "PWD="+p.dir), p.environment...)
	return cmd
}

// run runs a command that must succeed and returns what it printed.
func (p *program) run(name string, args ...string) string {
	p.t.Helper()
	out, err := p.command(name, args...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestTheProgramPassesItsOwnChecks does what continuous integration of the program does, and what a user does first.
func TestTheProgramPassesItsOwnChecks(t *testing.T) {
	t.Parallel()
	for _, database := range databases {
		t.Run(string(database), func(t *testing.T) {
			t.Parallel()
			p := newProgram(t, database)
			if out := p.run("gofmt", "-l", "."); out != "" {
				t.Errorf("gofmt would change %s", out)
			}
			p.run("go", "mod", "tidy", "-diff")
			p.run("go", "vet", "./...")
			if out := p.run("go", "test", "-v", "-count=1", "./..."); strings.Contains(out, "--- SKIP") || !strings.Contains(out, "--- PASS: TestLogin (") {
				t.Errorf("not all tests have run:\n%s", out)
			}
		})
	}
}

// codeBlock is a piece of code on the first page.
var codeBlock = regexp.MustCompile(`(?s)<pre><code>(.*?)</code></pre>`)

// TestTheFirstPageSaysWhatWorks does what the first page proposes: a line of it is changed, its view goes into home.go, its
// test into home_test.go. The tests that are there still pass.
func TestTheFirstPageSaysWhatWorks(t *testing.T) {
	t.Parallel()
	p := newProgram(t, project.None)
	blocks := codeBlock.FindAllStringSubmatch(read(t, p.dir, "templates", "home", "index.html"), -1)
	if len(blocks) != 2 {
		t.Fatalf("pieces of code on the first page: got %d, want 2", len(blocks))
	}
	if strings.Contains(blocks[0][1]+blocks[1][1], "    ") {
		t.Error("the code of the first page is indented by spaces, which make check of the program refuses")
	}
	route, view, _ := strings.Cut(html.UnescapeString(blocks[0][1]), "\n\n")
	const index = `bp.Get("/", index)`
	home := strings.Replace(read(t, p.dir, "home.go"), index, index+"\n\t"+route, 1) + "\n" + view + "\n"
	test := read(t, p.dir, "home_test.go") + "\n" + html.UnescapeString(blocks[1][1]) + "\n"
	const page = "templates/home/index.html"
	changed := regexp.MustCompile(`<h1>.*</h1>`).ReplaceAllString(read(t, p.dir, page), "<h1>Teas</h1>")
	for name, text := range map[string]string{"home.go": home, "home_test.go": test, page: changed} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out := p.run("go", "test", "-v", "."); !strings.Contains(out, "--- PASS: TestHello") {
		t.Errorf("the test of the first page has not run:\n%s", out)
	}
}

// TestTheToolComesWithTheProgram is how make dev finds dewar dev where nobody has installed it.
func TestTheToolComesWithTheProgram(t *testing.T) {
	t.Parallel()
	p := newProgram(t, project.None)
	if out := p.run("go", "tool", "dewar", "dev", "--help"); !strings.Contains(out, "dewar dev [package]") {
		t.Errorf("go tool dewar dev --help says:\n%s", out)
	}
	if text := read(t, p.dir, "Makefile"); !strings.Contains(text, "\t@go tool dewar dev\n") {
		t.Errorf("make dev does something else:\n%s", text)
	}
}

// TestWithoutAKey is what one meets who has cloned a program: .env is not committed.
func TestWithoutAKey(t *testing.T) {
	t.Parallel()
	p := newProgram(t, project.None)
	if err := os.Remove(filepath.Join(p.dir, ".env")); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(p.dir, "bin", "shop")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	p.run("go", "build", "-o", binary, ".")
	out, err := p.command(binary, "run", "--port", "0").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "go run . secret --rotate") {
		t.Errorf("without a key it ends with %v and does not say what to type:\n%s", err, out)
	}
	p.run(binary, "secret", "--rotate")
	_, stop := p.start(binary, "run")
	stop()
}

// TestWithoutADatabaseServer is go test of a program for PostgreSQL on a machine that has none.
func TestWithoutADatabaseServer(t *testing.T) {
	t.Parallel()
	p := newProgram(t, project.Postgres)
	p.environment = nil
	if out := p.run("go", "test", "-v", "-count=1", "./..."); !strings.Contains(out, "set TEST_DATABASE_URL") {
		t.Errorf("the tests do not say what they want:\n%s", out)
	}
	p.environment = []string{"CI=true"}
	if out, err := p.command("go", "test", "-count=1", "./...").CombinedOutput(); err == nil {
		t.Errorf("nothing was tested in CI, and that passed:\n%s", out)
	}
}

func TestLogInToTheProgram(t *testing.T) {
	t.Parallel()
	for _, database := range databases {
		t.Run(string(database), func(t *testing.T) {
			t.Parallel()
			p := newProgram(t, database)
			binary := filepath.Join(p.dir, "bin", "shop")
			if runtime.GOOS == "windows" {
				binary += ".exe"
			}
			p.run("go", "build", "-o", binary, ".")
			site, stop := p.start(binary, "run")
			ann := newBrowser(t, site)
			ann.visit("/", nil, "/", "Shop is running.")
			ann.visit("/static/style.css", nil, "/static/style.css", "--accent")
			ann.visit("/account", nil, "/auth/login", "Log in")
			ann.visit("/auth/register?next=/account", form("ann", "correct horse"), "/account", "Welcome, ann.")
			ann.visit("/auth/logout", url.Values{}, "/", "Shop is running.")
			ann.visit("/account", nil, "/auth/login", "Log in")
			ann.visit("/auth/login?next=/account", form("ann", "correct horse"), "/account", "ann")
			stop()

			site, stop = p.start(binary, "run")
			defer stop()
			ann.site = site
			if database == project.None { // the users are gone, but for the one of DEBUG
				ann.visit("/account", nil, "/auth/login", "Log in")
				ann.visit("/auth/login", form("demo", "demo"), "/", "Hello, demo.")
				p.wantsNoDemo(binary)
				return
			}
			ann.visit("/account", nil, "/account", "ann") // the key in .env and the table are the same
		})
	}
}

// wantsNoDemo runs the program without DEBUG by an option, which comes after all that the environment says.
func (p *program) wantsNoDemo(binary string) {
	p.t.Helper()
	site, stop := p.start(binary, "run", "--no-debug")
	defer stop()
	res, err := newBrowser(p.t, site).client.PostForm(site+"/auth/login", form("demo", "demo"))
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusUnprocessableEntity {
		p.t.Errorf("with run --no-debug the user demo gets %s, want a 422", res.Status)
	}
}

// start runs the binary on a free port, waits until it answers, and returns its address and what ends it.
func (p *program) start(binary string, args ...string) (site string, stop func()) {
	p.t.Helper()
	address := freeAddress(p.t)
	host, port, _ := net.SplitHostPort(address)
	var said bytes.Buffer
	cmd := p.command(binary, args...)
	cmd.Env = append(cmd.Env, "FLASK_RUN_HOST="+host, "FLASK_RUN_PORT="+port)
	cmd.Stdout, cmd.Stderr = &said, &said
	if p.jail != "" {
		imprison(cmd, p.jail)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stop = func() {
		p.t.Helper()
		interrupt(cmd.Process)
		if err := <-ended; err != nil && runtime.GOOS != "windows" {
			p.t.Errorf("the program ended with %v:\n%s", err, &said)
		}
	}
	site = "http://" + address
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		select {
		case err := <-ended:
			p.t.Fatalf("the program ended at once with %v:\n%s", err, &said)
		default:
		}
		if res, err := http.Get(site + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == 200 {
				return site, stop
			}
		}
		if time.Now().After(deadline) {
			stop()
			p.t.Fatalf("the program does not answer:\n%s", &said)
		}
	}
}

// interrupt tells a process to end. Windows has no signal for that.
func interrupt(process *os.Process) {
	if runtime.GOOS == "windows" || process.Signal(os.Interrupt) != nil {
		_ = process.Kill()
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func form(name, password string) url.Values {
	return url.Values{"name": {name}, "password": {password}}
}

// A browser goes through the site as a person does, by a real connection.
type browser struct {
	t      *testing.T
	client *http.Client
	site   string
}

func newBrowser(t *testing.T, site string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, &http.Client{Jar: jar, Timeout: time.Minute}, site}
}

// visit asks for a page, or sends a form to it if there is one, follows redirects, and checks where that led and what the
// page says.
func (b *browser) visit(path string, form url.Values, end, text string) {
	b.t.Helper()
	ask := func() (*http.Response, error) { return b.client.Get(b.site + path) }
	if form != nil {
		ask = func() (*http.Response, error) { return b.client.PostForm(b.site+path, form) }
	}
	res, err := ask()
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if res.StatusCode != 200 || res.Request.URL.Path != end || !strings.Contains(string(page), text) {
		b.t.Fatalf("%s led to %d at %s, want 200 at %s with %q:\n%s", path, res.StatusCode, res.Request.URL.Path, end, text, page)
	}
}
