package dewar

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"time"

	"github.com/dewar-go/dewar/internal/files"
	"github.com/dewar-go/dewar/internal/headers"
)

// SendOption is an attribute of a file that is sent.
type SendOption func(*sending)

// A sending is how a file is sent.
type sending struct {
	contentType   string
	disposition   string // "inline" or "attachment"; "" for none
	filename      string
	maxAge        time.Duration
	hasMaxAge     bool
	caching       string // the Cache-Control, in place of one of the age
	tag           string
	hasTag        bool
	modified      time.Time
	hasModified   bool
	unconditional bool
}

// Attachment makes the browser save the file, under the name given; "" means the file's own. The name may
// come from outside: folders, control characters, quotes and characters that reverse the direction of text
// are removed. Files that users uploaded should always be sent this way.
func Attachment(filename string) SendOption {
	return func(s *sending) { s.disposition, s.filename = "attachment", filename }
}

// DownloadName sets the name that the browser suggests when the user saves the file. It is cleaned as that of
// [Attachment]. The type of the file goes by it, as in Flask.
func DownloadName(filename string) SendOption {
	return func(s *sending) { s.filename = filename }
}

// MaxAge lets browsers and proxies keep the file for d without asking again, in place of
// SEND_FILE_MAX_AGE_DEFAULT. With 0 they ask each time.
func MaxAge(d time.Duration) SendOption {
	return func(s *sending) { s.maxAge, s.hasMaxAge = d, true }
}

// ContentType sets the type of the file. The default goes by the extension of its name, or of that it is downloaded
// with; an unknown one is application/octet-stream. A name that says that the file is packed, such as table.csv.gz, gives
// it the type of what is inside and a Content-Encoding, unless it is sent as an attachment. Flask has mimetype.
func ContentType(contentType string) SendOption {
	return func(s *sending) { s.contentType = contentType }
}

// ETag sets the ETag of the file, with or without the quotes and W/ that stand in a header; "" means none. The default
// goes by the file's time and size, or by its content where there is no time. A tag with quotes, spaces or control
// characters inside is an error.
func ETag(tag string) SendOption {
	return func(s *sending) { s.tag, s.hasTag = tag, true }
}

// LastModified sets the time that the file was last changed at, in place of that on the disk; the zero time means none.
func LastModified(t time.Time) SendOption {
	return func(s *sending) { s.modified, s.hasModified = t, true }
}

// Unconditional sends the whole file with status 200, whatever the client has already and whatever range it asks for.
// Flask has conditional=False.
func Unconditional() SendOption { return func(s *sending) { s.unconditional = true } }

// SendFile answers with a file that the program chose; a relative name begins at RootPath. A file that is
// missing, or no regular file, is an error that names it and ends in a 500, as in Flask. For a name that came
// from outside use [Context.SendFromFS].
//
// The answer has an ETag, Last-Modified, and a Content-Disposition with the name. Conditional requests and those for one
// range are honoured, unless [Context.Status] set another status than 200; of several ranges the whole file is sent. A
// range without a byte of the file, or that is none, is a 416 that goes to the error handlers. With USE_X_SENDFILE the
// body is left to the server in front, which finds the file's name in the header X-Sendfile; with USE_X_ACCEL_REDIRECT
// it is left to nginx, with its conditions and ranges, for the folders that are named there.
func (c *Context) SendFile(name string, opts ...SendOption) error {
	if !filepath.IsAbs(name) {
		name = filepath.Join(c.App.RootPath(), name)
	}
	f, err := files.OpenOnDisk(name)
	if err != nil {
		return fmt.Errorf("dewar: the file %q cannot be sent: %w", name, files.Cause(err))
	}
	defer f.Close()
	return c.send(parcelOf(f, f.ETag), true, opts)
}

// SendFromFS answers with the file name of fsys. The name may come from outside: one that is no plain path
// below the root of fsys, that has an element beginning with a dot other than .well-known, or that is no
// regular file is a 404. To serve a folder, pass the FS of [os.OpenRoot], which follows no symbolic link that
// leads out of it; [os.DirFS] does. Flask has send_from_directory. See [Context.SendFile] for the answer.
func (c *Context) SendFromFS(fsys fs.FS, name string, opts ...SendOption) error {
	if !files.Servable(name) {
		return Abort(http.StatusNotFound)
	}
	f, err := files.Open(fsys, name)
	if err != nil {
		return absent(err)
	}
	defer f.Close()
	return c.send(parcelOf(f, f.ETag), true, opts)
}

// SendBytes answers with data as if it were a file called name, which may be "" if [ContentType] is given. Its ETag is
// that of the content; Last-Modified is sent if it is given. See [Context.SendFile] for the answer. Flask sends an
// io.BytesIO so.
func (c *Context) SendBytes(name string, data []byte, opts ...SendOption) error {
	return c.send(&parcel{name: name, content: bytes.NewReader(data), size: int64(len(data)), tag: func() (string, error) {
		hash := sha256.Sum256(data)
		return `"` + hex.EncodeToString(hash[:16]) + `"`, nil
	}}, true, opts)
}

