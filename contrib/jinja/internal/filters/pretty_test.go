package filters_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

func TestPprintIsPythons(t *testing.T) {
	t.Parallel()
	d := newDice(8)
	long := func() coded {
		return str(d.text(60, "word ", "longer ", "\n", "é", "   ", "'", "x", "\t", `"`, "\r\n"))
	}
	compare(t, jobs(3000, "pprint", func() ([]coded, named) {
		switch d.IntN(5) {
		case 0:
			return []coded{long()}, nil
		case 1:
			return []coded{list(long(), d.dict([]coded{long(), d.value(2)}))}, nil
		case 2:
			return []coded{tuple(coded{"bytes", d.text(60, "ab", "\xff", "'", "x\n")})}, nil
		}
		return []coded{d.value(5)}, nil
	}))
}

func TestPprintOfCyclicGoData(t *testing.T) {
	t.Parallel()
	slice := []any{1, nil}
	slice[1] = slice
	dict := map[string]any{"a": 1}
	dict["b"] = dict
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"a slice", slice, "[1, <Recursion on list>]"},
		{"a map", dict, "{'a': 1, 'b': <Recursion on dict>}"},
		{"a map in a slice", []any{dict}, "[{'a': 1, 'b': <Recursion on dict>}]"},
	} {
		v, err := apply(newRuntime(true, value.Default), "pprint", tt.v)
		if got, _ := value.AsString(v); got != tt.want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}
