package guide

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a program may take to say what the guide says that it says.
const patience = time.Minute

// binary is the name of a program that was built.
var binary = filepath.Join(".bin", "program"+map[bool]string{true: ".exe"}[runtime.GOOS == "windows"])

// A console does what the blocks of a chapter show: it starts the program and asks it.
type console struct {
	t     *testing.T
	dir   string
	ports map[string]string // those of the guide, and the free ones that stand for them
	start string            // the shell command that becomes the program
	dewar string            // the tool, once it is built
	on    *running
}

// running is a program that was started.
type running struct {
	cmd  *exec.Cmd
	log  *output
	done chan struct{}

	editing bool
}

// output is what a program has written so far.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

var address = regexp.MustCompile(`(127\.0\.0\.1|localhost):(\d{4,5})`)

// port returns the free port that stands for one of the guide.
func (c *console) port(shown string) string {
	if c.ports[shown] == "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			c.t.Fatal(err)
		}
		_, free, err := net.SplitHostPort(l.Addr().String())
		if err = errors.Join(err, l.Close()); err != nil {
			c.t.Fatal(err)
		}
		c.ports[shown] = free
	}
	return c.ports[shown]
}

// real returns a text of the guide with the ports of this run, shown the other way round.
func (c *console) real(text string) string {
	return address.ReplaceAllStringFunc(text, func(found string) string {
		host, port, _ := strings.Cut(found, ":")
		return host + ":" + c.port(port)
	})
}

func (c *console) shown(text string) string {
	for shown, free := range c.ports {
		text = strings.ReplaceAll(text, ":"+free, ":"+shown)
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}

var (
	runs    = regexp.MustCompile(`^((?:\w+=(?:\$\([^)]*\)|\S)* )*)(go run \.|\./\w+ run|dewar dev)( .*)?$`)
	curls   = "curl() { command curl -sS --max-time 60 \"$@\"; }\n"
	prompts = regexp.MustCompile(`(?m)^\$ `)
)

// runnable reports whether commands can be run here. On Windows programs of the guide are compiled alone.
func runnable(t *testing.T) bool {
	t.Helper()
	if runtime.GOOS == "windows" {
		return false
	}
	for _, name := range []string{"sh", "curl", "openssl"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Logf("THE COMMANDS OF THE GUIDE WERE NOT RUN: %v", err)
			if os.Getenv("CI") == "true" {
				t.Fail()
			}
			return false
		}
	}
	return true
}

// follow does what a console block shows, command by command.
func (c *console) follow(b block) error {
	for _, part := range prompts.Split(b.text, -1)[1:] {
		command, want, _ := strings.Cut(part, "\n")
		for strings.HasSuffix(command, "\\") {
			next, rest, _ := strings.Cut(want, "\n")
			command, want = strings.TrimSuffix(command, "\\")+strings.TrimPrefix(next, "> "), rest
		}
		if err := c.do(command, strings.TrimRight(want, "\n")); err != nil {
			return fmt.Errorf("$ %s\n%w", command, err)
		}
	}
	return nil
}

func (c *console) do(command, want string) error {
	if strings.Contains(command, "| head") {
		return errors.New("head ends before curl has written all, which curl says at times; write sed -n 1p")
	}
	if match := runs.FindStringSubmatch(command); match != nil {
		return c.run(c.real(match[1]), match[2], match[3], want)
	}
	if strings.Contains(command, "curl ") && c.on == nil {
		if err := c.run("", "go run .", "", ""); err != nil {
			return err
		}
	}
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		cmd := exec.Command("sh", "-c", curls+c.real(frugal(command)))
		cmd.Dir, cmd.Env = c.dir, goTool("").Env
		out, err := cmd.CombinedOutput()
		got := c.shown(string(out))
		if pattern(want).MatchString(solid(got)) {
			return nil
		}
		if !c.editing() || time.Now().After(end) { // below dewar dev an edit takes its time
			return fmt.Errorf("got:\n%s\nwant:\n%s\n(%v)\nlog:\n%s", got, want, err, c.log())
		}
	}
}

// frugal is a command whose build takes the packages that other builds have compiled: those for -trimpath are others.
func frugal(command string) string { return strings.ReplaceAll(command, " -trimpath ", " ") }

// editing reports whether dewar dev runs, which builds the program when it changes.
func (c *console) editing() bool { return c.on != nil && c.on.editing }

