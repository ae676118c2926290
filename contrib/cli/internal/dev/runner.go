package dev

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Options say what [Run] runs. The zero value runs the program in the working directory where its environment says.
type Options struct {
	// Dir is where the program runs; "" is the working directory.
	Dir string
	// Package is what go build is told to build; "" is the only program in Dir or below it.
	Package string
	// Args are those of the program.
	Args []string
	// Host and Port say where to listen, before the environment and .env do; "" leaves that to them.
	Host, Port string
	// Out is where the developer reads what happens and what the program prints; nil is nowhere.
	Out io.Writer
	// Colour says that Out shows colours.
	Colour bool
	// Again asks for the program to be started again as it is; nil never does.
	Again <-chan struct{}

	late time.Duration // how long a program may take to accept requests before something is said; 0 is 10 seconds
}

// reloadVariable tells a program, and the page in its place, that they are edited, and has the token by which they know
// who tells them of changes.
const reloadVariable = "DEWAR_RELOAD"

// rest is how long the page of a program that has crashed is shown before the program is started again.
const rest = 10 * time.Second

// A runner is one run of dewar dev. Its fields belong to the goroutine of Run.
type runner struct {
	options  Options
	screen   *terminal
	project  *project
	socket   *socket
	watcher  *watcher
	scratch  string // a folder for programs and sockets
	token    string
	debug    bool   // nobody has said whether DEBUG is on
	asked    string // where to listen
	scheme   string // of the program that was ready last
	builds   int    // how many have begun
	starts   int    // how many there were
	changed  time.Time
	built    chan *build        // from the builds, also those that were cancelled
	cancel   context.CancelFunc // of the build that runs; nil without one
	current  string             // the program that was built last
	unknown  bool               // nobody has asked go yet what that is made of
	looked   chan project       // of who asks go now
	ignore   context.CancelFunc // of the same
	program  *program           // that accepts; nil while the page does, or nobody
	page     *page              // that accepts; beside a program only if that has not said that it does
	broken   bool               // the last build has failed
	restarts <-chan time.Time   // when the program is started again after a crash
	again    chan struct{}      // somebody wants that now
	waiting  <-chan time.Time   // when the program should have said that it is ready
	work     sync.WaitGroup     // of all goroutines
}

// Run runs a program while it is edited, until ctx ends. It returns an error if it cannot begin: there is no program, or
// no address to listen on. Whatever goes wrong later is shown and can be mended. It changes the environment of this
// process, so it runs once at a time.
func Run(ctx context.Context, options Options) error {
	ctx, cancel := context.WithCancel(ctx)
	r := &runner{options: options, token: rand.Text(), scheme: "http", built: make(chan *build), again: make(chan struct{}, 1)}
	defer r.close()
	defer cancel()
	if err := r.prepare(ctx); err != nil {
		return err
	}
	r.introduce()
	r.screen.say("compiling; the first time takes longest")
	r.build(ctx)
	for ctx.Err() == nil {
		r.step(ctx)
	}
	r.screen.say("stopping")
	return nil
}

// prepare finds the program, opens the socket and begins to watch.
func (r *runner) prepare(ctx context.Context) (err error) {
	if r.options.Out == nil {
		r.options.Out = io.Discard
	}
	r.screen = &terminal{out: r.options.Out, colour: r.options.Colour}
	dir, err := filepath.Abs(r.options.Dir)
	if err != nil {
		return err
	}
	if r.project, err = findProject(ctx, dir, r.options.Package); err != nil {
		return err
	}
	if r.scratch, err = os.MkdirTemp(os.Getenv("GOTMPDIR"), "dewar-dev-"); err != nil {
		return fmt.Errorf("there is no place for the program that is built: %w; set TMPDIR to a folder that can be written to", err)
	}
	if err := r.listen(dir); err != nil {
		return err
	}
	if r.watcher, err = newWatcher(ctx, r.project, r.screen.warn); err != nil {
		return err
	}
	return os.Setenv(reloadVariable, r.token)
}

// listen opens the socket where the options or the environment of the program say.
func (r *runner) listen(dir string) (err error) {
	r.asked = r.address(dir)
	if r.socket, err = openSocket(r.asked); err != nil {
		return listenCure(r.asked, err)
	}
	return nil
}

