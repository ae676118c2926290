package main

import (
	"crypto/rand"
	"sync"

	"github.com/dewar-go/dewar"
)

// MySessionInterface keeps sessions in memory. It is safe for concurrent use.
type MySessionInterface struct {
	mu       sync.Mutex
	sessions map[string][]byte // in dewar's own encoding, by id
}

// OpenSession finds the session whose id is in the cookie. An id that is not known, such as one that somebody made
// up, is never taken over.
func (i *MySessionInterface) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	s, id := dewar.NewSession(), dewar.SessionCookieValue(c)
	i.mu.Lock()
	defer i.mu.Unlock()
	if data, ok := i.sessions[id]; ok && dewar.Stored(s).UnmarshalBinary(data) == nil {
		dewar.Stored(s).SetID(id)
	}
	return s, nil
}

// SaveSession keeps the session and sends its id. One that is renewed gets another id, and one that is empty ends. One
// that another request has ended meanwhile does not come back.
func (i *MySessionInterface) SaveSession(c *dewar.Context, s *dewar.Session) error {
	stored := dewar.Stored(s)
	if !stored.ShouldSave() {
		return nil
	}
	data, err := stored.MarshalBinary()
	if err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	_, known := i.sessions[s.ID()]
	if !known && s.ID() != "" && s.Len() > 0 && !stored.Destroyed() { // another request has logged out meanwhile
		return dewar.Abortf(409, "The session has ended.")
	}
	if stored.Renewed() || stored.Destroyed() || s.Len() == 0 {
		delete(i.sessions, s.ID())
		stored.SetID("")
	}
	if s.Len() == 0 {
		return dewar.SetSessionCookie(c, s, "")
	}
	if s.ID() == "" {
		stored.SetID(rand.Text())
	}
	i.sessions[s.ID()] = data
	return dewar.SetSessionCookie(c, s, s.ID())
}
