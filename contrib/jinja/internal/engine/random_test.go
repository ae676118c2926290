package engine_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// Random templates give what Jinja gives, or an error where it has one.
func TestRandomTemplatesAgreeWithJinja(t *testing.T) {
	t.Parallel()
	const count = 3000
	var jobs []job
	for seed := range uint64(count) {
		g := &author{Rand: rand.New(rand.NewPCG(seed, 1))}
		jobs = append(jobs, g.job())
	}
	if same := compare(t, jobs); same < count/3 {
		t.Errorf("%d of %d templates gave a page, want a third at least", same, count)
	}
}

// An author writes random templates that are mostly right.
type author struct {
	*rand.Rand
	depth int // of statements
	loops int // that stand around
}

func (g *author) pick(choices ...string) string { return choices[g.IntN(len(choices))] }

func (g *author) chance(percent int) bool { return g.IntN(100) < percent }

func (g *author) job() job {
	j := page("")
	j.Autoescape, j.Trim = g.chance(70), g.chance(20)
	if g.chance(15) {
		j.Undefined = g.pick("StrictUndefined", "ChainableUndefined", "DebugUndefined")
	}
	j.Templates["part"] = g.body(2)
	j.Templates["lib"] = "{% set shared = " + g.expr(1) + " %}{% macro m(a, b=" + g.expr(0) + ") %}" + g.body(2) + "[{{ a }}|{{ b }}]{% endmacro %}{% macro wrap() %}<w>{{ caller(" + g.expr(0) + ") }}</w>{% endmacro %}"
	j.Templates["base"] = "<{% block title %}base{% endblock %}>" + g.body(2) + "{% block body" + g.pick("", " scoped") + " %}" + g.body(2) + "{% block inner %}in{% endblock %}{% endblock %}{{ self.title() }}"
	source := g.body(3)
	if g.chance(35) {
		source = "{% extends " + g.pick(`"base"`, `"ba" ~ "se"`, `"base" if yes else "part"`) + " %}" +
			"{% set word = " + g.expr(1) + " %}" +
			"{% block title %}" + g.body(2) + g.pick("", "{{ super() }}") + "{% endblock %}" +
			g.pick("", "{% block inner %}"+g.body(2)+"{{ super() }}{% endblock %}", "{% block body %}"+g.body(2)+"{{ super() }}{% endblock %}")
	}
	j.Templates["page"] = source
	return j
}

func (g *author) body(depth int) string {
	var b strings.Builder
	for range 1 + g.IntN(3) {
		b.WriteString(g.pick("", " ", "\n", "text ", "<p class=\"x\">", "  \n"))
		b.WriteString(g.statement(depth))
	}
	return b.String()
}

func (g *author) tag(text string) string {
	return g.pick("{% ", "{% ", "{% ", "{%- ", "{%+ ") + text + g.pick(" %}", " %}", " %}", " -%}")
}

