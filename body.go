package dewar

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/intake"
)

// Limits bounds how much of a request's body may be read, for [Context.Limit]. A field that is 0 stays as it is, one
// below 0 means no limit. What is larger is a 413 that says the limit.
type Limits struct {
	// Body is the most bytes of the body, in place of MAX_CONTENT_LENGTH.
	Body int64
	// FormMemory is the most bytes that the fields of a form may have, files left aside, in place of
	// MAX_FORM_MEMORY_SIZE. As many bytes of the files of a multipart form stay in memory, and bodies of forms up to
	// this size can be read again.
	FormMemory int64
	// FormParts is the most fields and files of a multipart form, in place of MAX_FORM_PARTS.
	FormParts int
	// JSON is the most bytes of a body that [Context.Bind] and [Context.BindJSON] read as JSON, in place of
	// MAX_JSON_SIZE.
	JSON int64
}

// or returns l with the fields of other where its own are 0.
func (l Limits) or(other Limits) Limits {
	return Limits{cmp.Or(l.Body, other.Body), cmp.Or(l.FormMemory, other.FormMemory), cmp.Or(l.FormParts, other.FormParts), cmp.Or(l.JSON, other.JSON)}
}

// A bodyState is what is known of a request's body.
type bodyState struct {
	limits Limits                // in place of the configuration's where they are not 0
	late   error                 // Limit was called when the body had been read
	err    error                 // what was wrong with it when it was read as a form
	seen   bool                  // the handler knows of err, or it has become the answer
	form   *intake.Form          // of temporary files, whatever becomes of the request that holds it
	fault  atomic.Pointer[error] // what reading it failed with
}

// limits returns the limits that hold for this request.
func (c *Context) limits() Limits {
	s, own := c.settings, Limits{}
	if x := c.lazy.Load(); x != nil {
		own = x.body.limits
	}
	return own.or(Limits{Body: s.maxContentLength, FormMemory: s.maxFormMemory, FormParts: s.maxFormParts, JSON: s.maxJSON})
}

// Limit replaces the configured limits on the body of this request. It must be called before the body is read, for
// example in a hook given to [Before]; called later it makes the request a 500 that says so in the log. Flask has
// max_content_length and the like on the request.
func (c *Context) Limit(l Limits) {
	x := c.rare()
	b := c.body()
	if x.form != nil || b != nil && b.begun() {
		x.body.late = fmt.Errorf("dewar: %s: Limit was called after the body had been read, so it limits nothing; call it in a hook given to dewar.Before, or before c.Form, c.Bind and the like",
			callsite.Site())
		return
	}
	x.body.limits = l.or(x.body.limits)
	if l.Body != 0 && b != nil {
		b.bound(l.Body)
	}
}

// hasBody reports whether the request has a body, perhaps an empty one.
func (c *Context) hasBody() bool { return c.Request.Body != nil && c.Request.Body != http.NoBody }

// isEmpty reports whether nothing was sent as a body. Where its length is not known it waits for the first byte. A body
// that cannot be read is not empty.
func (c *Context) isEmpty() bool {
	return !c.hasBody() || c.Request.ContentLength <= 0 && c.body().isEmpty()
}

// body returns the body of the request, bounded by MAX_CONTENT_LENGTH, also when a hook has put it in place of the
// client's. It is nil when there is none. It stands in a copy of the request: when the answer leaves, net/http looks
// at the type of its own body to tell whether the client still waits for a word.
func (c *Context) body() *body {
	if !c.hasBody() {
		return nil
	}
	if b, ok := c.Request.Body.(*body); ok && b.c == c {
		return b
	}
	b := &body{c: c, source: c.Request.Body}
	c.ownRequest()
	c.Request.Body = b
	b.bound(c.limits().Body)
	return b
}

// ownRequest makes sure that c.Request may be changed.
func (c *Context) ownRequest() {
	if c.Request == c.born {
		c.Request = c.born.WithContext(c.born.Context())
	}
}

// A body is what c.Request.Body is. It remembers what was read of a form or of JSON, up to the limit of such a body,
// so that it can be read raw and parsed, in any order.
type body struct {
	c       *Context
	source  io.ReadCloser // without a limit
	bounded io.Reader     // source within the limit
	kept    []byte        // what was read, from the beginning
	keep    int64         // how much of it may be kept; -1 for nothing, 0 while it is not known
	pos     int           // how much of kept was read again
	lost    bool          // more was read than may be kept
	again   error         // what reading gives when it should begin again and cannot
	end     error         // what reading source ended with
	first   byte          // that isEmpty has read
	peeked  bool
}

