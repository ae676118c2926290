package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Unlimited is the limit of files of a server whose disk has room.
const Unlimited = -1

// patience bounds every wait for a server.
const patience = 30 * time.Second

// Server is a server that was started for a test. It ends with the test. It is safe for concurrent use.
type Server struct {
	t     testing.TB
	plan  plan
	dir   string
	clock string // the file with the offset of the server's clock, or empty
	addr  string

	mu      sync.Mutex
	process *process
	paused  bool
}

// plan says how a server is started and asked.
type plan struct {
	name    string                      // of the program, for messages
	args    []string                    // the program and its arguments
	account *account                    // who runs it; nil: whoever runs the test
	url     string                      // what clients connect to
	stop    syscall.Signal              // asks for a clean end
	answers func(context.Context) error // nil once the server serves clients
}

// start starts a server whose folder is ready.
func start(t testing.TB, dir, addr string, clock bool, p plan) *Server {
	t.Helper()
	s := &Server{t: t, plan: p, dir: dir, addr: addr}
	if clock {
		s.clock = filepath.Join(dir, "clock")
		s.MoveClock(0)
	}
	t.Cleanup(s.end)
	s.launch()
	return s
}

// end is how a server goes with its test.
func (s *Server) end() {
	if s.t.Failed() {
		s.t.Logf("%s on %s wrote at last:\n%s", s.plan.name, s.addr, tail(s.Log()))
	}
	s.Kill()
}

// Addr returns the host and port that the server listens on. They stay the same when it is started again.
func (s *Server) Addr() string { return s.addr }

// URL returns what a client connects to, in the form its driver reads: redis://, rediss:// and postgres:// URLs, and for
// MariaDB the DSN of go-sql-driver without parameters.
func (s *Server) URL() string { return s.plan.url }

// Through returns the URL with the address of the proxy in the place of the server's own.
func (s *Server) Through(p *Proxy) string { return strings.Replace(s.plan.url, s.addr, p.Addr(), 1) }

// PID returns the process id of the server, or 0 when it does not run.
func (s *Server) PID() int {
	if p := s.current(); p != nil {
		return p.cmd.Process.Pid
	}
	return 0
}

// Running reports whether the process is there. A paused server is.
func (s *Server) Running() bool { return s.current() != nil }

// Log returns what the server has written since it was started first.
func (s *Server) Log() string {
	text, err := os.ReadFile(s.logFile())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Start starts a server that was stopped or killed, on the same port and with the same data, and waits until it answers.
// It does nothing when the server runs and answers. One that was about to end is started when it has.
func (s *Server) Start() {
	s.t.Helper()
	if s.Running() && s.await() == nil {
		return
	}
	s.launch()
	s.Ready()
}

// Ready waits until the server answers.
func (s *Server) Ready() {
	s.t.Helper()
	if err := s.await(); err != nil {
		s.t.Fatalf("servers: %s on %s does not answer: %v; it wrote at last:\n%s", s.plan.name, s.addr, err, tail(s.Log()))
	}
}

// Restart stops the server cleanly and starts it again.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	s.Start()
}

// Stop asks the server to end, as an operator does, and waits until it has. What clients still do is cut off.
func (s *Server) Stop() {
	s.t.Helper()
	p := s.current()
	if p == nil {
		return
	}
	s.Resume()
	_ = send(p.cmd.Process.Pid, s.plan.stop) // it may have ended by itself
	if !p.wait(patience) {
		s.t.Fatalf("servers: %s on %s did not stop; it wrote at last:\n%s", s.plan.name, s.addr, tail(s.Log()))
	}
}

// Kill ends the server and its children by SIGKILL and waits until they are gone.
func (s *Server) Kill() {
	s.t.Helper()
	p := s.current()
	if p == nil {
		return
	}
	pids := halted(p.cmd.Process.Pid)
	sendAll(pids, syscall.SIGKILL)
	if !p.wait(patience) || !gone(pids) {
		s.t.Errorf("servers: %s on %s survived SIGKILL", s.plan.name, s.addr)
	}
}

// Pause stops the server and its children where they are: connections stay, and new ones are accepted by the kernel, but
// nothing is answered until Resume.
func (s *Server) Pause() { s.hold(true, signalPause) }

// Resume lets a paused server go on.
func (s *Server) Resume() { s.hold(false, signalResume) }

func (s *Server) hold(paused bool, sig syscall.Signal) {
	p := s.current()
	if p == nil {
		return
	}
	s.mu.Lock()
	s.paused = paused
	s.mu.Unlock()
	pids := family(p.cmd.Process.Pid)
	if paused {
		pids = halted(p.cmd.Process.Pid)
	}
	sendAll(pids, sig)
}

// serving reports whether the server runs and is not paused.
func (s *Server) serving() bool {
	running := s.Running()
	s.mu.Lock()
	defer s.mu.Unlock()
	return running && !s.paused
}

