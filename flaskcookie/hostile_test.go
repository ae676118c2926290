package flaskcookie_test

import (
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flaskcookie"
)

// nested returns a session whose values nest so deep that the document has the given depth.
func nested(depth int) string {
	return `{"a":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + `}`
}

// hostilePayloads are what only a holder of the key can sign and no dewar application does.
var hostilePayloads = map[string]string{
	"a list": "[1]", "text": `"x"`, "null": "null", "a number": "1e400", "a list of a number": "[1e400]", "no JSON": "hello",
	"two documents": `{"a":1}{"a":2}`, "cut short": `{"a":1`, "invalid UTF-8": "{\"a\":\"\xff\"}", "half a surrogate pair in a key": `{"\ud800":1}`,
	"NaN in a key": `{NaN:1}`, "minus NaN": `{"a":-NaN}`, "another infinity": `{"a":+Infinity}`, "1e400": `{"a":1e400}`, "[1e400]": `{"a":[1e400]}`, "-1e400": `{"a":-1e400}`,
	"an integer of 4,301 digits": `{"a":1` + strings.Repeat("0", 4300) + `}`, "such an integer in a list": `{"a":[-1` + strings.Repeat("0", 4300) + `]}`,
	"a tuple of 5": `{"a":{" t":5}}`, "a bad UUID": `{"a":{" u":"zz"}}`, "bytes of 5": `{"a":{" b":5}}`, "markup of 5": `{"a":{" m":5}}`,
	"a bad date": `{"a":{" d":"x"}}`, "a bad escape": `{"a":{" di":5}}`, "a tagged document": `{" t":[1]}`,
	"depth 65": nested(65), "depth 496": nested(496), "depth 8,000": nested(8_000), "depth 10,000": nested(10_000),
	"depth 10,000, not closed": strings.Repeat("[", 10_000),
	"depth 66 in maps":         strings.Repeat(`{"a":`, 65) + "{}" + strings.Repeat("}", 65), "depth 65 in tuples": `{"a":` + strings.Repeat(`{" t":[`, 32) + strings.Repeat("]}", 32) + `}`,
	"a bomb": strings.Repeat("\x00", 40_000_000), "3 MB of spaces": strings.Repeat(" ", 3_000_000), "a byte over 256 KiB": `{"a":"` + strings.Repeat("a", 256<<10-7) + `"}`,
	"many tags, one of them bad": `{"a":[` + strings.Repeat(`{" t":[]},`, 1600) + `{" t":5}]}`,
}

// largePayloads are the worst that still are sessions.
var largePayloads = map[string]string{
	"depth 64": nested(64), "depth 64 in tuples": `{"a":` + strings.Repeat(`{" t":[`, 31) + "[]" + strings.Repeat("]}", 31) + `}`,
	"an integer of 4,300 digits": `{"a":1` + strings.Repeat("0", 4299) + `}`, "1e308": `{"a":1e+308}`,
	"256 KiB of text": `{"a":"` + strings.Repeat("a", 256<<10-8) + `"}`, "16 KiB of lists": `{"a":[` + strings.Repeat("[],", 5450) + `[]]}`,
	"16 KiB of tags": `{"a":[` + strings.Repeat(`{" t":[]},`, 1600) + `[]]}`, "16 KiB of maps": `{"a":[` + strings.Repeat(`{"a":1},`, 2000) + `1]}`,
}

// open has a new App decode a payload for the first time, and for the second, and returns the answers with the bytes
// that were allocated for each. The App has answered a visitor without a cookie before that.
func open(t *testing.T, payload string, try func(turn string, got, anonymous *httptest.ResponseRecorder, allocated uint64)) {
	t.Helper()
	cookie, err := newCodec(t, flaskcookie.Options{MaxPayload: 64 << 20}, oldKey).Encode([]byte(payload), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	app := sharingApp(t, dewar.Map{"MAX_COOKIE_SIZE": 0}) // so that nothing is refused for its size alone
	anonymous := ask(app, "/get", "")
	for _, turn := range []string{"first", "second"} {
		var got *httptest.ResponseRecorder
		allocated := allocatedBy(func() { got = ask(app, "/get", cookie) })
		try(turn, got, anonymous, allocated)
	}
}

// TestHostileButSignedPayloadIsNoSession is not parallel, as it counts all memory that is allocated.
func TestHostileButSignedPayloadIsNoSession(t *testing.T) {
	for name, payload := range hostilePayloads {
		t.Run(name, func(t *testing.T) {
			open(t, payload, func(turn string, got, anonymous *httptest.ResponseRecorder, allocated uint64) {
				if got.Code != 200 || got.Body.String() != "{}" || !reflect.DeepEqual(got.Header(), anonymous.Header()) {
					t.Errorf("%s: got %d %.80s %v, want the answer without a cookie, %v", turn, got.Code, got.Body, got.Header(), anonymous.Header())
				}
				if allocated > mostAllocated {
					t.Errorf("%s: %d bytes were allocated, want at most %d", turn, allocated, mostAllocated)
				}
			})
		})
	}
}

// TestLargestSessionsThatAreReadAreBounded is not parallel either. It keeps the test before honest as well: a little less
// is a session.
func TestLargestSessionsThatAreReadAreBounded(t *testing.T) {
	for name, payload := range largePayloads {
		t.Run(name, func(t *testing.T) {
			open(t, payload, func(turn string, got, _ *httptest.ResponseRecorder, allocated uint64) {
				if got.Code != 200 || got.Body.String() != payload {
					t.Errorf("%s: got %d %.80s, want %.80s", turn, got.Code, got.Body, payload)
				}
				if allocated > mostAllocated {
					t.Errorf("%s: %d bytes were allocated, want at most %d", turn, allocated, mostAllocated)
				}
			})
		})
	}
}

func TestTooLargeChangeFailsAndTheOldCookieStays(t *testing.T) {
	t.Parallel()
	app := sharingApp(t, nil)
	var log strings.Builder
	app.Logger = textLogger(&log)
	app.Get("/begin", func(c *dewar.Context) error {
		c.Session().Set("user", "ann")
		c.Session().Set("draft", "short")
		return c.Text("")
	})
	app.Get("/grow", func(c *dewar.Context) error {
		c.Session().Set("user", "bob")
		c.Session().Set("draft", randomLetters(3000))
		c.Session().Set("avatar", randomLetters(5000))
		return c.Text("grown")
	})
	old := ask(app, "/begin", "").Result().Cookies()[0].Value
	rec := ask(app, "/grow", old)
	if rec.Code != 500 || len(rec.Header()["Set-Cookie"]) > 0 || strings.Contains(rec.Body.String(), "grown") {
		t.Errorf("got %d %q and cookies %q, want 500 and none", rec.Code, rec.Body, rec.Header()["Set-Cookie"])
	}
	avatar, draft := strings.Index(log.String(), `\"avatar\" with`), strings.Index(log.String(), `\"draft\" with`)
	if !strings.Contains(log.String(), "MAX_COOKIE_SIZE is 4093") || avatar < 0 || draft < avatar || strings.Count(log.String(), "level=ERROR") != 1 {
		t.Errorf("log %q, want MAX_COOKIE_SIZE and the largest keys in their order, once", log.String())
	}
	if got, want := ask(app, "/get", old).Body.String(), `{"draft":"short","user":"ann"}`; got != want {
		t.Errorf("the old cookie reads %s, want %s", got, want)
	}
}

func TestCookiesOverTheLimitAreNoSession(t *testing.T) {
	t.Parallel()
	payload := `{"a":"` + strings.Repeat("b", 200) + `"}`
	cookie, err := newCodec(t, flaskcookie.Options{}, oldKey).Encode([]byte(payload), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		limit int
		want  string
	}{
		{"at the limit", len(cookie), payload},
		{"a byte over", len(cookie) - 1, "{}"},
		{"no limit", 0, payload},
	} {
		app := sharingApp(t, dewar.Map{"MAX_COOKIE_SIZE": tt.limit})
		if got := ask(app, "/get", cookie).Body.String(); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}
