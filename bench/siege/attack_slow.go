package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/dewar-go/dewar/bench/siege/app"
)

// slack is what a limit may be late by, on a machine that is busy.
const slack = 3 * time.Second

// slowClients keep connections busy with next to nothing. The server hangs up when their time is over, and others are served.
func slowClients(ctx context.Context, f *field) error {
	ways := []struct {
		name  string
		limit time.Duration
		slow  func(ctx context.Context, s *site, l *line, end time.Time) (hungUp bool)
	}{
		{"a header that does not end", app.HeaderTimeout, slowHeader},
		{"a connection that says nothing", app.HeaderTimeout, silent},
		{"a body that does not end", app.ReadTimeout, slowBody},
		{"an answer that nobody reads", app.WriteTimeout, slowReader},
	}
	const each = 10
	together(ctx, each*len(ways), each*len(ways), func(i int) {
		way := ways[i%len(ways)]
		l, err := f.app.line(ctx)
		if err != nil {
			return
		}
		defer l.reset()
		hungUp := way.slow(ctx, f.app, l, time.Now().Add(way.limit+slack))
		if ctx.Err() != nil {
			return
		}
		f.check(bounded, hungUp, "%s is kept for more than %v, though the limit is %v", way.name, way.limit+slack, way.limit)
		f.count("slow clients", 1)
		if i%each == 0 {
			f.app.isWell(ctx)
		}
	})
	return nil
}

// trickle sends a text again and again, and reports whether the server hangs up before the end.
func trickle(ctx context.Context, l *line, text string, end time.Time) bool {
	for time.Now().Before(end) && ctx.Err() == nil {
		if _, err := io.WriteString(l.Conn, text); err != nil || l.endsWithin(100*time.Millisecond) {
			return true
		}
	}
	return false
}

func slowHeader(ctx context.Context, s *site, l *line, end time.Time) bool {
	l.send(fmt.Sprintf("GET / HTTP/1.1\r\nHost: %s\r\n", s.addr))
	return trickle(ctx, l, "X-A: b\r\n", end)
}

func silent(ctx context.Context, _ *site, l *line, end time.Time) bool {
	return trickle(ctx, l, "", end)
}

func slowBody(ctx context.Context, s *site, l *line, end time.Time) bool {
	l.send(s.request("POST", "/echo", "", "Content-Length: 1000000"))
	return trickle(ctx, l, "x", end)
}

// slowReader asks for more than the buffers of the system take, and reads none of it until the end. If it is all there then,
// nobody has hung up.
func slowReader(ctx context.Context, s *site, l *line, end time.Time) bool {
	l.send(s.request("GET", "/target/large", "", "Connection: close"))
	wait := time.NewTimer(time.Until(end))
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
		return false
	}
	answer, err := l.answer("GET", slack)
	return err != nil || answer.status != http.StatusOK
}
