package syntax_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
)

func TestErrorsNameThePlaceAndACure(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"unknown tag", "a\n{% iff b %}", `page:2:4: Encountered unknown tag 'iff'; did you mean "if"?`},
		{"misspelt end", "{% if a %}\n\n  {% endfi %}", `page:3:6: Encountered unknown tag 'endfi'; did you mean "endif"?. Here the innermost block that needs to be closed is the 'if' of line 1, column 4, by 'elif' or 'else' or 'endif'`},
		{"else if", "{% if a %}{% else if b %}{% endif %}", "page:1:19: expected token 'end of statement block', got 'if'; write elif"},
		{"end of nothing", "{% endmacro %}", "page:1:4: Encountered unknown tag 'endmacro': no 'macro' is open here"},
		{"nesting", "{% if a %}\n{% for b in c %}\n{% endif %}", "page:3:4: Encountered unknown tag 'endif'. You probably made a nesting mistake: the tag belongs to an outer block, but the innermost block that needs to be closed is the 'for' of line 2, column 4, by 'endfor' or 'else'"},
		{"unclosed block", "a\n  {% for b in c %}\nd\n", "page:3:2: Unexpected end of template: the innermost block that needs to be closed is the 'for' of line 2, column 6, by 'endfor' or 'else'"},
		{"unclosed tag", "a\n{{ b", "page:2:5: unexpected end of template, expected 'end of print statement' for the tag of line 2, column 1"},
		{"unclosed comment", "a {# b", "page:1:3: Missing end of comment tag: the comment that begins here is not closed by #}"},
		{"unclosed raw block", "{% raw %}\n{{ a }}", "page:1:1: Missing end of raw directive: the raw block that begins here is not closed by {% endraw %}"},
		{"unclosed string", `{{ "a }}`, `page:1:4: the string that begins here is not closed by "`},
		{"unclosed bracket", "{{ (\na]", "page:2:2: unexpected ']', expected ')' for the '(' of line 1, column 4"},
		{"unclosed trans", "{% trans %}\na", "page:2:2: unclosed translation block: the 'trans' of line 1, column 4 is not closed by 'endtrans'"},
		{"another endblock", "{% block a %}{% endblock b %}", "page:1:26: endblock names 'b', but the block that ends here is the 'a' of line 1, column 4"},
		{"block twice", "{% block a %}{% endblock %}\n{% block a %}{% endblock %}", "page:2:4: block 'a' defined twice, here and in line 1, column 4; to show it again, write {{ self.a() }}"},
		{"reserved name", "{% set none = 1 %}", "page:1:8: can't assign to the constant none"},
		{"reserved true", "{% for True in a %}{% endfor %}", "page:1:8: can't assign to the constant true"},
		{"reserved macro", "{% macro true() %}{% endmacro %}", "page:1:10: can't assign to 'true'"},
		{"loop", "{% for a in b %}{% set loop = 1 %}{% endfor %}", "page:1:24: Can't assign to special loop variable inside a for-loop; take another name"},
		{"break", "{% break %}", "page:1:4: 'break' outside of a loop: it must stand in the body of a for, and not in a block, macro or call block inside of it"},
		{"and", "{{ a && b }}", "page:1:6: unexpected char '&'; write and"},
		{"not", "{{ !a }}", "page:1:4: unexpected char '!'; write not"},
		{"bytes", "{{ \xff }}", "page:1:4: unexpected byte 0xff: the template is not UTF-8"},
		{"named character", `{{ "\N{DASH}" }}`, `page:1:4: \N{...} is not supported in a string; write \uXXXX with the number of the character`},
		{"half a character", `{{ "\ud83d" }}`, `page:1:4: \ud83d in a string is half of a character; write all of it as \UXXXXXXXX`},
		{"columns count bytes", "é {{ 1 2 }}", "page:1:9: expected token 'end of print statement', got 'integer'"},
		{"two tests", "{{ a is b is c }}", "page:1:11: You cannot chain multiple tests with is; put the first one between parentheses, or join them with and"},
		{"expression in trans", "{% trans %}{{ a.b }}{% endtrans %}", "page:1:16: expected token 'end of print statement', got '.': a text to translate names variables only; declare this one at the beginning: {% trans a=... %}"},
		{"plural of nothing", "{% trans %}{% pluralize %}{% endtrans %}", "page:1:4: pluralize without variables: declare the one that decides: {% trans count=... %}"},
		{"argument twice", "{{ a(b=1,\nb=2) }}", "page:2:1: the argument 'b' is given twice"},
		{"hyphen", "{% block a-b %}{% endblock %}", "page:1:11: Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := syntax.Parse("page", tt.source, syntax.Options{})
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestOptionsThatContradictEachOtherAreErrors(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]syntax.Options{
		"blocks, variables and comments must begin differently": {BlockStart: "{{"},
		`the newline sequence "x" must be`:                      {NewlineSequence: "x"},
	} {
		if _, err := syntax.Parse("page", "a", o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got the error %v, want %q", err, name)
		}
	}
}

