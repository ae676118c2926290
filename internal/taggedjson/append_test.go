package taggedjson_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"math"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/taggedjson"
)

// Values that have their own ways.
type (
	Level  int
	Text   string
	Money  struct{ cents int }     // MarshalJSON on the pointer
	Rude   struct{ Secret string } // MarshalJSON fails
	Sloppy struct{}                // MarshalJSON gives what is not UTF-8
	Hidden struct{ secret string } // nothing exported
	Item   struct {
		Name  string `json:"name"`
		Price float64
		Note  string `json:",omitempty"`
		Skip  func() `json:"-"`
		Added time.Time
		Raw   []byte
	}
	Basket struct {
		Items []any   `json:"items"`
		Next  *Basket `json:",omitempty"`
		Hook  func()  `json:",omitzero"`
		Base
	}
	Base  struct{ Owner string }
	Color uint8
)

func (m *Money) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{ "cents" : %d, "a":1.50 }`, m.cents), nil
}

func (m *Money) UnmarshalJSON(b []byte) error {
	var v struct{ Cents int }
	err := json.Unmarshal(b, &v)
	m.cents = v.Cents
	return err
}

var errRude = errors.New("no")

func (Rude) MarshalJSON() ([]byte, error) { return nil, errRude }

func (Sloppy) MarshalJSON() ([]byte, error) { return []byte("\"\xff\""), nil }

func (c Color) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "#%02x", uint8(c)), nil }

func TestAppend(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	five, word, epoch := 5, "w", time.Unix(0, 0).UTC()
	var nilBasket *Basket
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"nil", nil, `null`},
		{"true", true, `true`},
		{"string", "hé", `"h\u00e9"`},
		{"empty string", "", `""`},
		{"int", -42, `-42`},
		{"int8", int8(-128), `-128`},
		{"smallest int64", int64(math.MinInt64), `-9223372036854775808`},
		{"largest uint64", uint64(math.MaxUint64), `18446744073709551615`},
		{"uint8", uint8(255), `255`},
		{"defined int", Level(3), `3`},
		{"defined bool", flag(true), `true`},
		{"16 bytes with a text of their own", label{}, `"000000000000000000000000000000000000"`},
		{"defined string", Text("x"), `"x"`},
		{"json.Number integer", json.Number("12345678901234567890123"), `12345678901234567890123`},
		{"json.Number float", json.Number("1.50e1"), `15.0`},
		{"json.Number minus nothing", json.Number("-0"), `0`},
		{"json.Number zero value", json.Number(""), `0`},
		{"big.Int pointer", big.NewInt(0).Lsh(big.NewInt(1), 70), `1180591620717411303424`},
		{"big.Int", *big.NewInt(-7), `-7`},
		{"float", 1.0, `1.0`},
		{"float32 keeps its own digits", float32(0.1), `0.1`},
		{"bytes", []byte("abc"), `{" b":"YWJj"}`},
		{"no bytes", []byte{}, `{" b":""}`},
		{"nil bytes", []byte(nil), `null`},
		{"defined bytes", blob("abc"), `{" b":"YWJj"}`},
		{"raw JSON of nothing", json.RawMessage(nil), `null`},
		{"time", time.Date(2024, 1, 2, 3, 4, 5, 678901000, time.UTC), `{" d":"Tue, 02 Jan 2024 03:04:05 GMT"}`},
		{"time elsewhere", time.Date(2024, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)), `{" d":"Tue, 02 Jan 2024 02:04:05 GMT"}`},
		{"zero time", time.Time{}, `{" d":"Mon, 01 Jan 0001 00:00:00 GMT"}`},
		{"duration", time.Second, `1000000000`},
		{"UUID", UUID{15: 1}, `{" u":"00000000000000000000000000000001"}`},
		{"UUID of another package", ForeignUUID{15: 1}, `{" u":"00000000000000000000000000000001"}`},
		{"16 bytes are no UUID", [16]byte{15: 1}, `[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1]`},
		{"markup", template.HTML("<b>"), `{" m":"<b>"}`},
		{"tuple", Tuple{1, "two", Tuple{3}}, `{" t":[1,"two",{" t":[3]}]}`},
		{"empty tuple", Tuple{}, `{" t":[]}`},
		{"tuple in a list", []any{1, Tuple{2}}, `[1,{" t":[2]}]`},
		{"nil tuple", Tuple(nil), `null`},
		{"list", []any{1, "a", nil}, `[1,"a",null]`},
		{"empty list", []any{}, `[]`},
		{"nil list", []any(nil), `null`},
		{"strings", []string{"a"}, `["a"]`},
		{"array", [2]bool{true}, `[true,false]`},
		{"bytes that write themselves", []Color{1}, `["#01"]`},
		{"map sorted by code point", map[string]any{"ä": 1, "z": 2, "Z": 3, "😀": 4, "\uffff": 5}, `{"Z":3,"z":2,"\u00e4":1,"\uffff":5,"\ud83d\ude00":4}`},
		{"empty map", map[string]any{}, `{}`},
		{"nil map", map[string]any(nil), `null`},
		{"nil map of ints", map[string]int(nil), `null`},
		{"map of ints", map[string]int{"b": 1, "a": 2}, `{"a":2,"b":1}`},
		{"keys that are ints", map[int]any{10: "a", 9: "b", -1: "c"}, `{"-1":"c","10":"a","9":"b"}`},
		{"keys that are uints", map[uint8]bool{7: true}, `{"7":true}`},
		{"keys with MarshalText", map[netip.Addr]int{netip.MustParseAddr("::1"): 1}, `{"::1":1}`},
		{"keys of a defined string", map[Text]int{"k": 1}, `{"k":1}`},
		{"pointer", &five, `5`},
		{"pointers in a map", map[string]*string{"a": &word, "b": nil}, `{"a":"w","b":null}`},
		{"nil pointer", nilBasket, `null`},
		{"MarshalText", netip.MustParseAddr("10.0.0.1"), `"10.0.0.1"`},
		{"MarshalJSON in canonical form", &Money{500}, `{"a":1.5,"cents":500}`},
		{"MarshalJSON on the pointer of a value", Money{500}, `{"a":1.5,"cents":500}`},
		{"raw JSON", json.RawMessage(`{"b":[1e2,"\u003c"],"a":12345678901234567890}`), `{"a":12345678901234567890,"b":[100.0,"<"]}`},
		{"struct", Item{Name: "<tea>", Price: 2.5, Added: time.Unix(0, 5).UTC(), Raw: []byte{255}},
			`{"Added":"1970-01-01T00:00:00.000000005Z","Price":2.5,"Raw":"/w==","name":"<tea>"}`},
		{"structs in a slice", []Basket{{Items: []any{1}, Base: Base{"me"}}}, `[{"Owner":"me","items":[1]}]`},
		{"struct with pointers", struct {
			T *time.Time
			N *Money
			B *Base
			X *Base
			A any
			M map[string]*int
		}{&epoch, &Money{1}, &Base{"me"}, nil, nil, map[string]*int{"five": &five}},
			`{"A":null,"B":{"Owner":"me"},"M":{"five":5},"N":{"a":1.5,"cents":1},"T":"1970-01-01T00:00:00Z","X":null}`},
		{"struct without fields", struct{}{}, `{}`},
		{"struct with a hidden map inside", struct {
			keys
			*inner
		}{keys{1: 1}, &inner{keys{2: 2}}}, `{"Keys":{"#02":2}}`},
		{"struct that looks like a tag", struct {
			T int `json:" t"`
		}{5}, `{" di":{" t__":5}}`},
		{"JSON that looks like a tag", json.RawMessage(`[{" b":"AA=="}]`), `[{" di":{" b__":"AA=="}}]`},

		{"object that looks like a tag", map[string]any{" t": []any{1}}, `{" di":{" t__":[1]}}`},
		{"object that looks like the escape", map[string]any{" di": 1}, `{" di":{" di__":1}}`},
		{"object that looks escaped", map[string]any{" t__": 1}, `{" t__":1}`},
		{"tag key among others", map[string]any{" t": 1, "a": 2}, `{" t":1,"a":2}`},
		{"unknown tag", map[string]any{" x": 1}, `{" x":1}`},
		{"nested escapes", map[string]any{" t": map[string]any{" t": 1}}, `{" di":{" t__":{" di":{" t__":1}}}}`},
		{"typed map that looks like a tag", map[string]int{" u": 1}, `{" di":{" u__":1}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := mustAppend(t, c, tt.v); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestMemberTextIsWhatAppendMemberAppends tries all that it may take for a text, a number or a bool.
func TestMemberTextIsWhatAppendMemberAppends(t *testing.T) {
	t.Parallel()
	type text string
	type number int
	own := taggedjson.Tag{Key: " x", Check: func(v any) bool { return v == "ann" },
		Encode: func(any) (any, error) { return 1, nil }, Decode: func(any) (any, error) { return "ann", nil }}
	plain, err := taggedjson.New(taggedjson.Types{})
	if err != nil {
		t.Fatal(err)
	}
	tagged, err := taggedjson.New(taggedjson.Types{}, own)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		codec *taggedjson.Codec
		key   string
		value any
		taken bool
	}{
		{"text", plain, "k", "ann", true},
		{"no text", plain, "k", "", true},
		{"text with every plain character", plain, "k", " !#$%&'()*+,-./09:;<=>?@AZ[]^_`az{|}~", true},
		{"a quotation mark", plain, "k", `a"b`, false},
		{"a backslash", plain, "k", `a\\b`, false},
		{"a control character", plain, "k", "a\nb", false},
		{"DEL", plain, "k", "a\x7f", false},
		{"not ASCII", plain, "k", "Zoë", false},
		{"no UTF-8", plain, "k", "\xff", false},
		{"int", plain, "k", -42, true},
		{"int64", plain, "k", int64(1) << 62, true},
		{"true", plain, "k", true, true},
		{"false", plain, "k", false, true},
		{"a defined text", plain, "k", text("ann"), false},
		{"a defined number", plain, "k", number(1), false},
		{"nil", plain, "k", nil, false},
		{"a key that looks like a tag", plain, " t", 1, true},
		{"a key that is no UTF-8", plain, "\xff", 1, false},
		{"a tag of one's own", tagged, "k", "ann", false},
	} {
		raw, ok := tt.codec.MemberText(tt.key, tt.value)
		want, err := tt.codec.AppendMember(nil, tt.key, tt.value)
		if ok != tt.taken || ok && (err != nil || raw != string(want)) {
			t.Errorf("%s: got %q, %t, want %q, %v, %t", tt.name, raw, ok, want, err, tt.taken)
		}
	}
}

