package taggedjson_test

import (
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/taggedjson"
)

// everyTag is a session with a value of each kind, as Flask writes it.
const everyTag = `{"T":true,"b":{" b":"AP8="},"d":{" d":"Tue, 02 Jan 2024 03:04:05 GMT"},"e":{" di":{" t__":5}},` +
	`"f":1.5,"m":{" m":"<b>hi</b>"},"n":{"x":{" t":[1]}},"t":{" t":[1,"two",[3]]},` +
	`"u":{" u":"12345678123456781234567812345678"},"z":null}`

func everyTagValue() map[string]any {
	return map[string]any{
		"T": true,
		"b": []byte{0, 255},
		"d": time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC),
		"e": map[string]any{" t": int64(5)},
		"f": 1.5,
		"m": template.HTML("<b>hi</b>"),
		"n": map[string]any{"x": Tuple{int64(1)}},
		"t": Tuple{int64(1), "two", []any{int64(3)}},
		"u": UUID{0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78},
		"z": nil,
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	for _, tt := range []struct {
		name, raw string
		want      any
	}{
		{"every tag", everyTag, everyTagValue()},
		{"null", "null", nil},
		{"white space", " \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } }\n", map[string]any{"a": []any{int64(1), int64(2)}, "b": map[string]any{}}},
		{"integer", "42", int64(42)},
		{"minus nothing", "-0", int64(0)},
		{"past the integers of float64", "9007199254740993", int64(9007199254740993)},
		{"largest int64", "9223372036854775807", int64(math.MaxInt64)},
		{"larger", "9223372036854775808", json.Number("9223372036854775808")},
		{"30 digits", "-123456789012345678901234567890", json.Number("-123456789012345678901234567890")},
		{"float", "1.0", 1.0},
		{"exponent", "1E2", 100.0},
		{"minus nothing as float", "-0.0", math.Copysign(0, -1)},
		{"escapes", `"\"\\\/\b\f\n\r\t\u00E9\ud83d\ude00\u0000é😀"`, "\"\\/\b\f\n\r\té😀\x00é😀"},
		{"escaped key", `{"\u0061":1}`, map[string]any{"a": int64(1)}},
		{"escaped tag", `{"\u0020t":[]}`, Tuple{}},
		{"last of several", `{"a":1,"b":2,"a":3}`, map[string]any{"a": int64(3), "b": int64(2)}},
		{"case counts", `{"admin":1,"ADMIN":2}`, map[string]any{"admin": int64(1), "ADMIN": int64(2)}},
		{"unknown tag", `{" x":[1]}`, map[string]any{" x": []any{int64(1)}}},
		{"tag among others", `{" t":[1],"a":1}`, map[string]any{" t": []any{int64(1)}, "a": int64(1)}},
		{"tag given twice", `{" t":5," t":[1]}`, Tuple{int64(1)}},
		{"nested tags", `{" t":[{" t":[{" b":""}]}]}`, Tuple{Tuple{[]byte{}}}},
		{"nested escapes", `{" di":{" t__":{" di":{" t__":1}}}}`, map[string]any{" t": map[string]any{" t": int64(1)}}},
		{"escaped escape", `{" di":{" di__":1}}`, map[string]any{" di": int64(1)}},
		{"upper-case UUID", `{" u":"000000000000000000000000000000AB"}`, UUID{15: 0xab}},
		{"64 objects", strings.Repeat(`{"a":`, 64) + "1" + strings.Repeat("}", 64), nestedMaps(64)},
		{"64 arrays", strings.Repeat("[", 64) + strings.Repeat("]", 64), nested(64)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := c.Decode(tt.raw)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %#v, %v\nwant %#v", got, err, tt.want)
			}
			if f, ok := got.(float64); ok && math.Signbit(f) != math.Signbit(tt.want.(float64)) {
				t.Errorf("the sign of %v is lost", tt.want)
			}
		})
	}
}

