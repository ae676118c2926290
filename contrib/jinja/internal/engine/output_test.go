package engine_test

import (
	"html/template"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
)

func TestValuesAreEscapedForThePlaceWhereTheyLand(t *testing.T) {
	t.Parallel()
	data := map[string]any{
		"evil": "javascript:alert(1)", "q": "a&b=\"c\"", "s": "<b>'\"", "n": 3, "empty": "", "items": []any{1, "x"}, "yes": true, "vouched": template.HTML("<i>"),
		"user": map[string]any{"name": "</script>"},
	}
	part := map[string]string{"part": `{{ evil }}`, "lib": `{% macro url(x) %}{{ x }}{% endmacro %}{% macro tag() %}<a href="{{ caller() }}">{% endmacro %}`}
	for _, tt := range []struct{ name, page, want, parity string }{
		{"text", `<p>{{ s }}</p>{{ n }}{{ vouched }}`, `<p>&lt;b&gt;&#39;&#34;</p>3<i>`, ""},
		{"a URL", `<a href="{{ evil }}">`, `<a href="#blocked">`, `<a href="javascript:alert(1)">`},
		{"a URL of an include", `<a href="{% include "part" %}">`, `<a href="#blocked">`, `<a href="javascript:alert(1)">`},
		{"a URL of a macro", `{% from "lib" import url %}<a href="{{ url(evil) }}">`, `<a href="#blocked">`, `<a href="javascript:alert(1)">`},
		{"a URL of a macro in an expression", `{% from "lib" import url %}<a href="{{ url(evil)|trim }}">`, `<a href="#blocked">`, `<a href="javascript:alert(1)">`},
		{"a URL of a set block", `{% set x %}{{ evil }}{% endset %}<a href="{{ x }}">`, `<a href="#blocked">`, `<a href="javascript:alert(1)">`},
		{"a URL of a filter block", `<a href="{% filter trim %}{{ evil }}{% endfilter %}">`, `<a href="#blocked">`, `<a href="javascript:alert(1)">`},
		{"a URL of a caller", `{% from "lib" import tag %}{% call tag() %}{{ evil }}{% endcall %}`, `<a href="#blocked">`, `<a href="javascript:alert(1)">`},
		{"a URL of a block", `<a href="{% block a %}{{ evil }}{% endblock %}">`, `<a href="#blocked">`, `<a href="javascript:alert(1)">`},
		{"a URL behind branches", `{% if yes %}<a href="{% else %}<p title="{% endif %}{{ evil }}">`, `<a href="#blocked">`, `<a href="javascript:alert(1)">`},
		{"a URL in a translation", `{% trans u=evil %}<a href="{{ u }}">{% endtrans %}`, `<a href="#blocked">`, `<a href="javascript:alert(1)">`},
		{"a URL in a translation of a function", `{{ _('<a href="%(u)s">', u=evil) }}`, `<a href="#blocked">`, `<a href="javascript:alert(1)">`},
		{"a URL behind a set block", `{% set x %}<a href="{% endset %}{{ x ~ evil }}">`, `<a href="#blocked">`, `<a href="javascript:alert(1)">`},
		{"a URL between texts of macros", `{% macro a() %}<a href="{% endmacro %}{{ a() ~ evil ~ '">'|safe }}`, `<a href="#blocked">`, `<a href="javascript:alert(1)">`},
		{"a URL behind a set block that is written first", `{% set x %}<a href="{% endset %}{{ x }}{{ evil }}">`, `<a href="#blocked">`, `<a href="javascript:alert(1)">`},
		{"attributes of a set block", `{% set x %}id=x value={{ n }}{% endset %}<p {{ x }}>`, `<p id=x value=3>`, ""},
		{"attributes of a set block with values", `{% set x %}id={{ q }} href={{ evil }} class={{ "c"|safe }}{% endset %}<p {{ x }}>`, `<p id="a&amp;b=&#34;c&#34;" href="#blocked" class=c>`, `<p id=a&amp;b=&#34;c&#34; href=javascript:alert(1) class=c>`},
		{"attributes of a macro", `{% macro x(v) %}id=x checked value={{ v }}{% endmacro %}<p {{ x(n)|trim }} {{ x(" ") }}>`, `<p checked id=x checked value=&#32;>`, `<p id=x checked value=3 id=x checked value= >`},
		{"attributes of a set block of macros", `{% macro a(v) %}id={{ v }}{% endmacro %}{% set x %}{{ a(n) }} {{ a("y z") }}{% endset %}<p {{ x }}>`, `<p id=3 id="y z">`, `<p id=3 id=y z>`},
		{"an empty value without quotes", `<p id={{ "" ~ empty }} a={{ empty }}{{ n }} b={{ empty }}px c={{ empty }}{{ empty }}/>`, `<p id="" a=3 b=px c=""/>`, `<p id= a=3 b=px c=/>`},
		{"a URL behind an empty value", `<a href={{ empty }}{{ evil }}>`, `<a href=#blocked>`, `<a href=javascript:alert(1)>`},
		{"a harmless URL in a translation", `{% trans u="/x?a=1" %}<a href="{{ u }}">b</a> & c{% endtrans %}`, `<a href="/x?a=1">b</a> & c`, ""},
		{"a harmless URL", `<a href="/x?n={{ n }}">`, `<a href="/x?n=3">`, ""},
		{"what the application vouches for", `<a href="{{ evil|safe }}">`, `<a href="javascript:alert(1)">`, ""},
		{"a number in a script", `<script>var n = {{ n }};</script>`, `<script>var n = 3;</script>`, ""},
		{"tojson in a script", `<script>var u = {{ user|tojson }};</script>`, `<script>var u = {"name": "\u003c/script\u003e"};</script>`, ""},
		{"a value in a script", `<script>var u = {{ user }};</script>`, `<script>var u = {"name": "\u003c/script\u003e"};</script>`, `<script>var u = {&#39;name&#39;: &#39;&lt;/script&gt;&#39;};</script>`},
		{"a text of the template in a tag", `<p {{ 'class="x"' if yes }}>`, `<p class=&#34;x&#34;>`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			templates := map[string]string{"page": tt.page, "part": part["part"], "lib": part["lib"]}
			plain, err := written(files(engine.Options{}, templates), data)
			if err != nil {
				t.Fatal(err)
			}
			placed, err := written(files(engine.Options{Contextual: func(string) bool { return true }}, templates), data)
			if err != nil {
				t.Fatal(err)
			}
			if tt.parity == "" {
				tt.parity = tt.want
			}
			if placed != tt.want || plain != tt.parity {
				t.Errorf("got %q, in parity mode %q, want %q, in parity mode %q", placed, plain, tt.want, tt.parity)
			}
		})
	}
}
