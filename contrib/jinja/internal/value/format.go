package value

import (
	"strconv"
	"strings"
)

// formatText is s.format(*args, **kwargs). Of Markup it is Markup, and the values that it takes in are escaped.
func formatText(rt *Runtime, self any, args Tuple, named any) (any, error) {
	m, safe := self.(Markup)
	if !safe {
		m.Text, _ = self.(string)
	}
	f := formatting{rt: rt, args: args, named: named, safe: safe, blend: blendOf(m)}
	b, err := f.run(nil, m.Text, 2)
	if err != nil {
		return nil, err
	}
	if safe {
		return Markup{Text: string(b), Language: f.blend.lang}, nil
	}
	return string(b), nil
}

// A formatting is one call of format.
type formatting struct {
	rt     *Runtime
	args   Tuple
	named  any
	safe   bool
	blend  blend
	next   int
	auto   bool // {} was used
	manual bool // {0} was used
}

// run appends s with its fields replaced. Specs may have fields too, but those no more.
func (f *formatting) run(b []byte, s string, depth int) ([]byte, error) {
	if depth == 0 {
		return nil, valueErrorf("Max string recursion exceeded")
	}
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			return append(b, s...), spend(f.rt, len(s))
		}
		b = append(b, s[:i]...)
		if i+1 < len(s) && s[i+1] == s[i] {
			b, s = append(b, s[i]), s[i+2:]
			continue
		}
		if s[i] == '}' {
			return nil, valueErrorf("Single '}' encountered in format string")
		}
		end, err := fieldEnd(s, i+1)
		if err != nil {
			return nil, err
		}
		if b, err = f.field(b, s[i+1:end], depth); err != nil {
			return nil, err
		}
		s = s[end+1:]
	}
	return b, nil
}

// fieldEnd finds the brace that closes the field that begins at start.
func fieldEnd(s string, start int) (int, error) {
	depth := 1
	bracket := false
	for i := start; i < len(s); i++ {
		switch s[i] {
		case '[':
			bracket = true
		case ']':
			bracket = false
		case '{':
			depth++
		case '}':
			if bracket && depth == 1 {
				continue
			}
			if depth--; depth == 0 {
				return i, nil
			}
		}
	}
	if start == len(s) {
		return 0, valueErrorf("Single '{' encountered in format string")
	}
	return 0, valueErrorf("expected '}' before end of string")
}

// field appends what stands for {name!conversion:spec}.
func (f *formatting) field(b []byte, source string, depth int) ([]byte, error) {
	name, conversion, specification, err := splitField(source)
	if err != nil {
		return nil, err
	}
	v, err := f.find(name)
	if err != nil {
		return nil, err
	}
	if v, err = converted(f.rt, v, conversion); err != nil {
		return nil, err
	}
	if strings.ContainsAny(specification, "{}") {
		inner, err := f.run(nil, specification, depth-1)
		if err != nil {
			return nil, err
		}
		specification = string(inner)
	}
	text, err := f.show(v, specification)
	if err != nil {
		return nil, err
	}
	return append(b, text...), spend(f.rt, len(text))
}

// splitField takes a field apart. conversion is 0 without.
func splitField(s string) (name string, conversion byte, specification string, err error) {
	i, bracket := 0, false
	for ; i < len(s); i++ {
		switch {
		case s[i] == '[':
			bracket = true
		case s[i] == ']':
			bracket = false
		case s[i] == '{' && !bracket:
			return "", 0, "", valueErrorf("unexpected '{' in field name")
		}
		if !bracket && (s[i] == ':' || s[i] == '!') {
			break
		}
	}
	name, rest := s[:i], s[i:]
	if strings.HasPrefix(rest, "!") {
		if len(rest) < 2 {
			return "", 0, "", valueErrorf("end of string while looking for conversion specifier")
		}
		conversion, rest = rest[1], rest[2:]
		if rest != "" && rest[0] != ':' {
			return "", 0, "", valueErrorf("expected ':' after conversion specifier")
		}
	}
	return name, conversion, strings.TrimPrefix(rest, ":"), nil
}

func converted(rt *Runtime, v any, conversion byte) (any, error) {
	switch conversion {
	case 0:
		return v, nil
	case 's':
		return Str(rt, v)
	case 'r':
		return Repr(rt, v)
	case 'a':
		s, err := Repr(rt, v)
		return asciiOnly(s), err
	}
	return nil, valueErrorf("Unknown conversion specifier %c", conversion)
}

