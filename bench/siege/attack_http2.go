package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// http2Streams cancel requests over HTTP/2, and flood it. The connection may be closed, the others go on.
func http2Streams(ctx context.Context, f *field) error {
	together(ctx, 60, 20, func(i int) { f.secure.cancelStream(ctx, i) })
	for _, flood := range []func(c *http2Line){rapidReset, pings, settings, continuations, hugeHeader, windowOfNothing} {
		c, err := f.secure.http2Line(ctx)
		if err != nil {
			continue
		}
		flood(c)
		_ = c.conn.Close()
		f.secure.isWell(ctx)
		f.count("floods of HTTP/2", 1)
	}
	return nil
}

// cancelStream gives a request up in the middle: of a large answer, of events, of an upload, or before the answer.
func (s *site) cancelStream(ctx context.Context, i int) {
	ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond+time.Duration(i)*5*time.Millisecond)
	defer cancel()
	method, body := "GET", io.Reader(nil)
	path := []string{"/target/large", "/events", "/slow?time=3s", "/upload"}[i%4]
	if path == "/upload" {
		method, body = "POST", io.MultiReader(strings.NewReader("--b\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n"), slowZeros{ctx})
	}
	r, err := http.NewRequestWithContext(ctx, method, s.url(path), body)
	if err != nil {
		return
	}
	if body != nil {
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	}
	w, err := s.field.client().Do(r)
	if err != nil {
		s.field.count("cancelled streams", 1)
		return
	}
	defer w.Body.Close()
	s.field.check(othersUnharmed, w.ProtoMajor == 2, "%s is served by %s", r.URL, w.Proto)
	if _, err := io.Copy(io.Discard, w.Body); err != nil {
		s.field.count("cancelled streams", 1)
	}
}

// slowZeros are zeros that come slowly, until ctx ends.
type slowZeros struct{ ctx context.Context }

func (z slowZeros) Read(p []byte) (int, error) {
	select {
	case <-z.ctx.Done():
		return 0, z.ctx.Err()
	case <-time.After(time.Millisecond):
	}
	p = p[:min(len(p), 16<<10)]
	clear(p)
	return len(p), nil
}

// An http2Line is a connection for frames that no client would send.
type http2Line struct {
	conn  net.Conn
	fr    *http2.Framer
	head  bytes.Buffer
	codec *hpack.Encoder
	host  string
}

// http2Line opens one, and reads and drops all that comes on it.
func (s *site) http2Line(ctx context.Context) (*http2Line, error) {
	plain, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	config := s.field.tls()
	config.NextProtos = []string{"h2"}
	conn := tls.Client(plain, config)
	_ = conn.SetDeadline(time.Now().Add(longest))
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = plain.Close()
		return nil, err
	}
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		return nil, err
	}
	c := &http2Line{conn: conn, fr: http2.NewFramer(conn, nil), host: s.addr}
	c.codec = hpack.NewEncoder(&c.head)
	go func() { _, _ = io.Copy(io.Discard, conn) }() // until the connection is closed
	return c, c.fr.WriteSettings()
}

// header returns a packed request, with more fields if there are any.
func (c *http2Line) header(path string, more ...hpack.HeaderField) []byte {
	c.head.Reset()
	fields := []hpack.HeaderField{{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: "https"}, {Name: ":authority", Value: c.host}, {Name: ":path", Value: path}}
	for _, field := range append(fields, more...) {
		_ = c.codec.WriteField(field) // a Buffer never fails
	}
	return bytes.Clone(c.head.Bytes())
}

// rapidReset begins streams and cancels each at once.
func rapidReset(c *http2Line) {
	for i := range uint32(2000) {
		id := 2*i + 1
		if c.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: c.header("/slow?time=1s"), EndHeaders: true, EndStream: true}) != nil ||
			c.fr.WriteRSTStream(id, http2.ErrCodeCancel) != nil {
			return
		}
	}
}

func pings(c *http2Line) {
	for i := range 20_000 {
		if c.fr.WritePing(false, [8]byte{byte(i)}) != nil {
			return
		}
	}
}

func settings(c *http2Line) {
	for range 5000 {
		if c.fr.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 65535}) != nil {
			return
		}
	}
}

// continuations is a header that does not end.
func continuations(c *http2Line) {
	if c.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: c.header("/"), EndStream: true}) != nil {
		return
	}
	for range 2000 {
		c.head.Reset()
		_ = c.codec.WriteField(hpack.HeaderField{Name: "x-a", Value: strings.Repeat("b", 500), Sensitive: true}) // is not kept in the table
		if c.fr.WriteContinuation(1, false, c.head.Bytes()) != nil {
			return
		}
	}
}

// hugeHeader is a field that is sent once and named again and again.
func hugeHeader(c *http2Line) {
	field := hpack.HeaderField{Name: "x-huge", Value: strings.Repeat("b", 3500)}
	many := make([]hpack.HeaderField, 3000)
	for i := range many {
		many[i] = field
	}
	for id := uint32(1); id < 20; id += 2 {
		if c.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: c.header("/", many...), EndHeaders: true, EndStream: true}) != nil {
			return
		}
	}
}

// windowOfNothing asks for large answers and lets none of them come.
func windowOfNothing(c *http2Line) {
	if c.fr.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0}) != nil {
		return
	}
	for id := uint32(1); id < 80; id += 2 {
		if c.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: c.header("/target/large"), EndHeaders: true, EndStream: true}) != nil {
			return
		}
	}
	time.Sleep(500 * time.Millisecond)
}
