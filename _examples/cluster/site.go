package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// A site is everything that runs: nginx, the processes of the application, the nodes of the cluster.
type site struct {
	port     int // of nginx; the others are counted from it
	folder   string
	programs programs
}

// processes is how many processes the application has.
const processes = 2

func (s *site) appPort(i int) int   { return s.port + 1 + i }
func (s *site) redisPort(i int) int { return s.port + 11 + i }

// busOffset is how far from its port a node of a cluster talks to the others.
const busOffset = 10000

// runSite starts everything, and ends it when ctx ends. The folder stays when something went wrong.
func runSite(ctx context.Context, port int) error {
	s := &site{port: port}
	var err error
	if s.programs, err = findPrograms(); err != nil {
		return err
	}
	if err := s.checkPorts(); err != nil {
		return err
	}
	if s.folder, err = os.MkdirTemp("", "dewar-cluster-"); err != nil {
		return err
	}
	if err := s.run(ctx); err != nil && ctx.Err() == nil {
		return fmt.Errorf("%w\nwhat the servers have said is in %s", err, s.folder)
	}
	return os.RemoveAll(s.folder)
}

// run starts what others need first, and ends it last.
func (s *site) run(ctx context.Context) error {
	ready, cancel := context.WithTimeoutCause(ctx, patience, errors.New("it takes too long"))
	defer cancel()
	var all []*process
	for i := range nodes {
		node, err := s.redisNode(i)
		if err != nil {
			return err
		}
		all = append(all, node)
	}
	defer start(all...)()
	if err := s.join(ready); err != nil {
		return err
	}
	defer start(s.application()...)()
	for i := range processes {
		if err := answers(ready, s.appPort(i)); err != nil {
			return err
		}
	}
	proxy, err := s.nginx()
	if err != nil {
		return err
	}
	defer start(proxy)()
	if err := answers(ready, s.port); err != nil {
		return err
	}
	fmt.Printf("The site is on http://%s; Ctrl-C ends it.\nIts processes are on ports %d and %d, the nodes of Redis on %d to %d.\n",
		addr(s.port), s.appPort(0), s.appPort(1), s.redisPort(0), s.redisPort(nodes-1))
	<-ctx.Done()
	return nil
}

// application returns the processes of the application: this program, told to serve.
func (s *site) application() []*process {
	key := os.Getenv("FLASK_SECRET_KEY")
	if key == "" {
		key = rand.Text() + rand.Text()
	}
	var all []*process
	for i := range processes {
		all = append(all, &process{
			name: fmt.Sprintf("the application on port %d", s.appPort(i)),
			args: []string{s.programs.self, serveArg},
			env: []string{"FLASK_RUN_HOST=127.0.0.1", "FLASK_RUN_PORT=" + strconv.Itoa(s.appPort(i)),
				"FLASK_SECRET_KEY=" + key, "FLASK_REDIS_URL=" + s.redisURL()},
			stop: syscall.SIGTERM,
		})
	}
	return all
}

// apps returns the addresses of the processes of the application.
func (s *site) apps() []string {
	var apps []string
	for i := range processes {
		apps = append(apps, addr(s.appPort(i)))
	}
	return apps
}

func addr(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// programs are the paths of what is run.
type programs struct{ redis, redisCLI, nginx, self string }

// findPrograms says what is to be installed if something is missing.
func findPrograms() (programs, error) {
	self, err := os.Executable()
	p := programs{self: self}
	errs := []error{err}
	for name, path := range map[string]*string{"redis-server": &p.redis, "redis-cli": &p.redisCLI, "nginx": &p.nginx} {
		if *path, err = look(name); err != nil {
			errs = append(errs, fmt.Errorf("%s is not installed", name))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return p, fmt.Errorf("%w; on Debian install them: apt-get install redis-server nginx", err)
	}
	return p, nil
}

// look finds a program, also where Debian has those of root.
func look(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return exec.LookPath(filepath.Join("/usr/sbin", name))
	}
	return path, nil
}

// checkPorts says which ports are taken.
func (s *site) checkPorts() error {
	if s.port < 1 || s.redisPort(nodes-1)+busOffset > 65535 {
		return fmt.Errorf("port %d is too high or too low; pass -port with one from 1024 to %d", s.port, 65535-busOffset-(s.redisPort(nodes-1)-s.port))
	}
	var taken []int
	for _, port := range s.ports() {
		l, err := net.Listen("tcp", addr(port))
		if err != nil {
			taken = append(taken, port)
			continue
		}
		l.Close()
	}
	if taken != nil {
		return fmt.Errorf("ports %d are taken or may not be used; end what is there, or pass another -port", taken)
	}
	return nil
}

// ports returns all that the site needs.
func (s *site) ports() []int {
	ports := []int{s.port}
	for i := range processes {
		ports = append(ports, s.appPort(i))
	}
	for i := range nodes {
		ports = append(ports, s.redisPort(i), s.redisPort(i)+busOffset)
	}
	slices.Sort(ports)
	return ports
}

// answers waits until there is an answer to HTTP on a port.
func answers(ctx context.Context, port int) error {
	err := poll(ctx, func(ctx context.Context) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr(port)+"/healthz", nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return errors.New(res.Status)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("nothing answers on port %d: %w", port, err)
	}
	return nil
}

// poll calls f until it returns nil, or until ctx ends, when it returns what f has said last.
func poll(ctx context.Context, f func(ctx context.Context) error) error {
	for {
		err := f(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}
