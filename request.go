package dewar

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/accept"
	"github.com/dewar-go/dewar/internal/coerce"
)

// Query returns the values of the URL's query. A pair that is badly escaped is kept as it came.
func (c *Context) Query() *Values {
	x := c.rare()
	if x.query == nil {
		x.query = &Values{src: &textSource{values: parseQuery(c.Request.URL.RawQuery), what: "query parameter"}}
	}
	return x.query
}

// parseQuery reads a query as net/url does, but loses nothing: what cannot be unescaped stays as it is.
func parseQuery(raw string) url.Values {
	values, err := url.ParseQuery(raw)
	if err == nil {
		return values
	}
	values = url.Values{}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		values.Add(unescapeOrKeep(key), unescapeOrKeep(value))
	}
	return values
}

func unescapeOrKeep(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return s
}

// Form returns the values of a form in the body, urlencoded or multipart. Without such a body it is empty. A
// body that is malformed or too large makes it empty and becomes the answer, 400 or 413, unless the handler
// asks [Context.BodyError] and answers itself.
func (c *Context) Form() *Values {
	x := c.rare()
	if x.form == nil {
		x.form = &Values{src: &textSource{values: c.parseForm(), what: "form field"}}
	}
	return x.form
}

// BodyError returns what was wrong with the body when it was read as a form, or nil. After it was called the
// error no longer becomes the answer by itself.
func (c *Context) BodyError() error {
	c.Form()
	b := &c.rare().body
	b.seen = true
	return b.err
}

// parseForm reads the body as a form, within the limits of MAX_CONTENT_LENGTH, MAX_FORM_MEMORY_SIZE and MAX_FORM_PARTS.
func (c *Context) parseForm() url.Values {
	if !c.hasBody() {
		return nil
	}
	mediaType, _, _ := mime.ParseMediaType(c.Request.Header.Get("Content-Type"))
	var err error
	switch mediaType {
	case "application/x-www-form-urlencoded":
		err = c.parseURLEncoded()
	case "multipart/form-data":
		err = c.parseMultipart()
	default:
		return nil
	}
	if err != nil {
		c.rare().body.err = bodyError(err)
		return nil
	}
	return c.Request.PostForm
}

func (c *Context) parseURLEncoded() error {
	if c.Request.PostForm != nil { // by middleware, or the view itself
		return nil
	}
	limit := c.limits().FormMemory
	if limit > 0 && c.Request.ContentLength > limit {
		return &http.MaxBytesError{Limit: limit}
	}
	reader := io.Reader(c.Request.Body)
	if limit > 0 {
		reader = io.LimitReader(reader, limit+1)
	}
	body, err := io.ReadAll(reader)
	if err != nil {
		return err
	}
	if limit > 0 && int64(len(body)) > limit {
		return &http.MaxBytesError{Limit: limit}
	}
	values, err := url.ParseQuery(string(body))
	c.Request.PostForm = values
	return err
}

func (c *Context) parseMultipart() error {
	limit := c.limits().FormMemory
	if limit <= 0 {
		limit = 32 << 20
	}
	r := c.Request
	if err := r.ParseMultipartForm(limit); err != nil {
		return err
	}
	parts, size := 0, int64(0)
	for _, values := range r.MultipartForm.Value {
		parts += len(values)
		for _, v := range values {
			size += int64(len(v))
		}
	}
	for _, files := range r.MultipartForm.File {
		parts += len(files)
	}
	limits := c.limits()
	if limits.FormParts > 0 && parts > limits.FormParts {
		return &HTTPError{Code: http.StatusRequestEntityTooLarge, Err: fmt.Errorf("form has %d parts, MAX_FORM_PARTS is %d", parts, limits.FormParts)}
	}
	if limits.FormMemory > 0 && size > limits.FormMemory {
		return &http.MaxBytesError{Limit: limits.FormMemory}
	}
	return nil
}

