package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// An Alone is the memory of a contender that is a program of its own: resident bytes, one figure for each time it was started.
type Alone struct {
	Started []float64 // before the first request
	Loaded  []float64 // after the load of the works text and json
	Idle    []float64 // and for each connection that is open while nothing is asked
}

// programs are the contenders that are programs of their own, by the folders below alone.
var programs = []struct{ name, folder string }{
	{ownName, "dewar"}, {"net/http", "nethttp"}, {"chi", "chi"}, {"gin", "gin"}, {"echo", "echo"}, {"fiber", "fiber"},
}

// starts is how often each program is started at most, and idleConnections how many connections it is left with.
const (
	starts          = 3
	idleConnections = 1000
)

// memoryAlone builds all programs into a folder and measures each, so often. It is for Linux, which tells what is resident.
func memoryAlone(ctx context.Context, folder string, rounds int, lasts time.Duration) (map[string]*Alone, error) {
	result := map[string]*Alone{}
	for _, p := range programs {
		result[p.name] = &Alone{}
		build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(folder, p.folder), "github.com/dewar-go/dewar/bench/compare/alone/"+p.folder)
		if text, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w: %s", p.name, err, text)
		}
	}
	for range min(rounds, starts) {
		for _, p := range programs {
			if ctx.Err() != nil {
				return nil, errors.New("interrupted")
			}
			cmd := exec.Command(filepath.Join(folder, p.folder))
			cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
			c, err := startCommand(cmd)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", p.name, err)
			}
			err = result[p.name].measure(p.name, c, lasts)
			c.stop()
			if err != nil {
				return nil, err
			}
		}
	}
	return result, nil
}

// measure adds a figure of each kind.
func (a *Alone) measure(name string, c *child, lasts time.Duration) error {
	started, err := resident(c.worker)
	if err != nil {
		return err
	}
	for _, work := range []string{"text", "json"} {
		w, err := workNamed(work)
		if err != nil {
			return err
		}
		if err := load(w, name, c, lasts); err != nil {
			return err
		}
	}
	loaded, err := resident(c.worker)
	if err != nil {
		return err
	}
	idle, err := withIdle(c)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	a.Started, a.Loaded = append(a.Started, rounded(started)), append(a.Loaded, rounded(loaded))
	a.Idle = append(a.Idle, rounded(max(0, idle-loaded)/idleConnections))
	return nil
}

// load has all clients ask for some time.
func load(w work, name string, c *child, lasts time.Duration) error {
	crowd, err := gather(w, name, c)
	if err != nil {
		return err
	}
	defer crowd.part()
	_, err = crowd.ask(time.Now().Add(lasts))
	return err
}

// withIdle returns what is resident while idleConnections are open over which one request was answered.
func withIdle(c *child) (float64, error) {
	w, err := workNamed("text")
	if err != nil {
		return 0, err
	}
	for range idleConnections {
		client, err := dial(w, c.address) // asks once
		if err != nil {
			return 0, err
		}
		defer client.conn.Close()
	}
	return resident(c.worker)
}
