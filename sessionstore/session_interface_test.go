package sessionstore_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/sessionstore"
)

func set(key string, value any) func(s *dewar.Session) {
	return func(s *dewar.Session) { s.Set(key, value) }
}

func read(s *dewar.Session) { s.Get("a") }

// change makes a view of what it does to the session.
func change(f func(s *dewar.Session)) func(c *dewar.Context) error {
	return func(c *dewar.Context) error { f(c.Session()); return nil }
}

func cookies(rec *httptest.ResponseRecorder) []string { return rec.Result().Header["Set-Cookie"] }

func TestCallsOfTheStore(t *testing.T) {
	t.Parallel()
	w := newSite(t, nil)
	v := w.visitor()
	none := func(c *dewar.Context) error { return nil }
	for _, tt := range []struct {
		name    string
		view    func(c *dewar.Context) error
		calls   string
		cookies int
	}{
		{"a stranger who does not ask for the session", none, "", 0},
		{"a stranger who reads", change(read), "", 0},
		{"a stranger who clears, renews and destroys", change(func(s *dewar.Session) { s.Clear(); s.Renew(); s.Destroy() }), "", 0},
		{"a stranger who sets and deletes", change(func(s *dewar.Session) { s.Set("a", 1); s.Delete("a") }), "", 0},
		{"the first value", change(set("a", 1)), "create", 1},
		{"a visitor who does not ask for the session", none, "", 0},
		{"reading", change(read), "load", 0},
		{"a write", change(set("b", 2)), "load update", 0},
		{"a write of the same value", change(set("b", 2)), "load update", 0},
		{"becoming permanent", change(func(s *dewar.Session) { s.SetPermanent(true) }), "load update", 1},
		{"reading a permanent session", change(read), "load", 0},
		{"renewing", change((*dewar.Session).Renew), "load update", 1},
		{"clearing", change((*dewar.Session).Clear), "load update", 1},
		{"reading an empty session", change(read), "load", 0},
		{"destroying", change((*dewar.Session).Destroy), "load delete", 1},
		{"a stranger again", change(read), "", 0},
	} {
		rec := v.do(tt.view)
		if got := w.store.took(); got != tt.calls || rec.Code != 200 || len(cookies(rec)) != tt.cookies {
			t.Errorf("%s: got %d, calls %q, cookies %q; want %q and %d cookies", tt.name, rec.Code, got, cookies(rec), tt.calls, tt.cookies)
		}
	}
	if w.store.len() != 0 {
		t.Errorf("%d sessions are left", w.store.len())
	}
}

func TestHostileCookiesNeverReachTheStore(t *testing.T) {
	t.Parallel()
	w := newSite(t, nil)
	v := w.visitor()
	v.session(set("a", 1))
	good := v.cookie
	other := newSite(t, dewar.Map{"SECRET_KEY": "another key for these tests"}).visitor()
	other.session(set("a", 1))
	w.store.took()
	hostile := []string{
		"", "1", "../../etc/passwd", `a\b`, "*", "session:x", "' OR 1=1--", "{tag}", "\x00", strings.Repeat("A", 42), strings.Repeat("A", 89),
		strings.Repeat("A", 10_000), good + "=", good[:88], good + "A", strings.ToUpper(good), "é" + good[2:], other.cookie,
		strings.Repeat("A", 22) + good[22:], good[:23] + strings.Repeat("A", 43) + good[66:], good[:67] + strings.Repeat("A", 22),
		good[:67], good[:22], strings.ReplaceAll(good, ".", "-"),
	}
	for n := range good { // every character of it another one
		b := []byte(good)
		if b[n]++; b[n] == '.' {
			b[n]++
		}
		hostile = append(hostile, string(b))
	}
	for _, cookie := range hostile {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", "session="+cookie)
		r = r.WithContext(context.WithValue(r.Context(), viewKey{}, change(func(s *dewar.Session) {
			if s.Len() > 0 {
				t.Errorf("%q opened a session", cookie)
			}
		})))
		if rec := (&visitor{site: w}).send(r); rec.Code != 200 || len(cookies(rec)) > 0 {
			t.Errorf("%q: got %d with cookies %q", cookie, rec.Code, cookies(rec))
		}
	}
	if calls := w.store.took(); calls != "" {
		t.Errorf("the store was asked: %s", calls)
	}
	v.want(map[string]any{"a": int64(1)})
}

