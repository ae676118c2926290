package callsite

import (
	"regexp"
	"testing"
)

type thing struct{ n int }

func (t *thing) Show() int { return t.n }
func (t thing) Value() int { return t.n }

type box[T any] struct{ _ T }

func (b *box[T]) Show() int { return 0 }

func plain() int              { return 1 }
func other() int              { return 2 }
func generic[T any]() int     { return 3 }
func making(n int) func() int { return func() int { return n } }

func TestFunctionOf(t *testing.T) {
	t.Parallel()
	a, b := &thing{1}, &thing{1}
	c, d := &box[int]{}, &box[int]{}
	closure, kept := making(1), thing{1}.Value
	var shower interface{ Show() int } = a
	for _, tt := range []struct {
		name string
		f, g func() int
		want string
		same bool
	}{
		{"a function", plain, plain, "plain", true},
		{"two functions", plain, other, "plain", false},
		{"a method of one pointer", a.Show, a.Show, "Show", true},
		{"a method of two pointers", a.Show, b.Show, "Show", false},
		{"two methods", a.Show, a.Value, "Show", false},
		{"a method of one generic pointer", c.Show, c.Show, "Show", true},
		{"a method of two generic pointers", c.Show, d.Show, "Show", false},
		{"a method of an interface", shower.Show, shower.Show, "Show", false},
		{"a method of a value", a.Value, a.Value, "Value", false},
		{"one value of a method of a value", kept, kept, "Value", true},
		{"one closure", closure, closure, "", true},
		{"two closures", closure, making(1), "", false},
		{"a generic function", generic[int], generic[int], "generic", true},
		{"two generic functions", generic[int], generic[string], "generic", false},
	} {
		f, g := FunctionOf(tt.f), FunctionOf(tt.g)
		if f.Name != tt.want || (f.Identity == g.Identity) != tt.same {
			t.Errorf("%s: name %q, same %v; want %q, %v", tt.name, f.Name, f.Identity == g.Identity, tt.want, tt.same)
		}
	}
}

func TestPlaceOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		f    func() int
		want string
	}{
		{"a function", plain, `^callsite\.plain \(callsite/function_test\.go:\d+\)$`},
		{"a closure", making(1), `^callsite\..*func\d+ \(callsite/function_test\.go:\d+\)$`},
		{"a method", (&thing{1}).Show, `^callsite\.\(\*thing\)\.Show$`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := PlaceOf(tt.f); !regexp.MustCompile(tt.want).MatchString(got) {
				t.Errorf("got %q, want it to match %s", got, tt.want)
			}
		})
	}
}
