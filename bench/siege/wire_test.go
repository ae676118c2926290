package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
)

// A liar is a server that says a text for each request of a connection, in turn, and then closes it. Without any texts it reads a
// request and says nothing.
func liar(t *testing.T, says ...string) *site {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go lie(conn, says)
		}
	}()
	return &site{name: "liar", scheme: "http", addr: l.Addr().String()}
}

func lie(conn net.Conn, says []string) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for _, text := range says {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(conn, text)
	}
	if len(says) == 0 {
		_, _ = http.ReadRequest(in)
	}
}

const okAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

func TestHowRequestsEndWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for _, tt := range []struct {
		name  string
		site  *site
		first error
		then  error
	}{
		{"two answers", liar(t, okAnswer, okAnswer), nil, nil},
		{"nobody listens", &site{scheme: "http", addr: closed.Addr().String()}, errRefused, errRefused},
		{"closed after an answer", liar(t, okAnswer), nil, errCut},
		{"closed before the first answer", liar(t), errDropped, errDropped},
		{"half a header", liar(t, "HTTP/1.1 200 OK\r\nContent-Le"), errHalf, errHalf},
		{"half a body", liar(t, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok"), errHalf, errHalf},
		{"chunks without an end", liar(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"), errHalf, errHalf},
		{"no HTTP", liar(t, "hello\r\n\r\n"), errHalf, errHalf},
		{"an answer that ends the connection", liar(t, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"), nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := wire{site: tt.site}
			defer w.close()
			for _, want := range []error{tt.first, tt.then} {
				a, err := w.ask(question{method: "POST", path: "/", contentType: "text/plain", body: []byte("body")})
				if !errors.Is(err, want) {
					t.Errorf("got error %v, want %v", err, want)
				}
				if err == nil && (a.status != 200 || string(a.body) != "ok") {
					t.Errorf("got %d %q, want 200 ok", a.status, a.body)
				}
			}
		})
	}
}
