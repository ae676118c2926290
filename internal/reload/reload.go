// Package reload tells the pages that a program has served when they are out of date, and puts into a page the script
// that listens.
package reload

import (
	"bytes"
	"crypto/rand"
	_ "embed" // the script
	"strconv"
	"strings"
	"sync"
)

//go:embed reload.js
var script string

// A Hub hands what has changed to the pages that listen. It may be used by several goroutines.
type Hub struct {
	process string

	mu      sync.Mutex
	changes int
	pages   map[chan Event]bool
}

// An Event is what a page is told: "css" or "reload", or "start" at first.
type Event struct {
	Name string
	// ID is another one after each change and in each process.
	ID string
}

// NewHub returns the Hub of this process.
func NewHub() *Hub { return &Hub{process: rand.Text(), pages: map[chan Event]bool{}} }

// Script returns the script of a page, in JavaScript. It listens to a stream called reload beside itself, and loads the
// page again for what has changed since it was sent, too.
func (h *Hub) Script() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Replace(script, "SEEN", h.event("start").ID, 1)
}

// Join returns the event that a page begins with and the channel of those that follow. A page that does not keep up
// misses some. The caller calls leave when the page has gone.
func (h *Hub) Join() (start Event, events <-chan Event, leave func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	page := make(chan Event, 8)
	h.pages[page] = true
	return h.event("start"), page, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.pages, page)
	}
}

// Tell tells all pages that something has changed.
func (h *Hub) Tell(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.changes++
	for page := range h.pages {
		select {
		case page <- h.event(name):
		default:
		}
	}
}

func (h *Hub) event(name string) Event {
	return Event{name, h.process + "." + strconv.Itoa(h.changes)}
}

// Insert returns a copy of a page with tag in front of the end of its body. ok is false, and the page as it was, if it
// is only a part of one, has the tag already, or has a policy of its own that may forbid scripts.
func Insert(page []byte, tag string) (whole []byte, ok bool) {
	lower := lowered(page)
	at := bytes.LastIndex(lower, []byte("</body"))
	if at < 0 {
		if at = len(page); !isDocument(lower) {
			return page, false
		}
	}
	if bytes.Contains(page, []byte(tag)) || bytes.Contains(lower, []byte("content-security-policy")) {
		return page, false
	}
	whole = make([]byte, 0, len(page)+len(tag))
	return append(append(append(whole, page[:at]...), tag...), page[at:]...), true
}

// lowered returns text with the letters of ASCII in lower case, and everything where it was.
func lowered(text []byte) []byte {
	lower := bytes.Clone(text)
	for i, c := range lower {
		if 'A' <= c && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	return lower
}

// isDocument reports whether a page without the end of its body, which HTML allows, is more than a part of one.
func isDocument(lower []byte) bool {
	lower = bytes.TrimSpace(bytes.TrimPrefix(lower, []byte("\ufeff")))
	return bytes.HasPrefix(lower, []byte("<!doctype html")) || bytes.HasPrefix(lower, []byte("<html"))
}
