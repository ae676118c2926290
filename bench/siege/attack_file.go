package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// staticFiles ask for files as browsers do, in parts and broken off, and for those that are not to be had.
func staticFiles(ctx context.Context, f *field) error {
	hidden, err := f.app.hideFiles()
	if err != nil {
		return err
	}
	large, err := os.ReadFile(filepath.Join(f.app.folder, "static", "large.bin"))
	if err != nil {
		return err
	}
	together(ctx, 60, 8, func(i int) { f.app.fileInParts(ctx, large, i) })
	together(ctx, 20, 8, func(int) { f.app.fileBrokenOff(ctx) })
	for _, name := range hidden {
		w, err := f.app.ask(ctx, "", "GET", "/static/"+name, "")
		if err != nil {
			continue
		}
		f.check(staticInside, w.status == http.StatusNotFound, "%s: status %d", w.where, w.status)
		f.check(staticInside, !bytes.Contains(w.body, []byte("root:")), "%s shows a file from outside", w.where)
	}
	f.count("static files", 80)
	return nil
}

// hideFiles puts into the folder of static files what must not be served, and returns the names.
func (s *site) hideFiles() ([]string, error) {
	folder := filepath.Join(s.folder, "static")
	if err := os.WriteFile(filepath.Join(folder, ".hidden"), []byte(newSecret("hidden")), 0o644); err != nil {
		return nil, err
	}
	for name, target := range map[string]string{"out": "/etc/passwd", "up": "../templates/page.html", "root": "/", "self": "self"} {
		if err := os.Symlink(target, filepath.Join(folder, name)); err != nil && !os.IsExist(err) {
			return nil, err
		}
	}
	return []string{".hidden", "%2ehidden", "out", "up", "root/etc/passwd", "self", ""}, nil
}

// fileInParts asks for a part of a file.
func (s *site) fileInParts(ctx context.Context, whole []byte, i int) {
	from := i * len(whole) / 100
	to := min(from+i*1000, len(whole)-1)
	w, err := s.ask(ctx, "", "GET", "/static/large.bin", "", "Range", fmt.Sprintf("bytes=%d-%d", from, to))
	if err != nil {
		return
	}
	s.field.check(othersUnharmed, w.status == http.StatusPartialContent && bytes.Equal(w.body, whole[from:to+1]),
		"bytes %d to %d of a file on %s: status %d and %d bytes, which are not the same", from, to, s.name, w.status, len(w.body))
}

// fileBrokenOff takes the beginning of a file and hangs up.
func (s *site) fileBrokenOff(ctx context.Context) {
	l, err := s.line(ctx)
	if err != nil {
		return
	}
	l.send(s.request("GET", "/static/large.bin", ""))
	_ = l.SetReadDeadline(time.Now().Add(2 * time.Second))
	_, _ = io.CopyN(io.Discard, l.in, 5000)
	l.reset()
}

// filesBelow returns the names of all files below a folder.
func filesBelow(folder string) (map[string]bool, error) {
	found := map[string]bool{}
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			found[strings.TrimPrefix(path, folder+string(filepath.Separator))] = true
		}
		return nil // what is gone by now is none
	})
	return found, err
}
