package errtree_test

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"testing"

	"github.com/dewar-go/dewar/internal/errtree"
)

type leaf string

func (l leaf) Error() string { return string(l) }

type node struct {
	name  string
	cause error
}

func (n *node) Error() string { return n.name }
func (n *node) Unwrap() error {
	if n == nil {
		return nil
	}
	return n.cause
}

type (
	byPointer struct{ *node }
	byValue   struct{ node }
	twice     struct{ byPointer }
	hidden    struct{ leaf }
	plain     struct{ error }
	ownCause  struct {
		*node
		own error
	}
	list []error
)

func (o ownCause) Unwrap() error { return o.own }
func (list) Error() string       { return "list" }
func (l list) Unwrap() []error   { return l }

func TestAll(t *testing.T) {
	t.Parallel()
	a, b := leaf("a"), leaf("b")
	n := &node{"n", a}
	for _, tt := range []struct {
		name string
		err  error
		want []string
	}{
		{"nil", nil, nil},
		{"a nil pointer", (*node)(nil), nil},
		{"one", a, []string{"a"}},
		{"wrapped", fmt.Errorf("w: %w", n), []string{"w: n", "n", "a"}},
		{"a list", errors.Join(n, b), []string{"n\nb", "n", "a", "b"}},
		{"nil in a list", list{nil, (*node)(nil), b}, []string{"list", "b"}},
		{"embedded, whose cause comes once", byPointer{n}, []string{"n", "n", "a"}},
		{"embedded by value", &byValue{*n}, []string{"n", "n", "a"}},
		{"embedded twice", twice{byPointer{n}}, []string{"n", "n", "n", "a"}},
		{"embedded, of an unexported type", hidden{a}, []string{"a", "a"}},
		{"embedded error", plain{n}, []string{"n", "n", "a"}},
		{"with a cause of its own", ownCause{n, b}, []string{"n", "n", "a", "b"}},
		{"nothing embedded", &byPointer{}, []string{""}},
	} {
		var got []string
		for err := range errtree.All(tt.err) {
			if tt.name == "nothing embedded" {
				got = append(got, "")
				continue
			}
			got = append(got, err.Error())
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestAllStopsAndStaysLinear(t *testing.T) {
	t.Parallel()
	var err error = leaf("end")
	for range 40 {
		err = byPointer{&node{"n", err}}
	}
	seen := 0
	for range errtree.All(err) {
		if seen++; seen > 100 {
			t.Fatal("errors are yielded again and again")
		}
	}
	if seen != 81 {
		t.Errorf("%d errors, want 81", seen)
	}
	for range errtree.All(err) {
		break
	}
}

func TestWrapped(t *testing.T) {
	t.Parallel()
	if got := errtree.Wrapped(fs.ErrExist); got != nil {
		t.Errorf("got %v of an error that wraps nothing", got)
	}
	if got := errtree.Wrapped(&node{"n", nil}); got != nil {
		t.Errorf("got %v of an empty Unwrap", got)
	}
}

type boxed struct{ value any }

func (boxed) Error() string { return "boxed" }

func TestHas(t *testing.T) {
	t.Parallel()
	a, slice := leaf("a"), boxed{[]int{1}}
	for _, tt := range []struct {
		name        string
		err, target error
		want        bool
	}{
		{"nothing", nil, a, false},
		{"itself", a, a, true},
		{"inside", fmt.Errorf("w: %w", a), a, true},
		{"another", leaf("b"), a, false},
		{"an error that cannot be compared", slice, slice, true},
		{"inside a list", errors.Join(a, slice), boxed{[]int{1}}, true},
		{"another that cannot be compared", slice, boxed{[]int{2}}, false},
		{"one that can", boxed{1}, slice, false},
		{"a list", list{a}, list{a}, true},
	} {
		if got := errtree.Has(tt.err, tt.target); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
