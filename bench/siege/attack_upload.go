package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path/filepath"
	"strings"
	"time"

	"github.com/dewar-go/dewar/bench/siege/app"
)

// uploads send bodies that are whole, too large, of too many parts, broken off, or meant for another folder.
func uploads(ctx context.Context, f *field) error {
	together(ctx, 12, 6, func(i int) { f.app.wholeUpload(ctx, i) })
	f.app.bodiesAtTheLimit(ctx)
	f.app.unreadBody(ctx)
	together(ctx, 20, 10, func(int) { f.app.brokenUpload(ctx) })
	if err := f.app.hostileNames(ctx); err != nil {
		return err
	}
	return f.app.filesGo(ctx)
}

// formOf makes a form of one file.
func formOf(filename string, content []byte) (body, contentType string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	header := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="` + filename + `"`}}
	part, _ := w.CreatePart(header) // a Buffer never fails
	_, _ = part.Write(content)
	_ = w.Close()
	return b.String(), w.FormDataContentType()
}

// wholeUpload sends a file that is too large for memory, and wants it to have come as it is.
func (s *site) wholeUpload(ctx context.Context, i int) {
	content := bytes.Repeat(fmt.Appendf(nil, "%016x", s.field.rand.Uint64()), 40_000+i)
	body, contentType := formOf("a.bin", content)
	w, err := s.ask(ctx, "", "POST", "/upload", body, "Content-Type", contentType)
	if err != nil {
		return
	}
	var got []app.Uploaded
	_ = json.Unmarshal(w.body, &got)
	s.field.check(othersUnharmed, w.status == http.StatusOK && len(got) == 1 && got[0].Size == int64(len(content)) && got[0].SHA256 == digest(content),
		"an upload of %d bytes: status %d, %q", len(content), w.status, clip(string(w.body)))
	s.field.count("uploads", 1)
}

// bodiesAtTheLimit sends what just fits, and what is a byte more, with and without a length.
func (s *site) bodiesAtTheLimit(ctx context.Context) {
	for _, c := range []struct {
		name     string
		size     int
		declared bool
		want     int
	}{
		{"a body that just fits", app.MaxBody, true, http.StatusOK},
		{"a body of a byte too many", app.MaxBody + 1, true, http.StatusRequestEntityTooLarge},
		{"a body without a length that just fits", app.MaxBody, false, http.StatusOK},
		{"a body without a length of a byte too many", app.MaxBody + 1, false, http.StatusRequestEntityTooLarge},
		{"a body without a length that is far too large", 4 * app.MaxBody, false, http.StatusRequestEntityTooLarge},
	} {
		status, err := s.post(ctx, "/echo", c.size, c.declared)
		if err != nil && c.want != http.StatusOK {
			continue // hung up on
		}
		if err != nil && ctx.Err() != nil {
			return
		}
		if err == nil {
			s.field.check(bounded, status == c.want, "%s (%d): status %d, want %d", c.name, c.size, status, c.want)
		}
	}
}

// post sends a body of so many bytes, with its length or in chunks.
func (s *site) post(ctx context.Context, path string, size int, declared bool) (status int, err error) {
	r, err := http.NewRequestWithContext(ctx, "POST", s.url(path), io.LimitReader(zeros{}, int64(size)))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/octet-stream")
	if declared {
		r.ContentLength = int64(size)
	}
	w, err := s.field.client().Do(r)
	if err != nil {
		return 0, err
	}
	defer w.Body.Close()
	_, err = io.Copy(io.Discard, w.Body)
	return w.StatusCode, err
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// unreadBody offers a body that is too large and waits for leave to send it. It must not get any.
func (s *site) unreadBody(ctx context.Context) {
	l, err := s.line(ctx)
	if err != nil {
		return
	}
	defer l.Close()
	l.send(s.request("POST", "/upload", "", "Content-Type: multipart/form-data; boundary=b", "Expect: 100-continue", fmt.Sprintf("Content-Length: %d", app.MaxBody+1)))
	answer, err := l.answer("POST", 2*time.Second)
	got := "no answer"
	if err == nil {
		got = fmt.Sprint("status ", answer.status)
	}
	s.field.check(bounded, err == nil && answer.status == http.StatusRequestEntityTooLarge, "a body that is too large and was only offered: %s in place of 413", got)
}

// brokenUpload sends half of a file, enough of it that it is on the disk.
func (s *site) brokenUpload(ctx context.Context) {
	l, err := s.line(ctx)
	if err != nil {
		return
	}
	body, contentType := formOf("half.bin", make([]byte, 8*app.MaxFormMemory))
	l.send(s.request("POST", "/upload", body[:len(body)/2], "Content-Type: "+contentType, fmt.Sprintf("Content-Length: %d", len(body))))
	l.reset()
	s.field.count("uploads broken off", 1)
}

// hostileNames saves files whose names lead elsewhere, and looks where they have gone.
func (s *site) hostileNames(ctx context.Context) error {
	before, err := filesBelow(s.folder)
	if err != nil {
		return err
	}
	names := []string{
		"../evil.txt", "../../evil.txt", `..\\evil.txt`, "/tmp/evil.txt", "../static/siege.css", "../templates/page.html", ".htaccess", "..", ".",
		"CON", "a:b.txt", "%2e%2e%2fevil.txt", "evil.txt/", strings.Repeat("n", 5000), "\u202etxt.exe", "..%c0%af..%c0%afevil.txt", "~/.ssh/authorized_keys",
	}
	for _, name := range names {
		body, contentType := formOf(name, []byte("an upload of the siege"))
		w, err := s.ask(ctx, "", "POST", "/save", body, "Content-Type", contentType)
		if err != nil {
			continue
		}
		var saved []string
		if w.status != http.StatusOK || json.Unmarshal(w.body, &saved) != nil {
			s.field.check(uploadsInside, w.status == http.StatusBadRequest, "a file called %.60q: status %d, %q", name, w.status, clip(string(w.body)))
			continue
		}
		for _, got := range saved {
			s.field.check(uploadsInside, filepath.IsLocal(got) && !strings.ContainsAny(got, `/\`) && got[0] != '.', "a file called %.60q was saved as %q", name, got)
		}
	}
	after, err := filesBelow(s.folder)
	if err != nil {
		return err
	}
	for name := range after {
		inside := strings.HasPrefix(name, "uploads/") || strings.HasPrefix(name, "tmp/")
		s.field.check(uploadsInside, before[name] || inside, "an upload was saved outside of its folder: %s", name)
	}
	return nil
}

// filesGo waits for the temporary files that there are now to go: those of requests that have ended.
func (s *site) filesGo(ctx context.Context) error {
	folder := filepath.Join(s.folder, "tmp")
	left, err := filesBelow(folder)
	if err != nil {
		return err
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(app.ReadTimeout + slack); len(left) > 0 && time.Now().Before(end); {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
		there, err := filesBelow(folder)
		if err != nil {
			return err
		}
		for name := range left {
			if !there[name] {
				delete(left, name)
			}
		}
	}
	s.field.check(nothingLeft, len(left) == 0, "%d temporary files of uploads stay on %s", len(left), s.name)
	return nil
}

// digest is how the application tells the content of a file.
func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