// SendReader answers with all that r yields as if it were a file called name, which may be "" if [ContentType] is given.
// ETag and Last-Modified are sent if they are given. An [io.ReadSeeker] is sent from its beginning, ranges are honoured and
// its length is known; anything else is read once, in whole and without ranges, and sent while it is read when it is
// larger than RESPONSE_BUFFER_SIZE. An [io.Closer] is closed, also after an error.
//
// An error of r ends in a 500, or cuts the connection if a part has been sent, so that nobody takes it for the whole.
func (c *Context) SendReader(name string, r io.Reader, opts ...SendOption) error {
	if r == nil {
		return errors.New("dewar: SendReader of a nil reader; answer with c.NoContent if there is nothing to send")
	}
	if closer, ok := r.(io.Closer); ok {
		defer closer.Close()
	}
	p := &parcel{name: name, stream: r}
	if content, ok := r.(io.ReadSeeker); ok {
		if size, err := content.Seek(0, io.SeekEnd); err == nil { // else a pipe
			p.content, p.size = content, size
		}
	}
	return c.send(p, true, opts)
}

// A parcel is what is sent as a file.
type parcel struct {
	name     string
	path     string // on the disk, when it is known
	modified time.Time
	content  io.ReadSeeker
	size     int64     // of content
	stream   io.Reader // where there is no content
	tag      func() (string, error)

	asked    string   // the name it was asked by
	encoding string   // that it is packed with, whatever its name says
	vary     []string // headers of the request that it was chosen by
	caching  string   // its Cache-Control; "" for one of its age
	maxAge   func(filename string) time.Duration
}

func parcelOf(f *files.File, tag func() (string, error)) *parcel {
	return &parcel{name: f.Name, path: f.Path, modified: f.Info.ModTime(), content: f.Content, size: f.Info.Size(), tag: tag}
}

// send answers with a file. Its name is sent if it is named, or if an option asks for it.
func (c *Context) send(p *parcel, named bool, opts []SendOption) error {
	s := sending{maxAge: c.fileMaxAge(p), caching: p.caching, modified: p.modified}
	for _, opt := range opts {
		opt(&s)
	}
	encoding, err := s.settle(p, named)
	if err != nil {
		return fmt.Errorf("dewar: %w", err)
	}
	if err := c.startAnswer(); err != nil {
		return err
	}
	c.setContentType(s.contentType)
	header := c.response.answerHeader()
	s.describe(header, cmp.Or(s.filename, p.name), encoding)
	for i := range p.vary {
		headers.AddVary(header, p.vary[i:i+1:i+1])
	}
	c.setFileCaching(header, &s)
	err = c.sendBody(p, &s)
	c.response.answered()
	return err
}

// fileMaxAge returns how long a file may be kept, if no option says so.
func (c *Context) fileMaxAge(p *parcel) time.Duration {
	f := p.maxAge
	if f == nil {
		f = c.App.folders.maxAge
	}
	if f != nil {
		if age := f(cmp.Or(p.asked, p.path, p.name)); age >= 0 {
			return age
		}
	}
	return c.settings.fileMaxAge
}

// settle works out what the options leave open: type, encoding, ETag, disposition.
func (s *sending) settle(p *parcel, named bool) (encoding string, err error) {
	name := cmp.Or(s.filename, p.name)
	switch {
	case hasControl(s.contentType):
		return "", errors.New("the content type of a file has a control character in it")
	case s.contentType == "" && name == "":
		return "", errors.New("what is sent has neither a name nor a type; pass a name, or dewar.ContentType(\"text/csv\")")
	case s.contentType == "":
		s.contentType, encoding = files.TypeOf(name)
	}
	encoding = cmp.Or(p.encoding, encoding)
	if s.disposition == "" && (s.filename != "" || named && name != "") {
		s.disposition = "inline"
	}
	if s.disposition == "attachment" {
		encoding = "" // browsers would save what is inside
	}
	switch {
	case s.hasTag && s.tag != "":
		s.tag, err = files.Tag(s.tag)
	case !s.hasTag && p.tag != nil:
		if s.tag, err = p.tag(); err != nil {
			err = unreadable(err)
		}
	}
	return encoding, err
}

// describe sets the headers that do not depend on the request.
func (s *sending) describe(header http.Header, name, encoding string) {
	if s.tag != "" {
		header["Etag"] = []string{s.tag}
	}
	if encoding != "" {
		header["Content-Encoding"] = []string{encoding}
	}
	if s.disposition != "" {
		header["Content-Disposition"] = []string{files.Disposition(s.disposition, path.Base(filepath.ToSlash(name)))}
	}
}

