package dewartest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/dewar-go/dewar"
)

// idChecks are about cookies and whom they let in.
func idChecks(b SessionBackend) []sessionCheck {
	checks := []sessionCheck{
		{"the cookie names a session and is no session", "A cookie holds a random id of 128 bits at least, and no value of the session; no two sessions have the same.", checkCookie},
		{"cookies are as configured", "Send the cookie with dewar.SetSessionCookie, once in an answer, so that every SESSION_COOKIE key counts.", checkCookieSettings},
		{"caches are told", "An answer that depends on the session has Vary: Cookie, and one that sets its cookie Cache-Control: no-store. dewar does this; do not take it away.", checkCaches},
		{"unknown ids are never adopted", "A cookie whose session the backend has not is no session: what is set then gets a new id, or attackers choose the ids of others.", checkAdoption},
		{"hostile ids", "A cookie that cannot be one is no session and no error.", checkHostile},
		{"every character of a cookie counts", "A cookie that differs in one character opens nothing.", checkMutations},
		{"a login renews the cookie", "After Session.Renew the values stay, the old cookie opens nothing from then on, and the answer has a new one: or who knew it before a login is in after it.", checkFixation},
		{"visitors are not mixed up", "Each visitor sees his own values alone, whatever others do at once.", checkVisitors},
	}
	if b.Sessions != nil {
		checks = append(checks, sessionCheck{"visitors who set nothing create nothing", "Keep a session when something is set, not when it is opened; read SESSION values freely.", checkAnonymous})
	}
	return checks
}

func checkCookie(t *sessionTest) {
	seen := map[string]bool{}
	for range 100 {
		v := t.visitor()
		v.set("secret", "plainly-visible")
		switch {
		case v.cookie == "":
			t.fail("an answer to a request that set a value has no cookie")
			return
		case seen[v.cookie]:
			t.fail("two sessions have the same cookie")
		case len(v.cookie) < 22:
			t.fail("a cookie has %d characters, which are no 128 random bits", len(v.cookie))
		case strings.Contains(v.cookie, "plainly-visible"):
			t.fail("the cookie holds a value of the session")
		}
		seen[v.cookie] = true
	}
}

func checkCookieSettings(t *sessionTest) {
	t.openApps(dewar.Map{"SESSION_COOKIE_PATH": "/only/here", "SESSION_COOKIE_SAMESITE": "Strict", "SESSION_COOKIE_HTTPONLY": true, "SESSION_COOKIE_DOMAIN": "shop.example"})
	v := t.visitor()
	v.set("a", 1)
	t.wantCookie(v, "that keeps a session")
	v.does(func(s *dewar.Session) { s.Destroy() })
	t.wantCookie(v, "that deletes it")
	if v.cookie != "" {
		t.fail("the answer to Session.Destroy does not delete the cookie")
	}
}

// wantCookie checks the attributes of the cookie in the last answer.
func (t *sessionTest) wantCookie(v *visitor, what string) {
	t.Helper()
	var cookies []*http.Cookie
	if v.last != nil {
		cookies = v.last.Cookies()
	}
	if len(cookies) != 1 {
		t.fail("the answer %s has %d cookies, want one", what, len(cookies))
		return
	}
	c := cookies[0]
	if c.Name != sessionCookie || c.Path != "/only/here" || c.SameSite != http.SameSiteStrictMode || !c.HttpOnly || c.Domain != "shop.example" {
		t.fail("the cookie %s is named %q with Path %q, SameSite %v, HttpOnly %t and Domain %q, which is not what was configured", what, c.Name, c.Path, c.SameSite, c.HttpOnly, c.Domain)
	}
}

func checkCaches(t *sessionTest) {
	v := t.visitor()
	v.set("a", 1)
	t.wantCaching(v, "no-store")
	v.get("a")
	t.wantCaching(v, "private")
	if v.setsCookie() {
		t.fail("the answer to a request that read a value sets a cookie")
	}
	v.does(func(s *dewar.Session) { s.Destroy() })
	t.wantCaching(v, "no-store")
	v = t.visitor()
	v.get("a")
	t.wantCaching(v, "private")
	if v.setsCookie() {
		t.fail("the answer to a visitor without a session sets a cookie")
	}
}

func (t *sessionTest) wantCaching(v *visitor, want string) {
	t.Helper()
	if v.last == nil {
		return
	}
	vary, control := v.last.Header.Values("Vary"), v.last.Header.Get("Cache-Control")
	if !strings.Contains(strings.Join(vary, ","), "Cookie") || !strings.Contains(control, want) {
		t.fail("an answer has Vary %q and Cache-Control %q, want Cookie and %s", vary, control, want)
	}
}

func checkAdoption(t *sessionTest) {
	v := t.visitor()
	v.set("a", 1)
	attacker := v.with()
	v.does(func(s *dewar.Session) { s.Destroy() })
	victim := attacker.with()
	victim.isNobody("after its session has ended")
	victim.set("user", "ann")
	if victim.cookie == attacker.cookie {
		t.fail("a cookie whose session had ended became that of a new session")
	}
	attacker.isNobody("of a session that has ended, after somebody else has sent it and set a value,")
	victim.wants("user", "ann", "with the new cookie")
}

