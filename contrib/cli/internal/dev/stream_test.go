package dev_test

import (
	"bufio"
	"net/http"
	"strings"
	"time"
)

// A listener is a page that listens to what has changed.
type listener struct {
	s      *shop
	events chan string
}

// listen opens the stream of a page.
func (s *shop) listen() *listener {
	s.t.Helper()
	answer, err := http.Get(s.url + "/_dewar/reload")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = answer.Body.Close() })
	l := &listener{s, make(chan string, 100)}
	go func() {
		defer close(l.events)
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				l.events <- name
			}
		}
	}()
	return l
}

// next waits for the next event, "" at the end of the stream.
func (l *listener) next() string {
	l.s.t.Helper()
	select {
	case event := <-l.events:
		return event
	case <-time.After(patience):
		l.s.t.Fatalf("no event came; the terminal:\n%s", l.s.out)
		return ""
	}
}
