package dewar

import (
	"fmt"
	"net/http"

	"github.com/dewar-go/dewar/internal/headers"
)

// Trailer sets a header that is sent behind the body, for what is known only then: a checksum, Server-Timing. It may be
// called until the view returns, within [Context.Stream] too, and replaces what was set before; called before the commit,
// the trailer is announced in the header. A client must not need it: proxies leave trailers out, and browsers show them to
// nobody.
//
// It is an error, and sets nothing, when the name is none or one that must stand in front of a body, such as
// Content-Type and Set-Cookie; when the value has a control character in it; when the request has ended; and over
// HTTP/1 when the answer has a Content-Length. An answer without a body has no trailers, nor over HTTP/1 one that gets its
// Content-Length afterwards, as that of a file does.
func (c *Context) Trailer(key, value string) error {
	r := &c.response
	if err := r.closedError(); err != nil {
		return err
	}
	key = http.CanonicalHeaderKey(key)
	fault := headers.Fault(key, value)
	switch header := r.w.Header(); {
	case fault != "":
		return fmt.Errorf("dewar: trailer %q: %s; escape what comes from outside, as with url.QueryEscape", key, fault)
	case !headers.MayTrail(key):
		return fmt.Errorf("dewar: trailer %q: this header must stand in front of the body; set it with c.Header", key)
	case c.born.ProtoMajor < 2 && len(header["Content-Length"]) > 0:
		return fmt.Errorf("dewar: trailer %q: over HTTP/1 an answer with a Content-Length has none; leave that header out", key)
	}
	if !r.Committed() {
		headers.AddField(r.header(), "Trailer", key)
	}
	r.header()[http.TrailerPrefix+key] = []string{value}
	return nil
}
