package dewar

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/cookiecodec"
)

// FuzzSetCookieLines gives lines of another application to what looks for the session's among them.
func FuzzSetCookieLines(f *testing.F) {
	f.Add("session=a.b.c; Path=/; HttpOnly", "other=1")
	f.Add("session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/", "session=later")
	f.Add(`session="a\054b"; Path=/`, " session =x")
	f.Add("sessions=1", "session")
	f.Add("session=a; max-age=junk; expires=junk", ";=;session=")
	f.Fuzz(func(t *testing.T, first, second string) {
		lines := []string{first, second}
		own, others := partCookies(lines, "session")
		if len(own)+len(others) != len(lines) || slices.ContainsFunc(others, func(line string) bool { return cookieName(line) == "session" }) {
			t.Fatalf("got %q and %q of %q", own, others, lines)
		}
		for _, line := range others { // what net/http's client would take for the session must be among ours
			if cookie, err := http.ParseSetCookie(line); err == nil && cookie.Name == "session" {
				t.Errorf("%q sets the session and passes beside it", line)
			}
		}
		value, ok := lastCookie(lines, "session")
		if ok != (len(own) > 0) || strings.Contains(value, ";") {
			t.Fatalf("got %q, %t of %q", value, ok, lines)
		}
		if !ok {
			return
		}
		if cookie, err := http.ParseSetCookie(own[len(own)-1]); err == nil && value != "" && value != cookie.Value {
			t.Errorf("got %q of %q, which sets %q", value, own, cookie.Value)
		}
	})
}

// FuzzHandedCookie puts a value into what a client sends for Cookie.
func FuzzHandedCookie(f *testing.F) {
	f.Add("a=1; session=old; b=2", "session=second;c", "new")
	f.Add("", "", "")
	f.Add(` session = "x;y"; ;;=`, "session", "a.b-c_d")
	f.Add("a=1", "sessions=1;session", "")
	f.Fuzz(func(t *testing.T, first, second, value string) {
		if strings.ContainsAny(value, "; \t\"") || strings.TrimSpace(value) != value {
			t.Skip("not the value of a cookie")
		}
		before := []string{first, second}
		header := http.Header{"Cookie": slices.Clone(before)}
		setCookie(header, "session", value)
		if got := cookiecodec.Find(header["Cookie"], "session"); got != value {
			t.Fatalf("got %q in %q, want %q", got, header, value)
		}
		for _, name := range []string{"a", "b", "sessions", "Session"} {
			if got, want := cookiecodec.Find(header["Cookie"], name), cookiecodec.Find(before, name); got != want {
				t.Errorf("%s: got %q, want %q as it came", name, got, want)
			}
		}
		if lines, ok := header["Cookie"]; ok && (len(lines) != 1 || lines[0] == "") {
			t.Errorf("got %q, want one line or none", lines)
		}
	})
}
