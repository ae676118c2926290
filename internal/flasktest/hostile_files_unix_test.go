//go:build unix

package flasktest_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

// A swapPlace is a folder that somebody changes while it is served: what stands in static/ is now a file, now a link to
// what is outside, now a pipe that nobody writes to.
type swapPlace struct {
	root    string // has static/, up/, secret.txt and outside/
	swaps   atomic.Int64
	stopped atomic.Bool
	group   sync.WaitGroup
}

func newSwapPlace(t *testing.T) *swapPlace {
	t.Helper()
	p := &swapPlace{root: t.TempDir()}
	for name, text := range map[string]string{
		"secret.txt": "secret", "outside/f.txt": "secret", "static/folder/f.txt": served, "up/.keep": "", "own/.keep": "", "made/file": served,
	} {
		writeFile(t, p.root, name, text)
	}
	must(t, syscall.Mkfifo(p.path("made/pipe"), 0o600))
	return p
}

// served is long enough to be sent in several pieces.
var served = strings.Repeat("served ", 2_000)

func (p *swapPlace) path(name string) string { return filepath.Join(p.root, filepath.FromSlash(name)) }

// swap repeats steps, each of which puts something in the place of what was there, until it is stopped.
func (p *swapPlace) swap(steps ...func() error) {
	p.group.Go(func() {
		for !p.stopped.Load() {
			for _, step := range steps {
				_ = step()
				p.swaps.Add(1)
			}
		}
	})
}

// replace returns the step that moves a link to name, in one go: a second name of made/file or made/pipe, or a symbolic
// link to anything else.
func (p *swapPlace) replace(name, target string) func() error {
	draft := p.path(name) + ".draft"
	return func() error {
		_ = os.Remove(draft)
		create := os.Symlink
		if target == p.path("made/file") || target == p.path("made/pipe") {
			create = os.Link
		}
		return errors.Join(create(target, draft), os.Rename(draft, p.path(name)))
	}
}

// stop ends the swaps and lets whoever waits for a pipe go on.
func (p *swapPlace) stop() {
	p.stopped.Store(true)
	p.group.Wait()
	if f, err := os.OpenFile(p.path("made/pipe"), os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
		_ = f.Close()
	}
}

// TestSwappedFilesGiveNothingFromOutside asks for files while they are swapped with links that lead out of their folder,
// and with pipes. What comes is a whole file of the folder or that there is none, and nobody waits for a pipe.
func TestSwappedFilesGiveNothingFromOutside(t *testing.T) {
	t.Parallel()
	p := newSwapPlace(t)
	app := dewar.New("test", dewar.RootPath(p.root))
	app.Logger = quietApp(t).Logger
	root, err := os.OpenRoot(p.path("static"))
	must(t, err)
	defer root.Close()
	app.Get("/from/{name:path}", func(c *dewar.Context) error { return c.SendFromFS(root.FS(), c.Params().String("name")) })
	app.Get("/send", func(c *dewar.Context) error { return c.SendFile("own/pipe.txt") })
	srv := serve(t, app)
	file, pipe := p.path("made/file"), p.path("made/pipe")
	p.swap(p.replace("static/race.txt", "../secret.txt"), p.replace("static/race.txt", file), p.replace("static/race.txt", p.path("secret.txt")), p.replace("static/race.txt", file))
	p.swap(
		func() error { return os.Rename(p.path("static/folder"), p.path("static/away")) }, func() error { return os.Symlink("../outside", p.path("static/folder")) },
		func() error { return os.Remove(p.path("static/folder")) }, func() error { return os.Rename(p.path("static/away"), p.path("static/folder")) },
	)
	p.swap(p.replace("static/pipe.txt", pipe), p.replace("static/pipe.txt", file))
	p.swap(p.replace("own/pipe.txt", pipe), p.replace("own/pipe.txt", file))
	defer p.stop()

	end := time.Now().Add(time.Duration(rounds(1, 60)) * time.Second)
	paths := []string{"/static/race.txt", "/from/race.txt", "/static/folder/f.txt", "/from/folder/f.txt", "/static/pipe.txt", "/send"}
	var whole, missing atomic.Int64
	var askers sync.WaitGroup
	for _, path := range paths {
		askers.Go(func() {
			client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for time.Now().Before(end) {
				switch err := askSwapped(client, srv.URL+path); {
				case err == nil:
					whole.Add(1)
				case errors.Is(err, fs.ErrNotExist):
					missing.Add(1)
				default:
					t.Errorf("%s: %v", path, err)
					return
				}
			}
		})
	}
	askers.Wait()
	if whole.Load() == 0 || missing.Load() == 0 {
		t.Errorf("%d files came and %d were missing, so little was tried", whole.Load(), missing.Load())
	}
	t.Logf("%d swaps, %d files sent, %d not there", p.swaps.Load(), whole.Load(), missing.Load())
}

