package dewar

import (
	"cmp"
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
// come from outside: folders, control characters, quotes and characters that reverse the direction of text
// are removed. Files that users uploaded should always be sent this way.
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
	f, err := files.Open(os.DirFS(filepath.Dir(name)), filepath.Base(name))
	if err != nil {
		return fmt.Errorf("dewar: the file %q cannot be sent: %w", name, files.Cause(err))
	}
	defer f.Close()
	f.Path = name
	return c.sendTagged(f, opts)
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
	return c.sendTagged(f, opts)
}

func (c *Context) sendTagged(f *files.File, opts []SendOption) error {
	tag, err := f.ETag()
	if err != nil {
		return unreadable(err)
	}
	return c.send(f, tag, opts)
}

// send answers with a file.
func (c *Context) send(f *files.File, tag string, opts []SendOption) error {
	s := sending{contentType: files.TypeOf(f.Name), maxAge: c.settings.fileMaxAge}
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
	header := c.response.answerHeader()
	header["Etag"] = []string{tag}
	if s.hasMaxAge {
		header.Del("Cache-Control")
	}
	if _, ok := header["Cache-Control"]; !ok {
		c.rare().session.fileCaching = files.CacheControl(s.maxAge)
		header["Cache-Control"] = []string{c.rare().session.fileCaching}
	}
	if value := s.contentDisposition(f.Name); value != "" {
		header["Content-Disposition"] = []string{value}
	}
	if c.settings.xSendfile && f.Path != "" {
		header["X-Sendfile"] = []string{f.Path}
		c.response.answered()
		return nil
	}
	err := c.sendContent(f)
	c.response.answered()
	return err
}

// sendContent writes the body: by net/http, which answers to conditions and ranges and sets the status, or as
// it is when a status was set.
func (c *Context) sendContent(f *files.File) error {
	if bodyless(c.response.StatusCode()) {
		return nil
	}
	if c.response.StatusCode() != http.StatusOK {
		c.response.answerHeader()["Content-Length"] = []string{strconv.FormatInt(f.Info.Size(), 10)}
		content := &watchedReader{ReadSeeker: f.Content}
		_, err := io.CopyN(c.Response, content, f.Info.Size())
		return cmp.Or(content.failure(), err)
	}
	if f.Info.Size() > c.settings.responseBuffer { // as it is, so that the operating system can send it
		c.response.serveContent(files.OneRange(c.Request), f.Info.ModTime(), f.Content)
		return nil
	}
	content := &watchedReader{ReadSeeker: f.Content}
	c.response.serveContent(files.OneRange(c.Request), f.Info.ModTime(), content)
	return content.failure()
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
	return files.Disposition(s.disposition, s.filename)
}
