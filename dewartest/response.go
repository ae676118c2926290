package dewartest

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/cookies"
)

// Response is what came back for one request, and what was seen of the App while it was served. It is complete
// when a test gets it and belongs to the test.
type Response struct {
	// StatusCode is the status, or 0 when the request was aborted before there was one.
	StatusCode int
	// Header is the header as a client gets it. It is never nil.
	Header http.Header
	// Trailer is what came after the body. It is nil without trailers.
	Trailer http.Header
	// Body is the body, empty for HEAD.
	Body []byte
	// Informational are the 1xx responses that came before, in their order.
	Informational []Informational
	// Aborted says that a client would have seen the connection break: http.ErrAbortHandler was raised, or
	// less was written than Content-Length said. What had been written until then is in the response.
	Aborted bool
	// Flushed says that the handler sent part of the response before it was complete.
	Flushed bool

	// Request is the request as the App got it.
	Request *http.Request
	// History are the redirects that were followed to get here, the first one first.
	History []*Response

	// Context is the Context that served the request: for its endpoint, typed keys and session, which can
	// only be read now. It is nil when net/http middleware answered.
	Context *dewar.Context
	// Err is the unhandled error that the request ended with, or nil. The session that was changed too late is one.
	Err error
	// Rendered are the templates that were rendered, in their order.
	Rendered []dewar.Rendering
	// Flashed are the messages that were flashed, in their order.
	Flashed []dewar.Flash
	// Logged are the lines that the Logger of the request wrote, in their order, with their attributes but for those that say
	// which request it is. What App.Logger does not take by its level is not there, so that [slog.DiscardHandler] leaves
	// none; slog.NewTextHandler(t.Output(), nil) puts them into the output of the test too.
	Logged []dewar.LogRecord

	t    testing.TB
	app  *dewar.App
	sent string // the body of the request, as a failure shows it
}

// Informational is a 1xx response, such as 103 Early Hints.
type Informational struct {
	StatusCode int
	Header     http.Header
}

// Format prints the status and the sizes, for every verb: header and body may hold secrets.
func (r Response) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.shown()) }

// LogValue returns what Format prints.
func (r Response) LogValue() slog.Value { return slog.StringValue(r.shown()) }

// MarshalJSON returns what Format prints.
func (r Response) MarshalJSON() ([]byte, error) { return json.Marshal(r.shown()) }

func (r Response) shown() string {
	return fmt.Sprintf("Response(%d, %d headers, %d bytes)", r.StatusCode, len(r.Header), len(r.Body))
}

// Text returns the body as text.
func (r *Response) Text() string { return string(r.Body) }

// JSON decodes the body into v, a pointer, by the App's JSON provider. It ends the test when the response is
// not declared to be JSON, or does not fit v.
func (r *Response) JSON(v any) {
	r.t.Helper()
	if kind := r.Header.Get("Content-Type"); !isJSON(kind) {
		r.t.Fatalf("dewartest: %s: the Content-Type of the response is %q, not JSON%s", r.line(), kind, r.details())
	}
	if err := r.app.JSON.Unmarshal(r.Body, v); err != nil {
		r.t.Fatalf("dewartest: %s: the response cannot be decoded into %T: %v%s", r.line(), v, err, r.details())
	}
}

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json"))
}

// Cookies returns the cookies that the response set, with all they said. A value in quotes is read as
// [dewar.Context.Cookie] reads it.
func (r *Response) Cookies() []*http.Cookie {
	list := setCookies(r.Header)
	for _, cookie := range list {
		cookie.Value = cookies.Unquote(cookie.Value)
	}
	return list
}

// Cookie returns the cookie of that name that the response set, or nil. Of several the last one counts.
func (r *Response) Cookie(name string) *http.Cookie {
	for _, cookie := range slices.Backward(r.Cookies()) {
		if cookie.Name == name {
			return cookie
		}
	}
	return nil
}

// Location returns where a redirect points, as it was sent, or "".
func (r *Response) Location() string { return r.Header.Get("Location") }

// Want fails the test, which goes on, when the response has another status or when one of texts is not in its
// body. It returns the response. The failure shows what was sent, what came back and what was logged, without the values
// of cookies and what is named like a secret.
func (r *Response) Want(status int, texts ...string) *Response {
	r.t.Helper()
	if r.StatusCode != status {
		r.t.Errorf("%s: got status %d, want %d%s", r.line(), r.StatusCode, status, r.details())
		return r
	}
	for _, text := range texts {
		if !strings.Contains(r.Text(), text) {
			r.t.Errorf("%s: the body does not contain %q%s", r.line(), text, r.details())
		}
	}
	return r
}

// line names the request.
func (r *Response) line() string { return r.Request.Method + " " + r.Request.RequestURI }