// askSwapped wants a whole file of the folder; fs.ErrNotExist is a 404 or, for what is no regular file, a 500 without a word.
func askSwapped(client *http.Client, url string) error {
	answer, err := client.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	read, err := io.ReadAll(answer.Body)
	body := string(read)
	switch {
	case err != nil:
		return err
	case strings.Contains(body, "secret"):
		return errors.New("the secret came")
	case answer.StatusCode == 404 || answer.StatusCode == 500 && strings.HasSuffix(url, "/send"):
		return fs.ErrNotExist
	case answer.StatusCode != 200 || body != served:
		return fmt.Errorf("got %d and %d bytes", answer.StatusCode, len(body))
	}
	return nil
}

// TestSwappedNamesKeepUploadsInside saves uploads under names that are swapped with links to files outside and to names
// that are free there. Each upload is whole in its folder, and outside nothing is written or read.
func TestSwappedNamesKeepUploadsInside(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	p := newSwapPlace(t)
	app := configured(t, dewar.Map{"MAX_FORM_MEMORY_SIZE": 1000}) // so that it goes by a temporary file
	app.Post("/{how}", func(c *dewar.Context) error {
		upload, err := c.File("file")
		if err != nil {
			return err
		}
		how := map[string][]dewar.SaveOption{"new": nil, "over": {dewar.Overwrite()}, "as": {dewar.SaveAs("b.txt"), dewar.Overwrite()}}
		path, err := dewar.SaveUpload(upload, p.path("up"), how[c.Params().String("how")]...)
		if err != nil {
			return err
		}
		return c.Text(path)
	})
	for _, name := range []string{"up/a.txt", "up/b.txt"} {
		p.swap(
			p.replace(name, "../secret.txt"), p.replace(name, p.path("outside/new.txt")), func() error { return os.Remove(p.path(name)) },
			p.replace(name, "../outside"), p.replace(name, p.path("made/file")),
		)
	}
	defer p.stop()
	saved := 0
	for end := time.Now().Add(time.Duration(rounds(1, 60)) * time.Second); time.Now().Before(end); {
		for _, how := range []string{"new", "over", "as"} {
			res := dewartest.New(t, app).Post("/"+how, dewartest.File("file", "a.txt", []byte(strings.Repeat("uploaded ", 500))))
			switch path := res.Text(); {
			case res.StatusCode != 200:
				t.Fatalf("%s: got %d %q", how, res.StatusCode, path)
			case filepath.Dir(path) != p.path("up"):
				t.Fatalf("%s: it was saved as %q", how, path)
			case how == "new" && saved%10 == 0:
				_ = os.Remove(path)
			}
			saved++
		}
		if secret, err := os.ReadFile(p.path("secret.txt")); err != nil || string(secret) != "secret" {
			t.Fatalf("what is outside has become %.20q, %v", secret, err)
		}
		if inside, err := os.ReadDir(p.path("outside")); err != nil || len(inside) != 1 {
			t.Fatalf("outside there are %v, %v", inside, err)
		}
	}
	p.stop()
	if left, err := filepath.Glob(p.path("up/.upload-*")); err != nil || len(left) > 0 {
		t.Errorf("%d drafts are left, %v", len(left), err)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("%d temporary files are left, %v", len(left), err)
	}
	t.Logf("%d swaps, %d uploads", p.swaps.Load(), saved)
}
