package taggedjson_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"reflect"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/taggedjson"
)

// The types that stand for Flask's in these tests.
type (
	Tuple []any
	UUID  [16]byte
)

func (u UUID) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:]), nil
}

func (u *UUID) UnmarshalText(text []byte) error {
	digits := strings.ReplaceAll(string(text), "-", "")
	if len(digits) != 32 {
		return errors.New("a UUID has 32 digits")
	}
	_, err := hex.Decode(u[:], []byte(digits))
	return err
}

// ForeignUUID is a UUID type that the codec does not know.
type ForeignUUID [16]byte

func (u ForeignUUID) MarshalText() ([]byte, error) { return UUID(u).MarshalText() }

func (u *ForeignUUID) UnmarshalText(text []byte) error { return (*UUID)(u).UnmarshalText(text) }

// Point is a type with a tag of its own.
type Point struct{ X, Y int }

func flaskTypes() taggedjson.Types {
	return taggedjson.Types{
		Tuple:  reflect.TypeFor[Tuple](),
		UUID:   reflect.TypeFor[UUID](),
		Markup: reflect.TypeFor[template.HTML](),
	}
}

func newCodec(t testing.TB, tags ...taggedjson.Tag) *taggedjson.Codec {
	t.Helper()
	c, err := taggedjson.New(flaskTypes(), tags...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// pointTag writes a Point as a list.
func pointTag() taggedjson.Tag {
	return taggedjson.Tag{
		Key:    " p",
		Check:  func(v any) bool { _, ok := v.(Point); return ok },
		Encode: func(v any) (any, error) { p := v.(Point); return []int{p.X, p.Y}, nil },
		Decode: func(v any) (any, error) {
			list, ok := v.([]any)
			if !ok || len(list) != 2 {
				return nil, errors.New("a point has two coordinates")
			}
			return Point{int(list[0].(int64)), int(list[1].(int64))}, nil
		},
	}
}

func mustAppend(t testing.TB, c *taggedjson.Codec, v any) string {
	t.Helper()
	raw, err := c.Append(nil, v)
	if err != nil {
		t.Fatalf("Append(%#v): %v", v, err)
	}
	return string(raw)
}

func TestNewRefusesMistakes(t *testing.T) {
	t.Parallel()
	whole := pointTag()
	with := func(change func(*taggedjson.Tag)) []taggedjson.Tag {
		tag := pointTag()
		change(&tag)
		return []taggedjson.Tag{tag}
	}
	for _, tt := range []struct {
		name  string
		types taggedjson.Types
		tags  []taggedjson.Tag
		want  string
	}{
		{"key of a built-in tag", flaskTypes(), with(func(t *taggedjson.Tag) { t.Key = " t" }), `tag " t" is already registered`},
		{"key given twice", flaskTypes(), []taggedjson.Tag{whole, whole}, `tag " p" is already registered`},
		{"empty key", flaskTypes(), with(func(t *taggedjson.Tag) { t.Key = "" }), `tag "" needs a key that is text`},
		{"key of an escape", flaskTypes(), with(func(t *taggedjson.Tag) { t.Key = " t__" }), `tag " t__" must not end in "__", which marks an escaped key`},
		{"no Check", flaskTypes(), with(func(t *taggedjson.Tag) { t.Check = nil }), `tag " p" needs Check, Encode and Decode`},
		{"no Encode", flaskTypes(), with(func(t *taggedjson.Tag) { t.Encode = nil }), `tag " p" needs Check, Encode and Decode`},
		{"no Decode", flaskTypes(), with(func(t *taggedjson.Tag) { t.Decode = nil }), `tag " p" needs Check, Encode and Decode`},
		{"tuple of strings", taggedjson.Types{Tuple: reflect.TypeFor[[]string]()}, nil, "the tuple type must be one defined as []any"},
		{"tuple that every list would be", taggedjson.Types{Tuple: reflect.TypeFor[[]any]()}, nil, "the tuple type must be one defined as []any"},
		{"short UUID", taggedjson.Types{UUID: reflect.TypeFor[[8]byte]()}, nil, "the UUID type must be one defined as [16]byte"},
		{"markup that every string would be", taggedjson.Types{Markup: reflect.TypeFor[string]()}, nil, "the markup type must be one defined as string"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := taggedjson.New(tt.types, tt.tags...); err == nil || err.Error() != tt.want {
				t.Errorf("got error %v, want %s", err, tt.want)
			}
		})
	}
}

func TestCustomTag(t *testing.T) {
	t.Parallel()
	c := newCodec(t, pointTag())
	v := map[string]any{"at": Point{1, 2}, "path": []Point{{3, 4}}, "tag": map[string]any{" p": int64(1)}}
	want := `{"at":{" p":[1,2]},"path":[{" p":[3,4]}],"tag":{" di":{" p__":1}}}`
	if got := mustAppend(t, c, v); got != want {
		t.Errorf("written\n got %s\nwant %s", got, want)
	}

	back, err := c.Decode(want)
	v["path"] = []any{Point{3, 4}}
	if err != nil || !reflect.DeepEqual(back, any(v)) {
		t.Errorf("read: got %#v, %v, want %#v", back, err, v)
	}

	var path []Point
	if err := c.DecodeInto(`[{" p":[3,4]}]`, &path); err != nil || path[0] != (Point{3, 4}) {
		t.Errorf("read into a slice: got %v, %v", path, err)
	}
	_, err = c.Decode(`{" p":"secret"}`)
	if err == nil || err.Error() != `the Decode of tag " p" refused its content` || errors.Unwrap(err) == nil {
		t.Errorf("refused: got error %v, cause %v", err, errors.Unwrap(err))
	}
}

func TestCustomTagComesBeforeBuiltInOnes(t *testing.T) {
	t.Parallel()
	mark := func(key string) taggedjson.Tag {
		return taggedjson.Tag{
			Key:    key,
			Check:  func(v any) bool { _, ok := v.([]byte); return ok },
			Encode: func(v any) (any, error) { return hex.EncodeToString(v.([]byte)), nil },
			Decode: func(v any) (any, error) { return hex.DecodeString(v.(string)) },
		}
	}
	c := newCodec(t, mark(" first"), mark(" second"))
	if got, want := mustAppend(t, c, []byte{0xff}), `{" first":"ff"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCustomTagsDoNotReachIntoStructs(t *testing.T) {
	t.Parallel()
	everyMap := pointTag()
	everyMap.Check = func(v any) bool { _, ok := v.(map[string]any); return ok }
	everyMap.Encode = func(v any) (any, error) { return "a map", nil }
	got := mustAppend(t, newCodec(t, everyMap), []any{Base{"me"}, map[string]any{}, Base{"you"}})
	if want := `[{"Owner":"me"},{" p":"a map"},{"Owner":"you"}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCustomTagThatCannotEncode(t *testing.T) {
	t.Parallel()
	rude := pointTag()
	rude.Encode = func(any) (any, error) { return nil, errRude }
	_, err := newCodec(t, rude).Append(nil, []any{Point{}})
	if want := `[0]: the Encode of tag " p" refused a taggedjson_test.Point`; err == nil || err.Error() != want || !errors.Is(err, errRude) {
		t.Errorf("got error %v, want %s", err, want)
	}
}

func TestCustomTagOfItselfIsTooDeep(t *testing.T) {
	t.Parallel()
	endless := pointTag()
	endless.Encode = func(v any) (any, error) { return v, nil }
	if _, err := newCodec(t, endless).Append(nil, Point{}); err == nil || !strings.Contains(err.Error(), "nested deeper") {
		t.Errorf("got error %v", err)
	}
}

func TestNilTypes(t *testing.T) {
	t.Parallel()
	c, err := taggedjson.New(taggedjson.Types{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, raw string
		want      any
		again     string
	}{
		{"tuple is a list", `{" t":[1]}`, []any{int64(1)}, `[1]`},
		{"markup is unsafe text", `{" m":"<b>"}`, "<b>", `"<b>"`},
		{"UUID is an array", `{" u":"00000000000000000000000000000001"}`, [16]byte{15: 1}, `{" u":"00000000000000000000000000000001"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := c.Decode(tt.raw)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Fatalf("got %#v, %v, want %#v", got, err, tt.want)
			}
			if again := mustAppend(t, c, got); again != tt.again {
				t.Errorf("written again: got %s, want %s", again, tt.again)
			}
		})
	}
}
