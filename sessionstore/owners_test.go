package sessionstore_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/sessionstore"
)

func owned(i *sessionstore.SessionInterface) {
	i.Owner = func(s *dewar.Session) string { return s.String("user") }
}

func checked(i *sessionstore.SessionInterface) { owned(i); i.CheckOwner = true }

// login logs a new visitor in.
func login(w *site, user, device string) *visitor {
	v := w.visitor()
	v.session(set("device", device))
	v.session(func(s *dewar.Session) { s.Renew(); s.Set("user", user) })
	return v
}

func devices(t *testing.T, w *site, user string) (got []string) {
	t.Helper()
	list, err := w.i.Sessions(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		got = append(got, o.Session.String("device"))
	}
	slices.Sort(got)
	return got
}

func alive(v *visitor) bool { return v.values()["user"] != nil }

func TestSessionsOfAUserAreListedAndEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newSite(t, nil, owned)
		phone, laptop, other := login(w, "ann", "phone"), login(w, "ann", "laptop"), login(w, "bob", "desk")
		time.Sleep(time.Hour)
		laptop.session(set("x", 1))
		list, err := w.i.Sessions(t.Context(), "ann")
		if err != nil || len(list) != 2 {
			t.Fatalf("got %v, %v, want two sessions", list, err)
		}
		first := list[0] // seen last
		if first.Session.String("device") != "laptop" || !first.Seen.Equal(time.Now()) || !first.Created.Equal(time.Now().Add(-time.Hour)) || !first.Expires.After(first.Seen) {
			t.Errorf("got %+v", first)
		}
		var id string
		laptop.session(func(s *dewar.Session) { id = s.ID() })
		if id != first.ID {
			t.Errorf("got id %q, the session has %q", first.ID, id)
		}
		if ok, err := w.i.End(t.Context(), "bob", id); ok || err != nil || !alive(laptop) {
			t.Errorf("another's session was ended: %t, %v", ok, err)
		}
		if ok, err := w.i.End(t.Context(), "ann", id); !ok || err != nil || alive(laptop) || !alive(phone) {
			t.Errorf("End: got %t, %v, laptop alive %t, phone alive %t", ok, err, alive(laptop), alive(phone))
		}
		laptop = login(w, "ann", "laptop")
		laptop.session(func(s *dewar.Session) { id = s.ID() })
		if n, err := w.i.EndOthers(t.Context(), "ann", id); n != 1 || err != nil || !alive(laptop) || alive(phone) {
			t.Errorf("EndOthers: got %d, %v", n, err)
		}
		phone = login(w, "ann", "phone")
		if n, err := w.i.EndAll(t.Context(), "ann"); n != 2 || err != nil || alive(laptop) || alive(phone) || !alive(other) {
			t.Errorf("EndAll: got %d, %v", n, err)
		}
		if got := devices(t, w, "ann"); len(got) != 0 {
			t.Errorf("got %q", got)
		}
	})
}

func TestClaimsComeFirstAndGoLast(t *testing.T) {
	t.Parallel()
	w := newSite(t, nil, owned)
	v := w.visitor()
	for _, tt := range []struct {
		name string
		do   func(s *dewar.Session)
		want string
	}{
		{"a login without a session", set("user", "ann"), "claim create"},
		{"a write", set("a", 1), "load update"},
		{"another user", set("user", "bob"), "load claim update"},
		{"a logout by deleting", func(s *dewar.Session) { s.Delete("user") }, "load update"},
		{"a login", func(s *dewar.Session) { s.Renew(); s.Set("user", "ann") }, "load claim update"},
		{"a logout by clearing", (*dewar.Session).Clear, "load update"}, // a login may be under way
		{"a login once more", set("user", "ann"), "load claim update"},
		{"a logout", (*dewar.Session).Destroy, "load delete release"},
	} {
		w.store.took()
		if v.session(tt.do); w.store.took() != tt.want {
			v.session(tt.do)
			t.Errorf("%s: got other calls than %q", tt.name, tt.want)
		}
	}
	w.store.failWith(only("release", hang))
	v.session(set("user", "ann"))
	w.store.failWith(only("release", always(errors.New("a failure of the test"))))
	if rec := v.do(change((*dewar.Session).Destroy)); rec.Code != 200 {
		t.Errorf("a claim that could not be released: got %d", rec.Code)
	}
	w.store.failWith(only("claim", always(sessionstore.ErrUnavailable)))
	before := w.store.len()
	if rec := w.visitor().do(change(set("user", "ann"))); rec.Code != 503 || w.store.len() != before {
		t.Errorf("a claim that failed: got %d and %d sessions more, want a 503 and none", rec.Code, w.store.len()-before)
	}
}

