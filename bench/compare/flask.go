package main

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// flaskFiles are the program for Flask.
//
//go:embed flask
var flaskFiles embed.FS

// startFlask starts Flask under gunicorn at a work, from a folder with its files: one worker with threads, which keeps connections, as its other workers for
// plain Python do not.
func startFlask(work, folder string) (*child, error) {
	program, err := exec.LookPath("gunicorn")
	if err != nil {
		return nil, errors.New("gunicorn is not installed")
	}
	list, err := json.Marshal(rows())
	if err != nil {
		return nil, err
	}
	socket, err := freeAddress()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program, "--bind", socket, "--workers", "1", "--worker-class", "gthread", "--threads", fmt.Sprint(connections),
		"--keep-alive", "300", "--log-level", "error", "--chdir", filepath.Join(folder, "flask"), "serve:app")
	cmd.Env = append(os.Environ(), "COMPARE_WORK="+work, "COMPARE_SECRET="+secret, "COMPARE_TOKEN="+token,
		"COMPARE_ROWS="+string(list), "COMPARE_GITHUB="+github, "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &child{address: socket, cmd: cmd, stop: func() { endGunicorn(cmd) }}
	if err := c.waitForWorker(); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

// endGunicorn asks the master to end its worker and itself, and has no patience for long.
func endGunicorn(cmd *exec.Cmd) {
	_ = cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	_ = cmd.Wait()
}

// waitForWorker waits until somebody answers, and finds the process that does.
func (c *child) waitForWorker() error {
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		if conn, err := net.Dial("tcp", c.address); err == nil {
			conn.Close()
			if workers := children(c.cmd.Process.Pid); len(workers) == 1 {
				c.worker = workers[0]
				return nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("gunicorn does not start")
}

// freeAddress returns one on which nobody listens.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// flaskVersions returns those of Flask, of gunicorn and of the Python that runs both.
func flaskVersions() (map[string]string, error) {
	program, err := exec.LookPath("gunicorn")
	if err != nil {
		return nil, errors.New("gunicorn is not installed (Debian: gunicorn, python3-flask)")
	}
	out, err := exec.Command(program, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("gunicorn does not run: %w", err)
	}
	found := map[string]string{"gunicorn": strings.TrimSuffix(strings.TrimSpace(lastField(string(out))), ")")}
	python := pythonOf(program)
	const script = "import sys, importlib.metadata as m; print(m.version('flask'), sys.version.split()[0])"
	if out, err = exec.Command(python, "-c", script).Output(); err != nil {
		return nil, fmt.Errorf("%s has no Flask (Debian: python3-flask)", filepath.Base(python))
	}
	fields := strings.Fields(string(out))
	found["Flask"], found["Python"] = fields[0], fields[1]
	return found, nil
}

// pythonOf returns the Python that a script names in its first line.
func pythonOf(script string) string {
	text, err := os.ReadFile(script)
	if err != nil {
		return "python3"
	}
	first, _, _ := strings.Cut(string(text), "\n")
	fields := strings.Fields(strings.TrimPrefix(first, "#!"))
	if len(fields) == 0 || !strings.Contains(fields[len(fields)-1], "python") {
		return "python3"
	}
	return fields[len(fields)-1]
}

func lastField(s string) string {
	fields := strings.Fields(s)
	if len(fields) == 0 {
		return ""
	}
	return fields[len(fields)-1]
}
