package dewartest

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
)

// savingChecks are about what is kept, one request after the other.
func savingChecks(b SessionBackend) []sessionCheck {
	checks := []sessionCheck{
		{"values come back", "A session keeps the types of its values; store what dewar.Stored(s) encodes, and restore it with the same.", checkTypes},
		{"changes are kept", "Set, Delete, Clear and changes inside values are kept, and ID is the same in every request of a session. dewar.Stored(s).ShouldSave and Changes tell of all of them.", checkChanges},
		{"flashes are shown once", "A flashed message is shown once, and those that were flashed meanwhile stay.", checkFlashes},
		{"permanent sessions", "The cookie of a permanent session has an Expires, that of another none.", checkPermanent},
	}
	if b.Damage != nil {
		checks = append(checks, sessionCheck{"a damaged value is lost alone", "A value that cannot be decoded is left out and logged; the session and its other values stay, and the key can be set again.", checkDamage})
	}
	if b.Fail != nil {
		checks = append(checks, sessionCheck{"a failing backend loses nobody", "Return an error when the database fails: the request ends in 503, and its cookie stays. A visitor who has a session is never taken for one without.", checkFailure})
	}
	return checks
}

func checkTypes(t *sessionTest) {
	v := t.visitor()
	values := dewar.Map{
		"text": "é \x00 \"quoted\" </script> \u2028 😀", "empty": "", "int": int64(1<<53 + 1), "negative": int64(-1), "float": 1.5, "yes": true, "no": false,
		"bytes": []byte("\x00\xff"), "time": time.Date(2026, 2, 28, 23, 59, 59, 0, time.UTC), "list": []any{int64(1), "two", nil}, "map": dewar.Map{"a": dewar.Map{"b": int64(1)}},
		"": "the empty key", "a.b $ * ' \" { \x00": "an odd key", strings.Repeat("k", 500): "a long key", "long": strings.Repeat("x'\\", 10_000),
	}
	v.does(func(s *dewar.Session) { s.Update(values) })
	for range 2 {
		v.reads(func(s *dewar.Session) {
			if s.Len() != len(values) {
				t.fail("the session has %d values, want %d", s.Len(), len(values))
			}
			for key, want := range values {
				if got := s.Get(key); !reflect.DeepEqual(got, want) {
					t.fail("the session has %.60q as a %T under %.40q, want %.60q as a %T", fmt.Sprint(got), got, key, fmt.Sprint(want), want)
				}
			}
		})
	}
}

func checkChanges(t *sessionTest) {
	v := t.visitor()
	v.does(func(s *dewar.Session) {
		if !s.IsNew() {
			t.fail("the session of a new visitor is not new")
		}
		s.Update(dewar.Map{"a": 1, "b": 2, "cart": dewar.Map{"apple": 1}})
	})
	var id string
	v.reads(func(s *dewar.Session) { id = s.ID() })
	if id == "" {
		t.fail("a session that is kept on the server has no ID; tell it with dewar.Stored(s).SetID")
	}
	v.does(func(s *dewar.Session) {
		if s.IsNew() || s.ID() != id {
			t.fail("the second request of a session finds it new (%t), or under another ID", s.IsNew())
		}
		s.Map("cart")["pear"] = 2 // a change inside a value
	})
	v.does(func(s *dewar.Session) { s.Delete("a") })
	v.reads(func(s *dewar.Session) {
		if got := s.Keys(); !slices.Equal(got, []string{"b", "cart"}) || len(s.Map("cart")) != 2 {
			t.fail("after a Delete and a change inside a value the session has the keys %q and %d things in the cart, want b, cart and 2", got, len(s.Map("cart")))
		}
	})
	v.does(func(s *dewar.Session) { s.Clear() })
	v.wants("b", nil, "after Clear")
	v.set("c", 3)
	v.reads(func(s *dewar.Session) {
		if got := s.Keys(); !slices.Equal(got, []string{"c"}) {
			t.fail("after Clear and a Set the session has the keys %q, want c", got)
		}
	})
}

// flash has the visitor see messages.
func (v *visitor) flash(messages ...string) {
	v.t.Helper()
	v.view(func(c *dewar.Context) error {
		for _, message := range messages {
			c.Flash(message)
		}
		return c.NoContent()
	})
}

// shows checks the messages that a request takes.
func (v *visitor) shows(want ...string) {
	v.t.Helper()
	var got []string
	v.view(func(c *dewar.Context) error { got = messagesOf(c); return c.NoContent() })
	if !slices.Equal(got, want) {
		v.t.fail("a request shows the messages %q, want %q", got, want)
	}
}

func messagesOf(c *dewar.Context) (messages []string) {
	for _, flash := range c.FlashedMessages() {
		messages = append(messages, flash.Message)
	}
	return messages
}

func checkFlashes(t *sessionTest) {
	v := t.visitor()
	v.flash("one")
	v.flash("two", "two", "three")
	v.shows("one", "two", "two", "three")
	v.shows()
	v.set("a", 1)
	v.flash("four")
	v.view(func(c *dewar.Context) error { messagesOf(c); c.Flash("five"); return c.NoContent() })
	v.shows("five")
	v.shows()
	v.wants("a", int64(1), "after messages were shown")
}

