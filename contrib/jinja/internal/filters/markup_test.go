package filters_test

import (
	"html/template"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

func TestStriptagsIsJinjas(t *testing.T) {
	t.Parallel()
	d := newDice(5)
	compare(t, jobs(3000, "striptags", func() ([]coded, named) {
		s := d.text(14, "<b>", "</b>", "<", ">", "<!-- x -->", "<!-- <i> -->", "text", " ", "\n", "&amp;", "&lt;", "&notit;", "&copy", "&#65;", "&#x41", "&#0;", "&#128;", "&#1;", "&#xD800;", "&#99999999999;", "&#;", "&#x;",
			"&", ";", "é", "\u00a0", "&nosuch;", "&ampfoo", "&#13;", "&#xFFFE;", "&#12;x", "&&amp;", "\x1d")
		if d.IntN(3) == 0 {
			return []coded{markup(s)}, nil
		}
		return []coded{str(s)}, nil
	}))
}

func TestXmlattrIsJinjas(t *testing.T) {
	t.Parallel()
	d := newDice(6)
	compare(t, jobs(1000, "xmlattr", func() ([]coded, named) {
		key := func() coded {
			return str(d.text(3, "a", "data-x", "é", "<", "'", ":", "\u00a0", " ", "/", "=", "\t", "ok", "id", "class"))
		}
		return []coded{dict([2]coded{key(), d.value(1)}, [2]coded{key(), d.value(0)}, [2]coded{str("z"), d.value(0)}), yes(d.IntN(2) == 0)}, nil
	}))
}

// TestMarkupKeepsTheLanguageItWasMadeFor pins what the escaping of pages relies on: nothing but the application's own word is raw everywhere.
func TestMarkupKeepsTheLanguageItWasMadeFor(t *testing.T) {
	t.Parallel()
	mine := value.Markup{Text: "<b>"}
	page := value.Markup{Text: "<i>", Language: value.HTML}
	data := value.Markup{Text: `"x"`, Language: value.JavaScript}
	for _, tt := range []struct {
		name   string
		filter string
		args   []any
		want   value.Language
	}{
		{"safe is the application's", "safe", []any{"<b>"}, value.Application},
		{"safe of a macro's is too", "safe", []any{page}, value.Application},
		{"template.HTML is the application's", "string", []any{template.HTML("<b>")}, value.Application},
		{"escape", "escape", []any{"<b>"}, value.HTML},
		{"escape of what is safe", "escape", []any{data}, value.JavaScript},
		{"forceescape", "forceescape", []any{mine}, value.HTML},
		{"tojson", "tojson", []any{"x"}, value.JavaScript},
		{"xmlattr", "xmlattr", []any{map[string]any{"a": 1}}, value.Attributes},
		{"urlize", "urlize", []any{mine}, value.HTML},
		{"upper", "upper", []any{page}, value.HTML},
		{"reverse of a script's value", "reverse", []any{data}, value.HTML},
		{"last of one", "last", []any{data}, value.HTML},
		{"truncate of one", "truncate", []any{value.Markup{Text: `"a long text"`, Language: value.JavaScript}, 5}, value.HTML},
		{"indent of one", "indent", []any{data}, value.JavaScript},
		{"join of one kind", "join", []any{value.Tuple{mine, mine}}, value.Application},
		{"join with text", "join", []any{value.Tuple{mine, "x"}}, value.Mixed},
		{"join with text where there is no tag", "join", []any{value.Tuple{value.Markup{Text: "b"}, "x"}}, value.HTML},
		{"join of two kinds", "join", []any{value.Tuple{mine, data}}, value.Mixed},
		{"join with text between", "join", []any{value.Tuple{mine, mine}, ", "}, value.Mixed},
		{"join of nothing", "join", []any{value.Tuple{}, mine}, value.HTML},
		{"replace with text", "replace", []any{mine, "b", "&"}, value.Mixed},
		{"indent", "indent", []any{mine}, value.Application},
		{"indent with text", "indent", []any{mine, "> "}, value.Mixed},
		{"wordwrap with a safe wrapstring", "wordwrap", []any{"a <b>", 2, true, mine}, value.Mixed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := apply(newRuntime(true, value.Default), tt.filter, tt.args...)
			if err != nil {
				t.Fatal(err)
			}
			if m, ok := value.AsMarkup(v); !ok || m.Language != tt.want {
				t.Errorf("got %#v, want the language %d", v, tt.want)
			}
		})
	}
}
