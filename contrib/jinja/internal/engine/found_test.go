package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
)

func TestCallsFindsCallsOfAGlobal(t *testing.T) {
	t.Parallel()
	e := files(engine.Options{}, map[string]string{
		"a":      "{{ url_for('x', id=1) }}\n{% if y %}{{ url_for(name, **args)|upper }}{% endif %}\n{{ url_for(endpoint='x' if z else 'y', q=1 if z) }}",
		"b":      "{% macro m() %}<a href=\"{{ url_for('static', filename='x' ~ 1) }}\">{% endmacro %}{{ other('x') }}",
		"broken": "{% if %}{{ url_for('x') }}",
	})
	want := "[{a 1 [{ [x]} {id [1]}] false} {a 2 [{ []}] true} {a 3 [{endpoint [x y]} {q []}] false} {b 1 [{ [static]} {filename []}] false}]"
	if got := fmt.Sprint(e.Calls("url_for")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCallsLeavesOutWhatTemplatesNameThemselves(t *testing.T) {
	t.Parallel()
	for _, own := range []string{
		"{% set url_for = f %}", "{% set url_for %}x{% endset %}", "{% macro m(url_for) %}{% endmacro %}", "{% macro url_for(x) %}{% endmacro %}",
		"{% import 'a' as url_for %}", "{% from 'a' import x as url_for %}", "{% for a, url_for in b %}{% endfor %}",
		"{% with url_for = f %}{% endwith %}", "{% call(url_for) m() %}{% endcall %}",
	} {
		e := files(engine.Options{}, map[string]string{"a": "{% macro x() %}{% endmacro %}{{ url_for('nowhere') }}", "own": own})
		if got := e.Calls("url_for"); got != nil {
			t.Errorf("beside %s: got %v", own, got)
		}
	}
}

func TestAttributesOfAGlobal(t *testing.T) {
	t.Parallel()
	templates := map[string]string{
		"a": "{{ request.a.b }}\n{{ x.request.no }}{{ request['no'] }}{% if request.b %}{% endif %}",
		"b": "{{ request.no is defined }}{{ request.no|default(request.c) }}{{ request.d|upper }}",
	}
	var got []string
	for _, a := range files(engine.Options{}, templates).Attributes("request") {
		got = append(got, fmt.Sprintf("%s:%d %s", a.Template, a.Line, a.Name))
	}
	if want := "a:1 a,a:2 b,b:1 c,b:1 d"; strings.Join(got, ",") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ","), want)
	}
	templates["c"] = "{% for request in friends %}{{ request.sender }}{% endfor %}"
	if all := files(engine.Options{}, templates).Attributes("request"); all != nil {
		t.Errorf("got %v, though a template has a request of its own", all)
	}
}
