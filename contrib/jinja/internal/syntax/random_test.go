package syntax_test

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Random templates give the trees that Jinja has, and errors where it has one.
func TestRandomTemplatesGiveTheTreesOfJinja(t *testing.T) {
	t.Parallel()
	var jobs []job
	for seed := range uint64(rounds(600, 30_000)) {
		g := &author{Rand: rand.New(rand.NewPCG(seed, 7))}
		jobs = append(jobs, g.job())
	}
	trees, failures := compare(t, jobs)
	t.Logf("%d trees and %d errors are equal", trees, failures)
	if trees < len(jobs)/3 || failures < len(jobs)/10 {
		t.Errorf("%d of %d templates are right and %d are wrong, want a third and a tenth at least", trees, len(jobs), failures)
	}
}

// An author writes random templates. Most are right; then some are spoilt.
type author struct {
	*rand.Rand
	tags  [6]string
	line  bool // statements may be lines
	names int  // of blocks
}

func (g *author) pick(choices ...string) string { return choices[g.IntN(len(choices))] }

// or returns one of what is wrong now and then, else what is right.
func (g *author) or(right string, wrong ...string) string {
	if g.chance(2) {
		return g.pick(wrong...)
	}
	return right
}

func (g *author) chance(percent int) bool { return g.IntN(100) < percent }

func (g *author) job() job {
	j := job{Environment: map[string]any{}, Trimmed: g.chance(20)}
	g.tags = [6]string{"{%", "%}", "{{", "}}", "{#", "#}"}
	if g.chance(25) {
		g.delimiters(j.Environment)
	}
	for _, option := range []string{"trim_blocks", "lstrip_blocks", "keep_trailing_newline"} {
		if g.chance(35) {
			j.Environment[option] = true
		}
	}
	if g.chance(20) {
		j.Environment["newline_sequence"] = g.pick("\r\n", "\r", "\n")
	}
	if g.line = g.chance(20); g.line {
		j.Environment["line_statement_prefix"] = "%%"
		j.Environment["line_comment_prefix"] = g.pick("##", "//")
	}
	j.Source = g.body(3)
	if g.chance(15) {
		j.Source = g.tag("extends "+g.expr(1)) + j.Source
	}
	if g.chance(30) {
		j.Source = g.spoil(j.Source)
	}
	return j
}

func (g *author) delimiters(environment map[string]any) {
	g.tags = [][6]string{
		{"<%", "%>", "<%=", "%>", "<%#", "%>"},
		{"<!--", "-->", "${", "}", "<!--#", "-->"},
		{"{*", "*}", "(((", ")))", "{-", "-}"},
		{"[", "]", "[[", "]]", "[#", "#]"},
	}[g.IntN(4)]
	for i, name := range []string{"block_start_string", "block_end_string", "variable_start_string", "variable_end_string", "comment_start_string", "comment_end_string"} {
		environment[name] = g.tags[i]
	}
}

// spoil changes a template somewhere.
func (g *author) spoil(source string) string {
	for range 1 + g.IntN(2) {
		i := g.IntN(len(source) + 1)
		switch j := min(len(source), i+g.IntN(6)); g.IntN(3) {
		case 0:
			source = source[:i] + source[j:]
		case 1:
			source = source[:i] + g.pick(")", "(", "]", "}", "{%", "%}", "}}", "{{", "-", "+", "'", "\"", ",", " not ", " if ", " is ", "|", ".", "=", ":", "!", "0", "_", "{#", "#}", "\n", "{% endif %}", "{% raw %}", "%%", "~", "**", " in ") + source[i:]
		default:
			source = source[:i] + source[i:j] + source[i:]
		}
	}
	return strings.ToValidUTF8(source, "?")
}

func (g *author) body(depth int) string {
	var b strings.Builder
	for range 1 + g.IntN(3) {
		b.WriteString(g.text())
		b.WriteString(g.piece(depth))
	}
	b.WriteString(g.text())
	return b.String()
}

func (g *author) text() string {
	return g.pick("", " ", "\n", "  ", "\n  ", "\r\n", "a", "b \n\n c", "<p>", "100%", "%%", "\u00a0\n", "é", "  ## note\n", "// x", "-", "\t", "{", "% }", "\f", "\x1c ", "50%(x)s\n")
}

// piece writes an output, a comment, or a statement with its body.
func (g *author) piece(depth int) string {
	switch {
	case g.chance(35):
		return g.tags[2] + g.pick("", "", "", "-") + g.space() + g.tuple(2) + g.space() + g.pick("", "", "-") + g.tags[3]
	case g.chance(15):
		return g.tags[4] + g.pick("", "-", "+") + g.pick("", " ", "note", "a\nb", "{{ x }}", "-", "--") + g.pick("", "-", "+") + g.tags[5]
	case g.chance(8):
		return g.tag("raw") + g.text() + g.pick("{{ x }}", "{% if %}", "", "{% end", "{#") + g.text() + g.tag("endraw")
	default:
		return g.statement(depth)
	}
}

