package migrate

import (
	"fmt"
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

// GoRule writes a rule of Flask as dewar does: <int(min=1):id> becomes {id:int(min=1)}. custom names the converters that
// the application has made itself.
func GoRule(text string) (rule string, custom []string, err error) {
	var b strings.Builder
	for text != "" {
		start := strings.IndexByte(text, '<')
		if start < 0 {
			break
		}
		b.WriteString(text[:start])
		end := closing(text[start:], '<', '>')
		if end < 0 {
			return "", nil, fmt.Errorf("the rule has a %q without its end", "<")
		}
		variable, own := goVariable(text[start+1 : start+end])
		if own != "" {
			custom = append(custom, own)
		}
		b.WriteString(variable)
		text = text[start+end+1:]
	}
	b.WriteString(text)
	return b.String(), custom, nil
}

// closing returns where the bracket at the beginning ends, outside quotes; -1 if it does not.
func closing(text string, open, end byte) int {
	depth, quote := 0, byte(0)
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == open:
			depth++
		case c == end:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// goVariable writes one variable. own is the converter, if the application has made it.
func goVariable(text string) (variable, own string) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return "{" + text + "}", ""
	}
	spec, name := text[:i], text[i+1:]
	converter, args, _ := strings.Cut(strings.TrimSuffix(spec, ")"), "(")
	if converter == "default" {
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

// PythonRule writes a rule of dewar as Flask does. custom has the converters that Flask must be given, and regular
// expressions, which only a converter of its own can take.
func PythonRule(text string) (rule string, custom []string, err error) {
	var b strings.Builder
	for {
		start := strings.IndexByte(text, '{')
		if start < 0 {
			break
		}
		b.WriteString(text[:start])
		end := closing(text[start:], '{', '}')
		if end < 0 {
			return "", nil, fmt.Errorf("the rule has a %q without its end", "{")
		}
		name, spec, typed := strings.Cut(text[start+1:start+end], ":")
		converter, args, call := strings.Cut(strings.TrimSuffix(spec, ")"), "(")
		_, builtin := known(converter)
		switch {
		case !typed:
			b.WriteString("<" + name + ">")
		case strings.ContainsAny(converter, `\.+*?[]|^$`):
			custom = append(custom, spec)
			b.WriteString("<" + name + ">")
		default:
			if !builtin {
				custom = append(custom, converter)
			}
			if args = pythonArguments(args); call && args != "" {
				converter += "(" + args + ")"
			}
			b.WriteString("<" + converter + ":" + name + ">")
		}
		text = text[start+end+1:]
	}
	return b.String() + text, custom, nil
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
