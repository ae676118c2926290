package engine_test

import "testing"

func TestMacrosAreCalledAsInJinja(t *testing.T) {
	t.Parallel()
	agree(t,
		site(`{% macro m(a, b=2, c=b) %}{{ a }},{{ b }},{{ c }};{% endmacro %}{{ m(1) }}{{ m(1, 5) }}{{ m(1, c=3) }}{{ m(b=1) }}{{ m(*[1, 2, 3]) }}{{ m(**{"a": 4}) }}`),
		site(`{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, "<", x=3, y=s) }}{{ m() }}`),
		site(`{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}`),
		site(`{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, b=2) }}`),
		site(`{% macro m(a) %}{{ a }}{% endmacro %}{{ m(caller=2) }}`),
		site(`{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}`),
		site(`{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}{{ s }}{% endcall %}`),
		site(`{% macro m() %}{% for i in list %}{{ caller(i, b=i) }}{% endfor %}{% endmacro %}{% call(a, b=1) m() %}[{{ a }}{{ b }}{{ s }}]{% endcall %}`),
		site(`{% macro m() %}{{ caller is defined }}{% if caller %}{{ caller() }}{% endif %}{% endmacro %}{{ m() }}{% call m() %}x{% endcall %}`),
		site(`{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}`),
		site(`{% macro m() %}{{ caller("x", "y") }}{% endmacro %}{% call(a) m() %}{{ a }}{% endcall %}`),
		site(`{% macro outer() %}{% call inner() %}{{ caller() }}{% endcall %}{% endmacro %}{% macro inner() %}({{ caller() }}){% endmacro %}{% call outer() %}x{% endcall %}`),
		site(`{% macro m(a, b=1) %}{{ varargs }}{% endmacro %}{{ m.name }}{{ m.arguments }}{{ m.catch_kwargs }}{{ m.catch_varargs }}{{ m.caller }}{{ m }}`),
		site(`{% macro m(caller=none) %}{{ caller }}{% endmacro %}{{ m() }}{{ m(caller=1) }}`),
		site(`{% macro m(caller) %}{{ caller }}{% endmacro %}`),
		site(`{% macro fact(n) %}{% if n > 1 %}{{ n }}*{{ fact(n - 1) }}{% else %}1{% endif %}{% endmacro %}{{ fact(5) }}`),
		site(`{% macro m(x) %}<b>{{ x }}</b>{% endmacro %}{{ m(s) }}{{ m(s)|upper }}{{ m(s) ~ s }}{{ m(s) + "<" }}{{ [m(s)] }}{{ m(s)|length }}`),
		site(`{% macro m(x) %}<b>{{ x }}</b>{% endmacro %}{% autoescape false %}{{ m(s) }}{{ m(s) ~ s }}{% endautoescape %}`),
		site(`{% autoescape no %}{% macro m(x) %}<b>{{ x }}</b>{% endmacro %}{{ m(s) }}{% endautoescape %}{{ m(s) }}`),
		site(`{% autoescape yes %}{% macro m(x) %}<b>{{ x }}</b>{% endmacro %}{{ m(s) }}{{ "<" ~ m("<") }}{% endautoescape %}{{ m(s) }}`),
		site(`{% macro m(a=list|first, b=a + 1) %}{{ a }}{{ b }}{% endmacro %}{{ m() }}{{ m(5) }}`),
		site(`{% macro m(kwargs) %}{{ kwargs }}{% endmacro %}{{ m(1) }}`),
		site(`{% filter replace("a", "<") | upper %}banana {{ s }}{% endfilter %}`),
		site(`{% macro m() %}{% if yes %}{% macro n() %}{{ n_ }}inner{% endmacro %}{% endif %}{{ n() }}{% endmacro %}{{ m() }}`),
		site(`{% set f = "x".upper %}{{ f() }}{% do words.append("z") %}{{ words|last }}`),
		site(`{{ missing() }}`), site(`{{ n() }}`), site(`{{ s.nosuch() }}`), site(`{{ missing.a }}`), site(`{{ missing.a.b }}`),
	)
}