func (g *author) space() string { return g.pick(" ", " ", " ", " ", "", "\n", "  ", "\t", "\u2003") }

// tag writes a block tag, or a line statement.
func (g *author) tag(content string) string {
	if g.line && g.chance(40) {
		return g.pick("\n", "\n  ", "") + "%%" + g.pick("", "-", "+") + g.pick(" ", "") + content + g.pick("\n", " \n", "\n\n", ":\n")
	}
	return g.tags[0] + g.pick("", "", "", "-", "+") + g.space() + content + g.space() + g.pick("", "", "", "-", "+") + g.tags[1]
}

func (g *author) statement(depth int) string {
	if depth == 0 {
		return g.simple()
	}
	inner := func() string { return g.body(depth - 1) }
	switch g.IntN(14) {
	case 0:
		return g.tag("if "+g.expr(2)) + inner() + g.tag("endif")
	case 1:
		return g.tag("if "+g.expr(1)) + inner() + g.tag("elif "+g.tuple(1)) + inner() + g.tag("else") + inner() + g.tag("endif")
	case 2:
		return g.tag("for "+g.or(g.pick("x", "x, y", "x, (y, z)", "(a, b)"), "x,", "loop", "1")+" in "+g.tuple(1)+g.pick("", " if "+g.expr(1))+g.pick("", " recursive")) + inner() + g.pick("", g.tag("break"), g.tag("continue"), g.tag("if x")+g.tag("break")+g.tag("endif"), g.tag("else")+inner()) + g.tag("endfor")
	case 3:
		return g.tag("macro "+g.pick("m", "input")+"("+g.or(g.pick("", "a", "a, b=1", "a, b="+g.expr(1)+", c=none", "caller=none", "a,"), "a=1, b", "a, a", "true", "caller")+")") + inner() + g.tag("endmacro")
	case 4:
		return g.tag("call"+g.pick("", "(u)", "(u, v=2)")+" "+g.pick("m", "a.b", "f(1)")+g.arguments(1)) + inner() + g.tag("endcall")
	case 5:
		return g.tag("filter "+g.pick("upper", "a.b|c", "replace(1, 2)|trim")) + inner() + g.tag("endfilter")
	case 6:
		return g.tag("with "+g.or(g.pick("", "a = "+g.expr(1), "a=1, b = "+g.expr(1), "a, b = x", "(a, b) = x"), "a", "a=1,")) + inner() + g.tag("endwith")
	case 7:
		g.names++
		name := g.or(g.pick("a", "title", "scoped")+strings.Repeat("b", g.names), "a", "a-b")
		end := g.tag("endblock" + g.or(g.pick("", " "+name), " other"))
		if g.chance(30) {
			return g.tag("block "+name+g.pick(" scoped", "")+" required") + g.pick("", " \n", g.or(" ", inner())) + end
		}
		return g.tag("block "+name+g.pick("", " scoped")) + inner() + end
	case 8:
		return g.tag("set "+g.pick("a", "a, b", "ns.a")+g.pick("", " | upper", " | a | b(1)")) + inner() + g.tag("endset")
	case 9:
		return g.tag("autoescape "+g.expr(1)) + inner() + g.tag("endautoescape")
	case 10, 11:
		return g.trans()
	default:
		return g.simple()
	}
}

func (g *author) trans() string {
	message := func() string {
		return g.text() + g.pick("", g.tags[2]+" "+g.pick("n", "user", "num")+" "+g.tags[3]) + g.text()
	}
	begin := "trans" + g.pick("", "", " \"ctx\"") + g.pick("", " trimmed", " notrimmed")
	middle := ""
	if g.chance(50) {
		n := g.pick("n", "num", "user")
		begin += " " + g.pick(n+"="+g.expr(1), n, n+"=f(x)", "x=1, "+n, n+", x=f()", n+", trimmed")
		middle = g.tag("pluralize"+g.or(g.pick("", " "+n), " other")) + message()
	} else {
		begin += g.or(g.pick("", " n="+g.expr(1), " n=f(x)", " n, user="+g.expr(0), " num=x", " user, trimmed", ":"), " n, n")
	}
	return g.tag(begin) + message() + middle + g.tag("endtrans")
}

