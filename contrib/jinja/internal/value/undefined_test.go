package value_test

import (
	"errors"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

func runtimeOf(mode value.UndefinedMode) *value.Runtime {
	return &value.Runtime{Undefined: mode, Budget: value.Budget{Steps: 1e6}}
}

func TestUndefinedSaysWhatIsMissing(t *testing.T) {
	rt := runtimeOf(value.Default)
	for _, tt := range []struct {
		name         string
		object, what any
		want         string
	}{
		{"variable", value.Missing{}, "x", "'x' is undefined"},
		{"attribute of a dict", map[string]any{}, "y", "'dict object' has no attribute 'y'"},
		{"attribute of None", nil, "y", "'None' has no attribute 'y'"},
		{"element", &value.List{}, 5, "list object has no element 5"},
		{"attribute of a struct", user{}, "y", "'user object' has no attribute 'y'"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := value.NewUndefined(rt, tt.object, tt.what).Err()
			var failure *value.Error
			if !errors.As(err, &failure) || failure.Kind != "UndefinedError" || failure.Message != tt.want {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestUndefinedModes(t *testing.T) {
	const failing = "error"
	for _, tt := range []struct {
		name                    string
		mode                    value.UndefinedMode
		str, truth, attr, equal string
	}{
		{"default", value.Default, "", "False", failing, "True"},
		{"strict", value.Strict, failing, failing, failing, failing},
		{"chainable", value.Chainable, "", "False", "Undefined", "True"},
		{"debug", value.Debug, "{{ x }}", "False", failing, "True"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rt := runtimeOf(tt.mode)
			u := value.NewUndefined(rt, value.Missing{}, "x")
			shown := func(v any, err error) string {
				if err != nil {
					return failing
				}
				s, err := value.Repr(rt, v)
				if err != nil {
					return failing
				}
				return s
			}
			str, err := value.Str(rt, u)
			if err != nil {
				str = failing
			}
			truth, truthErr := value.Truth(u)
			equal, equalErr := value.Compare(rt, "==", u, value.NewUndefined(rt, value.Missing{}, "y"))
			attr, attrErr := value.Attr(rt, u, "y")
			for _, got := range [][3]string{
				{"Str", str, tt.str}, {"Truth", shown(truth, truthErr), tt.truth}, {"Attr", shown(attr, attrErr), tt.attr}, {"==", shown(equal, equalErr), tt.equal},
			} {
				if got[1] != got[2] {
					t.Errorf("%s: got %q, want %q", got[0], got[1], got[2])
				}
			}
			for _, op := range []string{"+", "-", "*", "/", "//", "%", "**"} {
				if _, err := value.Binary(rt, op, u, 1); err == nil {
					t.Errorf("x %s 1 is no error", op)
				}
			}
			if _, err := value.Call(rt, u, value.Args{}); err == nil {
				t.Error("a call of x is no error")
			}
		})
	}
}
