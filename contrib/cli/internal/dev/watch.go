package dev

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Editors save a file in several steps, and tools save several files. A change is told when nothing more has happened
// for a while, or when that goes on for too long.
const (
	quiet   = 25 * time.Millisecond
	patient = 250 * time.Millisecond
)

// A watcher tells what changes below the folders of a project.
type watcher struct {
	// Changes has the files that have changed, several at once.
	Changes chan []string

	notify  *fsnotify.Watcher
	ignore  *ignorer
	keeps   func(name string) bool // files that are told even if they are ignored
	folders int
	failed  error // why not all folders are watched
}

// newWatcher watches the folders of p until ctx ends.
func newWatcher(ctx context.Context, p *project) (*watcher, error) {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("files cannot be watched: %w", err)
	}
	now := *p // the runner's own may become another
	w := &watcher{Changes: make(chan []string), notify: notify, ignore: newIgnorer(p.modules[0]), keeps: now.isEnvironment}
	w.add(p.dir)
	for _, dir := range p.modules {
		w.addTree(dir, nil)
	}
	for _, dir := range p.packages {
		w.add(dir)
	}
	go w.run(ctx)
	return w, nil
}

// add watches one folder.
func (w *watcher) add(dir string) {
	err := w.notify.Add(dir)
	switch {
	case errors.Is(err, syscall.ENOSPC):
		w.failed = errors.New("this system watches no more folders, so some changes are not seen; raise the limit with: sysctl fs.inotify.max_user_watches=524288")
	case err == nil:
		w.folders++
	case !errors.Is(err, fs.ErrNotExist):
		w.failed = fmt.Errorf("%s is not watched: %w", dir, err)
	}
}

// addTree watches a folder and those below it, and hands the files in them to seen, unless that is nil.
func (w *watcher) addTree(root string, seen func(name string)) {
	_ = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // it has gone again
		case !entry.IsDir():
			if seen != nil {
				seen(name)
			}
		case name != root && (w.ignore.skips(name, true) || isOtherModule(name)):
			return fs.SkipDir
		default:
			w.add(name)
		}
		return nil
	})
}

// isOtherModule reports whether a folder has a go.mod of its own. If the program is made of it, it is watched by itself.
func isOtherModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// run gathers what happens and tells it.
func (w *watcher) run(ctx context.Context) {
	defer w.notify.Close()
	var changed []string
	var first time.Time
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		var ready chan []string
		select {
		case <-ctx.Done():
			return
		case event, ok := <-w.notify.Events:
			if !ok {
				return
			}
			if changed = w.note(event, changed); len(changed) == 0 {
				continue
			}
			if first.IsZero() {
				first = time.Now()
			}
			timer.Reset(min(quiet, max(0, patient-time.Since(first))))
			continue
		case <-w.notify.Errors: // too much at once; what comes next tells enough
			continue
		case <-timer.C:
			ready = w.Changes
		}
		if len(changed) == 0 {
			continue
		}
		select {
		case ready <- changed:
			changed, first = nil, time.Time{}
		case <-ctx.Done():
			return
		}
	}
}

// note adds what an event is about to the files that have changed.
func (w *watcher) note(event fsnotify.Event, changed []string) []string {
	if event.Op == fsnotify.Chmod {
		return changed
	}
	name := event.Name
	if filepath.Base(name) == ".gitignore" {
		w.ignore.forget()
		return changed
	}
	see := func(name string) {
		if !slices.Contains(changed, name) && (w.keeps(name) || !w.ignore.skips(name, false)) {
			changed = append(changed, name)
		}
	}
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		if event.Has(fsnotify.Create) && !w.ignore.skips(name, true) {
			w.addTree(name, see)
		}
		return changed
	}
	see(name)
	return changed
}