func checkPermanent(t *sessionTest) {
	v := t.visitor()
	v.set("a", 1)
	if c := v.sent(); c == nil || !c.Expires.IsZero() || c.MaxAge != 0 {
		t.fail("the cookie of a session that is not permanent is %v, want one without Expires", c)
	}
	v.does(func(s *dewar.Session) { s.SetPermanent(true) })
	if c := v.sent(); c == nil || time.Until(c.Expires) < time.Hour {
		t.fail("the cookie of a session that becomes permanent is %v, want one with an Expires", c)
	}
	v.wants("_permanent", true, "after SetPermanent")
	v.does(func(s *dewar.Session) { s.SetPermanent(false) })
	if c := v.sent(); c == nil || !c.Expires.IsZero() {
		t.fail("the cookie of a session that is permanent no more is %v, want one without Expires", c)
	}
	v.wants("a", int64(1), "after SetPermanent")
}

// sent returns the session's cookie in the last answer, or nil.
func (v *visitor) sent() *http.Cookie {
	if v.last != nil {
		for _, c := range v.last.Cookies() {
			if c.Name == sessionCookie {
				return c
			}
		}
	}
	return nil
}

func checkDamage(t *sessionTest) {
	v := t.visitor()
	v.does(func(s *dewar.Session) { s.Update(dewar.Map{"good": 1, "bad": 2}) })
	var id string
	v.reads(func(s *dewar.Session) { id = s.ID() })
	t.backend.Damage(id, "bad")
	v.reads(func(s *dewar.Session) {
		if got := s.Keys(); !slices.Equal(got, []string{"good"}) || s.IsNew() {
			t.fail("with a damaged value the session has the keys %q, want good", got)
		}
	})
	v.set("other", 3)
	v.wants("good", int64(1), "after a change beside a damaged value")
	v.set("bad", 4)
	v.wants("bad", int64(4), "after a damaged value was replaced")
	v.wants("good", int64(1), "after a damaged value was replaced")
}

func checkFailure(t *sessionTest) {
	v, stranger := t.visitor(), t.visitor()
	v.set("a", 1)
	t.backend.Fail(true)
	for what, f := range map[string]func(s *dewar.Session){
		"reads":    func(s *dewar.Session) { s.Get("a") },
		"writes":   func(s *dewar.Session) { s.Set("b", 2) },
		"destroys": func(s *dewar.Session) { s.Destroy() },
	} {
		if status := v.tries(f); status != http.StatusServiceUnavailable || v.setsCookie() {
			t.fail("while the database fails a request that %s is answered with status %d and a cookie %t, want 503 and none", what, status, v.setsCookie())
		}
	}
	if status := stranger.tries(func(s *dewar.Session) { s.Set("a", 1) }); status != http.StatusServiceUnavailable || stranger.setsCookie() {
		t.fail("while the database fails a session begins with status %d and a cookie %t, want 503 and none", status, stranger.setsCookie())
	}
	t.backend.Fail(false)
	for limit := time.Now().Add(5 * time.Second); v.tries(func(*dewar.Session) {}) != http.StatusOK && time.Now().Before(limit); {
		time.Sleep(20 * time.Millisecond)
	}
	v.wants("a", int64(1), "after the database has failed")

	slow := v.with()
	finish := slow.open(func(s *dewar.Session) { t.backend.Fail(true); s.Set("c", 3) })
	if status := finish(); status != http.StatusServiceUnavailable || slow.setsCookie() {
		t.fail("a request whose session cannot be saved is answered with status %d and a cookie %t, want 503 and none", status, slow.setsCookie())
	}
	t.backend.Fail(false)
	v.wants("a", int64(1), "after a change could not be saved")
}

// endChecks are about how sessions end.
func endChecks(b SessionBackend) []sessionCheck {
	checks := []sessionCheck{
		{"Destroy is final", "After Session.Destroy the cookie is deleted and opens nothing; what is set after that begins another session.", checkDestroy},
		{"a late save revives nothing", "A save that finds its session ended by another request changes nothing: it answers 409. dewar.Stored(s).MergeInto does this.", checkLateSave},
		{"a client that leaves undoes nothing", "Save and end sessions with context.WithoutCancel: a logout counts although the client has gone away.", checkClientLeaves},
	}
	if b.Advance != nil {
		checks = append(checks, sessionCheck{"sessions end when they are not used", "A session ends PERMANENT_SESSION_LIFETIME after it was used last, whatever the cookie says.", checkIdle})
	}
	if b.Advance != nil && b.Absolute {
		checks = append(checks, sessionCheck{"sessions end at the latest", "A session ends SESSION_ABSOLUTE_LIFETIME after it began, however often it is used.", checkAbsolute})
	}
	return checks
}

