package pyconfig_test

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestRandomExpressionsAgreeWithPython evaluates random expressions in both languages. Most are an error;
// where both give a value it must be the same.
func TestRandomExpressionsAgreeWithPython(t *testing.T) {
	t.Parallel()
	const prelude = "import os\nfrom datetime import timedelta\nfrom pathlib import Path\n" +
		"x = 5\ns = 'hello'\nl = [3, 1]\ntd = timedelta(hours=1)\np = Path('a/b')\n"
	g := expressions{rand.New(rand.NewPCG(1, 2))}
	var jobs []job
	for range 4000 {
		jobs = append(jobs, job{File: "/srv/app/config.py", Source: prelude + "VALUE = " + g.expression(1+g.IntN(3)) + "\n"})
	}
	compared := 0
	for i, result := range python(t, jobs) {
		want := result.([]any)
		got, err := jobs[i].read()
		if err != nil || want[0] == "error" {
			continue
		}
		compared++
		if d := difference("", got, want); d != "" {
			t.Errorf("%s\n%s", strings.TrimPrefix(jobs[i].Source, prelude), d)
		}
	}
	if compared < len(jobs)/10 {
		t.Errorf("compared %d of %d expressions, want at least a tenth", compared, len(jobs))
	}
}

// expressions makes random Python expressions. Sets are left out: Python does not keep their order.
type expressions struct{ *rand.Rand }

func (g expressions) pick(choices ...string) string { return choices[g.IntN(len(choices))] }

func (g expressions) atom() string {
	return g.pick("0", "1", "2", "-3", "7", "10", "1.5", "-0.25", "1e16", "0.1", "True", "False", "None",
		`"abc"`, `"a,b"`, `""`, `"é1"`, `"12"`, `b"xy"`, "[1, 2]", "[]", "(1, 'x')", "()", `{"a": 1}`, "x", "s",
		"l", "td", "p", "2**62", "10**20", "(x ** 3)")
}

func (g expressions) expression(depth int) string {
	if depth == 0 {
		return g.atom()
	}
	a, b, c := g.expression(depth-1), g.expression(depth-1), g.expression(depth-1)
	switch g.IntN(14) {
	case 0, 1, 2:
		return "(" + a + g.pick(" + ", " - ", " * ", " / ", " // ", " % ", " & ", " | ", " ^ ", " << ", " >> ") + b + ")"
	case 3, 4:
		return "(" + a + g.pick(" == ", " != ", " < ", " <= ", " > ", " >= ", " in ", " not in ", " and ", " or ") + b + ")"
	case 5:
		return g.pick("not ", "-", "+", "~", "0.5 ** ") + "(" + g.atom() + ")"
	case 6:
		return "(" + a + g.pick(" if "+b+" else ", " < "+b+" < ") + c + ")"
	case 7:
		return a + "[" + g.pick(b, b+":"+c, ":"+b, "::"+g.pick("-1", "2", "-2"), b+":") + "]"
	case 8:
		return g.pick("str", "repr", "len", "int", "float", "bool", "list", "tuple", "abs", "min", "max", "sum",
			"sorted", "round", "any", "all", "hex", "ord", "dict") + "(" + a + ")"
	case 9:
		return g.pick("["+a+", *"+b+"]", "{"+a+": "+b+"}", "{**"+a+", 'k': "+b+"}", "("+a+", "+b+")")
	case 10:
		return "[" + g.pick("i", "(i, 1)", "str(i)", "[i]") + " for i in " + a + g.pick("", " if i", " if "+b) + "]"
	case 11:
		return g.formatted(a)
	case 12:
		return g.method(a)
	}
	return g.pick("timedelta(days="+a+")", "timedelta(seconds="+a+")", "(td * "+a+")", "(td / "+a+")", "(td % "+a+")",
		"Path("+a+")", "(p / "+a+")", "os.path.join("+a+", "+b+")", "round("+a+", "+b+")", "int("+a+", 16)")
}

func (g expressions) formatted(a string) string {
	format := g.pick("", "d", "5", ">8", "08.3f", "x", ".2f", ",", "s", "e", "g", "%", "+", "^7", "*<9", ".3", "#x", "_", "010,")
	switch g.IntN(3) {
	case 0:
		return `"{:` + format + `}".format(` + a + ")"
	case 1:
		return `f"{(` + strings.ReplaceAll(a, `"`, `'`) + `)` + g.pick("", "!r", "!s") + ":" + format + `}"`
	}
	return `"%` + g.pick("s", "d", "5.2f", "r", "x", "-6s", "05d", "g", "e", "+d", "8.3s", "c") + `" % (` + a + ",)"
}

func (g expressions) method(a string) string {
	return "(" + a + ")." + g.pick("upper()", "split()", `split(",")`, "strip()", "title()", `replace("a", "b")`,
		`join(["x", "y"])`, `find("a")`, `count(1)`, "keys()", "items()", `get("a")`, `get("z", 5)`, "days", "name",
		"parent", "total_seconds()", "encode()", "isdigit()", "capitalize()", "rjust(6)", `center(7, "*")`,
		"zfill(5)", `partition(",")`, "splitlines()", "index(1)", "copy()", `startswith("a")`)
}
