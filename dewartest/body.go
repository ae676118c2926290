package dewartest

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
)

// Form sends a form: pairs of a field and its value, as in Form("username", "tester", "age", 7). A []string gives
// its field several values, and a [net/url.Values] may stand where a field is expected. Together with [File]
// the form is a multipart one; otherwise it is urlencoded.
func Form(pairs ...any) RequestOption {
	return requestOption(func(q *request) {
		q.isForm = true
		q.fail(addPairs(q.fields, "Form", pairs))
	})
}

// File sends a file in a field of a multipart form.
func File[T ~string | ~[]byte](field, filename string, content T) RequestOption {
	return requestOption(func(q *request) {
		q.isForm = true
		q.files = append(q.files, file{field, filename, []byte(content)})
	})
}

// JSON sends v as JSON, encoded by the App's JSON provider.
func JSON(v any) RequestOption {
	return requestOption(func(q *request) {
		data, err := q.client.app.JSON.Marshal(v)
		q.fail(err)
		q.setBody("application/json", data, nil)
	})
}

// Body sends content as it is. With an empty contentType no Content-Type is sent.
func Body[T ~string | ~[]byte](contentType string, content T) RequestOption {
	return requestOption(func(q *request) { q.setBody(contentType, []byte(content), nil) })
}

// BodyReader sends what r yields, read only as the handler reads it and without a Content-Length, as a body of
// unknown length. It can be sent once: a redirect that would send it again ends the test.
func BodyReader(contentType string, r io.Reader) RequestOption {
	return requestOption(func(q *request) { q.setBody(contentType, nil, r) })
}

// A file is a part of a multipart form.
type file struct {
	field, name string
	content     []byte
}

// setBody gives the request its body; r is nil for one that is all there.
func (q *request) setBody(contentType string, data []byte, r io.Reader) {
	if q.hasBody {
		q.fail(errTwoBodies)
	}
	q.hasBody, q.contentType, q.data, q.stream = true, contentType, data, r
}

var errTwoBodies = errors.New("a request has one body: give it one of JSON, Body, BodyReader, or Form and File together")

// encodeForm makes the body of the fields and files.
func (q *request) encodeForm() error {
	if !q.isForm {
		return nil
	}
	if len(q.files) == 0 {
		q.setBody("application/x-www-form-urlencoded", []byte(q.fields.Encode()), nil)
		return nil
	}
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(q.fields)) {
		for _, value := range q.fields[name] {
			if err := form.WriteField(name, value); err != nil {
				return err
			}
		}
	}
	for _, f := range q.files {
		part, err := form.CreateFormFile(f.field, f.name)
		if err != nil {
			return err
		}
		_, _ = part.Write(f.content) // a bytes.Buffer takes everything
	}
	if err := form.Close(); err != nil {
		return err
	}
	q.setBody(form.FormDataContentType(), b.Bytes(), nil)
	return nil
}

// A requestBody is the body as a server hands it to a handler: nothing can be read of it when the request is
// over.
type requestBody struct {
	io.Reader
	closed bool
}

func (b *requestBody) Read(p []byte) (int, error) {
	if b.closed {
		return 0, http.ErrBodyReadAfterClose
	}
	return b.Reader.Read(p)
}

func (b *requestBody) Close() error {
	b.closed = true
	return nil
}
