package value_test

import (
	"errors"
	"html/template"
	"iter"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

type host struct{ name string }

func TestCallOfGoFuncs(t *testing.T) {
	rt := runtimeOf(value.Default)
	rt.Host = &host{"h"}
	undefined := value.NewUndefined(rt, value.Missing{}, "x")
	strict := value.NewUndefined(runtimeOf(value.Strict), value.Missing{}, "x")
	list := &value.List{Items: []any{1, 2}}
	dict := &value.Dict{}
	if err := dict.Set("a", value.Tuple{1}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		f    any
		args []any
		want string
	}{
		{"string", func(s string) string { return s + "!" }, []any{"a"}, "'a!'"},
		{"Markup as a string", func(s string) string { return s }, []any{value.Markup{Text: "<b>"}}, "'<b>'"},
		{"int kinds", func(a int8, b uint32, c float32) float64 { return float64(a) + float64(b) + float64(c) }, []any{1, 2, 0.5}, "3.5"},
		{"a number that is too large", func(a int8) int8 { return a }, []any{300}, "! function() argument 1: 300 is too large for int8"},
		{"a named type", func(l level) string { return l.String() }, []any{1}, "'high'"},
		{"host", func(h *host, s string) string { return h.name + s }, []any{"x"}, "'hx'"},
		{"runtime", func(rt *value.Runtime) bool { return rt.Autoescape }, nil, "False"},
		{"slice", func(n []int) int { return len(n) }, []any{list}, "2"},
		{"map", func(m map[string][]int) int { return m["a"][0] }, []any{dict}, "1"},
		{"anything is plain Go data", func(v any) bool { _, ok := v.(map[string]any)["a"].([]any); return ok }, []any{dict}, "True"},
		{"Markup is template.HTML", func(v any) bool { _, ok := v.(template.HTML); return ok }, []any{value.Markup{Text: "x"}}, "True"},
		{"text is no HTML", func(h template.HTML) string { return string(h) }, []any{"<b>"}, "'&lt;b&gt;'"},
		{"text is no JavaScript", func(j template.JS) string { return string(j) }, []any{"x"}, "! function() argument 1: str cannot be used as template.JS"},
		{"None as a pointer", func(p *int) bool { return p == nil }, []any{nil}, "True"},
		{"None as a number", func(n int) int { return n }, []any{nil}, "! function() argument 1: None cannot be used as int; give it x|default(0, true), or let the function take a *int, which is nil then"},
		{"None as text", func(s string) string { return s }, []any{nil}, "! function() argument 1: None cannot be used as string; give it x|default('', true), or let the function take a *string, which is nil then"},
		{"None as a time", func(t time.Time) int { return t.Year() }, []any{nil}, "! function() argument 1: None cannot be used as time.Time; let the function take a *time.Time, which is nil then"},
		{"nothing as text", func(s string) string { return s }, []any{undefined}, "! function() argument 1: 'x' is undefined; give it x|default('', true), or let the function take a *string, which is nil then"},
		{"nothing as a pointer", func(p *string) bool { return p == nil }, []any{undefined}, "True"},
		{"nothing that is strict as a pointer", func(p *string) bool { return p == nil }, []any{strict}, "! function() argument 1: 'x' is undefined"},
		{"a date as a time", func(t time.Time) int { return t.YearDay() }, []any{value.Date{Year: 2026, Month: 2, Day: 1}}, "32"},
		{"two results", func() (int, string) { return 1, "a" }, nil, "(1, 'a')"},
		{"no result", func() {}, nil, "None"},
		{"an HTML result", func() template.HTML { return "<b>" }, nil, "Markup('<b>')"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := value.Call(rt, tt.f, value.Args{Positional: tt.args})
			if got := shown(rt, v, err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestNamedArgumentsOfGoFuncs(t *testing.T) {
	rt := runtimeOf(value.Default)
	named := []value.Named{{Name: "id", Value: 7}}
	link := func(endpoint string, values map[string]any) int { return values["id"].(int) }
	v, err := value.Call(rt, link, value.Args{Positional: []any{"x"}, Named: named})
	if v != 7 || err != nil {
		t.Errorf("got %v, %v, want 7", v, err)
	}
	_, err = value.Call(rt, func(s string) string { return s }, value.Args{Positional: []any{"x"}, Named: named})
	if got := shown(rt, nil, err); got != "! function() takes no keyword arguments" {
		t.Errorf("got %s", got)
	}
}

func TestFromGoIsAFunction(t *testing.T) {
	rt := runtimeOf(value.Default)
	f := value.FromGo("twice", func(n int) int { return 2 * n })
	v, err := value.Call(rt, f, value.Args{Positional: []any{4}})
	if v != 8 || err != nil {
		t.Errorf("got %v, %v, want 8", v, err)
	}
}

// breaks is where a stack begins.
func breaks() { panic("broken") }

func TestPanicsKeepTheirStack(t *testing.T) {
	rt := runtimeOf(value.Default)
	for name, f := range map[string]any{
		"of a func":      func(s string) string { breaks(); return s },
		"of another":     func(n int8, s string) int8 { breaks(); return n },
		"of an iterator": iter.Seq[int](func(func(int) bool) { breaks() }),
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			switch f := f.(type) {
			case iter.Seq[int]:
				_, err = value.Items(rt, f)
			case func(string) string:
				_, err = value.FromGo("f", f).Call(rt, []any{value.Tuple{"x"}, &value.Dict{}})
			default:
				_, err = value.Call(rt, f, value.Args{Positional: []any{1, "x"}})
			}
			var p *dewar.PanicError
			if !errors.As(err, &p) {
				t.Fatalf("got %v, want a PanicError", err)
			}
			if p.Value != "broken" || !strings.Contains(string(p.Stack), "value_test.breaks") || !strings.Contains(string(p.Stack), "gofunc_test.go:") {
				t.Errorf("got %v and the stack\n%s", p.Value, p.Stack)
			}
		})
	}
}

func TestAnAbortedHandlerGoesOn(t *testing.T) {
	for name, f := range map[string]func(){
		"func": func() { _, _ = value.Call(nil, func() { panic(http.ErrAbortHandler) }, value.Args{}) },
		"iterator": func() {
			_, _ = value.Items(nil, iter.Seq[int](func(func(int) bool) { panic(http.ErrAbortHandler) }))
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if r := recover(); r != http.ErrAbortHandler { //nolint:errorlint // a panic's value
					t.Errorf("recovered %v", r)
				}
			}()
			f()
		})
	}
}