// A node that loses its replicas has removed the session, but nobody else has: saying that it is gone would be a promise that
// nobody keeps.
func TestALogoutIsRepeatedThoughNothingIsFound(t *testing.T) {
	t.Parallel()
	w := newSite(t, nil)
	v := w.visitor()
	v.session(set("a", 1))
	v.twin().session((*dewar.Session).Destroy)
	w.store.failWith(func(_ context.Context, call string, _ sessionstore.Handle) error {
		if call == "delete" {
			return fmt.Errorf("%w: too few replicas", sessionstore.ErrUnavailable)
		}
		return nil
	})
	w.store.took()
	rec := v.do(change((*dewar.Session).Destroy))
	if calls := w.store.took(); rec.Code != 503 || calls != "load delete" || len(cookies(rec)) > 0 {
		t.Errorf("got %d, calls %q, cookies %q; want 503 from load and delete", rec.Code, calls, cookies(rec))
	}
	w.store.failWith(nil)
	if rec := v.do(change((*dewar.Session).Destroy)); rec.Code != 200 || len(cookies(rec)) != 1 {
		t.Errorf("then got %d, cookies %q; want 200 and the cookie deleted", rec.Code, cookies(rec))
	}
}

func TestAnEndedSessionIsNotAdopted(t *testing.T) {
	t.Parallel()
	w := newSite(t, nil)
	v := w.visitor()
	v.session(set("a", 1))
	before := v.cookie
	h, _ := w.store.only(t)
	_ = w.store.Delete(t.Context(), h)
	v.want(nil)
	v.session(set("b", 2))
	if now, _ := w.store.only(t); now == h || v.cookie == before {
		t.Error("the handle of an ended session was used again")
	}
	v.want(map[string]any{"b": int64(2)})
}

func TestTheStoreHoldsNothingThatOpensASession(t *testing.T) {
	t.Parallel()
	w := newSite(t, nil)
	v := w.visitor()
	v.session(set("a", 1))
	h, r := w.store.only(t)
	secret := strings.Split(v.cookie, ".")[1]
	blob, err := r.MarshalBinary()
	if err != nil || strings.Contains(string(blob)+h.String(), secret) || r.Secret == (sessionstore.Hash{}) {
		t.Errorf("the secret is in the store, or no hash of it: %v", err)
	}
	// A record that was moved under another handle is not opened.
	u := w.visitor()
	u.session(set("a", "of another visitor"))
	for other, stolen := range w.store.records {
		if other != h {
			w.store.records[h] = stolen
		}
	}
	v.want(nil)
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	w := newSite(t, nil)
	v := w.visitor()
	v.session(set("a", 1))
	before := v.cookie
	rotated := newSite(t, dewar.Map{"SECRET_KEY": "a newer key for these tests", "SECRET_KEY_FALLBACKS": []string{"a key for tests of sessionstore"}},
		func(i *sessionstore.SessionInterface) { i.Store = w.store })
	v.site = rotated
	w.store.took()
	v.want(map[string]any{"a": int64(1)})
	if calls := w.store.took(); calls != "load" || v.cookie == before || v.cookie[:66] != before[:66] {
		t.Errorf("got calls %q and the same secret %t, want the cookie signed anew and no write", calls, v.cookie[:66] == before[:66])
	}
	if rec := v.session(read); len(cookies(rec)) > 0 {
		t.Errorf("signed anew once more: %q", cookies(rec))
	}
	v.site = newSite(t, dewar.Map{"SECRET_KEY": "a newer key for these tests"}, func(i *sessionstore.SessionInterface) { i.Store = w.store })
	v.want(map[string]any{"a": int64(1)})
	v.cookie = before
	v.want(nil)
}

func TestWithoutASecretKeyThereAreNoSessions(t *testing.T) {
	t.Parallel()
	w := newSite(t, dewar.Map{"SECRET_KEY": nil})
	v := w.visitor()
	v.want(nil)
	if rec := v.do(change(set("a", 1))); rec.Code != 500 || !strings.Contains(w.logs.String(), "SECRET_KEY") {
		t.Errorf("got %d and log %s, want a 500 with the cure", rec.Code, w.logs)
	}
}

