package dev_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// rounds says how often the program is edited under load, in which rounds it does not build, and how many requests are
// sent at least: all of it with DEWAR_ROUNDS=full, else what is quick.
func rounds() (edits int, broken []int, requests int64) {
	if os.Getenv("DEWAR_ROUNDS") == "full" {
		return 20, []int{4, 11, 17}, 10_000
	}
	return 4, []int{3}, 1000
}

// A crowd sends requests and looks at what it is answered.
type crowd struct {
	url      string
	sent     atomic.Int64
	newest   atomic.Int64 // the newest round that was seen in an answer
	mu       sync.Mutex
	problems []string
	refused  int
	stale    int
}

// inAnswer finds the round in the answer of a program, and in that of the page in its place.
var inAnswer = regexp.MustCompile(`(?:build |undefined: broken)(\d+)`)

// ask sends one request and checks that its answer is not older than one that came before it was sent.
func (c *crowd) ask(client *http.Client) {
	floor := c.newest.Load()
	c.sent.Add(1)
	answer, err := client.Get(c.url)
	if err != nil {
		c.note(&c.refused, "refused: %v", err)
		return
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		c.note(&c.refused, "broken off: %v", err)
		return
	}
	match := inAnswer.FindSubmatch(body)
	if match == nil {
		c.note(&c.refused, "answered with %d %q", answer.StatusCode, body)
		return
	}
	round, _ := strconv.ParseInt(string(match[1]), 10, 64)
	if round < floor {
		c.note(&c.stale, "round %d answered after round %d had", round, floor)
	}
	for old := c.newest.Load(); round > old && !c.newest.CompareAndSwap(old, round); old = c.newest.Load() {
	}
}

func (c *crowd) note(count *int, format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*count++
	if len(c.problems) < 10 {
		c.problems = append(c.problems, fmt.Sprintf(format, args...))
	}
}

// TestNoRequestIsRefusedWhileTheProgramIsEdited sends requests with a connection each, and over connections that are kept
// alive by a client that sends idempotent requests again, as net/http's does.
func TestNoRequestIsRefusedWhileTheProgramIsEdited(t *testing.T) {
	edits, broken, requests := rounds()
	s := newShop(t)
	s.run()
	c := &crowd{url: s.url + "/"}
	done := make(chan struct{})
	var visitors sync.WaitGroup
	for i := range 6 {
		visitors.Go(func() {
			transport := &http.Transport{DisableKeepAlives: i < 3, MaxIdleConnsPerHost: 2}
			defer transport.CloseIdleConnections()
			client := &http.Client{Transport: transport, Timeout: patience}
			for {
				select {
				case <-done:
					return
				case <-time.After(4 * time.Millisecond): // there has to be something left to build with
					c.ask(client)
				}
			}
		})
	}
	for round := 2; round <= edits+1; round++ {
		if slices.Contains(broken, round) {
			s.breaks(round)
		} else {
			s.version(round)
		}
		s.until(fmt.Sprintf("round %d is seen", round), func() bool { return c.newest.Load() >= int64(round) })
		already := c.sent.Load()
		s.until("some more requests", func() bool { return c.sent.Load() >= already+requests/int64(2*edits) })
	}
	s.until("enough requests", func() bool { return c.sent.Load() >= requests })
	close(done)
	visitors.Wait()
	t.Logf("%d requests over %d edits, %d of them broken: %d refused, %d stale", c.sent.Load(), edits, len(broken), c.refused, c.stale)
	for _, problem := range c.problems {
		t.Error(problem)
	}
}
