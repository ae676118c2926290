package main

import (
	"crypto/rand"
	"maps"
	"sync"
	"time"

	"github.com/dewar-go/dewar"
)

// MySessionInterface keeps at most Max sessions in memory, by id. It is safe for concurrent use.
type MySessionInterface struct {
	Max      int
	mu       sync.Mutex
	sessions map[string]record
}

type record struct {
	data []byte // in dewar's own encoding
	ends time.Time
}

// OpenSession finds the session whose id is in the cookie. An id that nobody has given out is never taken over.
func (i *MySessionInterface) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	s, id := dewar.NewSession(), dewar.SessionCookieValue(c)
	if !time.Now().Before(i.sessions[id].ends) {
		return s, nil
	}
	dewar.Stored(s).SetID(id)
	return s, dewar.Stored(s).UnmarshalBinary(i.sessions[id].data)
}

// SaveSession merges what has changed into what other requests have saved meanwhile. One that is renewed gets another id.
func (i *MySessionInterface) SaveSession(c *dewar.Context, s *dewar.Session) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	stored, id := dewar.Stored(s), s.ID()
	maps.DeleteFunc(i.sessions, func(_ string, r record) bool { return !time.Now().Before(r.ends) }) // perhaps while the request ran
	data, err := stored.MergeInto(i.sessions[id].data)
	if err != nil || !stored.ShouldSave() {
		return err
	}
	if id == "" || stored.Renewed() || stored.Destroyed() || string(data) == "{}" {
		delete(i.sessions, id)
		stored.SetID(rand.Text())
		maps.DeleteFunc(i.sessions, func(string, record) bool { return len(i.sessions) >= i.Max })
	}
	if string(data) == "{}" {
		return dewar.SetSessionCookie(c, s, "")
	}
	i.sessions[s.ID()] = record{data, time.Now().Add(c.Config().Duration("PERMANENT_SESSION_LIFETIME"))}
	return dewar.SetSessionCookie(c, s, s.ID())
}
