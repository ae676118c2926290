package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// connections is how many clients ask a server at once, each over one that it keeps.
const connections = 16

// A crowd is the clients of one server.
type crowd struct {
	name    string
	child   *child
	clients []*client
}

// gather opens the connections to a server.
func gather(w work, name string, c *child) (*crowd, error) {
	crowd := &crowd{name: name, child: c}
	for range connections {
		client, err := dial(w, c.address)
		if err != nil {
			crowd.leave()
			return nil, fmt.Errorf("%s, %s: %w", name, w.name, err)
		}
		crowd.clients = append(crowd.clients, client)
	}
	return crowd, nil
}

// leave closes the connections and ends the server.
func (c *crowd) leave() {
	c.part()
	c.child.stop()
}

// part closes the connections.
func (c *crowd) part() {
	for _, client := range c.clients {
		client.conn.Close()
	}
}

// measure has all clients ask for some time and returns how many answers there were in a second, and the microseconds of the
// server's CPU time for each.
func (c *crowd) measure(lasts time.Duration) (rate, cpu float64, err error) {
	before, usageErr := cpuTime(c.child.worker)
	began := time.Now()
	n, err := c.ask(began.Add(lasts))
	took := time.Since(began)
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w", c.name, err)
	}
	if after, err := cpuTime(c.child.worker); err == nil && usageErr == nil {
		cpu = float64((after - before).Nanoseconds()) / 1000 / float64(n)
	}
	return float64(n) / took.Seconds(), cpu, nil
}

// ask has all clients ask until then.
func (c *crowd) ask(until time.Time) (n int64, err error) {
	var asked atomic.Int64
	errs := make([]error, len(c.clients))
	var wg sync.WaitGroup
	for i, client := range c.clients {
		wg.Go(func() {
			for time.Now().Before(until) {
				if errs[i] = client.ask(); errs[i] != nil {
					return
				}
				asked.Add(1)
			}
		})
	}
	wg.Wait()
	return asked.Load(), errors.Join(errs...)
}

// overSocket measures one work, with all servers running: each round all in turn, beginning with another one each time. The folder
// flask has the program for Flask; without one Flask is left out.
func overSocket(ctx context.Context, w work, flask string, rounds int, lasts time.Duration) (map[string]*Served, error) {
	crowds, err := crowdsOf(w, flask)
	defer func() {
		for _, c := range crowds {
			c.leave()
		}
	}()
	if err != nil {
		return nil, err
	}
	result := map[string]*Served{}
	for _, c := range crowds {
		result[c.name] = &Served{}
		if _, _, err := c.measure(lasts); err != nil { // to warm up
			return nil, err
		}
	}
	for round := range rounds {
		for i := range crowds {
			if ctx.Err() != nil {
				return nil, errors.New("interrupted")
			}
			c := crowds[(i+round)%len(crowds)]
			rate, cpu, err := c.measure(lasts)
			if err != nil {
				return nil, err
			}
			s := result[c.name]
			s.Rate, s.CPU = append(s.Rate, rounded(rate)), append(s.CPU, rounded(cpu))
		}
	}
	for _, c := range crowds {
		if result[c.name].Memory, err = resident(c.child.worker); err != nil {
			result[c.name].Memory = 0 // not Linux
		}
	}
	return result, nil
}

// crowdsOf starts all servers of a work.
func crowdsOf(w work, flask string) ([]*crowd, error) {
	var crowds []*crowd
	add := func(name string, c *child, err error) error {
		if err != nil {
			return err
		}
		crowd, err := gather(w, name, c)
		if err != nil {
			return err
		}
		crowds = append(crowds, crowd)
		return nil
	}
	for _, c := range doing(w.name) {
		server, err := startChild(c.name, w.name)
		if err := add(c.name, server, err); err != nil {
			return crowds, err
		}
	}
	if flask != "" {
		server, err := startFlask(w.name, flask)
		if err := add(flaskName, server, err); err != nil {
			return crowds, err
		}
	}
	return crowds, nil
}
