package dewar

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar/internal/headers"
)

// commitEarly runs the hooks, saves the session and sends what is there, before the view has returned.
func (r *Response) commitEarly() error {
	if r.c.outcome == aborted {
		return http.ErrAbortHandler
	}
	if err := r.c.finalizeEarly(); err != nil {
		return err
	}
	r.send(false)
	return nil
}

// send writes header and buffered body; last says that nothing follows.
func (r *Response) send(last bool) {
	r.started = true
	if last && r.c.runtime().reload != nil {
		r.c.addReloadScript()
	}
	length, text := r.length(), r.takeText()
	r.c.setLastHeaders(r.text[:])
	r.c.advance(sent)
	status := r.StatusCode()
	if last && (r.touched || length > autoLength || status != http.StatusOK || r.isHead()) {
		r.setLength(status, length)
	}
	switch {
	case last && r.touched && len(r.w.Header()["Trailer"]) > 0:
		r.writeHeaderWithoutTrailers(status)
	case status != http.StatusOK || last && length == 0 || !r.bodyIsSeen():
		r.w.WriteHeader(status)
	} // otherwise it goes with the first bytes, which middleware and net/http look at
	if !bodyless(status) && r.bodyIsSeen() {
		r.sendHeld(text)
	}
	r.release()
}

// bodyIsSeen reports whether the writers below get the body. To HEAD they do if it tells them what belongs into the header:
// its type, or what middleware makes of the answer of a net/http handler.
func (r *Response) bodyIsSeen() bool {
	return !r.isHead() || len(r.w.Header()["Content-Type"]) == 0 || r.c.route != nil && r.c.route.wrapped
}

// setLength sets Content-Length for a complete body of that length where net/http would not do it by itself.
func (r *Response) setLength(status int, length int64) {
	header := r.w.Header()
	if bodyless(status) {
		if status == http.StatusNoContent {
			delete(header, "Content-Length")
		}
		return
	}
	if length <= autoLength && !r.isHead() || len(header["Content-Length"]) > 0 || headers.HasTrailers(header) {
		return
	}
	if len(header["Transfer-Encoding"]) > 0 || r.isHead() && length == 0 && r.c.isForeign() {
		return
	}
	header["Content-Length"] = []string{strconv.FormatInt(length, 10)}
}

// writeHeaderWithoutTrailers sends the header while the values of announced trailers, which a view may have
// set by now, are kept out of it.
func (r *Response) writeHeaderWithoutTrailers(status int) {
	header, trailers := r.w.Header(), http.Header{}
	for name := range strings.SplitSeq(strings.Join(header["Trailer"], ","), ",") {
		key := http.CanonicalHeaderKey(strings.TrimSpace(name))
		if values, ok := header[key]; ok {
			trailers[key] = values
			delete(header, key)
		}
	}
	r.w.WriteHeader(status)
	maps.Copy(header, trailers)
}

// lengthError reports a Content-Length that contradicts the body that was written.
func (r *Response) lengthError() error {
	if r.isHead() || bodyless(r.StatusCode()) || len(r.w.Header()["Content-Length"]) == 0 {
		return nil
	}
	if want := r.declaredLength(); want != r.length() {
		return fmt.Errorf("dewar: Content-Length says %d but the body has %d bytes; do not set the header, it is computed", want, r.length())
	}
	return nil
}