// TestRequestsOfOneSession has a second request of the same visitor run between the opening and the saving of a first.
func TestRequestsOfOneSession(t *testing.T) {
	t.Parallel()
	begin := func(s *dewar.Session) { s.Set("a", 1); s.Set("n", 0) }
	count := func(s *dewar.Session) {
		s.Change("n", func(old any) any { n, _ := old.(int64); return n + 1 })
	}
	for _, tt := range []struct {
		name          string
		first, second func(s *dewar.Session)
		code          int            // of the first; the second is always 200
		want          map[string]any // nil if the session has ended
	}{
		{"two keys", set("b", 2), set("c", 3), 200, map[string]any{"a": int64(1), "b": int64(2), "c": int64(3), "n": int64(0)}},
		{"one key, the later wins", set("a", 2), set("a", 3), 200, map[string]any{"a": int64(2), "n": int64(0)}},
		{"a key deleted meanwhile is set", set("a", 2), func(s *dewar.Session) { s.Delete("a") }, 200, map[string]any{"a": int64(2), "n": int64(0)}},
		{"a key set meanwhile is deleted", func(s *dewar.Session) { s.Delete("a") }, set("a", 3), 200, map[string]any{"n": int64(0)}},
		{"deleted to nothing while another is set", func(s *dewar.Session) { s.Delete("a", "n") }, set("b", 2), 200, map[string]any{"b": int64(2)}},
		{"cleared meanwhile", set("b", 2), (*dewar.Session).Clear, 200, map[string]any{"b": int64(2)}},
		{"clearing", (*dewar.Session).Clear, set("b", 2), 200, map[string]any{}},
		{"destroyed meanwhile", set("b", 2), (*dewar.Session).Destroy, 409, nil},
		{"destroyed meanwhile, only read", read, (*dewar.Session).Destroy, 200, nil},
		{"destroyed twice", (*dewar.Session).Destroy, (*dewar.Session).Destroy, 200, nil},
		{"destroyed meanwhile, and begun anew here", func(s *dewar.Session) { s.Destroy(); s.Set("b", 2) }, (*dewar.Session).Destroy, 200, map[string]any{"b": int64(2)}},
		{"counted by two", count, count, 200, map[string]any{"a": int64(1), "n": int64(2)}},
		{"counted twice by two", func(s *dewar.Session) { count(s); count(s) }, count, 200, map[string]any{"a": int64(1), "n": int64(3)}},
		{"counted after it was set here", func(s *dewar.Session) { s.Set("n", 10); count(s) }, count, 200, map[string]any{"a": int64(1), "n": int64(11)}},
		{"set after it was counted here", func(s *dewar.Session) { count(s); s.Set("n", 10) }, count, 200, map[string]any{"a": int64(1), "n": int64(10)}},
		{"counted while it is deleted", count, func(s *dewar.Session) { s.Delete("n") }, 200, map[string]any{"a": int64(1), "n": int64(1)}},
		{"a change that removes", func(s *dewar.Session) { s.Change("n", func(any) any { return nil }) }, count, 200, map[string]any{"a": int64(1)}},
		{"counted while it is destroyed", count, (*dewar.Session).Destroy, 409, nil},
		{"counted while it is cleared", count, (*dewar.Session).Clear, 200, map[string]any{"n": int64(1)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newSite(t, nil)
			v := w.visitor()
			v.session(begin)
			rec := v.do(func(c *dewar.Context) error {
				tt.first(c.Session())
				v.twin().session(tt.second)
				return nil
			})
			if rec.Code != tt.code {
				t.Errorf("got %d, want %d; log: %s", rec.Code, tt.code, w.logs)
			}
			v.want(tt.want)
			if tt.want == nil && (w.store.len() > 0 || tt.code == 409 && (w.count("ended") != 1 || v.cookie != "")) {
				t.Errorf("%d sessions in the store, %d counted as ended, cookie %q; want none, one and none", w.store.len(), w.count("ended"), v.cookie)
			}
		})
	}
}

