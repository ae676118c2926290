package engine_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// Random templates give what Jinja gives, or an error where it has one. RANDOM=from-to takes others than the first ones.
func TestRandomTemplatesAgreeWithJinja(t *testing.T) {
	t.Parallel()
	var jobs []job
	for seed, last := numbers("RANDOM", 500, 40_000); seed < last; seed++ {
		g := &author{Rand: rand.New(rand.NewPCG(uint64(seed), 1))}
		jobs = append(jobs, g.job())
	}
	if same := compare(t, jobs); same < len(jobs)/5 {
		t.Errorf("%d of %d templates gave a page, want a fifth at least", same, len(jobs))
	}
}

// numbers returns which random templates a test tries, the last one not: quick or full many, or what the variable says, number or from-to.
func numbers(variable string, quick, full int) (first, last int) {
	if span := os.Getenv(variable); span != "" {
		from, to, _ := strings.Cut(span, "-")
		first, _ = strconv.Atoi(from)
		if last, _ = strconv.Atoi(to); to == "" {
			last = first + 1
		}
		return first, last
	}
	if os.Getenv("DEWAR_ROUNDS") == "full" {
		return 0, full
	}
	return 0, quick
}

// An author writes random templates that are mostly right.
type author struct {
	*rand.Rand
	loops int // that stand around what is written
}

func (g *author) pick(choices ...string) string { return choices[g.IntN(len(choices))] }

func (g *author) chance(percent int) bool { return g.IntN(100) < percent }

func (g *author) job() job {
	j := page("")
	j.Autoescape, j.Trim = g.chance(70), g.chance(20)
	if g.chance(15) {
		j.Undefined = g.pick("StrictUndefined", "ChainableUndefined", "DebugUndefined")
	}
	j.Templates["part"] = "[{{ " + g.expr(2) + " }}{{ n }}{{ i }}{{ word }}]"
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
		return g.tag("if "+g.truth(2)) + g.body(depth-1) + g.pick("", "{% elif "+g.truth(1)+" %}"+g.body(depth-1)) + g.pick("", "{% else %}"+g.body(depth-1)) + g.tag("endif")
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
		return "{% include " + g.pick(`"part"`, `["none", "part"]`, `"missing" ignore missing`) + " %}"
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
	head += g.pick("", "", "", " if "+g.truth(1))
	body := g.body(depth-1) + g.pick("", "{{ loop.index }}", "{{ loop.first }}{{ loop.last }}", "{{ loop.cycle('a', 'b') }}", "{{ loop.previtem }}{{ loop.nextitem }}", "{{ loop.changed(n) }}", "{{ loop.revindex0 }}/{{ loop.length }}", "{% if loop.index > 1 %}{% break %}{% endif %}", "{% if loop.first %}{% continue %}{% endif %}{{ i }}")
	if g.chance(10) {
		return "{% for t in tree recursive %}{{ t.v }}:{{ loop.depth }}{% if t.kids %}({{ loop(t.kids) }}){% endif %}{% endfor %}"
	}
	return g.tag("for "+head) + body + g.pick("", "{% else %}"+g.body(depth-1)) + g.tag("endfor")
}

// expr is any expression, which is wild at times and then mostly an error.
func (g *author) expr(depth int) string {
	switch n := g.IntN(100); {
	case n < 3:
		return g.wild(depth)
	case n < 40:
		return g.text(depth)
	case n < 65:
		return g.number(depth)
	case n < 80:
		return g.sequence(depth)
	case n < 90:
		return g.truth(depth)
	}
	return g.pick("none", "safe", "d", "missing", "x", "y", "tuple", "users", "u", "i", "v", "nested", "d|dictsort", "users|groupby('age')", "nothing|first", "users[9]", "d.nosuch", "missing|default(n)", "{'k': n, 2: [s]}", "namespace(a=1).a", "d|xmlattr", "d|tojson", "users|tojson(2)", "d|urlencode", "safe ~ s", "safe + s", "(safe * 2)", "range(5)", "dict(d, z=3)", "d.items()|list", "d|items|list", "users|map('items')|map('list')|list")
}