func TestClaimsAreRenewedWhileTheSessionLives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newSite(t, dewar.Map{"PERMANENT_SESSION_LIFETIME": 8 * time.Hour}, owned)
		until := &untils{table: w.store, of: map[sessionstore.Handle]time.Time{}}
		w.i.Store = until
		v := login(w, "ann", "phone")
		for range 200 {
			time.Sleep(11 * time.Minute)
			v.session(set("n", time.Now().String()))
			if h, r := w.store.only(t); until.of[h].Before(r.Expires()) {
				t.Fatalf("claimed until %s, and lives until %s", until.of[h], r.Expires())
			}
		}
		if until.claims > 50 {
			t.Errorf("claimed %d times in 200 writes, want seldom", until.claims)
		}
	})
}

func TestASessionThatNeverEndsIsClaimedForAsLong(t *testing.T) {
	t.Parallel()
	w := newSite(t, dewar.Map{"PERMANENT_SESSION_LIFETIME": time.Duration(math.MaxInt64)}, owned)
	until := &untils{table: w.store, of: map[sessionstore.Handle]time.Time{}}
	w.i.Store = until
	w.visitor().session(set("user", "ann"))
	if h, r := w.store.only(t); until.of[h].Before(r.Expires()) {
		t.Errorf("claimed until %s, and lives until %s", until.of[h], r.Expires())
	}
}

// untils remembers until when sessions are claimed.
type untils struct {
	*table
	of     map[sessionstore.Handle]time.Time
	claims int
}

func (u *untils) Claim(_ context.Context, _ string, h sessionstore.Handle, _, until time.Time) error {
	u.of[h] = until
	u.claims++
	return nil
}

func TestStaleClaimsAreDropped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newSite(t, nil, owned)
		login(w, "ann", "phone")
		h, _ := w.store.only(t)
		_ = w.store.Delete(t.Context(), h)
		gone := sessionstore.Handle{1}
		w.store.claimed["ann"][gone] = time.Now()
		w.store.claimed["bob"] = map[sessionstore.Handle]time.Time{}
		if got := devices(t, w, "ann"); len(got) != 0 || len(w.store.claimed["ann"]) != 2 {
			t.Errorf("got %q; claims of sessions that may be about to begin must stay, %d are left", got, len(w.store.claimed["ann"]))
		}
		time.Sleep(2 * time.Minute)
		if devices(t, w, "ann"); len(w.store.claimed["ann"]) != 0 {
			t.Errorf("%d stale claims are left", len(w.store.claimed["ann"]))
		}
		// A claim of a session that is somebody else's by now ends nobody's.
		v := login(w, "bob", "desk")
		h, _ = w.store.only(t)
		w.store.claimed["ann"][h] = time.Now()
		if n, err := w.i.EndAll(t.Context(), "ann"); n != 0 || err != nil || !alive(v) {
			t.Errorf("got %d, %v, alive %t", n, err, alive(v))
		}
	})
}

// TestALoginDuringEndAll has the sessions of a user ended at every moment of a login.
func TestALoginDuringEndAll(t *testing.T) {
	t.Parallel()
	for _, config := range []struct {
		name   string
		change func(i *sessionstore.SessionInterface)
	}{{"by the index", owned}, {"by marks", checked}} {
		for _, at := range []string{"claim", "mark", "create", "update"} {
			if at == "mark" && config.name == "by the index" {
				continue // nothing asks for it
			}
			t.Run(config.name+" before "+at, func(t *testing.T) {
				t.Parallel()
				w := newSite(t, nil, config.change)
				old := login(w, "ann", "old")
				v := w.visitor()
				if at == "update" {
					v.session(set("device", "new"))
				}
				ended := false
				w.store.failWith(only(at, func(ctx context.Context, _ string, _ sessionstore.Handle) error {
					if !ended {
						ended = true
						if _, err := w.i.EndAll(ctx, "ann"); err != nil {
							t.Error(err)
						}
					}
					return nil
				}))
				rec := v.do(change(func(s *dewar.Session) { s.Renew(); s.Set("user", "ann"); s.Set("device", "new") }))
				w.store.failWith(nil)
				if !ended || alive(old) {
					t.Error("a session from before is alive")
				}
				// It has ended too, or comes after, and then it is listed.
				if rec.Code == 200 && alive(v) && strings.Join(devices(t, w, "ann"), " ") != "new" {
					t.Errorf("the login is alive and not in the list: %q", devices(t, w, "ann"))
				}
			})
		}
	}
}

func TestMarksEndWhatTheIndexHasLost(t *testing.T) {
	t.Parallel()
	w := newSite(t, nil, checked)
	v := login(w, "ann", "phone")
	w.store.claimed["ann"] = nil // as after a failover
	if n, err := w.i.EndAll(t.Context(), "ann"); n != 0 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	if alive(v) {
		t.Error("the session is alive")
	}
	v = login(w, "ann", "phone")
	if !alive(v) {
		t.Error("a login after that has ended")
	}
}

func TestListingNeedsAnIndex(t *testing.T) {
	t.Parallel()
	type bare struct{ sessionstore.Store }
	w := newSite(t, nil)
	w.i.Store = bare{w.store}
	if _, err := w.i.Sessions(t.Context(), "ann"); err == nil || !strings.Contains(err.Error(), "OwnerIndex") {
		t.Errorf("got %v", err)
	}
}
