package dev_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/cli/internal/dev"
)

// patience is how long a test waits for what must happen. Whoever builds beside it slows it down.
const patience = 3 * time.Minute

// A shop is a program that is edited while it runs.
type shop struct {
	t   *testing.T
	dir string
	url string
	out *screen

	temp string        // where temporary files are
	late time.Duration // see SetLate

	stop  context.CancelFunc
	ended chan error
	again chan struct{}
}

// A screen is what the developer sees.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

const shopModule = `module shop

go 1.26.0

require github.com/dewar-go/dewar v0.0.0

require (
	github.com/go-chi/chi/v5 v5.5.0 // indirect
	github.com/gorilla/securecookie v1.1.2 // indirect
	github.com/spf13/cast v1.10.0 // indirect
)

replace github.com/dewar-go/dewar => %s
`

const shopMain = `package main

import (
	"log"
	"os"

	"github.com/dewar-go/dewar"
)

func main() {
	app := dewar.New("shop")
	app.Get("/", func(c *dewar.Context) error { return c.Text(version) })
	app.Get("/page", func(c *dewar.Context) error { return c.Render("page.html", nil) })
	app.Get("/setting", func(c *dewar.Context) error { return c.Text(os.Getenv("SHOP_SETTING")) })
	app.Get("/crash", func(c *dewar.Context) error {
		go panic("the shop has burnt down")
		select {}
	})
	if err := dewar.LoadDotenv(); err != nil {
		log.Fatal(err)
	}
	if err := app.Run("127.0.0.1:1"); err != nil {
		log.Fatal(err)
	}
}
`

// newShop writes the program, whose answer at / is version 1.
func newShop(t *testing.T) *shop {
	t.Helper()
	core, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(core, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("FLASK_DEBUG", "")
	t.Setenv("DEWAR_RELOAD", "")
	t.Setenv("GOWORK", "off")
	t.Setenv("GOFLAGS", strings.TrimSpace(os.Getenv("GOFLAGS")+" -ldflags=-w")) // links faster
	temp, err := os.MkdirTemp("", "dev")                                        // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(temp) })
	t.Setenv("TMPDIR", temp)
	s := &shop{t: t, dir: dir, temp: temp, out: &screen{}, again: make(chan struct{})}
	s.write("go.mod", fmt.Sprintf(shopModule, filepath.ToSlash(core)))
	s.write("go.sum", string(sums))
	s.write("main.go", shopMain)
	s.write(".gitignore", "*.ignored\nbuilt/\n.env\n")
	s.write("templates/page.html", "<!doctype html><title>Shop</title><body>one</body>")
	s.write("static/shop.css", "body { color: red }")
	s.version(1)
	return s
}

// write writes a file as editors do: beside its place, and then there.
func (s *shop) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path+"~", []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(path+"~", path); err != nil {
		s.t.Fatal(err)
	}
}

// version writes the program that answers with n.
func (s *shop) version(n int) {
	s.t.Helper()
	s.write("version.go", fmt.Sprintf("package main\n\nconst version = \"build %d\"\n", n))
}

// breaks writes a program that does not build because of n.
func (s *shop) breaks(n int) {
	s.t.Helper()
	s.write("version.go", fmt.Sprintf("package main\n\nconst version = broken%d\n", n))
}

// run runs the program while it is edited and waits for its first answer.
func (s *shop) run() {
	s.t.Helper()
	s.begin()
	s.answers("/", "build ")
}

// begin runs the program while it is edited.
func (s *shop) begin() {
	s.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	s.stop, s.ended = stop, make(chan error, 1)
	go func() {
		options := dev.Options{Dir: s.dir, Port: "0", Out: s.out, Again: s.again}
		options.SetLate(s.late)
		s.ended <- dev.Run(ctx, options)
	}()
	s.t.Cleanup(s.end)
	s.url = s.says(`at (http://[^ ]+) `)
}

// end ends it all, once.
func (s *shop) end() {
	if s.stop == nil {
		return
	}
	s.stop()
	s.stop = nil
	select {
	case err := <-s.ended:
		if err != nil {
			s.t.Errorf("dewar dev ended with %v", err)
		}
	case <-time.After(patience):
		s.t.Error("dewar dev does not end")
	}
	s.leavesNothing()
	if s.t.Failed() {
		s.t.Logf("the terminal:\n%s", s.out)
	}
}

