package coerce_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/dewar-go/dewar/internal/coerce"
)

type (
	Loop struct {
		*Loop
		ID    int
		Inner `walk:"inner"`
	}
	Inner struct{ Note string }
	Left  struct {
		Deep
		Both, ID int
	}
	Right struct{ Both, Right int }
	Deep  struct{ Both, ID, Deep int }
	joint struct {
		Left
		ID int
		*Right
		skipped int //lint:ignore U1000 an unexported field is passed over
	}
)

func TestFields(t *testing.T) {
	t.Parallel()
	read := func(f reflect.StructField) (string, bool) {
		key := f.Tag.Get("walk")
		if key == "" && coerce.CanFlatten(f) {
			return "", true
		}
		if !f.IsExported() {
			return "", false
		}
		return f.Name, false
	}
	type found struct {
		path, twin string
		index      []int
	}
	for _, tt := range []struct {
		name string
		typ  reflect.Type
		want []found
	}{
		{"no fields", reflect.TypeFor[struct{}](), nil},
		{"a type that embeds itself", reflect.TypeFor[Loop](), []found{{"ID", "", []int{1}}, {"Inner", "", []int{2}}}},
		{"hidden further in, twins on one level", reflect.TypeFor[joint](), []found{
			{"ID", "", []int{1}},
			{"Left.Both", "", []int{0, 1}},
			{"Right.Both", "Left.Both", []int{2, 0}},
			{"Right.Right", "", []int{2, 1}},
			{"Left.Deep.Deep", "", []int{0, 0, 2}},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []found
			for _, f := range coerce.Fields(tt.typ, read) {
				got = append(got, found{f.Path, f.Twin, f.Index})
				if sf := tt.typ.FieldByIndex(f.Index); sf.Name != f.Name || f.Key != f.Name {
					t.Errorf("at %v is %s, got %s with key %s", f.Index, sf.Name, f.Name, f.Key)
				}
			}
			if !slices.EqualFunc(got, tt.want, func(a, b found) bool { return reflect.DeepEqual(a, b) }) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestFieldAtAllocatesOnTheWay(t *testing.T) {
	t.Parallel()
	var v joint
	coerce.FieldAt(reflect.ValueOf(&v).Elem(), []int{2, 1}).SetInt(7)
	if v.Right == nil || v.Right.Right != 7 {
		t.Errorf("got %+v, want the embedded struct made", v)
	}
}
