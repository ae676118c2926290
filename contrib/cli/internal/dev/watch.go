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
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Editors save a file in several steps, and tools save several files. A change is told when nothing more has happened
// for a while, or when that goes on for too long. While git holds its lock it changes files, however long that takes.
const (
	quiet      = 25 * time.Millisecond
	patient    = 250 * time.Millisecond
	gitPatient = 5 * time.Second
)

// A watcher tells what changes below the folders of a project. Its methods may be called by several goroutines.
type watcher struct {
	// Changes has the files that have changed, several at once, and folders that are not there any more.
	Changes chan []string

	notify *fsnotify.Watcher
	lock   string                           // of git; "" without a repository
	keeps  func(name string) bool           // files that are told even if they are ignored
	warn   func(format string, args ...any) // is told of what is not watched
	done   chan struct{}                    // closed when nothing is watched any more

	mu      sync.Mutex
	ignore  *ignorer
	trees   map[string]bool // folders that are watched with all that is below them
	folders map[string]bool // all that are watched
	warned  map[string]bool // what was said
}

// newWatcher watches the folders of p until ctx ends.
func newWatcher(ctx context.Context, p *project, warn func(format string, args ...any)) (*watcher, error) {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, watchCure("", err)
	}
	now := *p // the runner's own may become another
	w := &watcher{
		Changes: make(chan []string), notify: notify, keeps: now.isEnvironment, warn: warn, done: make(chan struct{}),
		ignore: newIgnorer(p.home()), trees: map[string]bool{}, folders: map[string]bool{}, warned: map[string]bool{},
	}
	w.lock = gitLock(w.ignore.root)
	w.cover(p)
	go w.run(ctx)
	return w, nil
}

// cover watches what the project is made of, as far as that is new.
func (w *watcher) cover(p *project) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, dir := range p.modules {
		w.tree(dir)
	}
	for _, dir := range p.live {
		w.tree(dir)
	}
	for _, dir := range append([]string{p.dir, filepath.Dir(p.workspace)}, p.packages...) {
		if filepath.IsAbs(dir) {
			w.add(dir)
		}
	}
}

// tree watches a folder with all that is below it, once.
func (w *watcher) tree(dir string) {
	if !w.trees[dir] && isFolder(dir) {
		w.trees[dir] = true
		w.addTree(dir, nil)
	}
}

// add watches one folder.
func (w *watcher) add(dir string) {
	if w.folders[dir] {
		return
	}
	err := w.notify.Add(dir)
	switch {
	case err == nil:
		w.folders[dir] = true
	case !errors.Is(err, fs.ErrNotExist):
		w.say(watchCure(dir, err))
	}
}

// say tells of a problem once.
func (w *watcher) say(problem error) {
	if text := problem.Error(); !w.warned[text] {
		w.warned[text] = true
		w.warn("%s", text)
	}
}

// watchCure says what to do about a folder that is not watched, or about all of them if dir is "".
func watchCure(dir string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return errors.New("this system watches no more folders, so some changes are not seen; raise the limit with: sysctl fs.inotify.max_user_watches=524288")
	case errors.Is(err, syscall.EMFILE) && dir == "":
		return fmt.Errorf("files cannot be watched: %w; end a program that watches files, or raise the limits with: sysctl fs.inotify.max_user_instances=512; ulimit -n 4096", err)
	case errors.Is(err, syscall.EMFILE):
		return errors.New("too many files are open, so some changes are not seen; raise the limit with: ulimit -n 4096")
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s cannot be read, so changes in it are not seen; make it readable, or name it in .gitignore", dir)
	case dir == "":
		return fmt.Errorf("files cannot be watched: %w", err)
	}
	return fmt.Errorf("%s is not watched, so changes in it are not seen: %w", dir, err)
}