func TestALateSaveOfAnEndedSession(t *testing.T) {
	t.Parallel()
	w := newSite(t, nil)
	w.ErrorHandler(http.StatusConflict, func(c *dewar.Context, err error) error {
		c.Response.WriteHeader(http.StatusConflict)
		return c.Text("please log in again")
	})
	v := w.visitor()
	v.session(set("a", 1))
	rec := v.do(func(c *dewar.Context) error {
		c.Session().Set("b", 2)
		v.twin().session((*dewar.Session).Destroy)
		return nil
	})
	if rec.Code != 409 || rec.Body.String() != "please log in again" {
		t.Errorf("got %d %q, want the page of the error handler", rec.Code, rec.Body)
	}
	if got := cookies(rec); len(got) != 1 || !strings.Contains(got[0], "Max-Age=0") {
		t.Errorf("got cookies %q, want one that is deleted", got)
	}
}

func TestRenew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newSite(t, nil)
		v := w.visitor()
		v.session(set("a", 1))
		old := v.twin()
		h, _ := w.store.only(t)
		// A request that was opened before Renew loses nothing.
		rec := v.do(func(c *dewar.Context) error {
			c.Session().Set("early", 1)
			v.session((*dewar.Session).Renew)
			return nil
		})
		if rec.Code != 200 || len(cookies(rec)) > 0 {
			t.Errorf("the early request: got %d with cookies %q", rec.Code, cookies(rec))
		}
		v.want(map[string]any{"a": int64(1), "early": int64(1)})
		if now, _ := w.store.only(t); now != h || v.cookie == old.cookie {
			t.Error("the handle has changed, or the secret has not")
		}
		// One with the old secret that comes late is empty and must not write.
		late := *old
		late.want(nil)
		for name, f := range map[string]func(s *dewar.Session){"set": set("b", 2), "destroy": (*dewar.Session).Destroy, "renew": (*dewar.Session).Renew} {
			late = *old
			if rec := late.do(change(f)); rec.Code != 409 || len(cookies(rec)) > 0 {
				t.Errorf("late %s: got %d with cookies %q, want a bare 409", name, rec.Code, cookies(rec))
			}
		}
		if w.count("superseded") != 3 {
			t.Errorf("counted %d superseded requests, want 3", w.count("superseded"))
		}
		// After the grace it is a stranger, and its write another session.
		time.Sleep(10 * time.Second)
		late = *old
		late.want(nil)
		late.session(set("c", 3))
		late.want(map[string]any{"c": int64(3)})
		v.want(map[string]any{"a": int64(1), "early": int64(1)})
	})
}

func TestOfTwoRenewsOneWins(t *testing.T) {
	t.Parallel()
	w := newSite(t, nil)
	v := w.visitor()
	v.session(set("user", "nobody"))
	rec := v.do(func(c *dewar.Context) error {
		c.Session().Renew()
		c.Session().Set("user", "loser")
		c.Session().Change("n", func(any) any { return 1 })
		v.session(func(s *dewar.Session) { s.Renew(); s.Set("user", "winner") })
		return nil
	})
	if rec.Code != 409 || len(cookies(rec)) > 0 {
		t.Errorf("the loser: got %d with cookies %q, want a bare 409", rec.Code, cookies(rec))
	}
	v.want(map[string]any{"user": "winner"})
}

func TestValuesThatCannotBeReadAreLostAlone(t *testing.T) {
	t.Parallel()
	w := newSite(t, nil)
	v := w.visitor()
	v.session(func(s *dewar.Session) { s.Set("a", 1); s.Set("b", 2) })
	h, r := w.store.only(t)
	r.Values["b"], r.Values["c"] = `{" u":"no uuid"}`, `{"cut":`
	w.store.records[h] = r
	v.want(map[string]any{"a": int64(1)})
	if log := w.logs.String(); !strings.Contains(log, "[b c]") || strings.Contains(log, "no uuid") || w.count("unreadable") != 1 {
		t.Errorf("got log %s and %d events, want the keys once, and no value", log, w.count("unreadable"))
	}
	if _, r := w.store.only(t); r.Values["b"] == "" {
		t.Error("the value is not kept for inspection")
	}
	v.session(set("b", 3))
	v.want(map[string]any{"a": int64(1), "b": int64(3)})
}

