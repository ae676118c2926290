package debugtoolbar

import (
	"slices"
	"sync"
)

// A ring keeps the newest recordings, within a bound of their number and one of their bytes.
type ring struct {
	limit      int
	limitBytes int64

	mu       sync.Mutex
	kept     []*recording // the oldest first
	bytes    int64
	watchers map[chan *recording]bool
}

// add keeps rec, drops what is too much, and tells those who watch.
func (r *ring) add(rec *recording) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = append(r.kept, rec)
	r.bytes += rec.size
	surplus := 0
	for len(r.kept)-surplus > r.limit || r.bytes > r.limitBytes && surplus < len(r.kept)-1 {
		r.bytes -= r.kept[surplus].size
		r.kept[surplus] = nil
		surplus++
	}
	r.kept = r.kept[surplus:]
	for watcher := range r.watchers {
		select {
		case watcher <- rec:
		default: // it is slow, and finds out when it loads the page again
		}
	}
}

// newest returns what is kept, the newest first.
func (r *ring) newest() []*recording {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := slices.Clone(r.kept)
	slices.Reverse(all)
	return all
}

// find returns the recording with that id, or nil.
func (r *ring) find(id int64) *recording {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rec := range r.kept {
		if rec.id == id {
			return rec
		}
	}
	return nil
}

// watch returns a channel on which new recordings come until stop is called.
func (r *ring) watch() (news <-chan *recording, stop func()) {
	watcher := make(chan *recording, 64)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.watchers == nil {
		r.watchers = map[chan *recording]bool{}
	}
	r.watchers[watcher] = true
	return watcher, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.watchers, watcher)
	}
}
