package flasktest_test

import (
	"bytes"
	"compress/flate"
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
	value, err := securecookie.New(derived(t, testKey, forSessions), nil).SetSerializer(securecookie.NopEncoder{}).MaxLength(0).Encode("session", []byte(payload))
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
	mapped := func(n int) string {
		return strings.Repeat(`{"a":`, n) + "{}" + strings.Repeat("}", n)
	}
	const full = `{"a":1}`
	digits := strings.Repeat("7", 4301) // one more than Python reads
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
		"depth 65": nested(64), "depth 496": nested(496), "depth 10,000": nested(10_000),
		"maps, depth 65": mapped(64), "maps, depth 496": mapped(496), "maps, depth 10,000": mapped(10_000),
		"depth 8,000, compressed": deflated([]byte(nested(8000)), len(nested(8000))),
		"1e400":                   `{"a":1e400}`, "a list with 1e400": `{"a":[1e400]}`, "a tuple with -1e400": `{"a":{" t":[-1e400]}}`,
		"a number of 4,301 digits": `{"a":` + digits + `}`, "a list with one": `{"a":[` + digits + `]}`, "its negative": `{"a":-` + digits + `}`,
		"an unknown flag": "\x10" + full, "more unknown flags": "\xf8" + full, "all flags and no fields": "\x0f" + full, "flags and no fields": "\x01",
		"an endless varint": "\x01" + strings.Repeat("\xff", 20) + full, "from before 1970": "\x01\x01" + full, "not deflated": "\x04\x0e" + full, "invalid UTF-8 as it is": "\x08{\"a\":\"\xff\"}", "a lone surrogate as it is": "\x08{\"a\":\"\xed\xa0\x80\"}",
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
	for name, payload := range hostilePayloads() {
		t.Run(name, func(t *testing.T) {
			app := configured(t, dewar.Map{"MAX_COOKIE_SIZE": 0}) // so that nothing is refused for its size alone
			app.Get("/", func(c *dewar.Context) error {
				if n := c.Session().Len(); n != 0 {
					t.Errorf("a session with %d values: %.60v", n, c.Session().Keys())
				}
				return c.Text("ok")
			})
			app.Get("/other", func(c *dewar.Context) error { return c.Text("") })
			visit(t, app, "/other", nil) // builds the App
			r := httptest.NewRequest("GET", "/", nil)
			r.AddCookie(&http.Cookie{Name: "session", Value: signPayload(t, payload)})
			for _, decode := range []string{"first", "second"} {
				rec := httptest.NewRecorder()
				if allocated := allocatedBy(func() { app.ServeHTTP(rec, r) }); allocated > 2<<20 {
					t.Errorf("the %s time %d bytes were allocated for a payload of %d, want at most 2 MiB", decode, allocated, len(payload))
				}
				anonymous := visit(t, app, "/", nil)
				if rec.Code != 200 || rec.Body.String() != "ok" || !reflect.DeepEqual(rec.Result().Header, anonymous.Header) {
					t.Errorf("got %d %v, want the answer to a visitor without a cookie, %v", rec.Code, rec.Header(), anonymous.Header)
				}
			}
		})
	}
}

// TestSignPayloadSignsAsDewarDoes keeps the tests above from passing because their cookies are refused anyway.
func TestSignPayloadSignsAsDewarDoes(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	tellUser(app)
	json := `{"user":"ann"}`
	for name, payload := range map[string]string{"plain": json, "compressed": deflated([]byte(json), len(json)), "with a beginning": "\x01\x02" + json} {
		if who := visitBody(t, app, "/who", map[string]string{"session": signPayload(t, payload)}); who != "ann" {
			t.Errorf("%s: got %q, want ann", name, who)
		}
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