func TestAppendFloatsAsPython(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	for _, tt := range []struct {
		f    float64
		want string
	}{
		{0, "0.0"}, {math.Copysign(0, -1), "-0.0"}, {1, "1.0"}, {-1.5, "-1.5"}, {0.1, "0.1"}, {100, "100.0"},
		{0.0001, "0.0001"}, {0.00001, "1e-05"}, {1e-7, "1e-07"}, {0.00012345, "0.00012345"}, {1.5e-9, "1.5e-09"},
		{1e15, "1000000000000000.0"}, {1e16, "1e+16"}, {9999999999999998, "9999999999999998.0"},
		{123456789012345.6, "123456789012345.6"}, {123456789012345680, "1.2345678901234568e+17"},
		{1e21, "1e+21"}, {1e22, "1e+22"}, {1e100, "1e+100"}, {1.0 / 3, "0.3333333333333333"}, {math.Pi, "3.141592653589793"},
		{math.MaxFloat64, "1.7976931348623157e+308"}, {math.SmallestNonzeroFloat64, "5e-324"}, {2.5e-5, "2.5e-05"},
	} {
		if got := mustAppend(t, c, tt.f); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestAppendEscapesAsPython(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	got := mustAppend(t, c, "😀\x7f/\n<>&\"\\\b\t\f\r\x00\x1f~\u0080\u2028\ufffd\uffff'")
	want := `"\ud83d\ude00\u007f/\n<>&\"\\\b\t\f\r\u0000\u001f~\u0080\u2028\ufffd\uffff'"`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAppendErrors(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	self := map[string]any{"a": 1}
	self["self"] = self
	loop := []any{nil}
	loop[0] = loop
	ring := &Basket{}
	ring.Next = ring
	type Pointer *Pointer
	var endless Pointer
	endless = &endless
	far := endless
	for range 10 {
		next := far
		far = &next
	}
	bad := "secret\xff"
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"NaN", math.NaN(), "NaN and infinities have no JSON form"},
		{"infinity in a list", []float64{0, math.Inf(-1)}, "[1]: NaN and infinities have no JSON form"},
		{"function", map[string]any{"cart": map[string]any{"items": []any{1, 2, 3, func() {}}}}, "cart.items[3]: values of type func() have no JSON form; store plain data"},
		{"channel", make(chan int), "values of type chan int have no JSON form; store plain data"},
		{"complex", 1i, "values of type complex128 have no JSON form; store plain data"},
		{"text", bad, "text that is not valid UTF-8; store it as []byte"},
		{"markup", template.HTML(bad), "text that is not valid UTF-8; store it as []byte"},
		{"key", map[string]any{"\xff": 1}, `["\xff"]: text that is not valid UTF-8; store it as []byte`},
		{"key of a typed map", map[string]int{"\xff": 1}, `["\xff"]: text that is not valid UTF-8; store it as []byte`},
		{"key with a space", map[string]any{"a b": map[string]any{"": bad}}, `["a b"][""]: text that is not valid UTF-8; store it as []byte`},
		{"long key", map[string]any{strings.Repeat("k", 65): bad}, `["` + strings.Repeat("k", 64) + `"...]: text that is not valid UTF-8; store it as []byte`},
		{"key type", map[bool]int{true: 1}, "a map with keys of type bool; use text or integers"},
		{"keys of any type", map[any]int{"a": 1}, "a map with keys of type interface {}; use text or integers"},
		{"map in itself", self, "self: the value contains itself"},
		{"list in itself", loop, "[0]: the value contains itself"},
		{"long chain of structs", chain(200), strings.Repeat("Next.", 127) + "items: nested deeper than 64 levels"},
		{"chain of structs", *chain(100), "the JSON of a taggedjson_test.Basket: nested deeper than 64 levels"},
		{"struct in itself", ring, "Next: the value contains itself"},
		{"pointer to itself", endless, "the value contains itself"},
		{"pointer to itself behind ten others", far, "nested deeper than 64 levels"},
		{"struct with a function", Basket{Items: []any{1, func() {}}}, "items[1]: values of type func() have no JSON form; store plain data"},
		{"struct with a channel in a map", Basket{Items: []any{map[string]any{"c": make(chan int)}}}, "items[0].c: values of type chan int have no JSON form; store plain data"},
		{"struct with a function as field", &Basket{Hook: func() {}}, "Hook: values of type func() have no JSON form; store plain data"},
		{"struct with bad text", []Item{{Name: bad}}, "[0].name: text that is not valid UTF-8; store it as []byte"},
		{"struct with a bad embedded text", Basket{Base: Base{bad}}, "Base.Owner: text that is not valid UTF-8; store it as []byte"},
		{"struct with NaN", Item{Price: math.NaN()}, "Price: NaN and infinities have no JSON form"},
		{"struct with a bad key", Basket{Items: []any{map[string]int{"\xff": 1}}}, `items[0]["\xff"]: text that is not valid UTF-8; store it as []byte`},
		{"struct with a field called -", struct {
			//lint:ignore SA5008 the trailing comma is what names a field "-"
			F string `json:"-,"`
		}{bad}, "-: text that is not valid UTF-8; store it as []byte"},
		{"struct with a key that fails", struct{ M map[badKey]int }{map[badKey]int{1: 1}}, "M: the MarshalText of a key, a taggedjson_test.badKey, failed"},
		{"key that fails", map[badKey]int{1: 1}, "the MarshalText of a key, a taggedjson_test.badKey, failed"},
		{"key that is nil", map[*netip.Addr]int{nil: 1}, "a map with keys of type *netip.Addr; use text or integers"},
		{"MarshalText that fails", badKey(1), "the MarshalText of a taggedjson_test.badKey failed"},
		{"struct that hides all", map[string]any{"k": Hidden{"secret"}}, "k: a taggedjson_test.Hidden has no exported fields; give it a MarshalJSON"},
		{"MarshalJSON that fails", []any{Rude{"secret"}}, "[0]: encoding/json cannot write a taggedjson_test.Rude"},
		{"MarshalJSON that gives no UTF-8", Sloppy{}, "the JSON of a taggedjson_test.Sloppy: malformed JSON at byte 1: a character that no string may hold"},
		{"raw JSON with half a character", json.RawMessage(`"\ud800"`), "the JSON of a json.RawMessage: malformed JSON at byte 1: a character that no string may hold"},
		{"number", json.Number("secret"), "a json.Number that is not a number"},
		{"number with more behind", json.Number("1 "), "a json.Number that is not a number"},
		{"number out of range", json.Number("1e400"), "a number beyond the range of float64"},
		{"integer that Python refuses", json.Number(strings.Repeat("9", 4301)), "an integer of more than 4300 digits"},
		{"year 0", time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), "a time outside the years 1 to 9999"},
		{"year 10000", time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -7200)), "a time outside the years 1 to 9999"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := c.Append([]byte("before"), tt.v)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got error %v\nwant      %s", err, tt.want)
			}
			if string(got) != "before" {
				t.Errorf("dst came back as %q", got)
			}
			if strings.Contains(tt.want, "secret") {
				t.Errorf("the error quotes the value")
			}
		})
	}
}

