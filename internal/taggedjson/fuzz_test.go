package taggedjson_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dewar-go/dewar/internal/taggedjson"
)

func TestValuesComeBack(t *testing.T) {
	t.Parallel()
	c, random := newCodec(t), rand.New(rand.NewPCG(5, 6))
	for range 5_000 {
		v := randomValue(random, 5)
		raw := mustAppend(t, c, v)
		back, err := c.Decode(raw)
		if err != nil || !reflect.DeepEqual(back, v) {
			t.Fatalf("%s\n got %#v, %v\nwant %#v", raw, back, err, v)
		}
	}
}

// documents are the seeds of every fuzz target here.
var documents = []string{
	everyTag, `{}`, ` { "a" : [ 1 , -0.5e+10 , "x" ] } `, `{"a":1,"a":2}`, `{"\u0061\ud83d\ude00":"\ud800"}`, "{\"\xff\":1}",
	`{" t":[{" t":[]}]}`, `{" di":{" di__":{" di":{" t__":1}}}}`, `{" t":5}`, `{" x":1}`, `[9007199254740993,1e400,-0]`,
	`{" d":"Tue, 02 Jan 2024 03:04:05 GMT"}`, `{" b":"AP8="}`, `"é"`, `NaN`, `01`, `[[[[[[[[]]]]]]]]`, `{"a":{"b":{"c":tru}}}`,
	strings.Repeat("[", 65) + strings.Repeat("]", 65), `{"a":` + strings.Repeat("[", 63) + strings.Repeat("]", 63) + `}`,
}

// FuzzMembers holds Members against encoding/json and the rules it adds, and Split against Members.
func FuzzMembers(f *testing.F) {
	for _, d := range append(documents, payload, `{"a":1,"b":"x","c":true,"d":false}`, `{"a":"x","a":1}`, `{"b":1,"a":"x"}`, `{"a":1,"b":`) {
		f.Add([]byte(d))
	}
	c := newCodec(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		members, err := taggedjson.Members(string(data), nil)
		split, splitErr := c.Split(string(data), nil)
		if err != nil && splitErr == nil || splitErr == nil && len(members) > 1 && show(split) != show(members) {
			t.Fatalf("%q: Split gave %s, %v, and Members %s, %v", data, show(split), splitErr, show(members), err)
		}
		if splitErr != nil && err == nil && !bytes.ContainsAny(data, ` \\`) {
			t.Fatalf("%q: Split gave %v, and Members none", data, splitErr)
		}
		if want := acceptable(data); (err == nil) != want {
			t.Fatalf("%q: got error %v, want accepted %v", data, err, want)
		}
		if err != nil {
			return
		}
		var want map[string]json.RawMessage
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		if len(members) != len(want) {
			t.Fatalf("%q: got %d members, want %d", data, len(members), len(want))
		}
		for _, m := range members {
			if raw, ok := want[m.Key]; !ok || string(raw) != m.Raw {
				t.Errorf("%q: %q is %q, want %q", data, m.Key, m.Raw, raw)
			}
		}
	})
}

// acceptable is a slow and plain Members without a result.
func acceptable(data []byte) bool {
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	return json.Valid(data) && trimmed[0] == '{' && utf8.Valid(data) && !loneSurrogate(data) && depth(data) <= taggedjson.MaxDepth && inRange(data)
}

// inRange reports whether every number of a valid document is one that float64 or Python's int reads.
func inRange(data []byte) bool {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err != nil {
			return true
		}
		number, ok := token.(json.Number)
		if !ok {
			continue
		}
		_, rangeErr := number.Float64()
		if whole := !strings.ContainsAny(string(number), ".eE"); whole && len(strings.TrimPrefix(string(number), "-")) > 4300 || !whole && rangeErr != nil {
			return false
		}
	}
}

var escapes = regexp.MustCompile(`\\(?:u([0-9a-fA-F]{4})|[^u])`)