// hostileIDs returns cookie values that attackers send, each for a kind of backend.
func hostileIDs() []string {
	return []string{
		"", "0", "1", "../../etc/passwd", "..", "a/b", `a\b`, "*", "?", "[a-z]", "session:x", "{hash}tag", "' OR 1=1--", `"; DROP TABLE sessions`, "$ne", "%00", "%2e%2e%2f",
		"\x00", "a\x00b", "a\r\nSet-Cookie: b=c", "é", "\xff\xfe", "null", "undefined", "true", "{}", "[]", "..", "...", ".", "a.b.c", "==", "AAAA",
		strings.Repeat("A", 22), strings.Repeat("A", 43), strings.Repeat("A", 44), strings.Repeat("A", 22) + "." + strings.Repeat("A", 43) + "." + strings.Repeat("A", 22),
		strings.Repeat("0", 32), "00000000-0000-0000-0000-000000000000", strings.Repeat("x", 4000), strings.Repeat("x", 10_000), strings.Repeat(".", 89),
	}
}

func checkHostile(t *sessionTest) {
	for _, id := range hostileIDs() {
		v := t.visitor()
		v.cookie = id
		t.isRefused(v, fmt.Sprintf("a cookie of %d bytes that begins with %.20q", len(id), id))
		v = t.visitor()
		v.cookie = id
		v.set("a", 1)
		if v.cookie == id {
			t.fail("the id %.20q, which the visitor made up, was adopted", id)
		}
		v.wants("a", int64(1), "after a made-up id was replaced")
	}
}

// isRefused checks that a cookie opens nothing, and that the backend was not asked for it.
func (t *sessionTest) isRefused(v *visitor, what string) {
	t.Helper()
	before := 0
	if t.backend.Asked != nil {
		before = t.backend.Asked()
	}
	v.isNobody(what + ":")
	if t.backend.Asked != nil && t.backend.Asked() != before {
		t.fail("%s reached the database", what)
	}
}

func checkMutations(t *sessionTest) {
	v := t.visitor()
	v.set("a", 1)
	for i := range v.cookie {
		for _, with := range []byte{'A', 'B', v.cookie[i] ^ 0x20} {
			mutant := v.with()
			mutant.cookie = v.cookie[:i] + string(rune(with&0x7f)) + v.cookie[i+1:]
			if mutant.cookie != v.cookie && validInCookie(with) {
				t.isRefused(mutant, fmt.Sprintf("a cookie with another character at %d", i))
			}
		}
	}
	for _, other := range []string{v.cookie + "A", "A" + v.cookie, v.cookie[1:], v.cookie[:len(v.cookie)-1], v.cookie + v.cookie, strings.ToUpper(v.cookie), v.cookie + "%00", v.cookie + "="} {
		mutant := v.with()
		if mutant.cookie = other; other != v.cookie {
			t.isRefused(mutant, "a cookie that was cut, lengthened or written in capitals")
		}
	}
	v.wants("a", int64(1), "after others had tried variations of the cookie")
}

// validInCookie reports whether browsers and servers take b for a part of a cookie's value.
func validInCookie(b byte) bool {
	return b > ' ' && b < 0x7f && b != ';' && b != ',' && b != '"' && b != '\\'
}

func checkFixation(t *sessionTest) {
	attacker := t.visitor()
	attacker.set("cart", "apple")
	victim := attacker.with()
	victim.does(func(s *dewar.Session) {
		s.Renew()
		s.Set("user", "ann")
	})
	if victim.cookie == attacker.cookie || victim.cookie == "" {
		t.fail("the answer to a request that renewed the session has no new cookie")
	}
	attacker.isNobody("from before Session.Renew")
	victim.wants("user", "ann", "after Session.Renew")
	victim.wants("cart", "apple", "after Session.Renew")
	if attacker.with().tries(func(s *dewar.Session) { s.Set("user", "mallory") }) == http.StatusOK {
		victim.wants("user", "ann", "after somebody has written with the cookie from before Session.Renew")
	}
	victim.does(func(s *dewar.Session) {
		s.Clear()
		s.Renew()
		s.Set("user", "bob")
	})
	victim.wants("user", "bob", "after another user has logged in")
	victim.wants("cart", nil, "after another user has logged in, with Session.Clear,")
}

func checkVisitors(t *sessionTest) {
	const many, rounds = 24, 3
	visitors := make([]*visitor, many)
	finishes := make([]func() int, many)
	for i := range visitors {
		visitors[i] = t.visitor()
		visitors[i].by = i
	}
	for round := range rounds {
		own := func(i int) string { return fmt.Sprint(i, "-", round) }
		for i, v := range visitors {
			finishes[i] = v.open(func(s *dewar.Session) { s.Set("own", own(i)) })
		}
		together(many, func(i int) { finishes[i]() })
		together(many, func(i int) { visitors[i].wants("own", own(i), "of one visitor among many") })
	}
}

func checkAnonymous(t *sessionTest) {
	kept := t.visitor()
	kept.set("a", 1)
	ended := kept.with()
	kept.does(func(s *dewar.Session) { s.Destroy() })
	before := t.backend.Sessions()
	for _, v := range []*visitor{t.visitor(), {t: t, cookie: "made-up"}, ended} {
		for what, f := range map[string]func(s *dewar.Session){
			"read":      func(s *dewar.Session) { s.Get("a"); s.Keys() },
			"Delete":    func(s *dewar.Session) { s.Delete("a") },
			"Clear":     func(s *dewar.Session) { s.Clear() },
			"Destroy":   func(s *dewar.Session) { s.Destroy() },
			"Renew":     func(s *dewar.Session) { s.Renew() },
			"a removal": func(s *dewar.Session) { s.Set("a", 1); s.Delete("a") },
		} {
			visitor := v.with()
			visitor.does(f)
			if visitor.cookie != "" && visitor.cookie != v.cookie {
				t.fail("a visitor without a session got a cookie by %s", what)
			}
		}
	}
	if after := t.backend.Sessions(); after > before {
		t.fail("%d sessions were created for visitors who set nothing", after-before)
	}
}
