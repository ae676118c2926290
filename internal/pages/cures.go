package pages

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

// cureOf says what to write in place of an action in a line of a file that cannot be parsed, or "". Most who get here
// have written Jinja.
func (l *Library[T]) cureOf(source string, line int, unknown string) string {
	for _, a := range actions(source) {
		if a.line > line || a.line+strings.Count(a.text, "\n") < line || !strings.Contains(a.text, unknown) {
			continue
		}
		if cure := l.translate(a.text); cure != "" && cure != "write {{"+a.text+"}}" { // what stands there already
			return "; " + cure
		}
	}
	return ""
}

// An action is what stands between two pairs of braces.
type action struct {
	text string
	line int
}

var actionPattern = lazyregexp.New(`(?s)\{\{-?\s*(.*?)\s*-?\}\}`)

func actions(source string) (found []action) {
	for _, at := range actionPattern.FindAllStringSubmatchIndex(source, -1) {
		found = append(found, action{source[at[2]:at[3]], 1 + strings.Count(source[:at[0]], "\n")})
	}
	return found
}

// A rewrite is one form of an action, and how it is written instead: #1 is the first thing that was found, <1> is that
// thing translated as an expression.
type rewrite struct {
	pattern *lazyregexp.Regexp
	cure    string
}

// rewrites are tried in turn.
var rewrites = []rewrite{
	{lazyregexp.New(`^end(?:if|for|block|with|macro|filter|set|call|range)\b`), "{{end}}"},
	{lazyregexp.New(`^(?:elif|elseif|else\s+if)\s+(.+)$`), "{{else if <1>}}"},
	{lazyregexp.New(`^for\s+(\w+)\s*,\s*(\w+)\s+in\s+(.+?)(?:\.items\(\))?$`), "{{range $#1, $#2 := <3>}}"},
	{lazyregexp.New(`^for\s+(\w+)\s+in\s+(.+)$`), "{{range $#1 := <2>}}"},
	{lazyregexp.New(`^set\s+(\w+)\s*=\s*(.+)$`), "{{$#1 := <2>}}"},
	{lazyregexp.New(`^(?:extends|include|import)\b\s*["']([^"']+)["']`), `{{template "#1" .}}`},
	{lazyregexp.New(`^block\s+(\w+)$`), `{{block "#1" .}} in the layout and {{define "#1"}} in the page`},
	{lazyregexp.New(`^super\(\)`), "what page and layout both need into a template of its own, and call that with {{template}}"},
	{lazyregexp.New(`^loop\.\w+`), "{{range $i, $x := .items}} and take $i, which counts from 0"},
	{lazyregexp.New(`^(if|with|range)\s+(.+)$`), "{{#1 <2>}}"},
	{lazyregexp.New(`^(.+?)\s+if\s+(.+?)\s+else\s+(.+)$`), "{{if <2>}}{{<1>}}{{else}}{{<3>}}{{end}}"},
	{lazyregexp.New(`^(.+)$`), "{{<1>}}"},
}

// translate says how an action is written in Go, or "" when it is already or cannot be told.
func (l *Library[T]) translate(text string) string {
	for _, r := range rewrites {
		found := r.pattern.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		if r.cure == "{{<1>}}" && operand.MatchString(text) && !numbered.MatchString(text) && text != "True" && text != "False" {
			return "" // the word may be a function or a value
		}
		cure := r.cure
		for i, part := range found[1:] {
			cure = strings.ReplaceAll(cure, fmt.Sprintf("#%d", i+1), part)
			if place := fmt.Sprintf("<%d>", i+1); strings.Contains(cure, place) {
				in, ok := l.expression(part)
				if !ok {
					return ""
				}
				cure = strings.ReplaceAll(cure, place, in)
			}
		}
		if cure == "{{"+text+"}}" {
			return ""
		}
		return "write " + cure
	}
	return ""
}

