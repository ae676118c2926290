package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/dewar-go/dewar/bench/siege/app"
)

// appVariable is set in a process that is the application under siege.
const appVariable = "DEWAR_SIEGE_APP"

// serve is what a process that is the application does. Its input is a pipe that the siege holds: it ends when the siege has
// gone without stopping it.
func serve() error {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		exit(errors.New("the siege has gone"))
	}()
	return app.Run()
}

// A site is the application under siege: a listening socket that the siege owns, and the processes that serve it. The socket stays
// open while processes come and go, so nobody is ever refused.
type site struct {
	name     string
	sessions string // as SIEGE_SESSIONS has it
	folder   string // its files, and those of SQLite
	scheme   string // http or https
	field    *field
	env      []string

	addr   string
	socket *os.File

	mu        sync.Mutex
	processes []*process // those that were not told to stop, the newest last
}

// newSite opens the socket and puts the files of the application into a folder of its own. It starts nothing.
func newSite(f *field, name, sessions string, env ...string) (*site, error) {
	s := &site{name: name, sessions: sessions, folder: filepath.Join(f.folder, name), scheme: "http", field: f}
	if err := os.MkdirAll(filepath.Join(s.folder, "uploads"), 0o755); err != nil {
		return nil, err
	}
	if err := os.Mkdir(filepath.Join(s.folder, "tmp"), 0o755); err != nil {
		return nil, err
	}
	if err := os.CopyFS(s.folder, app.Files); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(s.folder, "static", "large.bin"), largeFile(), 0o644); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	s.addr = l.Addr().String()
	if s.socket, err = socketOf(l.(*net.TCPListener)); err != nil {
		return nil, err
	}
	if sessions == "sqlite" {
		sessions = "sqlite:" + filepath.Join(s.folder, "sessions.db")
	}
	s.env = append(os.Environ(),
		appVariable+"=1", "LISTEN_FDS=1", "TMPDIR="+filepath.Join(s.folder, "tmp"), "GOTRACEBACK=all",
		"SIEGE_ROOT="+s.folder, "SIEGE_SESSIONS="+sessions, "SIEGE_SECRET_KEY="+f.secretKey, "SIEGE_PASSWORD="+f.password, "SIEGE_DRAIN_DELAY=1s",
	)
	s.env = append(s.env, env...)
	return s, nil
}

// largeFile is one MiB that is no repetition.
func largeFile() []byte {
	b := make([]byte, 1<<20)
	for i := range b {
		b[i] = byte(i*i>>7 + i>>16)
	}
	return b
}

// moment is how long a process may take to start, and to end. An attack whose time is over waits for it all the same: a site
// without a process would hold up everybody.
const moment = 30 * time.Second

// start starts a process more, and waits until it serves.
func (s *site) start(ctx context.Context, env ...string) (*process, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), moment)
	defer cancel()
	// LISTEN_PID has to be the process itself, so a shell sets it.
	cmd := exec.Command("/bin/sh", "-c", `LISTEN_PID=$$ exec "$0"`, s.field.program)
	cmd.ExtraFiles, cmd.Dir = []*os.File{s.socket}, s.folder
	cmd.Env = append(s.env[:len(s.env):len(s.env)], env...)
	said, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout = cmd.Stderr
	if _, err := cmd.StdinPipe(); err != nil { // it ends when the siege does, see serve
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the application: %w", err)
	}
	p := &process{cmd: cmd, serving: make(chan struct{}), ended: make(chan struct{})}
	go p.watch(s, said)
	select {
	case <-p.serving:
	case <-p.ended:
		return nil, fmt.Errorf("the application has not started: %w\n%s", p.err, p.lastLines())
	case <-ctx.Done():
		p.kill()
		return nil, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.processes = append(s.processes, p)
	return p, nil
}

// crashed tells of a process that has ended by itself, and starts another, so that the siege goes on.
func (s *site) crashed(p *process) {
	s.field.broken(othersUnharmed, "the application on %s has ended by itself: %v; its last lines:\n%s", s.name, p.err, p.lastLines())
	s.remove(p)
	if _, err := s.start(context.Background()); err != nil {
		s.field.broken(othersUnharmed, "the application on %s cannot be started again: %v", s.name, err)
	}
}

// current returns the process that was started last, or nil.
func (s *site) current() *process {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.processes) == 0 {
		return nil
	}
	return s.processes[len(s.processes)-1]
}

// durable reports whether sessions outlive a process.
func (s *site) durable() bool { return s.sessions != "memory" }

// stop tells a process to stop and waits until it has ended. That it does not end well breaks a promise: something was cut off.
func (s *site) stop(ctx context.Context, p *process) {
	if p == nil { // it has ended by itself, and the next is on its way
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), moment)
	defer cancel()
	s.remove(p)
	p.expectEnd()
	p.signal(syscall.SIGTERM)
	select {
	case <-p.ended:
		s.field.check(nothingDropped, p.err == nil, "the application on %s was told to stop and has ended with %v; its last lines:\n%s", s.name, p.err, p.lastLines())
	case <-ctx.Done():
		p.kill()
		s.field.broken(nothingDropped, "the application on %s was told to stop and has not, for %v", s.name, moment)
	}
}

func (s *site) remove(p *process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.processes = slices.DeleteFunc(s.processes, func(one *process) bool { return one == p })
}

// kill ends the newest process without a warning, and starts one after it, in a place without the temporary files that the old
// one could not take away.
func (s *site) kill(ctx context.Context) error {
	if p := s.current(); p != nil { // otherwise it has ended by itself, and the next is on its way
		s.remove(p)
		p.kill()
	}
	tmp := filepath.Join(s.folder, "tmp")
	if err := errors.Join(os.RemoveAll(tmp), os.Mkdir(tmp, 0o755)); err != nil {
		return err
	}
	_, err := s.start(ctx)
	return err
}

// handOver starts a new process beside the old one, and then stops that: both serve the socket for a while.
func (s *site) handOver(ctx context.Context) error {
	old := s.current()
	if _, err := s.start(ctx); err != nil {
		return err
	}
	s.stop(ctx, old)
	return nil
}

// restart stops the process and starts one after it: in between connections wait in the socket.
func (s *site) restart(ctx context.Context) error {
	s.stop(ctx, s.current())
	_, err := s.start(ctx)
	return err
}

// close ends all processes and closes the socket.
func (s *site) close() {
	for p := s.current(); p != nil; p = s.current() {
		s.stop(context.Background(), p)
	}
	_ = s.socket.Close()
}

// url returns the URL of a path of the site.
func (s *site) url(path string) string { return s.scheme + "://" + s.addr + path }

// insides asks a process what it holds: the one that the socket gives the connection to. Memory that is free goes back to the
// system before, if that is asked for.
func (s *site) insides(ctx context.Context, free bool) (in app.Insides, err error) {
	path := "/insides"
	if free {
		path += "?free=1"
	}
	text, err := s.get(ctx, path)
	if err != nil {
		return in, err
	}
	return in, json.Unmarshal(text, &in)
}

// stacks returns what all goroutines of a process do, or why that is not known.
func (s *site) stacks(ctx context.Context) string {
	text, err := s.get(ctx, "/insides/stacks")
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// get returns the answer to a path, by a connection of its own.
func (s *site) get(ctx context.Context, path string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url(path), nil)
	if err != nil {
		return nil, err
	}
	r.Close = true
	w, err := s.field.client().Do(r)
	if err != nil {
		return nil, err
	}
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	if err == nil && w.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", r.URL, w.Status)
	}
	return body, err
}