func (g *author) statement(depth int) string {
	if depth == 0 {
		return "{{ " + g.expr(1) + " }}"
	}
	switch g.IntN(20) {
	case 0, 1:
		return g.tag("if "+g.expr(2)) + g.body(depth-1) + g.pick("", "{% elif "+g.expr(1)+" %}"+g.body(depth-1)) + g.pick("", "{% else %}"+g.body(depth-1)) + g.tag("endif")
	case 2, 3, 4:
		return g.loop(depth)
	case 5, 6:
		return g.tag("set " + g.pick("x", "word", "n", "y") + " = " + g.expr(2))
	case 7:
		return "{% set " + g.pick("x", "y") + g.pick("", " | upper", " | trim") + " %}" + g.body(depth-1) + "{% endset %}{{ x }}"
	case 8:
		return "{% with " + g.pick("x", "n") + " = " + g.expr(1) + ", y = " + g.expr(0) + " %}" + g.body(depth-1) + "{{ y }}{% endwith %}"
	case 9:
		return "{% macro " + g.pick("k", "l") + "(a, b=" + g.expr(0) + ") %}" + g.body(depth-1) + g.pick("{{ a }}", "{{ b }}{{ varargs }}", "{{ kwargs }}", "{{ caller and caller() }}") + "{% endmacro %}{{ " + g.pick("k", "l") + "(" + g.expr(0) + ", " + g.pick("", "b=") + g.expr(0) + ") }}"
	case 10:
		return "{% include " + g.pick(`"part"`, `["none", "part"]`, `"missing" ignore missing`, `"part" without context`) + " %}"
	case 11:
		return g.pick("{% import 'lib' as lib %}{{ lib.m("+g.expr(0)+") }}{{ lib.shared }}", "{% from 'lib' import m, wrap as w %}{{ m("+g.expr(0)+") }}{% call(v) w() %}{{ v }}"+g.body(depth-1)+"{% endcall %}", "{% import 'lib' as lib with context %}{{ lib.m(1, 2) }}")
	case 12:
		return "{% filter " + g.pick("upper", "replace('e', '<E>')", "escape", "trim|title", "indent(2)", "striptags") + " %}" + g.body(depth-1) + "{% endfilter %}"
	case 13:
		return "{% set ns = namespace(c=0) %}{% for i in list %}{% set ns.c = ns.c + i %}{% endfor %}{{ ns.c }}"
	case 14:
		return "{% autoescape " + g.pick("true", "false", "yes") + " %}" + g.body(depth-1) + "{% endautoescape %}"
	case 15:
		return "{% trans c=" + g.expr(0) + ", who=" + g.expr(0) + " %}one {{ who }}{% pluralize n %}{{ c }} {{ n }}{% endtrans %}"
	case 16:
		return g.pick("{# note #}", "{% raw %}{{ x }}{% endraw %}", "{% do nothing.append(1) %}{{ nothing }}", "{%- if 1 -%} x {%- endif -%}")
	}
	return g.pick("{{ ", "{{ ", "{{- ") + g.expr(3) + g.pick(" }}", " }}", " -}}")
}

func (g *author) loop(depth int) string {
	g.loops++
	defer func() { g.loops-- }()
	head := g.pick("i in list", "i in words", "i in range(n)", "k, v in nested", "k, v in d.items()", "u in users", "i in nothing", "i in s[:4]", "i in tuple", "i in list|reverse", "u in users|sort(attribute='age')", "i in d")
	head += g.pick("", "", "", " if loop is defined", " if "+g.expr(1))
	body := g.body(depth-1) + g.pick("", "{{ loop.index }}", "{{ loop.first }}{{ loop.last }}", "{{ loop.cycle('a', 'b') }}", "{{ loop.previtem }}{{ loop.nextitem }}", "{{ loop.changed(i) }}", "{{ loop.revindex0 }}/{{ loop.length }}", "{% if loop.index > 1 %}{% break %}{% endif %}", "{% if loop.first %}{% continue %}{% endif %}{{ i }}")
	if g.chance(10) {
		return "{% for t in tree recursive %}{{ t.v }}:{{ loop.depth }}{% if t.kids %}({{ loop(t.kids) }}){% endif %}{% endfor %}"
	}
	return g.tag("for "+head) + body + g.pick("", "{% else %}"+g.body(depth-1)) + g.tag("endfor")
}

func (g *author) atom() string {
	if g.loops > 0 && g.chance(40) {
		return g.pick("i", "k", "v", "u.name", "u.age", "loop.index0", "loop.last", "u")
	}
	return g.pick("n", "zero", "f", "neg", "yes", "no", "none", "s", "word", "empty", "num", "uni", "safe", "list", "words", "nested", "tuple", "nothing", "d", "users",
		"d.a", "d['b']", "missing", "x", "y", "users[0].name", "users[-1]['age']", "1", "2", "0", "-1", "1.5", "100", "'a'", "'<b>'", `"q'q"`, "true", "[1, 'a']", "{'k': 2}", "(1, 2)", "list[1:]", "s[::-1]", "words[0]", "10 ** 20", "none", "'%s-%s'", "namespace(a=1).a")
}

