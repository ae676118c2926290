package engine_test

import (
	"fmt"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
)

func TestCallsFindsCallsOfAGlobal(t *testing.T) {
	t.Parallel()
	e := files(engine.Options{}, map[string]string{
		"a":      "{{ url_for('x', id=1) }}\n{% if y %}{{ url_for(name, **args)|upper }}{% endif %}",
		"b":      "{% macro m() %}<a href=\"{{ url_for('static', filename='x' ~ 1) }}\">{% endmacro %}{{ other('x') }}",
		"broken": "{% if %}{{ url_for('x') }}",
	})
	want := "[{a 1 [x] [id] false} {a 2 [<nil>] [] true} {b 1 [static] [filename] false}]"
	if got := fmt.Sprint(e.Calls("url_for")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
