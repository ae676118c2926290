package machine

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// str returns what str(v) gives.
func (m *Machine) str(v starlark.Value) (string, error) {
	switch v := v.(type) {
	case starlark.String:
		return string(v), nil
	case purePath:
		return string(v), nil
	case timedelta:
		return v.str(), nil
	case *class:
		return m.strOfObject(v)
	case instant:
		return v.str(), nil
	case clock:
		return v.str(), nil
	case address:
		return v.String(), nil
	case uniqueID:
		return v.String(), nil
	case zoneName:
		return v.name, nil
	case secret:
		return v.String(), nil
	case webAddress:
		return v.text, nil
	}
	return m.repr(v)
}

// repr returns what repr(v) gives.
func (m *Machine) repr(v starlark.Value) (string, error) {
	var b strings.Builder
	err := m.writeRepr(&b, v, 0)
	return b.String(), err
}

func (m *Machine) writeRepr(b *strings.Builder, v starlark.Value, depth int) error {
	if depth > maxDepth {
		return errDeep()
	}
	if b.Len() > maxText {
		return m.chargeText(b.Len())
	}
	if err := m.charge(entrySize); err != nil {
		return err
	}
	switch v := v.(type) {
	case starlark.NoneType, starlark.Bool:
		b.WriteString(v.String())
	case starlark.Int:
		b.WriteString(v.String())
	case starlark.Float:
		b.WriteString(floatRepr(float64(v)))
	case starlark.String:
		b.WriteString(quoteText(string(v)))
	case starlark.Bytes:
		b.WriteString(quoteBytes(string(v)))
	case purePath:
		b.WriteString("PosixPath(" + quoteText(string(v)) + ")")
	case timedelta:
		b.WriteString(v.repr())
	case *starlark.List:
		return m.writeElements(b, "[", v, "]", depth)
	case starlark.Tuple:
		if len(v) == 1 {
			return m.writeElements(b, "(", v, ",)", depth)
		}
		return m.writeElements(b, "(", v, ")", depth)
	case *starlark.Set:
		if v.Len() == 0 {
			b.WriteString("set()")
			return nil
		}
		return m.writeElements(b, "{", v, "}", depth)
	case *starlark.Dict:
		return m.writeEntries(b, v, depth)
	case refused:
		return v.err()
	case *class:
		return m.writeObject(b, v, depth)
	default:
		return fault.New("%s cannot be written as text here", typeName(v))
	}
	return nil
}

// writeObject is repr() of an object: by its class, or of the value that it is underneath.
func (m *Machine) writeObject(b *strings.Builder, c *class, depth int) error {
	if c.instance && !c.enum {
		if fn := c.order[1].raw("__repr__"); fn != nil {
			v, err := m.call(fn, starlark.Tuple{c}, nil)
			s, ok := v.(starlark.String)
			if err == nil && !ok {
				err = fault.Raise("TypeError", "__repr__ of an object gives no text")
			}
			b.WriteString(string(s))
			return err
		}
		if c.payload != nil {
			return m.writeRepr(b, c.payload, depth+1)
		}
	}
	return fault.New("%s cannot be written as text here", typeName(c))
}

func (m *Machine) writeElements(b *strings.Builder, open string, v starlark.Iterable, closing string, depth int) error {
	b.WriteString(open)
	separator := ""
	for elem := range starlark.Elements(v) {
		b.WriteString(separator)
		if err := m.writeRepr(b, elem, depth+1); err != nil {
			return err
		}
		separator = ", "
	}
	b.WriteString(closing)
	return nil
}

func (m *Machine) writeEntries(b *strings.Builder, d *starlark.Dict, depth int) error {
	separator := "{"
	if d.Len() == 0 {
		b.WriteString(separator)
	}
	for key, v := range d.Entries() {
		b.WriteString(separator)
		if err := m.writeRepr(b, key, depth+1); err != nil {
			return err
		}
		b.WriteString(": ")
		if err := m.writeRepr(b, v, depth+1); err != nil {
			return err
		}
		separator = ", "
	}
	b.WriteString("}")
	return nil
}

// strOfObject is str() of an object: of an exception, or by the methods of its class.
func (m *Machine) strOfObject(c *class) (string, error) {
	if !c.instance {
		return "", fault.New("%s cannot be written as text here", typeName(c))
	}
	for _, name := range []string{"__str__", "__repr__"} {
		if c.enum && name == "__repr__" {
			return m.textOfMember(c)
		}
		if fn := c.order[1].raw(name); fn != nil {
			v, err := m.call(fn, starlark.Tuple{c}, nil)
			if err != nil {
				return "", err
			}
			s, ok := v.(starlark.String)
			if !ok {
				return "", fault.Raise("TypeError", "%s of an object gives no text", name)
			}
			return string(s), nil
		}
	}
	if c.is(m.exceptionClass("BaseException")) {
		return m.exceptionText(c)
	}
	if c.payload != nil {
		return m.str(c.payload)
	}
	return "", fault.New("%s cannot be written as text here", typeName(c))
}

// floatRepr writes a float with the fewest digits that give it back, as Python does.
func floatRepr(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	scientific := strconv.FormatFloat(f, 'e', -1, 64)
	_, exponent, _ := strings.Cut(scientific, "e")
	if e, _ := strconv.Atoi(exponent); e < -4 || e >= 16 {
		return scientific
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// quoteText writes a text literal as Python does.
func quoteText(s string) string {
	quote := quoteFor(s)
	var b strings.Builder
	b.WriteByte(quote)
	for _, r := range s {
		switch {
		case r == rune(quote) || r == '\\':
			b.WriteString(`\` + string(r))
		case writeControl(&b, r):
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			fmt.Fprintf(&b, `\U%08x`, r)
		case r > 0xFF:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\x%02x`, r)
		}
	}
	b.WriteByte(quote)
	return b.String()
}

func quoteBytes(s string) string {
	quote := quoteFor(s)
	var b strings.Builder
	b.WriteString("b" + string(quote))
	for _, c := range []byte(s) {
		switch {
		case c == quote || c == '\\':
			b.WriteString(`\` + string(c))
		case writeControl(&b, rune(c)):
		case ' ' <= c && c < 0x7F:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, `\x%02x`, c)
		}
	}
	b.WriteByte(quote)
	return b.String()
}

func quoteFor(s string) byte {
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		return '"'
	}
	return '\''
}

func writeControl(b *strings.Builder, r rune) bool {
	switch r {
	case '\n':
		b.WriteString(`\n`)
	case '\r':
		b.WriteString(`\r`)
	case '\t':
		b.WriteString(`\t`)
	default:
		return false
	}
	return true
}