// loneSurrogate reports whether a valid document holds half of a surrogate pair.
func loneSurrogate(data []byte) bool {
	high, highEnd := rune(0), -1
	for _, m := range escapes.FindAllSubmatchIndex(data, -1) {
		r := rune(0)
		if m[2] >= 0 {
			n, _ := strconv.ParseUint(string(data[m[2]:m[3]]), 16, 32)
			r = rune(n)
		}
		paired := high != 0 && m[0] == highEnd && utf16.DecodeRune(high, r) != utf8.RuneError
		switch {
		case paired:
			high = 0
		case high != 0 || 0xdc00 <= r && r <= 0xdfff:
			return true
		case utf16.IsSurrogate(r):
			high, highEnd = r, m[1]
		}
	}
	return high != 0
}

// depth returns how far a valid document nests.
func depth(data []byte) int {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	deepest, open := 0, 0
	for {
		token, err := d.Token()
		if err != nil {
			return deepest
		}
		switch token {
		case json.Delim('['), json.Delim('{'):
			open++
			deepest = max(deepest, open)
		case json.Delim(']'), json.Delim('}'):
			open--
		}
	}
}

// FuzzDecode checks that what is accepted can be written again, as it was if it was canonical, and
// that DecodeInto agrees.
func FuzzDecode(f *testing.F) {
	for _, d := range documents {
		f.Add([]byte(d))
	}
	c := newCodec(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := c.Decode(string(data))
		if err != nil {
			return
		}
		if !json.Valid(data) {
			t.Fatalf("%q: accepted, but no JSON", data)
		}
		raw, err := c.Append(nil, v)
		if err != nil {
			t.Fatalf("%q: what was read cannot be written: %v", data, err)
		}
		again, err := c.Decode(string(raw))
		if err != nil || !reflect.DeepEqual(again, v) {
			t.Fatalf("%q: came back as %#v, %v, want %#v", data, again, err, v)
		}
		if raw2 := mustAppend(t, c, again); raw2 != string(raw) {
			t.Fatalf("%q: first written as %s, then as %s", data, raw, raw2)
		}
		var into any
		if err := c.DecodeInto(string(data), &into); err != nil || !reflect.DeepEqual(into, v) {
			t.Fatalf("%q: DecodeInto gave %#v, %v, want %#v", data, into, err, v)
		}
	})
}

// FuzzDecodeInto checks that no document makes a type panic, and that what is stored comes back.
func FuzzDecodeInto(f *testing.F) {
	for _, d := range documents {
		f.Add([]byte(d))
	}
	c := newCodec(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, dst := range []any{
			new(string), new(bool), new(int), new(int64), new(float64), new([]byte), new(time.Time), new(Tuple), new(UUID),
			new(map[string]any), new([]any), new([]string), new(map[string]int), new(Basket), new([]Item),
		} {
			if err := c.DecodeInto(string(data), dst); err != nil {
				continue
			}
			if _, err := c.Decode(string(data)); err != nil {
				t.Fatalf("%q: DecodeInto takes for %T what Decode refuses: %v", data, dst, err)
			}
			raw := mustAppend(t, c, dst)
			again := reflect.New(reflect.TypeOf(dst).Elem())
			if err := c.DecodeInto(raw, again.Interface()); err != nil {
				t.Fatalf("%q: %T was written as %s and not read: %v", data, dst, raw, err)
			}
			if raw2 := mustAppend(t, c, again.Interface()); raw2 != raw {
				t.Fatalf("%q: %T was written as %s, then as %s", data, dst, raw, raw2)
			}
		}
	})
}

// FuzzAppendText holds the escapes against encoding/json.
func FuzzAppendText(f *testing.F) {
	f.Add("h\u00e9 \U0001F600\x7f\x00\"\\")
	f.Add("\xff")
	c := newCodec(f)
	f.Fuzz(func(t *testing.T, s string) {
		raw, err := c.Append(nil, s)
		if (err == nil) != utf8.ValidString(s) {
			t.Fatalf("%q: got error %v", s, err)
		}
		if err != nil {
			return
		}
		var back string
		if err := json.Unmarshal(raw, &back); err != nil || back != s {
			t.Fatalf("%q was written as %s, which is %q, %v", s, raw, back, err)
		}
		for _, b := range raw {
			if b < ' ' || b > '~' {
				t.Fatalf("%q was written as %q", s, raw)
			}
		}
	})
}
