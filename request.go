package dewar

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar/internal/coerce"
	"github.com/dewar-go/dewar/internal/intake"
)

// Method returns the HTTP method: GET, POST and so on.
func (c *Context) Method() string { return c.Request.Method }

// Path returns the path of the URL, decoded and made valid UTF-8, without the prefix of the App: what rules are matched
// with, and what Flask has as request.path. [Context.URL] has the whole URL.
func (c *Context) Path() string { return c.path() }

// Query returns the values of the URL's query. A pair that is badly escaped is kept as it came, and what is no UTF-8 has
// U+FFFD in its place. A query of more than 10000 values is empty, and the answer is 400.
func (c *Context) Query() *Values {
	x := c.rare()
	if x.query == nil {
		values, err := intake.Pairs(c.Request.URL.RawQuery)
		if err != nil {
			x.queryErr = &HTTPError{Code: http.StatusBadRequest, Message: "The query has more than " + strconv.Itoa(intake.MaxPairs) + " values.", Err: err}
		}
		source := &textSource{values: values, what: "query parameter"}
		if err == nil {
			source.order = intake.Each(c.Request.URL.RawQuery)
		}
		x.query = &Values{src: source}
	}
	return x.query
}

// Form returns the values of a form in the body, urlencoded or multipart, read as those of [Context.Query]. Without
// such a body it is empty. A body that is malformed or too large makes it empty and becomes the answer, 400 or 413, one
// that is compressed 415, one that came too slowly 408, unless the handler asks [Context.BodyError] and answers itself.
//
// A body of up to MAX_FORM_MEMORY_SIZE can be read raw too, before and after; reading a larger one again is a 413.
func (c *Context) Form() *Values {
	x := c.rare()
	if x.form == nil {
		values, order := c.parseForm()
		x.form = &Values{src: &textSource{values: values, order: order, what: "form field"}}
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

// parseForm reads the body as a form, within the limits of MAX_CONTENT_LENGTH, MAX_FORM_MEMORY_SIZE and MAX_FORM_PARTS,
// and leaves the body to be read again. order gives the values as they came, if that is known.
func (c *Context) parseForm() (values url.Values, order iter.Seq2[string, string]) {
	mediaType, params, _ := c.mediaType()
	parse := c.parseMultipart
	switch mediaType {
	case "application/x-www-form-urlencoded":
		parse = c.parseURLEncoded
	case "multipart/form-data":
	default:
		return nil, nil
	}
	if parsed := c.Request.PostForm; parsed != nil { // by middleware, or the view itself
		return validValues(parsed), nil
	}
	if c.isEmpty() {
		return nil, nil
	}
	values, order, err := parse(params["boundary"])
	_ = c.body().rewind() // an error stays in the body
	if err != nil {
		c.rare().body.err = c.bodyError(err)
		return nil, nil
	}
	c.Request.PostForm = values
	return values, order
}

func (c *Context) parseURLEncoded(string) (url.Values, iter.Seq2[string, string], error) {
	if err := c.checkEncoding(); err != nil {
		return nil, nil, err
	}
	raw, err := c.body().readAll(c.limits().FormMemory)
	if err != nil {
		return nil, nil, err
	}
	text := string(raw)
	values, err := intake.Pairs(text)
	if err != nil {
		return nil, nil, &HTTPError{Code: http.StatusRequestEntityTooLarge, Message: "The form has more than " + strconv.Itoa(intake.MaxPairs) + " values.", Err: err}
	}
	return values, intake.Each(text), nil
}

// parseMultipart reads a form with files. Handlers of net/http inside find them too.
func (c *Context) parseMultipart(boundary string) (url.Values, iter.Seq2[string, string], error) {
	if err := c.checkEncoding(); err != nil {
		return nil, nil, err
	}
	if boundary == "" {
		return nil, nil, http.ErrMissingBoundary
	}
	b := c.body()
	if err := b.rewind(); err != nil {
		return nil, nil, err
	}
	limits := c.limits()
	form, err := intake.Multipart(b, boundary, intake.Limits{Memory: limits.FormMemory, Parts: limits.FormParts})
	switch err {
	case nil:
	case intake.ErrParts:
		return nil, nil, &HTTPError{Code: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf("The form has more than %d parts.", limits.FormParts), Err: err}
	case intake.ErrMemory:
		return nil, nil, &HTTPError{Code: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf("The fields of the form are larger than the limit of %d bytes.", limits.FormMemory), Err: err}
	case intake.ErrPartHeader:
		return nil, nil, &HTTPError{Code: http.StatusRequestEntityTooLarge, Message: "The header of a part of the form is too large.", Err: err}
	default:
		return nil, nil, err
	}
	c.rare().body.form, c.Request.MultipartForm = form, form.Form
	return form.Value, form.Each(), nil
}

// shareForm lets a handler of net/http that asks for the form have what was parsed.
func (c *Context) shareForm() {
	r := c.Request
	if r.PostForm == nil || r.Form != nil {
		return
	}
	r.Form = maps.Clone(r.PostForm)
	query, _ := intake.Pairs(r.URL.RawQuery)
	for key, list := range query {
		r.Form[key] = slices.Concat(r.Form[key], list)
	}
}

// validValues returns a form with its text valid.
func validValues(form url.Values) url.Values {
	valid := make(url.Values, len(form))
	for key, list := range form {
		key = intake.Text(key)
		valid[key] = append(valid[key], intake.Texts(list)...)
	}
	return valid
}

// File returns the first uploaded file of the form field name. Without one, or without a multipart form, it
// is a 400; a file input that was left empty is none. The file's Filename comes from the client and must not be used
// as a path.
func (c *Context) File(name string) (*multipart.FileHeader, error) {
	files, err := c.Files(name)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, c.missingFile(name)
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
	if form := c.Request.MultipartForm; form != nil {
		return form.File[name], nil
	}
	if c.cameAsText(name) {
		c.Logger().Warn("a file came as text", "field", name, "cure", enctypeCure)
	}
	return nil, nil
}

// Upload is a file of a form, and the name of its field.
type Upload struct {
	Field string
	File  *multipart.FileHeader
}

// Uploads returns every uploaded file of the form, whatever its field, in the order in which the client sent them. It is
// empty without a multipart form; a file input that was left empty is none. An error is what was wrong with the body.
// [SaveUpload] saves one. Flask has request.files.items(multi=True).
func (c *Context) Uploads() ([]Upload, error) {
	c.Form()
	b := &c.rare().body
	if b.err != nil {
		return nil, b.err
	}
	var all []Upload
	form := c.Request.MultipartForm
	switch {
	case form == nil:
	case b.form != nil && b.form.Form == form:
		for _, upload := range b.form.Uploads {
			all = append(all, Upload(upload))
		}
	default: // parsed by middleware, which keeps no order
		for _, field := range slices.Sorted(maps.Keys(form.File)) {
			for _, file := range form.File[field] {
				all = append(all, Upload{intake.Text(field), file})
			}
		}
	}
	return all, nil
}

// cameAsText reports whether a file input stood in a form that sends the names of its files alone.
func (c *Context) cameAsText(name string) bool {
	return c.Request.MultipartForm == nil && c.Form().Has(name)
}

// enctypeCure is what Flask says about such a form in debug mode.
const enctypeCure = `add enctype="multipart/form-data" to the <form> tag`

// missingFile is the answer where a file must be and is none.
func (c *Context) missingFile(name string) error {
	if c.settings.debug && c.cameAsText(name) {
		return Abortf(http.StatusBadRequest, "form file %q is missing: it came as text; %s", name, enctypeCure)
	}
	return Abortf(http.StatusBadRequest, "form file %q is missing", name)
}

// causeOf returns what was wrong with query or body in place of an error of the view, which has seen none of it: a field
// of a form that is too large is missing because of that.
func (c *Context) causeOf(err error) error {
	if x := c.lazy.Load(); x != nil {
		return cmp.Or(x.intakeError(), err)
	}
	return err
}

// intakeError returns, once, what was wrong with query or body and is the answer unless the view has said so.
func (x *rare) intakeError() error {
	b := &x.body
	switch {
	case b.late != nil:
		err := b.late
		b.late = nil
		return err
	case b.err != nil && !b.seen:
		b.seen = true
		return b.err
	}
	err := x.queryErr
	x.queryErr = nil
	return err
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
	mediaType, _, err := c.mediaType()
	return err == nil && (mediaType == "application/json" ||
		strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json"))
}

// mediaType returns what the body is declared to be, in lower case.
func (c *Context) mediaType() (name string, params map[string]string, err error) {
	switch contentType := c.Request.Header.Get("Content-Type"); contentType {
	case "application/json", "application/x-www-form-urlencoded": // nothing to take apart
		return contentType, nil, nil
	default:
		return mime.ParseMediaType(contentType)
	}
}

// A textSource is a query or a form.
type textSource struct {
	values url.Values
	order  iter.Seq2[string, string] // the values as they came; nil if that is not known
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

// Keys returns the keys in the order they came, or sorted if that is not known.
func (s *textSource) Keys() []string {
	if s.order == nil || len(s.values) < 2 {
		return slices.Sorted(maps.Keys(s.values))
	}
	keys, seen := make([]string, 0, len(s.values)), make(map[string]bool, len(s.values))
	for key := range s.each {
		if !seen[key] {
			keys, seen[key] = append(keys, key), true
		}
	}
	return keys
}

// each goes over the values in the order they came, as they are now: a hook may have changed those of Request.PostForm. What was added
// comes last.
func (s *textSource) each(yield func(key, value string) bool) {
	seen := make(map[string]int, len(s.values))
	for key := range s.order {
		list, i := s.values[key], seen[key]
		if seen[key]++; i < len(list) && !yield(key, list[i]) {
			return
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.values)) {
		list := s.values[key]
		for _, value := range list[min(seen[key], len(list)):] {
			if !yield(key, value) {
				return
			}
		}
	}
}

func (s *textSource) Describe(key string) (string, int) {
	return fmt.Sprintf("%s %q", s.what, key), http.StatusBadRequest
}
