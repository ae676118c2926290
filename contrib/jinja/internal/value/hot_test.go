package value_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// hot is what a page does for each of its rows, and how often it may allocate.
func hot() []hotPath {
	rt := runtimeOf(value.Default)
	rt.Steps = 1 << 60
	row := map[string]any{"id": 7, "name": "Ann"}
	someone := newUser()
	anys, maps, texts := make([]any, 20), make([]map[string]any, 20), value.Range{Stop: 20, Step: 1}
	buffer := make([]byte, 0, 1024)
	var it value.Iterator
	through := func(v any) func() error {
		return func() error {
			if err := it.Reset(rt, v); err != nil {
				return err
			}
			for {
				if _, ok, err := it.Next(); !ok || err != nil {
					return err
				}
			}
		}
	}
	attr := func(v any, name string) func() error {
		return func() error { _, err := value.Attr(rt, v, name); return err }
	}
	str := func(v any) func() error {
		return func() error { _, err := value.AppendStr(buffer, rt, v); return err }
	}
	compare := func(op string, x, y any) func() error {
		return func() error { _, err := value.Compare(rt, op, x, y); return err }
	}
	return []hotPath{
		{"AttrOfMap", 0, attr(row, "name")},
		{"AttrOfStructInt", 0, attr(someone, "user_id")},
		{"AttrOfStructString", 1, attr(someone, "name")},
		{"IterateSlice", 0, through(anys)},
		{"IterateMaps", 0, through(maps)},
		{"IterateRange", 1, through(texts)},
		{"StrOfString", 0, str("Ann")},
		{"StrOfInt", 0, str(12345)},
		{"StrOfFloat", 0, str(1.25)},
		{"AppendEscaped", 0, func() error { value.AppendEscaped(buffer, `<a href="x">Tom & Ann's</a>`); return nil }},
		{"CompareInts", 0, compare("<", 3, 4)},
		{"CompareStrings", 0, compare("==", "a", "b")},
		{"Add", 0, func() error { _, err := value.Binary(rt, "+", 3, 4); return err }},
		{"Truth", 0, func() error { _, err := value.Truth(row); return err }},
		{"Item", 0, func() error { _, err := value.Item(rt, row, "id"); return err }},
	}
}

type hotPath struct {
	name   string
	allocs float64
	do     func() error
}

func TestHotPathsAllocateLittle(t *testing.T) {
	for _, h := range hot() {
		if err := h.do(); err != nil {
			t.Errorf("%s: %v", h.name, err)
		}
		if got := testing.AllocsPerRun(100, func() { _ = h.do() }); got > h.allocs {
			t.Errorf("%s: %v allocations, at most %v", h.name, got, h.allocs)
		}
	}
}

func BenchmarkHotPaths(b *testing.B) {
	for _, h := range hot() {
		b.Run(h.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := h.do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
