package jsontext

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

type plainUser struct {
	ID       int    `json:"id"`
	Name     string `json:"name"`
	Nick     string `json:",omitempty"`
	secret   string
	Hidden   string `json:"-"`
	Ümlaut   float64
	Boss     *plainUser        `json:"boss,omitempty"`
	Tags     []string          `json:"tags"`
	More     map[string]any    `json:"more,omitempty"`
	Counts   map[word]uint8    `json:"counts,omitempty"`
	Position [2]float32        `json:"position"`
	Any      any               `json:"any,omitempty"`
	None     struct{}          `json:"none,omitempty"`
	Reports  []plainUser       `json:"reports,omitempty"`
	Rooms    map[string][]word `json:"rooms"`
}

type word string

type loud string

func (l loud) MarshalText() ([]byte, error) { return []byte(strings.ToUpper(string(l))), nil }

type shy struct{ N int }

func (s *shy) MarshalJSON() ([]byte, error) { return []byte(`"shy"`), nil }

var awkwardTexts = []string{
	"", "plain", `a "quoted" \ text`, "<script>&amp;</script>", "line\nbreak\tand\rmore\b\f\x00\x1f\x7f", "Grüße, 世界 🌍",
	"\u2028 and \u2029", "broken \xff and \xc3", "\ufffd itself", strings.Repeat("long ", 100) + "<", "é<", "\xed\xa0\x80",
}

var awkwardFloats = []float64{0, math.Copysign(0, -1), 1, -1.5, 1e-6, 9.99e-7, 1e-9, 1e20, 1e21, 1e-300, math.MaxFloat64, math.SmallestNonzeroFloat64,
	math.MaxFloat32, math.SmallestNonzeroFloat32, 100, 0.1, 1.0 / 3}

// TestAppendWritesPlainDataAsPackageJSONDoes compares plain data, which the Encoder must write by itself.
func TestAppendWritesPlainDataAsPackageJSONDoes(t *testing.T) {
	t.Parallel()
	boss := &plainUser{ID: -1, Name: "<ann>", Nick: "a", secret: "x", Ümlaut: 1e21, Position: [2]float32{1e-7, 0.1}}
	values := []any{
		nil, true, false, 0, -17, int8(-128), int64(math.MinInt64), uint64(math.MaxUint64), uint8(7), "text", word("w"),
		plainUser{}, plainUser{Boss: boss, Tags: []string{}, More: map[string]any{"b": 1, "a": []any{nil, "x"}, "c<": map[string]any{}},
			Counts: map[word]uint8{"z": 1, "y": 2}, Any: boss, Reports: []plainUser{*boss, {}}, Rooms: map[string][]word{"r": nil, "q": {"a", "b"}}},
		&boss, (*plainUser)(nil), []int(nil), []int{}, []any{1, "2", 3.5, nil, true, []string{"x"}}, [3]uint8{1, 2, 3}, [0]int{},
		map[string]any(nil), map[string]any{}, map[string]int{"b": 1, "a": 2}, map[word]any{"k": map[string]any{"x": nil}}, map[string]*int{"nil": nil},
		reflect.Zero(reflect.StructOf([]reflect.StructField{{Name: "Dash", Type: reflect.TypeFor[int](), Tag: `json:"-,"`}})).Interface(),
		struct{}{}, struct{ A, B any }{A: 1}, []map[string]any{{"id": 1}, {"id": 2}}, struct{ E error }{}, struct{ M json.Marshaler }{},
	}
	for _, text := range awkwardTexts {
		values = append(values, text, map[string]any{text: text}, map[word]string{word(text): text})
	}
	for _, f := range awkwardFloats {
		values = append(values, f, float32(min(f, math.MaxFloat32)), []float64{f, -f})
	}
	var e Encoder
	for _, v := range values {
		got, ok := e.Append(nil, v)
		if !ok {
			t.Errorf("%#v: is left to package json", v)
			continue
		}
		if want := encoded(t, v); string(got)+"\n" != want {
			t.Errorf("%#v:\ngot  %s\nwant %s", v, got, want)
		}
	}
}

