package main

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestClientReadsAnswersToTheEnd asks for bodies of every form, one after the other on one connection.
func TestClientReadsAnswersToTheEnd(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/short":
			_, _ = w.Write([]byte("short"))
		case "/long":
			_, _ = w.Write([]byte(strings.Repeat("long ", 20_000)))
		case "/pieces":
			for range 3 {
				_, _ = w.Write([]byte("piece"))
				w.(http.Flusher).Flush()
			}
		}
	}))
	defer srv.Close()
	var w work
	for path, body := range map[string]string{"/short": "short", "/long": strings.Repeat("long ", 20_000), "/pieces": "piecepiecepiece", "/empty": ""} {
		media := "text/plain"
		if body == "" {
			media = ""
		}
		w.asks = append(w.asks, ask{"GET", path, answer{200, media, body, false}})
	}
	c, err := dial(w, srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.conn.Close()
	for range 3 * len(w.asks) {
		if err := c.ask(); err != nil {
			t.Fatal(err)
		}
	}
	if n := c.in.Buffered(); n > 0 {
		t.Errorf("%d bytes of the last answer are left", n)
	}
}

func TestClientRefusesWhatIsNoAnswer(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n",
		"",
	} {
		ours, theirs := net.Pipe()
		go func() {
			_, _ = theirs.Read(make([]byte, 100))
			_, _ = theirs.Write([]byte(text))
			theirs.Close()
		}()
		c := &client{conn: ours, in: bufio.NewReader(ours), texts: [][]byte{[]byte("GET / HTTP/1.1\r\n\r\n")}}
		if err := c.ask(); err == nil {
			t.Errorf("%q is taken for an answer", text)
		}
		ours.Close()
	}
}