func TestAppendErrorKeepsTheCause(t *testing.T) {
	t.Parallel()
	_, err := newCodec(t).Append(nil, map[string]any{"k": Rude{}})
	if !errors.Is(err, errRude) {
		t.Errorf("got %v, want an error that is what MarshalJSON returned", err)
	}
}

func TestAppendRefusesKeysOfOneText(t *testing.T) {
	t.Parallel()
	_, err := newCodec(t).Append(nil, map[sameText]int{{1}: 1, {2}: 2})
	if want := "same: several keys of the map have this text"; err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

// keys is a map that encoding/json does not see when it is embedded.
type keys map[Color]int

// inner is a struct that it does see.
type inner struct{ Keys keys }

// blob is a []byte of another name.
type blob []byte

// flag is a bool of another name.
type flag bool

// label looks like a UUID of another package, but is none.
type label [16]byte

func (label) MarshalText() ([]byte, error) { return []byte(strings.Repeat("0", 36)), nil }

// badKey cannot be written.
type badKey int

func (k badKey) MarshalText() ([]byte, error) { return nil, errRude }

// chain returns structs in each other, so many below the first.
func chain(length int) *Basket {
	b := &Basket{}
	for range length {
		b = &Basket{Next: b}
	}
	return b
}

// nestedMaps returns 1 in so many maps.
func nestedMaps(levels int) any {
	v := any(int64(1))
	for range levels {
		v = map[string]any{"a": v}
	}
	return v
}

type sameText struct{ n int }

func (sameText) MarshalText() ([]byte, error) { return []byte("same"), nil }

func TestAppendSharedIsNoCycle(t *testing.T) {
	t.Parallel()
	shared := map[string]any{"a": 1}
	first := &struct{ First **int }{}
	got := mustAppend(t, newCodec(t), []any{shared, shared, first, first, []any{}, []any{[]any{}}})
	if want := `[{"a":1},{"a":1},{"First":null},{"First":null},[],[[]]]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// nested returns a value of so many lists in each other.
func nested(levels int) any {
	v := any([]any{})
	for range levels - 1 {
		v = []any{v}
	}
	return v
}

func TestDepth(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	withTag := func(levels int, tagged any) any {
		v := tagged
		for range levels {
			v = []any{v}
		}
		return v
	}
	for _, tt := range []struct {
		name string
		v    any
		ok   bool
	}{
		{"64 lists", nested(64), true},
		{"65 lists", nested(65), false},
		{"bytes at 64", withTag(63, []byte("x")), true},
		{"bytes at 65", withTag(64, []byte("x")), false},
		{"tuple at 63 and 64", withTag(62, Tuple{}), true},
		{"tuple at 64 and 65", withTag(63, Tuple{}), false},
		{"tuple at 65", withTag(64, Tuple{}), false},
		{"time at 65", withTag(64, time.Unix(0, 0)), false},
		{"UUID at 65", withTag(64, UUID{}), false},
		{"markup at 65", withTag(64, template.HTML("")), false},
		{"escape at 63 and 64", withTag(62, map[string]any{" t": 1}), true},
		{"escape at 65", withTag(64, map[string]any{" t": 1}), false},
		{"escape at 64 and 65", withTag(63, map[string]any{" t": 1}), false},
		{"map at 64", withTag(63, map[string]int{"a": 1}), true},
		{"map at 65", withTag(64, map[string]int{"a": 1}), false},
		{"struct at 64", withTag(63, Base{}), true},
		{"struct at 65", withTag(64, Base{}), false},
		{"raw JSON at 64", withTag(63, json.RawMessage(`[]`)), true},
		{"raw JSON at 65", withTag(64, json.RawMessage(`[]`)), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			raw, err := c.Append(nil, tt.v)
			if ok := err == nil; ok != tt.ok {
				t.Fatalf("Append: got error %v, want %v", err, tt.ok)
			}
			if !tt.ok {
				return
			}
			if _, err := c.Decode(string(raw)); err != nil {
				t.Errorf("Decode refuses what Append wrote: %v", err)
			}
			if _, err := c.AppendMember(nil, "k", tt.v); err == nil {
				t.Error("AppendMember leaves no room for the object")
			}
		})
	}
}

func TestAppendMember(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	raw, err := c.AppendMember([]byte("x"), "k", []any{1})
	if err != nil || string(raw) != "x[1]" {
		t.Errorf("got %s, %v", raw, err)
	}
	_, err = c.AppendMember(nil, "cart", map[string]any{"items": []any{0, 1, 2, make(chan int)}})
	if want := "cart.items[3]: values of type chan int have no JSON form; store plain data"; err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
	if _, err = c.AppendMember(nil, "\xff", 1); err == nil {
		t.Error("a key that is not UTF-8 is taken")
	}
	for key, levels := range map[string]int{"k": 63, " t": 62} {
		raw, err := c.AppendMember(nil, key, nested(levels))
		if err != nil {
			t.Fatalf("%q with %d levels: %v", key, levels, err)
		}
		whole := c.Join(nil, []taggedjson.Member{{Key: key, Raw: string(raw)}})
		if _, err := c.Split(string(whole), nil); err != nil {
			t.Errorf("%q with %d levels cannot be read: %v", key, levels, err)
		}
		if _, err := c.AppendMember(nil, key, nested(levels+1)); err == nil {
			t.Errorf("%q with %d levels is taken", key, levels+1)
		}
	}
}