func (g *author) simple() string {
	return g.tag(g.or(g.pick(
		"set a = "+g.tuple(2), "set a, b = "+g.tuple(1), "set ns.a = "+g.expr(1), "set (a, b) = x",
		"include "+g.expr(1)+g.pick("", " ignore missing")+g.pick("", " with context", " without context"),
		"import "+g.expr(0)+" as m"+g.pick("", " with context", " without context"),
		"from 'x' import "+g.pick("a", "a as b", "a, b as c", "a as _b")+g.pick("", " with context", ", with context", " without context"),
		"do "+g.tuple(1), "print "+g.expr(1)+", "+g.expr(1), "print", "from 'x' import with context", "set in = 1", "set x, y = 1, 2"),
		"extends "+g.expr(1), "set loop = 1", "set true = 1", "set a.b.c = 1", "set [a] = 1", "break", "continue", "unknown", "endif", "from 'x' import _a", "from 'x' import a,", "include"))
}

func (g *author) tuple(depth int) string {
	if g.chance(15) {
		return g.expr(depth) + "," + g.space() + g.pick("", g.expr(depth), g.expr(depth)+", "+g.expr(depth))
	}
	return g.expr(depth)
}

func (g *author) expr(depth int) string {
	if depth == 0 {
		return g.atom()
	}
	e := func() string { return g.expr(depth - 1) }
	switch g.IntN(16) {
	case 0, 1:
		return e() + g.space() + g.pick("+", "-", "*", "/", "//", "%", "**", "~") + g.space() + e()
	case 2:
		return e() + " " + g.pick("and", "or", "in", "not in") + " " + e()
	case 3:
		return e() + g.pick("<", "<=", "==", "!=", ">", ">=") + e() + g.pick("", " < "+e(), " in "+e())
	case 4:
		return g.pick("not ", "-", "+", "- -", "not not ") + e()
	case 5:
		return e() + " if " + e() + g.pick("", " else "+e())
	case 6, 7:
		return e() + g.space() + "|" + g.space() + g.pick("upper", "default", "a.b", "round") + g.pick("", g.arguments(depth-1))
	case 8:
		return e() + " is " + g.pick("", "not ") + g.pick("defined", "divisibleby 3", "in [1]", "sameas none", "eq(1)", "a.b", "odd", "x y.z", "x (1)", g.or("x", "x -1", "x is y")) + g.pick("", " and "+e())
	case 9:
		return g.pick("f", "a.b", "x[0]", "(f)", "self.m") + g.arguments(depth-1)
	case 10:
		return g.pick("a", "a.b", "f()", "'s'") + "[" + g.pick(e(), ":", "1:", ":2", "::2", "1:2:3", ":-1", e()+":"+e(), "1, 2", "", "::", g.or("0", "1:2, 3")) + "]"
	case 11:
		return "(" + g.pick(e(), e()+", "+e(), e()+",", "") + ")"
	case 12:
		return "[" + g.pick("", e(), e()+", "+e(), e()+",") + "]"
	case 13:
		return "{" + g.pick("", "'a': "+e(), "a: "+e()+", 1: 2", "'a': 1,") + "}"
	case 14:
		return e() + g.pick(".a", ".0", ".a.1", "['b']", ".a()", "().b", ". b")
	default:
		return g.atom()
	}
}

func (g *author) arguments(depth int) string {
	return "(" + g.or(g.pick("", g.expr(depth), g.expr(depth)+", "+g.expr(depth), "a="+g.expr(depth), "1, a=2, b=3", "*args", "**kw", "1, *a, **b", "*a, b=1", "a=1, *b", "1,", "a = 1, **b"), "a=1, a=2", "**a, b=1", "a=1, 2", ",", "*a, *b", "1 2") + ")"
}

func (g *author) atom() string {
	return g.or(g.pick("a", "b", "user.name", "items", "none", "True", "false", "loop", "1", "0", "42", "3.5", "1_000", "0x1f", "0b10_1", "0o17", "1e3", "1.5E-2", "2_0.2_5", "00",
		"99999999999999999999999", "1e999", "0xFFFFFFFFFFFFFFFFFF", "'s'", `"d"`, `"a" 'b'`, `'it\'s'`, `"\n\t\\\x41\u00e9\101\0\777"`, `"\q\é\😀\中"`, `"\U0001F600"`, "'a\nb'", "'a\\\nb'", `''`,
		"é", "x1", "_", "ªb", "a·b", "in", "rows.0.1", "'%}'", "'}}'", "[[1]]", "{1:{2:3}}"),
		`"\x4"`, `"\U00110000"`, `"\N{DASH}"`, "007", "1__0", "1_", "0x", "1.e", "1.", "is", "rows. 0.1", "²", `"open`, "x.1.5e3", "0b2", "-", "not")
}
