package dewar

import (
	"bytes"
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
	"strings"
	"time"

	"github.com/dewar-go/dewar/internal/disposition"
)

// SendOption is an attribute of a file that is sent.
type SendOption func(*sending)

// A sending is how a file is sent.
type sending struct {
	contentType string
	disposition string // "", "inline" or "attachment"
	filename    string
	maxAge      time.Duration
	hasMaxAge   bool
}

// Attachment makes the browser save the file, under the name given; "" means the file's own. The name may
// come from outside: folders, control characters, quotes and what turns the direction of text around are
// taken out of it. Files that users uploaded should always be sent so.
func Attachment(filename string) SendOption {
	return func(s *sending) { s.disposition, s.filename = "attachment", filename }
}

// DownloadName sets the name that the browser suggests when the user saves a file it shows. It is cleaned
// as that of [Attachment].
func DownloadName(filename string) SendOption {
	return func(s *sending) { s.filename = filename }
}

// MaxAge lets browsers and proxies keep the file for d without asking again, in place of
// SEND_FILE_MAX_AGE_DEFAULT. With 0 they ask each time.
func MaxAge(d time.Duration) SendOption {
	return func(s *sending) { s.maxAge, s.hasMaxAge = d, true }
}

// ContentType sets the type of the file. The default goes by the extension of its name; an unknown one is
// application/octet-stream.
func ContentType(contentType string) SendOption {
	return func(s *sending) { s.contentType = contentType }
}

// SendFile answers with a file that the program chose; a relative name begins at RootPath. A file that is
// missing, or no regular file, is an error that names it and ends in a 500, as in Flask. For a name that came
// from outside use [Context.SendFromFS].
//
// The answer has an ETag and Last-Modified, and conditional requests and those for one range are honoured,
// unless [Context.Status] set another status than 200. With USE_X_SENDFILE the body is left to the server in
// front, which finds the file's name in the header X-Sendfile.
func (c *Context) SendFile(name string, opts ...SendOption) error {
	if !filepath.IsAbs(name) {
		name = filepath.Join(c.App.RootPath(), name)
	}
	f, err := openRegular(os.DirFS(filepath.Dir(name)), filepath.Base(name))
	if err != nil {
		return fmt.Errorf("dewar: the file %q cannot be sent: %w", name, cause(err))
	}
	defer f.Close()
	f.path = name
	return c.sendTagged(f, opts)
}

// SendFromFS answers with the file name of fsys. The name may come from outside: one that is no plain path
// below the root of fsys, that has an element beginning with a dot other than .well-known, or that is no
// regular file is a 404. To serve a folder, pass the FS of [os.OpenRoot], which follows no symbolic link that
// leads out of it; [os.DirFS] does. Flask has send_from_directory. See [Context.SendFile] for the answer.
func (c *Context) SendFromFS(fsys fs.FS, name string, opts ...SendOption) error {
	if !servable(name) {
		return Abort(http.StatusNotFound)
	}
	f, err := openRegular(fsys, name)
	if err != nil {
		return absent(err)
	}
	defer f.Close()
	return c.sendTagged(f, opts)
}

func (c *Context) sendTagged(f *sentFile, opts []SendOption) error {
	tag, err := f.tag()
	if err != nil {
		return err
	}
	return c.send(f, tag, opts)
}

// send answers with a file.
func (c *Context) send(f *sentFile, tag string, opts []SendOption) error {
	s := sending{contentType: contentTypeOf(f.name), maxAge: c.settings.fileMaxAge}
	for _, opt := range opts {
		opt(&s)
	}
	if hasControl(s.contentType) {
		return errors.New("dewar: the content type of a file has a control character in it")
	}
	if err := c.startAnswer(); err != nil {
		return err
	}
	c.setContentType(s.contentType)
	header := c.Response.Header()
	header["Etag"] = []string{tag}
	if s.hasMaxAge {
		header.Del("Cache-Control")
	}
	if _, ok := header["Cache-Control"]; !ok {
		c.fileCaching = fileCaching(s.maxAge)
		header["Cache-Control"] = []string{c.fileCaching}
	}
	if value := s.contentDisposition(f.name); value != "" {
		header["Content-Disposition"] = []string{value}
	}
	if c.settings.xSendfile && f.path != "" {
		header["X-Sendfile"] = []string{f.path}
		return nil
	}
	return c.sendContent(f)
}

// sendContent writes the body: by net/http, which answers to conditions and ranges and sets the status, or as
// it is when a status was set.
func (c *Context) sendContent(f *sentFile) error {
	if status := c.response.status; status != 0 && status != http.StatusOK {
		c.Response.Header()["Content-Length"] = []string{strconv.FormatInt(f.info.Size(), 10)}
		_, err := io.CopyN(c.Response, f.content, f.info.Size())
		return err
	}
	c.response.wroteHeader = false
	http.ServeContent(c.Response, oneRange(c.Request), "", f.info.ModTime(), f.content)
	return nil
}

// oneRange returns r without its Range if that asks for several: the answer would be longer than the file.
func oneRange(r *http.Request) *http.Request {
	if !strings.Contains(r.Header.Get("Range"), ",") {
		return r
	}
	whole := new(http.Request)
	*whole = *r
	whole.Header = r.Header.Clone()
	whole.Header.Del("Range")
	return whole
}

// fileCaching returns the Cache-Control of a file, as long as nobody opens the session.
func fileCaching(maxAge time.Duration) string {
	if maxAge < time.Second {
		return "no-cache"
	}
	return "public, max-age=" + strconv.FormatInt(int64(maxAge/time.Second), 10)
}

func (s *sending) contentDisposition(name string) string {
	if s.disposition == "" && s.filename == "" {
		return ""
	}
	if s.disposition == "" {
		s.disposition = "inline"
	}
	if s.filename == "" {
		s.filename = path.Base(name)
	}
	return disposition.Header(s.disposition, s.filename)
}

// A sentFile is an open regular file.
type sentFile struct {
	io.Closer
	name    string
	path    string // on disk, when it is known
	info    fs.FileInfo
	content io.ReadSeeker
}

// openRegular opens a regular file. It looks at the file first, because opening a pipe waits for its other
// end.
func openRegular(fsys fs.FS, name string) (*sentFile, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	sent, err := newSentFile(f, name)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return sent, nil
}

func newSentFile(f fs.File, name string) (*sentFile, error) {
	info, err := f.Stat() // it may be another file by now
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	content, ok := f.(io.ReadSeeker)
	if !ok {
		all, err := io.ReadAll(f)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(all)
	}
	return &sentFile{Closer: f, name: name, info: info, content: content}, nil
}

var errNotRegular = errors.New("it is no regular file")

// cause returns the error below one of package os, without the path.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// tag returns a strong ETag: of the time and the size, or of the content when the time is not known.
func (f *sentFile) tag() (string, error) {
	if t := f.info.ModTime(); !t.IsZero() {
		return `"` + strconv.FormatInt(t.UnixNano(), 36) + "-" + strconv.FormatInt(f.info.Size(), 36) + `"`, nil
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, f.content); err != nil {
		return "", fmt.Errorf("dewar: read %q: %w", f.name, err)
	}
	if _, err := f.content.Seek(0, io.SeekStart); err != nil {
		return "", fmt.Errorf("dewar: read %q: %w", f.name, err)
	}
	return `"` + hex.EncodeToString(hash.Sum(nil)[:16]) + `"`, nil
}