var (
	comparison = lazyregexp.New(`^(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+)$`)
	comparers  = map[string]string{"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
	presence   = lazyregexp.New(`^(\S+)\s+is\s+(not\s+)?(defined|none|None)$`)
	invocation = lazyregexp.New(`^([\w.]+)\((.*)\)$`)
	element    = lazyregexp.New(`^([\w.$]+)\[([^\[\]]+)\]$`)
	numbered   = lazyregexp.New(`^([.$A-Za-z_][\w.]*?)\.(\d+)((?:\.[A-Za-z_]\w*)*)$`)
	operand    = lazyregexp.New(`^(?:"[^"]*"|'[^']*'|-?\d+(?:\.\d+)?|[.$]?[A-Za-z_][\w.]*|\.|\$)$`)
)

// expression translates an expression of Jinja. It is false when there is no form for it.
func (l *Library[T]) expression(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if parts := split(text, "|"); len(parts) > 1 {
		return l.filters(parts)
	}
	for _, word := range []string{"or", "and"} {
		if parts := split(text, " "+word+" "); len(parts) > 1 {
			return l.prefixed(word, parts)
		}
	}
	if rest, ok := strings.CutPrefix(text, "not "); ok {
		return l.prefixed("not", []string{rest})
	}
	if m := presence.FindStringSubmatch(text); m != nil {
		if (m[2] != "") == (m[3] == "defined") {
			return l.prefixed("not", []string{m[1]})
		}
		return l.expression(m[1])
	}
	if m := comparison.FindStringSubmatch(text); m != nil {
		return l.prefixed(comparers[m[2]], []string{m[1], m[3]})
	}
	if parts := split(text, "~"); len(parts) > 1 {
		return l.prefixed("print", parts)
	}
	if m := element.FindStringSubmatch(text); m != nil {
		return l.element(m[1], m[2])
	}
	if m := numbered.FindStringSubmatch(text); m != nil {
		in, ok := l.element(m[1], m[2])
		if m[3] != "" {
			in = "(" + in + ")" + m[3]
		}
		return in, ok
	}
	if m := invocation.FindStringSubmatch(text); m != nil {
		return l.called(m[1], m[2])
	}
	return l.operand(text)
}

// filters translates a | b(c).
func (l *Library[T]) filters(parts []string) (string, bool) {
	first, ok := l.expression(parts[0])
	for _, part := range parts[1:] {
		part = strings.TrimSpace(part)
		if m := invocation.FindStringSubmatch(part); m != nil {
			part, ok = l.called(m[1], m[2])
			if !ok {
				return "", false
			}
		}
		first += " | " + part
	}
	return first, ok
}

// prefixed puts a function before its arguments.
func (l *Library[T]) prefixed(function string, args []string) (string, bool) {
	for _, arg := range args {
		in, ok := l.expression(arg)
		if !ok {
			return "", false
		}
		if strings.ContainsRune(in, ' ') && in[0] != '"' {
			in = "(" + in + ")"
		}
		function += " " + in
	}
	return function, true
}

// requestValues are the mappings of Flask's request that have another name, by a method that gives text.
var requestValues = map[string]string{
	"request.args": "request.Query.String", "request.form": "request.Form.String", "request.view_args": "request.Params.String",
}

// element translates a[key] and a.get(key).
func (l *Library[T]) element(of, key string) (string, bool) {
	if getter := requestValues[of]; getter != "" {
		return l.prefixed(getter, []string{key})
	}
	return l.prefixed("index", []string{of, key})
}

// get translates a.get(key, otherwise).
func (l *Library[T]) get(of, list string) (string, bool) {
	key, otherwise, _ := strings.Cut(list, ",")
	in, ok := l.element(of, key)
	if otherwise = strings.TrimSpace(otherwise); otherwise == "" || otherwise == "''" || otherwise == `""` || otherwise == "None" {
		return in, ok
	}
	text, fits := l.expression(otherwise)
	return "or (" + in + ") " + text, ok && fits
}

// called translates f(a, b=c), which is written f a "b" c.
func (l *Library[T]) called(function, list string) (string, bool) {
	if of, ok := strings.CutSuffix(function, ".get"); ok && list != "" {
		return l.get(of, list)
	}
	switch {
	case strings.Contains(function, "."):
		function, _ = l.operand(function)
	case l.known[function] == nil && !slices.Contains(builtins, function):
		return "", false
	}
	var args []string
	for _, arg := range split(list, ",") {
		arg = strings.TrimSpace(arg)
		if name, value, ok := strings.Cut(arg, "="); ok && !strings.ContainsAny(name, `"'=!<>`) {
			if strings.TrimSpace(name) == "with_categories" { // every flash has its category
				continue
			}
			args = append(args, `"`+strings.TrimSpace(name)+`"`)
			arg = value
		}
		if arg != "" {
			args = append(args, arg)
		}
	}
	return l.prefixed(function, args)
}

func (l *Library[T]) operand(text string) (string, bool) {
	first, _, _ := strings.Cut(text, ".")
	switch {
	case !operand.MatchString(text):
		return "", false
	case text[0] == '\'':
		return `"` + text[1:len(text)-1] + `"`, true
	case strings.ContainsRune(`."$-0123456789`, rune(text[0])), l.known[first] != nil && !l.isFilter(first), slices.Contains(keywords, text):
		return text, true
	case text == "None":
		return "nil", true
	case text == "True", text == "False":
		return strings.ToLower(text), true
	}
	return "." + text, true
}

// split cuts text at sep where that stands neither in quotes nor in brackets.
func split(text, sep string) (parts []string) {
	depth, start := 0, 0
	var quote byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case depth == 0 && strings.HasPrefix(text[i:], sep):
			parts = append(parts, text[start:i])
			start = i + len(sep)
			i = start - 1
		}
	}
	return append(parts, text[start:])
}

// parserCures say what to do about what the parser says, by a part of it.
var parserCures = []struct{ part, cure string }{
	{"unexpected EOF", "; an {{if}}, {{range}}, {{with}}, {{block}} or {{define}} above has no {{end}}"},
	{"unexpected {{end}}", "; there is one {{end}} more than there are {{if}}, {{range}}, {{with}}, {{block}} and {{define}}"},
	{`unexpected "}" in operand`, "; an action ends with two braces: }}"},
	{"malformed character constant", `; text stands in double quotes, as in "index"`},
	{"illegal number syntax", "; templates do no sums: compute the value in the view, or add a function with app.TemplateFunc"},
	{`unexpected "+"`, "; templates do no sums: compute the value in the view, or add a function with app.TemplateFunc"},
	{`unexpected "*"`, "; templates do no sums: compute the value in the view, or add a function with app.TemplateFunc"},
	{`unexpected "/"`, "; templates do no sums: compute the value in the view, or add a function with app.TemplateFunc"},
	{`unexpected "%"`, "; templates do no sums: compute the value in the view, or add a function with app.TemplateFunc"},
}

// filterCures say what is written for the filters of Jinja that Go's templates have under another name.
var filterCures = map[string]string{
	"d": `write {{.x | default "otherwise"}}`,
	"e": "leave it out, values are escaped as their place needs it", "escape": "leave it out, values are escaped as their place needs it",
	"forceescape": "leave it out, values are escaped as their place needs it",
	"format":      `write {{printf "%s" .x}}`, "strftime": `write {{.x | date "2006-01-02"}}`,
	"is": "write {{if .x}}, which is false for what is missing, nil, empty or zero", "in": "look into the list in the view, and give the page what came out",
}
