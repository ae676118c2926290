package dewar_test

import (
	"bytes"
	"compress/flate"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/gorilla/securecookie"

	"github.com/dewar-go/dewar"
)

// signPayload signs any payload at all as the sessions of newApp are signed.
func signPayload(t testing.TB, payload string) string {
	t.Helper()
	key, err := hkdf.Key(sha256.New, []byte(testKey), nil, "dewar/session/sign/mac", 32)
	if err != nil {
		t.Fatal(err)
	}
	value, err := securecookie.New(key, nil).SetSerializer(securecookie.NopEncoder{}).MaxLength(0).Encode("session", []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// deflated returns a payload that says that json is compressed and has size bytes.
func deflated(json []byte, size int) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	_, _ = w.Write(json)
	_ = w.Close()
	return string(append(binary.AppendVarint([]byte{4}, int64(size)), b.Bytes()...))
}

// hostilePayloads are what only a holder of the key can sign and no dewar application does.
func hostilePayloads() map[string]string {
	nested := func(n int) string {
		return `{"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}`
	}
	zeros := make([]byte, 3<<20)
	many := []byte("{" + strings.TrimSuffix(strings.Repeat(`"":1,`, 3000), ",") + "}")
	tags := []byte(`{"a":[` + strings.TrimSuffix(strings.Repeat(`{" t":[]},`, 1600), ",") + `,{" t":5}]}`)
	payloads := map[string]string{
		"nothing": "", "a list": "[1]", "a number": "42", "text": `"x"`, "null": "null", "cut short": `{"a":1`,
		"two documents": `{"a":1}{"a":2}`, "invalid UTF-8": "{\"a\":\"\xff\"}", "a lone surrogate": `{"a":"\ud800"}`,
		"NaN": `{"a":NaN}`, "infinity": `{"a":-Infinity}`, "a leading zero": `{"a":01}`, "single quotes": `{'a':1}`,
		"a tuple of 5": `{"a":{" t":5}}`, "a bad UUID": `{"a":{" u":"zz"}}`, "bytes of 5": `{"a":{" b":5}}`,
		"a bad date": `{"a":{" d":"x"}}`, "a bad escape": `{"a":{" di":5}}`, "a tag inside a list": `{"a":[[{" t":5}]]}`,
		"a tag in escapes": `{"a":{"\u0020t":5}}`, "a tag in white space": `{"a":{ " t" : 5}}`, "a tagged document": `{" t":[1]}`,
		"depth 65": nested(64), "depth 10,000": nested(10_000), "unknown flags": "\x08{}", "all flags": "\x07", "flags and no fields": "\x01",
		"an endless varint": "\x01" + strings.Repeat("\xff", 20), "from before 1970": "\x01\x01{}", "not deflated": "\x04\x04{}",
		"a bomb that says so":         deflated(zeros, len(zeros)),
		"a bomb that says it is tiny": deflated(zeros, 100),
		"a bomb within the bound":     deflated(zeros[:16<<10], 16<<10),
		"negative size":               deflated([]byte(`{"a":1}`), -1),
		"a member less":               deflated([]byte(`{"a":1}`), 6),
		"many bad members":            deflated(append(many[:len(many)-1:len(many)-1], ",}"...), len(many)+1),
		"many tags, one of them bad":  deflated(tags, len(tags)),
	}
	return payloads
}

func TestHostileButSignedPayloadIsNoSession(t *testing.T) {
	app := configured(t, dewar.Map{"MAX_COOKIE_SIZE": 0}) // so that nothing is refused for its size alone
	app.Get("/", func(c *dewar.Context) error {
		if n := c.Session().Len(); n != 0 {
			t.Errorf("a session with %d values: %.60v", n, c.Session().Keys())
		}
		return c.Text("ok")
	})
	anonymous := visit(t, app, "/", nil)
	visit(t, app, "/", map[string]string{"session": signPayload(t, deflated([]byte(`[]`), 2))}) // fills the pools
	for name, payload := range hostilePayloads() {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.AddCookie(&http.Cookie{Name: "session", Value: signPayload(t, payload)})
			rec := httptest.NewRecorder()
			allocated := allocatedBy(func() { app.ServeHTTP(rec, r) })
			if rec.Code != 200 || !reflect.DeepEqual(rec.Result().Header, anonymous.Header) {
				t.Errorf("got %d %v, want the answer to a visitor without a cookie, %v", rec.Code, rec.Header(), anonymous.Header)
			}
			if allocated > 2<<20 {
				t.Errorf("%d bytes were allocated for a payload of %d, want at most 2 MiB", allocated, len(payload))
			}
		})
	}
}

