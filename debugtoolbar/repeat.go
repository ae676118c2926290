package debugtoolbar

import (
	"bytes"
	"context"
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/dewar-go/dewar"
)

// repeatLimit is how long a repeated request may take.
const repeatLimit = 10 * time.Second

// answerRepeat sends a request to the application again, if a page of the toolbar has asked for that.
func (t *toolbar) answerRepeat(c *dewar.Context, rec *recording) error {
	if !t.fromOwnPage(c.Request) {
		c.Status(http.StatusForbidden)
		return t.render(c, "notice.html", notice{
			"Not repeated", "The form is not of this process. Load the page of the request again and repeat it from there.", "../",
		})
	}
	if rec == nil {
		return t.missing(c)
	}
	body, why := rec.body.whole()
	if why != "" {
		c.Status(http.StatusConflict)
		return t.render(c, "notice.html", notice{"Not repeated", "The request cannot be sent again: " + why + ".", "../" + rec.key()})
	}
	id := t.send(c, rec, body)
	c.Status(http.StatusSeeOther)
	if id == 0 {
		return c.Redirect(home(c))
	}
	return c.Redirect(home(c) + t.keyOf(id))
}

// fromOwnPage reports whether a form of this toolbar has sent r.
func (t *toolbar) fromOwnPage(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		return false
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || u.Host != r.Host {
			return false
		}
	}
	r.Body = http.MaxBytesReader(nil, r.Body, 1<<10)
	return subtle.ConstantTimeCompare([]byte(r.PostFormValue("token")), []byte(t.token)) == 1
}

// send sends the request of rec again and returns the id of what was recorded of that, 0 for nothing. The answer is
// thrown away.
func (t *toolbar) send(c *dewar.Context, rec *recording, body []byte) (id int64) {
	n := &note{repeat: rec.id}
	ctx, cancel := context.WithTimeout(context.WithValue(c.Request.Context(), noteKey{}, n), repeatLimit)
	defer cancel()
	at := rec.url
	r := (&http.Request{
		Method: rec.method, URL: &at, RequestURI: rec.uri, Proto: rec.proto, ProtoMajor: 1, ProtoMinor: 1,
		Host: rec.host, RemoteAddr: rec.remote, Header: rec.sent.Clone(), TLS: c.Request.TLS, Body: http.NoBody,
	}).WithContext(ctx)
	if rec.body != nil {
		r.Body, r.ContentLength = readCloser{bytes.NewReader(body)}, int64(len(body))
	}
	defer func() {
		if value := recover(); value != nil && value != http.ErrAbortHandler {
			c.Logger().Warn("the repeated request panicked", "panic", fmt.Sprintf("%T", value))
		}
		id = n.answeredBy.Load()
	}()
	t.app.ServeHTTP(&discarded{header: http.Header{}}, r)
	return 0
}

type readCloser struct{ *bytes.Reader }

// Close does nothing.
func (readCloser) Close() error { return nil }

// A discarded is an answer that nobody reads.
type discarded struct{ header http.Header }

// Header returns the header.
func (d *discarded) Header() http.Header { return d.header }

// Write takes everything.
func (d *discarded) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader refuses what net/http refuses, by which dewar tells that nothing was sent.
func (d *discarded) WriteHeader(code int) {
	if code < 100 || code > 999 {
		panic(fmt.Sprintf("debugtoolbar: invalid status code %d", code))
	}
}

// Flush does nothing.
func (d *discarded) Flush() {}
