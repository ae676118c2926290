package files_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar/internal/files"
)

func TestServable(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"a.txt": true, "a/b c.txt": true, ".well-known/x": true, "a/.well-known/x": true, "é": true, "..a": false,
		"": false, ".": false, "..": false, "../a": false, "a/../b": false, "/a": false, "a/": false, "a//b": false,
		".env": false, "a/.git/x": false, `a\b`: false, "C:a": false, "a\x00": false, "a\n": false, "a\x7f": false,
		"a.": false, "a ": false, "a./b": false, "\xff": false,
	} {
		if got := files.Servable(name); got != want {
			t.Errorf("Servable(%q) = %t, want %t", name, got, want)
		}
	}
}

func TestFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("disk"), 0o600); err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{"static/a": {Data: []byte("fs")}, "static/b": {Data: []byte("fs")}, "static/sub/x": {}, "c": {Data: []byte("above")}}
	for _, tt := range []struct {
		name   string
		folder *files.Folder
		file   string
		disk   bool
		want   string // "" when it is not there
	}{
		{"disk goes first", &files.Folder{Dir: dir, FS: fsys, Name: "static"}, "a", true, "disk"},
		{"disk does not count", &files.Folder{Dir: dir, FS: fsys, Name: "static"}, "a", false, "fs"},
		{"not on the disk", &files.Folder{Dir: dir, FS: fsys, Name: "static"}, "b", true, "fs"},
		{"disk alone", &files.Folder{Dir: dir}, "a", true, "disk"},
		{"neither", &files.Folder{}, "a", true, ""},
		{"all of the files", &files.Folder{FS: fsys, Name: "."}, "c", false, "above"},
		{"outside", &files.Folder{FS: fsys, Name: "static"}, "../c", false, ""},
		{"a folder", &files.Folder{FS: fsys, Name: "static"}, "sub", false, ""},
	} {
		f, err := tt.folder.Open(tt.file, tt.disk)
		if err != nil {
			if tt.want != "" || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, files.ErrNotRegular) {
				t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
			}
			continue
		}
		got, _ := io.ReadAll(f.Content)
		f.Close()
		if string(got) != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestETag(t *testing.T) {
	t.Parallel()
	at := time.Unix(1700000000, 5)
	fsys := fstest.MapFS{"timed": {Data: []byte("x"), ModTime: at}, "later": {Data: []byte("x"), ModTime: at.Add(1)}, "a": {Data: []byte("x")}, "b": {Data: []byte("y")}}
	tags := map[string]string{}
	for name := range fsys {
		f, err := files.Open(fsys, name)
		if err != nil {
			t.Fatal(err)
		}
		tag, err := f.ETag()
		if err != nil || len(tag) < 4 || tag[0] != '"' || tag[len(tag)-1] != '"' {
			t.Errorf("%s has the tag %s, %v", name, tag, err)
		}
		if tags[tag] != "" {
			t.Errorf("%s and %s share a tag", name, tags[tag])
		}
		tags[tag] = name
		if rest, _ := io.ReadAll(f.Content); len(rest) != 1 {
			t.Errorf("the tag of %s has read the file", name)
		}
	}
}

// Python's mimetypes, which Flask asks, say the same.
func TestTypeOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{
		"a.html": {"text/html; charset=utf-8", ""}, "A.PNG": {"image/png", ""}, "a": {"application/octet-stream", ""},
		"a.unheard": {"application/octet-stream", ""}, "html": {"application/octet-stream", ""},
		"table.csv.gz": {"text/csv; charset=utf-8", "gzip"}, "a.tar.gz": {"application/x-tar", "gzip"}, "a.tgz": {"application/x-tar", "gzip"},
		"a.svgz": {"image/svg+xml", "gzip"}, "a.csv.bz2": {"text/csv; charset=utf-8", "bzip2"}, "a.csv.xz": {"text/csv; charset=utf-8", "xz"},
		"a.html.br": {"text/html; charset=utf-8", "br"}, "a.txt.Z": {"text/plain; charset=utf-8", "compress"}, "a.gz": {"application/octet-stream", "gzip"},
		"a.txz": {"application/x-tar", "xz"}, "a.b.c": {"application/octet-stream", ""}, "a.GZ": {"application/gzip", ""}, "": {"application/octet-stream", ""},
	} {
		if contentType, encoding := files.TypeOf(name); contentType != want[0] || encoding != want[1] {
			t.Errorf("TypeOf(%q) = %q, %q, want %q", name, contentType, encoding, want)
		}
	}
}

func TestTag(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"v1": `"v1"`, `"v1"`: `"v1"`, `W/"v1"`: `W/"v1"`, "W/v1": `"W/v1"`, "": `""`, "a,b": `"a,b"`,
		`a"b`: "", "a b": "", "a\n": "", `"a`: "", "a\x00": "",
	} {
		if got, err := files.Tag(tag); got != want || (err != nil) != (want == "") {
			t.Errorf("Tag(%q) = %q, %v, want %q", tag, got, err, want)
		}
	}
}

func TestCacheControl(t *testing.T) {
	t.Parallel()
	for age, want := range map[time.Duration]string{
		0: "no-cache", -time.Hour: "no-cache", time.Second - 1: "no-cache", time.Second: "public, max-age=1", 36 * time.Hour: "public, max-age=129600",
	} {
		if got := files.CacheControl(age); got != want {
			t.Errorf("CacheControl(%v) = %q, want %q", age, got, want)
		}
	}
}