func TestLargestSessionsThatAreReadAreBounded(t *testing.T) {
	app := configured(t, dewar.Map{"MAX_COOKIE_SIZE": 0})
	app.Get("/", func(c *dewar.Context) error {
		if c.Session().Len() == 0 {
			t.Error("the session was refused")
		}
		c.Session().Get("a")
		return c.Text("ok")
	})
	for name, unit := range map[string]string{"members": `"%":1,`, "lists": "[],", "tags": `{" t":[]},`, "numbers": "1,", "maps": `{"a":1},`} {
		var json strings.Builder
		json.WriteString(`{"a":[`)
		if name == "members" {
			json.Reset()
			json.WriteString("{")
		}
		for i := 0; json.Len() < 16<<10-20; i++ {
			json.WriteString(strings.ReplaceAll(unit, "%", string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676%26))))
		}
		document := strings.TrimSuffix(json.String(), ",") + "]}"
		if name == "members" {
			document = strings.TrimSuffix(document, "]}") + "}"
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(&http.Cookie{Name: "session", Value: signPayload(t, deflated([]byte(document), len(document)))})
		allocated := allocatedBy(func() { app.ServeHTTP(httptest.NewRecorder(), r) })
		t.Logf("%s: %d bytes allocated", name, allocated)
		if allocated > 2<<20 {
			t.Errorf("%s: %d bytes were allocated, want at most 2 MiB", name, allocated)
		}
	}
}

// allocatedBy returns how many bytes f allocates; no other test may run beside it.
func allocatedBy(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestForgedCookiesAreLikeNoCookie sends what others signed, or nobody: the answer tells nothing about it.
func TestForgedCookiesAreLikeNoCookie(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/admin", func(c *dewar.Context) error {
		if !c.Session().Bool("admin") {
			return dewar.Abort(403)
		}
		return c.Text("welcome")
	})
	admin := func(s *dewar.Session) { s.Set("admin", true) }
	good := sessionJar(t, app, admin)["session"]
	anonymous := askAdmin(app, "")
	if askAdmin(app, "session="+good).Code != 200 {
		t.Fatal("the genuine cookie was refused")
	}
	cookies := []string{
		"session=", "session=" + strings.Repeat("A", 4092), "session=" + strings.Repeat("A", 60_000), "session=" + good[1:],
		"session=" + good + ",", "session=" + good + " x", `session="` + good, "other=" + good, "__Host-session=" + good,
		"=session=" + good, "$Version=1,session=" + good, "session=eyJhZG1pbiI6dHJ1ZX0=", "session=%7B%22admin%22%3Atrue%7D",
		"session=s:abc." + good, "session=BAh7BkkiC2FkbWluBjoGRVRU--0123", "session=bad; session=" + good,
	}
	for range 500 {
		other := newApp(t)
		if err := other.Config.Set("SECRET_KEY", incompressible(32)); err != nil {
			t.Fatal(err)
		}
		cookies = append(cookies, "session="+sessionJar(t, other, admin)["session"])
	}
	encrypting := newApp(t)
	if err := encrypting.Config.Set("SESSION_COOKIE_ENCRYPT", true); err != nil {
		t.Fatal(err)
	}
	cookies = append(cookies, "session="+sessionJar(t, encrypting, admin)["session"])
	for _, cookie := range cookies {
		res := askAdmin(app, cookie)
		if res.Code != anonymous.Code || res.Body.String() != anonymous.Body.String() || !reflect.DeepEqual(res.Header(), anonymous.Header()) {
			t.Errorf("%.80q: got %d %v, want the answer without a cookie, %d %v", cookie, res.Code, res.Header(), anonymous.Code, anonymous.Header())
		}
	}
	if res := askAdmin(app, `session="`+good+`"`); res.Code != 200 {
		t.Errorf("a quoted cookie: got %d, want 200 as net/http and Werkzeug read it", res.Code)
	}
}

func askAdmin(app *dewar.App, cookie string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/admin", nil)
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	return rec
}