// number is an expression that is a number, most often.
func (g *author) number(depth int) string {
	if depth == 0 {
		if g.loops > 0 && g.chance(20) {
			return g.pick("loop.index", "loop.revindex0", "loop.length", "loop.depth0")
		}
		return g.pick("n", "zero", "f", "neg", "1", "2", "0", "-1", "1.5", "100", "10 ** 20", "list[0]", "users[0].age", "list|sum", "s|length", "d.a", "yes", "1e16", "0.1", "1_000", "0xff")
	}
	a, b := g.number(depth-1), g.number(depth-1)
	switch g.IntN(6) {
	case 0, 1:
		return "(" + a + g.pick(" + ", " - ", " * ", " / ", " // ", " % ") + b + ")"
	case 2:
		return "(" + g.pick("-", "+") + a + ")"
	case 3:
		return "(" + a + " if " + g.truth(depth-1) + " else " + b + ")"
	case 4:
		return "(" + a + ")|" + g.pick("abs", "int", "float", "round", "round(1)", "round(2, 'floor')", "round(1, 'ceil')", "default(1)", "string|length", "round|int", "int(5)")
	}
	return g.pick("(num|int + "+a+")", g.sequence(depth-1)+"|length", g.text(depth-1)+"|length", "[1, 2, "+a+"]|max", "["+a+", "+b+"]|sum", "users|sum(attribute='age')", "["+a+", 2, 2]|unique|list|count", g.text(depth-1)+"|wordcount", g.text(depth-1)+".count('l')", g.text(depth-1)+".find('o')")
}

// text is an expression that is a str or Markup.
func (g *author) text(depth int) string {
	if depth == 0 {
		if g.loops > 0 && g.chance(20) {
			return g.pick("i|string", "u.name|string", "loop.cycle('a', '<b>')")
		}
		return g.pick("s", "word", "empty", "num", "uni", "safe", "'a'", "'<b>'", `"q'q"`, "words[0]", "words[-1]", "d.b", "d['b']", "users[0].name", "users[-1]['city']", "'tab\\t\\u00e9'", "'http://x.org/a?b=1&c=2 or mail a@b.de'", "tuple[1]", "'a' 'b'")
	}
	a, b := g.text(depth-1), g.text(depth-1)
	switch g.IntN(7) {
	case 0:
		return "(" + a + g.pick(" ~ ", " + ") + b + ")"
	case 1:
		return "(" + g.expr(depth-1) + " ~ " + g.expr(depth-1) + ")"
	case 2, 3:
		return "(" + a + ")|" + g.pick("capitalize", "center(9)", "default('D')", "escape", "e", "forceescape", "indent", "indent(2, true)", "indent('--', first=true, blank=true)", "lower", "replace('l', '<L>')", "replace('o', '0', 1)", "reverse", "safe", "string", "striptags", "title", "tojson", "trim", "trim('h')", "truncate(5)", "truncate(8, true)", "truncate(5, true, '..', 0)", "upper", "urlencode", "urlize", "urlize(10, true)", "wordwrap(6)", "wordwrap(4, false)", "first", "last", "d('x', true)", "pprint", "join('-')", "list|join('<>')", "map('upper')|join")
	case 4:
		return "(" + a + ")." + g.pick("upper()", "lower()", "title()", "strip()", "replace('a', '<')", "zfill(8)", "rjust(7)", "center(9, '*')", "capitalize()", "swapcase()", "casefold()", "lstrip('h')", "ljust(9, '<')", "expandtabs(4)", "removeprefix('h')", "split()|join('|')", "partition('l')[2]", "join(['x', '<y>', word])", "format(1, a=2)")
	case 5:
		return g.pick("('%s|%5.2f' % ("+a+", "+g.number(depth-1)+"))", "'%s & <%s>'|format("+a+", "+b+")", "'{}-{:>9}'.format("+a+", "+b+")", "('<i>%s</i>'|safe) % "+a, "'{0:.2f} {1!r}'.format("+g.number(depth-1)+", "+b+")", g.number(depth-1)+"|string", "1234567|filesizeformat("+g.pick("", "true")+")", g.number(depth-1)+"|filesizeformat")
	}
	return a + g.pick("[0:2]", "[1:]", "[::-1]", "[-3:]", "[:1]")
}

