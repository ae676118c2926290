package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// A line is a plain connection, for requests that no client of HTTP would send.
type line struct {
	net.Conn
	said bytes.Buffer // all that has come
	in   *bufio.Reader
}

// line opens one to the site.
func (s *site) line(ctx context.Context) (*line, error) {
	conn, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	l := &line{Conn: conn}
	l.in = bufio.NewReader(io.TeeReader(conn, &l.said))
	return l, nil
}

// send sends text, and does not care whether it arrives: a server may have hung up by then.
func (l *line) send(text string) {
	_ = l.SetWriteDeadline(time.Now().Add(5 * time.Second))
	_, _ = io.WriteString(l.Conn, text)
}

// reset ends the connection at once, as a client does that is killed.
func (l *line) reset() {
	if tcp, ok := l.Conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = l.Close()
}

var (
	errHung   = errors.New("the connection ended without an answer")
	errSilent = errors.New("nothing came in time")
)

// answer reads an answer and its body, which may take so long. The method is that of the request.
func (l *line) answer(method string, within time.Duration) (*reply, error) {
	_ = l.SetReadDeadline(time.Now().Add(within))
	w, err := http.ReadResponse(l.in, &http.Request{Method: method})
	if err != nil {
		return nil, silence(err)
	}
	defer w.Body.Close()
	answer := &reply{status: w.StatusCode, header: w.Header}
	answer.body, err = io.ReadAll(w.Body)
	return answer, silence(err)
}

// silence makes errors of the connection comparable.
func silence(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errSilent
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), isReset(err):
		return errHung
	}
	return err
}

func isReset(err error) bool {
	_, ok := errors.AsType[*net.OpError](err)
	return ok && !errors.Is(err, os.ErrDeadlineExceeded)
}

// endsWithin reports whether the server ends the connection in that time, whatever it sends before.
func (l *line) endsWithin(limit time.Duration) bool {
	_ = l.SetReadDeadline(time.Now().Add(limit))
	_, err := io.Copy(io.Discard, l.in)
	return !errors.Is(err, os.ErrDeadlineExceeded)
}

// request returns the text of a request to the site. The headers are lines.
func (s *site) request(method, path, body string, headers ...string) string {
	lines := append([]string{method + " " + path + " HTTP/1.1", "Host: " + s.addr}, headers...)
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}
