package redisstore_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/redisstore"
	"github.com/dewar-go/dewar/internal/servers"
	"github.com/dewar-go/dewar/sessionstore"
)

func record(values map[string]string) sessionstore.Record {
	now := time.Now().UTC().Truncate(time.Millisecond)
	return sessionstore.Record{Values: values, Secret: sessionstore.Hash{1}, Created: now, Seen: now, Idle: time.Hour}
}

func at() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// use creates, changes, reads and deletes a session with n values.
func use(t *testing.T, s *redisstore.Store, n int) {
	t.Helper()
	h := handle()
	values, more, gone := map[string]string{}, map[string]string{}, []string{}
	for i := range n {
		values[fmt.Sprint("old", i)] = "1"
		gone = append(gone, fmt.Sprint("old", i))
		more[fmt.Sprint("new", i)] = "2"
	}
	if err := s.Create(t.Context(), h, record(values)); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), h, sessionstore.Delta{At: at(), Set: more, Delete: gone, Expect: map[string]string{"old0": "1", "new0": ""}}); err != nil {
		t.Fatal(err)
	}
	r, err := s.Load(t.Context(), h)
	if err != nil || len(r.Values) != n || r.Values["new0"] != "2" {
		t.Fatalf("Load returned %v, %v, want %d new values", r, err, n)
	}
	if err := s.Delete(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(t.Context(), h); err != sessionstore.ErrNotFound {
		t.Fatalf("Load after Delete returned %v, want ErrNotFound", err)
	}
}

func TestManyValues(t *testing.T) {
	s := opened(t, servers.RedisURL(t))
	for _, n := range []int{1, 1999, 2000, 2001, 9000} {
		use(t, s, n)
	}
}

// Of two requests, one makes a session live for long; the other has opened it before that, and claims it for less.
func TestAShorterClaimTakesNothingFromALongerOne(t *testing.T) {
	s, long, other := opened(t, servers.RedisURL(t)), handle(), handle()
	claim := func(h sessionstore.Handle, at time.Time, life time.Duration) {
		t.Helper()
		if err := s.Claim(t.Context(), "ann", h, at, at.Add(life)); err != nil {
			t.Fatal(err)
		}
	}
	claim(long, at(), 30*24*time.Hour)
	claim(long, at(), time.Hour)
	claim(other, at().Add(3*24*time.Hour), time.Hour) // which removes what nobody needs by then
	claims, err := s.Claims(t.Context(), "ann")
	if err != nil || !slices.ContainsFunc(claims, func(c sessionstore.Claim) bool { return c.Handle == long }) {
		t.Errorf("got %v, %v; the session that lives for 30 days is missing", claims, err)
	}
}
