package rule

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

// Parse parses text with the converters of set. An error quotes the rule and says what to write instead.
func Parse(text string, set Set) (*Rule, error) {
	r, err := parse(text, set)
	if err != nil {
		return nil, fmt.Errorf("rule %q: %w", text, err)
	}
	return r, nil
}

// parse is Parse without the rule's text in the error.
func parse(text string, set Set) (*Rule, error) {
	if method, path, ok := strings.Cut(text, " /"); ok && strings.ToUpper(method) == method {
		return nil, fmt.Errorf("a rule has no method; write %q, and the method as in app.Get or dewar.Methods", "/"+path)
	}
	if _, rest, ok := strings.Cut(text, "://"); ok && !strings.HasPrefix(text, "/") {
		host, path, _ := strings.Cut(rest, "/")
		return nil, fmt.Errorf("a rule is a path; write %q, and dewar.Host(%q) if no other host may have it", "/"+path, host)
	}
	if !strings.HasPrefix(text, "/") {
		return nil, fmt.Errorf("a rule begins with a slash; write %q", "/"+text)
	}
	var parts []part
	for rest := text; rest != ""; {
		literal, after, found := strings.Cut(rest, "{")
		if err := checkLiteral(literal); err != nil {
			return nil, err
		}
		if literal != "" {
			parts = append(parts, part{text: literal})
		}
		if !found {
			break
		}
		end := closing(after)
		if end < 0 {
			return nil, fmt.Errorf(`a "{" has no "}"; close the variable as in {name}: %q`, "{"+after)
		}
		v, err := parseVariable(after[:end], set)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(parts, func(p part) bool { return p.variable != nil && p.variable.name == v.name }) {
			return nil, fmt.Errorf("two variables are called %q; rename one of them", v.name)
		}
		parts = append(parts, part{variable: v})
		rest = after[end+1:]
	}
	return assemble(text, parts)
}

// checkLiteral refuses static text that is most likely a slip.
func checkLiteral(text string) error {
	switch {
	case strings.Contains(text, "}"):
		return errors.New(`a "}" has no "{"; open the variable as in {name}`)
	case strings.Contains(text, "//"):
		return errors.New("two slashes follow each other; write one")
	case colonName.MatchString(text):
		return fmt.Errorf("a variable is written in braces; write {%s} for :%s", colonName.FindStringSubmatch(text)[1], colonName.FindStringSubmatch(text)[1])
	case strings.Contains(text, "<"):
		return errors.New("a variable is written in braces, its name first; write {id:int} for <int:id>")
	}
	return nil
}

// colonName finds a variable as other routers write it.
var colonName = lazyregexp.New(`/:([A-Za-z_]\w*)`)

// closing returns the index of the brace that ends the variable text begins with, -1 if there is none. Braces in pairs
// belong to the variable, as do all in the quotes of arguments and those that a regular expression escapes.
func closing(text string) int {
	_, spec, _ := strings.Cut(text, ":")
	name, _, call := strings.Cut(spec, "(")
	quotes := call && identifier(name)
	depth, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case quotes && (c == '"' || c == '\''):
			quote = c
		case c == '\\':
			i++
		case c == '{':
			depth++
		case c == '}' && depth == 0:
			return i
		case c == '}':
			depth--
		}
	}
	return -1
}

// parseVariable parses what is between the braces.
func parseVariable(text string, set Set) (*variable, error) {
	name, spec, typed := strings.Cut(text, ":")
	switch {
	case text == "":
		return nil, errors.New("{} has no name; write {name}")
	case strings.HasSuffix(name, "..."):
		return nil, fmt.Errorf("{%s} is written {%s:path} here", text, strings.TrimSuffix(name, "..."))
	case text == "$":
		return nil, errors.New("a rule matches the whole path anyway; leave {$} out")
	case strings.HasPrefix(text, "*") && identifier(strings.TrimLeft(text, "*")):
		return nil, fmt.Errorf("a variable that takes slashes has a converter; write {%s:path} for {%s}", strings.TrimLeft(text, "*"), text)
	case strings.HasSuffix(name, "?") && identifier(name[:len(name)-1]):
		return nil, fmt.Errorf("a variable is never optional; write {%s}, and dewar.AlsoAt for the rule without it", name[:len(name)-1])
	case !identifier(name):
		return nil, fmt.Errorf("%q is no name for a variable; write letters, digits and _, a letter first", name)
	case typed && spec == "":
		return nil, fmt.Errorf("nothing follows the colon of {%s}; write {%s} or a converter as in {%s:int}", text, name, name)
	case !typed:
		spec = "string"
	}
	shape, conv, err := parseConverter(spec, set)
	if _, swapped := set[name]; err != nil && swapped && identifier(spec) {
		return nil, fmt.Errorf("unknown converter %q; the name goes first: write {%s:%s}", spec, spec, name)
	}
	if err != nil {
		return nil, err
	}
	v, err := newVariable(name, "{"+shape+"}", conv)
	if err != nil {
		return nil, err
	}
	v.written = "{" + text + "}"
	return v, nil
}

// parseConverter parses what follows the colon of a variable: name, name(arguments) or a regular expression.
func parseConverter(spec string, set Set) (shape string, _ Converter, _ error) {
	name, text, call := strings.Cut(spec, "(")
	if identifier(name) && (!call || strings.HasSuffix(text, ")")) {
		args, err := parseArgs(strings.TrimSuffix(text, ")"))
		if _, known := set[name]; err != nil && known {
			return "", nil, fmt.Errorf("converter %q %w", name, err)
		}
		conv, err := set.converter(name, args, spec)
		if len(args) > 0 {
			name += "(" + args.String() + ")"
		}
		return name, conv, err
	}
	if !strings.ContainsAny(spec, `\.+*?()|[]{}^$`) {
		return "", nil, fmt.Errorf("%q is no name of a converter; write one as in {id:int} or {n:int(min=1)}", spec)
	}
	return ":" + spec, expression{unanchored(spec)}, nil
}

// unanchored returns the regular expression without the ^ and $ around it, which every one has here.
func unanchored(pattern string) string {
	pattern = strings.TrimPrefix(pattern, "^")
	if before, ok := strings.CutSuffix(pattern, "$"); ok && !strings.HasSuffix(before, `\`) {
		return before
	}
	return pattern
}

// identifier reports whether s is made of ASCII letters, digits and "_" and does not begin with a digit.
func identifier(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
		case i > 0 && '0' <= c && c <= '9':
		default:
			return false
		}
	}
	return s != ""
}
