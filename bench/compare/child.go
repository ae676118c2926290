package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/valyala/fasthttp"
)

// childVariable tells a copy of this program what it serves: the name of a work, a space, that of a contender.
const childVariable = "COMPARE_SERVE"

// A child is a server in a process of its own, with one core.
type child struct {
	address string
	worker  int // the process that answers
	cmd     *exec.Cmd
	stop    func()
}

// startChild starts a contender at a work.
func startChild(name, work string) (*child, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), childVariable+"="+work+" "+name, "GOMAXPROCS=1")
	c, err := startCommand(cmd)
	if err != nil {
		return nil, fmt.Errorf("%s does not start: %w", name, err)
	}
	return c, nil
}

// startCommand starts a program that prints its address and ends with its standard input.
func startCommand(cmd *exec.Cmd) (*child, error) {
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe() // it ends when this is closed, by this process's end at the latest
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &child{worker: cmd.Process.Pid, cmd: cmd, stop: func() { in.Close(); _ = cmd.Wait() }}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		c.stop()
		return nil, err
	}
	c.address = strings.TrimSpace(line)
	return c, nil
}

// serveChild serves, in a child, until standard input ends. It reports false in a process that is none.
func serveChild() (bool, error) {
	task, ok := os.LookupEnv(childVariable)
	if !ok {
		return false, nil
	}
	work, name, _ := strings.Cut(task, " ")
	c, err := contenderNamed(name)
	if err != nil {
		return true, err
	}
	s, err := c.make(work, place{})
	if err != nil {
		return true, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return true, err
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		l.Close()
	}()
	fmt.Println(l.Addr())
	if err := s.serve(l); err != nil && !errors.Is(err, net.ErrClosed) {
		return true, err
	}
	return true, nil
}

// serve answers what comes in at l until that is closed.
func (s server) serve(l net.Listener) error {
	if s.fast != nil {
		return (&fasthttp.Server{Handler: s.fast}).Serve(l)
	}
	return (&http.Server{Handler: s.std, ReadHeaderTimeout: time.Minute}).Serve(l)
}