// leavesNothing checks that no file, no process and no goroutine is left.
func (s *shop) leavesNothing() {
	files, _ := filepath.Glob(filepath.Join(s.temp, "*"))
	if len(files) > 0 {
		s.t.Errorf("temporary files are left: %q", files)
	}
	processes, _ := filepath.Glob("/proc/[0-9]*/cwd") // elsewhere there are none to be seen
	for _, name := range processes {
		if at, err := os.Readlink(name); err == nil && at == s.dir {
			s.t.Errorf("a process is left: %s", name)
		}
	}
	stacks := make([]byte, 1<<20)
	if stacks = stacks[:runtime.Stack(stacks, true)]; bytes.Contains(stacks, []byte("internal/dev.(*")) {
		s.t.Errorf("goroutines are left:\n%s", stacks)
	}
}

// until waits for a condition.
func (s *shop) until(what string, met func() bool) {
	s.t.Helper()
	for began := time.Now(); time.Since(began) < patience; time.Sleep(5 * time.Millisecond) {
		if met() {
			return
		}
	}
	s.t.Fatalf("waited in vain: %s; the terminal:\n%s", what, s.out)
}

// says waits until the terminal shows what the pattern says, and returns what its group has matched.
func (s *shop) says(pattern string) (group string) {
	s.t.Helper()
	re := regexp.MustCompile(pattern)
	s.until("the terminal says "+pattern, func() bool {
		match := re.FindStringSubmatch(s.out.String())
		if len(match) > 1 {
			group = match[1]
		}
		return match != nil
	})
	return group
}

// get returns what a browser or another client is answered.
func (s *shop) get(path, accept string) (status int, body string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Accept", accept)
	request.Close = true
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		s.t.Fatalf("GET %s: %v; the terminal:\n%s", path, err, s.out)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// answers waits until a browser is answered with text in the body, and returns the body.
func (s *shop) answers(path, text string) (body string) {
	s.t.Helper()
	s.until(fmt.Sprintf("%s answers %q", path, text), func() bool {
		_, body = s.get(path, "text/html,*/*")
		return strings.Contains(body, text)
	})
	return body
}

func TestAProgramIsBuiltAgainWhenItIsEdited(t *testing.T) {
	s := newShop(t)
	s.run()
	s.answers("/", "build 1")
	s.version(2)
	s.answers("/", "build 2")
	s.write("more/more.go", "package more\n\nconst Version = \"build 3\"\n")
	s.write("version.go", "package main\n\nimport \"shop/more\"\n\nvar version = more.Version\n")
	s.answers("/", "build 3")
	s.write("more/more.go", "package more\n\nconst Version = \"build 4\"\n")
	s.answers("/", "build 4")
	s.end()
	if conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://")); err == nil {
		_ = conn.Close()
		t.Error("somebody still accepts connections after the end")
	}
}

