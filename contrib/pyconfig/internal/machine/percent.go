package machine

import (
	"math"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// percent implements text % values.
func (m *Machine) percent(s string, values starlark.Value) (starlark.Value, error) {
	if isTuple(unmember(values)) {
		values = plain(values)
	}
	p := &percenter{machine: m, values: values}
	p.args, p.isTuple = values.(starlark.Tuple)
	if !p.isTuple {
		p.args = starlark.Tuple{values}
	}
	out, err := p.expand(s)
	if err != nil {
		return nil, err
	}
	if p.next < len(p.args) && !isContainer(values) {
		return nil, fault.New("a format text has fewer fields than arguments")
	}
	return m.text(out)
}

// isContainer reports whether a value may stay unused, as Python lets a mapping or list.
func isContainer(v starlark.Value) bool {
	if _, ok := asDict(v); ok {
		return true
	}
	_, ok := unmember(v).(*starlark.List)
	return ok
}

// percenter fills the %-fields of a format text.
type percenter struct {
	machine *Machine
	values  starlark.Value
	args    starlark.Tuple
	isTuple bool
	next    int
}

func (p *percenter) expand(s string) (string, error) {
	var b strings.Builder
	for {
		plain, rest, found := strings.Cut(s, "%")
		b.WriteString(plain)
		if !found {
			return b.String(), nil
		}
		if after, ok := strings.CutPrefix(rest, "%"); ok {
			b.WriteByte('%')
			s = after
			continue
		}
		text, after, err := p.field(rest)
		if err != nil {
			return "", err
		}
		if b.WriteString(text); b.Len() > maxText {
			return "", p.machine.chargeText(b.Len())
		}
		s = after
	}
}

// field writes one field, given what follows the %.
func (p *percenter) field(s string) (text, rest string, err error) {
	key, keyed := "", false
	if after, ok := strings.CutPrefix(s, "("); ok {
		if key, s, keyed = strings.Cut(after, ")"); !keyed {
			return "", "", errLayout()
		}
	}
	l := layout{fill: " ", sign: '-', align: '>'}
	s = l.flags(s)
	var ok1, ok2 bool
	if l.width, s, ok1 = cutNumber(s, 0); !ok1 {
		return "", "", errLayout()
	}
	l.precision, ok2 = -1, true
	if after, ok := strings.CutPrefix(s, "."); ok {
		l.precision, s, ok2 = cutNumber(after, 0)
	}
	s = strings.TrimLeft(s, "hlL")
	if s == "" || !ok2 {
		return "", "", errLayout()
	}
	v, err := p.value(key, keyed)
	if err != nil {
		return "", "", err
	}
	text, err = p.convert(l, s[0], v)
	return text, s[1:], err
}

// flags reads the flags before the width.
func (l *layout) flags(s string) string {
	for ; s != ""; s = s[1:] {
		switch s[0] {
		case '-':
			l.align = '<'
		case '+':
			l.sign = '+'
		case ' ':
			if l.sign == '-' {
				l.sign = ' '
			}
		case '0':
			if l.align == '>' {
				l.fill, l.align = "0", '='
			}
		case '#':
			l.alternate = true
		default:
			return s
		}
		if l.align == '<' {
			l.fill = " "
		}
	}
	return s
}

// value returns the argument of a field.
func (p *percenter) value(key string, keyed bool) (starlark.Value, error) {
	if keyed {
		_, ok := asDict(p.values)
		if !ok {
			return nil, fault.New("a format text with names needs a dict, not %s", typeName(p.values))
		}
		p.next = len(p.args)
		return p.machine.index(p.values, starlark.String(key))
	}
	if p.next >= len(p.args) {
		return nil, fault.New("a format text has more fields than arguments")
	}
	p.next++
	return p.args[p.next-1], nil
}

// convert writes a value as its verb says.
func (p *percenter) convert(l layout, verb byte, v starlark.Value) (string, error) {
	if verb != 's' && verb != 'r' && verb != 'a' {
		v = unmember(v)
	}
	number := unbool(v)
	switch verb {
	case 's', 'r', 'a':
		s, err := p.machine.formatValue(v, string(verb), "")
		if err != nil {
			return "", err
		}
		return l.text(s), nil
	case 'c':
		s, ok := v.(starlark.String)
		if i, isInt := number.(starlark.Int); isInt {
			character, err := layout{fill: " ", sign: '-', precision: -1}.writeCharacter(i)
			return l.text(character), err
		}
		if !ok || utf8.RuneCountInString(string(s)) != 1 {
			return "", fault.New("%%c needs one character, not %s", typeName(v))
		}
		return l.text(string(s)), nil
	case 'd', 'i', 'u', 'x', 'X', 'o':
		return l.whole(verb, number)
	case 'f', 'F', 'e', 'E', 'g', 'G':
		l.verb = verb
		f, ok := starlark.AsFloat(number)
		if !ok {
			return "", fault.New("%%%c needs a number, not %s%s", verb, typeName(v), noneHint(v))
		}
		return l.writeFloat(f)
	}
	return "", fault.New("a format text has an unknown verb; write %%%% for the character %%")
}

func (l layout) text(s string) string {
	if l.align == '=' {
		l.fill, l.align = " ", '>'
	}
	if runes := []rune(s); l.precision >= 0 && len(runes) > l.precision {
		s = string(runes[:l.precision])
	}
	return l.pad("", s)
}

// whole writes a whole number, cutting the fraction of a float for %d.
func (l layout) whole(verb byte, v starlark.Value) (string, error) {
	if f, ok := v.(starlark.Float); ok && strings.IndexByte("diu", verb) >= 0 {
		v = starlark.Float(math.Trunc(float64(f)))
		i, err := starlark.NumberToInt(v)
		if err != nil {
			return "", fault.New("%%%c needs a finite number", verb)
		}
		v = i
	}
	i, ok := v.(starlark.Int)
	if !ok {
		return "", fault.New("%%%c needs a whole number, not %s%s", verb, typeName(v), noneHint(v))
	}
	if verb != 'i' && verb != 'u' {
		l.verb = verb
	}
	if l.precision >= 0 {
		return "", fault.New("a precision for a whole number is not available; write the width with a 0 before it")
	}
	return l.writeInt(i)
}
