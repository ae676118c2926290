package engine_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
)

// TestPagesThatAreXML has pages that browsers read as XML: what is captured and included there is XML too.
func TestPagesThatAreXML(t *testing.T) {
	t.Parallel()
	const link, want = `<title/><a href="{{ evil }}"/>`, `<title/><a href="#blocked"/>`
	e := files(engine.Options{Contextual: func(string) bool { return true }}, map[string]string{
		"page.xhtml": link + `{% set x %}` + link + `{% endset %}{{ x }}{% include "part.html" %}{% macro m(evil) %}` + link + `{% endmacro %}{{ m(evil) }}{{ m(evil)|trim }}`,
		"part.html":  link,
	})
	var b strings.Builder
	err := e.Render(engine.Request{Name: "page.xhtml", Data: map[string]any{"evil": "javascript:alert(1)"}}, &b)
	if want := strings.Repeat(want, 5); err != nil || b.String() != want {
		t.Errorf("got %s, %v, want %s", b.String(), err, want)
	}
}