func (g *author) expr(depth int) string {
	if depth == 0 {
		return g.atom()
	}
	a, b := g.expr(depth-1), g.expr(depth-1)
	switch g.IntN(16) {
	case 0, 1:
		return "(" + a + g.pick(" + ", " - ", " * ", " / ", " // ", " % ", " ~ ", " ~ ") + b + ")"
	case 2:
		return a + g.pick(" == ", " != ", " < ", " <= ", " > ", " >= ", " in ", " not in ") + b
	case 3:
		return "(" + a + g.pick(" and ", " or ") + b + ")"
	case 4:
		return g.pick("not ", "-", "+") + g.atom()
	case 5:
		return "(" + a + " if " + b + g.pick(" else "+g.atom(), "") + ")"
	case 6, 7, 8, 9:
		return g.filtered(a)
	case 10:
		return "(" + a + " is " + g.pick("defined", "undefined", "none", "string", "number", "iterable", "mapping", "sequence", "even", "odd", "divisibleby(2)", "sameas(none)", "in(list)", "eq(1)", "callable", "escaped", "lower", "upper", "true", "boolean", "integer", "float", "not defined", "filter", "gt 1") + ")"
	case 11:
		return g.method(a)
	case 12:
		return g.pick("[", "(") + a + ", " + b + "]"
	case 13:
		return a + g.pick("[0]", "[-1]", "['a']", "[1:]", "[:2]", "[::2]", ".name", ".a", ".missing", "[none]")
	case 14:
		return g.pick("range("+a+")|list", "dict(a="+a+")", "('%s|%d' % ("+a+", "+b+"))", "'{}-{:>5}'.format("+a+", "+b+")", "cycler("+a+", 1).next()", "joiner(', ')()")
	}
	return g.atom()
}

func (g *author) filtered(a string) string {
	filter := g.pick("abs", "attr('name')", "batch(2)|list", "batch(2, 'x')|list", "capitalize", "center(9)", "default('D')", "default('D', true)", "dictsort", "dictsort(true, 'value')", "escape", "e", "filesizeformat", "filesizeformat(true)",
		"first", "float", "float(1.5)", "forceescape", "format(1, 2)", "groupby('age')", "groupby('city')|list", "indent", "indent(2, true)", "int", "int(7)", "int(0, 16)", "items|list", "join", "join('<>')", "join(', ', attribute='name')", "last", "length", "count", "list", "lower",
		"map('upper')|list", "map(attribute='name')|join(',')", "map(attribute='zip', default='?')|list", "max", "min", "max(attribute='age')", "pprint", "reject('odd')|list", "rejectattr('on')|list", "replace('l', '<L>')", "replace('o', '0', 1)", "reverse", "reverse|list", "round", "round(1)", "round(0, 'floor')|int", "safe", "select|list", "select('string')|list",
		"selectattr('on')|map(attribute='name')|list", "selectattr('age', 'gt', 30)|list", "slice(2)|list", "slice(2, 'z')|list", "sort", "sort(reverse=true)", "sort(case_sensitive=true)", "sort(attribute='age,name')", "string", "striptags", "sum", "sum(attribute='age')", "sum(start=5)", "title", "tojson", "tojson(2)", "trim", "trim('h')", "truncate(5)", "truncate(8, true)", "truncate(5, true, '..', 0)",
		"unique|list", "unique(attribute='city')|list", "upper", "urlencode", "urlize", "wordcount", "wordwrap(6)", "xmlattr", "d", "nosuchfilter"[:1])
	if g.chance(1) {
		filter = "nosuch"
	}
	return a + "|" + filter
}

func (g *author) method(a string) string {
	return a + "." + g.pick("upper()", "lower()", "title()", "split()", "split('l')", "strip()", "replace('a', '<')", "join(words)", "startswith('h')", "endswith(('d', 'l'))", "find('l')", "count('l')", "index(1)", "items()|list", "keys()|list", "values()|list", "get('a')", "get('z', 9)", "format(1)", "zfill(8)", "rjust(7)", "center(9, '*')", "isdigit()", "capitalize()", "swapcase()", "partition('l')", "splitlines()", "encode()", "copy()", "rsplit('l', 1)", "lstrip('h')", "casefold()", "name", fmt.Sprintf("ljust(%d)", g.IntN(9)))
}
