package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"
)

// A runner is a tool that runs a shop while it is edited, or go build alone without a command.
type runner struct {
	name    string
	command []string
	shop    *shop
	took    []time.Duration
	beside  []time.Duration // what of that was no go build, as far as the tool tells

	url    string
	cmd    *exec.Cmd
	screen screen
}

// A screen keeps what a tool says.
type screen struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

// built finds how long dewar dev says that go build has taken.
var built = regexp.MustCompile(`dewar dev: built in ([0-9.]+m?s)`)

// lastBuild returns how long the last build has taken.
func (s *screen) lastBuild() (took time.Duration, told bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := built.FindAllStringSubmatch(s.text.String(), -1)
	if len(all) == 0 {
		return 0, false
	}
	took, err := time.ParseDuration(all[len(all)-1][1])
	return took, err == nil
}

// patience is how long an answer may take.
const patience = time.Minute

// begin starts the tool and waits for the first answer.
func (r *runner) begin(ctx context.Context) error {
	if r.command == nil {
		return r.build(ctx)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	r.url = "http://" + l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	r.cmd = exec.CommandContext(context.WithoutCancel(ctx), r.command[0], r.command[1:]...)
	r.cmd.WaitDelay = 10 * time.Second
	r.cmd.Dir = r.shop.dir
	r.cmd.Env = append(os.Environ(), "FLASK_RUN_PORT="+port, "FLASK_DEBUG=1", "GOWORK=off")
	r.cmd.Stdout, r.cmd.Stderr = &r.screen, &r.screen
	if err := r.cmd.Start(); err != nil {
		return err
	}
	return r.answers(ctx, "/", "build 0.")
}

// end ends the tool.
func (r *runner) end() {
	if r.cmd != nil {
		_ = r.cmd.Process.Signal(os.Interrupt)
		_ = r.cmd.Wait()
	}
}

// edit measures one edit.
func (r *runner) edit(ctx context.Context, n int) error {
	began := time.Now()
	err := r.shop.version(n)
	switch {
	case err != nil:
	case r.command == nil:
		err = r.build(ctx)
	default:
		err = r.answers(ctx, "/", fmt.Sprintf("build %d.", n))
	}
	took := time.Since(began)
	if err != nil {
		return err
	}
	r.took = append(r.took, took)
	if build, told := r.screen.lastBuild(); told {
		r.beside = append(r.beside, took-build)
	}
	time.Sleep(time.Second) // what the tool still has to do is not in the way of the next
	return nil
}

// build is what each tool has to do at least.
func (r *runner) build(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", "program", ".")
	cmd.Dir = r.shop.dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w: %s", err, out)
	}
	return nil
}

// pause is how long it takes to ask again: often enough for the figures, and so seldom that it does not slow the build down.
const pause = 20 * time.Millisecond

// answers waits until text is in the answer, with a connection for each request.
func (r *runner) answers(ctx context.Context, path, text string) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	for began := time.Now(); time.Since(began) < patience; time.Sleep(pause) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+path, nil)
		if err != nil {
			return err
		}
		answer, err := client.Do(request)
		if err != nil {
			continue // nobody accepts, or has ended meanwhile
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err == nil && strings.Contains(string(body), text) {
			return nil
		}
	}
	return fmt.Errorf("%s: %s did not answer %q in %v", r.name, path, text, patience)
}

// tellPages measures how soon a page learns of a template and of a style sheet that were edited.
func (r *runner) tellPages(ctx context.Context, edits int) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+"/_dewar/reload", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for _, tt := range []struct{ file, text, event string }{
		{"templates/page.html", "<!doctype html><title>Shop</title><body>%d.</body>", "event: reload"},
		{"static/shop.css", "body { margin: %dpx }", "event: css"},
	} {
		var took []time.Duration
		for n := range edits {
			began := time.Now()
			if err := r.shop.write(tt.file, fmt.Sprintf(tt.text, n)); err != nil {
				return err
			}
			for lines.Scan() && lines.Text() != tt.event {
			}
			if err := lines.Err(); err != nil {
				return err
			}
			took = append(took, time.Since(began))
			time.Sleep(100 * time.Millisecond)
		}
		fmt.Printf("%-26s %8d %s\n", r.name, median(took), tt.file+", until pages are told")
	}
	return nil
}