// bodyError turns an error of reading a body into the answer to it.
func bodyError(err error) error {
	if _, ok := errors.AsType[*HTTPError](err); ok {
		return err
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok || errors.Is(err, multipart.ErrMessageTooLarge) {
		return &HTTPError{Code: http.StatusRequestEntityTooLarge, Err: err}
	}
	return &HTTPError{Code: http.StatusBadRequest, Err: err}
}

// A bodyState is what is known of a request's body.
type bodyState struct {
	source  io.ReadCloser // without a limit
	bounded io.ReadCloser // what dewar put in its place
	limits  Limits        // in place of the configuration's where they are not 0
	err     error         // what was wrong with it when it was read as a form
	seen    bool          // the handler knows of err, or it has become the answer
}

// Limits bounds how much of a request's body may be read, for [Context.Limit]. A field that is 0 stays as it is, one
// below 0 means no limit. A multipart form has net/http's own limits as well: 1000 parts, and 10 MB of fields beyond
// FormMemory.
type Limits struct {
	// Body is the most bytes of the body, in place of MAX_CONTENT_LENGTH. More is a 413.
	Body int64
	// FormMemory is the most bytes that the fields of a form may have, files left aside, in place of
	// MAX_FORM_MEMORY_SIZE. More is a 413.
	FormMemory int64
	// FormParts is the most fields and files of a multipart form, in place of MAX_FORM_PARTS. More is a 413.
	FormParts int
}

// limitBody bounds the body of the request to MAX_CONTENT_LENGTH. Reading more is an error whose answer is
// 413. It does so on a copy of the request: when the answer leaves, net/http looks at the type of its own
// body to tell whether the client still waits for a word.
func (c *Context) limitBody() {
	if c.hasBody() {
		c.boundBody(c.limits().Body)
	}
}

// hasBody reports whether the request has a body, perhaps an empty one.
func (c *Context) hasBody() bool { return c.Request.Body != nil && c.Request.Body != http.NoBody }

// limits returns the limits that hold for this request.
func (c *Context) limits() Limits {
	s := c.settings
	return c.rare().body.limits.or(Limits{Body: s.maxContentLength, FormMemory: s.maxFormMemory, FormParts: s.maxFormParts})
}

// or returns l with the fields of other where its own are 0.
func (l Limits) or(other Limits) Limits {
	return Limits{cmp.Or(l.Body, other.Body), cmp.Or(l.FormMemory, other.FormMemory), cmp.Or(l.FormParts, other.FormParts)}
}

// Limit replaces the configured limits on the body of this request. It must be called before the body is read, for
// example in a hook given to [Before]. Flask has max_content_length and the like on the request.
func (c *Context) Limit(l Limits) {
	b := &c.rare().body
	b.limits = l.or(b.limits)
	if l.Body != 0 && c.hasBody() {
		c.boundBody(l.Body)
	}
}

// boundBody lets at most n bytes of the body be read, any number if n is 0 or less. A body that a hook has put in
// the place of the client's is bounded alike.
func (c *Context) boundBody(n int64) {
	b := &c.rare().body
	if c.Request.Body != b.bounded {
		b.source = c.Request.Body
	}
	if c.Request == c.born {
		c.Request = c.born.WithContext(c.born.Context())
	}
	switch {
	case n <= 0:
		b.bounded = &whole{b.source}
	case c.Request.ContentLength > n:
		b.bounded = tooLarge{n}
	default:
		b.bounded = http.MaxBytesReader(c.response.w, b.source, n)
	}
	c.Request.Body = b.bounded
}

// whole is a body without a limit. A pointer can be compared, whatever the client's body is.
type whole struct{ io.ReadCloser }

// tooLarge stands for a body whose declared length is over the limit n. Nothing of it is read, so that a client
// that waits for leave to send it never gets one.
type tooLarge struct{ n int64 }

func (b tooLarge) Read([]byte) (int, error) { return 0, &http.MaxBytesError{Limit: b.n} }
func (tooLarge) Close() error               { return nil }

// File returns the first uploaded file of the form field name. Without one, or without a multipart form, it
// is a 400. The file's Filename comes from the client and must not be used as a path.
func (c *Context) File(name string) (*multipart.FileHeader, error) {
	files, err := c.Files(name)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, Abortf(http.StatusBadRequest, "form file %q is missing", name)
	}
	return files[0], nil
}

// Files returns every uploaded file of the form field name, none when there is none. An error is what was
// wrong with the body.
func (c *Context) Files(name string) ([]*multipart.FileHeader, error) {
	c.Form()
	if err := c.rare().body.err; err != nil {
		return nil, err
	}
	if c.Request.MultipartForm == nil {
		return nil, nil
	}
	return c.Request.MultipartForm.File[name], nil
}

// maxCookies is the most cookies net/http parses; with more it returns none.
const maxCookies = 3000

// tooManyCookies reports whether net/http would not read the request's cookies at all.
func (c *Context) tooManyCookies() bool {
	lines := c.born.Header["Cookie"]
	size, n := len(lines), len(lines)
	for _, line := range lines {
		size += len(line)
	}
	if size <= maxCookies {
		return false
	}
	for _, line := range lines {
		n += strings.Count(line, ";")
	}
	return n > maxCookies
}

// IsJSON reports whether the body is declared to be JSON: application/json or any type that ends in +json.
func (c *Context) IsJSON() bool {
	mediaType, _, err := mime.ParseMediaType(c.Request.Header.Get("Content-Type"))
	return err == nil && (mediaType == "application/json" ||
		strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json"))
}

// Accepts returns the one of the offered media types that the client likes best, or "" when it wants none of
// them. Offers that are liked equally go by their order; without an Accept header the first is returned.
func (c *Context) Accepts(offers ...string) string {
	return accept.Best(c.Request.Header.Values("Accept"), offers)
}

// A textSource is a query or a form.
type textSource struct {
	values url.Values
	what   string
}

func (s *textSource) Lookup(key string) (any, bool) {
	list := s.values[key]
	if len(list) == 0 {
		return nil, false
	}
	return list[0], true
}

func (s *textSource) Into(key string, dst any) (bool, error) {
	list := s.values[key]
	if len(list) == 0 {
		return false, nil
	}
	if d, ok := dst.(*[]string); ok {
		*d = slices.Clone(list)
		return true, nil
	}
	if reflect.TypeOf(dst).Elem().Kind() == reflect.Slice {
		return true, coerce.Into(dst, list)
	}
	return true, coerce.Into(dst, list[0])
}

func (s *textSource) List(key string) ([]string, bool) {
	list, ok := s.values[key]
	return slices.Clone(list), ok
}

func (s *textSource) Keys() []string { return slices.Sorted(maps.Keys(s.values)) }

func (s *textSource) Describe(key string) (string, int) {
	return fmt.Sprintf("%s %q", s.what, key), http.StatusBadRequest
}
