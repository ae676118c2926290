package filters_test

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/filters"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

func TestRangeAndDictArePythons(t *testing.T) {
	t.Parallel()
	args := [][]coded{{}, {num("3")}, {num("1"), num("5")}, {num("5"), num("0"), num("-2")}, {num("1"), num("2"), num("0")}, {num("-9223372036854775808"), num("0"), num("7")},
		{real("1.0")}, {str("3")}, {yes(true)}, {none}, {missing("x")}, {num("1"), num("2"), num("3"), num("4")}, {dict([2]coded{num("1"), str("a")})}, {list(tuple(str("a"), num("1")), str("bc"))},
		{list(tuple(str("a")))}, {list(num("1"))}, {str("ab")}, {list(tuple(list(), num("1")))}}
	var all []job
	for _, name := range []string{"range", "dict"} {
		for _, a := range args {
			all = append(all, job{Kind: "global", Name: name, Args: append([]coded{}, a...), Named: named{}, Undefined: "default"},
				job{Kind: "global", Name: name, Args: append([]coded{}, a...), Named: by("a", num("2"), "z", num("1")), Undefined: "default"})
		}
	}
	compare(t, withoutHugeRanges(all))
}

// withoutHugeRanges leaves out the ranges of more numbers than this package has.
func withoutHugeRanges(all []job) []job {
	var kept []job
	for _, j := range all {
		if len(j.Args) != 3 || j.Args[0][1] != "-9223372036854775808" {
			kept = append(kept, j)
		}
	}
	return kept
}

// global calls a global.
func global(t *testing.T, rt *value.Runtime, name string, args value.Args) any {
	t.Helper()
	v, err := value.Call(rt, library.globals[name], args)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestRangesOfMoreNumbersThanCanBeCountedAreRefused(t *testing.T) {
	t.Parallel()
	rt := newRuntime(false, value.Default)
	_, err := value.Call(rt, library.globals["range"], value.Args{Positional: []any{-1 << 63, 1<<63 - 1}})
	if got, want := fmt.Sprint(err), "range() has too many numbers"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRangesThatEndBeforeAnIntegerOfAnySizeAreEmpty(t *testing.T) {
	t.Parallel()
	rt := newRuntime(false, value.Default)
	huge := new(big.Int).Lsh(big.NewInt(1), 70)
	for _, args := range [][]any{{new(big.Int).Neg(huge)}, {huge, 3}, {3, huge, -1}, {huge, huge}} {
		r := global(t, rt, "range", value.Args{Positional: args})
		if n, err := value.Len(rt, r); n != 0 || err != nil {
			t.Errorf("range%v has %d numbers, %v, want none", args, n, err)
		}
	}
	for _, args := range [][]any{{huge}, {huge, new(big.Int).Add(huge, big.NewInt(3))}} {
		if r, err := value.Call(rt, library.globals["range"], value.Args{Positional: args}); err == nil {
			t.Errorf("range%v is %v, want an error", args, r)
		}
	}
}

func TestCyclerGoesRoundAndBack(t *testing.T) {
	t.Parallel()
	rt := newRuntime(false, value.Default)
	cycler := global(t, rt, "cycler", value.Args{Positional: []any{"odd", "even"}})
	step := func(method string) any {
		t.Helper()
		v, err := value.CallMethod(rt, cycler, method, value.Args{})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	got := []any{step("next"), step("next"), step("next"), step("reset"), step("next")}
	if want := []any{"odd", "even", "odd", nil, "odd"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if current, _ := value.Attr(rt, cycler, "current"); current != "even" {
		t.Errorf("got current %v, want even", current)
	}
	if _, err := value.Call(rt, library.globals["cycler"], value.Args{}); fmt.Sprint(err) != "at least one item has to be provided" {
		t.Errorf("got %v", err)
	}
}

func TestJoinerIsSilentOnce(t *testing.T) {
	t.Parallel()
	rt := newRuntime(false, value.Default)
	joiner := global(t, rt, "joiner", value.Args{Positional: []any{"|"}})
	got := ""
	for range 3 {
		v, err := value.Call(rt, joiner, value.Args{})
		if err != nil {
			t.Fatal(err)
		}
		got += v.(string) + "x"
	}
	if want := "x|x|x"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNamespaceKeepsAttributes(t *testing.T) {
	t.Parallel()
	rt := newRuntime(false, value.Strict)
	ns := global(t, rt, "namespace", value.Args{Named: []value.Named{{Name: "found", Value: false}}}).(*filters.Namespace)
	ns.Set("found", true)
	ns.Set("count", 3)
	found, _ := value.Attr(rt, ns, "found")
	count, _ := value.Item(rt, ns, "count")
	missing, _ := value.Attr(rt, ns, "other")
	if _, undefined := missing.(*value.Undefined); found != true || count != 3 || !undefined {
		t.Errorf("got %v, %v, %v", found, count, missing)
	}
	if got, err := value.Str(rt, ns); err != nil || got != "<Namespace {'found': True, 'count': 3}>" {
		t.Errorf("got %q, %v", got, err)
	}
}

func ExampleNamespace() {
	rt := &value.Runtime{Budget: value.Budget{Steps: 1000}}
	v, _ := value.Call(rt, filters.Globals()["namespace"], value.Args{Named: []value.Named{{Name: "total", Value: 1}}})
	ns := v.(*filters.Namespace)
	ns.Set("total", 2) // {% set ns.total = 2 %}
	total, _ := ns.Attr(rt, "total")
	fmt.Println(total)
	// Output: 2
}

func ExampleCycler() {
	rt := &value.Runtime{Budget: value.Budget{Steps: 1000}}
	rows, _ := value.Call(rt, filters.Globals()["cycler"], value.Args{Positional: []any{"odd", "even"}})
	for range 3 {
		class, _ := value.CallMethod(rt, rows, "next", value.Args{})
		fmt.Println(class)
	}
	// Output:
	// odd
	// even
	// odd
}

func ExampleJoiner() {
	rt := &value.Runtime{Budget: value.Budget{Steps: 1000}}
	bar, _ := value.Call(rt, filters.Globals()["joiner"], value.Args{Positional: []any{" | "}})
	for _, item := range []string{"Home", "News", "About"} {
		between, _ := value.Call(rt, bar, value.Args{})
		fmt.Print(between, item)
	}
	// Output: Home | News | About
}
