package engine_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
)

func TestErrorsOfStringsSayWhere(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"\n{{ x|uper }}{{ x|lwer }}": `template <template>:2: No filter named 'uper'; did you mean "upper"?`,
		"\n{% if %}":                 "template <template>:2: ",
		"\n{{ x.y }}":                "template <template>:2: 'x' is undefined",
	} {
		err := engine.New(engine.Options{}).RenderString(engine.Request{}, source, io.Discard)
		var e *engine.Error
		if !errors.As(err, &e) || e.Line != 2 || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", source, err, want)
		}
	}
}

func TestErrorsSayWhere(t *testing.T) {
	t.Parallel()
	others := map[string]string{
		"base":   "<title>\n{% block title %}{% endblock %}",
		"broken": "\n{% if %}",
		"part":   "\n\n{{ user.name.first }}",
		"lib":    "{% macro field(x) %}\n{{ x / 0 }}{% endmacro %}",
	}
	for _, tt := range []struct {
		name, page, want string
		line             int
	}{
		{"an undefined value", "\n{{ missing.a }}", "template page:2: 'missing' is undefined", 2},
		{"an include", "\n{% include 'part' %}", "template part:3: 'user' is undefined (in include at page:2)", 3},
		{"a macro", "{% import 'lib' as lib %}\n\n{{ lib.field(1) }}", "template lib:2: division by zero (in macro 'field' at page:3)", 2},
		{"a call block", "{% macro m() %}{{ caller() }}{% endmacro %}\n{% call m() %}\n{{ 1 / 0 }}{% endcall %}", "template page:3: division by zero (in the call block at page:1) (in macro 'm' at page:2)", 3},
		{"a block of a child", "{% extends 'base' %}\n{% block title %}\n{{ 1 + none }}{% endblock %}", "template page:3: unsupported operand type(s) for +: 'int' and 'NoneType'", 3},
		{"a loop", "{% for i in [1] %}\n{{ i.x.y }}{% endfor %}", "template page:2: 'int object' has no attribute 'x'", 2},
		{"a missing template", "\n{% include 'parts' %}", `template page:2: no template "parts"; did you mean "part"?`, 2},
		{"a template that go:embed passes over", "{% include '_part' %}", `template page:1: no template "_part"; did you mean "part"?`, 1},
		{"one that is like no other", "{% include 'blog/_list' %}", `template page:1: no template "blog/_list"; if the file exists, note that go:embed passes over names that begin with _ unless the folder is written all:templates`, 1},
		{"a template that is not Jinja", "{% include 'broken' %}", "template broken:2:", 2},
		{"a filter", "\n\n{{ 1|lenght }}", `template page:3: No filter named 'lenght'; did you mean "length"?`, 3},
		{"a test", "{{ 1 is defned }}", `template page:1: No test named 'defned'; did you mean "defined"?`, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			templates := map[string]string{"page": tt.page}
			for name, source := range others {
				templates[name] = source
			}
			_, err := written(files(engine.Options{}, templates), nil)
			var e *engine.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %T %v, want an *engine.Error", err, err)
			}
			if !strings.HasPrefix(err.Error(), tt.want) || e.Line != tt.line {
				t.Errorf("got line %d, %q, want line %d, %q", e.Line, err, tt.line, tt.want)
			}
		})
	}
}