// setFileCaching sets Cache-Control unless the application has, or an option says another age.
func (c *Context) setFileCaching(header http.Header, s *sending) {
	if s.hasMaxAge {
		header.Del("Cache-Control")
	}
	if _, ok := header["Cache-Control"]; ok {
		return
	}
	x := c.rare()
	x.fileCaching = cmp.Or(s.caching, files.CacheControl(s.maxAge))
	if s.hasMaxAge && s.maxAge < time.Second {
		x.fileCaching = "no-cache, max-age=0"
	}
	header["Cache-Control"] = []string{x.fileCaching}
}

// sendBody writes the body: by net/http, which answers to conditions and ranges and sets the status, or as it is.
func (c *Context) sendBody(p *parcel, s *sending) error {
	r := &c.response
	header := r.answerHeader()
	field, value := c.handsOver(p, s)
	switch {
	case field == accelHeader: // nginx knows the conditions, by an ETag and a time of its own
		header.Del("Etag")
	case s.unconditional || r.StatusCode() != http.StatusOK:
		if !s.modified.IsZero() {
			header["Last-Modified"] = []string{s.modified.UTC().Format(http.TimeFormat)}
		}
	case p.content == nil || field != "":
		if c.answersToConditions(s) {
			return nil
		}
	default:
		return c.sendRanged(p, s)
	}
	if field != "" {
		header[field] = []string{value}
		return nil
	}
	return c.sendWhole(p)
}

// The headers that name a file to the server in front.
const (
	sendfileHeader = "X-Sendfile"
	accelHeader    = "X-Accel-Redirect"
)

// handsOver returns the header that leaves the file to the server in front, "" if none does. nginx drops the
// Content-Encoding, has a status of its own and answers to conditions, so what is packed, or wants none of that, is not
// left to it.
func (c *Context) handsOver(p *parcel, s *sending) (field, value string) {
	if p.path == "" {
		return "", ""
	}
	plain := !s.unconditional && c.response.StatusCode() == http.StatusOK && c.response.answerHeader()["Content-Encoding"] == nil
	if location := c.settings.accel.Location(p.path); location != "" && plain {
		return accelHeader, location
	}
	if c.settings.xSendfile {
		return sendfileHeader, p.path
	}
	return "", ""
}

// sendRanged has net/http send the file. A range that cannot be satisfied goes to the error handlers.
func (c *Context) sendRanged(p *parcel, s *sending) error {
	r := &c.response
	header := r.answerHeader()
	if header["Content-Encoding"] != nil { // net/http leaves it out then
		header["Content-Length"] = []string{strconv.FormatInt(p.size, 10)}
	}
	watched, content := p.watched(c.settings.responseBuffer)
	r.serveContent(files.Ranged(c.Request, p.size), s.modified, content)
	switch r.StatusCode() {
	case http.StatusPreconditionFailed:
		header.Del("Content-Length")
	case http.StatusRequestedRangeNotSatisfiable:
		return &HTTPError{Code: http.StatusRequestedRangeNotSatisfiable, Header: http.Header{"Content-Range": {"bytes */" + strconv.FormatInt(p.size, 10)}}}
	}
	return watched.failure()
}

// watched returns the content and what watches it. A file of more than limit bytes goes as it is, so that the operating
// system can send it.
func (p *parcel) watched(limit int64) (*watchedReader, io.ReadSeeker) {
	watched := &watchedReader{ReadSeeker: p.content}
	if _, onDisk := p.content.(*os.File); onDisk && p.size > limit {
		return watched, p.content
	}
	return watched, watched
}

// A watchedReader remembers what reading failed with, which net/http does not tell.
type watchedReader struct {
	io.ReadSeeker
	err error
}

func (r *watchedReader) Read(p []byte) (int, error) {
	n, err := r.ReadSeeker.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

func (r *watchedReader) failure() error {
	if r.err == nil {
		return nil
	}
	return unreadable(r.err)
}

// answersToConditions answers with 304 or 412 when the conditions of the request say so, and reports whether it did.
func (c *Context) answersToConditions(s *sending) bool {
	r := &c.response
	r.serveContent(files.Unranged(c.Request), s.modified, bytes.NewReader(nil))
	header := r.answerHeader()
	header.Del("Content-Length")
	header.Del("Accept-Ranges")
	return r.StatusCode() != http.StatusOK
}

// sendWhole sends everything, as long as it is when that is known.
func (c *Context) sendWhole(p *parcel) error {
	if bodyless(c.response.StatusCode()) {
		return nil
	}
	if p.content == nil {
		if _, err := io.Copy(c.Response, p.stream); err != nil {
			return fmt.Errorf("dewar: send %q: %w", p.name, err)
		}
		return nil
	}
	if _, err := p.content.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("dewar: send %q: %w", p.name, err)
	}
	c.response.answerHeader()["Content-Length"] = []string{strconv.FormatInt(p.size, 10)}
	watched, content := p.watched(c.settings.responseBuffer)
	_, err := io.CopyN(c.Response, content, p.size)
	return cmp.Or(watched.failure(), err)
}
