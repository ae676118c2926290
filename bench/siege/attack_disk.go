package main

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/dewar-go/dewar/bench/siege/app"
)

// fullDisk fills the disk of a site, as far as a bound on the size of its files is that. An upload that cannot be kept is an
// error of the server, nothing is left of it, and all else goes on.
func fullDisk(ctx context.Context, f *field) error {
	s := f.app
	w, err := s.ask(ctx, "", "POST", "/target/disk?bytes=4096", "")
	if err != nil || w.status == http.StatusNotImplemented {
		return err // not on this system
	}
	defer s.ask(context.WithoutCancel(ctx), "", "POST", "/target/disk", "")
	before, err := filesBelow(filepath.Join(s.folder, "uploads"))
	if err != nil {
		return err
	}
	large, contentType := formOf("full-disk.bin", make([]byte, 8*app.MaxFormMemory))
	small, smallType := formOf("full-disk-small.bin", make([]byte, 8192)) // kept in memory, until it is saved
	together(ctx, 20, 5, func(i int) {
		body, kind := large, contentType
		if i%2 == 1 {
			body, kind = small, smallType
		}
		w, err := s.ask(ctx, "", "POST", "/save", body, "Content-Type", kind)
		if err == nil {
			f.check(othersUnharmed, w.status/100 == 5, "%s on a full disk: status %d, %q", w.where, w.status, clip(string(w.body)))
			f.check(noSecret, !strings.Contains(string(w.body), s.folder), "%s on a full disk tells where the files are", w.where)
		}
		s.isWell(ctx)
	})
	after, err := filesBelow(filepath.Join(s.folder, "uploads"))
	if err != nil {
		return err
	}
	for name := range after {
		f.check(nothingLeft, before[name] || !strings.Contains(name, "full-disk") && !strings.HasPrefix(name, ".upload-"), "a part of an upload was left on a full disk: %s", name)
	}
	f.count("uploads to a full disk", 20)
	return s.filesGo(ctx)
}
