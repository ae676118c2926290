package dewar

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/headers"
)

// Status sets the status of the answer that follows, so that return c.Status(201).JSON(v) reads as it acts.
// The default is 200. Once the header has left it has no effect. Before that it panics if code is not an HTTP status.
func (c *Context) Status(code int) *Context {
	if !c.response.open() {
		return c
	}
	if code < 200 && code != http.StatusSwitchingProtocols || code > 999 {
		panic(fmt.Sprintf("dewar: c.Status(%d): no status of an answer; pass 200 to 999, or send 1xx with c.Response.WriteHeader", code))
	}
	c.response.restate(code)
	return c
}

// Text answers with plain text. Like every answering method it replaces an answer given before in the same
// request, and returns an error only when the answer could not be given.
func (c *Context) Text(s string) error { return c.answerString("text/plain; charset=utf-8", s) }

// HTML answers with s as it is, as an HTML page. Text from outside must be escaped; [Context.Render] does
// that by itself.
func (c *Context) HTML(s string) error { return c.answerString("text/html; charset=utf-8", s) }

// JSON answers with v as JSON, encoded by the App's JSON provider. A value that cannot be encoded is an
// error, and nothing of it is sent. A [time.Time] is written in RFC 3339; [HTTPDates] writes it as Flask does, and [ASCIIJSON]
// what is not ASCII.
func (c *Context) JSON(v any) error {
	if _, ok := c.App.JSON.(standardJSON); ok && !c.settings.debug && c.response.empty() {
		return c.encode(v)
	}
	body, err := c.App.JSON.Marshal(v)
	if err != nil {
		return fmt.Errorf("dewar: encode %T as JSON: %w", v, err)
	}
	return c.Blob("application/json", append(body, '\n'))
}

// encode is JSON for the usual case: the text is made where it is held back.
func (c *Context) encode(v any) error {
	r := &c.response
	if err := r.buffer().Encode(&c.App.jsonEncoder, v); err != nil {
		return fmt.Errorf("dewar: encode %T as JSON: %w", v, err)
	}
	if !r.fits(int64(r.buf.Len())) {
		body := r.Body()
		r.dropBody()
		return c.Blob("application/json", body)
	}
	if err := c.startAnswer(); err != nil {
		r.dropBody()
		return err
	}
	c.setContentType("application/json")
	r.answered()
	return nil
}

// Blob answers with data of the given content type. A type with a control character in it is an error.
func (c *Context) Blob(contentType string, data []byte) error {
	if hasControl(contentType) {
		return errors.New("dewar: the content type of an answer has a control character in it; write it as in text/csv; charset=utf-8")
	}
	if err := c.startAnswer(); err != nil {
		return err
	}
	c.setContentType(contentType)
	_, err := c.response.write(data)
	c.response.answered()
	return err
}

// NoContent answers with no body: status 204 unless [Context.Status] set another.
func (c *Context) NoContent() error {
	r := &c.response
	said := r.said()
	if err := c.startAnswer(); err != nil {
		return err
	}
	if !said {
		r.setStatus(http.StatusNoContent)
	}
	r.answered()
	return nil
}

// Redirect sends the client to target: status 302 unless [Context.Status] set another of 3xx. What may not stand in a
// URL is escaped, as Flask does it, and a host that is not ASCII written in Punycode; what is escaped already stays. The
// client is sent wherever target points, so one that came from outside needs [Context.SafeNext]; [Context.RedirectTo]
// builds one that stays on the site. A target with a control character in it is an error.
func (c *Context) Redirect(target string) error {
	location, ok := headers.Location(target)
	switch {
	case hasControl(target):
		return errors.New("dewar: redirect target has a control character in it; escape it with url.PathEscape or url.QueryEscape")
	case !ok:
		return errors.New("dewar: redirect target has a host that is no name; write it as in https://example.com/path")
	}
	if err := c.startAnswer(); err != nil {
		return err
	}
	if code := c.response.StatusCode(); code < 300 || code > 399 {
		c.response.setStatus(http.StatusFound)
	}
	c.response.w.Header().Set("Location", location)
	c.response.answered()
	c.whole = true
	return nil
}

// RedirectTo sends the client to the URL of an endpoint, as [Context.URLFor] builds it.
func (c *Context) RedirectTo(endpoint string, pairs ...any) error {
	target, err := c.URLFor(endpoint, pairs...)
	if err != nil {
		return err
	}
	return c.Redirect(target)
}

