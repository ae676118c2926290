package dewar

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"

	"github.com/dewar-go/dewar/internal/respbuf"
)

// Response is the [http.ResponseWriter] of a request. What is written is kept until the request ends, so
// that hooks and the session act after the view has written its body and an error leaves nothing of a
// half-finished page behind. A response that grows past RESPONSE_BUFFER_SIZE, is flushed or hijacked is
// committed then: the after-request hooks run and the session is saved before the first header leaves.
//
// 1xx responses other than 101 pass through without committing. A Response belongs to the goroutine of its
// request.
type Response struct {
	c      *Context
	w      http.ResponseWriter
	outer  http.Header // what outer middleware had set when the request came in; nil when nothing
	buf    *respbuf.Buffer
	length int64 // bytes written before commit; with HEAD they are counted, not kept
	status int
	state  responseState

	wroteHeader bool  // WriteHeader, Write or an answering method ran
	finalizing  bool  // after-request hooks are running: writes only fill the buffer
	failed      error // set when the response was replaced while the view still writes
	writeErr    error // what writing to the client failed with
}

type responseState uint8

const (
	buffering responseState = iota
	committed
	hijacked
	closed
)

// bodyless reports whether a response with this status has no body.
func bodyless(status int) bool {
	return status < 200 || status == http.StatusNoContent || status == http.StatusNotModified
}

// autoLength is the size up to which net/http sets Content-Length by itself.
const autoLength = 2048

var errResponseClosed = errors.New("dewar: the request has ended; nothing can be written to its response any more")

// Header returns the header that will be sent. Changes after the commit have no effect, except for trailers.
func (r *Response) Header() http.Header { return r.w.Header() }

// StatusCode returns the status that was or will be sent: 200 unless one was set.
func (r *Response) StatusCode() int {
	if r.status == 0 {
		return http.StatusOK
	}
	return r.status
}

// Started reports whether the response has an answer: a status was written, a body, or an answering method
// of the Context ran.
func (r *Response) Started() bool { return r.wroteHeader }

// Committed reports whether the header has been sent, so that nothing of it can change any more.
func (r *Response) Committed() bool { return r.state != buffering }

// Unwrap returns the writer that the server or the innermost middleware passed in, for
// [http.ResponseController]. What is written to it directly bypasses the hooks and the session.
func (r *Response) Unwrap() http.ResponseWriter { return r.w }

// Body returns a copy of the body as far as it is held: everything before the commit, nothing after it.
func (r *Response) Body() []byte {
	if r.buf == nil {
		return nil
	}
	return append([]byte(nil), r.buf.Bytes()...)
}

// SetBody replaces the body. After the commit it does nothing and returns an error.
func (r *Response) SetBody(body []byte) error {
	if r.state != buffering {
		return r.lateError("the body cannot be replaced")
	}
	r.dropBody()
	r.dropLength()
	_, err := r.Write(body)
	return err
}

// Reset forgets status, body and every header set since the request came in; headers that outer middleware
// had set before are kept. After the commit it does nothing.
func (r *Response) Reset() {
	if r.state != buffering {
		return
	}
	r.dropBody()
	r.status, r.wroteHeader = 0, false
	header := r.w.Header()
	clear(header)
	maps.Copy(header, r.outer)
}

// restart forgets status and body but keeps the headers, for an answering method that is called again.
func (r *Response) restart() {
	if r.wroteHeader {
		r.dropBody()
		r.dropLength()
	}
	r.wroteHeader = true
}

func (r *Response) dropBody() {
	if r.buf != nil {
		r.buf.Reset()
	}
	r.length = 0
}

func (r *Response) dropLength() {
	if r.length == 0 {
		delete(r.w.Header(), "Content-Length")
	}
}

// WriteHeader sets the status, as [http.ResponseWriter] does; the first call counts. A status of 1xx other
// than 101 is sent at once and is not the answer. It panics on a code that is no HTTP status.
func (r *Response) WriteHeader(code int) {
	if code < 100 || code > 999 {
		panic(fmt.Sprintf("dewar: invalid status code %d", code))
	}
	if r.state != buffering || r.failed != nil {
		return
	}
	if code < 200 && code != http.StatusSwitchingProtocols {
		r.w.WriteHeader(code)
		return
	}
	if r.wroteHeader {
		return
	}
	r.status, r.wroteHeader = code, true
}

// Write adds to the body. It returns an error when the response was replaced because the session could not
// be saved or a hook failed, and when the request has ended.
func (r *Response) Write(p []byte) (int, error) {
	if r.state != buffering || r.failed != nil {
		return r.writeThrough(p)
	}
	r.wroteHeader = true
	if r.isHead() || bodyless(r.StatusCode()) {
		return r.count(p)
	}
	if !r.fits(int64(len(p))) {
		if err := r.commitEarly(); err != nil {
			return 0, err
		}
		return r.sendOn(p)
	}
	r.length += int64(len(p))
	return r.buffer().Write(p)
}

// count keeps the length of a body that is not sent, and what of it fits for hooks that look at it.
func (r *Response) count(p []byte) (int, error) {
	if r.fits(int64(len(p))) {
		_, _ = r.buffer().Write(p) // it never fails
	}
	r.length += int64(len(p))
	return len(p), nil
}

