package engine_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
)

func TestCheckFindsWhatIsMissing(t *testing.T) {
	t.Parallel()
	others := map[string]string{
		"layout": "{% block title %}{% endblock %}",
		"lib":    "{% macro input(name) %}{{ name }}{% endmacro %}{% set size = 3 %}",
	}
	for _, tt := range []struct{ name, page, want string }{
		{"a syntax error", "{% if %}", "page:1:"},
		{"a filter", "{{ x|uper }}", `did you mean "upper"?`},
		{"a filter inside an if", "{% if x %}{{ x|uper }}{% endif %}", `did you mean "upper"?`},
		{"a filter that the template asks for", "{% if 'markdown' is filter %}{{ x|markdown }}{% endif %}", ""},
		{"a test", "{{ x is evn }}", `did you mean "even"?`},
		{"too many arguments of a filter", "{{ x|upper(1, 2) }}", "page:1:"},
		{"a parent", "{% extends 'layuot' %}", `did you mean "layout"?`},
		{"an include", "{% include 'nosuch' %}", `no template "nosuch"`},
		{"an include that may be missing", "{% include 'nosuch' ignore missing %}", ""},
		{"an include of the first that exists", "{% include ['nosuch', 'lib'] %}", ""},
		{"an include of none that exists", "{% include ['nosuch', 'none'] %}", "none of the templates nosuch, none"},
		{"a computed include", "{% include x %}", ""},
		{"an import", "{% import 'libs' as l %}", `did you mean "lib"?`},
		{"a name of an import", "{% from 'lib' import imput, size %}", `does not export 'imput'; did you mean "input"?`},
		{"a macro of an import", "{% import 'lib' as l %}{{ l.imput(1) }}", `did you mean "input"?`},
		{"what is there", "{% extends 'layout' %}{% import 'lib' as l %}{% block title %}{{ super() }}{{ l.input(1) }}{% endblock %}", ""},
		{"an include of none that is like one", "{% include ['nosuch', 'lbi'] %}", `did you mean "lib"?`},
		{"an include of itself", "{% include 'page' %}", "includes itself"},
		{"an include of itself under a condition", "{% if x %}{% include 'page' %}{% endif %}", ""},
		{"a filter that map is given", "{{ x|map('uper')|list }}", `did you mean "upper"?`},
		{"a test that select is given", "{{ x|select('od')|list }}", `did you mean "odd"?`},
		{"a test that rejectattr is given", "{{ x|rejectattr('a', 'eqq', 1)|list }}", "No test named 'eqq'"},
		{"what map is given by name", "{{ x|map(attribute='uper')|list }}{{ x|select|list }}", ""},
		{"a block that stands twice", "{% block a %}{% endblock %}\n{% block a %}{% endblock %}", "page:2:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checked(t, tt.page, tt.want, others)
		})
	}
}

// checked checks the template page among others.
func checked(t *testing.T, page, want string, others map[string]string) {
	t.Helper()
	templates := map[string]string{"page": page}
	for name, source := range others {
		templates[name] = source
	}
	err := files(engine.Options{}, templates).Check()
	if want == "" {
		if err != nil {
			t.Errorf("got %v, want no error", err)
		}
		return
	}
	if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "template page:") {
		t.Errorf("got %v, want an error of page with %q", err, want)
	}
}

func TestCheckReportsAllErrors(t *testing.T) {
	t.Parallel()
	err := files(engine.Options{}, map[string]string{"a": "{{ x|no_a }}\n{{ x|no_b }}", "b": "{% extends 'none' %}{% if x %}{{ x|no_c }}{% endif %}{{ x|no_d }}", "c": "{{ x }}"}).Check()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"a:1: No filter named 'no_a'", "a:2: No filter named 'no_b'", `b:1: no template "none"`, "b:1: No filter named 'no_c'", "b:1: No filter named 'no_d'"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in %v", want, err)
		}
	}
}
