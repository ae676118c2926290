package value_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

type tag struct{ name string }

// A row has a method that only its pointer has.
type row struct {
	Title string
	Tag   tag
}

func (r *row) Excerpt() string       { return r.Title + "..." }
func (r *row) Cut(n int) string      { return r.Title[:n] }
func (r *row) Rename(s string) error { r.Title = s; return nil }

type shelf struct{ Best row }

func TestWhatATemplateDoesNotSeeIsSaid(t *testing.T) {
	for _, tt := range []struct {
		name string
		v    any
		attr string
		want string
	}{
		{"an unexported field", tag{"x"}, "name", "'tag object' has no attribute 'name'; tag has a field name that is unexported; write Name"},
		{"behind a pointer", &tag{"x"}, "name", "'tag object' has no attribute 'name'; tag has a field name that is unexported; write Name"},
		{"a method of the pointer", row{}, "excerpt", "'row object' has no attribute 'excerpt'; Excerpt is a method of *row; give the template *row"},
		{"by its Go name", row{}, "Cut", "'row object' has no attribute 'Cut'; Cut is a method of *row; give the template *row"},
		{"a method that gives nothing", row{}, "rename", "'row object' has no attribute 'rename'"},
		{"nothing", row{}, "nope", "'row object' has no attribute 'nope'"},
		{"a private name", struct{ _name string }{}, "_name", "'object object' has no attribute '_name'"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u, err := value.Attr(runtimeOf(value.Default), tt.v, tt.attr)
			if err != nil {
				t.Fatal(err)
			}
			if got := u.(*value.Undefined).Err().Error(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestInDebugWhatATemplateDoesNotSeeIsAnError(t *testing.T) {
	rt := runtimeOf(value.Default)
	rt.Debug = true
	for _, ask := range []func() (any, error){
		func() (any, error) { return value.Attr(rt, tag{}, "name") },
		func() (any, error) { return value.Item(rt, tag{}, "name") },
		func() (any, error) { return value.OnlyAttr(rt, row{}, "excerpt") },
	} {
		if v, err := ask(); err == nil {
			t.Errorf("got %v, want an error", v)
		}
	}
	if v, err := value.Attr(rt, tag{}, "nope"); shown(rt, v, err) != "Undefined" {
		t.Errorf("what is nowhere: got %v, %v, want Undefined", v, err)
	}
}

func TestMethodsOfThePointerAreCalledWhereThereIsAnAddress(t *testing.T) {
	rt := runtimeOf(value.Default)
	rows := []row{{Title: "one"}, {Title: "two"}}
	fromItem := func() (any, error) { return value.Item(rt, rows, 1) }
	fromLoop := func() (any, error) {
		items, err := value.Items(rt, rows)
		return items[1], err
	}
	fromField := func() (any, error) { return value.Attr(rt, &shelf{row{Title: "two"}}, "best") }
	for name, get := range map[string]func() (any, error){"item": fromItem, "loop": fromLoop, "field": fromField} {
		t.Run(name, func(t *testing.T) {
			v, err := get()
			if err != nil {
				t.Fatal(err)
			}
			text, err := value.Attr(rt, v, "excerpt")
			if got := shown(rt, text, err); got != "'two...'" {
				t.Errorf("as a property: got %s", got)
			}
			if got := shown(rt, v, nil); got != "<row object>" {
				t.Errorf("shows as %s", got)
			}
			cut, err := value.CallMethod(rt, v, "cut", value.Args{Positional: []any{1}})
			if got := shown(rt, cut, err); got != "'t'" {
				t.Errorf("called: got %s", got)
			}
			if same, err := value.Compare(rt, "==", v, row{Title: "two"}); !same || err != nil {
				t.Errorf("it is not equal to its like: %v", err)
			}
			title, err := value.Call(rt, func(r row) string { return r.Title }, value.Args{Positional: []any{v}})
			if got := shown(rt, title, err); got != "'two'" {
				t.Errorf("as an argument: got %s", got)
			}
		})
	}
}