// log returns what the program has written, if there is one.
func (c *console) log() string {
	if c.on == nil {
		return ""
	}
	return c.shown(c.on.log.String())
}

// run starts the program in place of the one that runs. One of which the guide shows an exit status must end.
func (c *console) run(assignments, command, args, want string) error {
	c.stop()
	want, fails := strings.CutSuffix(want, "exit status 1")
	switch command {
	case "go run .":
		command = c.start
	case "dewar dev":
		command = "'" + filepath.ToSlash(c.dewar) + "' dev"
	}
	editing := strings.HasSuffix(command, " dev")
	cmd := exec.Command("sh", "-c", assignments+"exec "+command+c.real(args))
	cmd.Dir = c.dir
	cmd.Env = append(goTool("").Env, "FLASK_RUN_PORT="+c.port("5000"))
	if !strings.Contains(assignments, "FLASK_SECRET_KEY") {
		cmd.Env = append(cmd.Env, "FLASK_SECRET_KEY=1f0c8e9a7b6d5c4e3f2a1b0c9d8e7f6a")
	}
	c.on = &running{cmd, new(output), make(chan struct{}), editing}
	cmd.Stdout, cmd.Stderr = c.on.log, c.on.log
	if err := cmd.Start(); err != nil {
		return err
	}
	go func(r *running) { _ = r.cmd.Wait(); close(r.done) }(c.on)
	if fails {
		select {
		case <-c.on.done:
		case <-time.After(patience):
			return errors.New("it should have ended with exit status 1")
		}
	} else if err := c.accepts(); err != nil {
		return err
	}
	return c.says(strings.TrimRight(want, "\n"))
}

// accepts waits until the program answers at its port.
func (c *console) accepts() error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		select {
		case <-c.on.done:
			return fmt.Errorf("the program ended: %s", c.log())
		default:
		}
		conn, err := net.Dial("tcp", "127.0.0.1:"+c.port("5000"))
		if err == nil {
			return conn.Close()
		}
	}
	return fmt.Errorf("the program does not listen: %s", c.log())
}

// says waits until each line of want is in what the program has written.
func (c *console) says(want string) error {
	for line := range strings.Lines(want) {
		line = strings.TrimSpace(line)
		wanted := loosely(line)
		for end := time.Now().Add(patience); line != "" && !wanted.MatchString(c.log()); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				return fmt.Errorf("the program should write:\n%s\nit wrote:\n%s", line, c.log())
			}
		}
	}
	return nil
}

// stop ends the program, if one runs.
func (c *console) stop() {
	if c.on == nil {
		return
	}
	if c.on.editing { // it has a program of its own to end
		_ = c.on.cmd.Process.Signal(os.Interrupt)
		select {
		case <-c.on.done:
		case <-time.After(patience):
			c.t.Error("dewar dev does not end")
		}
	}
	_ = c.on.cmd.Process.Kill()
	<-c.on.done
	c.on = nil
}

var emptyLines = regexp.MustCompile(`\n\s*\n`)

// solid is a text without empty lines, which do not count.
func solid(text string) string {
	return strings.Trim(emptyLines.ReplaceAllString(text, "\n"), "\n") + "\n"
}

// pattern matches a solid output as the guide shows it: "..." stands for anything, on a line of its own for any lines.
func pattern(want string) *regexp.Regexp {
	var expr strings.Builder
	for line := range strings.Lines(solid(want)) {
		if line = strings.TrimSuffix(line, "\n"); line == "..." {
			expr.WriteString(`(?s:.*?)`)
			continue
		}
		expr.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), `\.\.\.`, `.*?`) + ` *\n`)
	}
	return regexp.MustCompile(`^` + expr.String() + `$`)
}

// loosely matches a line wherever it stands.
func loosely(line string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(line), `\.\.\.`, `.*`))
}

func TestPattern(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		want, got string
		match     bool
	}{
		{"Hello", "Hello", true},
		{"Hello", "Hello!", false},
		{"HTTP/1.1 200 OK\n...\n\nHello", "HTTP/1.1 200 OK\nA: b\n\nHello", true},
		{"HTTP/1.1 200 OK\n...\n\nHello", "HTTP/1.1 500 OK\nA: b\n\nHello", false},
		{"a...c", "abc", true},
		{"a...c", "ab\nc", false},
	} {
		if got := pattern(tt.want).MatchString(solid(tt.got)); got != tt.match {
			t.Errorf("%q for %q: got %v, want %v", tt.got, tt.want, got, tt.match)
		}
	}
}