// WriteString adds to the body without copying s first. See [Response.Write].
func (r *Response) WriteString(s string) (int, error) {
	if r.state != buffering || r.failed != nil || r.isHead() || bodyless(r.StatusCode()) || !r.fits(int64(len(s))) {
		return r.Write([]byte(s))
	}
	r.wroteHeader = true
	r.length += int64(len(s))
	return r.buffer().WriteString(s)
}

func (r *Response) writeThrough(p []byte) (int, error) {
	switch {
	case r.failed != nil:
		return 0, r.failed
	case r.state == hijacked:
		return 0, http.ErrHijacked
	case r.state == closed:
		return 0, errResponseClosed
	}
	return r.sendOn(p)
}

// ReadFrom adds everything that src yields to the body. Past the bound, or when Content-Length says that
// there is more than the bound, it hands over to the server's own ReadFrom, so that a file is sent by the
// operating system.
func (r *Response) ReadFrom(src io.Reader) (int64, error) {
	if r.state == committed && r.failed == nil {
		return r.copyOn(src)
	}
	if r.state != buffering || r.failed != nil {
		_, err := r.writeThrough(nil)
		return 0, err
	}
	if r.isHead() || bodyless(r.StatusCode()) || r.finalizing {
		return io.Copy(writerOnly{r}, src)
	}
	r.wroteHeader = true
	if r.declaredLength() > r.bound() {
		if err := r.commitEarly(); err != nil {
			return 0, err
		}
		return r.copyOn(src)
	}
	n, err := io.Copy(r.buffer(), io.LimitReader(src, r.bound()-r.length))
	r.length += n
	if err != nil || r.length < r.bound() {
		return n, err
	}
	return r.readOn(src, n)
}

// readOn continues ReadFrom when the buffer is full: it looks for one more byte before it commits.
func (r *Response) readOn(src io.Reader, n int64) (int64, error) {
	var one [1]byte
	if _, err := io.ReadFull(src, one[:]); err != nil {
		if err == io.EOF {
			return n, nil
		}
		return n, err
	}
	if err := r.commitEarly(); err != nil {
		return n, err
	}
	if _, err := r.w.Write(one[:]); err != nil {
		return n, err
	}
	m, err := r.copyOn(src)
	return n + 1 + m, err
}

// writerOnly hides ReadFrom from io.Copy.
type writerOnly struct{ io.Writer }

// Flush sends what has been written so far, as [http.Flusher] does. The first call commits the response.
func (r *Response) Flush() { _ = r.FlushError() }

// FlushError is [Response.Flush] with the error: [http.ErrNotSupported] when the server cannot flush, or the
// reason why the response could not be committed.
func (r *Response) FlushError() error {
	if r.failed != nil {
		return r.failed
	}
	switch r.state {
	case hijacked:
		return http.ErrHijacked
	case closed:
		return errResponseClosed
	case buffering:
		if r.finalizing {
			return nil
		}
		r.wroteHeader = true
		if err := r.commitEarly(); err != nil {
			return err
		}
	}
	err := http.NewResponseController(r.w).Flush()
	if !errors.Is(err, http.ErrNotSupported) {
		r.noteFailure(err)
	}
	return err
}

// Hijack takes the connection over, as [http.Hijacker] does. The hooks run and the session is saved first;
// a cookie they set stands in [Response.Header] and must be written by the caller. On an error nothing was
// taken over.
func (r *Response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if r.failed != nil {
		return nil, nil, r.failed
	}
	switch {
	case r.state == hijacked || r.state == closed:
		return nil, nil, http.ErrHijacked
	case r.finalizing:
		return nil, nil, errors.New("dewar: an after-request hook cannot hijack the connection, because the session is saved after it; do it in the view")
	}
	if !canHijack(r.w) {
		return nil, nil, http.ErrNotSupported
	}
	if r.state == buffering {
		if err := r.c.finalize(); err != nil {
			r.failed = err
			return nil, nil, err
		}
		if r.StatusCode() == http.StatusSwitchingProtocols {
			r.w.WriteHeader(r.status)
		}
	}
	conn, rw, err := http.NewResponseController(r.w).Hijack()
	if err == nil {
		r.wroteHeader, r.state = true, hijacked
	}
	return conn, rw, err
}

// canHijack reports whether w, or a writer below it, is an [http.Hijacker].
func canHijack(w http.ResponseWriter) bool {
	for {
		if _, ok := w.(http.Hijacker); ok {
			return true
		}
		inner, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return false
		}
		w = inner.Unwrap()
	}
}

func (r *Response) isHead() bool { return r.c.Request.Method == http.MethodHead }

func (r *Response) bound() int64 { return r.c.settings.responseBuffer }

func (r *Response) fits(n int64) bool { return r.finalizing || r.length+n <= r.bound() }

func (r *Response) buffer() *respbuf.Buffer {
	if r.buf == nil {
		r.buf = respbuf.Get()
	}
	return r.buf
}

func (r *Response) declaredLength() int64 {
	n, err := strconv.ParseInt(r.w.Header().Get("Content-Length"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (r *Response) lateError(what string) error {
	if r.state == closed {
		return errResponseClosed
	}
	return fmt.Errorf("dewar: the header has been sent, %s any more", what)
}

// release gives the buffer back; nothing a handler can keep refers to it.
func (r *Response) release() {
	if r.buf != nil {
		respbuf.Put(r.buf)
		r.buf = nil
	}
}
