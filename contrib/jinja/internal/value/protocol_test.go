package value_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// An account is the same as another one of its number, whatever else both hold.
type account struct {
	ID    int
	Seen  string
	Roles []string
}

func (a *account) Equal(b *account) bool {
	if a.ID < 0 {
		panic("no number")
	}
	return a.ID == b.ID
}

// A box is a form's field: it has attributes and can be called.
type box struct{ Name string }

func (b *box) Call(attrs map[string]any) (string, error) {
	if attrs["bad"] != nil {
		return "", errors.New("a bad attribute")
	}
	return fmt.Sprint("<", b.Name, " ", attrs["class"], ">"), nil
}

// A sheet has a box for each of its fields, under the field's name.
type sheet struct {
	Title string
	Count int
}

func (s *sheet) Item(name string) (*box, bool) {
	return &box{name}, name == "title" || name == "hidden"
}
func (s *sheet) All() iter.Seq[*box]             { return slices.Values([]*box{{"title"}, {"hidden"}}) }
func (s *sheet) Tag() string                     { return "<tag>" }
func (s *sheet) Says(ctx context.Context) string { return fmt.Sprint(ctx != nil) }

// A clock is a func with methods.
type clock func(hour int) string

func (clock) Zone() string     { return "UTC" }
func (clock) ZoneName() string { return "UTC" }

func TestGoDataBehavesByItsMethods(t *testing.T) {
	rt := runtimeOf(value.Default)
	ask := func(f func() (any, error)) func() (any, error) { return f }
	compare := func(op string, x, y any) func() (any, error) {
		return func() (any, error) { return value.Compare(rt, op, x, y) }
	}
	class := value.Args{Named: []value.Named{{Name: "class", Value: "x"}}}
	ann := &account{ID: 1, Seen: "now", Roles: []string{"admin"}}
	for _, tt := range []struct {
		name string
		get  func() (any, error)
		want string
	}{
		{"Equal", compare("==", ann, &account{ID: 1}), "True"},
		{"Equal says no", compare("==", ann, &account{ID: 2}), "False"},
		{"!=", compare("!=", ann, &account{ID: 1}), "False"},
		{"in a list", compare("in", ann, []*account{{ID: 7}, {ID: 1}}), "True"},
		{"another type", compare("==", ann, &box{}), "False"},
		{"none", compare("==", ann, (*account)(nil)), "False"},
		{"Equal panics", compare("==", &account{ID: -1}, ann), "! Equal() panicked: no number"},
		{"Call", ask(func() (any, error) { return value.Call(rt, &box{"b"}, class) }), "'<b x>'"},
		{"Call without what it takes", ask(func() (any, error) { return value.Call(rt, &box{"b"}, value.Args{}) }), "'<b <nil>>'"},
		{"Call fails", ask(func() (any, error) {
			return value.Call(rt, &box{"b"}, value.Args{Named: []value.Named{{Name: "bad", Value: 1}}})
		}), "! Call(): a bad attribute"},
		{"no Call", ask(func() (any, error) { return value.Call(rt, ann, class) }), "! 'account' object is not callable"},
		{"Item before a field", ask(func() (any, error) { return value.Attr(rt, &sheet{Title: "T"}, "title") }), "<box object>"},
		{"a field that Item does not have", ask(func() (any, error) { return value.Attr(rt, &sheet{Count: 3}, "count") }), "3"},
		{"a method that Item does not have", ask(func() (any, error) { return value.Attr(rt, &sheet{}, "tag") }), "'<tag>'"},
		{"a method as JavaScript writes it", ask(func() (any, error) { return value.Attr(rt, clock(nil), "zoneName") }), "'UTC'"},
		{"what nothing has", ask(func() (any, error) { return value.Attr(rt, &sheet{}, "nope") }), "Undefined"},
		{"Item by brackets", ask(func() (any, error) { return value.Item(rt, &sheet{}, "hidden") }), "<box object>"},
		{"Item, called as a method", call(&sheet{}, "title").on(rt), "'<title <nil>>'"},
		{"All", ask(func() (any, error) { return value.Items(rt, &sheet{}) }), "[<box object>, <box object>]"},
		{"a func with methods is called", ask(func() (any, error) {
			return value.Call(rt, clock(func(h int) string { return fmt.Sprint(h, ":00") }), value.Args{Positional: []any{7}})
		}), "'7:00'"},
		{"a func with methods has attributes", ask(func() (any, error) { return value.Attr(rt, clock(nil), "zone") }), "'UTC'"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := tt.get()
			if got := shown(rt, v, err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	if !value.IsCallable(&box{}) || value.IsCallable(ann) {
		t.Error("got what has no Call for callable, or the reverse")
	}
}
