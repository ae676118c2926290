package taggedjson_test

import (
	"encoding/json"
	"testing"

	"github.com/dewar-go/dewar/internal/taggedjson"
)

func TestUnescapeAndEscape(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, doc, short string }{
		{"nothing to do", `{"a":"x","b":[1,"\n\"\\"]}`, `{"a":"x","b":[1,"\n\"\\"]}`},
		{"two bytes", `{"n\u00e9":"Zo\u00eb"}`, `{"né":"Zoë"}`},
		{"three bytes", `"\u65e5\u672c"`, `"日本"`},
		{"a surrogate pair", `"\ud83d\ude00!"`, `"😀!"`},
		{"DEL", `"\u007f"`, "\"\x7f\""},
		{"control characters stay", `"\u0000\u001f\b"`, `"\u0000\u001f\b"`},
		{"an escaped backslash before a u", `"\\u00e9"`, `"\\u00e9"`},
		{"three backslashes before a u", `"\\\u00e9"`, `"\\é"`},
		{"line separators", `"\u2028\uffff"`, "\"\u2028\uffff\""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			short := string(taggedjson.Unescape([]byte(tt.doc)))
			if short != tt.short {
				t.Errorf("Unescape: got %q, want %q", short, tt.short)
			}
			if got := taggedjson.Escape(short); got != tt.doc {
				t.Errorf("Escape: got %q, want %q", got, tt.doc)
			}
		})
	}
}

func TestUnescapeLeavesRawTextAlone(t *testing.T) {
	t.Parallel()
	if got := string(taggedjson.Unescape([]byte(`{"é":"\u003c日\u00e9"}`))); got != `{"é":"\u003c日é"}` {
		t.Errorf("got %s", got)
	}
}

func TestEscapeLeavesInvalidUTF8(t *testing.T) {
	t.Parallel()
	if got := taggedjson.Escape("\"\xffé\""); got != "\"\xff\\u00e9\"" {
		t.Errorf("got %q", got)
	}
}

// FuzzUnescape checks that every canonical document comes back, and means the same when it is short.
func FuzzUnescape(f *testing.F) {
	f.Add("h\u00e9 \U0001F600\x7f\x00\"\\")
	c := newCodec(f)
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := c.Append(nil, map[string]any{text: text})
		if err != nil {
			return
		}
		short := string(taggedjson.Unescape(doc))
		if got := taggedjson.Escape(short); got != string(doc) || len(short) > len(doc) {
			t.Fatalf("%q: got %q by way of %q", doc, got, short)
		}
		if v, err := c.Decode(short); err != nil || mustAppend(t, c, v) != string(doc) {
			t.Fatalf("%q does not mean %q: %v", short, doc, err)
		}
	})
}

// TestEveryByteAtEveryPlace has each byte stand everywhere in a text that is read eight bytes at a time.
func TestEveryByteAtEveryPlace(t *testing.T) {
	t.Parallel()
	codec, err := taggedjson.New(taggedjson.Types{})
	if err != nil {
		t.Fatal(err)
	}
	const text = "abcdefghijklmnopqrs"
	for place := range len(text) {
		for b := range 256 {
			doc := []byte(`"` + text + `"`)
			doc[1+place] = byte(b)
			if got, want := codec.Check("key", string(doc)) == nil, json.Valid(doc) && b < 0x80; got != want {
				t.Errorf("byte %#x at %d: taken %t, want %t", b, place, got, want)
			}
		}
	}
}
