package syntax_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
)

// rounds returns how much a long test does: quick times, or full times with DEWAR_ROUNDS=full.
func rounds(quick, full int) int {
	if os.Getenv("DEWAR_ROUNDS") == "full" {
		return full
	}
	return quick
}

// numbered is n texts of a format, each with its number.
func numbered(format string, n int) []string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf(format, i)
	}
	return texts
}

// parse reads a template that must be right.
func parse(t *testing.T, source string, o syntax.Options) *syntax.Template {
	t.Helper()
	tree, err := syntax.Parse("page", source, o)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// The tests that compare with Jinja need it. What follows is true without, too.
func TestTrees(t *testing.T) {
	t.Parallel()
	lines := syntax.Options{LineStatementPrefix: "#", LineCommentPrefix: "##"}
	trim := syntax.Options{TrimBlocks: true, LstripBlocks: true}
	for _, tt := range []struct {
		name, source string
		options      syntax.Options
		want         string
	}{
		{"signs take spaces", "a \n{{- b -}} \n c", syntax.Options{}, `[["text",1,"a"],["output",["name","b"]],["text",3,"c"]]`},
		{"the last newline goes", "a\n\n", syntax.Options{}, `[["text",1,"a\n"]]`},
		{"the last newline stays", "a\n", syntax.Options{KeepTrailingNewline: true}, `[["text",1,"a\n"]]`},
		{"trimmed blocks", "  {% do a %}\n  b", trim, `[["do",1,["name","a"]],["text",2,"  b"]]`},
		{"a plus keeps spaces", "  {%+ do a +%}\n", syntax.Options{TrimBlocks: true, LstripBlocks: true, KeepTrailingNewline: true}, `[["text",1,"  "],["do",1,["name","a"]],["text",1,"\n"]]`},
		{"raw", "{% raw %}{{ a }}{% endraw %}", syntax.Options{}, `[["text",1,"{{ a }}"]]`},
		{"line statements", "# do a\nc ## b", lines, `[["do",1,["name","a"]],["text",2,"c"]]`},
		{"newlines", "a\rb\r\nc", syntax.Options{NewlineSequence: "\r\n"}, `[["text",1,"a\r\nb\r\nc"]]`},
		{"power goes left to right", "{{ -2 ** 3 ** 4 }}", syntax.Options{}, `[["output",["binary","**",["binary","**",["unary","-",["const",["int","2"]]],["const",["int","3"]]],["const",["int","4"]]]]]`},
		{"concatenation binds more than sums", "{{ a + b ~ c }}", syntax.Options{}, `[["output",["binary","+",["name","a"],["concat",[["name","b"],["name","c"]]]]]]`},
		{"filters take the sign", "{{ -a|b }}", syntax.Options{}, `[["output",["filter",1,["unary","-",["name","a"]],"b",[],[],null,null]]]`},
		{"is not", "{{ a is not b c }}", syntax.Options{}, `[["output",["unary","not",["test",null,["name","a"],"b",[["name","c"]],[],null,null]]]]`},
		{"chains", "{{ a < b not in c }}", syntax.Options{}, `[["output",["compare",["name","a"],[["<",["name","b"]],["not in",["name","c"]]]]]]`},
		{"big integers", "{{ 0x1_0000_0000_0000_0000 }}", syntax.Options{}, `[["output",["const",["int","18446744073709551616"]]]]`},
		{"escapes", `{{ "\x41\u00e9\101\q" 'b' }}`, syntax.Options{}, `[["output",["const","AéA\\qb"]]]`},
		{"translations", "{% trans trimmed n=a.b %}\n {{ n }}\n 1% {% pluralize %}{{ x }}{% endtrans %}", syntax.Options{}, `[["output",["call",["name","ngettext"],[["const","%(n)s 1%%"],["const","%(x)s"],["getattr",["name","a"],"b"]],[["n",["getattr",["name","a"],"b"]],["x",["name","x"]]],null,null]]]`},
		{"attributes of namespaces", "{% set a, ns.b = 1, 2 %}", syntax.Options{}, `[["assign",["tuple",[["name","a"],["nsref","ns","b"]]],["tuple",[["const",["int","1"]],["const",["int","2"]]]]]]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.TrimSpace(written(body(parse(t, tt.source, tt.options).Body))); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestPositionsAndSources(t *testing.T) {
	t.Parallel()
	tree := parse(t, "a\n  {{ user.name\n  | upper }}{% set b = c %}", syntax.Options{})
	out := tree.Body[1].(*syntax.Output)
	if out.Source != "user.name\n  | upper" {
		t.Errorf("got the source %q", out.Source)
	}
	filter := out.Expr.(*syntax.Filter)
	name := filter.Value.(*syntax.Getattr)
	for _, tt := range []struct {
		what string
		node syntax.Node
		want syntax.Pos
	}{
		{"text", tree.Body[0], syntax.Pos{Line: 1, Col: 1}},
		{"output", out, syntax.Pos{Line: 2, Col: 3}},
		{"attribute", name, syntax.Pos{Line: 2, Col: 11}},
		{"variable", name.Value, syntax.Pos{Line: 2, Col: 6}},
		{"filter", filter, syntax.Pos{Line: 3, Col: 5}},
		{"statement", tree.Body[2], syntax.Pos{Line: 3, Col: 16}},
	} {
		if got := tt.node.Position(); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.what, got, tt.want)
		}
	}
}

// A source gives a tree or an *Error that is inside of it, whatever it is.
func FuzzParse(f *testing.F) {
	for _, j := range templates() {
		f.Add(j.Source, byte(0))
		f.Add(j.Source, byte(0xff))
	}
	f.Fuzz(func(t *testing.T, source string, bits byte) {
		o := syntax.Options{TrimBlocks: bits&1 != 0, LstripBlocks: bits&2 != 0, KeepTrailingNewline: bits&4 != 0, TrimTranslations: bits&8 != 0}
		if bits&16 != 0 {
			o.LineStatementPrefix, o.LineCommentPrefix = "#", "##"
		}
		if bits&32 != 0 {
			o.BlockStart, o.BlockEnd, o.VariableStart, o.VariableEnd, o.CommentStart, o.CommentEnd = "<%", "%>", "<%=", "%>", "<%#", "%>"
		}
		if bits&64 != 0 {
			o.NewlineSequence = "\r\n"
		}
		tree, err := syntax.Parse("page", source, o)
		if err == nil {
			body(tree.Body)
			return
		}
		failure := err.(*syntax.Error)
		if lines := 1 + strings.Count(source, "\n") + strings.Count(source, "\r"); failure.Line < 1 || failure.Line > lines || failure.Col < 1 || failure.Col > len(source)+1 {
			t.Errorf("%q: the error %v is outside", source, err)
		}
	})
}

func FuzzParseExpression(f *testing.F) {
	for _, j := range templates() {
		f.Add(strings.Trim(j.Source, "{} "))
	}
	f.Fuzz(func(t *testing.T, source string) {
		e, err := syntax.ParseExpression(source)
		if err == nil {
			expr(e)
			return
		}
		if _, ok := err.(*syntax.Error); !ok {
			t.Errorf("got the error %T", err)
		}
	})
}
