package flasktest_test

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// cookieTexts returns random values of cookies: of what needs quotes, of what looks like an escape, of every plane.
func cookieTexts(random *rand.Rand, count int) []string {
	const special = "\\\";,= \t\x00\x1b\x7f'%&()[]{}<>@:/?0123456789abcABCüßé€"
	texts := make([]string, count)
	for i := range texts {
		var b strings.Builder
		for range random.IntN(24) {
			switch random.IntN(4) {
			case 0:
				runes := []rune(special)
				b.WriteRune(runes[random.IntN(len(runes))])
			case 1:
				b.WriteString([]string{`\303`, `\"`, `\\`, `"`, `\4`, `"a"`, `\012`}[random.IntN(7)])
			case 2:
				b.WriteByte(byte(' ' + random.IntN(0x5f)))
			default:
				b.WriteRune(anyRune(random))
			}
		}
		texts[i] = b.String()
	}
	return append(texts, "", "a", "grüße", `a;b`, `a"b`, `a\b`, `"quoted"`, `\303\274`, " spaces around ", "😀")
}

// anyRune returns a character that UTF-8 can write and a cookie may have.
func anyRune(random *rand.Rand) rune {
	for {
		r := rune(random.IntN(0x110000))
		if (r < 0xd800 || r > 0xdfff) && r != '\r' && r != '\n' {
			return r
		}
	}
}

func TestCookiesAreExchangedWithWerkzeug(t *testing.T) {
	t.Parallel()
	texts := cookieTexts(rand.New(rand.NewPCG(5, 6)), 10_000)
	app := newApp(t)
	var value, read string
	app.Get("/set", func(c *dewar.Context) error {
		if err := c.SetCookie(&http.Cookie{Name: "k", Value: value, HttpOnly: true}); err != nil {
			return err
		}
		return c.NoContent()
	})
	app.Get("/read", func(c *dewar.Context) error {
		read = c.Cookie("k")
		if got := c.Cookies().String("k"); got != read {
			t.Errorf("Cookies gives %q, Cookie %q", got, read)
		}
		return c.NoContent()
	})
	lines := make([]string, len(texts))
	for i, text := range texts {
		value = text
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", "/set", nil))
		line, _, found := strings.Cut(w.Header().Get("Set-Cookie"), "; Path=/; HttpOnly")
		if w.Code != 204 || !found {
			t.Fatalf("%q: got %d %q", text, w.Code, w.Header()["Set-Cookie"])
		}
		lines[i] = line
	}
	var theirs struct{ Read, Written []string }
	werkzeug(t, `
from werkzeug.http import dump_cookie, parse_cookie
result = {
    "Read": [parse_cookie("first=1; " + line + "; last=2").get("k") for line in data["Lines"]],
    "Written": [dump_cookie("k", text, path=None) for text in data["Texts"]],
}`, map[string][]string{"Lines": lines, "Texts": texts}, &theirs)
	if len(theirs.Read) != len(texts) || len(theirs.Written) != len(texts) {
		t.Fatalf("Werkzeug read %d and wrote %d, want %d", len(theirs.Read), len(theirs.Written), len(texts))
	}
	for i, text := range texts {
		if theirs.Read[i] != text {
			t.Errorf("Werkzeug reads %q of %q", theirs.Read[i], text)
		}
		r := httptest.NewRequest("GET", "/read", nil)
		r.Header.Set("Cookie", "first=1; "+theirs.Written[i]+"; last=2")
		app.ServeHTTP(httptest.NewRecorder(), r)
		if read != text {
			t.Errorf("dewar reads %q of %q, which Werkzeug wrote for %q", read, theirs.Written[i], text)
		}
	}
}
