package dev

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
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
}

// reloadVariable tells a program, and the page in its place, that they are edited, and has the token by which they know
// who tells them of changes.
const reloadVariable = "DEWAR_RELOAD"

// late is how long a program may take to accept requests before something is said.
const late = 10 * time.Second

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
	debug    bool // the program gets FLASK_DEBUG=1
	count    int  // of builds and starts, to name files
	changed  time.Time
	built    chan *build // of the build that runs
	looked   chan project
	cancel   context.CancelFunc // of the build that runs; nil without one
	current  string             // the program that was built last
	program  *program           // that accepts; nil while the page does, or nobody
	page     *page              // that accepts; nil while the program does, or nobody
	broken   bool               // the last build has failed
	restarts <-chan time.Time   // when the program is started again after a crash
	again    chan struct{}      // somebody wants that now
	waiting  <-chan time.Time   // when the program should have said that it is ready
}

// Run runs a program while it is edited, until ctx ends. It returns an error if it cannot begin: there is no program, or
// no address to listen on. Whatever goes wrong later is shown and can be mended. It changes the environment of this
// process, so it runs once at a time.
func Run(ctx context.Context, options Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &runner{options: options, token: rand.Text(), looked: make(chan project), again: make(chan struct{}, 1)}
	defer r.close()
	if err := r.prepare(ctx); err != nil {
		return err
	}
	r.introduce()
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
	if r.scratch, err = os.MkdirTemp("", "dewar-dev-"); err != nil {
		return fmt.Errorf("there is no place for the program that is built: %w; set TMPDIR to a folder that can be written to", err)
	}
	if err := r.listen(dir); err != nil {
		return err
	}
	if r.watcher, err = newWatcher(ctx, r.project); err != nil {
		return err
	}
	return os.Setenv(reloadVariable, r.token)
}

// listen opens the socket where the options or the environment of the program say.
func (r *runner) listen(dir string) error {
	env, err := readEnvironment(dir)
	if err != nil {
		r.screen.warn("%v", err) // the program says more when it reads it
	}
	if r.options.Host != "" {
		env.host = r.options.Host
	}
	if r.options.Port != "" {
		env.port = r.options.Port
	}
	addr := net.JoinHostPort(strings.Trim(env.host, "[]"), env.port)
	if r.socket, err = openSocket(addr); err != nil {
		return listenCure(addr, err)
	}
	r.debug = !env.debug && isLoopback(r.socket.addr())
	return nil
}

// introduce says what is going to happen.
func (r *runner) introduce() {
	keys := "Ctrl-C ends it"
	if r.options.Again != nil {
		keys += ", Enter starts it again"
	}
	r.screen.say("%s at %s (%s)", r.project.pkg, urlOf(r.socket.addr()), keys)
	if r.watcher.failed != nil {
		r.screen.warn("%v", r.watcher.failed)
	}
	if !isLoopback(r.socket.addr()) {
		r.screen.warn("other machines can reach this address, so DEBUG stays off: no debug page, no reloading; use --host 127.0.0.1 for those")
	}
	if !passes {
		r.screen.say("Windows passes no sockets on: while the program is started again connections are refused for a moment; reload the page then")
	}
}

// step waits for one thing to happen and does what it asks for.
func (r *runner) step(ctx context.Context) {
	var ready chan []string
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
	case live := <-ready:
		r.welcome(live)
	case <-ended:
		r.mourn()
	case <-r.waiting:
		r.screen.warn("the program runs and has not said that it accepts requests, so they wait; end func main with app.Run, which takes over the socket of dewar dev")
	case <-r.restarts:
		r.start()
	case <-r.again:
		r.startAgain()
	case <-r.options.Again:
		r.startAgain()
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
		r.start()
	case what == styles:
		r.tell("css", name)
	default:
		r.tell("reload", name)
	}
}

// build begins a build, in place of the one that runs.
func (r *runner) build(ctx context.Context) {
	if r.cancel != nil {
		r.cancel()
	}
	if r.changed.IsZero() {
		r.changed = time.Now()
	}
	ctx, r.cancel = context.WithCancel(ctx)
	r.count++
	file := filepath.Join(r.scratch, fmt.Sprintf("program-%d%s", r.count, executable))
	project, built := *r.project, make(chan *build, 1)
	r.built = built // of its own, so that what a cancelled build has made reaches nobody
	go func() {
		b := project.compile(ctx, file)
		if ctx.Err() != nil {
			_ = os.Remove(file)
			return
		}
		built <- b
	}()
}