func TestDecodeThenAppendIsTheSame(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	for _, raw := range []string{
		everyTag, `9223372036854775808`, `-123456789012345678901234567890`, `[1,1.0,1e+16,1e-07,-0.0]`,
		`{" di":{" di__":{" di":{" u__":{" u":"00000000000000000000000000000001"}}}}}`, `"\ud83d\ude00\u007f"`, `{" x":{" t":[]}}`,
	} {
		v, err := c.Decode(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if got := mustAppend(t, c, v); got != raw {
			t.Errorf("got  %s\nwant %s", got, raw)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	deep := func(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }
	for _, tt := range []struct{ name, raw string }{
		{"nothing", ""},
		{"only space", " "},
		{"two values", "1 2"},
		{"rest", "{}x"},
		{"zero byte behind", "{}\x00"},
		{"byte order mark", "\ufeff{}"},
		{"NaN", "NaN"},
		{"Infinity", "[Infinity]"},
		{"minus Infinity", "-Infinity"},
		{"upper-case true", "True"},
		{"cut literal", "tru"},
		{"leading zero", "01"},
		{"leading plus", "+1"},
		{"bare minus", "-"},
		{"bare point", "1."},
		{"point first", ".5"},
		{"bare exponent", "1e"},
		{"exponent with sign only", "1e+"},
		{"hexadecimal", "0x1"},
		{"beyond float64", "1e400"},
		{"beyond float64 below", "-1e400"},
		{"integer that Python refuses", strings.Repeat("9", 4301)},
		{"trailing comma", "[1,]"},
		{"trailing comma in object", `{"a":1,}`},
		{"missing comma", "[1 2]"},
		{"missing colon", `{"a" 1}`},
		{"missing value", `{"a":}`},
		{"key without quotes", "{a:1}"},
		{"key of a number", "{1:1}"},
		{"open array", "[1"},
		{"open object", `{"a":1`},
		{"closed by the wrong one", "[1}"},
		{"open string", `"a`},
		{"open escape", `"\`},
		{"unknown escape", `"\x41"`},
		{"short escape", `"\u12"`},
		{"escape of no hex", `"\u12g4"`},
		{"control character", "\"\n\""},
		{"invalid UTF-8", "\"\xff\""},
		{"overlong UTF-8", "\"\xc0\xaf\""},
		{"surrogate in UTF-8", "\"\xed\xa0\x80\""},
		{"invalid UTF-8 in a key", "{\"\xff\":1}"},
		{"lone high surrogate", `"\ud800"`},
		{"lone low surrogate", `"\udc00"`},
		{"high surrogate and a letter", `"\ud800a"`},
		{"two high surrogates", `"\ud800\ud800"`},
		{"high surrogate and a cut escape", `"\ud800\udc"`},
		{"lone surrogate in a key", `{"\udfff":1}`},
		{"comment", "[1/*x*/]"},
		{"single quotes", "'a'"},
		{"depth 65", deep(65)},
		{"depth 496", deep(496)},
		{"depth 10,000", deep(10_000)},
		{"65 objects", strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65)},
		{"only opening", strings.Repeat("[", 10_000)},
		{"only opening objects", strings.Repeat(`{"a":`, 10_000)},

		{"tuple of a number", `{" t":5}`},
		{"tuple of an object", `{" t":{}}`},
		{"bytes of a number", `{" b":5}`},
		{"bytes without padding", `{" b":"AP8"}`},
		{"bytes of the URL alphabet", `{" b":"-_8="}`},
		{"bytes with spare bits", `{" b":"AP9="}`},
		{"bytes with a line break", `{" b":"AP8=\n"}`},
		{"UUID of no hex", `{" u":"zz"}`},
		{"UUID with dashes", `{" u":"12345678-1234-5678-1234-567812345678"}`},
		{"UUID too long", `{" u":"123456781234567812345678123456780"}`},
		{"UUID of null", `{" u":null}`},
		{"markup of a list", `{" m":[]}`},
		{"date of a word", `{" d":"x"}`},
		{"date of a number", `{" d":5}`},
		{"date in RFC 3339", `{" d":"2024-01-02T03:04:05Z"}`},
		{"date on the wrong weekday", `{" d":"Mon, 02 Jan 2024 03:04:05 GMT"}`},
		{"date elsewhere", `{" d":"Tue, 02 Jan 2024 03:04:05 CET"}`},
		{"30 February", `{" d":"Fri, 30 Feb 2024 03:04:05 GMT"}`},
		{"escape of a number", `{" di":5}`},
		{"escape of nothing", `{" di":{}}`},
		{"escape of two", `{" di":{" t__":1," u__":2}}`},
		{"escape of no tag", `{" di":{"a__":1}}`},
		{"escape without its mark", `{" di":{" x":1}}`},
		{"escape of a tag", `{" di":{" t":[1]}}`},
		{"malformed tag inside", `{"a":[{"b":{" t":5}}]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if v, err := c.Decode(tt.raw); err == nil {
				t.Errorf("got %#v, want an error", v)
			}
		})
	}
}

func TestDecodeLargeObjects(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	var b strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&b, `,"k%d":%d`, i, i)
	}
	v, err := c.Decode("{" + b.String()[1:] + "}")
	if err != nil || len(v.(map[string]any)) != 10_000 || v.(map[string]any)["k9999"] != int64(9999) {
		t.Errorf("10,000 keys: got error %v", err)
	}
	key := strings.Repeat("k", 1<<20)
	v, err = c.Decode(`{"` + key + `":1}`)
	if err != nil || v.(map[string]any)[key] != int64(1) {
		t.Errorf("a key of 1 MiB: got error %v", err)
	}
}

func TestDecodeErrorsKeepTheValueSecret(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	for _, raw := range []string{
		`"secret`, `{"secret":01}`, `{" u":"secret"}`, `{" d":"secret"}`, `{" b":"secret"}`, `{" di":{"secret":1}}`, `[secret]`,
	} {
		if _, err := c.Decode(raw); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got error %v", raw, err)
		}
	}
}

func TestPythonsExtras(t *testing.T) {
	t.Parallel()
	strict, err := taggedjson.New(taggedjson.Types{})
	if err != nil {
		t.Fatal(err)
	}
	python, err := taggedjson.New(taggedjson.Types{Python: true})
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]string{
		`NaN`: "NaN", `Infinity`: "+Inf", `[-Infinity,1]`: "[-Inf 1]", `"\ud800"`: "\ufffd", `"\udfff\ud83d\ude00"`: "\ufffd😀", `"\ud800\ud800x"`: "\ufffd\ufffdx",
		`{"a":NaN}`: "map[a:NaN]",
	} {
		got, err := python.Decode(raw)
		if err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: got %v, %v, want %s", raw, got, err, want)
		}
		if members, err := python.Split(`{"v":`+raw+`}`, nil); err != nil || len(members) != 1 || members[0].Raw != raw {
			t.Errorf("%s: split into %v, %v", raw, members, err)
		}
		if _, err := strict.Decode(raw); err == nil {
			t.Errorf("%s is read without Python", raw)
		}
		if strings.Contains(raw, "d8") || strings.Contains(raw, "df") {
			continue
		}
		if back, err := python.AppendRead(nil, got); err != nil || string(back) != raw {
			t.Errorf("%s: written back as %s, %v", raw, back, err)
		}
		if _, err := python.Append(nil, got); err == nil {
			t.Errorf("%s can be set", raw)
		}
	}
	for _, raw := range []string{`nan`, `-NaN`, `+Infinity`, `Inf`, `NaNa`, `{NaN:1}`, `{"\ud800":1}`, `"\ud80"`, `"\ud8zz"`, "\"\xed\xa0\x80\"", `--Infinity`, `1Infinity`} {
		if v, err := python.Decode(raw); err == nil {
			t.Errorf("%s is read as %v", raw, v)
		}
	}
}
