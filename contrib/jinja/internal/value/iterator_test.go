package value_test

import (
	"context"
	"errors"
	"iter"
	"maps"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

func TestIterateGoesThroughAnything(t *testing.T) {
	rt := runtimeOf(value.Default)
	dict := &value.Dict{}
	for _, k := range []string{"b", "a"} {
		if err := dict.Set(k, 1); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"slice", []int{1, 2}, "[1, 2]"},
		{"array", [2]string{"a", "b"}, "['a', 'b']"},
		{"maps", []map[string]any{{"a": 1}}, "[{'a': 1}]"},
		{"text by characters", "aß", "['a', 'ß']"},
		{"Markup by characters, which are none", value.Markup{Text: "<"}, "['<']"},
		{"dict by keys in their order", dict, "['b', 'a']"},
		{"Go map by keys in order", map[int]bool{3: true, 1: true, 2: false}, "[1, 2, 3]"},
		{"range", value.Range{Start: 5, Stop: 0, Step: -2}, "[5, 3, 1]"},
		{"bytes", []byte("ab"), "[97, 98]"},
		{"Seq", slices.Values([]string{"a"}), "['a']"},
		{"Seq2", maps.All(map[string]int{"a": 1}), "[('a', 1)]"},
		{"generator", &value.Generator{Next: func() (any, bool, error) { n++; return n, n < 3, nil }}, "[1, 2]"},
		{"undefined", value.NewUndefined(rt, value.Missing{}, "x"), "[]"},
		{"number", 5, "! 'int' object is not iterable"},
		{"None", nil, "! 'NoneType' object is not iterable"},
		{"struct", user{}, "! 'user' object is not iterable"},
		{"func", func() {}, "! 'function' object is not iterable"},
		{"a method All that panics", locked{}, "! an iterator panicked: no books"},
		{"a Seq that panics", iter.Seq[int](func(func(int) bool) { panic("no rows") }), "! an iterator panicked: no rows"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			items, err := value.Items(rt, tt.v)
			if got := shown(rt, items, err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Something locked cannot be gone through.
type locked struct{}

func (locked) All() iter.Seq[string] { panic("no books") }

func TestIteratorSeesAListGrow(t *testing.T) {
	list := &value.List{Items: []any{1}}
	it, err := value.Iterate(nil, list)
	if err != nil {
		t.Fatal(err)
	}
	if v, ok, _ := it.Next(); v != 1 || !ok || it.Len() != 0 {
		t.Errorf("got %v, %v, %d left", v, ok, it.Len())
	}
	list.Items = append(list.Items, 2)
	if v, ok, _ := it.Next(); v != 2 || !ok {
		t.Errorf("got %v, %v", v, ok)
	}
}

func TestIteratorRefusesADictThatGrows(t *testing.T) {
	dict := &value.Dict{}
	if err := dict.Set(1, 1); err != nil {
		t.Fatal(err)
	}
	it, err := value.Iterate(nil, dict)
	if err != nil {
		t.Fatal(err)
	}
	if err := dict.Set(2, 2); err != nil {
		t.Fatal(err)
	}
	if _, _, err := it.Next(); err == nil {
		t.Error("a dict that changed its size is gone through")
	}
}

func TestCloseEndsASeq(t *testing.T) {
	before := runtime.NumGoroutine()
	ended := false
	numbers := iter.Seq[int](func(yield func(int) bool) {
		defer func() { ended = true }()
		for i := 0; yield(i); i++ {
		}
	})
	it, err := value.Iterate(nil, numbers)
	if err != nil {
		t.Fatal(err)
	}
	if v, ok, err := it.Next(); v != 0 || !ok || err != nil {
		t.Errorf("got %v, %v, %v", v, ok, err)
	}
	it.Close()
	it.Close()
	if !ended {
		t.Error("the iterator of the application goes on")
	}
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines, %d before", n, before)
	}
}

func TestTheEndOfTheContextEndsASlowIterator(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	rt := &value.Runtime{Budget: value.Budget{Steps: 1e6, Ctx: ctx}}
	drawn := 0
	_, err := value.Items(rt, iter.Seq[int](func(yield func(int) bool) {
		for yield(drawn) {
			if drawn++; drawn == 3 {
				cancel()
			}
		}
	}))
	if !errors.Is(err, context.Canceled) || drawn > 4 {
		t.Errorf("got %v after %d values, want the end of the context", err, drawn)
	}
}
