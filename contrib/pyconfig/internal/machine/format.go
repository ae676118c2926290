package machine

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// template joins the pieces of an f-string.
func (m *Machine) template(f *frame, pieces []translate.Expr) (starlark.Value, error) {
	var b strings.Builder
	for _, piece := range pieces {
		v, err := m.eval(f, piece)
		if err != nil {
			return nil, err
		}
		if b.WriteString(string(v.(starlark.String))); b.Len() > maxText {
			return nil, m.chargeText(b.Len())
		}
	}
	return m.text(b.String())
}

// formattedField evaluates the expression in braces of an f-string.
func (m *Machine) formattedField(f *frame, args []translate.Expr) (starlark.Value, error) {
	values, err := m.evalAll(f, args)
	if err != nil {
		return nil, err
	}
	return m.formatted(values)
}

// formatted evaluates the expression in braces of an f-string: a value, its conversion and its format.
func (m *Machine) formatted(args starlark.Tuple) (starlark.Value, error) {
	s, err := m.formatValue(args[0], string(args[1].(starlark.String)), string(args[2].(starlark.String)))
	if err != nil {
		return nil, err
	}
	return m.text(s)
}

// formatValue writes a value in a format, after an optional conversion.
func (m *Machine) formatValue(v starlark.Value, conversion, format string) (string, error) {
	switch conversion {
	case "r", "a":
		s, err := m.repr(v)
		if err != nil {
			return "", err
		}
		if conversion == "a" {
			s = ascii(s)
		}
		v = starlark.String(s)
	case "s":
		s, err := m.str(v)
		if err != nil {
			return "", err
		}
		v = starlark.String(s)
	}
	if format == "" {
		return m.str(v)
	}
	l, err := parseLayout(format)
	if err != nil {
		return "", err
	}
	return l.write(unmember(v))
}

// ascii escapes the characters of a repr that are not ASCII.
func ascii(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		escaped := quoted[1 : len(quoted)-1]
		if r <= 0xFF {
			escaped = `\x` + strconv.FormatInt(int64(r), 16)
		}
		b.WriteString(escaped)
	}
	return b.String()
}

// format implements str.format.
func (m *Machine) format(s string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := &formatter{machine: m, args: args, kwargs: kwargs}
	out, err := f.expand(s, 0)
	if err != nil {
		return nil, err
	}
	return m.text(out)
}

// formatMap implements str.format_map: the fields are keys of a mapping.
func (m *Machine) formatMap(s string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	mapping, err := one("format_map", args, kwargs)
	if err != nil {
		return nil, err
	}
	f := &formatter{machine: m, mapping: mapping}
	out, err := f.expand(s, 0)
	if err != nil {
		return nil, err
	}
	return m.text(out)
}

// formatter fills the fields of a format text.
type formatter struct {
	machine *Machine
	mapping starlark.Value // of format_map; nil for format
	args    starlark.Tuple
	kwargs  []starlark.Tuple
	next    int // the next argument for {}
}

// expand replaces the fields of s. Formats may hold fields themselves, once.
func (f *formatter) expand(s string, depth int) (string, error) {
	var b strings.Builder
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		if doubled := strings.HasPrefix(s[i+1:], s[i:i+1]); doubled && depth == 0 {
			b.WriteByte(s[i])
			s = s[i+2:]
			continue
		}
		field, rest, ok := cutField(s[i:])
		if !ok || depth > 1 {
			return "", fault.New("a brace in a format text has no partner; double it for the character itself")
		}
		text, err := f.field(field, depth)
		if err != nil {
			return "", err
		}
		if b.WriteString(text); b.Len() > maxText {
			return "", f.machine.chargeText(b.Len())
		}
		s = rest
	}
	b.WriteString(s)
	return b.String(), nil
}

// cutField cuts "{...}" off the start of s.
func cutField(s string) (field, rest string, ok bool) {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth <= 0 {
			return s[1:max(i, 1)], s[i+1:], depth == 0 && i > 0
		}
	}
	return "", "", false
}

// field writes the value of one field: "name!conversion:format".
func (f *formatter) field(field string, depth int) (string, error) {
	name, format, _ := strings.Cut(field, ":")
	name, conversion, converted := strings.Cut(name, "!")
	if converted && conversion != "r" && conversion != "s" && conversion != "a" {
		return "", fault.New("a conversion in a format text must be !r, !s or !a")
	}
	v, err := f.value(name)
	if err != nil {
		return "", err
	}
	if format, err = f.expand(format, depth+1); err != nil {
		return "", err
	}
	s, err := f.machine.formatValue(v, conversion, format)
	if err != nil {
		return "", err
	}
	return s, f.machine.charge(len(s))
}

// value returns what "name.attribute[key]" stands for.
func (f *formatter) value(name string) (starlark.Value, error) {
	end := strings.IndexAny(name, ".[")
	if end < 0 {
		end = len(name)
	}
	v, err := f.argument(name[:end])
	for rest := name[end:]; rest != "" && err == nil; {
		var key string
		var ok bool
		if rest[0] == '.' {
			end := strings.IndexAny(rest[1:], ".[")
			if end < 0 {
				end = len(rest) - 1
			}
			key, rest = rest[1:1+end], rest[1+end:]
			v, err = f.machine.attr(v, key)
			continue
		}
		if key, rest, ok = strings.Cut(rest[1:], "]"); !ok || rest != "" && rest[0] != '.' && rest[0] != '[' {
			return nil, fault.New("a field of a format text is malformed")
		}
		v, err = f.machine.index(v, fieldKey(key))
	}
	return v, err
}

func fieldKey(key string) starlark.Value {
	if n, err := strconv.Atoi(key); err == nil && isDigits(key) {
		return starlark.MakeInt(n)
	}
	return starlark.String(key)
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// argument returns the argument that a field names, by place or by name.
func (f *formatter) argument(name string) (starlark.Value, error) {
	i := f.next
	switch {
	case f.mapping != nil && name != "" && !isDigits(name):
		return f.machine.index(f.mapping, starlark.String(name))
	case name == "":
		f.next++
	case isDigits(name):
		n, err := strconv.Atoi(name)
		if err != nil {
			return nil, fault.New("a format text has more fields than arguments")
		}
		i = n
	default:
		for _, pair := range f.kwargs {
			if string(pair[0].(starlark.String)) == name {
				return pair[1], nil
			}
		}
		return nil, fault.New("a field of a format text has no argument")
	}
	if i >= len(f.args) {
		return nil, fault.New("a format text has more fields than arguments")
	}
	return f.args[i], nil
}
