package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar/bench/siege/app"
)

func TestModelExplains(t *testing.T) {
	t.Parallel()
	m := model{entered: true, added: 3, doubts: 1, notes: []string{"acknowledged", "doubtful"}}
	for _, tt := range []struct {
		name    string
		seen    app.Seen
		problem string
	}{
		{"what was acknowledged", app.Seen{Count: 3, Note: "acknowledged"}, ""},
		{"what may have happened", app.Seen{Count: 4, Note: "doubtful"}, ""},
		{"a lost raise", app.Seen{Count: 2, Note: "acknowledged"}, "the counter is 2, and 3 raises were acknowledged"},
		{"a raise that nobody asked for", app.Seen{Count: 5, Note: "doubtful"}, "only 4 raises were asked for"},
		{"a lost note", app.Seen{Count: 3}, `the note is ""`},
	} {
		got := m.explain(tt.seen)
		if tt.problem == "" && got != "" || !strings.Contains(got, tt.problem) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.problem)
		}
	}
}

// A shop is a small application without dewar, with the flaw that a test wants.
type shop struct {
	mu       sync.Mutex
	sessions map[string]*app.Seen
	flaw     string
	adds     int
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flaw != "no Vary" {
		w.Header().Set("Vary", "Cookie")
		w.Header().Set("Cache-Control", "private")
	}
	if r.URL.Path == "/enter" {
		id := fmt.Sprint(len(s.sessions))
		s.sessions[id] = &app.Seen{Name: r.FormValue("name"), Secret: r.FormValue("secret")}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: id})
		_ = json.NewEncoder(w).Encode(s.sessions[id])
		return
	}
	cookie, err := r.Cookie("session")
	if err != nil {
		_ = json.NewEncoder(w).Encode(app.Seen{})
		return
	}
	s.answer(w, r, cookie.Value)
}

// answer answers who has a session.
func (s *shop) answer(w http.ResponseWriter, r *http.Request, id string) {
	mine := s.sessions[id]
	if mine == nil {
		mine = &app.Seen{}
	}
	switch r.URL.Path {
	case "/add":
		if s.adds++; s.flaw != "lost" || s.adds%10 != 0 {
			mine.Count++
		}
	case "/note":
		var body struct{ Text string }
		_ = json.NewDecoder(r.Body).Decode(&body)
		mine.Note = body.Text
	case "/leave":
		if s.flaw != "comes back" {
			delete(s.sessions, id)
		}
	}
	said := *mine
	switch {
	case s.flaw == "mixed" && s.adds > 20:
		said.Name = "somebody else"
	case s.flaw == "anonymous" && s.adds > 20:
		said = app.Seen{}
	case s.flaw == "leaked" && s.adds > 20:
		said.Note = canary + "key-0123"
	case s.flaw == "failed" && s.adds > 20:
		w.WriteHeader(500)
	case s.flaw == "split":
		w.Header().Add("Set-Cookie", "injected=1")
	}
	_ = json.NewEncoder(w).Encode(said)
}

func TestVisitorsFindFlaws(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ flaw, promise string }{
		{"", ""},
		{"lost", failClosed},
		{"anonymous", failClosed},
		{"comes back", failClosed},
		{"mixed", noMixing},
		{"leaked", noSecret},
		{"failed", othersUnharmed},
		{"no Vary", notCached},
		{"split", noSplitHeader},
	} {
		t.Run("flaw "+tt.flaw, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(&shop{sessions: map[string]*app.Seen{}, flaw: tt.flaw})
			defer server.Close()
			f := &field{ledger: newLedger(), rand: rand.New(rand.NewPCG(1, 1))}
			s := &site{name: "shop", scheme: "http", sessions: "memory", addr: server.Listener.Addr().String(), field: f}
			v := f.visitor(s)
			defer v.close()
			for i := range 200 {
				do := []func(*visitor){(*visitor).read, (*visitor).add, (*visitor).note, (*visitor).leave}[min(i%40/10, 3)]
				if v.wanted = time.Now(); !v.model.entered {
					do = (*visitor).enter
				}
				do(v)
			}
			for _, promise := range promises {
				tried, ok := f.ledger.promises[promise]
				if broken := ok && tried.Broken > 0; promise == tt.promise && !broken || promise != tt.promise && tt.flaw == "" && broken {
					t.Errorf("%q: broken is %v: %v", promise, broken, tried)
				}
			}
			if sums := f.ledger.sums; tt.flaw == "" && (sums.Requests < 200 || sums.Acknowledged < 50) {
				t.Errorf("of 200 requests %d were counted, and %d changes acknowledged", sums.Requests, sums.Acknowledged)
			}
		})
	}
}
