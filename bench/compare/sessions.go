package main

import (
	"fmt"
	"io"
	"net/http"

	"github.com/alexedwards/scs/goredisstore"
	"github.com/alexedwards/scs/v2"
	"github.com/gorilla/securecookie"
	gorilla "github.com/gorilla/sessions"
	"github.com/redis/go-redis/v9"
)

// ok is the answer of a request with a session.
func ok(w http.ResponseWriter) {
	w.Header().Set("Content-Type", plainText)
	_, _ = io.WriteString(w, "ok")
}

func newSession() map[string]any { return map[string]any{"user_id": 42, "name": "ann", "csrf": token} }

// newByHand signs values in JSON, without any library for sessions.
func newByHand(work string, _ place) (server, error) {
	if work != "read" && work != "write" {
		return server{}, unknown(work)
	}
	codec := securecookie.New([]byte(secret), nil).SetSerializer(securecookie.JSONEncoder{})
	load := func(r *http.Request) map[string]any {
		values := map[string]any{}
		if c, err := r.Cookie("session"); err == nil {
			_ = codec.Decode("session", c.Value, &values) // one that is wrong is no session
		}
		return values
	}
	save := func(w http.ResponseWriter, values map[string]any) {
		text, err := codec.Encode("session", values)
		if err != nil {
			http.Error(w, "cannot encode", http.StatusInternalServerError)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: text, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		ok(w)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /set", func(w http.ResponseWriter, _ *http.Request) { save(w, newSession()) })
	mux.HandleFunc("GET /read", func(w http.ResponseWriter, r *http.Request) {
		if id, _ := load(r)["user_id"].(float64); id != 42 {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		ok(w)
	})
	mux.HandleFunc("GET /write", func(w http.ResponseWriter, r *http.Request) {
		values := load(r)
		visits, _ := values["visits"].(float64)
		values["visits"] = visits + 1
		save(w, values)
	})
	return server{std: mux}, nil
}

func newGorilla(work string, _ place) (server, error) {
	if work != "read" && work != "write" {
		return server{}, unknown(work)
	}
	store := gorilla.NewCookieStore([]byte(secret))
	save := func(w http.ResponseWriter, r *http.Request, s *gorilla.Session) {
		if err := s.Save(r, w); err != nil {
			http.Error(w, "cannot save", http.StatusInternalServerError)
			return
		}
		ok(w)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /set", func(w http.ResponseWriter, r *http.Request) {
		s, _ := store.Get(r, "session")
		s.Values["user_id"], s.Values["name"], s.Values["csrf"] = 42, "ann", token
		save(w, r, s)
	})
	mux.HandleFunc("GET /read", func(w http.ResponseWriter, r *http.Request) {
		if s, _ := store.Get(r, "session"); s.Values["user_id"] != 42 {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		ok(w)
	})
	mux.HandleFunc("GET /write", func(w http.ResponseWriter, r *http.Request) {
		s, _ := store.Get(r, "session")
		visits, _ := s.Values["visits"].(int)
		s.Values["visits"] = visits + 1
		save(w, r, s)
	})
	return server{std: mux}, nil
}

// newSCS keeps sessions in memory or in Redis.
func newSCS(work string, at place) (server, error) {
	manager := scs.New()
	switch work {
	case "memory-read", "memory-write":
	case "redis-read", "redis-write":
		options, err := redis.ParseURL(at.redis)
		if err != nil {
			return server{}, err
		}
		manager.Store = goredisstore.New(redis.NewClient(options))
	default:
		return server{}, unknown(work)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /set", func(w http.ResponseWriter, r *http.Request) {
		for key, value := range newSession() {
			manager.Put(r.Context(), key, value)
		}
		ok(w)
	})
	mux.HandleFunc("GET /read", func(w http.ResponseWriter, r *http.Request) {
		if manager.GetInt(r.Context(), "user_id") != 42 {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		ok(w)
	})
	mux.HandleFunc("GET /write", func(w http.ResponseWriter, r *http.Request) {
		manager.Put(r.Context(), "visits", manager.GetInt(r.Context(), "visits")+1)
		ok(w)
	})
	mux.HandleFunc("GET /visits", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", plainText)
		_, _ = fmt.Fprint(w, manager.GetInt(r.Context(), "visits"))
	})
	return server{std: manager.LoadAndSave(mux)}, nil
}