func checkDestroy(t *sessionTest) {
	v := t.visitor()
	v.set("a", 1)
	old := v.with()
	v.does(func(s *dewar.Session) { s.Destroy() })
	if v.cookie != "" {
		t.fail("the answer to Session.Destroy does not delete the cookie")
	}
	old.isNobody("after Session.Destroy")
	old.with().does(func(s *dewar.Session) { s.Destroy() }) // a second logout
	old.with().does(func(s *dewar.Session) { s.Renew() })
	old.isNobody("after Session.Destroy, and a Renew with its cookie,")

	v.set("a", 1)
	old = v.with()
	v.does(func(s *dewar.Session) { s.Destroy(); s.Set("b", 2) })
	if v.cookie == old.cookie || v.cookie == "" {
		t.fail("what is set after Session.Destroy begins no session with a cookie of its own")
	}
	old.isNobody("after Session.Destroy, and a Set in the same request,")
	v.wants("b", int64(2), "after Session.Destroy, and a Set in the same request,")
	v.wants("a", nil, "after Session.Destroy, and a Set in the same request,")
}

func checkLateSave(t *sessionTest) {
	for _, late := range []struct {
		what   string
		f      func(s *dewar.Session)
		status int
	}{
		{"sets a value", func(s *dewar.Session) { s.Set("b", 2) }, http.StatusConflict},
		{"deletes a value", func(s *dewar.Session) { s.Delete("a") }, http.StatusConflict},
		{"renews it", func(s *dewar.Session) { s.Renew() }, http.StatusConflict},
		{"clears it and logs in", func(s *dewar.Session) { s.Clear(); s.Renew(); s.Set("user", "ann") }, http.StatusConflict},
		{"reads it", func(s *dewar.Session) { s.Get("a") }, http.StatusOK},
		{"ends it too", func(s *dewar.Session) { s.Destroy() }, http.StatusOK},
	} {
		v := t.visitor()
		v.does(func(s *dewar.Session) { s.Update(dewar.Map{"a": 1, "keep": 1}) })
		old, slow := v.with(), v.with()
		finish := slow.open(late.f)
		v.does(func(s *dewar.Session) { s.Destroy() })
		if status := finish(); status != late.status {
			t.fail("a slow request that %s is answered with status %d after the session has ended, want %d; the log ends with\n\t%s", late.what, status, late.status, &t.log)
		}
		old.isNobody("of a session that ended while a slow request " + late.what)
		if late.status == http.StatusConflict && slow.cookie != "" && slow.cookie != old.cookie {
			t.fail("a slow request that %s got a new cookie after the session has ended", late.what)
		}
	}
}

func checkClientLeaves(t *sessionTest) {
	for what, f := range map[string]func(s *dewar.Session){"Destroy": func(s *dewar.Session) { s.Destroy() }, "Set": func(s *dewar.Session) { s.Set("a", 2) }} {
		v := t.visitor()
		v.set("a", 1)
		ctx, leave := context.WithCancel(context.Background())
		t.ask(ctx, v.by, sessionCookie+"="+v.cookie, func(c *dewar.Context) error {
			f(c.Session())
			leave()
			return c.NoContent()
		})
		leave()
		if what == "Destroy" {
			v.isNobody("after Session.Destroy by a client that has gone away")
			continue
		}
		v.wants("a", int64(2), "after a Set by a client that has gone away")
	}
}

func checkIdle(t *sessionTest) {
	t.openApps(dewar.Map{"PERMANENT_SESSION_LIFETIME": time.Hour})
	for _, permanent := range []bool{false, true} {
		v := t.visitor()
		v.does(func(s *dewar.Session) { s.Set("a", 1); s.SetPermanent(permanent) })
		for range 4 { // each read lets it live on
			t.backend.Advance(45 * time.Minute)
			v.wants("a", int64(1), "45 minutes after it was used, with a lifetime of an hour,")
		}
		v.set("b", 2)
		old := v.with()
		slow := v.with()
		finish := slow.open(func(s *dewar.Session) { s.Set("c", 3) })
		t.backend.Advance(time.Hour + time.Second)
		old.isNobody("more than the lifetime after the session was used last")
		if finish() == http.StatusOK && slow.cookie == old.cookie {
			old.isNobody("of a session that has expired, after a slow request has saved it,")
		}
		old.set("d", 4)
		if old.cookie == v.cookie {
			t.fail("the cookie of a session that has expired became that of a new session")
		}
		old.wants("a", nil, "that began after one has expired")
	}
}

func checkAbsolute(t *sessionTest) {
	t.openApps(dewar.Map{"PERMANENT_SESSION_LIFETIME": time.Hour, "SESSION_ABSOLUTE_LIFETIME": 2 * time.Hour})
	v := t.visitor()
	v.set("a", 1)
	for _, f := range []func(s *dewar.Session){func(s *dewar.Session) { s.Set("b", 2) }, func(s *dewar.Session) { s.Renew() }, func(s *dewar.Session) { s.Clear(); s.Set("a", 1) }} {
		t.backend.Advance(39 * time.Minute)
		v.does(f)
		v.wants("a", int64(1), "before its absolute lifetime has passed")
	}
	t.backend.Advance(4 * time.Minute)
	v.isNobody("after SESSION_ABSOLUTE_LIFETIME, though it was used,")
}
