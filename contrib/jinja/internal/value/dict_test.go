package value_test

import (
	"math/rand"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

func TestDictIsAsAGoMapInOrder(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	d := &value.Dict{}
	want := map[int]int{}
	var order []int
	for i := range 5000 {
		k := r.Intn(30)
		if r.Intn(3) == 0 {
			_, had := want[k]
			if got := d.Delete(float64(k)); got != had {
				t.Fatalf("Delete(%d): got %v, want %v", k, got, had)
			}
			delete(want, k)
			order = without(order, k)
			continue
		}
		if _, had := want[k]; !had {
			order = append(order, k)
		}
		want[k] = i
		if err := d.Set(k, i); err != nil {
			t.Fatal(err)
		}
		if got, ok := d.Get(k); !ok || got != i || d.Len() != len(want) {
			t.Fatalf("Get(%d): got %v, %v, want %d", k, got, ok, i)
		}
	}
	n := 0
	for k, v := range d.All() {
		if k != order[n] || v != want[order[n]] {
			t.Errorf("at %d: got %v: %v, want %v: %v", n, k, v, order[n], want[order[n]])
		}
		n++
	}
	if n != len(order) || len(d.Keys()) != n {
		t.Errorf("got %d keys, want %d", n, len(order))
	}
}

func without(order []int, k int) (left []int) {
	for _, n := range order {
		if n != k {
			left = append(left, n)
		}
	}
	return left
}

func TestKeysThatAreEqualAreOne(t *testing.T) {
	for _, tt := range []struct {
		name string
		x, y any
	}{
		{"int and float", 1, 1.0},
		{"int and bool", 1, true},
		{"str and Markup", "a", value.Markup{Text: "a"}},
		{"named type and its kind", level(1), 1},
		{"tuples", value.Tuple{1, "a"}, value.Tuple{true, "a"}},
		{"bytes", []byte("a"), []byte("a")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := &value.Dict{}
			if err := d.Set(tt.x, "x"); err != nil {
				t.Fatal(err)
			}
			if v, ok := d.Get(tt.y); !ok || v != "x" {
				t.Errorf("got %v, %v", v, ok)
			}
		})
	}
	d := &value.Dict{}
	for _, key := range []any{&value.List{}, d, []any{1}, map[string]any{}, value.Tuple{&value.List{}}, func() {}} {
		if err := d.Set(key, 1); err == nil {
			t.Errorf("%T is a key", key)
		}
	}
}
