package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longest is how long an answer to a request of the corpus may take. It is more than the limits of the server.
const longest = 8 * time.Second

// sendCorpus sends each request of the corpus to the site with cookies, on a connection of its own.
func sendCorpus(ctx context.Context, f *field) error {
	cases, err := corpus()
	if err != nil {
		return err
	}
	together(ctx, len(cases), 8, func(i int) { f.app.try(ctx, &cases[i]) })
	f.count("hostile requests", len(cases))
	return nil
}

// try sends one request and judges what comes back.
func (s *site) try(ctx context.Context, c *specimen) {
	l, err := s.line(ctx)
	if err != nil {
		return // a process that is just ending
	}
	defer l.Close()
	l.send(c.at(s.addr))
	outcome, count := "", 0
	for ; count <= c.answers; count++ {
		answer, err := l.answer(methodOf(c.text), map[bool]time.Duration{true: longest, false: time.Second}[count == 0])
		if err != nil {
			if count == 0 {
				outcome = outcomeOf(err)
			}
			break
		}
		if count == 0 {
			outcome = strconv.Itoa(answer.status)
		}
	}
	f := s.field
	f.look("the answer to "+c.name, l.said.Bytes())
	f.check(c.promise, c.allows(outcome), "%s: got %s, want one of %v", c.name, outcome, c.want)
	f.check(c.promise, count <= c.answers, "%s: more answers than %d to one connection: %q", c.name, c.answers, clip(l.said.String()))
	for _, text := range c.forbidden {
		f.check(c.promise, !strings.Contains(l.said.String(), text), "%s: %q is in the answer %q", c.name, text, clip(l.said.String()))
	}
}

func methodOf(text string) string {
	if strings.HasPrefix(text, "CONNECT ") {
		return http.MethodGet // whose answers have a body
	}
	method, _, _ := strings.Cut(text, " ")
	return method
}

// outcomeOf names what stands in place of an answer.
func outcomeOf(err error) string {
	switch {
	case errors.Is(err, errHung), errors.Is(err, net.ErrClosed):
		return "closed"
	case errors.Is(err, errSilent):
		return "silence"
	}
	return "nonsense"
}

// clip keeps what is shown short.
func clip(text string) string { return text[:min(len(text), 300)] }
