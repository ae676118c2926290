package dev

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// A watched is a project whose folder is watched.
type watched struct {
	t   *testing.T
	dir string
	w   *watcher
}

// watch writes files, and watches them.
func watch(t *testing.T, files ...string) *watched {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &watched{t: t, dir: dir}
	for _, name := range append(files, "go.mod") {
		s.write(name, "1")
	}
	p := &project{dir: dir, modules: []string{dir}, live: []string{filepath.Join(dir, "templates")}}
	ctx, stop := context.WithCancel(context.Background())
	if s.w, err = newWatcher(ctx, p, t.Errorf); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); <-s.w.done })
	return s
}

func (s *watched) at(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *watched) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *watched) write(name, text string) {
	s.t.Helper()
	s.must(os.MkdirAll(filepath.Dir(s.at(name)), 0o755))
	s.must(os.WriteFile(s.at(name), []byte(text), 0o644))
}

// told waits until the names were told, and returns all that were, and in how many parts.
func (s *watched) told(names ...string) (all map[string]bool, parts int) {
	s.t.Helper()
	all = map[string]bool{}
	missing := func() (left []string) {
		for _, name := range names {
			if !all[name] {
				left = append(left, name)
			}
		}
		return left
	}
	deadline := time.After(time.Minute)
	for len(missing()) > 0 {
		select {
		case changed := <-s.w.Changes:
			parts++
			for _, name := range changed {
				rel, err := filepath.Rel(s.dir, name)
				s.must(err)
				all[filepath.ToSlash(rel)] = true
			}
		case <-deadline:
			left := missing()
			s.t.Fatalf("%d were not told, such as %s; told were %v", len(left), left[0], slices.Collect(maps.Keys(all)))
		}
	}
	return all, parts
}

func TestAWatcherTellsHoweverAFileIsSaved(t *testing.T) {
	t.Parallel()
	s := watch(t, "main.go", "blog/blog.go", "blog/deep/deep.go", "old/old.go")
	for _, tt := range []struct {
		name string
		do   func()
		want []string
	}{
		{"in its place", func() { s.write("main.go", "2") }, []string{"main.go"}},
		{"beside its place, and then there", func() {
			s.write("main.go.new", "3")
			s.must(os.Rename(s.at("main.go.new"), s.at("main.go")))
		}, []string{"main.go"}},
		{"as vim does", func() {
			s.write("4913", "")
			s.must(os.Remove(s.at("4913")))
			s.must(os.Rename(s.at("main.go"), s.at("main.go~")))
			s.write("main.go", "4")
			s.must(os.Remove(s.at("main.go~")))
		}, []string{"main.go"}},
		{"after that", func() { s.write("main.go", "5") }, []string{"main.go"}},
		{"deleted", func() { s.must(os.Remove(s.at("blog/blog.go"))) }, []string{"blog/blog.go"}},
		{"renamed", func() { s.must(os.Rename(s.at("main.go"), s.at("start.go"))) }, []string{"main.go", "start.go"}},
		{"in a new folder", func() { s.write("shop/cart/cart.go", "1") }, []string{"shop/cart/cart.go"}},
		{"in a folder that was new", func() { s.write("shop/cart/cart.go", "2") }, []string{"shop/cart/cart.go"}},
		{"with the folder", func() { s.must(os.Rename(s.at("blog"), s.at("news"))) }, []string{"blog", "news/deep/deep.go"}},
		{"in the renamed folder", func() { s.write("news/deep/deep.go", "2") }, []string{"news/deep/deep.go"}},
		{"in another folder of the old name", func() { s.write("blog/deep/deep.go", "3") }, []string{"blog/deep/deep.go"}},
		{"in that again", func() { s.write("blog/deep/deep.go", "4") }, []string{"blog/deep/deep.go"}},
		{"with the folder, which is nowhere then", func() { s.must(os.Rename(s.at("old"), filepath.Join(t.TempDir(), "old"))) }, []string{"old"}},
	} {
		tt.do()
		if all, _ := s.told(tt.want...); all["4913"] && len(all) == 1 {
			t.Errorf("%s: told were only %v", tt.name, all)
		}
	}
}

