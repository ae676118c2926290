package filters_test

import (
	"errors"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// apply calls a filter as a template does.
func apply(rt *value.Runtime, name string, args ...any) (any, error) {
	return call(rt, "filter", name, value.Args{Positional: args})
}

func kindOf(err error) string {
	var e *value.Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return "none"
}

func TestFiltersThatWouldMakeLargeThingsEndWithTheBudget(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a ", 1000)
	many := value.Range{Stop: math.MaxInt32, Step: 1}
	for _, tt := range []struct {
		name string
		args []any
	}{
		{"center", []any{"x", math.MaxInt}},
		{"indent", []any{"x\ny", math.MaxInt}},
		{"indent", []any{strings.Repeat("x\n", 100_000), 10_000}},
		{"join", []any{value.Range{Stop: 1_000_000, Step: 1}, long}},
		{"replace", []any{strings.Repeat("a", 1_000_000), "a", long}},
		{"list", []any{many}},
		{"sum", []any{many}},
		{"sort", []any{many}},
		{"batch", []any{value.Tuple{1}, math.MaxInt, "fill"}},
		{"wordwrap", []any{strings.Repeat("a", 1_000_000), 1, true, long}},
		{"tojson", []any{&value.List{Items: []any{1}}, math.MaxInt}},
		{"tojson", []any{&value.List{Items: []any{&value.List{Items: []any{1}}}}, 9_000_000}},
		{"urlize", []any{strings.Repeat("www.a.de ", 200_000), nil, false, long}},
		{"format", []any{"%2000000000d", value.Tuple{1}}},
	} {
		rt := newRuntime(true, value.Default)
		v, err := apply(rt, tt.name, tt.args...)
		if g, ok := v.(*value.Generator); err == nil && ok {
			_, err = value.Items(rt, g)
		}
		if err == nil {
			t.Errorf("%s made it", tt.name)
		}
	}
	if _, err := call(newRuntime(true, value.Default), "global", "lipsum", value.Args{Positional: []any{math.MaxInt}}); kindOf(err) != "BudgetError" {
		t.Errorf("lipsum: got %v", err)
	}
}

func TestFiltersOfValuesInsideThemselves(t *testing.T) {
	t.Parallel()
	list := &value.List{}
	list.Items = []any{1, list}
	dict := new(value.Dict)
	if err := dict.Set("self", dict); err != nil {
		t.Fatal(err)
	}
	own := map[string]any{}
	own["self"] = own
	slice := []any{1, nil}
	slice[1] = slice
	for name := range library.filters {
		for _, v := range []any{list, dict, own, slice} {
			rt := newRuntime(true, value.Default)
			made, err := apply(rt, name, v)
			if g, ok := made.(*value.Generator); err == nil && ok {
				_, _ = value.Items(rt, g)
			}
			if name == "tojson" && kindOf(err) != "ValueError" {
				t.Errorf("tojson: got %v, want a circular reference", err)
			}
			if name == "pprint" && !recursion.MatchString(made.(string)) {
				t.Errorf("pprint: got %v", made)
			}
		}
	}
}

// recursion is what pprint shows for a value inside itself: no place in memory.
var recursion = regexp.MustCompile(`<Recursion on (list|dict)>[\]}]$`)

func TestFiltersOfDeepValues(t *testing.T) {
	t.Parallel()
	var deep any = 1
	for range 100_000 {
		deep = &value.List{Items: []any{deep}}
	}
	for _, name := range []string{"tojson", "pprint"} {
		if _, err := apply(newRuntime(false, value.Default), name, deep); kindOf(err) != "RecursionError" {
			t.Errorf("%s: got %v, want a RecursionError", name, err)
		}
	}
	for name := range library.filters {
		rt := newRuntime(true, value.Default)
		v, err := apply(rt, name, deep)
		if g, ok := v.(*value.Generator); err == nil && ok {
			_, _ = value.Items(rt, g)
		}
	}
}

func TestFiltersOfFiltersEndBeforeTheStack(t *testing.T) {
	t.Parallel()
	rt := newRuntime(false, value.Default)
	var v any = value.Tuple{1}
	var err error
	for range 100_000 {
		if v, err = apply(rt, "select", v); err != nil {
			break
		}
	}
	if kindOf(err) != "RecursionError" {
		t.Errorf("got %v, want a RecursionError", err)
	}
}

// TestTextThatMakesPatternsSlow gives filters texts on which a search that starts again and again would take minutes.
func TestTextThatMakesPatternsSlow(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"<", "<!--", "<!-", "&", "&#", "&#x1", "(", ")", "&lt;", "&gt;", ".", "www.", "a.", "@", "a@", "http://", "[:", "-", "a-", "--", "é", "\u00a0", "\n", "\x1c", "<a ", "0", "_", "%", "1_"} {
		for _, frame := range [][2]string{{"", ""}, {"http://", ".com"}, {"<", "-->"}, {"(", ")"}, {"a@", ".de"}} {
			s := frame[0] + strings.Repeat(piece, 50_000/len(piece)) + frame[1]
			for _, name := range []string{"urlize", "striptags", "title", "wordcount", "wordwrap", "truncate", "int", "float", "urlencode", "trim", "capitalize", "indent", "escape"} {
				rt := newRuntime(true, value.Default)
				start := time.Now()
				if _, err := apply(rt, name, s); err != nil && kindOf(err) == "BudgetError" {
					continue
				}
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("%s of %q took %v", name, piece, took)
				}
			}
		}
	}
}