// sequence is an expression that is a list.
func (g *author) sequence(depth int) string {
	if depth == 0 {
		return g.pick("list", "words", "nothing", "[1, 'a']", "[s, safe]", "list[1:]", "range(n)|list", "d|list", "users|map(attribute='name')|list", "tuple", "nested[0]", "s.split()", "[]", "(1, 2)")
	}
	a := g.sequence(depth - 1)
	switch g.IntN(4) {
	case 0:
		return "(" + a + " + [" + g.expr(depth-1) + "])"
	case 1:
		return "(" + a + ")[" + g.pick("1:", ":2", "::-1", "::2", "-2:") + "]"
	}
	return "(" + a + ")|" + g.pick("batch(2)|list", "batch(2, 'x')|map('list')|list", "list", "map('string')|list", "map('upper')|list", "reject('odd')|list", "reject('string')|list", "reverse|list", "select|list", "select('string')|list", "slice(2)|list", "slice(2, 'z')|list", "map('string')|sort", "map('string')|sort(reverse=true)|list", "map('string')|sort(case_sensitive=true)", "map('string')|unique|list", "join(', ')|list", "map('default', 'q')|list", "select('in', ['a', 1])|list", "tojson|list")
}

// truth is an expression that is a bool, most often.
func (g *author) truth(depth int) string {
	if depth == 0 {
		return g.pick("yes", "no", "n", "zero", "empty", "missing is defined", "none", "list", "nothing", "1 < n", "s", "loop is defined")
	}
	switch g.IntN(6) {
	case 0:
		return "(" + g.number(depth-1) + g.pick(" == ", " != ", " < ", " <= ", " > ", " >= ") + g.number(depth-1) + ")"
	case 1:
		return "(" + g.text(depth-1) + g.pick(" == ", " != ", " < ", " in ", " not in ") + g.text(depth-1) + ")"
	case 2:
		return "(" + g.truth(depth-1) + g.pick(" and ", " or ") + g.truth(depth-1) + ")"
	case 3:
		return "(not " + g.truth(depth-1) + ")"
	case 4:
		return "(" + g.expr(depth-1) + " in " + g.sequence(depth-1) + ")"
	}
	return "(" + g.expr(depth-1) + " is " + g.pick("defined", "undefined", "none", "string", "number", "iterable", "mapping", "sequence", "sameas(none)", "in([1])", "eq(1)", "callable", "escaped", "true", "boolean", "integer", "float", "not defined", "ne 1", "not none") + ")"
}

// wild is an expression of anything.
func (g *author) wild(depth int) string {
	a, b := g.text(0), g.pick("list", "d", "none", "n", "missing", "s")
	switch g.IntN(6) {
	case 0:
		return "(" + b + g.pick(" + ", " - ", " * ", " / ", " % ", " < ", " in ") + g.expr(min(depth, 1)) + ")"
	case 1:
		return b + "." + g.pick("name", "nosuch()", "upper()", "items()", "a.b", "get('a')", "append(1)", "index(1)")
	case 2:
		return b + g.pick("[0]", "['a']", "[none]", "[1:]", "()")
	case 3:
		return b + "|" + g.pick("abs", "batch(2)", "dictsort", "first", "float", "groupby('x')", "int(0, 16)", "items", "join", "last", "length", "max", "min", "random|length", "reverse", "sort", "sum", "tojson", "unique|list", "urlencode", "wordcount", "xmlattr", "nosuch", "round('x')", "replace('x')", "center(w=3)")
	case 4:
		return b + " is " + g.pick("odd", "even", "divisibleby(0)", "lower", "upper", "nosuch", "gt 1", "filter", "test")
	}
	return g.pick("cycler("+a+", 1).next()", "joiner(', ')()", "lipsum", "range("+b+")|list", "dict("+b+")", "namespace("+b+")")
}
