package migrate

import (
	"fmt"
	"regexp"
	"strings"
)

// known lists the converters that both sides have, with the names of their arguments in Flask's order.
func known(converter string) ([]string, bool) {
	arguments, ok := map[string][]string{
		"string": {"minlength", "maxlength", "length"}, "int": {"fixed_digits", "min", "max", "signed"},
		"float": {"min", "max", "signed"}, "path": nil, "uuid": nil, "any": nil,
	}[converter]
	return arguments, ok
}

// pythonVariable is how Werkzeug reads a variable of a rule.
var pythonVariable = regexp.MustCompile(`^<(?:([a-zA-Z_][a-zA-Z0-9_]*)(?:\((.*?)\))?:)?([a-zA-Z_][a-zA-Z0-9_]*)>`)

// GoRule writes a rule of Flask as dewar does: <int(min=1):id> becomes {id:int(min=1)}. custom names the converters that
// the application has made itself. A brace outside of a variable is an error, for dewar has no way to write it.
func GoRule(text string) (rule string, custom []string, err error) {
	var b strings.Builder
	for text != "" {
		literal, rest := text, ""
		if start := strings.IndexByte(text, '<'); start >= 0 {
			literal, rest = text[:start], text[start:]
		}
		if i := strings.IndexAny(literal, "{}"); i >= 0 {
			return "", nil, fmt.Errorf("the rule has a %q, which begins or ends a variable in dewar; build this URL by hand", literal[i])
		}
		b.WriteString(literal)
		if text = rest; rest == "" {
			break
		}
		found := pythonVariable.FindStringSubmatch(rest)
		if found == nil {
			return "", nil, fmt.Errorf("the rule has a %q that begins no variable such as <int:id>", "<")
		}
		variable, own := goVariable(found[1], found[2], found[3])
		if own != "" {
			custom = append(custom, own)
		}
		b.WriteString(variable)
		text = rest[len(found[0]):]
	}
	return b.String(), custom, nil
}

// goVariable writes one variable. own is the converter, if the application has made it.
func goVariable(converter, args, name string) (variable, own string) {
	if converter == "default" || converter == "" {
		converter = "string"
	}
	names, builtin := known(converter)
	if !builtin {
		own = converter
	}
	args = named(args, names)
	switch {
	case converter == "string" && args == "":
		return "{" + name + "}", ""
	case args == "":
		return "{" + name + ":" + converter + "}", own
	}
	return "{" + name + ":" + converter + "(" + args + ")}", own
}

// named gives arguments without a name the names they have in Flask, and writes booleans as Go does.
func named(args string, names []string) string {
	if names == nil {
		return args
	}
	var out []string
	for i, arg := range strings.Split(args, ",") {
		key, value, ok := strings.Cut(strings.TrimSpace(arg), "=")
		if key == "" {
			continue
		}
		if !ok && i < len(names) {
			key, value = names[i], key
		}
		switch strings.TrimSpace(value) {
		case "True":
			value = "true"
		case "False":
			value = "false"
		case "None":
			continue
		}
		out = append(out, strings.TrimSpace(key)+"="+strings.TrimSpace(value))
	}
	return strings.Join(out, ",")
}

// identifier is a name as Werkzeug reads one.
var identifier = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// PythonRule writes a rule of dewar as Flask does. custom has the converters that Flask must be given, and regular
// expressions, which only a converter of its own can take. A "<" outside of a variable is an error, for Flask has no way to
// write it.
func PythonRule(text string) (rule string, custom []string, err error) {
	var b strings.Builder
	for {
		literal, rest, found := strings.Cut(text, "{")
		if i := strings.IndexAny(literal, "<}"); i >= 0 {
			return "", nil, fmt.Errorf("the rule has a %q outside of its variables; build this URL by hand", literal[i])
		}
		b.WriteString(literal)
		if !found {
			return b.String(), custom, nil
		}
		end := goEnd(rest)
		if end < 0 {
			return "", nil, fmt.Errorf("the rule has a %q without its end", "{")
		}
		variable, own, err := toPython(rest[:end])
		if err != nil {
			return "", nil, err
		}
		if own != "" {
			custom = append(custom, own)
		}
		b.WriteString(variable)
		text = rest[end+1:]
	}
}

// toPython writes what is between the braces of one variable. own is what Flask has no converter for.
func toPython(text string) (variable, own string, err error) {
	name, spec, typed := strings.Cut(text, ":")
	if !identifier.MatchString(name) {
		return "", "", fmt.Errorf("the variable {%s} has no name that Flask can read: letters without accents, digits and underscores; rename it", text)
	}
	converter, args, call := strings.Cut(spec, "(")
	args, closed := strings.CutSuffix(args, ")")
	switch _, builtin := known(converter); {
	case !typed:
		return "<" + name + ">", "", nil
	case !identifier.MatchString(converter) || call != closed: // a regular expression
		return "<" + name + ">", spec, nil
	case !builtin:
		own = converter
	}
	if args = pythonArguments(args); args != "" {
		converter += "(" + args + ")"
	}
	if variable = "<" + converter + ":" + name + ">"; pythonVariable.FindString(variable) != variable {
		return "", "", fmt.Errorf("the arguments of {%s} are none that Flask can read; build this URL by hand", text)
	}
	return variable, own, nil
}

// goEnd returns where the variable ends whose brace stands before text; -1 if it does not. As in dewar, braces in pairs
// belong to it, and so do those in the quotes of arguments and behind a backslash.
func goEnd(text string) int {
	_, spec, _ := strings.Cut(text, ":")
	name, _, call := strings.Cut(spec, "(")
	quotes := call && identifier.MatchString(name)
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

// pythonArguments writes booleans as Python does. Limits below zero are left out: newer versions of Werkzeug cannot read them, and
// where URLs are only built they refuse values and change none.
func pythonArguments(args string) string {
	var parts []string
	for part := range strings.SplitSeq(args, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch {
		case key == "signed" && (value == "" || value == "true"):
			part = "signed=True"
		case key == "signed":
			part = "signed=False"
		case (key == "min" || key == "max") && strings.HasPrefix(strings.TrimSpace(value), "-"):
			continue
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ",")
}
