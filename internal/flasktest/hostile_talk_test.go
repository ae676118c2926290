package flasktest_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// A talked is an answer that was read from a connection.
type talked struct {
	*http.Response
	body string
}

// talkTo sends bytes as they are over a connection of their own, and returns the first answer to them.
func talkTo(t testing.TB, addr, request string) *talked {
	t.Helper()
	answer, err := tryTalk(addr, request)
	if err != nil {
		t.Fatalf("%.60q: %v", request, err)
	}
	return answer
}

// tryTalk is talkTo for what may be cut off. A server that has refused a request may close while it is sent.
func tryTalk(addr, request string) (*talked, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return nil, err
	}
	go func() { _, _ = io.WriteString(conn, request) }()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	return &talked{response, string(body)}, err
}