// address reads the environment of the program, which may have become another, and returns where that says to listen.
func (r *runner) address(dir string) string {
	env, err := readEnvironment(dir)
	if err != nil {
		r.screen.warn("%v", err) // the program says more when it reads it
	}
	r.debug = !env.debug
	host, port := cmp.Or(r.options.Host, env.host), cmp.Or(r.options.Port, env.port)
	return net.JoinHostPort(strings.Trim(host, "[]"), port)
}

// introduce says what is going to happen.
func (r *runner) introduce() {
	keys := "Ctrl-C ends it"
	if r.options.Again != nil {
		keys += ", Enter starts it again"
	}
	r.screen.say("%s at %s (%s)", r.project.pkg, urlOf("http", r.socket.addr()), keys)
	if !isLoopback(r.socket.addr()) {
		r.screen.warn("other machines can reach this address, so DEBUG stays off: no debug page, no reloading; use --host 127.0.0.1 for those")
	}
	if !passes {
		r.screen.say("Windows passes no sockets on: while the program is started again connections are refused for a moment; reload the page then")
	}
}

// step waits for one thing to happen and does what it asks for.
func (r *runner) step(ctx context.Context) {
	var ready chan greeting
	var ended chan struct{}
	if r.program != nil {
		ready, ended = r.program.ready, r.program.ended
	}
	select {
	case <-ctx.Done():
	case names := <-r.watcher.Changes:
		r.change(ctx, names)
	case b := <-r.built:
		r.take(ctx, b)
	case fresh := <-r.looked:
		r.follow(fresh)
	case said := <-ready:
		r.welcome(ctx, said)
	case <-ended:
		r.mourn(ctx)
	case <-r.waiting:
		r.wonder()
	case <-r.restarts:
		r.start(ctx)
	case <-r.again:
		r.startAgain(ctx)
	case <-r.options.Again:
		r.startAgain(ctx)
	}
}

// change does what changed files ask for.
func (r *runner) change(ctx context.Context, names []string) {
	what, name := r.project.most(names)
	if rel, err := filepath.Rel(r.project.dir, name); err == nil {
		name = filepath.ToSlash(rel)
	}
	stands := r.program == nil && r.cancel == nil && !r.broken // the program has ended, and nothing is on its way
	switch {
	case what == nothing:
	case what == rebuild:
		r.screen.say("%s has changed: building", name)
		r.changed = time.Now()
		r.build(ctx)
	case r.cancel != nil || r.broken: // what is built next reads it
	case what == restart || stands:
		r.screen.say("%s has changed: starting again", name)
		r.changed = time.Now()
		r.start(ctx)
	case what == styles:
		r.tell(ctx, "css", name)
	default:
		r.tell(ctx, "reload", name)
	}
}

// build begins a build, in place of the one that runs. What the page tells may be mended then: requests wait for what
// comes of it.
func (r *runner) build(ctx context.Context) {
	r.endPage()
	if r.cancel != nil {
		r.cancel()
	}
	if r.changed.IsZero() {
		r.changed = time.Now()
	}
	building, cancel := context.WithCancel(ctx)
	r.cancel = cancel
	r.builds++
	number, project := r.builds, *r.project
	file := filepath.Join(r.scratch, fmt.Sprintf("program-%d%s", number, executable))
	r.work.Go(func() {
		b := project.compile(building, file)
		b.number = number
		select {
		case r.built <- b:
		case <-ctx.Done():
		}
	})
}

// take hands over to the program that was built, or shows why it was not. What comes of a build that is not the newest,
// which was cancelled, counts for nothing.
func (r *runner) take(ctx context.Context, b *build) {
	if b.number != r.builds {
		_ = os.Remove(b.file)
		return
	}
	r.cancel()
	r.cancel, r.restarts = nil, nil
	if r.broken = !b.ok(); r.broken {
		r.screen.warn("the build has failed after %s", short(b.took))
		r.screen.show(b.faults)
		r.show(ctx, &trouble{Title: "The program does not build", Faults: b.faults, Output: b.output,
			Cure: "Mend it and save the file; the program is then built again, and this page shows it."})
		return
	}
	if r.program != nil && sameFile(r.current, b.file) {
		r.screen.say("built in %s: the program is the same, and goes on", short(b.took))
		_ = os.Remove(b.file)
		return
	}
	r.screen.say("built in %s", short(b.took))
	old := r.current
	r.current, r.unknown = b.file, true
	r.start(ctx)
	if old != "" {
		_ = os.Remove(old)
	}
}

