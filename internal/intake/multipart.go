package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math"
	"mime"
	"mime/multipart"
	"net/textproto"
	"path/filepath"
	"strings"
)

// Limits are those of a multipart form. 0 is no limit.
type Limits struct {
	Memory int64 // bytes of all values that are no files
	Parts  int   // values and files
}

const (
	// maxPartHeader is the most bytes that may stand in front of the content of a part.
	maxPartHeader = 64 << 10
	// DefaultMemory is how many bytes of files are kept in memory when there is no limit for the values.
	DefaultMemory = 32 << 20
)

// What a form has too much of.
var (
	ErrMemory     = errors.New("the fields of the form are too large")
	ErrParts      = errors.New("the form has too many parts")
	ErrPartHeader = errors.New("a part of the form has a header of more than 64 KiB")
)

// A StorageError is an error of the disk that uploaded files are kept on, which is no fault of the client.
type StorageError struct{ Err error }

// Error says what the disk said.
func (e *StorageError) Error() string { return "an uploaded file cannot be kept: " + e.Err.Error() }

// Unwrap returns the error of the file system.
func (e *StorageError) Unwrap() error { return e.Err }

// A Form is a multipart form, and the order in which its parts came.
type Form struct {
	*multipart.Form
	Names   []string // of the values, as often as they have one
	Uploads []Upload
}

// An Upload is a file of a form, and the name of its field.
type Upload struct {
	Field string
	File  *multipart.FileHeader
}

// Each returns the values of the form in the order they came.
func (f *Form) Each() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		seen := make(map[string]int, len(f.Value))
		for _, name := range f.Names {
			list, i := f.Value[name], seen[name]
			if seen[name]++; i < len(list) && !yield(name, list[i]) { // it may have been removed since
				return
			}
		}
	}
}

// Multipart reads the body of a multipart form. As many bytes as limits.Memory stay in memory, of values and files
// together; the files beyond are temporary, until RemoveAll of the form. Values are made valid by [Text]. A part
// without a name is skipped, and so is a file input that was left empty: it has neither a file name nor content. An
// error is one of the above, one of reading the body, or what is malformed; then nothing is left behind.
func Multipart(body io.Reader, boundary string, limits Limits) (*Form, error) {
	r := &formReader{
		gate: io.LimitedReader{R: io.MultiReader(body, strings.NewReader("\r\n"), brokenOff{})}, boundary: boundary, limits: limits, room: limits.Memory,
		form: &Form{Form: &multipart.Form{Value: map[string][]string{}, File: map[string][]*multipart.FileHeader{}}},
	}
	if limits.Memory <= 0 {
		r.room = DefaultMemory
	}
	r.parts = multipart.NewReader(&r.gate, boundary)
	if err := r.readAll(); err != nil {
		_ = r.form.RemoveAll()
		return nil, err
	}
	return r.form, nil
}

// brokenOff stands behind a body and its line break. Whoever reads it has found no last boundary; package multipart takes
// the end of a part's header for the end of the form.
type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A formReader reads one multipart form. That of net/http stands on limits of its own.
type formReader struct {
	gate     io.LimitedReader // bounds what is read in front of a part's content
	parts    *multipart.Reader
	boundary string
	limits   Limits
	values   int64 // bytes of the values so far
	room     int64 // bytes that may still stay in memory
	form     *Form
}

func (r *formReader) readAll() error {
	for n := 1; ; n++ {
		part, err := r.next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case r.limits.Parts > 0 && n > r.limits.Parts:
			return ErrParts
		}
		if err := r.take(part); err != nil {
			return err
		}
	}
}

// next returns the next part, its content as it came.
func (r *formReader) next() (*multipart.Part, error) {
	r.gate.N = maxPartHeader
	part, err := r.parts.NextRawPart()
	if err != nil && r.gate.N <= 0 {
		return nil, ErrPartHeader
	}
	r.gate.N = math.MaxInt64
	return part, err
}

func (r *formReader) take(part *multipart.Part) error {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	name, filename := unquote(params["name"]), unquote(params["filename"])
	if err != nil || name == "" {
		_, err := io.Copy(io.Discard, part)
		return err
	}
	if _, ok := params["filename"]; ok {
		return r.takeFile(part, name, filename)
	}
	value, err := r.value(part)
	if err == nil {
		r.form.Value[name] = append(r.form.Value[name], decode(value, part.Header))
		r.form.Names = append(r.form.Names, name)
	}
	return err
}

// unquote returns a name as text. Browsers write quotes in it as an escape.
func unquote(name string) string { return Text(strings.ReplaceAll(name, "%22", `"`)) }

// value reads a value, within what the limit leaves for it.
func (r *formReader) value(part io.Reader) ([]byte, error) {
	if r.limits.Memory > 0 {
		part = io.LimitReader(part, r.limits.Memory-r.values+1)
	}
	var b bytes.Buffer
	n, err := b.ReadFrom(part)
	r.values += n
	r.room -= n
	if err == nil && r.limits.Memory > 0 && r.values > r.limits.Memory {
		return nil, ErrMemory
	}
	return b.Bytes(), err
}

// decode returns a value as text. Its part may say that it is ISO 8859-1; otherwise it is UTF-8.
func decode(value []byte, header textproto.MIMEHeader) string {
	if contentType := header.Get("Content-Type"); contentType != "" {
		_, params, _ := mime.ParseMediaType(contentType)
		if strings.EqualFold(params["charset"], "iso-8859-1") {
			return latin1(value)
		}
	}
	return Text(string(value))
}

// takeFile keeps an uploaded file. Only package multipart can make a FileHeader with content, so the file is passed
// on as a form of one part. Content that came from between two boundaries holds none of them.
func (r *formReader) takeFile(part *multipart.Part, name, filename string) error {
	whole := io.MultiReader(
		strings.NewReader("--"+r.boundary+"\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n"),
		part,
		strings.NewReader("\r\n--"+r.boundary+"--\r\n"))
	room := max(r.room, 0)
	one, err := multipart.NewReader(whole, r.boundary).ReadForm(room)
	if err != nil {
		return storageError(err)
	}
	if len(one.File["f"]) != 1 {
		return fmt.Errorf("the file of the form field %q is malformed", name)
	}
	file := one.File["f"][0]
	if file.Size <= room {
		r.room -= file.Size
	}
	if filename == "" && file.Size == 0 {
		return nil
	}
	file.Header, file.Filename = part.Header, ""
	if filename != "" {
		file.Filename = filepath.Base(filename)
	}
	r.form.File[name] = append(r.form.File[name], file)
	r.form.Uploads = append(r.form.Uploads, Upload{name, file})
	return nil
}

// storageError tells errors of the disk from those of the body: only the former are about a file.
func storageError(err error) error {
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return &StorageError{err}
	}
	return err
}
