package main

import (
	"context"
	"net"
	"slices"
	"strconv"
	"strings"
)

// mutations send requests that are almost right, or not at all: those of the corpus and good ones with some bytes changed, and
// bytes that mean nothing. Each gets an answer that is none of a failure, or the connection ends.
func mutations(ctx context.Context, f *field) error {
	cases, err := corpus()
	if err != nil {
		return err
	}
	var seeds []string
	for _, c := range cases {
		if len(c.text) < 2000 {
			seeds = append(seeds, c.at(f.app.addr))
		}
	}
	g, err := f.app.guest(ctx)
	if err != nil {
		return err
	}
	body, contentType := formOf("a.txt", []byte("some text"))
	seeds = append(seeds,
		f.app.request("GET", "/me", "", "Cookie: "+g.cookie),
		f.app.request("GET", "/stream?lines=5", "", "Cookie: "+g.cookie, "Accept: text/html;q=0.9, */*"),
		f.app.request("POST", "/upload", body, "Content-Type: "+contentType, "Content-Length: "+strconv.Itoa(len(body))),
		f.app.request("POST", "/note", `{"text":"a note"}`, "Content-Type: application/json", "Content-Length: 17"),
		f.app.request("GET", "/static/siege.css", "", "Range: bytes=0-10", `If-None-Match: "a"`),
		f.app.handshake("Cookie: "+g.cookie),
	)
	const requests = 600
	together(ctx, requests, 16, func(i int) { f.app.sendMutant(ctx, g.secret, f.mutant(seeds[i%len(seeds)], i)) })
	f.count("mutated requests", requests)
	return nil
}

// mutant changes a few bytes of a request. Each tenth is random altogether.
func (f *field) mutant(seed string, i int) string {
	if i%10 == 9 {
		text := make([]byte, 1+f.rand.IntN(400))
		for i := range text {
			text[i] = byte(f.rand.IntN(256))
		}
		return string(text) + "\r\n\r\n"
	}
	text := []byte(seed)
	for range 1 + f.rand.IntN(4) {
		at := f.rand.IntN(len(text))
		switch f.rand.IntN(5) {
		case 0:
			text[at] = byte(f.rand.IntN(256))
		case 1:
			text = slices.Delete(text, at, min(at+1+f.rand.IntN(8), len(text)))
		case 2:
			text = slices.Insert(text, at, []byte("\r\n\x00:;=/%\"\xff{[ ")[f.rand.IntN(13)])
		case 3:
			end := min(at+1+f.rand.IntN(20), len(text))
			text = slices.Insert(text, at, slices.Clone(text[at:end])...)
		case 4:
			text[at] ^= 1 << f.rand.IntN(8)
		}
		if len(text) == 0 {
			return "\r\n"
		}
	}
	return string(text)
}

// sendMutant sends a request, which may have the cookie of the guest that own is the secret of, and says that nothing follows.
func (s *site) sendMutant(ctx context.Context, own, text string) {
	l, err := s.line(ctx)
	if err != nil {
		return
	}
	defer l.Close()
	l.send(text)
	if tcp, ok := l.Conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	method, _, _ := strings.Cut(text, " ")
	answer, err := l.answer(method, longest)
	got := "an answer"
	if err != nil {
		got = outcomeOf(err)
	}
	s.field.check(bounded, got != "silence", "no answer to %q, and the connection stays", clip(text))
	s.field.ledger.look(own, "the answer to a mutated request", l.said.Bytes())
	if err == nil {
		expected := strings.Contains(text, "/panic") || strings.Contains(text, "/half") || strings.Contains(text, "/error") || strings.Contains(text, "/header") || strings.Contains(text, "/cookie")
		s.field.check(othersUnharmed, answer.status < 500 || answer.status == 501 || answer.status == 505 || expected, "%q is answered %d %q", clip(text), answer.status, clip(string(answer.body)))
	}
}
