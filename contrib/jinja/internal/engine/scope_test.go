package engine_test

import "testing"

// site is a page and the templates it uses, with names between them.
func site(page string, others ...string) job {
	j := job{Templates: map[string]string{"page": page}, Data: sample(), Autoescape: true, Undefined: "Undefined"}
	for i := 0; i < len(others); i += 2 {
		j.Templates[others[i]] = others[i+1]
	}
	return j
}

// agree checks that all jobs give what they give in Jinja, and that most give a page: a table of errors proves little.
func agree(t *testing.T, jobs ...job) {
	t.Helper()
	if same := compare(t, jobs); same < len(jobs)/2 {
		t.Errorf("%d of %d templates gave a page", same, len(jobs))
	}
}

func TestVariablesAreVisibleWhereJinjaShowsThem(t *testing.T) {
	t.Parallel()
	agree(t,
		site(`{% set x = 1 %}{% if yes %}{% set x = 2 %}{% endif %}{{ x }}`),
		site(`{% if yes %}{% set x = 2 %}{% endif %}{{ x }}`),
		site(`{% if no %}{% set x = 2 %}{% else %}{{ x }}|{% endif %}{{ x }}`),
		site(`{% if no %}{% set word = 2 %}{% endif %}{{ word }}`),
		site(`{% if no %}{% set word = 2 %}{% elif no %}{% set s = 1 %}{% else %}{% set n = 5 %}{% endif %}{{ word }}{{ s }}{{ n }}`),
		site(`{% set x = 1 %}{% for i in list %}{% set x = i %}{{ x }}{% endfor %}{{ x }}`),
		site(`{% for i in list %}{{ x }}{% set x = i %}{{ x }}{% endfor %}[{{ x }}{{ i }}]`),
		site(`{% for word in list %}{{ word }}{% endfor %}{{ word }}`),
		site(`{% for i in list %}{% if loop.first %}{% set x = 1 %}{% endif %}{{ x }},{% endfor %}`),
		site(`{% set x = 1 %}{% with x = 2, y = x %}{{ x }}{{ y }}{% set x = 3 %}{{ x }}{% endwith %}{{ x }}{{ y }}`),
		site(`{% with %}{% set n = 7 %}{{ n }}{% endwith %}{{ n }}`),
		site(`{{ n }}{% set n = n + 1 %}{{ n }}{% set n = n * 2 %}{{ n }}`),
		site(`{% set x = 1 %}{% block b %}{{ x }}{% set x = 2 %}{{ x }}{% endblock %}{{ x }}`),
		site(`{% for i in list %}{% block b %}[{{ i }}]{% endblock %}{% endfor %}`),
		site(`{% for i in list %}{% block b scoped %}[{{ i }}{{ loop.index }}]{% endblock %}{% endfor %}`),
		site(`{% for i in list %}{% set z = i * 2 %}{% block b scoped %}[{{ z }}]{% set z = 0 %}{{ z }}{% endblock %}{{ z }}{% endfor %}`),
		site(`{% macro m() %}{{ x }}{% set x = 5 %}{{ x }}{% endmacro %}{% set x = 1 %}{{ m() }}{{ x }}`),
		site(`{% macro m() %}{{ x }}{% endmacro %}{% set x = 1 %}{{ m() }}{% set x = 2 %}{{ m() }}`),
		site(`{% for i in list %}{% macro m() %}<{{ i }}>{% endmacro %}{{ m() }}{% endfor %}`),
		site(`{% set x %}{% set y = 1 %}<b>{{ y }}</b>{% endset %}{{ x }}{{ y }}`),
		site(`{% set x | upper | replace("B", "i") %}<b>{{ s }}</b>{% endset %}{{ x }}`),
		site(`{% set a, b = tuple %}{{ a }}{{ b }}{% set (a, (b, c)) = [1, [2, 3]] %}{{ a }}{{ b }}{{ c }}`),
		site(`{% set a, b = list %}`),
		site(`{% set a, b = n %}`),
		site(`{% set ns = namespace(n=1) %}{% for i in list %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}`),
		site(`{% set d.a = 1 %}`),
		site(`{% set ns = namespace() %}{% set ns.t %}<i>{{ s }}</i>{% endset %}{{ ns.t }}`),
		site(`{% include "part" %}{{ x }}`, "part", `{% set x = 1 %}{{ word }}{{ x }}`),
		site(`{% for i in list %}{% set y = i %}{% include "part" %}{% endfor %}`, "part", `[{{ i }}{{ y }}{{ loop.index }}]`),
		site(`{% autoescape false %}{% set x = 1 %}{{ s }}{% endautoescape %}{{ x }}{{ s }}`),
		site(`{% filter upper %}{% set x = 1 %}{{ s }}{{ x }}{% endfilter %}{{ x }}`),
		site(`{% for a in [1, 2] %}{% for b in [3, 4] %}{% set t = a * b %}{{ t }},{% endfor %}{{ t }};{% endfor %}`),
		site(`{% set x = 0 %}{% for i in list if i != x %}{% set x = i %}{{ x }}{% endfor %}{{ x }}`),
		site(`{% for x in [x, 2] %}{{ x }}{% endfor %}`),
		site(`{% for word in [word, 2] %}{{ word }}{% endfor %}`),
	)
}
