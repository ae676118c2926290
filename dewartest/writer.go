package dewartest

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A responseWriter is the server's side of a request: what the App writes to. It keeps what a client of a
// net/http server would have received.
type responseWriter struct {
	method string
	header http.Header // the handler's, which it may go on changing

	status        int
	sent          http.Header // header as it was at WriteHeader
	length        int64       // declared Content-Length, or -1
	trailers      []string    // declared names
	left          bool        // the header has left for the client
	body          bytes.Buffer
	informational []Informational

	flushed, done bool
}

// autoLength is the size up to which a net/http server holds a body back and sets Content-Length by itself.
const autoLength = 2048

var errHandlerDone = errors.New("dewartest: write to a response whose handler has returned; wait for the goroutine that writes, or use Context.Go for work that outlives the request")

func newResponseWriter(method string) *responseWriter {
	return &responseWriter{method: method, header: http.Header{}, length: -1}
}

// Header returns the header that will be sent.
func (w *responseWriter) Header() http.Header { return w.header }

// WriteHeader sets the status and closes the header. Informational statuses are recorded and change nothing.
func (w *responseWriter) WriteHeader(code int) {
	switch {
	case code < 100 || code > 999:
		panic(fmt.Sprintf("invalid WriteHeader code %v", code))
	case w.done || w.status != 0:
		return
	case code < 200 && code != http.StatusSwitchingProtocols:
		w.informational = append(w.informational, Informational{code, received(w.header, "Content-Length", "Transfer-Encoding")})
		return
	}
	w.status, w.sent = code, w.header.Clone()
	w.length = declaredLength(w.sent)
}

// declaredLength returns what Content-Length says, or -1; one that says no length is removed.
func declaredLength(header http.Header) int64 {
	text := header.Get("Content-Length")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		header.Del("Content-Length")
		return -1
	}
	return n
}

// Write adds to the body, with the errors of a net/http server.
func (w *responseWriter) Write(p []byte) (int, error) {
	if w.done {
		return 0, errHandlerDone
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	switch {
	case len(p) == 0:
		return 0, nil
	case !hasBody(w.status):
		return 0, http.ErrBodyNotAllowed
	case w.length >= 0 && int64(w.body.Len()+len(p)) > w.length:
		return 0, http.ErrContentLength
	}
	n, err := w.body.Write(p)
	if w.body.Len() > autoLength {
		w.leave()
	}
	return n, err
}

// WriteString is Write for text.
func (w *responseWriter) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

// Flush sends what there is.
func (w *responseWriter) Flush() { _ = w.FlushError() }

// FlushError is Flush for http.ResponseController.
func (w *responseWriter) FlushError() error {
	if w.done {
		return errHandlerDone
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.leave()
	w.flushed = true
	return nil
}

// SetReadDeadline accepts a deadline, which never passes.
func (w *responseWriter) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline accepts a deadline, which never passes.
func (w *responseWriter) SetWriteDeadline(time.Time) error { return nil }

// EnableFullDuplex has nothing to do: body and response never wait for each other.
func (w *responseWriter) EnableFullDuplex() error { return nil }

// leave completes the header as a server does before it sends it: with the length of a body that is complete,
// and with a type if there is none.
func (w *responseWriter) leave() {
	if w.left {
		return
	}
	w.left = true
	encoded := w.sent.Get("Transfer-Encoding") != ""
	if w.declareTrailers(); w.done && w.length < 0 && len(w.trailers) == 0 && !encoded && hasBody(w.status) &&
		(w.method != http.MethodHead || w.body.Len() > 0) {
		w.length = int64(w.body.Len())
		w.sent.Set("Content-Length", strconv.FormatInt(w.length, 10))
	}
	_, typed := w.sent["Content-Type"]
	if !typed && !encoded && w.body.Len() > 0 && w.sent.Get("Content-Encoding") == "" {
		w.sent.Set("Content-Type", http.DetectContentType(w.body.Bytes()))
	}
}

// declareTrailers notes the names in Trailer, and those that were set with http.TrailerPrefix.
func (w *responseWriter) declareTrailers() {
	for _, line := range w.sent["Trailer"] {
		for name := range strings.SplitSeq(line, ",") {
			w.trailers = append(w.trailers, http.CanonicalHeaderKey(strings.TrimSpace(name)))
		}
	}
	for key := range w.sent {
		if name, ok := strings.CutPrefix(key, http.TrailerPrefix); ok {
			w.trailers = append(w.trailers, name)
		}
	}
}

// finish ends the response when the handler has returned, or was cut off, and stores what the client has got
// of it in res.
func (w *responseWriter) finish(res *Response) {
	if w.status == 0 && !res.Aborted {
		w.WriteHeader(http.StatusOK)
	}
	w.done = !res.Aborted // an aborted body is not complete, so its length is not known
	if w.status != 0 {
		w.leave()
	}
	w.done = true
	without := w.suppressed()
	if hasBody(w.status) && w.method != http.MethodHead {
		res.Body = bytes.Clone(w.body.Bytes())
		res.Aborted = res.Aborted || int64(len(res.Body)) < w.length
		if w.length < 0 { // in chunks, which trailers may follow
			without = append(without, "Trailer")
			res.Trailer = w.trailer(res.Aborted)
		}
	}
	res.StatusCode, res.Header, res.Flushed = w.status, received(w.sent, without...), w.flushed
	res.Informational = w.informational
}

// trailer returns the trailers with their values at the end, which an aborted response does not reach.
func (w *responseWriter) trailer(aborted bool) http.Header {
	if aborted {
		return nil
	}
	trailer := http.Header{}
	for key, values := range w.header {
		if name, ok := strings.CutPrefix(key, http.TrailerPrefix); ok {
			trailer[name] = slices.Clone(values)
		}
	}
	for _, name := range w.trailers {
		if values, ok := w.header[name]; ok {
			trailer[name] = slices.Clone(values)
		}
	}
	if len(trailer) == 0 {
		return nil
	}
	return trailer
}

// suppressed returns the header fields that are not sent with the response's status.
func (w *responseWriter) suppressed() []string {
	switch {
	case w.status == http.StatusNotModified:
		return []string{"Content-Type", "Content-Length", "Transfer-Encoding"}
	case !hasBody(w.status):
		return []string{"Content-Length", "Transfer-Encoding"}
	}
	return []string{"Transfer-Encoding"}
}

// hasBody reports whether a response of this status has a body.
func hasBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// received returns a header as it arrives: on one line per value, without some of its fields. It is never nil.
func received(header http.Header, without ...string) http.Header {
	got := http.Header{}
	for key, values := range header {
		if slices.Contains(without, key) || strings.HasPrefix(key, http.TrailerPrefix) {
			continue
		}
		for _, value := range values {
			got[key] = append(got[key], strings.TrimSpace(strings.NewReplacer("\r", " ", "\n", " ").Replace(value)))
		}
	}
	return got
}