// addTree watches a folder and those below it, and hands the files in them to seen, unless that is nil. It goes through no
// symbolic link but root: one may lead anywhere.
func (w *watcher) addTree(root string, seen func(name string)) {
	w.add(root)
	entries, _ := os.ReadDir(root) // of one that cannot be read add has told
	for _, entry := range entries {
		name := filepath.Join(root, entry.Name())
		switch {
		case !entry.IsDir():
			if seen != nil {
				seen(name)
			}
		case !w.ignore.skips(name, true) && !isOtherModule(name):
			w.addTree(name, seen)
		}
	}
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// isOtherModule reports whether a folder has a go.mod of its own. If the program is made of it, it is watched by itself.
func isOtherModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// gitLock returns the file that is there while git changes the files of the repository.
func gitLock(root string) string {
	at := filepath.Join(root, ".git")
	if text, err := os.ReadFile(at); err == nil { // a worktree or a submodule
		dir, _ := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
		if at = dir; !filepath.IsAbs(dir) {
			at = filepath.Join(root, dir)
		}
	}
	if !isFolder(at) {
		return ""
	}
	return filepath.Join(at, "index.lock")
}

// gitWorks reports whether git is changing files.
func (w *watcher) gitWorks() bool {
	if w.lock == "" {
		return false
	}
	_, err := os.Lstat(w.lock)
	return err == nil
}

// run gathers what happens and tells it.
func (w *watcher) run(ctx context.Context) {
	defer close(w.done)
	defer w.notify.Close()
	changed := map[string]bool{}
	var first, began time.Time // of the changes, from when they count and from when they have been
	var git bool               // it has worked meanwhile
	var ready chan []string    // Changes when there is something to tell
	var names []string
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-w.notify.Events:
			w.note(event, changed)
		case err := <-w.notify.Errors:
			if errors.Is(err, fsnotify.ErrEventOverflow) {
				w.lookEverywhere(changed)
			}
		case <-timer.C:
			switch {
			case time.Since(began) < gitPatient && w.gitWorks():
				git = true
				timer.Reset(quiet)
			case git: // the last of its changes may not have come yet
				git, first = false, time.Now()
				timer.Reset(quiet)
			case len(changed) > 0:
				ready, names = w.Changes, slices.Sorted(maps.Keys(changed))
			}
			continue
		case ready <- names:
			clear(changed)
			ready, first, began = nil, time.Time{}, time.Time{}
			continue
		}
		if len(changed) == 0 {
			continue
		}
		if first.IsZero() {
			first = time.Now()
			began = first
		}
		ready = nil // until it is quiet again
		timer.Reset(min(quiet, max(0, patient-time.Since(first))))
	}
}

// lookEverywhere is for the moment when the system has lost count of what has changed: anything may have.
func (w *watcher) lookEverywhere(changed map[string]bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for dir := range w.trees {
		changed[dir] = true
		w.addTree(dir, nil)
	}
}

// note adds what an event is about to what has changed.
func (w *watcher) note(event fsnotify.Event, changed map[string]bool) {
	if event.Op == fsnotify.Chmod {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	name := event.Name
	see := func(name string) {
		if w.keeps(name) || !w.ignore.skips(name, false) {
			changed[name] = true
		}
	}
	switch {
	case filepath.Base(name) == ".gitignore":
		w.ignore.forget()
		for dir := range w.trees {
			w.addTree(dir, nil)
		}
	case isFolder(name):
		if event.Has(fsnotify.Create) && !w.ignore.skips(name, true) && !isOtherModule(name) {
			w.forget(name) // another folder may have had the name
			w.addTree(name, see)
		}
	default:
		w.forget(name)
		see(name)
	}
}

// forget is for a folder that has gone, with those below it.
func (w *watcher) forget(dir string) {
	if !w.folders[dir] {
		return
	}
	for name := range w.folders {
		if name == dir || strings.HasPrefix(name, dir+string(filepath.Separator)) {
			delete(w.folders, name)
			_ = w.notify.Remove(name) // the system may have done that
		}
	}
}