// sameFile reports whether two programs are the same. Those that differ do so near their beginning.
func sameFile(a, b string) bool {
	one, err := os.Open(a)
	if err != nil {
		return false
	}
	defer one.Close()
	other, err := os.Open(b)
	if err != nil {
		return false
	}
	defer other.Close()
	left, right := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, err := io.ReadFull(one, left)
		m, otherErr := io.ReadFull(other, right)
		switch {
		case !bytes.Equal(left[:n], right[:m]):
			return false
		case err != nil || otherErr != nil:
			return err == otherErr // both have ended
		}
	}
}

// lookAgain finds out what the program is made of now, so that no file of it is missed. It waits until the program serves,
// which it would slow down.
func (r *runner) lookAgain(ctx context.Context) {
	if !r.unknown {
		return
	}
	r.unknown = false
	if r.ignore != nil {
		r.ignore()
	}
	ctx, r.ignore = context.WithCancel(ctx)
	fresh, looked := *r.project, make(chan project, 1)
	r.looked = looked // of its own: what was known before comes too late
	r.work.Go(func() {
		if _, err := fresh.look(ctx); err == nil { // else what is known is still watched
			looked <- fresh
		}
	})
}

// follow watches what the program is made of now.
func (r *runner) follow(fresh project) {
	fresh.live = r.project.live
	r.project = &fresh
	r.watcher.cover(r.project)
}

// start ends whoever accepts and starts the program that was built last.
func (r *runner) start(ctx context.Context) {
	r.restarts = nil
	if r.current == "" {
		return
	}
	r.vacate()
	r.starts++
	p, err := launch{
		dir: r.project.dir, args: r.options.Args, env: r.environment(), out: r.screen, socket: r.socket,
		box: filepath.Join(r.scratch, fmt.Sprintf("ready-%d", r.starts)),
	}.start(r.current)
	if err != nil {
		r.screen.warn("the program cannot be started: %v", err)
		r.show(ctx, &trouble{Title: "The program cannot be started", Output: err.Error(), Again: true, Cure: startCure(err)})
		return
	}
	r.program = p
	if p.box != nil {
		r.waiting = time.After(cmp.Or(r.options.late, 10*time.Second))
	} else {
		r.lookAgain(ctx)
	}
}

// startCure says what to do about a program that cannot be started.
func startCure(err error) string {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOEXEC) {
		return "See that it is a package main, and that programs may be run in the folder for temporary files; set TMPDIR to one where they may."
	}
	return "See below why."
}

// environment is that of the program.
func (r *runner) environment() []string {
	if at := r.address(r.project.dir); at != r.asked {
		r.screen.warn("the address has become %s, and dewar dev stays at %s; end it and start it again to move it", at, r.socket.addr())
		r.asked = at
	}
	env := slices.DeleteFunc(os.Environ(), isOfSupervisor)
	env = append(env, "PWD="+r.project.dir)
	if r.debug && isLoopback(r.socket.addr()) {
		env = append(env, "FLASK_DEBUG=1")
	}
	if r.options.Colour {
		env = append(env, "CLICOLOR_FORCE=1")
	}
	return env
}

