package storesiege

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// A fleet is the processes of one application, all of them on one store.
type fleet struct {
	t       testing.TB
	plan    plan
	addrs   []string // one for each listener of each process
	members []*member
	client  *http.Client
}

// A member is one process. What it logs is kept.
type member struct {
	cmd   *exec.Cmd
	stdin io.Closer
	addrs []string
	log   logBook
}

// startFleet starts as many processes of p, which end with the test.
func startFleet(t testing.TB, p plan, processes int) *fleet {
	t.Helper()
	f := &fleet{t: t, plan: p, client: &http.Client{
		Timeout:   30 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: 128},
	}}
	for range processes {
		m := startMember(t, p)
		f.members = append(f.members, m)
		f.addrs = append(f.addrs, m.addrs...)
	}
	t.Cleanup(f.client.CloseIdleConnections)
	return f
}

func startMember(t testing.TB, p plan) *member {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	m := &member{cmd: exec.Command(os.Args[0])}
	m.cmd.Env = append(os.Environ(), planVariable+"="+string(text))
	m.cmd.Stderr = &m.log
	stdin, err1 := m.cmd.StdinPipe()
	stdout, err2 := m.cmd.StdoutPipe()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	m.stdin = stdin
	if err := m.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.end(t) })
	if err := json.NewDecoder(stdout).Decode(&m.addrs); err != nil {
		t.Fatalf("the application has not started: %v; it wrote:\n%s", err, m.log.String())
	}
	return m
}

// end ends the process. A data race in it is a failure of the test.
func (m *member) end(t testing.TB) {
	m.stdin.Close()
	patience := time.AfterFunc(20*time.Second, func() { _ = m.cmd.Process.Kill() })
	defer patience.Stop()
	err := m.cmd.Wait()
	switch log := m.log.String(); {
	case strings.Contains(log, "DATA RACE"), strings.Contains(log, "panic"):
		t.Errorf("the application wrote:\n%s", log)
	case err != nil:
		t.Errorf("the application ended with %v; it wrote at last:\n%s", err, log[max(0, len(log)-4000):])
	}
}

// logs returns all that the processes have logged.
func (f *fleet) logs() string {
	var all strings.Builder
	for _, m := range f.members {
		all.WriteString(m.log.String())
	}
	return all.String()
}

// control asks a process for something that has no session, and decodes what it says.
func (f *fleet) control(addr, method, path string, q url.Values, into any) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, "http://"+addr+path+"?"+q.Encode(), nil)
	if err != nil {
		return err
	}
	w, err := f.client.Do(r)
	if err != nil {
		return err
	}
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	switch {
	case err != nil:
		return err
	case w.StatusCode/100 != 2:
		return fmt.Errorf("%s %s: %s %s", method, path, w.Status, body)
	case into != nil:
		return json.Unmarshal(body, into)
	}
	return nil
}

// moveClocks moves the clocks of all processes.
func (f *fleet) moveClocks(ahead time.Duration) {
	for _, addr := range f.addrs {
		if err := f.control(addr, "POST", "/clock", url.Values{"ahead": {ahead.String()}}, nil); err != nil {
			f.t.Errorf("move the clock: %v", err)
		}
	}
}

// A logBook keeps what is written to it.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