func TestARecordThatCannotBeReadIsANewVisitor(t *testing.T) {
	t.Parallel()
	w := newSite(t, nil)
	v := w.visitor()
	v.session(set("a", 1))
	h, _ := w.store.only(t)
	w.store.failWith(func(_ context.Context, call string, asked sessionstore.Handle) error {
		if call == "load" && asked == h {
			return sessionstore.ErrUnreadable
		}
		return nil
	})
	v.want(nil)
	v.session(set("b", 2))
	v.want(map[string]any{"b": int64(2)})
	if w.store.len() != 2 || w.count("unreadable") != 2 || !strings.Contains(w.logs.String(), h.String()) {
		t.Errorf("got %d records and %d events, want the unreadable one kept, counted and named in the log: %s", w.store.len(), w.count("unreadable"), w.logs)
	}
}

func TestLifetimes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		config dewar.Map
		begin  func(s *dewar.Session)
		uses   []time.Duration // between one use and the next
		alive  bool            // at the last
	}{
		{"idle, not over", dewar.Map{"PERMANENT_SESSION_LIFETIME": time.Hour}, nil, []time.Duration{59 * time.Minute}, true},
		{"idle, over", dewar.Map{"PERMANENT_SESSION_LIFETIME": time.Hour}, nil, []time.Duration{time.Hour}, false},
		{"idle, used in between", dewar.Map{"PERMANENT_SESSION_LIFETIME": time.Hour}, nil, []time.Duration{50 * time.Minute, 50 * time.Minute, 50 * time.Minute}, true},
		{"idle, used in between without refresh", dewar.Map{"PERMANENT_SESSION_LIFETIME": time.Hour, "SESSION_REFRESH_EACH_REQUEST": false}, nil, []time.Duration{50 * time.Minute, 11 * time.Minute}, false},
		{"absolute, not over", dewar.Map{"SESSION_ABSOLUTE_LIFETIME": 2 * time.Hour}, nil, []time.Duration{time.Hour, 59 * time.Minute}, true},
		{"absolute, over", dewar.Map{"SESSION_ABSOLUTE_LIFETIME": 2 * time.Hour}, nil, []time.Duration{time.Hour, time.Hour}, false},
		{"its own, longer", dewar.Map{"PERMANENT_SESSION_LIFETIME": time.Hour}, own(30*24*time.Hour, 0), []time.Duration{29 * 24 * time.Hour, 29 * 24 * time.Hour}, true},
		{"its own, shorter", dewar.Map{"PERMANENT_SESSION_LIFETIME": time.Hour}, own(time.Minute, 0), []time.Duration{time.Minute}, false},
		{"its own absolute", nil, own(time.Hour, 90*time.Minute), []time.Duration{45 * time.Minute, 45 * time.Minute}, false},
		{"its own, no absolute", dewar.Map{"SESSION_ABSOLUTE_LIFETIME": time.Hour}, own(2*time.Hour, 0), []time.Duration{time.Hour, time.Hour}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newSite(t, tt.config)
				v := w.visitor()
				v.session(func(s *dewar.Session) {
					s.Set("a", 1)
					if tt.begin != nil {
						tt.begin(s)
					}
				})
				alive := true
				for _, pause := range tt.uses {
					time.Sleep(pause)
					alive = len(v.values()) > 0
				}
				if alive != tt.alive {
					t.Errorf("alive %t, want %t", alive, tt.alive)
				}
			})
		})
	}
}

func own(idle, absolute time.Duration) func(s *dewar.Session) {
	return func(s *dewar.Session) {
		if err := sessionstore.SetLifetime(s, idle, absolute); err != nil {
			panic(err)
		}
	}
}

func TestASlowRequestDoesNotShortenALifetime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newSite(t, dewar.Map{"PERMANENT_SESSION_LIFETIME": time.Hour})
		v := w.visitor()
		v.session(set("a", 1))
		v.do(func(c *dewar.Context) error {
			c.Session().Set("b", 2)
			v.twin().session(own(30*24*time.Hour, 0))
			return nil
		})
		time.Sleep(24 * time.Hour)
		v.want(map[string]any{"a": int64(1), "b": int64(2)})
	})
}

