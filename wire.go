package dewar

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"time"
)

// below returns the innermost writer that can do what T says: w, or one that it unwraps to.
func below[T any](w http.ResponseWriter) (able T, ok bool) {
	for {
		if able, ok = w.(T); ok {
			return able, true
		}
		outer, wraps := w.(interface{ Unwrap() http.ResponseWriter })
		if !wraps {
			return able, false
		}
		w = outer.Unwrap()
	}
}

// notSupported says that the writer below cannot do what a Response can pass on.
func notSupported(what string) error {
	return fmt.Errorf("dewar: %w: the connection cannot be %s; over HTTP/1.1 its server can, so look for middleware whose writer has no Unwrap", http.ErrNotSupported, what)
}

// flushOn sends what the writers below hold back. A failure that an earlier write has met is told here too.
func (r *Response) flushOn() error {
	r.renewDeadline()
	defer r.restDeadline()
	err := http.NewResponseController(r.w).Flush()
	if errors.Is(err, http.ErrNotSupported) {
		return notSupported("flushed")
	}
	r.noteFailure(err)
	if x := r.c.lazy.Load(); err == nil && x != nil {
		return x.writeErr
	}
	return err
}

// canFlush reports whether what is written can be sent at once.
func (r *Response) canFlush() bool {
	_, flushes := below[http.Flusher](r.w)
	_, tells := below[interface{ FlushError() error }](r.w)
	return flushes || tells
}

// Hijack takes the connection over, as [http.Hijacker] does. The hooks run and the session is saved first; a cookie
// they set stands in [Response.Header] and must be written by the caller. On an error nothing was taken over; it is
// [http.ErrNotSupported] where the server has no connection to give away, as over HTTP/2.
//
// From then on [Context.Done] is closed when the App stops, as event streams end. Run and Serve wait for the view until
// SHUTDOWN_TIMEOUT, then close the connection. What goes on with it after the view has returned belongs into [Context.Go].
func (r *Response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if err := r.closedError(); err != nil {
		return nil, nil, err
	}
	if r.c.inHooks() {
		return nil, nil, errors.New("dewar: an after-request hook cannot hijack the connection, because the session is saved after it; do it in the view")
	}
	if _, ok := below[http.Hijacker](r.w); !ok {
		return nil, nil, notSupported("taken over")
	}
	if r.c.phase < sent {
		if err := r.c.finalizeEarly(); err != nil {
			return nil, nil, err
		}
		r.c.setLastHeaders(make([]string, 1)) // the body still needs its place, should this fail
		if r.status == http.StatusSwitchingProtocols {
			r.w.WriteHeader(http.StatusSwitchingProtocols)
		}
	}
	conn, rw, err := http.NewResponseController(r.w).Hijack()
	if err == nil {
		r.started = true
		r.c.takeOver()
		r.c.advance(sent)
	}
	return conn, rw, err
}

// A takeover is what a request needs that has hijacked its connection.
type takeover struct {
	ctx    context.Context // ends with the request's, and when the App stops
	cancel context.CancelFunc
	unhook func() bool
}

// takeOver remembers that the connection was hijacked. Its context ends when the App stops: a server does not end what
// it has given away.
func (c *Context) takeOver() {
	t := &takeover{}
	t.ctx, t.cancel = context.WithCancel(c.parent())
	t.unhook = context.AfterFunc(c.App.life.Stopping(), t.cancel)
	x := c.rare()
	x.hijacked = true
	x.taken.Store(t)
}

// end lets go of what the takeover has begun.
func (t *takeover) end() {
	t.unhook()
	t.cancel()
}

// Push starts an HTTP/2 server push, as [http.Pusher] does. It returns [http.ErrNotSupported] where the server or the
// client does not take part, which is the usual case today.
func (r *Response) Push(target string, opts *http.PushOptions) error {
	if err := r.closedError(); err != nil {
		return err
	}
	pusher, ok := below[http.Pusher](r.w)
	if !ok {
		return http.ErrNotSupported
	}
	return pusher.Push(target, opts)
}

// SetWriteDeadline sets when writing to the client fails, for [http.ResponseController]; the zero time means never. From
// then on it is the handler's: dewar renews it no more.
func (r *Response) SetWriteDeadline(t time.Time) error {
	if err := r.endedError(); err != nil {
		return err
	}
	err := http.NewResponseController(r.w).SetWriteDeadline(t)
	if err == nil {
		r.c.rare().ownDeadline = true
	}
	return err
}

