package debugtoolbar

import (
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
)

// maxBody is how many bytes of a request's body are kept, so that it can be sent again.
const maxBody = 64 << 10

// A note goes with a request from the middleware to its recording.
type note struct {
	body       *capture
	repeat     int64        // the request that is sent again; 0 for none
	answeredBy atomic.Int64 // the id of the recording
}

type noteKey struct{}

// captured returns a copy of r whose body is remembered. net/http looks at the type of its own, which stays.
func captured(r *http.Request) *http.Request {
	n, _ := r.Context().Value(noteKey{}).(*note)
	if n == nil {
		n = &note{}
		r = r.WithContext(context.WithValue(r.Context(), noteKey{}, n))
	} else {
		r = r.WithContext(r.Context())
	}
	n.body = &capture{ReadCloser: r.Body, want: r.ContentLength}
	r.Body = n.body
	return r
}

// A capture is a body that remembers what is read of it, within maxBody. A nil one is that of a request without.
type capture struct {
	io.ReadCloser
	want int64 // what Content-Length said; -1 if nothing

	mu     sync.Mutex
	kept   []byte
	read   int64
	ended  bool
	closed bool
}

// Read reads on.
func (b *capture) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = b.ended || err == io.EOF
	if b.closed {
		return n, err
	}
	b.read += int64(n)
	if room := maxBody - len(b.kept); room > 0 {
		b.kept = append(b.kept, p[:min(n, room)]...)
	}
	return n, err
}

// close ends what is remembered.
func (b *capture) close() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
}

func (b *capture) len() int {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.kept)
}

// whole returns the body, or why there is none that could be sent again.
func (b *capture) whole() (body []byte, why string) {
	if b == nil {
		return nil, ""
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.read > maxBody:
		return nil, "its body has more than 64 KiB, which is all that is kept of one"
	case !b.ended && b.read != b.want:
		return nil, "its body was not read to the end, so not all of it is known"
	}
	return b.kept, ""
}
