package flaskcookie_test

import (
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flaskcookie"
)

// values are what Go reads for Python's expressions. What stands in Python's own spelling is after them.
var values = map[string]any{
	"None": nil, "True": true, "False": false, "0": int64(0), "-1": int64(-1), "2**63-1": int64(math.MaxInt64), "-2**63": int64(math.MinInt64),
	"2**63": json.Number("9223372036854775808"), "-2**63-1": json.Number("-9223372036854775809"), "10**4299": json.Number("1" + strings.Repeat("0", 4299)),
	"0.0": 0.0, "-0.0": math.Copysign(0, -1), "1.0": 1.0, "0.1": 0.1, "1e16": 1e16, "1e-7": 1e-7, "5e-324": 5e-324, "1.7976931348623157e308": math.MaxFloat64,
	`float("inf")`: math.Inf(1), `float("-inf")`: math.Inf(-1), "1e400": math.Inf(1),
	`""`: "", `"a"`: "a", `"\x00\x1f\x7f"`: "\x00\x1f\x7f", `"\u00e9"`: "é", `"\u65e5\u672c"`: "日本", `"\U0001f600"`: "😀", `"\U0010ffff"`: "\U0010ffff",
	`"\u2028\ufeff\ufffd\uffff"`: "\u2028\ufeff\ufffd\uffff", `"<&>'\"\\/"`: `<&>'"\/`,
	`"\ud800"`: "\ufffd", `"a\udfffb"`: "a\ufffdb", `"\udc00\ud800"`: "\ufffd\ufffd", `["\ud800",1]`: []any{"\ufffd", int64(1)}, `{"k":"\udfff"}`: dewar.Map{"k": "\ufffd"},
	`b""`: []byte{}, `b"\x00\xff"`: []byte{0, 0xff}, "bytes(range(256))": everyByte(),
	"()": dewar.Tuple{}, "(1,)": dewar.Tuple{int64(1)}, "((),)": dewar.Tuple{dewar.Tuple{}}, `(1,"two",[3])`: dewar.Tuple{int64(1), "two", []any{int64(3)}},
	"[]": []any{}, "[[]]": []any{[]any{}}, "[()]": []any{dewar.Tuple{}}, "{}": dewar.Map{}, `{"a":{}}`: dewar.Map{"a": dewar.Map{}},
	`{"a":[{"b":({},)}]}`:   dewar.Map{"a": []any{dewar.Map{"b": dewar.Tuple{dewar.Map{}}}}},
	"[[[[[[[[[[1]]]]]]]]]]": nest(func(v any) any { return []any{v} }), "((((((((((1,),),),),),),),),),)": nest(func(v any) any { return dewar.Tuple{v} }),
	`{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}}`: nest(func(v any) any { return dewar.Map{"a": v} }),
	"datetime.datetime(2024,1,2,3,4,5,tzinfo=UTC)":                  time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC),
	"datetime.datetime(2024,1,2,3,4,5,tzinfo=EAST)":                 time.Date(2024, 1, 2, 1, 4, 5, 0, time.UTC),
	"datetime.datetime(2024,1,2,3,4,5,999)":                         time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC),
	"datetime.datetime(1900,1,1)":                                   time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC),
	"datetime.datetime(9999,12,31,23,59,59)":                        time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	"datetime.date(2024,2,29)":                                      "Thu, 29 Feb 2024 00:00:00 GMT", // Flask makes text of it
	"uuid.UUID(int=0)":                                              dewar.UUID{}, "uuid.UUID(int=2**128-1)": dewar.UUID([]byte(strings.Repeat("\xff", 16))),
	`Markup("")`: template.HTML(""), `Markup("<b>")`: template.HTML("<b>"), `[Markup("<b>"),"<b>"]`: []any{template.HTML("<b>"), "<b>"},
	`{" t":1}`: dewar.Map{" t": int64(1)}, `{" t":[1]}`: dewar.Map{" t": []any{int64(1)}}, `{" t__":1}`: dewar.Map{" t__": int64(1)}, `{" t____":1}`: dewar.Map{" t____": int64(1)},
	`{" di":1}`: dewar.Map{" di": int64(1)}, `{" di":{" t__":1}}`: dewar.Map{" di": dewar.Map{" t__": int64(1)}}, `{" b":"AA=="}`: dewar.Map{" b": "AA=="},
	`{" m":"x"}`: dewar.Map{" m": "x"}, `{" u":"x"}`: dewar.Map{" u": "x"}, `{" d":"x"}`: dewar.Map{" d": "x"}, `{" x":1}`: dewar.Map{" x": int64(1)},
	`{" ":1}`: dewar.Map{" ": int64(1)}, `{"":1}`: dewar.Map{"": int64(1)}, `{"__":1}`: dewar.Map{"__": int64(1)}, `{"t__":1}`: dewar.Map{"t__": int64(1)},
	`{" t":1,"b":2}`: dewar.Map{" t": int64(1), "b": int64(2)}, `[{" t":()}]`: []any{dewar.Map{" t": dewar.Tuple{}}}, `"x"*200_000`: strings.Repeat("x", 200_000),
}

