package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// abortedClients break off at every point of a request. The site goes on, and holds nothing of them.
func abortedClients(ctx context.Context, f *field) error {
	ways := []func(ctx context.Context, s *site, l *line){
		abortHandshake, abortHeader, abortUpload, abortBeforeAnswer, abortAnswer,
	}
	const rounds = 12
	for _, s := range f.sites {
		together(ctx, rounds*len(ways), 16, func(i int) {
			l, err := s.line(ctx)
			if err != nil {
				return
			}
			ways[i%len(ways)](ctx, s, l)
			l.reset()
			f.count("aborted clients", 1)
		})
		s.isWell(ctx)
	}
	return nil
}

// isWell asks a site for a page as anybody would, while others attack it.
func (s *site) isWell(ctx context.Context) {
	asked := time.Now()
	w, err := s.ask(ctx, "", "GET", "/", "")
	if err != nil {
		return // a process that is just ending, or ctx has
	}
	s.field.check(othersUnharmed, w.status == http.StatusOK, "%s under attack: status %d", w.where, w.status)
	took := time.Since(asked)
	s.field.check(othersUnharmed, took < 5*time.Second, "%s under attack took %v", w.where, took.Round(time.Millisecond))
}

// abortHandshake sends the beginning of a TLS handshake, which is nonsense to a site without TLS.
func abortHandshake(_ context.Context, _ *site, l *line) { l.send("\x16\x03\x01\x02\x00\x01\x00\x01") }

func abortHeader(_ context.Context, s *site, l *line) {
	l.send(fmt.Sprintf("GET / HTTP/1.1\r\nHost: %s\r\nX-Begun: ", s.addr))
}

func abortUpload(_ context.Context, s *site, l *line) {
	const boundary = "b"
	l.send(s.request("POST", "/upload", "", "Content-Type: multipart/form-data; boundary="+boundary, "Content-Length: 1000000"))
	l.send("--" + boundary + "\r\nContent-Disposition: form-data; name=f; filename=half.bin\r\n\r\n" + strings.Repeat("x", 200_000))
}

func abortBeforeAnswer(_ context.Context, s *site, l *line) {
	l.send(s.request("GET", "/slow?time=2s", ""))
	time.Sleep(20 * time.Millisecond) // so that the view runs
}

// abortAnswer takes the beginning of an answer.
func abortAnswer(_ context.Context, s *site, l *line) {
	l.send(s.request("GET", "/target/large", ""))
	_ = l.SetReadDeadline(time.Now().Add(2 * time.Second))
	_, _ = io.CopyN(io.Discard, l.in, 10_000)
}