// isOfSupervisor reports whether a variable tells a program of who has started dewar dev.
func isOfSupervisor(variable string) bool {
	name, _, _ := strings.Cut(variable, "=")
	return slices.Contains([]string{"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}, name)
}

// startAgain starts the program because somebody has asked for it.
func (r *runner) startAgain(ctx context.Context) {
	if r.broken || r.cancel != nil {
		return
	}
	r.screen.say("starting again")
	r.changed = time.Now()
	r.start(ctx)
}

// vacate ends the program and the page, so that nobody accepts.
func (r *runner) vacate() {
	r.endProgram()
	r.endPage()
}

func (r *runner) endProgram() {
	r.waiting = nil
	if r.program != nil {
		r.program.stop(r.screen.say)
		r.program = nil
	}
}

func (r *runner) endPage() {
	if r.page != nil {
		r.page.stop()
		r.page = nil
	}
}

// show lets the page tell what is wrong, in the place of the program.
func (r *runner) show(ctx context.Context, t *trouble) {
	r.endProgram()
	if r.page != nil {
		r.page.trouble.Store(t)
		r.tell(ctx, "reload", "")
		return
	}
	r.open(t)
}

// open lets the page accept.
func (r *runner) open(t *trouble) {
	l, err := r.socket.listener()
	if err == nil {
		r.page, err = servePage(l, t, r.askAgain)
	}
	switch {
	case err != nil:
		r.screen.warn("no page can be shown in place of the program: %v", err)
	case r.scheme == "https":
		r.screen.warn("the page that shows this is served without TLS: %s", urlOf("http", r.socket.addr()))
	}
}

// askAgain is called by the page.
func (r *runner) askAgain() {
	select {
	case r.again <- struct{}{}:
	default: // somebody has asked already
	}
}

// welcome notes that the program accepts requests.
func (r *runner) welcome(ctx context.Context, said greeting) {
	r.endPage()
	r.program.served, r.waiting = true, nil
	r.project.live, r.scheme = said.live, said.scheme
	where := ""
	if r.scheme == "https" {
		where = " at " + urlOf(r.scheme, r.socket.addr())
	}
	r.screen.say("ready after %s%s", short(time.Since(r.changed)), where)
	r.watcher.cover(r.project)
	r.lookAgain(ctx)
}

// wonder answers requests that have waited for a program long enough, until that says that it accepts them.
func (r *runner) wonder() {
	r.waiting = nil
	cure := "end func main with app.Run, which takes over the socket of dewar dev; or wait, if it has much to do before"
	r.screen.warn("the program runs and has not said that it accepts requests; %s", cure)
	r.open(&trouble{Title: "The program does not accept requests yet", Output: r.program.output(), Again: true,
		Cure: strings.ToUpper(cure[:1]) + cure[1:] + "."})
}

// mourn shows how a program has ended that nobody has told to.
func (r *runner) mourn(ctx context.Context) {
	p := r.program
	select {
	case <-p.ready: // it was, for a moment
		p.served = true
	default:
	}
	r.program, r.waiting = nil, nil
	r.lookAgain(ctx)
	r.changed = time.Now()
	t := &trouble{Title: "The program has ended " + p.fate(), Output: p.output(), Again: true}
	switch {
	case r.cancel != nil: // another one is built already
		t.Cure = "The next one is being built."
	case p.served:
		t.Cure = fmt.Sprintf("It is started again in %v, or as soon as a file is saved.", rest)
		r.restarts = time.After(rest)
	case strings.Contains(t.Output, "address already in use"):
		t.Cure = "It opens an address that is in use: app.Run takes over the one that dewar dev has opened, and whatever else the program listens on needs another port."
	case p.err == nil:
		t.Cure = "It has served nothing. End func main with app.Run, or name the command that serves behind two dashes: dewar dev . -- run"
	default:
		t.Cure = "Mend what its last output says and save the file; the program is then started again."
	}
	r.screen.warn("%s; %s", strings.ToLower(t.Title[:1])+t.Title[1:], strings.ToLower(t.Cure[:1])+t.Cure[1:])
	r.show(ctx, t)
}

// tell tells the pages of whoever accepts that something has changed.
func (r *runner) tell(ctx context.Context, what, name string) {
	scheme := r.scheme
	if r.page != nil {
		scheme = "http"
	}
	r.work.Go(func() { // a program that is starting answers later
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		told, err := post(ctx, scheme+"://"+r.socket.addr().String()+"/_dewar/reload", what, r.token)
		switch {
		case ctx.Err() != nil || name == "":
		case err != nil:
			r.screen.warn("%s has changed, and the pages cannot be told: %v", name, err)
		case told:
			r.screen.say("%s has changed: pages are told", name)
		default: // DEBUG is off, or others can reach the program
			r.screen.say("%s has changed: load the page again", name)
		}
	})
}

// post tells the program at url what has changed, and returns whether it has understood.
func post(ctx context.Context, url, what, token string) (told bool, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(what))
	if err != nil {
		return false, err
	}
	request.Header.Set("Dewar-Reload", token)
	// The socket is of this process, so whoever accepts there is its program, whatever its certificate says.
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	answer, err := transport.RoundTrip(request)
	if err != nil {
		return false, err
	}
	return answer.StatusCode == http.StatusNoContent, answer.Body.Close()
}

// close ends all that there is, when the context of Run has ended.
func (r *runner) close() {
	r.vacate()
	r.work.Wait()
	if r.watcher != nil {
		<-r.watcher.done
	}
	if r.socket != nil {
		r.socket.close()
	}
	if r.scratch != "" {
		for range 20 { // a compiler that was killed a moment ago may still write there
			if os.RemoveAll(r.scratch) == nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}