func everyByte() []byte {
	b := make([]byte, 256)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

// nest wraps 1 ten times.
func nest(wrap func(v any) any) any {
	v := any(int64(1))
	for range 10 {
		v = wrap(v)
	}
	return v
}

// TestEveryKindOfValueIsExchanged reads each value from Flask's cookie, and has Flask read it again: as it came, beside
// another change, and set anew by Go, which must give the same expression in Python.
func TestEveryKindOfValueIsExchanged(t *testing.T) {
	t.Parallel()
	codec := newCodec(t, flaskcookie.Options{}, oldKey)
	var names, expressions []string
	var cookies, again, anew strings.Builder
	var settable []int
	for i, line := range batch(t, "", "table") {
		name, cookie, _ := strings.Cut(line, "\t")
		names = append(names, name)
		payload, _, err := codec.Decode(cookie, time.Now(), time.Hour)
		s := dewar.NewSession()
		if err == nil {
			err = dewar.Stored(s).UnmarshalBinary(payload)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want, known := values[name]
		got := s.Get("v")
		if nan, ok := got.(float64); name == `float("nan")` && ok && math.IsNaN(nan) {
			known, want, got = true, nil, nil
		}
		if !known || !reflect.DeepEqual(got, want) || math.Signbit(floatOf(got)) != math.Signbit(floatOf(want)) {
			t.Errorf("%s: got %.80q as %T, want %.80q as %T", name, fmt.Sprint(got), got, fmt.Sprint(want), want)
		}
		s.Set("other", i)
		fmt.Fprintln(&again, encodeSession(t, codec, s))
		fmt.Fprintln(&cookies, cookie)
		fresh := dewar.NewSession()
		fresh.Set("v", s.Get("v"))
		if lossy := strings.Contains(name, `\ud`) || strings.Contains(name, "float(") || name == "1e400"; !lossy {
			if fresh.Err() != nil {
				t.Errorf("%s cannot be set: %v", name, fresh.Err())
			}
			settable = append(settable, i)
			fmt.Fprintln(&anew, encodeSession(t, codec, fresh))
		}
	}
	if len(names) < 80 || len(names) != len(values)+1 {
		t.Errorf("Flask made %d values, want the %d of the table and NaN", len(names), len(values))
	}
	expressions = batch(t, cookies.String(), "repr")
	for i, got := range batch(t, again.String(), "repr") {
		if got != expressions[i] {
			t.Errorf("%s: beside another change Flask reads %.80s, want %.80s", names[i], got, expressions[i])
		}
	}
	for n, got := range batch(t, anew.String(), "repr") {
		if i := settable[n]; got != expressions[i] {
			t.Errorf("%s: set anew Flask reads %.80s, want %.80s", names[i], got, expressions[i])
		}
	}
}

func floatOf(v any) float64 { f, _ := v.(float64); return f }

func encodeSession(t *testing.T, codec *flaskcookie.Codec, s *dewar.Session) string {
	t.Helper()
	payload, err := dewar.Stored(s).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	cookie, err := codec.Encode(payload, time.Now().Add(-time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return cookie
}

// TestWildSessionsLoseNothing has Flask make sessions with what JSON and Go's text do not know. Go reads every value,
// changes another one, and Flask finds the rest as it was.
func TestWildSessionsLoseNothing(t *testing.T) {
	t.Parallel()
	codec, seed := newCodec(t, flaskcookie.Options{}, oldKey), randomSeed(t)
	sessions := rounds(40_000)
	var cookies strings.Builder
	var want []string
	for _, line := range batch(t, "", "wild", fmt.Sprint(sessions), fmt.Sprint(seed)) {
		cookie, text, _ := strings.Cut(line, " ")
		payload, _, err := codec.Decode(cookie, time.Now(), time.Hour)
		s := dewar.NewSession()
		if err == nil {
			err = dewar.Stored(s).UnmarshalBinary(payload)
		}
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, text, err)
		}
		for key := range s.All() { // each is compared when the session is saved
			dewar.ValueOr(s, key, []any(nil))
		}
		s.Set("zz", 1)
		fmt.Fprintln(&cookies, encodeSession(t, codec, s))
		want = append(want, text)
	}
	if len(want) != sessions {
		t.Fatalf("Flask made %d sessions, want %d", len(want), sessions)
	}
	for i, got := range batch(t, cookies.String(), "read") {
		if got != want[i] {
			t.Fatalf("seed %d: Flask reads\n%s\nwant\n%s", seed, got, want[i])
		}
	}
}

// TestFlashesOfEveryCategoryAreExchanged flashes on one side and shows on the other.
func TestFlashesOfEveryCategoryAreExchanged(t *testing.T) {
	t.Parallel()
	messages := []struct {
		message  any
		category []string
		python   string
	}{
		{"plain", nil, `('message', 'plain')`}, {"<i>", []string{"error"}, `('error', '<i>')`}, {"", []string{""}, `('', '')`}, {"é", []string{"é😀"}, `('\xe9\U0001f600', '\xe9')`},
		{template.HTML("<b>"), []string{"info"}, `('info', Markup('<b>'))`}, {dewar.Map{"title": "a"}, []string{"info"}, `('info', {'title': 'a'})`}, {nil, nil, `('message', None)`},
	}
	app := sharingApp(t, nil)
	app.Get("/flashes", func(c *dewar.Context) error {
		for _, m := range messages {
			c.Flash(m.message, m.category...)
		}
		c.Session().Set("v", c.Session().Get("_flashes"))
		return c.Text("")
	})
	app.Get("/show", func(c *dewar.Context) error { return c.Text(fmt.Sprintf("%#v", c.FlashedMessages())) })
	cookie := ask(app, "/flashes", "").Result().Cookies()[0].Value
	var python []string
	for _, m := range messages {
		python = append(python, m.python)
	}
	if got, want := batch(t, cookie+"\n", "repr")[0], "["+strings.Join(python, ", ")+"]"; got != want {
		t.Errorf("Flask has the messages %s, want %s", got, want)
	}
	written := batch(t, `{"_flashes":[{" t":["message",{" m":"<b>"}]},{" t":["error","x"]},{" t":["",""]}]}`+"\n", "write", "1")[0]
	want := fmt.Sprintf("%#v", []dewar.Flash{{Category: "message", Message: "<b>", Value: template.HTML("<b>")}, {Category: "error", Message: "x"}, {}})
	if got := ask(app, "/show", written).Body.String(); got != want {
		t.Errorf("Go shows %s, want %s", got, want)
	}
}
