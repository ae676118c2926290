package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// faultKinds are what is done to the site under load, each time to another process or shard.
var faultKinds = []struct {
	name string
	do   func(l *live, ctx context.Context, n int) error
}{
	{"a process told to end", func(l *live, ctx context.Context, n int) error { return l.endApp(ctx, n, syscall.SIGTERM) }},
	{"a shard failed over in good order", (*live).failOver},
	{"a process killed", func(l *live, ctx context.Context, n int) error { return l.endApp(ctx, n, syscall.SIGKILL) }},
	{"a master killed", (*live).killMaster},
}

// endApp ends a process of the application and waits until another is in its place.
func (l *live) endApp(ctx context.Context, n int, signal syscall.Signal) error {
	port := l.appPort(n % processes)
	before, err := l.pid(ctx, port)
	if err != nil {
		return err
	}
	if err := send(before, signal); err != nil {
		return err
	}
	return poll(ctx, func(ctx context.Context) error {
		after, err := l.pid(ctx, port)
		if err == nil && after == before {
			err = errors.New("the process still answers")
		}
		return err
	})
}

// failOver has the replica of a shard take its master's place.
func (l *live) failOver(ctx context.Context, n int) error {
	replica, err := l.node(ctx, n, "role:slave")
	if err != nil {
		return err
	}
	if _, err := l.ask(ctx, replica, "cluster", "failover"); err != nil {
		return err
	}
	return poll(ctx, func(ctx context.Context) error {
		if text, err := l.ask(ctx, replica, "info", "replication"); err != nil || !strings.Contains(text, "role:master") {
			return errors.Join(errors.New("the replica is no master yet"), err)
		}
		return l.healthy(ctx)
	})
}

var processID = regexp.MustCompile(`process_id:(\d+)`)

// killMaster kills a master and waits until its replica has its place and it is back as a replica.
func (l *live) killMaster(ctx context.Context, n int) error {
	master, err := l.node(ctx, n, "role:master")
	if err != nil {
		return err
	}
	text, err := l.ask(ctx, master, "info", "server")
	if err != nil {
		return err
	}
	match := processID.FindStringSubmatch(text)
	if match == nil {
		return fmt.Errorf("INFO has no process_id: %q", text)
	}
	pid, _ := strconv.Atoi(match[1])
	if err := send(pid, syscall.SIGKILL); err != nil {
		return err
	}
	return poll(ctx, func(ctx context.Context) error {
		if text, err := l.ask(ctx, master, "info", "replication"); err != nil || !strings.Contains(text, "role:slave") {
			return errors.Join(errors.New("the node that was killed is not back as a replica"), err)
		}
		return l.healthy(ctx)
	})
}

func send(pid int, signal syscall.Signal) error {
	p, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return p.Signal(signal)
}

// node returns the port of the nth node that has a role.
func (l *live) node(ctx context.Context, n int, role string) (int, error) {
	var found []int
	for i := range nodes {
		text, err := l.ask(ctx, l.redisPort(i), "info", "replication")
		if err != nil {
			return 0, err
		}
		if strings.Contains(text, role) {
			found = append(found, l.redisPort(i))
		}
	}
	if len(found) == 0 {
		return 0, fmt.Errorf("no node has %s", role)
	}
	return found[n%len(found)], nil
}

// wreak does one fault after the other to the site, each with calm after it, until enough says so.
func (w *load) wreak(ctx context.Context, t *testing.T, enough func(done int) bool) error {
	for n := 0; !enough(n) && ctx.Err() == nil; n++ {
		kind := faultKinds[n%len(faultKinds)]
		f := fault{span: span{from: time.Now()}, name: kind.name}
		limit, cancel := context.WithTimeout(ctx, time.Minute)
		err := kind.do(w.live, limit, n/len(faultKinds)+n)
		cancel()
		f.to = time.Now()
		w.faults = append(w.faults, f)
		t.Logf("%s %s, in order again after %s; %d requests so far, %d refused", f.from.Format("15:04:05.000"), f.name, f.to.Sub(f.from).Round(10*time.Millisecond), w.requests.Load(), w.refused.Load())
		if err != nil {
			return fmt.Errorf("after %s the site is not in order again: %w", kind.name, err)
		}
		time.Sleep(calm)
	}
	return nil
}

// calm is how long after a fault nothing is done: a second in which what was under way may still fail, and another in which nothing
// may.
const calm = 2 * time.Second

// Two browsers of one user see one site: whichever process answers, the session is theirs, and one can end the other's.
// Then, under load, processes end, masters die and shards fail over: no change that was confirmed is lost, no session is mixed up,
// none that was ended comes back, and what is refused is refused around the faults alone. DEWAR_ROUNDS=full makes it a million
// requests.
func TestSite(t *testing.T) {
	l := startLive(t)
	t.Run("two browsers", func(t *testing.T) { testBrowsers(t, l) })
	t.Run("load and faults", func(t *testing.T) { testLoad(t, l) })
}

func testLoad(t *testing.T, l *live) {
	w := newLoad(l)
	w.begin(t.Context())
	ctx, end := context.WithCancel(t.Context())
	began := time.Now()
	var all sync.WaitGroup
	for _, d := range w.devices {
		for hand := range hands {
			all.Go(func() { d.use(ctx, hand) })
		}
	}
	requests := int64(rounds(0, 1_000_000))
	deadline, limited := t.Deadline()
	err := w.wreak(ctx, t, func(done int) bool {
		return done >= len(faultKinds) && w.requests.Load() >= requests || limited && time.Until(deadline) < 2*time.Minute
	})
	end()
	all.Wait()
	took := time.Since(began)
	if err != nil {
		t.Error(err)
	}
	w.settle(t.Context())
	w.around()
	w.report(t, took)
	for _, problem := range w.problems {
		t.Error(problem)
	}
	if n := w.requests.Load(); n < requests || len(w.faults) < len(faultKinds) {
		t.Errorf("got %d requests and %d faults, want %d and %d at least", n, len(w.faults), requests, len(faultKinds))
	}
}