// SetReadDeadline sets when reading the body of the request fails, for [http.ResponseController]: the way to let a slow
// upload take longer than SERVER_READ_TIMEOUT. The zero time means never.
func (r *Response) SetReadDeadline(t time.Time) error {
	if err := r.endedError(); err != nil {
		return err
	}
	return http.NewResponseController(r.w).SetReadDeadline(t)
}

// endedError tells that the request is over, when its connection may have another one.
func (r *Response) endedError() error {
	if r.c.phase == over {
		return errResponseClosed
	}
	return nil
}

// piece is how much of a response is sent between two renewals of its write deadline.
const piece = 512 << 10

// renewDeadline gives the client the server's whole WriteTimeout again for what is written next. net/http
// counts that time from the request, so a stream or a large download would be cut off in the middle. It does
// nothing when the server has no such limit, the handler has set its own, or the connection takes no deadlines.
func (r *Response) renewDeadline() {
	if limit := r.writeLimit(); limit > 0 {
		_ = http.NewResponseController(r.w).SetWriteDeadline(time.Now().Add(limit))
	}
}

// restDeadline lifts the deadline while nothing is written. HTTP/1.1 looks at it in a write alone, but HTTP/2 resets a
// stream that is silent when it passes.
func (r *Response) restDeadline() {
	if r.c.born.ProtoMajor == 2 && r.writeLimit() > 0 {
		_ = http.NewResponseController(r.w).SetWriteDeadline(time.Time{})
	}
}

// writeLimit is the WriteTimeout of the server, or 0 if there is none to be renewed.
func (r *Response) writeLimit() time.Duration {
	if x := r.c.lazy.Load(); x != nil && (x.ownDeadline || x.hijacked) {
		return 0
	}
	server, ok := r.c.born.Context().Value(http.ServerContextKey).(*http.Server)
	if !ok {
		return 0
	}
	return server.WriteTimeout
}

// sendOn writes p to a response whose header has been sent.
func (r *Response) sendOn(p []byte) (sent int, err error) {
	defer r.restDeadline()
	for {
		next := p[sent:min(sent+piece, len(p))]
		r.renewDeadline()
		n, err := r.w.Write(next)
		r.noteSent(int64(n))
		r.noteFailure(err)
		sent += n
		if err != nil || n < len(next) || sent == len(p) {
			return sent, err
		}
	}
}

// copyOn copies src to a response whose header has been sent, in a way that lets the operating system send a
// file by itself.
func (r *Response) copyOn(src io.Reader) (sent int64, err error) {
	defer func() { r.noteSent(sent) }()
	if r.writeLimit() <= 0 {
		return io.Copy(r.w, src)
	}
	defer r.restDeadline()
	left := int64(math.MaxInt64)
	if limited, ok := src.(*io.LimitedReader); ok { // io would hide a file behind two of these
		src, left = limited.R, limited.N
		defer func() { limited.N -= sent }()
	}
	for left > 0 {
		next := min(left, piece)
		r.renewDeadline()
		n, err := io.Copy(r.w, &io.LimitedReader{R: src, N: next})
		sent, left = sent+n, left-n
		if err != nil || n < next {
			return sent, err
		}
	}
	return sent, nil
}

// sendHeld sends the body that was held back, which is text if that is not empty. The first piece has the time that the server gave
// the request, so that it limits the view; the others have theirs. It fails when the client has gone, which is no error.
func (r *Response) sendHeld(text string) {
	if 0 < len(text) && len(text) <= piece {
		n, err := io.WriteString(r.w, text)
		r.noteSent(int64(n))
		r.noteFailure(err)
		return
	}
	body := []byte(text)
	if text == "" {
		body = r.held()
	}
	if len(body) == 0 {
		return
	}
	first := min(len(body), piece)
	n, err := r.w.Write(body[:first])
	r.noteSent(int64(n))
	r.noteFailure(err)
	if err == nil && first < len(body) {
		_, _ = r.sendOn(body[first:])
	}
}

// noteSent counts what the writers below have taken of the body, for the access log.
func (r *Response) noteSent(n int64) {
	if x := r.c.lazy.Load(); x != nil {
		x.sent += n
	}
}

// noteFailure remembers that the client could not be written to.
func (r *Response) noteFailure(err error) {
	if err == nil || errors.Is(err, http.ErrContentLength) || errors.Is(err, http.ErrBodyNotAllowed) {
		return
	}
	if x := r.c.rare(); x.writeErr == nil {
		x.writeErr = err
	}
}