// encoded returns what package json makes of v.
func encoded(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		t.Fatalf("%#v: %v", v, err)
	}
	return b.String()
}

func TestAppendLeavesTheRestToPackageJSON(t *testing.T) {
	t.Parallel()
	type embedded struct {
		shy
		Name string
	}
	type tree struct{ Children []tree }
	deep := tree{}
	for range maxPlainDepth + 1 {
		deep = tree{[]tree{deep}}
	}
	var e Encoder
	for _, v := range []any{
		time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), []byte("bytes"), loud("text"), map[loud]int{"a": 1}, []loud{"x"}, []shy{{1}}, shy{2}, &shy{3},
		embedded{Name: "x"}, json.Number("1.50"), json.RawMessage(`{"a": 1}`), map[int]string{2: "b", 10: "a"}, deep, uintptr(1),
		struct {
			N int `json:",string"`
		}{7},
		struct {
			T time.Time `json:",omitzero"`
		}{},
		reflect.Zero(reflect.StructOf([]reflect.StructField{
			{Name: "A", Type: reflect.TypeFor[int](), Tag: `json:"x"`}, {Name: "B", Type: reflect.TypeFor[int](), Tag: `json:"x"`},
		})).Interface(),
		struct {
			A int `json:"grüße"`
			B int `json:"a<b"`
		}{1, 2},
		map[string]any{"at": time.Time{}}, []any{1, []any{loud("x")}}, struct{ A any }{json.RawMessage(`1`)},
	} {
		if _, ok := e.Append(nil, v); ok {
			t.Errorf("%#v: is not left to package json", v)
		}
	}
}

func TestAppendRefusesWhatCannotBeEncoded(t *testing.T) {
	t.Parallel()
	type ring struct {
		Next *ring
		Name string
	}
	circle := &ring{Name: "a"}
	circle.Next = circle
	loop := map[string]any{}
	loop["itself"] = loop
	var e Encoder
	for _, v := range []any{math.NaN(), []float64{math.Inf(1)}, map[string]any{"f": float32(math.Inf(-1))}, make(chan int), func() {}, complex(1, 2),
		map[bool]int{true: 1}, circle, loop, struct{ F any }{func() {}}} {
		if text, ok := e.Append([]byte("before"), v); ok || text != nil {
			t.Errorf("%T: got %s, want nothing", v, text)
		}
		if _, err := json.Marshal(v); err == nil {
			t.Errorf("%T: package json encodes it", v)
		}
	}
}

// TestAppendWritesAnythingAtRandomAsPackageJSONDoes compares values of types that are put together at random. Goroutines that ask
// for the same ones share the plans, which are more than there are places for those asked for last.
func TestAppendWritesAnythingAtRandomAsPackageJSONDoes(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	var e Encoder
	for i := range 4 {
		t.Run(fmt.Sprint("goroutine ", i), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 1))
			plain := 0
			for range 2000 {
				v := randomValue(random, randomType(random, 3), 3)
				got, ok := e.Append([]byte("behind "), v.Interface())
				if !ok {
					continue
				}
				plain++
				if want := "behind " + encoded(t, v.Interface()); string(got)+"\n" != want {
					t.Fatalf("seed %d: %v:\ngot  %s\nwant %s", seed, v.Type(), got, want)
				}
			}
			if plain < 500 {
				t.Errorf("got %d plain values of 2000, want more than 500", plain)
			}
		})
	}
}

var leaves = []reflect.Type{
	reflect.TypeFor[int](), reflect.TypeFor[int8](), reflect.TypeFor[uint32](), reflect.TypeFor[bool](), reflect.TypeFor[string](), reflect.TypeFor[word](),
	reflect.TypeFor[float32](), reflect.TypeFor[float64](), reflect.TypeFor[any](), reflect.TypeFor[loud](), reflect.TypeFor[time.Time](), reflect.TypeFor[[]byte](),
	reflect.TypeFor[string](), reflect.TypeFor[int64](), reflect.TypeFor[map[string]any](), reflect.TypeFor[[]string](), reflect.TypeFor[json.Number](),
}

