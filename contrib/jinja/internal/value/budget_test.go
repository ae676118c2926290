package value_test

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"strings"
	"testing"
	"time"

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

func TestNoMethodMakesMoreThanItsBudget(t *testing.T) {
	const budget = 1 << 20
	long := strings.Repeat("a", 20_000)
	items := make([]any, 20_000)
	for i := range items {
		items[i] = long
	}
	table := map[int]string{'a': long}
	for _, tt := range []struct {
		name string
		do   doing
	}{
		{"join", call(long, "join", long)},
		{"join of long texts", call("", "join", items)},
		{"replace", call(long, "replace", "a", long)},
		{"replace of nothing", call(long, "replace", "", long)},
		{"center", call(long, "center", 1<<30)},
		{"ljust", call(long, "ljust", 1<<30)},
		{"rjust", call(long, "rjust", 1<<30, "ß")},
		{"zfill", call(long, "zfill", 1<<30)},
		{"expandtabs", call(strings.Repeat("\t", 20_000), "expandtabs", 1<<20)},
		{"translate", call(long, "translate", table)},
		{"format", call(strings.Repeat("{0}", 20_000), "format", long)},
		{"format of a width", call(strings.Repeat("{0:>{1}}", 20_000), "format", "a", 1<<20)},
		{"format of a repr", call(strings.Repeat("{0!r}", 20_000), "format", items)},
		{"format_map", call(strings.Repeat("{a}", 20_000), "format_map", map[string]any{"a": long})},
		{"join of Markup", call(value.Markup{Text: long}, "join", long)},
		{"replace in Markup", call(value.Markup{Text: long}, "replace", "a", long)},
		{"translate of Markup", call(value.Markup{Text: long}, "translate", table)},
		{"format of Markup", call(value.Markup{Text: strings.Repeat("{0}", 20_000)}, "format", long)},
		{"strftime", call(time.Unix(0, 0), "strftime", strings.Repeat("%99d", 200_000))},
		{"*", func(rt *value.Runtime) (any, error) { return value.Binary(rt, "*", long, 1<<20) }},
		{"* of a list", func(rt *value.Runtime) (any, error) { return value.Binary(rt, "*", items, 1<<20) }},
		{"%", func(rt *value.Runtime) (any, error) {
			return value.Binary(rt, "%", strings.Repeat("%(a)s", 20_000), map[string]any{"a": long})
		}},
		{"% of a width", func(rt *value.Runtime) (any, error) { return value.Binary(rt, "%", "%*d", value.Tuple{1 << 30, 1}) }},
		{"~", func(rt *value.Runtime) (any, error) { return value.Concat(rt, items) }},
		{"repr", func(rt *value.Runtime) (any, error) { return value.Repr(rt, items) }},
		{"**", func(rt *value.Runtime) (any, error) { return value.Binary(rt, "**", 3, 1<<24) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rt := &value.Runtime{Budget: value.Budget{Steps: budget}}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := tt.do(rt)
			runtime.ReadMemStats(&after)
			var failure *value.Error
			if !errors.As(err, &failure) {
				t.Fatalf("got %v", err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 16*budget {
				t.Errorf("%d bytes were made for %d steps", used, budget)
			}
		})
	}
}

func TestAnEndlessIteratorIsDear(t *testing.T) {
	n := 0
	endless := iter.Seq[int](func(yield func(int) bool) {
		for ; yield(n); n++ {
		}
	})
	rt := &value.Runtime{Budget: value.Budget{Steps: 10_000_000}}
	if _, err := value.Items(rt, endless); err == nil || n > 1_000_000 {
		t.Errorf("%d values were drawn: %v", n, err)
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
