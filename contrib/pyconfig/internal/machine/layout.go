package machine

import (
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// maxWidth bounds width and precision in a format.
const maxWidth = 10_000

// layout is a format such as ">10.2f".
type layout struct {
	fill      string
	align     byte // < > = ^ or 0
	sign      byte // - + space
	alternate bool
	grouping  string // "", "," or "_"
	width     int
	precision int  // -1 where none is given
	verb      byte // the type, or 0
}

func errLayout() error { return fault.New("a format is malformed") }

// parseLayout reads a format.
func parseLayout(s string) (layout, error) {
	l := layout{fill: " ", sign: '-', precision: -1}
	filled := false
	if _, size := utf8.DecodeRuneInString(s); size > 0 && len(s) > size && isAlign(s[size]) {
		l.fill, l.align, s, filled = s[:size], s[size], s[size+1:], true
	} else if s != "" && isAlign(s[0]) {
		l.align, s = s[0], s[1:]
	}
	if s != "" && strings.IndexByte("-+ ", s[0]) >= 0 {
		l.sign, s = s[0], s[1:]
	}
	s, l.alternate = strings.CutPrefix(s, "#")
	s, zero := strings.CutPrefix(s, "0")
	if zero && !filled {
		l.fill = "0"
	}
	if zero && l.align == 0 {
		l.align = '='
	}
	var ok1, ok2 bool
	l.width, s, ok1 = cutNumber(s, 0)
	if s != "" && (s[0] == ',' || s[0] == '_') {
		l.grouping, s = s[:1], s[1:]
	}
	ok2 = true
	if rest, found := strings.CutPrefix(s, "."); found {
		l.precision, s, ok2 = cutNumber(rest, -1)
		ok2 = ok2 && l.precision >= 0
	}
	if len(s) == 1 {
		l.verb, s = s[0], ""
	}
	if s != "" || !ok1 || !ok2 {
		return l, errLayout()
	}
	return l, nil
}

func isAlign(c byte) bool { return c == '<' || c == '>' || c == '=' || c == '^' }

// cutNumber cuts digits off the start of s.
func cutNumber(s string, absent int) (n int, rest string, ok bool) {
	end := 0
	for end < len(s) && '0' <= s[end] && s[end] <= '9' {
		end++
	}
	if end == 0 {
		return absent, s, true
	}
	n, err := strconv.Atoi(s[:end])
	return n, s[end:], err == nil && n <= maxWidth
}

// write writes a value.
func (l layout) write(v starlark.Value) (string, error) {
	switch v := v.(type) {
	case starlark.String:
		return l.writeText(string(v))
	case starlark.Bool:
		return l.writeInt(unbool(v).(starlark.Int))
	case starlark.Int:
		return l.writeInt(v)
	case starlark.Float:
		return l.writeFloat(float64(v))
	}
	return "", fault.New("%s takes no format; write !s before the colon%s", typeName(v), noneHint(v))
}

func (l layout) writeText(s string) (string, error) {
	if l.verb != 0 && l.verb != 's' || l.align == '=' && l.fill != "0" || l.grouping != "" || l.sign != '-' || l.alternate {
		return "", fault.New("a format for numbers is used for text")
	}
	if l.precision >= 0 {
		if runes := []rune(s); len(runes) > l.precision {
			s = string(runes[:l.precision])
		}
	}
	if l.align == 0 || l.align == '=' {
		l.align = '<'
	}
	return l.pad("", s), nil
}

func (l layout) writeInt(i starlark.Int) (string, error) {
	base, prefix := 10, ""
	switch l.verb {
	case 0, 'd', 'n':
	case 'b':
		base, prefix = 2, "0b"
	case 'o':
		base, prefix = 8, "0o"
	case 'x', 'X':
		base, prefix = 16, "0"+string(l.verb)
	case 'c':
		return l.writeCharacter(i)
	default:
		return l.writeFloat(float64(i.Float()))
	}
	if l.precision >= 0 {
		return "", fault.New("a format for whole numbers has a precision")
	}
	if !l.alternate {
		prefix = ""
	}
	digits := new(big.Int).Abs(i.BigInt()).Text(base)
	if l.verb == 'X' {
		digits = strings.ToUpper(digits)
	}
	return l.writeNumber(i.Sign() < 0, prefix, digits), nil
}

func (l layout) writeCharacter(i starlark.Int) (string, error) {
	n, ok := i.Int64()
	if !ok || n < 0 || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return "", fault.New("the number of a character is out of range")
	}
	l.verb = 0
	return l.writeText(string(rune(n)))
}

// writeNumber adds sign, prefix, grouping and padding to digits.
func (l layout) writeNumber(negative bool, prefix, digits string) string {
	sign := ""
	switch {
	case negative:
		sign = "-"
	case l.sign != '-':
		sign = string(l.sign)
	}
	if l.align == 0 {
		l.align = '>'
	}
	alphabet := "0123456789"
	if l.verb == 'x' || l.verb == 'X' {
		alphabet += "abcdefABCDEF"
	}
	tail := strings.TrimLeft(digits, alphabet)
	head := strings.TrimSuffix(digits, tail)
	if l.grouping != "" && head != "" {
		least := 0
		if l.align == '=' && l.fill == "0" {
			least = l.width - len(sign) - len(prefix) - len(tail)
		}
		head = group(head, l.grouping, l.groupSize(), least)
	}
	return l.pad(sign+prefix, head+tail)
}

func (l layout) groupSize() int {
	switch l.verb {
	case 'b', 'o', 'x', 'X':
		return 4
	}
	return 3
}

// group puts a separator between groups of digits, and zeros before them up to a width.
func group(digits, separator string, size, least int) string {
	for len(digits)+(len(digits)-1)/size < least {
		digits = "0" + digits
	}
	var b strings.Builder
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%size == 0 {
			b.WriteString(separator)
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}

// pad fills up to the width. The head is a sign or prefix.
func (l layout) pad(head, body string) string {
	missing := l.width - utf8.RuneCountInString(head) - utf8.RuneCountInString(body)
	if missing <= 0 {
		return head + body
	}
	switch l.align {
	case '<':
		return head + body + strings.Repeat(l.fill, missing)
	case '=':
		return head + strings.Repeat(l.fill, missing) + body
	case '^':
		left := missing / 2
		return strings.Repeat(l.fill, left) + head + body + strings.Repeat(l.fill, missing-left)
	}
	return strings.Repeat(l.fill, missing) + head + body
}
