package engine_test

import (
	"fmt"
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