func randomType(random *rand.Rand, depth int) reflect.Type {
	leaf := leaves[random.IntN(len(leaves))]
	if depth == 0 {
		return leaf
	}
	inner := func() reflect.Type { return randomType(random, depth-1) }
	switch random.IntN(7) {
	case 0:
		return reflect.SliceOf(inner())
	case 1:
		return reflect.MapOf(reflect.TypeFor[string](), inner())
	case 2:
		return reflect.PointerTo(inner())
	case 3:
		return reflect.ArrayOf(random.IntN(3), inner())
	case 4, 5:
		var fields []reflect.StructField
		for i := range random.IntN(5) {
			tag := []string{``, `json:"-"`, `json:"x_` + fmt.Sprint(i) + `"`, `json:",omitempty"`, `json:"y` + fmt.Sprint(i) + `,omitempty"`, `json:",string"`, `json:"same"`}[random.IntN(7)]
			fields = append(fields, reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: inner(), Tag: reflect.StructTag(tag)})
		}
		return reflect.StructOf(fields)
	}
	return leaf
}

func randomValue(random *rand.Rand, t reflect.Type, depth int) reflect.Value {
	v := reflect.New(t).Elem()
	switch {
	case t == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(random.Int64N(1<<32), 0).UTC()))
		return v
	case t == jsonNumber:
		v.SetString("17")
		return v
	case random.IntN(5) == 0:
		return v
	}
	n := random.IntN(4)
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int64:
		v.SetInt(random.Int64() >> random.IntN(60) % 100)
	case reflect.Uint8, reflect.Uint32:
		v.SetUint(random.Uint64() % 200)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString(awkwardTexts[random.IntN(len(awkwardTexts))])
	case reflect.Float32, reflect.Float64:
		v.SetFloat(min(awkwardFloats[random.IntN(len(awkwardFloats))], math.MaxFloat32))
	case reflect.Interface:
		if depth > 0 {
			v.Set(randomValue(random, randomType(random, 1), depth-1))
		}
	case reflect.Slice:
		for range n {
			v.Set(reflect.Append(v, randomValue(random, t.Elem(), depth)))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		for range n {
			v.SetMapIndex(randomValue(random, t.Key(), depth), randomValue(random, t.Elem(), depth))
		}
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(randomValue(random, t.Elem(), depth))
	case reflect.Array:
		for i := range v.Len() {
			v.Index(i).Set(randomValue(random, t.Elem(), depth))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			v.Field(i).Set(randomValue(random, t.Field(i).Type, depth))
		}
	}
	return v
}

func FuzzAppend(f *testing.F) {
	for _, text := range awkwardTexts {
		f.Add(text, 1.5)
	}
	for _, number := range awkwardFloats {
		f.Add("x", number)
	}
	f.Fuzz(func(t *testing.T, text string, number float64) {
		if math.IsNaN(number) || math.IsInf(number, 0) {
			number = 0
		}
		v := map[string]any{text: text, "n": number, "f": min(max(float32(number), -math.MaxFloat32), math.MaxFloat32)}
		var e Encoder
		got, ok := e.Append(nil, v)
		if want := encoded(t, v); !ok || string(got)+"\n" != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

// BenchmarkAppend compares with package json.
func BenchmarkAppend(b *testing.B) {
	type user struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
	}
	for name, v := range map[string]any{"struct": user{17, "ann"}, "map": map[string]any{"id": 17, "name": "ann"}} {
		b.Run(name+"/ours", func(b *testing.B) {
			var e Encoder
			text := make([]byte, 0, 100)
			b.ReportAllocs()
			for b.Loop() {
				_, _ = e.Append(text, v)
			}
		})
		b.Run(name+"/json", func(b *testing.B) {
			var buf bytes.Buffer
			enc := json.NewEncoder(&buf)
			b.ReportAllocs()
			for b.Loop() {
				buf.Reset()
				_ = enc.Encode(v)
			}
		})
	}
}
