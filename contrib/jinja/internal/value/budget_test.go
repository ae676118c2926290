package value_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

func TestWhatIsLargeIsRefusedBeforeItIsMade(t *testing.T) {
	endless := &value.Generator{Next: func() (any, bool, error) { return 1, true, nil }}
	for _, tt := range []struct {
		name string
		make func(rt *value.Runtime) (any, error)
	}{
		{"power", func(rt *value.Runtime) (any, error) { return value.Binary(rt, "**", 10, 1<<40) }},
		{"power of a power", func(rt *value.Runtime) (any, error) { return value.Binary(rt, "**", 1<<40, 1<<20) }},
		{"text", func(rt *value.Runtime) (any, error) { return value.Binary(rt, "*", "ab", 1<<40) }},
		{"text whose size overflows", func(rt *value.Runtime) (any, error) { return value.Binary(rt, "*", "abcd", 1<<62) }},
		{"list", func(rt *value.Runtime) (any, error) { return value.Binary(rt, "*", value.Tuple{1}, 1<<40) }},
		{"range as a list", func(rt *value.Runtime) (any, error) { return value.Items(rt, value.Range{Stop: 1 << 40, Step: 1}) }},
		{"endless iterator", func(rt *value.Runtime) (any, error) { return value.Items(rt, endless) }},
		{"width of %", func(rt *value.Runtime) (any, error) { return value.Binary(rt, "%", "%999999999d", 1) }},
		{"precision of %", func(rt *value.Runtime) (any, error) { return value.Binary(rt, "%", "%.999999999f", 1.5) }},
		{"width of format", func(rt *value.Runtime) (any, error) { return value.Format(rt, 1, "999999999,") }},
		{"center", call("a", "center", 1<<40)},
		{"zfill", call("a", "zfill", 1<<40)},
		{"expandtabs", call("\t", "expandtabs", 1<<40)},
		{"replace", call(strings.Repeat("a", 4000), "replace", "a", strings.Repeat("b", 4000))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rt := runtimeOf(value.Default)
			_, err := tt.make(rt)
			var failure *value.Error
			if !errors.As(err, &failure) {
				t.Fatalf("got %v", err)
			}
			switch failure.Kind {
			case "BudgetError", "OverflowError", "MemoryError":
			default:
				t.Errorf("got %s: %v", failure.Kind, err)
			}
		})
	}
}

// A doing is something that is done in a rendering.
type doing func(rt *value.Runtime) (any, error)

func (d doing) on(rt *value.Runtime) func() (any, error) {
	return func() (any, error) { return d(rt) }
}

func call(v any, method string, args ...any) doing {
	return func(rt *value.Runtime) (any, error) {
		return value.CallMethod(rt, v, method, value.Args{Positional: args})
	}
}

func TestTheEndOfAContextEndsARendering(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	rt := &value.Runtime{Budget: value.Budget{Steps: 1e9, Ctx: ctx}}
	if err := rt.Spend(1); err != nil {
		t.Fatal(err)
	}
	cancel()
	var err error
	for range 5000 {
		if err = rt.Spend(1); err != nil {
			break
		}
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestValuesInThemselves(t *testing.T) {
	rt := runtimeOf(value.Default)
	list := &value.List{}
	dict := &value.Dict{}
	list.Items = []any{list, dict}
	if err := dict.Set("l", list); err != nil {
		t.Fatal(err)
	}
	if got := shown(rt, list, nil); got != "[[...], {'l': [...]}]" {
		t.Errorf("got %s", got)
	}
	other := &value.List{}
	other.Items = []any{other, dict}
	if _, err := value.Compare(rt, "==", list, other); err == nil {
		t.Error("lists in themselves are compared without an end")
	}
	if value.Equal(list, other) {
		t.Error("lists in themselves are equal")
	}
	goData := map[string]any{}
	goData["self"] = goData
	if _, err := value.Str(rt, goData); err == nil {
		t.Error("a map in itself is shown without an end")
	}
	if _, err := value.Call(rt, func(any) {}, value.Args{Positional: []any{list}}); err == nil {
		t.Error("a list in itself is converted without an end")
	}
}