func TestLifetimesThatCannotBe(t *testing.T) {
	t.Parallel()
	if err := sessionstore.SetLifetime(dewar.NewSession(), time.Hour, 0); err == nil || !strings.Contains(err.Error(), "app.SessionInterface") {
		t.Errorf("a session of nobody: got %v", err)
	}
	newSite(t, nil).visitor().session(func(s *dewar.Session) {
		for _, tt := range [][2]time.Duration{{0, 0}, {-1, 0}, {time.Microsecond, 0}, {time.Hour, -1}, {401 * 24 * time.Hour, 0}} {
			if sessionstore.SetLifetime(s, tt[0], tt[1]) == nil {
				t.Errorf("%v was taken", tt)
			}
		}
	})
}

func TestUnchangedSessionsAreWrittenSeldom(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		touch time.Duration
		after time.Duration
		want  string
	}{
		{"before five minutes", 0, 5*time.Minute - time.Second, "load"},
		{"after five minutes", 0, 5 * time.Minute, "load update"},
		{"its own, before", 30 * time.Minute, 29 * time.Minute, "load"},
		{"its own, after", 30 * time.Minute, 30 * time.Minute, "load update"},
		{"longer than the session lives", 24 * time.Hour, time.Hour, "load update"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newSite(t, dewar.Map{"PERMANENT_SESSION_LIFETIME": 2 * time.Hour}, func(i *sessionstore.SessionInterface) { i.TouchAfter = tt.touch })
				v := w.visitor()
				v.session(func(s *dewar.Session) { s.Set("a", 1); s.SetPermanent(true) })
				w.store.took()
				time.Sleep(tt.after)
				rec := v.session(read)
				if got := w.store.took(); got != tt.want || (len(cookies(rec)) > 0) != (tt.want != "load") {
					t.Errorf("got %q and cookies %q, want %q, and the cookie prolonged with the session", got, cookies(rec), tt.want)
				}
			})
		})
	}
}

func TestASessionThatIsOpenedLateIsReadAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newSite(t, nil)
		v := w.visitor()
		v.session(func(s *dewar.Session) { s.Set("a", 1); s.SetPermanent(true) })
		time.Sleep(time.Hour)
		w.store.took()
		rec := v.do(func(c *dewar.Context) error {
			c.Response.Flush()
			if c.Session().Int("a") != 1 {
				t.Error("the session is empty")
			}
			return nil
		})
		if got := w.store.took(); rec.Code != 200 || got != "load" || len(cookies(rec)) > 0 {
			t.Errorf("got %d, calls %q, cookies %q", rec.Code, got, cookies(rec))
		}
		if strings.Contains(w.logs.String(), "save") {
			t.Errorf("log: %s", w.logs)
		}
	})
}

func TestAFlashAfterClearStays(t *testing.T) {
	t.Parallel()
	w := newSite(t, nil)
	v := w.visitor()
	v.do(func(c *dewar.Context) error { c.Flash("one"); c.Flash("two"); return nil })
	v.do(func(c *dewar.Context) error { c.Session().Clear(); c.Flash("one"); return nil })
	v.do(func(c *dewar.Context) error {
		if got := c.FlashedMessages(); len(got) != 1 || got[0].Message != "one" {
			t.Errorf("got %v, want the one that was flashed after Clear", got)
		}
		return nil
	})
}

func TestFlashesAreAppendedAndTaken(t *testing.T) {
	t.Parallel()
	shown := func(c *dewar.Context) (texts []string) {
		for _, f := range c.FlashedMessages() {
			texts = append(texts, f.Message)
		}
		return texts
	}
	w := newSite(t, nil)
	v := w.visitor()
	flash := func(text string) { v.twin().do(func(c *dewar.Context) error { c.Flash(text); return nil }) }
	v.do(func(c *dewar.Context) error { c.Flash("one"); return nil })
	v.do(func(c *dewar.Context) error { // appended by two at once
		c.Flash("two")
		flash("three")
		return nil
	})
	v.do(func(c *dewar.Context) error { // taken while another is flashed
		if got := strings.Join(shown(c), " "); got != "one three two" && got != "one two three" {
			t.Errorf("got %q", got)
		}
		flash("four")
		c.Flash("five")
		return nil
	})
	v.do(func(c *dewar.Context) error { // taken by two at once
		got := shown(c)
		flash("four") // the same text as one that is being taken
		v.twin().do(func(c *dewar.Context) error {
			if len(shown(c)) != 3 {
				t.Errorf("got %q in the meantime", shown(c))
			}
			return nil
		})
		if len(got) != 2 {
			t.Errorf("got %q, want two", got)
		}
		return nil
	})
	v.do(func(c *dewar.Context) error {
		if got := shown(c); len(got) != 0 {
			t.Errorf("got %q once more", got)
		}
		return nil
	})
	if _, r := w.store.only(t); len(r.Values) != 0 {
		t.Errorf("%d values are left of flashes", len(r.Values))
	}
}