func TestABrokenBuildShowsThePlaceUntilItIsMended(t *testing.T) {
	s := newShop(t)
	s.run()
	s.breaks(7)
	page := s.answers("/anywhere", "undefined: broken7")
	for _, want := range []string{"version.go:3:17", `<span class="here">`, "const version = broken7", "/_dewar/reload.js", `lang="en"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q:\n%s", want, page)
		}
	}
	status, text := s.get("/", "application/json")
	if status != http.StatusServiceUnavailable || !strings.Contains(text, "undefined: broken7") || strings.Contains(text, "<") {
		t.Errorf("a client that reads no HTML got %d %q", status, text)
	}
	s.says(`version\.go:3:17\n +undefined: broken7`)
	s.breaks(8)
	s.answers("/", "undefined: broken8")
	s.version(2)
	s.until("the mended program is being built", func() bool { return strings.Count(s.out.String(), ": building") == 3 })
	if status, text := s.get("/", "text/plain"); status != http.StatusOK || text != "build 2" {
		t.Errorf("a request during the build got %d %q, want what comes of it", status, text)
	}
}

func TestThePageOfABrokenBuildIsForThisMachineAlone(t *testing.T) {
	s := newShop(t)
	s.run()
	s.breaks(7)
	s.answers("/", "undefined: broken7")
	for name, change := range map[string]func(r *http.Request){
		"another host": func(r *http.Request) { r.Host = "shop.example" },
		"a proxy":      func(r *http.Request) { r.Header.Set("X-Forwarded-For", "127.0.0.1") },
		"another site": func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") },
	} {
		for _, path := range []string{"/", "/_dewar/reload", "/_dewar/reload.js", "/_dewar/again"} {
			for _, method := range []string{"GET", "POST"} {
				r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Accept", "text/html")
				change(r)
				answer, err := http.DefaultTransport.RoundTrip(r)
				if err != nil {
					t.Fatal(err)
				}
				body, _ := io.ReadAll(answer.Body)
				_ = answer.Body.Close()
				if answer.StatusCode < 400 || bytes.Contains(body, []byte("broken7")) || bytes.Contains(body, []byte("EventSource")) {
					t.Errorf("%s: %s %s got %d %q", name, method, path, answer.StatusCode, body)
				}
			}
		}
	}
}

func TestTemplatesAndStylesAreToldWithoutABuild(t *testing.T) {
	s := newShop(t)
	s.run()
	page := s.answers("/page", "one")
	if !strings.Contains(page, `<script src="/_dewar/reload.js"></script></body>`) {
		t.Errorf("the page does not listen: %s", page)
	}
	s.says("ready after")
	events := s.listen()
	if got := events.next(); got != "start" {
		t.Fatalf("the stream begins with %q", got)
	}
	for _, tt := range []struct{ file, text, want string }{
		{"templates/page.html", "<!doctype html><title>Shop</title><body>two</body>", "reload"},
		{"static/shop.css", "body { color: blue }", "css"},
		{"static/new/shop.js", "1", "reload"},
	} {
		began := time.Now()
		s.write(tt.file, tt.text)
		if got := events.next(); got != tt.want {
			t.Errorf("%s: the page was told %q, want %q", tt.file, got, tt.want)
		}
		t.Logf("%s: %v from edit to page", tt.file, time.Since(began))
	}
	s.answers("/page", "two")
	if strings.Contains(s.out.String(), "building") {
		t.Errorf("something was built:\n%s", s.out)
	}
}

func TestWhatIsIgnoredStartsNothing(t *testing.T) {
	s := newShop(t)
	s.run()
	s.write("notes.ignored", "1")
	s.write("built/x.go", "package broken")
	s.write("node_modules/x/x.go", "package broken")
	s.write("main_test.go", "package main\n\nvar broken = nothing")
	s.write("data.sqlite", "1")
	s.version(2)
	s.answers("/", "build 2")
	if n := strings.Count(s.out.String(), ": building"); n != 1 {
		t.Errorf("built %d times, want once:\n%s", n, s.out)
	}
}

func TestTheEnvironmentStartsItAgain(t *testing.T) {
	s := newShop(t)
	s.write(".env", "SHOP_SETTING=one\n")
	s.run()
	s.answers("/setting", "one")
	s.answers("/_dewar/reload.js", "EventSource")
	s.write(".env", "SHOP_SETTING=two\nFLASK_DEBUG=0\nFLASK_RUN_HOST=127.0.0.2\n")
	s.answers("/setting", "two")
	if status, _ := s.get("/_dewar/reload.js", "*/*"); status != http.StatusNotFound {
		t.Errorf("DEBUG is off, and the script is answered with %d", status)
	}
	s.says(`the address has become 127\.0\.0\.2:0, and dewar dev stays at 127\.0\.0\.1`)
	s.says("ready after(?s:.*)ready after")
	s.write("templates/page.html", "<!doctype html><title>Shop</title><body>two</body>")
	s.answers("/page", "two") // though the program keeps its templates
	if strings.Contains(s.out.String(), "building") {
		t.Errorf("something was built:\n%s", s.out)
	}
}

func TestACrashShowsTheLastOutput(t *testing.T) {
	s := newShop(t)
	s.run()
	s.says("ready after")
	answer, err := http.Get(s.url + "/crash")
	if err == nil {
		_ = answer.Body.Close()
	}
	page := s.answers("/", "the shop has burnt down")
	for _, want := range []string{"exit status 2", "Start it again", "It is started again in 10s"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q:\n%s", want, page)
		}
	}
	answer, err = http.Post(s.url+"/_dewar/again", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	s.answers("/", "build 1")
}

func TestAProgramThatServesNothingIsToldHow(t *testing.T) {
	for _, tt := range []struct{ name, imports, statement, want, page string }{
		{"it ends", `"fmt"`, `fmt.Println("bye")`, "End func main with app.Run", "bye"},
		{"it panics", "", `panic("no database")`, "Mend what its last output says", "no database"},
		{"it opens the address itself", `"net/http"; "os"`, `panic(http.ListenAndServe(os.Getenv("SHOP_ADDR"), nil))`, "app.Run takes over", "address already in use"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newShop(t)
			s.write("main.go", fmt.Sprintf("package main\n\nimport (%s)\n\nfunc main() { %s }\n", tt.imports, tt.statement))
			s.begin()
			t.Setenv("SHOP_ADDR", strings.TrimPrefix(s.url, "http://"))
			s.says("(?i)" + tt.want)
			s.answers("/", tt.page)
		})
	}
}

// TestAProgramThatServesLate has one that waits for something before it accepts requests, which would wait as well.
func TestAProgramThatServesLate(t *testing.T) {
	s := newShop(t)
	s.late = 200 * time.Millisecond
	wait := `for _, err := os.Stat("open"); err != nil; _, err = os.Stat("open") {}` + "\n\tif err := app.Run"
	s.write("main.go", strings.Replace(shopMain, "if err := app.Run", `println("still closed"); `+wait, 1))
	s.begin()
	page := s.answers("/", "does not accept requests yet")
	if !strings.Contains(page, "still closed") {
		t.Errorf("the page does not show what the program has printed:\n%s", page)
	}
	s.write("open", "")
	s.answers("/", "build 1")
}

// TestTheProgramGoesOnIfItIsTheSame has files of Go that are no part of it, as those are that it writes itself.
func TestTheProgramGoesOnIfItIsTheSame(t *testing.T) {
	s := newShop(t)
	s.run()
	s.says("ready after")
	s.write("other/other.go", "package other\n")
	s.says(`other/other\.go has changed: building\n.*the program is the same`)
	if n := strings.Count(s.out.String(), "ready after"); n != 1 {
		t.Errorf("it was started %d times:\n%s", n, s.out)
	}
}

// TestSavesDuringABuild saves again while each build runs. What comes of the builds that were cancelled counts for nothing,
// and leaves nothing.
func TestSavesDuringABuild(t *testing.T) {
	s := newShop(t)
	s.run()
	for n := 2; n < 32; n++ {
		s.version(n)
		s.until("another build", func() bool { return strings.Count(s.out.String(), ": building") >= n-1 })
	}
	s.version(32)
	s.answers("/", "build 32")
	if text := s.out.String(); strings.Contains(text, "failed") {
		t.Errorf("a build that was cancelled has come through:\n%s", text)
	}
	s.until("all but the program that runs is removed", func() bool {
		files, err := filepath.Glob(filepath.Join(s.temp, "dewar-dev-*", "program-*"))
		return err == nil && len(files) == 1
	})
}

func TestTheEndDuringABuild(t *testing.T) {
	s := newShop(t)
	s.begin()
	s.end()
}

func TestAProgramThatCannotStartIsStartedOnceItIsMended(t *testing.T) {
	s := newShop(t)
	s.write(".env", "FLASK_SECRET_KEY='unfinished\n")
	s.begin()
	page := s.answers("/", "The program has ended")
	if !strings.Contains(page, "line 1") {
		t.Errorf("the page does not say why:\n%s", page)
	}
	s.write(".env", "FLASK_TESTING=1\n")
	s.answers("/", "build 1")
	s.again <- struct{}{}
	s.says("starting again\n")
	s.answers("/", "build 1")
}
