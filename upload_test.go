package dewar_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar"
)

// uploaded returns a file as a form brings it. Names that multipart.Writer would not write are set afterwards.
func uploaded(t testing.TB, name, content string) *multipart.FileHeader {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "x")
	must(t, err)
	_, err = io.WriteString(part, content)
	must(t, err)
	must(t, form.Close())
	r := httptest.NewRequest("POST", "/", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	must(t, r.ParseMultipartForm(1<<20))
	file := r.MultipartForm.File["file"][0]
	file.Filename = name
	return file
}

// listing returns the names in a folder.
func listing(t testing.TB, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func wantSaved(t testing.TB, name, content string) {
	t.Helper()
	if got, err := os.ReadFile(name); err != nil || string(got) != content {
		t.Errorf("%s has %q, %v, want %q", name, got, err, content)
	}
}

func TestSaveUploadNamesTheFile(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"photo.jpg": "photo.jpg", "../../etc/passwd": "etc_passwd", "": "upload", "日本": "upload", ".env": "env", "CON": "_CON", "/": "upload",
		strings.Repeat("x", 300) + ".jpg": strings.Repeat("x", 196) + ".jpg", "a\x00b": "ab", "Grüße 1.txt": "Grue_1.txt",
	} {
		dir := t.TempDir()
		got, err := dewar.SaveUpload(uploaded(t, name, "content"), dir)
		if err != nil || got != filepath.Join(dir, want) || !slices.Equal(listing(t, dir), []string{want}) {
			t.Errorf("%q: got %q, %v and the files %q, want %q", name, got, err, listing(t, dir), want)
			continue
		}
		wantSaved(t, got, "content")
	}
}

// The client's name of a file may be that of a folder: that is no fault of the server.
func TestOverwriteLeavesAFolderItsName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "thumbs"), 0o700))
	got, err := dewar.SaveUpload(uploaded(t, "thumbs", "new"), dir, dewar.Overwrite())
	if err != nil || !strings.HasPrefix(got, filepath.Join(dir, "thumbs-")) || len(listing(t, dir)) != 2 {
		t.Fatalf("got %q, %v and the files %q", got, err, listing(t, dir))
	}
	wantSaved(t, got, "new")
}

func TestSaveUploadNeverWritesOverAFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "a.tar.gz"), []byte("old"), 0o600))
	must(t, os.Mkdir(filepath.Join(dir, "folder"), 0o700))
	for _, name := range []string{"a.tar.gz", "a.tar.gz", "folder"} {
		got, err := dewar.SaveUpload(uploaded(t, name, "new"), dir)
		stem, ext, _ := strings.Cut(name, ".")
		if err != nil || filepath.Dir(got) != dir || !strings.HasPrefix(filepath.Base(got), stem+"-") || ext != "" && !strings.HasSuffix(got, "."+ext) {
			t.Errorf("%s: got %q, %v", name, got, err)
			continue
		}
		wantSaved(t, got, "new")
	}
	for _, name := range []string{"a.tar.gz", "folder"} {
		if _, err := dewar.SaveUpload(uploaded(t, "x", "new"), dir, dewar.SaveAs(name)); !errors.Is(err, fs.ErrExist) {
			t.Errorf("SaveAs(%q): got %v, want that it exists", name, err)
		}
	}
	if _, err := dewar.SaveUpload(uploaded(t, "x", "new"), dir, dewar.Overwrite(), dewar.SaveAs("folder")); err == nil {
		t.Error("a folder was written over")
	}
	wantSaved(t, filepath.Join(dir, "a.tar.gz"), "old")
	if got := listing(t, dir); len(got) != 5 {
		t.Errorf("the folder has %q, want the two it had and three more", got)
	}
	got, err := dewar.SaveUpload(uploaded(t, "a.tar.gz", "newer"), dir, dewar.Overwrite())
	if err != nil || got != filepath.Join(dir, "a.tar.gz") {
		t.Errorf("Overwrite: got %q, %v", got, err)
	}
	wantSaved(t, got, "newer")
}

