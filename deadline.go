package dewar

import (
	"errors"
	"io"
	"math"
	"net/http"
	"time"
)

// piece is how much of a response is sent between two renewals of its write deadline.
const piece = 512 << 10

// renewDeadline gives the client the server's whole WriteTimeout again for what is written next. net/http
// counts that time from the request, so a stream or a large download would be cut off in the middle. It does
// nothing when the server has no such limit or the connection takes no deadlines.
func (r *Response) renewDeadline() {
	if limit := r.writeLimit(); limit > 0 {
		_ = http.NewResponseController(r.w).SetWriteDeadline(time.Now().Add(limit))
	}
}

// writeLimit is the WriteTimeout of the server, or 0.
func (r *Response) writeLimit() time.Duration {
	server, ok := r.c.born.Context().Value(http.ServerContextKey).(*http.Server)
	if !ok {
		return 0
	}
	return server.WriteTimeout
}

// sendOn writes p to a response whose header has been sent.
func (r *Response) sendOn(p []byte) (sent int, err error) {
	for {
		next := p[sent:min(sent+piece, len(p))]
		r.renewDeadline()
		n, err := r.w.Write(next)
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
	if r.writeLimit() <= 0 {
		return io.Copy(r.w, src)
	}
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

// sendBody sends the body that was held back. The first piece has the time that the server gave the request,
// so that it limits the view; the others have theirs. It fails when the client has gone, which is no error.
func (r *Response) sendBody(body []byte) {
	first := min(len(body), piece)
	_, err := r.w.Write(body[:first])
	r.noteFailure(err)
	if err == nil && first < len(body) {
		_, _ = r.sendOn(body[first:])
	}
}

// noteFailure remembers that the client could not be written to.
func (r *Response) noteFailure(err error) {
	if err != nil && r.writeErr == nil && !errors.Is(err, http.ErrContentLength) {
		r.writeErr = err
	}
}