// show is a value in its place, escaped for Markup.
func (f *formatting) show(v any, specification string) (string, error) {
	if !f.safe {
		return Format(f.rt, v, specification)
	}
	if m, ok := AsMarkup(v); ok {
		if specification != "" {
			return "", valueErrorf("Unsupported format specification for Markup.")
		}
		f.blend.add(m)
		return m.Text, nil
	}
	s, err := Format(f.rt, v, specification)
	if !isNumber(canon(v)) {
		f.blend.add(Markup{Text: escapeText(s), Language: HTML})
	}
	return escapeText(s), err
}

// find is the value that a field names: 0, name, name.attribute[key]. Attributes are those that templates have.
func (f *formatting) find(name string) (any, error) {
	end := strings.IndexAny(name, ".[")
	if end < 0 {
		end = len(name)
	}
	v, err := f.argument(name[:end])
	if err != nil {
		return nil, err
	}
	for rest := name[end:]; rest != ""; {
		if rest[0] == '.' {
			v, rest, err = f.attribute(v, rest[1:])
		} else {
			v, rest, err = f.item(v, rest[1:])
		}
		if err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (f *formatting) argument(name string) (any, error) {
	i, numbered := 0, true
	switch {
	case name == "":
		i, f.auto = f.next, true
		f.next++
	case allDigits(name):
		n, err := strconv.Atoi(name)
		if err != nil {
			return nil, valueErrorf("Too many decimal digits in format string")
		}
		i, f.manual = n, true
	default:
		numbered = false
	}
	if !numbered {
		return f.keyword(name)
	}
	if f.auto && f.manual {
		return nil, f.mixture(name)
	}
	if i >= len(f.args) {
		return nil, failf("IndexError", "Replacement index %d out of range for positional args tuple", i)
	}
	return f.args[i], nil
}

func (f *formatting) mixture(name string) error {
	if name == "" {
		return valueErrorf("cannot switch from manual field specification to automatic field numbering")
	}
	return valueErrorf("cannot switch from automatic field numbering to manual field specification")
}

func (f *formatting) keyword(name string) (any, error) {
	if !IsMapping(f.named) {
		return nil, typeErrorf("'%s' object is not subscriptable", TypeName(f.named))
	}
	v, ok, err := lookup(canon(f.named), name)
	if err == nil && !ok {
		err = keyError(f.rt, name)
	}
	return v, err
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func (f *formatting) attribute(v any, rest string) (any, string, error) {
	end := strings.IndexAny(rest, ".[")
	if end < 0 {
		end = len(rest)
	}
	name := rest[:end]
	if name == "" {
		return nil, "", valueErrorf("Empty attribute in format string")
	}
	if err := undefinedIn(v); err != nil {
		return nil, "", err
	}
	if private(name) { // as in Jinja's sandbox: nothing is there, and it shows as nothing
		return &Undefined{Object: v, Name: name}, rest[end:], nil
	}
	found, ok, err := attribute(f.rt, v, name)
	if err == nil && !ok { // as in Jinja's sandbox, an item will do
		found, ok, err = item(f.rt, v, name)
		if ok {
			return found, rest[end:], err
		}
		err = failf("AttributeError", "'%s' object has no attribute '%s'", TypeName(v), name)
	}
	return found, rest[end:], err
}

func (f *formatting) item(v any, rest string) (any, string, error) {
	end := strings.IndexByte(rest, ']')
	if end < 0 {
		return nil, "", valueErrorf("Missing ']' in format string")
	}
	var key any = rest[:end]
	if end == 0 {
		return nil, "", valueErrorf("Empty attribute in format string")
	}
	if allDigits(rest[:end]) {
		n, err := strconv.Atoi(rest[:end])
		if err != nil {
			return nil, "", valueErrorf("Too many decimal digits in format string")
		}
		key = n
	}
	rest = rest[end+1:]
	if rest != "" && rest[0] != '.' && rest[0] != '[' {
		return nil, "", valueErrorf("Only '.' or '[' may follow ']' in format field specifier")
	}
	if err := undefinedIn(v); err != nil {
		return nil, "", err
	}
	found, ok, err := item(f.rt, v, key)
	if err == nil && !ok {
		err = noItem(f.rt, v, key)
	}
	return found, rest, err
}

func noItem(rt *Runtime, v, key any) error {
	if IsMapping(v) {
		return keyError(rt, key)
	}
	return typeErrorf("'%s' object is not subscriptable", TypeName(v))
}