func TestSaveUploadRefuses(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	for _, tt := range []struct {
		name string
		file *multipart.FileHeader
		dir  string // "" for a fresh one
		opts []dewar.SaveOption
		want string
	}{
		{"a name outside", uploaded(t, "x", "y"), "", []dewar.SaveOption{dewar.SaveAs("../x")}, "the name of a file in the folder is wanted"},
		{"a name in a folder", uploaded(t, "x", "y"), "", []dewar.SaveOption{dewar.SaveAs("a/x")}, "the name of a file in the folder is wanted"},
		{"an absolute name", uploaded(t, "x", "y"), "", []dewar.SaveOption{dewar.SaveAs(outside + "/x")}, "the name of a file in the folder is wanted"},
		{"the folder as a name", uploaded(t, "x", "y"), "", []dewar.SaveOption{dewar.SaveAs(".")}, "the name of a file in the folder is wanted"},
		{"no file", nil, "", nil, "ask c.File"},
		{"no folder", uploaded(t, "x", "y"), filepath.Join(outside, "none"), nil, "make it with os.MkdirAll"},
		{"too large", uploaded(t, "x", "12345"), "", []dewar.SaveOption{dewar.MaxFileSize(4)}, "must not have more than 4 bytes"},
	} {
		dir := tt.dir
		if dir == "" {
			dir = t.TempDir()
		}
		got, err := dewar.SaveUpload(tt.file, dir, tt.opts...)
		if err == nil || !strings.Contains(err.Error(), tt.want) || got != "" {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
		}
		if tt.dir == "" && len(listing(t, dir)) > 0 {
			t.Errorf("%s: left %q behind", tt.name, listing(t, dir))
		}
	}
	if len(listing(t, outside)) > 0 {
		t.Errorf("something was written outside: %q", listing(t, outside))
	}
	var e *dewar.HTTPError
	if _, err := dewar.SaveUpload(uploaded(t, "x", "12345"), t.TempDir(), dewar.MaxFileSize(4)); !errors.As(err, &e) || e.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("got %v, want a 413", err)
	}
	if _, err := dewar.SaveUpload(uploaded(t, "x", "1234"), t.TempDir(), dewar.MaxFileSize(4)); err != nil {
		t.Errorf("got %v of a file of the size that is allowed", err)
	}
}

// An upload that breaks off, or lies about its size, leaves nothing behind.
func TestSaveUploadLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, size := range []int64{3, 5, 1 << 20} {
		file := uploaded(t, "x", "1234")
		file.Size = size
		if got, err := dewar.SaveUpload(file, dir); err == nil || got != "" || len(listing(t, dir)) > 0 {
			t.Errorf("size %d: got %q, %v and %q", size, got, err, listing(t, dir))
		}
	}
	if _, err := dewar.SaveUpload(&multipart.FileHeader{Filename: "x", Size: 4}, dir); err == nil || len(listing(t, dir)) > 0 {
		t.Errorf("a file without content: got %v and %q", err, listing(t, dir))
	}
}

// A link in the folder is no way out of it: Overwrite replaces the link itself.
func TestSaveUploadFollowsNoLink(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "secret.txt")
	must(t, os.WriteFile(outside, []byte("secret"), 0o600))
	if err := os.Symlink(outside, filepath.Join(dir, "a.txt")); err != nil {
		t.Skip(err)
	}
	for _, opts := range [][]dewar.SaveOption{nil, {dewar.Overwrite()}, {dewar.Overwrite(), dewar.SaveAs("a.txt")}} {
		got, err := dewar.SaveUpload(uploaded(t, "a.txt", "evil"), dir, opts...)
		must(t, err)
		wantSaved(t, got, "evil")
		wantSaved(t, outside, "secret")
	}
}

func TestSaveUploadPermissions(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such permissions")
	}
	for _, tt := range []struct {
		opts []dewar.SaveOption
		most fs.FileMode
	}{{nil, 0o644}, {[]dewar.SaveOption{dewar.FileMode(0o600)}, 0o600}, {[]dewar.SaveOption{dewar.FileMode(0o600 | fs.ModeSetuid)}, 0o600}} {
		got, err := dewar.SaveUpload(uploaded(t, "run.sh", "#!/bin/sh"), t.TempDir(), tt.opts...)
		must(t, err)
		info, err := os.Stat(got)
		must(t, err)
		if mode := info.Mode(); mode&^tt.most != 0 || mode&0o600 != 0o600 {
			t.Errorf("got %v, want at most %v", mode, tt.most)
		}
	}
}

// Uploads of one name at the same time are all kept, each as a whole.
func TestSaveUploadConcurrently(t *testing.T) {
	t.Parallel()
	const count = 20
	dir := t.TempDir()
	var names sync.Map
	var group sync.WaitGroup
	for i := range count {
		content := strings.Repeat(string(rune('a'+i)), 5000)
		file := uploaded(t, "same.txt", content)
		group.Go(func() {
			name, err := dewar.SaveUpload(file, dir)
			if _, twice := names.LoadOrStore(name, content); twice || err != nil {
				t.Errorf("got %q, %v", name, err)
			}
		})
	}
	group.Wait()
	names.Range(func(name, content any) bool { wantSaved(t, name.(string), content.(string)); return true })
	if got := listing(t, dir); len(got) != count {
		t.Errorf("got %q, want %d files", got, count)
	}
}