// LimitFiles fills the disk of the running server: from now on no write reaches beyond the first n bytes of a file, its
// log included, and fails as one to a full disk does. 0 refuses every write; [Unlimited] makes room again. A server that
// is started anew has room. Some end when they cannot write, also a little later.
func (s *Server) LimitFiles(n int64) {
	s.t.Helper()
	pid := s.PID()
	if pid == 0 && n == Unlimited {
		return
	}
	if pid == 0 {
		s.t.Fatalf("servers: %s on %s does not run; start it before LimitFiles", s.plan.name, s.addr)
	}
	soft := "--fsize=unlimited:"
	if n != Unlimited {
		soft = fmt.Sprintf("--fsize=%d:", n)
	}
	// Those who run a process may limit it; root may not everywhere.
	for _, pid := range family(pid) {
		output, err := command(s.plan.account, prlimit(s.t), "--pid", strconv.Itoa(pid), soft).CombinedOutput()
		if err != nil && alive(pid) {
			s.t.Fatalf("servers: limit the files of %s: %v: %s", s.plan.name, err, output)
		}
	}
}

// MoveClock sets the server's wall clock to the true time and ahead more, or less when ahead is negative. Its monotonic
// clock is not moved. The server must have been started with Clock.
func (s *Server) MoveClock(ahead time.Duration) {
	s.t.Helper()
	if s.clock == "" {
		s.t.Fatalf("servers: the clock of %s cannot be moved; set Clock: true before Start", s.plan.name)
	}
	// A new file takes the place of the old one, so that the server never reads half of it.
	next := s.clock + ".next"
	err := os.WriteFile(next, fmt.Appendf(nil, "%+.3f\n", ahead.Seconds()), 0o644)
	if err == nil {
		err = os.Rename(next, s.clock)
	}
	if err != nil {
		s.t.Fatalf("servers: move the clock: %v", err)
	}
}

// current returns the process, or nil when it has ended.
func (s *Server) current() *process {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil || s.process.wait(0) {
		return nil
	}
	return s.process
}

// launch starts the process unless it runs.
func (s *Server) launch() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil && !s.process.wait(0) {
		return
	}
	process, err := s.run()
	if err != nil {
		s.t.Fatalf("servers: start %s: %v", s.plan.name, err)
	}
	s.process, s.paused = process, false
}

func (s *Server) run() (*process, error) {
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := command(s.plan.account, s.plan.args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, log, log
	cmd.Env = append(cmd.Env, "TMPDIR="+s.dir) // that of the test may be closed to the account
	if s.clock != "" {
		// The memory of libc comes before that of jemalloc, which asks for the time before libfaketime can tell it.
		cmd.Env = append(cmd.Env, "LD_PRELOAD="+faketime(s.t)+":libc.so.6", "FAKETIME_TIMESTAMP_FILE="+s.clock,
			"FAKETIME_NO_CACHE=1", "DONT_FAKE_MONOTONIC=1")
	}
	return launch(cmd)
}

// await asks the server until it answers, it has ended, or patience has.
func (s *Server) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return poll(ctx, func() error {
		if !s.Running() {
			return fmt.Errorf("%w: the process has ended", errGiveUp)
		}
		once, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		return s.plan.answers(once)
	})
}

func (s *Server) logFile() string { return filepath.Join(s.dir, "log") }

// errGiveUp is wrapped by an error after which it is vain to ask again.
var errGiveUp = errors.New("gave up")

// poll calls ask until it returns nil, and returns its last error when ctx ends before.
func poll(ctx context.Context, ask func() error) error {
	for pause := 2 * time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		err := ask()
		if err == nil || errors.Is(err, errGiveUp) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// eventually waits until ask returns nil, and fails the test with its last error.
func eventually(t testing.TB, what string, ask func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := poll(ctx, ask); err != nil {
		t.Fatalf("servers: waited %v for %s: %v", patience, what, err)
	}
}

// process is a child that somebody waits for.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
}

// launch starts cmd. The kernel ends a child together with the thread that started it, so that a thread is kept for it.
func launch(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(p.done)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is no matter: tests kill it
		}
	}()
	return p, <-started
}

// wait reports whether the process ends within d.
func (p *process) wait(d time.Duration) bool {
	if d == 0 {
		select {
		case <-p.done:
			return true
		default:
			return false
		}
	}
	select {
	case <-p.done:
		return true
	case <-time.After(d):
		return false
	}
}

// gone waits until none of the processes is left.
func gone(pids []int) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return poll(ctx, func() error {
		for _, pid := range pids {
			if alive(pid) {
				return fmt.Errorf("process %d is alive", pid)
			}
		}
		return nil
	}) == nil
}

// halted stops a process, and returns it with all that descend from it: one that runs may have a child more by now.
func halted(pid int) []int {
	_ = send(pid, signalPause) // it may have ended by itself
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_ = poll(ctx, func() error {
		if alive(pid) && !stopped(pid) {
			return fmt.Errorf("process %d goes on", pid)
		}
		return nil
	})
	return family(pid)
}

func sendAll(pids []int, sig syscall.Signal) {
	for _, pid := range pids {
		_ = send(pid, sig) // it may have ended by itself
	}
}

// tail returns the last lines of a log.
func tail(log string) string {
	lines := strings.Split(strings.TrimSpace(log), "\n")
	return "\t" + strings.Join(lines[max(0, len(lines)-25):], "\n\t")
}
