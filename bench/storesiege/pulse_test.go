package storesiege

import (
	"net/http"
	"sync"
	"time"
)

// A pulse tells when the machine itself, and not a store, kept answers waiting: it asks each process all the time for a page
// without a session.
type pulse struct {
	mu     sync.Mutex
	stalls []span
}

const (
	beat = 25 * time.Millisecond
	// stalled is how late a page without a session is when the machine stalls. A request has several steps that may each be
	// that late.
	stalled = 50 * time.Millisecond
)

// watch asks until stop is closed.
func (p *pulse) watch(f *fleet, addr string, stop <-chan struct{}) {
	for {
		due := time.Now().Add(beat)
		select {
		case <-stop:
			return
		case <-time.After(beat):
			if err := f.control(addr, http.MethodGet, "/ping", nil, nil); err != nil {
				continue // its end
			}
			p.note(span{"ping", due, time.Now()})
		}
	}
}

func (p *pulse) note(s span) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.took() > stalled {
		p.stalls = append(p.stalls, s)
	}
}

// excuses reports whether the machine stalled while a request was under way.
func (p *pulse) excuses(s span) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, stall := range p.stalls {
		if stall.from.Before(s.to) && s.from.Before(stall.to) {
			return true
		}
	}
	return false
}
