package dewar_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar"
)

// A brokenFS fails at one step of reading its files.
type brokenFS struct {
	step string // "stat", "open", "look" or "read"
	err  error
}

func (b brokenFS) Stat(name string) (fs.FileInfo, error) {
	if b.step == "stat" {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: b.err}
	}
	return fs.Stat(sound, "a.txt")
}

func (b brokenFS) Open(name string) (fs.File, error) {
	if b.step == "open" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: b.err}
	}
	f, err := sound.Open("a.txt")
	if err != nil {
		return nil, err
	}
	return &brokenFile{seekableFile: f.(seekableFile), fs: b}, nil
}

var sound = fstest.MapFS{"a.txt": {Data: []byte(strings.Repeat("sound ", 100)), ModTime: time.Unix(1, 0)}}

type seekableFile interface {
	fs.File
	io.Seeker
}

type brokenFile struct {
	seekableFile
	fs    brokenFS
	given int
}

func (f *brokenFile) Stat() (fs.FileInfo, error) {
	if f.fs.step == "look" {
		return nil, f.fs.err
	}
	return f.seekableFile.Stat()
}

func (f *brokenFile) Read(p []byte) (int, error) {
	if f.fs.step == "read on" && f.given < 300 {
		n, err := f.seekableFile.Read(p[:min(len(p), 100)])
		f.given += n
		return n, err
	}
	if f.fs.step == "read" || f.fs.step == "read on" {
		return 0, &fs.PathError{Op: "read", Path: "a.txt", Err: f.fs.err}
	}
	return f.seekableFile.Read(p)
}

func TestFaultOfADiskIsNoMissingFile(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want int
	}{
		{syscall.EIO, 503}, {syscall.ESTALE, 503}, {syscall.ENOMEM, 503}, {syscall.EMFILE, 503}, {syscall.ENFILE, 503},
		{errors.New("the store does not answer"), 503}, {os.ErrDeadlineExceeded, 503},
		{syscall.ENOENT, 404}, {syscall.EACCES, 404}, {syscall.ENOTDIR, 404}, {syscall.ENAMETOOLONG, 404}, {syscall.ELOOP, 404}, {fs.ErrNotExist, 404},
	} {
		for _, step := range []string{"stat", "open", "look", "read"} {
			app, log := loggedApp(t)
			broken := brokenFS{step, tt.err}
			app.Get("/from", func(c *dewar.Context) error { return c.SendFromFS(broken, "a.txt") })
			bp := dewar.NewBlueprint("files", dewar.FS(broken), dewar.StaticFolder("."), dewar.URLPrefix("/bp"), dewar.StaticURLPath("/s"))
			app.RegisterBlueprint(bp)
			for _, path := range []string{"/from", "/bp/s/a.txt"} {
				want := tt.want
				if step == "read" { // the file is there
					want = 503
				}
				before := len(log.String())
				w := get(app, path)
				text := log.String()[before:]
				if w.Code != want || strings.Contains(w.Body.String(), "sound") || w.Header().Get("Etag") != "" || w.Header().Get("Last-Modified") != "" {
					t.Errorf("%v at %s of %s: got %d %q %v, want %d", tt.err, step, path, w.Code, w.Body, w.Header(), want)
				}
				if logged := strings.Contains(text, "level=ERROR") && strings.Contains(text, tt.err.Error()); logged != (want == 503) || strings.Count(text, "level=ERROR") > 1 {
					t.Errorf("%v at %s of %s: logged %q", tt.err, step, path, text)
				}
			}
		}
	}
}

func TestFileThatFailsWhenAPartOfItIsSentIsCutOffAndLogged(t *testing.T) {
	t.Parallel()
	app, log := loggedApp(t)
	must(t, app.Config.Set("RESPONSE_BUFFER_SIZE", 200))
	app.Get("/", func(c *dewar.Context) error {
		return c.SendFromFS(brokenFS{"read on", syscall.EIO}, "a.txt", dewar.ETag("tag"))
	})
	srv := serve(t, app)
	if got := ask(t, srv, "GET", "/"); got.err == nil {
		t.Errorf("got %q, want a body that is cut off", got.body)
	}
	srv.Close()
	if !strings.Contains(log.String(), "level=ERROR") || !strings.Contains(log.String(), syscall.EIO.Error()) {
		t.Errorf("logged %q", log)
	}
}

func TestFileOutsideOfARootIsA404(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "secret"), nil, 0o600))
	must(t, os.Mkdir(filepath.Join(dir, "files"), 0o700))
	if err := os.Symlink("../secret", filepath.Join(dir, "files", "link")); err != nil {
		t.Skip("no symbolic links here")
	}
	root, err := os.OpenRoot(filepath.Join(dir, "files"))
	must(t, err)
	defer root.Close()
	app, log := loggedApp(t)
	app.Get("/{name}", func(c *dewar.Context) error { return c.SendFromFS(root.FS(), c.Params().String("name")) })
	for _, name := range []string{"link", "none", "link%2Fx", strings.Repeat("x", 300)} {
		if w := get(app, "/"+name); w.Code != 404 || strings.Contains(log.String(), "level=ERROR") {
			t.Errorf("%.20s: got %d and the log %s", name, w.Code, fmt.Sprint(log))
		}
	}
}
