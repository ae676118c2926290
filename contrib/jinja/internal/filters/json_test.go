package filters_test

import (
	"database/sql"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

func TestTojsonIsPythons(t *testing.T) {
	t.Parallel()
	d := newDice(7)
	compare(t, jobs(3000, "tojson", func() ([]coded, named) {
		return []coded{d.value(4)}, by("indent", []coded{none, num("2"), num("0"), str("\t<")}[d.IntN(4)])
	}))
}

func TestTojsonOfGoValues(t *testing.T) {
	t.Parallel()
	type card struct {
		Name  string `json:"name"`
		Notes []int  `json:"notes,omitempty"`
		Site  string `json:"site"`
	}
	type level int
	noon := time.Date(2030, 5, 6, 12, 0, 0, 0, time.FixedZone("", 2*3600))
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"a struct", card{Name: "</script>", Site: "it's"}, `{"name": "\u003c/script\u003e", "site": "it\u0027s"}`},
		{"a pointer to one", &card{Name: "a", Notes: []int{1}}, `{"name": "a", "notes": [1], "site": ""}`},
		{"a slice of them", []card{{Name: "b"}}, `[{"name": "b", "site": ""}]`},
		{"a map in the order of its keys", map[string]any{"b": 1, "a": []string{"x"}}, `{"a": ["x"], "b": 1}`},
		{"a map with numbers for keys", map[int]bool{2: true, 1: false}, `{"1": false, "2": true}`},
		{"a time as Flask writes it", noon, `"Mon, 06 May 2030 10:00:00 GMT"`},
		{"what writes itself as text", netip.MustParseAddr("::1"), `"::1"`},
		{"a nil pointer", (*card)(nil), `null`},
		{"a nil slice", []int(nil), `[]`},
		{"a named int", level(3), `3`},
		{"a float32", float32(0.5), `0.5`},
		{"a large int", new(big.Int).Lsh(big.NewInt(1), 70), `1180591620717411303424`},
		{"a pointer to a pointer", func() any { s := "x"; p := &s; return &p }(), `"x"`},
		{"NULL", sql.NullBool{}, `null`},
		{"a value of a database", []any{sql.NullBool{Bool: true, Valid: true}, sql.NullTime{Time: noon, Valid: true}}, `[true, "Mon, 06 May 2030 10:00:00 GMT"]`},
		{"a date", value.Date{Year: 2030, Month: 5, Day: 6}, `"Mon, 06 May 2030 00:00:00 GMT"`},
		{"Markup", value.Markup{Text: "<b>"}, `"\u003cb\u003e"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := apply(newRuntime(true, value.Default), "tojson", tt.v)
			if err != nil {
				t.Fatal(err)
			}
			if m := v.(value.Markup); m.Text != tt.want || m.Language != value.JavaScript {
				t.Errorf("got %v, want %s", m, tt.want)
			}
		})
	}
}

func TestTojsonRefusesWhatIsNoData(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]any{
		"a function":               func() {},
		"a channel":                make(chan int),
		"a generator":              &value.Generator{},
		"bytes":                    []byte("x"),
		"a duration":               time.Second,
		"a struct with a function": struct{ F func() }{},
		"deeper":                   []any{map[string]any{"x": func() {}}},
	} {
		if _, err := apply(newRuntime(true, value.Default), "tojson", v); kindOf(err) != "TypeError" {
			t.Errorf("%s: got %v, want a TypeError", name, err)
		}
	}
}

func TestTojsonSaysWhatInAStructIsNoData(t *testing.T) {
	t.Parallel()
	_, err := apply(newRuntime(true, value.Default), "tojson", struct{ F func() }{})
	if err == nil || !strings.Contains(err.Error(), "func()") {
		t.Errorf("got %v, want the type of the field", err)
	}
}
