package main

import (
	"context"
	"log"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// A process is a program that runs for the site. It is started again whenever it ends.
type process struct {
	name string
	args []string
	env  []string       // beside that of the site
	stop syscall.Signal // ends it in good order
	// rest, if set, returns when the process that has ended may be started again.
	rest func(ctx context.Context)
}

const (
	// pause is how long a process that has ended stays so, and longPause one that has hardly begun.
	pause     = 200 * time.Millisecond
	longPause = 2 * time.Second
	// patience is how long a process has for ending in good order, and how long all have for being ready.
	patience = 30 * time.Second
)

// start keeps processes running until the function that it returns is called, which waits until they have ended.
func start(processes ...*process) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for _, p := range processes {
		all.Go(func() { p.keep(ctx) })
	}
	return func() {
		cancel()
		all.Wait()
	}
}

// keep runs the process until ctx ends.
func (p *process) keep(ctx context.Context) {
	runtime.LockOSThread() // Linux ends the process when the thread ends that has started it
	defer runtime.UnlockOSThread()
	for {
		began, wait := time.Now(), pause
		err := p.run(ctx)
		if ctx.Err() != nil {
			return
		}
		log.Printf("%s has ended (%v) and is started again", p.name, err)
		if time.Since(began) < longPause {
			wait = longPause
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		if p.rest != nil {
			p.rest(ctx)
		}
	}
}

func (p *process) run(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, p.args[0], p.args[1:]...)
	cmd.Env = append(os.Environ(), p.env...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = tied()
	cmd.Cancel = func() error { return cmd.Process.Signal(p.stop) }
	cmd.WaitDelay = patience
	return cmd.Run()
}
