package taggedjson_test

import (
	"encoding/json"
	"errors"
	"html/template"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestDecodeInto(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	date := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	id := UUID{15: 1}
	const idText = `{" u":"00000000000000000000000000000001"}`
	for _, tt := range []struct {
		name, raw string
		dst, want any // pointers
	}{
		{"string", ` "h\u00e9" `, new(string), new("hé")},
		{"bool", "true", new(bool), new(true)},
		{"false", "false", new(true), new(false)},
		{"int", "-42", new(int), new(-42)},
		{"whole float in an int", "1e+2", new(int), new(100)},
		{"int64", "9223372036854775807", new(int64), new(int64(math.MaxInt64))},
		{"past the integers of float64", "9007199254740993", new(int64), new(int64(9007199254740993))},
		{"float64", "1.5", new(float64), new(1.5)},
		{"integer in a float64", "9007199254740994", new(float64), new(9007199254740994.0)},
		{"nothing in a float64", "-0", new(float64), new(math.Copysign(0, -1))},
		{"bytes", `{" b":"AP8="}`, new([]byte), new([]byte{0, 255})},
		{"bytes with space and escapes", ` { "\u0020b" : "AP8=" } `, new([]byte), new([]byte{0, 255})},
		{"null bytes", "null", new([]byte("x")), new([]byte(nil))},
		{"time", `{" d":"Tue, 02 Jan 2024 03:04:05 GMT"}`, new(time.Time), &date},
		{"time of a struct", `"2024-01-02T03:04:05Z"`, new(time.Time), &date},
		{"null changes nothing", "null", new(5), new(5)},

		{"any", `{"a":[1,{" t":[]}]}`, new(any), new(any(map[string]any{"a": []any{int64(1), Tuple{}}}))},
		{"null any", "null", new(any(1)), new(any)},
		{"map of any", `{"a":1}`, new(map[string]any), &map[string]any{"a": int64(1)}},
		{"list of any", `[1,{" b":""}]`, new([]any), &[]any{int64(1), []byte{}}},
		{"list of any from a tuple", `{" t":[1]}`, new([]any), &[]any{int64(1)}},
		{"tuple", `{" t":[1]}`, new(Tuple), &Tuple{int64(1)}},
		{"tuple from a list", `[1]`, new(Tuple), &Tuple{int64(1)}},
		{"markup", `{" m":"<b>"}`, new(template.HTML), new(template.HTML("<b>"))},
		{"string from markup", `{" m":"<b>"}`, new(string), new("<b>")},
		{"UUID", idText, new(UUID), &id},
		{"UUID of another package", idText, new(ForeignUUID), &ForeignUUID{15: 1}},
		{"UUID as 16 bytes", idText, new([16]byte), &[16]byte{15: 1}},
		{"UUID as text", idText, new(string), new("00000000-0000-0000-0000-000000000001")},

		{"int8", "127", new(int8), new(int8(127))},
		{"largest uint64", "18446744073709551615", new(uint64), new(uint64(math.MaxUint64))},
		{"duration", "1000000000", new(time.Duration), new(time.Second)},
		{"strings", `["a","b"]`, new([]string), &[]string{"a", "b"}},
		{"strings of a tuple", `{" t":["a",{" m":"b"}]}`, new([]string), &[]string{"a", "b"}},
		{"pairs", `[{" t":["message","h\u00e9"]}]`, new([][2]string), &[][2]string{{"message", "hé"}}},
		{"map of ints", `{"a":1}`, new(map[string]int), &map[string]int{"a": 1}},
		{"keys that are ints", `{"10":"a"}`, new(map[int]string), &map[int]string{10: "a"}},
		{"map that looks like a tag", `{" di":{" t__":1}}`, new(map[string]int), &map[string]int{" t": 1}},
		{"times", `[{" d":"Tue, 02 Jan 2024 03:04:05 GMT"}]`, new([]time.Time), &[]time.Time{date}},
		{"chunks", `[{" b":"AP8="},null]`, new([][]byte), &[][]byte{{0, 255}, nil}},
		{"UUIDs", "[" + idText + "]", new([]UUID), &[]UUID{id}},
		{"pointer", "5", new(*int), new(new(5))},
		{"MarshalJSON and back", `{"a":1.5,"cents":500}`, new(Money), &Money{500}},
		{"integers inside any keep their digits", `{"items":[9007199254740993]}`, new(Basket), &Basket{Items: []any{json.Number("9007199254740993")}}},
		{"map that reads JSON in its own way", `{"a":1}`, new(shouting), &shouting{"A": 1.0}},
		{"unknown members", `{"Owner":"me","more":{" t":[]}}`, new(Base), &Base{"me"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := c.DecodeInto(tt.raw, tt.dst); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(tt.dst, tt.want) {
				t.Errorf("got %#v, want %#v", reflect.ValueOf(tt.dst).Elem(), reflect.ValueOf(tt.want).Elem())
			}
		})
	}
}

func TestStructsComeBack(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	want := []Item{
		{Name: "<tea>\U0001F600", Price: 2, Added: time.Date(2024, 1, 2, 3, 4, 5, 678901234, time.UTC), Raw: []byte{0, 255}},
		{Note: "x"},
	}
	var got []Item
	if err := c.DecodeInto(mustAppend(t, c, want), &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v, %v\nwant %#v", got, err, want)
	}
}

func TestDecodeIntoErrors(t *testing.T) {
	t.Parallel()
	c := newCodec(t, pointTag())
	for _, tt := range []struct {
		name, raw string
		dst       any
		want      string
	}{
		{"fraction in an int", "1.5", new(int), "a float is not an integer"},
		{"fraction in an int64", "1e-1", new(int64), "a float is not an integer"},
		{"whole float past the exact ones", "1e+17", new(int64), "a float is not an integer"},
		{"larger than int64", "9223372036854775808", new(int64), "an integer beyond the range of int64"},
		{"larger than int8", "[300]", new([]int8), "this number does not fit in int8"},
		{"negative in a uint", "-1", new(uint), "this number does not fit in uint"},
		{"fraction in an int8", "1.5", new(int8), "this number does not fit in int8"},
		{"integer that float64 rounds", "9007199254740993", new(float64), "an integer that float64 cannot hold exactly"},
		{"beyond float64", "1e400", new(float64), "a number beyond the range of float64"},
		{"beyond float32", "1e300", new(float32), "this number does not fit in float32"},
		{"string in an int", `"secret"`, new(int), "this string does not fit in int"},
		{"number in a string", "4711", new(string), "this number does not fit in string"},
		{"number in a bool", "4711", new(bool), "this number does not fit in bool"},
		{"list in a map", "[4711]", new(map[string]any), "this array does not fit in map[string]interface {}"},
		{"object in a list", `{"secret":1}`, new([]any), "this object does not fit in []interface {}"},
		{"number in bytes", "4711", new([]byte), "this number does not fit in []uint8"},
		{"bool in bytes", "true", new([]byte), "this bool does not fit in []uint8"},
		{"tuple in bytes", `{" t":[]}`, new([]byte), "this taggedjson_test.Tuple does not fit in []uint8"},
		{"null in what refuses it", "null", new(leaky), "this value does not fit in int"},
		{"malformed number", "-", new(int), "malformed JSON at byte 1: a value is missing"},
		{"malformed float", "1.", new(float64), "malformed JSON at byte 2: a digit is missing"},
		{"malformed text in bytes", `{" b":"secret`, new([]byte), "malformed JSON at byte 13: the end of a string is missing"},
		{"text in bytes", `"c2VjcmV0"`, new([]byte), "this string does not fit in []uint8"},
		{"list in bytes", "[1,2]", new([]byte), "this array does not fit in []uint8"},
		{"text in a time", `"secret"`, new(time.Time), "this string does not fit in time.Time"},
		{"field", `{"Items":[1],"Owner":4711}`, new(Basket), "Base.Owner: this number does not fit in string"},
		{"text in a UUID", `"secret"`, new(UUID), "this string does not fit in taggedjson_test.UUID"},
		{"keys of text", `{"secret":1}`, new(map[int]int), "this number does not fit in int"},
		{"tag in a struct", `{" b":"AP8="}`, new(Base), "this string does not fit in taggedjson_test.Base"},
		{"malformed string", `"secret`, new(string), "malformed JSON at byte 7: the end of a string is missing"},
		{"malformed list", `["secret]`, new([]string), "malformed JSON at byte 9: the end of a string is missing"},
		{"rest behind a string", `"secret" 1`, new(string), "malformed JSON at byte 9: data after the end of the value"},
		{"rest behind a number", `1 1`, new(int), "malformed JSON at byte 2: data after the end of the value"},
		{"rest behind bytes", `{" b":"AP8="} 1`, new([]byte), "malformed JSON at byte 14: data after the end of the value"},
		{"malformed bytes", `{" b":"secret"}`, new([]byte), `tag " b" must hold base64`},
		{"malformed time", `{" d":"secret"}`, new(time.Time), `tag " d" must hold a date such as Mon, 02 Jan 2006 15:04:05 GMT`},
		{"malformed tag", `{" t":5}`, new([]string), `tag " t" must hold a list`},
		{"refused by its tag", `{" p":"secret"}`, new(Point), `the Decode of tag " p" refused its content`},
		{"no pointer", `1`, 5, "cannot decode into int; pass a pointer to a variable"},
		{"nothing", `1`, nil, "cannot decode into <nil>; pass a pointer to a variable"},
		{"nil pointer", `1`, (*int)(nil), "cannot decode into *int; pass a pointer to a variable"},
		{"nil pointer to bytes", `{" b":""}`, (*[]byte)(nil), "cannot decode into *[]uint8; pass a pointer to a variable"},
		{"nil pointer to a time", `{" d":"Tue, 02 Jan 2024 03:04:05 GMT"}`, (*time.Time)(nil), "cannot decode into *time.Time; pass a pointer to a variable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := c.DecodeInto(tt.raw, tt.dst)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got error %v\nwant      %s", err, tt.want)
			}
		})
	}
}

func TestDecodeIntoErrorsHideMethodsErrors(t *testing.T) {
	t.Parallel()
	err := newCodec(t).DecodeInto(`"secret"`, new(leaky))
	if err == nil || strings.Contains(err.Error(), "secret") || errors.Unwrap(err) != nil {
		t.Errorf("got error %v", err)
	}
}

// leaky quotes what it refuses, in the guise of an error of encoding/json too.
type leaky struct{}

func (*leaky) UnmarshalJSON(b []byte) error {
	return &json.UnmarshalTypeError{Value: string(b), Type: reflect.TypeFor[int]()}
}

// shouting changes its keys when it is read.
type shouting map[string]any

func (s *shouting) UnmarshalJSON(b []byte) error {
	var m map[string]any
	err := json.Unmarshal(b, &m)
	*s = shouting{}
	for key, v := range m {
		(*s)[strings.ToUpper(key)] = v
	}
	return err
}

func TestDecodeIntoCustomTag(t *testing.T) {
	t.Parallel()
	var p Point
	if err := newCodec(t, pointTag()).DecodeInto(`{" p":[1,2]}`, &p); err != nil || p != (Point{1, 2}) {
		t.Errorf("got %v, %v", p, err)
	}
}
