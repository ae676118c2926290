package strangler

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync/atomic"

	"github.com/dewar-go/dewar"
)

// An exchange is one request to Python and its answer: the writer that net/http's proxy gets.
type exchange struct {
	c      *dewar.Context
	w      http.ResponseWriter
	scope  scope
	hints  http.Header    // of a 1xx answer
	res    *http.Response // nil until Python has answered
	begun  bool           // the answer has its status
	upload atomic.Pointer[error]
	err    error // why there is no answer
}

// A scope is the context of a request that belongs to an exchange.
type scope struct {
	context.Context
	x *exchange
}

type exchangeKey struct{}

// Value returns the exchange, or what the context of the request has.
func (s *scope) Value(key any) any {
	if key == (exchangeKey{}) {
		return s.x
	}
	return s.Context.Value(key)
}

func exchangeOf(r *http.Request) *exchange {
	x, _ := r.Context().Value(exchangeKey{}).(*exchange)
	return x
}

// Header returns the header of what is written next: a 1xx answer while Python has not answered, the answer, its trailers.
func (x *exchange) Header() http.Header {
	switch {
	case x.res == nil:
		if x.hints == nil {
			x.hints = http.Header{}
		}
		return x.hints
	case x.begun && len(x.res.Trailer) == 0:
		return nil // so that the App need not find out that nothing is added
	}
	return x.w.Header()
}

// WriteHeader sets the status of the answer, or sends a 1xx answer.
func (x *exchange) WriteHeader(code int) {
	if x.res == nil {
		x.hint(code)
		return
	}
	x.begun = true
	x.w.WriteHeader(code)
}

// hint sends a 1xx answer with what Python says in it. What hooks have set is for the answer, which sets the cookies too.
func (x *exchange) hint(code int) {
	delete(x.hints, "Set-Cookie")
	header := x.w.Header()
	kept := maps.Clone(header)
	clear(header)
	maps.Copy(header, x.hints)
	x.w.WriteHeader(code)
	clear(header)
	maps.Copy(header, kept)
}

// Write adds to the body.
func (x *exchange) Write(p []byte) (int, error) { return x.w.Write(p) }

// Unwrap returns the writer of the App, for [http.ResponseController].
func (x *exchange) Unwrap() http.ResponseWriter { return x.w }

// Hijack takes the connection over for a websocket. What the client has sent behind its request comes first, which net/http's
// proxy would leave in the buffer.
func (x *exchange) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(x.w).Hijack()
	if err != nil || rw.Reader.Buffered() == 0 {
		return conn, rw, err
	}
	early, err := rw.Peek(rw.Reader.Buffered())
	return &hasty{Conn: conn, rest: io.MultiReader(bytes.NewReader(early), conn)}, rw, err
}

// A hasty connection is one whose client did not wait for the answer.
type hasty struct {
	net.Conn
	rest io.Reader
}

// Read reads what came early, and then on.
func (h *hasty) Read(p []byte) (int, error) { return h.rest.Read(p) }

// CloseWrite says that nothing more is sent, if the connection can.
func (h *hasty) CloseWrite() error {
	if conn, ok := h.Conn.(interface{ CloseWrite() error }); ok {
		return conn.CloseWrite()
	}
	return nil
}

// takeOver takes over the header of an answer.
func takeOver(res *http.Response) error {
	x := exchangeOf(res.Request)
	if err := badAnswer(res); err != nil {
		return err
	}
	x.res = res
	dewar.TakeBackSession(x.c, res.Header)
	header := x.w.Header()
	for key, values := range res.Header {
		if !adds(key) {
			delete(header, key)
		}
		if key == "Content-Type" || res.StatusCode == http.StatusSwitchingProtocols {
			continue // net/http's proxy looks at it, and copies it then
		}
		if own := header[key]; len(own) > 0 {
			values = append(slices.Clip(own), values...)
		}
		header[key] = values
		delete(res.Header, key)
	}
	return nil
}

// adds reports whether a header of Python stands beside one that the App has set, and does not replace it.
func adds(key string) bool {
	switch key {
	case "Set-Cookie", "Vary", "Link", "Server-Timing":
		return true
	}
	return false
}

// rescue makes a 502 of an answer that broke off before any of it was sent.
func (x *exchange) rescue(err *error) {
	value := recover()
	switch {
	case value == nil:
	case value != http.ErrAbortHandler || x.c.Response.Committed() || x.scope.Err() != nil:
		panic(value)
	default:
		x.c.Response.Reset()
		*err = badGateway(io.ErrUnexpectedEOF)
	}
}

// An upload is the body of a request, which remembers what reading it has failed with.
type upload struct {
	io.ReadCloser
	failed *atomic.Pointer[error]
}

// Read reads what the client sends.
func (u *upload) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		u.failed.CompareAndSwap(nil, &err)
	}
	return n, err
}