// take hands over to the program that was built, or shows why it was not.
func (r *runner) take(ctx context.Context, b *build) {
	r.cancel()
	r.cancel = nil
	if r.broken = !b.ok(); r.broken {
		r.screen.warn("the build has failed after %s", short(b.took))
		r.screen.show(b.faults)
		r.show(&trouble{Title: "The program does not build", Faults: b.faults, Output: b.output,
			Cure: "Mend it and save the file; the program is then built again, and this page shows it."})
		return
	}
	r.screen.say("built in %s", short(b.took))
	old := r.current
	r.current = b.file
	r.start()
	if old != "" {
		_ = os.Remove(old)
	}
	r.lookAgain(ctx)
}

// lookAgain finds out what the program is made of now, so that no file of it is missed.
func (r *runner) lookAgain(ctx context.Context) {
	fresh := *r.project
	go func() {
		if _, err := fresh.look(ctx); err != nil {
			return // what is known is still watched
		}
		select {
		case r.looked <- fresh:
		case <-ctx.Done():
		}
	}()
}

// follow watches what the program is made of now.
func (r *runner) follow(fresh project) {
	for _, dir := range fresh.packages {
		r.watcher.add(dir)
	}
	fresh.live = r.project.live
	r.project = &fresh
}

// start ends whoever accepts and starts the program that was built last.
func (r *runner) start() {
	r.restarts = nil
	if r.current == "" {
		return
	}
	r.vacate()
	r.count++
	p, err := launch{
		dir: r.project.dir, args: r.options.Args, env: r.environment(), out: r.screen, socket: r.socket,
		box: filepath.Join(r.scratch, fmt.Sprintf("ready-%d", r.count)),
	}.start(r.current)
	if err != nil {
		r.screen.warn("the program cannot be started: %v", err)
		r.show(&trouble{Title: "The program cannot be started", Output: err.Error(), Again: true, Cure: "See below why."})
		return
	}
	r.program = p
	if p.box != nil {
		r.waiting = time.After(late)
	}
}

// environment is that of the program.
func (r *runner) environment() []string {
	env := os.Environ()
	if r.debug {
		env = append(env, "FLASK_DEBUG=1")
	}
	if r.options.Colour {
		env = append(env, "CLICOLOR_FORCE=1")
	}
	return env
}

// startAgain starts the program because somebody has asked for it.
func (r *runner) startAgain() {
	if r.broken || r.cancel != nil {
		return
	}
	r.screen.say("starting again")
	r.changed = time.Now()
	r.start()
}

// vacate ends the program or the page, so that nobody accepts.
func (r *runner) vacate() {
	r.waiting = nil
	if r.program != nil {
		r.program.stop(r.screen.say)
		r.program = nil
	}
	if r.page != nil {
		r.page.stop()
		r.page = nil
	}
}

// show lets the page tell what is wrong.
func (r *runner) show(t *trouble) {
	if r.page != nil {
		r.page.trouble.Store(t)
		r.tell("reload", "")
		return
	}
	r.vacate()
	l, err := r.socket.listener()
	if err == nil {
		r.page, err = servePage(l, t, r.askAgain)
	}
	if err != nil {
		r.screen.warn("no page can be shown in place of the program: %v", err)
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
func (r *runner) welcome(live []string) {
	r.program.served, r.waiting = true, nil
	r.project.live = live
	r.screen.say("ready after %s", short(time.Since(r.changed)))
}

// mourn shows how a program has ended that nobody has told to.
func (r *runner) mourn() {
	p := r.program
	r.program, r.waiting = nil, nil
	r.changed = time.Now()
	t := &trouble{Title: "The program has ended " + p.fate(), Output: strings.TrimSpace(p.last.String()), Again: true}
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
	r.show(t)
}

// tell tells the pages of whoever accepts that something has changed.
func (r *runner) tell(what, name string) {
	if name != "" {
		r.screen.say("%s has changed: pages are told", name)
	}
	url := "http://" + r.socket.addr().String() + "/_dewar/reload"
	go func() { // a program that is starting answers later
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(what))
		if err != nil {
			return
		}
		request.Close = true
		request.Header.Set("Dewar-Reload", r.token)
		if answer, err := http.DefaultTransport.RoundTrip(request); err == nil {
			_ = answer.Body.Close()
		} else if !errors.Is(err, context.Canceled) {
			r.screen.warn("the pages cannot be told: %v", err)
		}
	}()
}

// close ends all that there is.
func (r *runner) close() {
	if r.cancel != nil {
		r.cancel()
	}
	r.vacate()
	if r.socket != nil {
		r.socket.close()
	}
	if r.scratch != "" {
		_ = os.RemoveAll(r.scratch)
	}
}