func TestAFlashThatIsFlashedAgainIsNotTakenByAnother(t *testing.T) {
	t.Parallel()
	for _, before := range [][]string{{"one"}, {"one", "two"}} {
		w := newSite(t, nil)
		v := w.visitor()
		v.do(func(c *dewar.Context) error {
			for _, text := range before {
				c.Flash(text)
			}
			return nil
		})
		v.do(func(c *dewar.Context) error {
			c.FlashedMessages()
			c.Flash("one")
			v.twin().do(func(c *dewar.Context) error { c.FlashedMessages(); return nil })
			return nil
		})
		v.do(func(c *dewar.Context) error {
			if got := c.FlashedMessages(); len(got) != 1 || got[0].Message != "one" {
				t.Errorf("after %q got %v, want the one that was flashed again", before, got)
			}
			return nil
		})
	}
}

func TestASessionThatIsTooLarge(t *testing.T) {
	t.Parallel()
	w := newSite(t, nil, func(i *sessionstore.SessionInterface) { i.MaxSize = 100 })
	v := w.visitor()
	v.session(set("a", strings.Repeat("x", 50)))
	for name, u := range map[string]*visitor{"grown": v, "new": w.visitor()} {
		if rec := u.do(change(set("big", strings.Repeat("x", 60)+strings.Repeat("y", 40)))); rec.Code != 500 || !strings.Contains(w.logs.String(), `\"big\" with 102 bytes`) {
			t.Errorf("%s: got %d and log %s", name, rec.Code, w.logs)
		}
	}
	v.session(func(s *dewar.Session) { s.Delete("a"); s.Set("b", strings.Repeat("x", 70)) }) // what goes makes room
	if w.store.len() != 1 || strings.Contains(w.logs.String(), "yyy") {
		t.Errorf("got %d records, want one, and no value in the log", w.store.len())
	}
}

// wrong is a table that has something to say about its fields.
type wrong struct{ *table }

func (wrong) CheckConfig(*dewar.Values) error { return errors.New("the prefix is wrong") }

func TestFieldsThatDoNotGoTogether(t *testing.T) {
	t.Parallel()
	type bare struct{ sessionstore.Store }
	owner := func(*dewar.Session) string { return "" }
	for _, tt := range []struct {
		name string
		i    *sessionstore.SessionInterface
		want string
	}{
		{"no store", &sessionstore.SessionInterface{}, "has no Store"},
		{"an owner without an index", &sessionstore.SessionInterface{Store: bare{newTable()}, Owner: owner}, "OwnerIndex"},
		{"marks without a store of marks", &sessionstore.SessionInterface{Store: bare{newTable()}, CheckOwner: true}, "OwnerMarks"},
		{"a store with a wrong field", &sessionstore.SessionInterface{Store: wrong{newTable()}}, "the prefix is wrong"},
		{"marks without an owner", &sessionstore.SessionInterface{Store: newTable(), CheckOwner: true}, "needs Owner"},
		{"marks that end before sessions do", &sessionstore.SessionInterface{Store: newTable(), Owner: owner, CheckOwner: true}, "lower it to 400 days"},
	} {
		app := dewar.New("app", dewar.RootPath(t.TempDir()))
		if err := app.Config.Set("PERMANENT_SESSION_LIFETIME", 401*24*time.Hour); err != nil {
			t.Fatal(err)
		}
		app.SessionInterface = tt.i
		if err := app.Build(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want it to say %q", tt.name, err, tt.want)
		}
	}
}