// What Python's stack refuses too is an error, and nothing beyond takes more than a moment.
func TestNestingIsBounded(t *testing.T) {
	t.Parallel()
	const deep = 20_000
	for name, source := range map[string]string{
		"parentheses":   "{{ " + strings.Repeat("(", deep) + "1" + strings.Repeat(")", deep) + " }}",
		"brackets":      "{{ " + strings.Repeat("[", deep),
		"dicts":         "{{ " + strings.Repeat("{1:", deep),
		"calls":         "{{ " + strings.Repeat("f(", deep),
		"call chain":    "{{ f" + strings.Repeat("()", deep) + " }}",
		"items":         "{{ " + strings.Repeat("a[", deep),
		"not":           "{{ " + strings.Repeat("not ", deep) + "a }}",
		"signs":         "{{ " + strings.Repeat("-", deep) + "a }}",
		"sum":           "{{ a" + strings.Repeat("+a", deep) + " }}",
		"power":         "{{ a" + strings.Repeat("**a", deep) + " }}",
		"or":            "{{ a" + strings.Repeat(" or a", deep) + " }}",
		"attributes":    "{{ a" + strings.Repeat(".a", deep) + " }}",
		"filters":       "{{ a" + strings.Repeat("|a", deep) + " }}",
		"tests":         "{{ a" + strings.Repeat(" is a", deep) + " }}",
		"conditions":    "{{ a" + strings.Repeat(" if a else a", deep) + " }}",
		"without else":  "{{ a" + strings.Repeat(" if a", deep) + " }}",
		"filter block":  "{% filter a" + strings.Repeat("|a", deep) + " %}{% endfilter %}",
		"targets":       "{% set " + strings.Repeat("(", deep) + "a" + strings.Repeat(")", deep) + " = 1 %}",
		"blocks":        strings.Repeat("{% if a %}", deep) + strings.Repeat("{% endif %}", deep),
		"test argument": "{{ a is b " + strings.Repeat("(", deep) + " }}",
	} {
		_, err := syntax.Parse("page", source, syntax.Options{})
		if err == nil {
			t.Errorf("%s: %d levels are read, want an error", name, deep)
			continue
		}
		if !strings.Contains(err.Error(), "nested more than 200 levels deep") && !strings.Contains(err.Error(), "You cannot chain") {
			t.Errorf("%s: got the error %.200s", name, err)
		}
	}
	flat := strings.Repeat("{% if a %}", 150) + "{{ " + strings.Repeat("(", 40) + "1" + strings.Repeat(")", 40) + " }}" + strings.Repeat("{% endif %}", 150)
	if _, err := syntax.Parse("page", flat, syntax.Options{}); err != nil {
		t.Errorf("got the error %v for 190 levels", err)
	}
}

// Each source would take minutes, at full length, if anything in it were looked at again and again.
func TestLongTemplatesTakeNoLongTime(t *testing.T) {
	t.Parallel()
	n := rounds(20_000, 300_000)
	lines := syntax.Options{LineStatementPrefix: "#", LineCommentPrefix: "##", LstripBlocks: true, TrimBlocks: true}
	for name, source := range map[string]string{
		"openings":       strings.Repeat("{{ a }}", n),
		"comments":       strings.Repeat("a{##}", n),
		"raw blocks":     strings.Repeat("{%raw%}{%endraw%}", n),
		"almost raw":     "{% raw %}" + strings.Repeat("{% endraw ", n) + "{% endraw %}",
		"spaces":         "{{ a" + strings.Repeat(" \n", n) + "}}" + strings.Repeat(" \n", n) + "{{- b }}",
		"line comments":  strings.Repeat("a ## b\n", n),
		"no statements":  strings.Repeat("a # b", n),
		"spaced hashes":  strings.Repeat("  a    #", n),
		"statements":     strings.Repeat("# set a = 1\n\n", n),
		"many arguments": "{{ f(" + strings.Join(numbered("a%d=1", n), ", ") + ") }}",
		"many items":     "{{ [" + strings.Repeat("1,", n) + "] }}",
		"concatenation":  "{{ a" + strings.Repeat("~a", n) + " }}",
		"comparisons":    "{{ a" + strings.Repeat("<a", n) + " }}",
		"strings":        "{{ " + strings.Repeat("'a'", n) + " }}",
		"escapes":        `{{ "` + strings.Repeat(`\n\x41`, n) + `" }}`,
		"branches":       "{% if a %}" + strings.Repeat("{% elif a %}", n) + "{% endif %}",
		"many blocks":    strings.Join(numbered("{%% block a%d %%}{%% endblock %%}", n), ""),
		"parameters":     "{% macro a(" + strings.Join(numbered("a%d", n), ", ") + ") %}{% endmacro %}",
		"translations":   "{% trans " + strings.Join(numbered("a%d=1", n), ", ") + " %}" + strings.Join(numbered("{{ b%d }}", n), "") + "{% endtrans %}",
	} {
		for _, o := range []syntax.Options{{}, lines} {
			if _, err := syntax.Parse("page", source, o); err != nil {
				t.Errorf("%s: got the error %v", name, err)
			}
		}
	}
	if _, err := syntax.Parse("page", "{{ "+strings.Repeat("9", n)+" }}", syntax.Options{}); err == nil || !strings.Contains(err.Error(), "4300 digits") {
		t.Errorf("got %v for an integer of %d digits, want an error", err, n)
	}
}

func TestParseExpressionReadsOneExpression(t *testing.T) {
	t.Parallel()
	e, err := syntax.ParseExpression(" user.name|upper if user else 'nobody' ")
	if err != nil {
		t.Fatal(err)
	}
	if c, ok := e.(*syntax.Cond); !ok || c.Line != 1 || c.Col != 2 {
		t.Errorf("got %T at %v, want a Cond at column 2", e, e.Position())
	}
	for source, want := range map[string]string{
		"a b":      "1:3: nothing may follow the expression, but there is 'b'",
		"a }} b":   "1:3: nothing may follow the expression, but there is 'end of print statement'",
		"a, b":     "1:2: nothing may follow the expression, but there is ','",
		"":         "1:1: unexpected 'end of template'",
		"a + \n )": "2:2: unexpected ')'",
	} {
		var failure *syntax.Error
		if _, err := syntax.ParseExpression(source); !errors.As(err, &failure) || err.Error() != want {
			t.Errorf("%q: got the error %v, want %s", source, err, want)
		}
	}
}
