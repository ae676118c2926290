package jsontext

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestScanRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want error
	}{
		{"\"\xff\"", ErrNotUTF8}, {strings.Repeat("[", 513) + strings.Repeat("]", 513), ErrTooDeep}, {"{}{}", ErrTrailing},
		{strings.Repeat("[", 512) + strings.Repeat("]", 512), nil}, {" \ufeff{}", errors.ErrUnsupported}, {"", errors.ErrUnsupported}, {"\ufeff [] ", nil},
	} {
		_, err := Scan([]byte(tt.text))
		if tt.want == errors.ErrUnsupported && err != nil { // an error of encoding/json
			continue
		}
		if !errors.Is(err, tt.want) {
			t.Errorf("%.20q: got %v, want %v", tt.text, err, tt.want)
		}
	}
}

// tree returns a value as encoding/json would have it.
func tree(v Value) any {
	switch {
	case v.IsObject():
		m := map[string]any{}
		for name, member := range v.Members() {
			m[string(name)] = tree(member)
		}
		return m
	case v.IsList():
		list := []any{}
		for item := range v.Items() {
			list = append(list, tree(item))
		}
		return list
	}
	var leaf any
	if err := json.Unmarshal(v.Raw(), &leaf); err != nil {
		return err
	}
	return leaf
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":null,"c":"x\"]"}],"d":{}}`, `[[],[[]],{"a":{}}, "\\" ]`, "\ufeff 1 ", `{"a":1,"\u0061":2}`, `{"":{"":[]}}`, `"\\\""`, "[1e5,-0,true]",
		`[1.5E+3,-0.1e-7,false,null,"\u00e9\/\b\f\n\r\t"]`, `[01]`, `[1.]`, `[-]`, `[1e]`, `[tru]`, `["\u00g0"]`, `["\x"]`, "[\"\t\"]", `[1,]`, `{"a":1,}`, `{"a" 1}`, `{1:2}`, `[1 2]`, `{"a":1]`, `[`, `"`, `{"a"`, "[1]\x00", "nul", "1 1", "{}]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := Scan([]byte(text))
		if err != nil {
			if json.Valid([]byte(strings.TrimPrefix(text, "\ufeff"))) && !errors.Is(err, ErrNotUTF8) && !errors.Is(err, ErrTooDeep) {
				t.Fatalf("valid JSON is refused: %v", err)
			}
			return
		}
		if !json.Valid([]byte(strings.TrimPrefix(text, "\ufeff"))) {
			t.Fatal("what is no JSON is taken")
		}
		var want any
		if err := json.Unmarshal([]byte(strings.TrimPrefix(text, "\ufeff")), &want); err != nil {
			return // a number that is too large
		}
		if got := tree(doc.Root()); !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if doc.Root().Twice() != (doc.Twice() >= 0) {
			t.Error("the document and its value do not agree on names that are twice")
		}
	})
}

func TestTwiceIsKnownOfEachValue(t *testing.T) {
	t.Parallel()
	doc, err := Scan([]byte(`{"a":[{"x":1,"y":{"z":1,"z":2}}],"b":[{"x":1}],"c":1}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, member := range doc.Root().Members() {
		if got := member.Twice(); got != (string(name) == "a") {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func TestDecoderKeepsIntegers(t *testing.T) {
	t.Parallel()
	type embedded struct{ E any }
	type node struct {
		embedded
		A     any
		N     json.Number
		F     float64
		M     map[string]any
		L     []any
		P     *any
		Deep  map[string][]map[string]any
		Inner *node
		plain any
	}
	var d Decoder
	var got node
	text := `{"E":1,"A":[1,2.5,{"x":18446744073709551616}],"N":7,"F":1,"M":{"a":-1},"L":[1],"P":3,"Deep":{"d":[{"e":4}]},"Inner":{"A":5}}`
	if err := d.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	three := any(int64(3))
	want := node{embedded{int64(1)}, []any{int64(1), 2.5, map[string]any{"x": json.Number("18446744073709551616")}}, "7", 1,
		map[string]any{"a": int64(-1)}, []any{int64(1)}, &three, map[string][]map[string]any{"d": {{"e": int64(4)}}}, &node{A: int64(5)}, nil}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	var loop struct {
		Self any
		A    any
	}
	loop.Self = &loop
	if err := d.Unmarshal([]byte(`{"A":1}`), &loop); err != nil || loop.A != int64(1) {
		t.Errorf("a value that holds itself: got %v, %v", loop.A, err)
	}
	for _, text := range []string{`[1e999]`, `{} x`, `{`} {
		var v any
		if err := d.Unmarshal([]byte(text), &v); err == nil {
			t.Errorf("%s: got %v, want an error", text, v)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	for name, text := range map[string]string{
		"flat":  `{"list":[` + strings.Repeat(`{"id":1,"name":"a name"},`, 20_000) + `{}]}`,
		"deep":  strings.Repeat(`[{"a":`, 250) + strings.Repeat(" ", 500_000) + "1" + strings.Repeat("}]", 250),
		"names": "{\"x\":1" + strings.Repeat(`,"name":1`, 50_000) + "}",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := Scan([]byte(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
