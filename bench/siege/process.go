package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// A process is one run of the application.
type process struct {
	cmd     *exec.Cmd
	serving chan struct{} // closed when it serves
	ended   chan struct{} // closed when it has ended
	err     error         // how it has ended, then

	mu       sync.Mutex
	last     []string // its last lines
	expected bool     // that it ends
}

// watch reads what the process says until it ends.
func (p *process) watch(s *site, said io.Reader) {
	lines := bufio.NewScanner(said)
	lines.Buffer(nil, 16<<20)
	serving := false
	for lines.Scan() {
		line := lines.Bytes()
		if !serving && bytes.Contains(line, []byte(`"msg":"serving"`)) {
			serving = true
			close(p.serving)
		}
		s.field.ledger.logged(s.name, line)
		p.keep(string(line))
	}
	p.err = p.cmd.Wait()
	close(p.ended)
	if serving && !p.expectEnd() {
		s.crashed(p)
	}
}

// expectEnd says that the process will end, and whether that was said before.
func (p *process) expectEnd() (before bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before, p.expected = p.expected, true
	return before
}

// keep keeps a line, as long as it is one of the last.
func (p *process) keep(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = append(p.last[max(0, len(p.last)-50):], line)
}

func (p *process) lastLines() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.last, "\n")
}

// signal sends a signal, and does not wait for what comes of it.
func (p *process) signal(sig os.Signal) { _ = p.cmd.Process.Signal(sig) }

// kill ends the process at once, and waits for it.
func (p *process) kill() {
	p.expectEnd()
	_ = p.cmd.Process.Kill()
	<-p.ended
}
