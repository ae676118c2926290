package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// A wire is a client's connection that is kept alive. It sends nothing twice, so that what became of each request is known. It
// belongs to one goroutine.
type wire struct {
	site   *site
	conn   net.Conn // nil for none
	in     *bufio.Reader
	used   bool // an answer has come on it
	out    bytes.Buffer
	body   bytes.Buffer
	asking http.Request // what http.ReadResponse needs to know
}

// A question is a request.
type question struct {
	method, path, cookie, contentType string
	body                              []byte
}

// An answer is a response. The body is good until the next question.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// The ways in which a request ends without an answer, beside timeouts.
var (
	errRefused = errors.New("the connection was refused")
	errCut     = errors.New("the connection was closed between two answers")
	errDropped = errors.New("the connection ended before the answer began")
	errHalf    = errors.New("the connection ended in the middle of the answer")
)

// bufferKept is how many bytes a connection keeps room for from answer to answer.
const bufferKept = 64 << 10

// patience is how long a client waits for all of an answer.
const patience = 30 * time.Second

// crossing is how long after a request a kept connection may end without an answer because it was closed before the request came,
// on a busy machine. Later than that the request had come, and was not answered.
const crossing = 10 * time.Second

func (w *wire) connect() error {
	if w.conn != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := w.site.dial(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", errRefused, err)
	}
	if w.site.scheme == "https" {
		config := w.site.field.tls()
		config.NextProtos = []string{"http/1.1"}
		secure := tls.Client(conn, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			conn.Close()
			return fmt.Errorf("%w: %w", errDropped, err)
		}
		conn = secure
	}
	w.conn, w.used = conn, false
	if w.in == nil {
		w.in = bufio.NewReader(conn)
	} else {
		w.in.Reset(conn)
	}
	return nil
}

// ask sends a question and waits for all of the answer. The error is one of those above, or a timeout.
func (w *wire) ask(q question) (answer, error) {
	if err := w.connect(); err != nil {
		return answer{}, err
	}
	a, again, err := w.exchange(q)
	if err != nil || !again {
		w.close()
	}
	w.used = true
	return a, err
}

func (w *wire) exchange(q question) (a answer, again bool, err error) {
	if err := w.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return a, false, err
	}
	if w.out.Cap() > bufferKept {
		w.out = bytes.Buffer{}
	}
	q.writeTo(&w.out, w.site.addr)
	asked := time.Now()
	_, wrote := w.conn.Write(w.out.Bytes()) // an answer may have come all the same, of an App that reads no further
	if _, err := w.in.Peek(1); err != nil {
		how := errDropped
		if w.used && time.Since(asked) < crossing {
			how = errCut
		}
		return a, false, ended(how, errors.Join(err, wrote))
	}
	w.asking.Method = q.method
	res, err := http.ReadResponse(w.in, &w.asking)
	if err != nil {
		return a, false, ended(errHalf, err)
	}
	defer res.Body.Close()
	if w.body.Cap() > bufferKept { // five hundred connections would keep a large file each
		w.body = bytes.Buffer{}
	}
	w.body.Reset()
	if _, err := w.body.ReadFrom(res.Body); err != nil {
		return a, false, ended(errHalf, err)
	}
	return answer{res.StatusCode, res.Header, w.body.Bytes()}, !res.Close && wrote == nil, nil
}

// ended says how a connection has ended, or that it has not, and the client waits no longer.
func ended(how, err error) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return err
	}
	return fmt.Errorf("%w: %w", how, err)
}

func (w *wire) close() {
	if w.conn != nil {
		w.conn.Close()
		w.conn = nil
	}
}

// writeTo writes the question as HTTP/1.1 has it, in place of what is in b.
func (q question) writeTo(b *bytes.Buffer, host string) {
	b.Reset()
	fmt.Fprintf(b, "%s %s HTTP/1.1\r\nHost: %s\r\n", q.method, q.path, host)
	if q.cookie != "" {
		fmt.Fprintf(b, "Cookie: %s\r\n", q.cookie)
	}
	if q.method == http.MethodPost {
		fmt.Fprintf(b, "Content-Type: %s\r\nContent-Length: %d\r\n", q.contentType, len(q.body))
	}
	_, _ = io.WriteString(b, "\r\n")
	_, _ = b.Write(q.body)
}
