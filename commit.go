package dewar

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// commitEarly runs the hooks, saves the session and sends what is there, before the view has returned.
func (r *Response) commitEarly() error {
	if r.c.aborted {
		return http.ErrAbortHandler
	}
	if err := r.c.finalize(); err != nil {
		r.failed = err
		return err
	}
	r.send(false)
	return nil
}

// send writes header and buffered body; last says that nothing follows.
func (r *Response) send(last bool) {
	r.state = committed
	status := r.StatusCode()
	if last {
		r.setLength(status)
	}
	switch {
	case last && len(r.w.Header()["Trailer"]) > 0:
		r.writeHeaderWithoutTrailers(status)
	case status != http.StatusOK || r.length == 0 || r.isHead():
		r.w.WriteHeader(status)
	}
	if r.buf != nil && r.buf.Len() > 0 && !bodyless(status) && !r.isHead() {
		r.sendBody(r.buf.Bytes())
	}
	r.release()
}

// setLength sets Content-Length for a complete body where net/http would not do it by itself.
func (r *Response) setLength(status int) {
	header := r.w.Header()
	if bodyless(status) {
		if status == http.StatusNoContent {
			delete(header, "Content-Length")
		}
		return
	}
	if r.length <= autoLength && !r.isHead() || len(header["Content-Length"]) > 0 || hasTrailers(header) {
		return
	}
	if len(header["Transfer-Encoding"]) > 0 || r.isHead() && r.length == 0 && r.c.isForeign() {
		return
	}
	header["Content-Length"] = []string{strconv.FormatInt(r.length, 10)}
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

func hasTrailers(header http.Header) bool {
	if len(header["Trailer"]) > 0 {
		return true
	}
	for key := range header {
		if strings.HasPrefix(key, http.TrailerPrefix) {
			return true
		}
	}
	return false
}

// lengthError reports a Content-Length that contradicts the body that was written.
func (r *Response) lengthError() error {
	if r.isHead() || bodyless(r.StatusCode()) || len(r.w.Header()["Content-Length"]) == 0 {
		return nil
	}
	if want := r.declaredLength(); want != r.length {
		return fmt.Errorf("dewar: Content-Length says %d but the body has %d bytes; do not set the header, it is computed", want, r.length)
	}
	return nil
}