// bound lets at most n bytes be read, any number if n is 0 or less.
func (b *body) bound(n int64) {
	switch {
	case n <= 0:
		b.bounded = b.source
	case b.c.Request.ContentLength > n:
		b.bounded = tooLarge{n}
	default:
		b.bounded = http.MaxBytesReader(b.c.response.w, b.source, n)
	}
}

// tooLarge stands for a body whose declared length is over the limit n. Nothing of it is read, so that a client
// that waits for leave to send it never gets one.
type tooLarge struct{ n int64 }

func (t tooLarge) Read([]byte) (int, error) { return 0, &http.MaxBytesError{Limit: t.n} }

// begun reports whether any of the body was read.
func (b *body) begun() bool { return b.lost || b.end != nil || len(b.kept) > 0 }

// Read gives what was read before once more, if parsing has begun again, and then goes on.
func (b *body) Read(p []byte) (int, error) {
	switch {
	case len(p) == 0:
		return 0, nil
	case b.again != nil:
		return 0, b.again
	case b.pos < len(b.kept):
		n := copy(p, b.kept[b.pos:])
		b.pos += n
		return n, nil
	case b.peeked:
		b.peeked = false
		p[0] = b.first
		b.record(p[:1])
		return 1, nil
	case b.end != nil:
		return 0, b.end
	}
	n, err := b.bounded.Read(p)
	b.record(p[:n])
	b.ended(err)
	return n, err
}

// Close closes what the client sends.
func (b *body) Close() error { return b.source.Close() }

// ended remembers the end of the body.
func (b *body) ended(err error) {
	b.end = err
	if err != nil && err != io.EOF {
		b.c.rare().body.noteFault(err)
	}
}

// noteFault remembers what reading the body failed with first.
func (s *bodyState) noteFault(err error) { s.fault.CompareAndSwap(nil, &err) }

// record keeps what was read, while it may.
func (b *body) record(p []byte) {
	if b.lost || len(p) == 0 {
		return
	}
	if b.keep == 0 {
		b.keep = b.c.keptBody()
	}
	if int64(len(b.kept)+len(p)) > b.keep {
		b.kept, b.pos, b.lost = nil, 0, true
		return
	}
	b.kept = append(b.kept, p...)
	b.pos = len(b.kept)
}

// keptBody returns how many bytes of the body are kept to be read again, -1 for none.
func (c *Context) keptBody() int64 {
	limit := int64(-1)
	switch {
	case c.isForm():
		limit = c.limits().FormMemory
	case c.IsJSON():
		limit = c.limits().JSON
	default:
		return limit
	}
	if limit <= 0 {
		return intake.DefaultMemory
	}
	return limit
}

// isEmpty waits for the first byte.
func (b *body) isEmpty() bool {
	var p [1]byte
	for !b.begun() && !b.peeked {
		n, err := b.bounded.Read(p[:])
		b.first, b.peeked = p[0], n > 0
		b.ended(err)
	}
	return !b.peeked && !b.lost && len(b.kept) == 0 && b.end == io.EOF
}

// rewind has reading begin again. It fails if more was read than is kept.
func (b *body) rewind() error {
	if b.lost {
		limit := max(b.keep, 0)
		b.again = &HTTPError{Code: http.StatusRequestEntityTooLarge, Message: tooLargeMessage(limit),
			Err: fmt.Errorf("dewar: the body cannot be read a second time, because it is larger than %d bytes; read it once, or raise MAX_FORM_MEMORY_SIZE, for JSON MAX_JSON_SIZE, or both for this request by c.Limit: %w",
				limit, &http.MaxBytesError{Limit: limit})}
	}
	b.pos = 0
	return b.again
}

// readAll returns the whole body, which stays readable. More than limit is an error when that is above 0. The bytes
// must not be changed.
func (b *body) readAll(limit int64) ([]byte, error) {
	if limit <= 0 {
		limit = math.MaxInt64
	}
	if b.c.Request.ContentLength > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	if err := b.rewind(); err != nil {
		return nil, err
	}
	b.keep = max(b.keep, limit)
	if b.peeked {
		b.peeked = false
		b.kept = append(b.kept, b.first)
	}
	for b.end == nil && int64(len(b.kept)) <= limit {
		if len(b.kept) == cap(b.kept) {
			b.kept = slices.Grow(b.kept, b.growth())
		}
		n, err := b.bounded.Read(b.kept[len(b.kept):cap(b.kept)])
		b.kept = b.kept[:len(b.kept)+n]
		b.ended(err)
	}
	if int64(len(b.kept)) > limit {
		b.kept, b.lost = nil, true
		return nil, &http.MaxBytesError{Limit: limit}
	}
	if b.end != io.EOF {
		return nil, b.end
	}
	return b.kept, nil
}

