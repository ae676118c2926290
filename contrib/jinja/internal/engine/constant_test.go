package engine_test

import "testing"

func TestWhatJinjaComputesWhenItCompilesIsPlainText(t *testing.T) {
	t.Parallel()
	agree(t,
		site(`{{ '<b>' ~ '<i>'|safe }} {{ '<b>' ~ ('<i>'|safe) ~ s }} {{ '<b>' ~ '<i>' }} {{ '<a>' + '<i>'|safe }} {{ ['<b>', '<i>'|safe]|join }}`),
		site(`{% set x = '<b>' ~ ('<i>'|safe) %}{{ x }}|{{ x ~ '<' }}|{{ x ~ s|safe }}|{{ '<' ~ 1 ~ ('<'|safe) }}|{{ ('<b>'|safe ~ '<c>')|length }}`),
		site(`{{ 'a<'|upper ~ '<b>'|e }} {{ '<b>'|e ~ '<' }} {{ '<' ~ ('<b>'|safe if 1 else '') }} {{ '<' ~ ['<b>'|safe][0] }} {{ '<' ~ {'a': '<b>'|safe}['a'] }} {{ '<' ~ {'a': '<b>'|safe}.a }}`),
		site(`{{ '<' ~ ('<b>'|safe is string) ~ ('<b>'|safe) }} {{ '<' ~ (['<b>'|safe]|map('upper')|first) }} {{ '<' ~ ('<b>'|safe)[1:] }} {{ '<' ~ ('x.org'|urlize) }} {{ '<' ~ ({'a': 1}|xmlattr) }} {{ '<' ~ ('<'|tojson) }}`),
		site(`{% autoescape false %}{{ '<b>' ~ '<i>'|safe }}{% endautoescape %}{% autoescape true %}{{ '<b>' ~ '<i>'|safe }}{% endautoescape %}{% autoescape yes %}{{ '<b>' ~ '<i>'|safe }}{{ '<' ~ s|safe }}{% endautoescape %}`),
		site(`[{{ none[1:] }}{{ 3[:2] }}{{ 'abc'[1:] }}{{ none[1:] is defined }}]`), site(`{{ nothing[0][1:] }}`), site(`{{ n[1:] }}`),
		site(`{{ '<' ~ dict(a='<b>'|safe)['a'] }} {{ '<' ~ s|safe }} {{ '<' ~ ('<b>'|safe).upper() }}`),
	)
}
