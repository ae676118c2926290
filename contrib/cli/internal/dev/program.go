package dev

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A program is one run of what was built.
type program struct {
	cmd   *exec.Cmd
	last  *tail
	box   *mailbox // nil where programs cannot say that they are ready
	began time.Time

	ready chan greeting // what it says when it accepts requests
	ended chan struct{}
	err   error // of the program, once it has ended

	served bool // it has been ready, or cannot say so
}

// A greeting is what a program says when it accepts requests.
type greeting struct {
	live   []string // the folders that it reads again by itself
	scheme string   // http or https
}

// A launch is how programs are started.
type launch struct {
	dir    string
	args   []string
	env    []string
	out    io.Writer
	socket *socket
	box    string // the name of a mailbox that is not there yet
}

// start starts the program in file.
func (l launch) start(file string) (*program, error) {
	p := &program{last: &tail{}, began: time.Now(), ready: make(chan greeting, 1), ended: make(chan struct{})}
	p.cmd = exec.Command(file, l.args...)
	p.cmd.Dir, p.cmd.Env = l.dir, l.env
	both := io.MultiWriter(l.out, p.last)
	p.cmd.Stdout, p.cmd.Stderr = both, both
	p.cmd.WaitDelay = 500 * time.Millisecond // what it has started may hold on to its output
	ownGroup(p.cmd)
	l.socket.give(p.cmd)
	if box, err := openMailbox(l.box); err == nil {
		p.box = box
		p.cmd.Env = append(p.cmd.Env, "NOTIFY_SOCKET="+l.box)
	}
	p.served = p.box == nil
	if err := p.cmd.Start(); err != nil {
		p.closeBox()
		return nil, err
	}
	go p.listen()
	go func() {
		p.err = p.cmd.Wait()
		askGroup(p.cmd.Process)
		p.closeBox()
		_ = os.Remove(l.box)
		close(p.ended)
	}()
	return p, nil
}

func (p *program) closeBox() {
	if p.box != nil {
		p.box.close()
	}
}

// listen waits for the message that the program accepts requests.
func (p *program) listen() {
	if p.box == nil {
		return
	}
	for {
		message, err := p.box.read()
		if err != nil {
			return
		}
		if said, ready := readiness(message); ready {
			p.ready <- said
			return
		}
	}
}

// readiness reads a message of the program.
func readiness(message string) (said greeting, ready bool) {
	said.scheme = "http"
	for line := range strings.Lines(message) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		switch key {
		case "READY":
			ready = value == "1"
		case "X_DEWAR_LIVE":
			said.live = filepath.SplitList(value)
		case "X_DEWAR_SCHEME":
			said.scheme = value
		}
	}
	return said, ready
}

// How long a program may take to end: after it was asked to, and after it was asked the second time.
const (
	politely = 5 * time.Second
	firmly   = time.Second
)

// stop ends the program and waits for its end. say is told when that takes long.
func (p *program) stop(say func(format string, args ...any)) {
	if p.gone(0) {
		return
	}
	_ = askToEnd(p.cmd.Process)
	if p.gone(time.Second) {
		return
	}
	say("the old program still answers a request; it has %v to end", politely)
	if p.gone(politely - time.Second) {
		return
	}
	_ = askToEnd(p.cmd.Process)
	if !p.gone(firmly) {
		say("the old program does not end; it was killed")
		_ = killGroup(p.cmd.Process)
		<-p.ended
	}
}

// gone reports whether the program ends within d.
func (p *program) gone(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.ended:
		return true
	case <-timer.C:
	}
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// output is the last that the program has printed.
func (p *program) output() string { return strings.TrimSpace(p.last.String()) }

// fate says how the program has ended.
func (p *program) fate() string {
	if p.err == nil {
		return "with status 0"
	}
	return fmt.Sprintf("with %v", p.err)
}

// A tail keeps the end of what is written to it. It may be used by several goroutines.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// tailSize is how much a tail keeps.
const tailSize = 16 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - tailSize; over > 0 {
		t.text = bytes.Clone(t.text[over:])
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
