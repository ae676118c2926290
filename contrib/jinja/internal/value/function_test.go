package value_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

func TestBindAsPython(t *testing.T) {
	rt := runtimeOf(value.Default)
	params := []value.Param{{Name: "a", Required: true}, {Name: "b", Required: true}, {Name: "c", Default: 3}}
	plain := &value.Function{Name: "f", Params: params}
	more := &value.Function{Name: "f", Params: params[:1], Rest: true, Named: true}
	named := func(names ...string) (all []value.Named) {
		for i, n := range names {
			all = append(all, value.Named{Name: n, Value: 10 + i})
		}
		return all
	}
	for _, tt := range []struct {
		name string
		f    *value.Function
		args value.Args
		want string
	}{
		{"all", plain, value.Args{Positional: []any{1, 2, 4}}, "[1, 2, 4]"},
		{"default", plain, value.Args{Positional: []any{1, 2}}, "[1, 2, 3]"},
		{"named", plain, value.Args{Positional: []any{1}, Named: named("c", "b")}, "[1, 11, 10]"},
		{"one missing", plain, value.Args{Positional: []any{1}}, "! f() missing 1 required positional argument: 'b'"},
		{"two missing", plain, value.Args{}, "! f() missing 2 required positional arguments: 'a' and 'b'"},
		{"too many", plain, value.Args{Positional: []any{1, 2, 3, 4}}, "! f() takes from 2 to 3 positional arguments but 4 were given"},
		{"unknown", plain, value.Args{Positional: []any{1, 2}, Named: named("x")}, "! f() got an unexpected keyword argument 'x'"},
		{"twice", plain, value.Args{Positional: []any{1, 2}, Named: named("a")}, "! f() got multiple values for argument 'a'"},
		{"rest", more, value.Args{Positional: []any{1, 2, 3}, Named: named("x")}, "[1, (2, 3), {'x': 10}]"},
		{"empty rest", more, value.Args{Named: named("a")}, "[10, (), {}]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			frame, err := tt.f.Bind(tt.args)
			if got := shown(rt, frame, err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	if err := plain.Check(1, []string{"b"}); err != nil {
		t.Errorf("Check: %v", err)
	}
	if err := plain.Check(1, []string{"d"}); err == nil {
		t.Error("Check takes an argument that is not there")
	}
}