// Stream calls f with a writer that sends every Write to the client at once. The first one commits the response: the
// after-request hooks run and the session is saved before it leaves, and what f sets in the header until then is sent.
// The type is text/html; charset=utf-8, as in Flask, unless somebody has set one. Writes and pauses may take any time,
// see [Response].
//
// An error of f before its first Write goes to the error handlers like any other; a later one cuts the connection, so
// that no client takes half a stream for a whole one. f is not called for HEAD and for a status that has no body. To
// send the header ahead, call [Response.Flush] first.
func (c *Context) Stream(f func(w io.Writer) error) error {
	r := &c.response
	if !r.Committed() && (r.method || !r.started) {
		if err := c.startAnswer(); err != nil {
			return err
		}
		c.setDefaultType("text/html; charset=utf-8")
	}
	if r.isHead() || bodyless(r.StatusCode()) {
		return c.sendAhead()
	}
	return f(flushWriter{r})
}

// sendAhead sends the header. Where nothing can be flushed it goes with the body.
func (c *Context) sendAhead() error {
	if err := c.response.FlushError(); !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

// flushWriter sends what is written at once, if it can be.
type flushWriter struct{ r *Response }

func (w flushWriter) Write(p []byte) (int, error) {
	w.r.c.rare().early = true
	n, err := w.r.Write(p)
	if err != nil {
		return n, err
	}
	return n, w.r.c.sendAhead()
}

func (c *Context) answerString(contentType, s string) error {
	if err := c.startAnswer(); err != nil {
		return err
	}
	c.setContentType(contentType)
	_, err := c.response.writeString(s)
	c.response.answered()
	return err
}

// startAnswer makes room for an answer, or tells why there can be none.
func (c *Context) startAnswer() error {
	r := &c.response
	switch {
	case r.replaced:
		return c.rare().finalErr
	case r.Committed():
		return r.lateError("there can be no other answer")
	}
	if x := c.lazy.Load(); x != nil && x.headerErr != nil {
		return c.headerError()
	}
	if c.notes() {
		c.noteAnswer()
	}
	r.answer()
	return nil
}

// notes reports whether it is remembered where an answer was given.
func (c *Context) notes() bool { return c.settings.debug || c.settings.testing }

// noteAnswer reports a second answer, which is most likely a return that was forgotten. A hook behind the view may
// replace its answer.
func (c *Context) noteAnswer() {
	if c.phase != handling {
		return
	}
	x, site := c.rare(), callsite.Application()
	if c.response.started && x.answerSite != "" {
		c.Logger().Warn("second answer: it replaces the first one; is a return missing?", "first", x.answerSite, "second", site)
	}
	x.answerSite = site
}

// setContentType sets the header, without an allocation, unless the view has said another type. What a handler does
// to the slice stays in its request.
func (c *Context) setContentType(value string) {
	if c.response.viewSet("Content-Type") {
		return
	}
	c.response.contentType[0] = value
	c.response.w.Header()["Content-Type"] = c.response.contentType[:]
}

// setDefaultType is setContentType for a type that gives way to any other.
func (c *Context) setDefaultType(value string) {
	if len(c.response.w.Header()["Content-Type"]) == 0 {
		c.setContentType(value)
	}
}

// setLastHeaders sets what enters the header when the response is committed, after the last hook. The room, for one value, belongs to
// the header from then on.
func (c *Context) setLastHeaders(room []string) {
	if c.lazy.Load() != nil || c.sessionSoFar() != nil {
		c.applySession()
	}
	c.setDefaultHeaders(room)
}

// setDefaultHeaders adds the security headers that the application has not set itself, and ends the
// connection while the App drains. An answer of another application has those that it chose, or none.
func (c *Context) setDefaultHeaders(room []string) {
	header := c.response.w.Header()
	if c.App.Draining() {
		headers.SetDefault(header, "Connection", []string{"close"})
	}
	if !c.settings.securityHeaders || c.response.isRelayed() {
		return
	}
	room[0] = "nosniff"
	contentType := c.response.contentType[0]
	if c.response.touched {
		headers.SetDefault(header, "X-Content-Type-Options", room)
		contentType = header.Get("Content-Type")
	} else {
		header["X-Content-Type-Options"] = room
	}
	if strings.HasPrefix(contentType, "text/html") {
		headers.SetDefault(header, "X-Frame-Options", []string{"SAMEORIGIN"})
		headers.SetDefault(header, "Referrer-Policy", []string{"strict-origin-when-cross-origin"})
	}
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f })
}