// TestAWatcherTellsACheckoutAtOnce has git at work for longer than the watcher would wait else.
func TestAWatcherTellsACheckoutAtOnce(t *testing.T) {
	t.Parallel()
	s := watch(t, ".git/HEAD", "main.go")
	s.write(".git/index.lock", "")
	var names []string
	for i := range 500 {
		name := fmt.Sprintf("p%d/f%d.go", i%20, i)
		names = append(names, name)
		s.write(name, "1")
		if i%100 == 0 {
			time.Sleep(2 * quiet) // git takes its time
		}
	}
	s.must(os.Remove(s.at(".git/index.lock")))
	if _, parts := s.told(names...); parts != 1 {
		t.Errorf("they were told in %d parts", parts)
	}
}

func TestAWatcherWaitsForNoLockThatWasLeft(t *testing.T) {
	t.Parallel()
	s := watch(t, ".git/HEAD", ".git/index.lock", "main.go")
	s.write("main.go", "2")
	s.told("main.go")
}

func TestAWatcherReadsGitignoreAgain(t *testing.T) {
	t.Parallel()
	s := watch(t, "made/a.go", "main.go")
	s.write(".gitignore", "made/\n*.log\n")
	s.write("made/a.go", "2")
	s.write("a.log", "2")
	s.write("main.go", "2")
	if all, _ := s.told("main.go"); all["a.log"] {
		t.Errorf("told were %v", all)
	}
	s.write(".gitignore", "")
	s.write("main.go", "3")
	s.told("main.go") // by now the rules were read
	s.write("made/a.go", "3")
	s.told("made/a.go")
}

func TestAWatcherFollowsALinkToTheTemplates(t *testing.T) {
	t.Parallel()
	shared := t.TempDir()
	if err := os.MkdirAll(filepath.Join(shared, "mail"), 0o755); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(shared, filepath.Join(dir, "templates")); err != nil {
		t.Skipf("this system makes no links: %v", err)
	}
	if err := os.Symlink(dir, filepath.Join(dir, "round")); err != nil {
		t.Fatal(err)
	}
	p := &project{dir: dir, modules: []string{dir}, live: []string{filepath.Join(dir, "templates")}}
	ctx, stop := context.WithCancel(t.Context())
	w, err := newWatcher(ctx, p, t.Errorf)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { stop(); <-w.done }()
	s := &watched{t: t, dir: dir, w: w}
	if err := os.WriteFile(filepath.Join(shared, "mail", "a.html"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s.told("templates/mail/a.html")
}

// TestAWatcherThatHasLostCountTellsEverything is about the queue of the system, which is of a bounded length.
func TestAWatcherThatHasLostCountTellsEverything(t *testing.T) {
	t.Parallel()
	s := watch(t, "main.go")
	s.w.notify.Errors <- fsnotify.ErrEventOverflow
	s.told(".")
}

func TestWatchCure(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, dir string
		err       error
		want      string
	}{
		{"too many folders", "a", &fs.PathError{Err: syscall.ENOSPC}, "sysctl fs.inotify.max_user_watches="},
		{"too many watchers", "", os.NewSyscallError("inotify_init", syscall.EMFILE), "sysctl fs.inotify.max_user_instances="},
		{"too many files", "a", syscall.EMFILE, "ulimit -n"},
		{"not readable", "shop/secret", fs.ErrPermission, "shop/secret cannot be read"},
		{"something else", "a", errors.New("odd"), "a is not watched, so changes in it are not seen: odd"},
	} {
		if got := watchCure(tt.dir, tt.err).Error(); !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %q, want %q in it", tt.name, got, tt.want)
		}
	}
}

// TestAWatcherSaysOnceWhatIsNotWatched has two folders above the limit.
func TestAWatcherSaysOnceWhatIsNotWatched(t *testing.T) {
	t.Parallel()
	s := watch(t, "main.go")
	var said []string
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.w.warn = func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
	for range 3 {
		s.w.say(watchCure("a", syscall.ENOSPC))
		s.w.say(watchCure("b", syscall.ENOSPC))
	}
	if len(said) != 1 {
		t.Errorf("said %q", said)
	}
}