// trusted is how many bytes of a body are made room for before any has come.
const trusted = 64 << 10

// growth returns how many bytes to make room for. At first that is what the client has declared, and one more, in which the end is
// seen.
func (b *body) growth() int {
	if n := b.c.Request.ContentLength; len(b.kept) == 0 && 0 < n && n < trusted {
		return int(n) + 1
	}
	return max(512, len(b.kept))
}

// isForm reports whether the body is declared to be a form.
func (c *Context) isForm() bool {
	mediaType, _, _ := c.mediaType()
	return mediaType == "application/x-www-form-urlencoded" || mediaType == "multipart/form-data"
}

// checkEncoding refuses a body that is compressed. A hook that decompresses it takes Content-Encoding away.
func (c *Context) checkEncoding() error {
	for _, line := range c.Request.Header["Content-Encoding"] {
		for encoding := range strings.SplitSeq(line, ",") {
			if encoding = strings.TrimSpace(encoding); encoding != "" && !strings.EqualFold(encoding, "identity") {
				return &HTTPError{Code: http.StatusUnsupportedMediaType, Message: "The body must not be compressed; send it without Content-Encoding.",
					Header: http.Header{"Accept-Encoding": {"identity"}}}
			}
		}
	}
	return nil
}

// bodyError turns an error of reading a body into the answer to it.
func (c *Context) bodyError(err error) error {
	if _, ok := errors.AsType[*HTTPError](err); ok {
		return err
	}
	if e, ok := errors.AsType[*intake.StorageError](err); ok {
		return &HTTPError{Code: http.StatusServiceUnavailable,
			Err: fmt.Errorf("dewar: %w; make room in %s, or set TMPDIR to another folder", e, os.TempDir())}
	}
	if fault := c.rare().body.fault.Load(); fault != nil { // a parser may only have seen that something is missing
		err = *fault
	}
	if fault := c.bodyFault(err); fault != nil {
		return fault
	}
	return &HTTPError{Code: http.StatusBadRequest, Err: err}
}

// bodyFault returns the answer to an error that reading the body has ended with, or that says it is too large: 413,
// 408 for a client that was too slow, 400 for one that has gone or sent nonsense. It is nil for other errors, and for
// those that pick a status themselves.
func (c *Context) bodyFault(err error) *HTTPError {
	_, picked := errors.AsType[statusCoder](err)
	_, panicked := errors.AsType[*PanicError](err)
	if picked || panicked {
		return nil
	}
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &HTTPError{Code: http.StatusRequestEntityTooLarge, Message: tooLargeMessage(e.Limit), Err: err}
	}
	fault := c.readFault(err)
	switch {
	case fault == nil, errors.Is(fault, http.ErrBodyReadAfterClose):
		return nil
	case isTimeout(fault):
		return &HTTPError{Code: http.StatusRequestTimeout, Message: "The body took too long to come.", Header: http.Header{"Connection": {"close"}}, Err: err}
	}
	return &HTTPError{Code: http.StatusBadRequest, Message: "The body is malformed or did not come whole.", Err: err}
}

func tooLargeMessage(limit int64) string {
	return fmt.Sprintf("The body is larger than the limit of %d bytes.", limit)
}

// readFault returns what reading the body failed with, if err is about that.
func (c *Context) readFault(err error) error {
	x := c.lazy.Load()
	if x == nil {
		return nil
	}
	fault := x.body.fault.Load()
	if fault == nil || !errors.Is(err, *fault) {
		return nil
	}
	return *fault
}

func isTimeout(err error) bool {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return true
	}
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout()
}

// leftUpload reports whether err says that the client went away in the middle of its body.
func (c *Context) leftUpload(err error) bool {
	fault := c.readFault(err)
	if fault == nil || isTimeout(fault) {
		return false
	}
	return isClosed(fault) || errors.Is(fault, io.ErrUnexpectedEOF) || c.born.Context().Err() != nil
}

// isClosed reports whether err says that a connection was closed.
func isClosed(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, net.ErrClosed)
}
