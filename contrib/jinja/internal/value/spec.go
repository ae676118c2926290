package value

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A spec is how a value is written: the part behind the colon of a replacement field, or that between % and its letter.
type spec struct {
	fill      rune
	align     byte // < > ^ =, 0 for the default
	sign      byte // + - or space
	alternate bool
	zero      bool
	negative0 bool // z: no negative zero
	width     int
	group     byte // , or _
	precision int  // -1 where there is none
	verb      byte
	source    string
}

// parseSpec reads [[fill]align][sign][z][#][0][width][grouping][.precision][type].
func parseSpec(s string) (spec, error) {
	f := spec{fill: ' ', precision: -1, source: s}
	rest := f.parseAlign(s)
	if rest != "" && strings.IndexByte("+- ", rest[0]) >= 0 {
		f.sign, rest = rest[0], rest[1:]
	}
	rest, f.negative0 = strings.CutPrefix(rest, "z")
	rest, f.alternate = strings.CutPrefix(rest, "#")
	if f.align == 0 {
		rest, f.zero = strings.CutPrefix(rest, "0")
	} else if strings.HasPrefix(rest, "0") {
		rest = rest[1:]
		if f.fill == ' ' && !strings.HasPrefix(s, " "+string(f.align)) {
			f.fill = '0'
		}
	}
	var err error
	if f.width, rest, err = digitsOf(rest, 0); err != nil {
		return f, err
	}
	if rest != "" && (rest[0] == ',' || rest[0] == '_') {
		f.group, rest = rest[0], rest[1:]
		if rest != "" && (rest[0] == ',' || rest[0] == '_') {
			return f, valueErrorf("Cannot specify both ',' and '_'.")
		}
	}
	if strings.HasPrefix(rest, ".") {
		before := rest[1:]
		if f.precision, rest, err = digitsOf(before, -1); err != nil {
			return f, err
		}
		if f.precision < 0 {
			return f, valueErrorf("Format specifier missing precision")
		}
	}
	return f, f.parseVerb(rest)
}

func (f *spec) parseAlign(s string) (rest string) {
	c, size := utf8.DecodeRuneInString(s)
	if size < len(s) && isAlign(s[size]) {
		f.fill, f.align = c, s[size]
		return s[size+1:]
	}
	if s != "" && isAlign(s[0]) {
		f.align = s[0]
		return s[1:]
	}
	return s
}

func isAlign(c byte) bool { return c == '<' || c == '>' || c == '^' || c == '=' }

func (f *spec) parseVerb(rest string) error {
	if len(rest) > 1 {
		return valueErrorf("Invalid format specifier")
	}
	if rest != "" {
		f.verb = rest[0]
	}
	return nil
}

// digitsOf reads a number at the beginning of s.
func digitsOf(s string, missing int) (n int, rest string, err error) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i == 0 {
		return missing, s, nil
	}
	n, err = strconv.Atoi(s[:i])
	if err != nil || n > math.MaxInt32 {
		return 0, s, valueErrorf("Too many decimal digits in format string")
	}
	return n, s[i:], nil
}

// Format is format(v, spec).
func Format(rt *Runtime, v any, source string) (string, error) {
	c := canon(v)
	if t, ok := timeOf(c); ok && source != "" {
		if err := spend(rt, len(source)*widest); err != nil {
			return "", err
		}
		return strftime(t, source), nil
	}
	if source == "" {
		return Str(rt, v)
	}
	if !isNumber(c) && !isText(c) {
		return "", typeErrorf("unsupported format string passed to %s.__format__", TypeName(v))
	}
	f, err := parseSpec(source)
	if err != nil {
		return "", err
	}
	switch t := c.(type) {
	case string:
		return f.formatText(rt, t)
	case Markup:
		return f.formatText(rt, t.Text)
	case float64:
		return f.formatFloat(rt, t)
	}
	return f.formatInt(rt, c)
}

// timeOf is a datetime, date or time for strftime.
func timeOf(v any) (time.Time, bool) {
	switch v := v.(type) {
	case time.Time:
		return v, true
	case Date:
		return v.Time(), true
	case Clock:
		return v.Time(), true
	}
	return time.Time{}, false
}

func (f *spec) unknownVerb(class string) error {
	return valueErrorf("Unknown format code '%c' for object of type '%s'", f.verb, class)
}

func (f *spec) formatText(rt *Runtime, s string) (string, error) {
	switch {
	case f.verb != 0 && f.verb != 's':
		return "", f.unknownVerb("str")
	case f.sign != 0 && f.sign != ' ':
		return "", valueErrorf("Sign not allowed in string format specifier")
	case f.sign == ' ':
		return "", valueErrorf("Space not allowed in string format specifier")
	case f.negative0:
		return "", valueErrorf("Negative zero coercion (z) not allowed in string format specifier")
	case f.alternate:
		return "", valueErrorf("Alternate form (#) not allowed in string format specifier")
	case f.align == '=':
		return "", valueErrorf("'=' alignment not allowed in string format specifier")
	case f.group != 0:
		return "", valueErrorf("Cannot specify '%c' with 's'.", f.group)
	}
	if f.zero {
		f.fill = '0'
	}
	return f.text(rt, s, '<')
}

// text cuts and fills a text.
func (f *spec) text(rt *Runtime, s string, align byte) (string, error) {
	n := utf8.RuneCountInString(s)
	if f.precision >= 0 && f.precision < n {
		s, n = partOfText(s, Range{0, f.precision, 1}), f.precision
	}
	if f.align != 0 {
		align = f.align
	}
	return f.pad(rt, "", s, n, align)
}

// pad fills up to the width. With = the fill stands between head and body.
func (f *spec) pad(rt *Runtime, head, body string, n int, align byte) (string, error) {
	missing := f.width - n
	if missing <= 0 {
		return head + body, nil
	}
	if err := spendProduct(rt, utf8.RuneLen(f.fill), missing); err != nil {
		return "", err
	}
	fill := func(n int) string { return strings.Repeat(string(f.fill), n) }
	switch align {
	case '<':
		return head + body + fill(missing), nil
	case '^':
		return fill(missing/2) + head + body + fill(missing-missing/2), nil
	case '=':
		return head + fill(missing) + body, nil
	}
	return fill(missing) + head + body, nil
}

// number puts a number together: head is sign and prefix, rest is what stands behind the digits of its whole part.
func (f *spec) number(rt *Runtime, head, digits, rest string) (string, error) {
	align := f.align
	if align == 0 {
		align = '>'
		if f.zero {
			align, f.fill = '=', '0'
		}
	}
	size := 3
	if strings.IndexByte("boxX", f.verb) >= 0 && f.verb != 0 {
		size = 4
	}
	if f.group != 0 {
		if f.fill == '0' && align == '=' {
			if err := spend(rt, f.width); err != nil {
				return "", err
			}
			digits = zerosForGroups(digits, f.width-len(head)-len(rest), size)
		}
		digits = grouped(digits, f.group, size)
	}
	body := digits + rest
	return f.pad(rt, head, body, len(head)+utf8.RuneCountInString(body), align)
}

// zerosForGroups puts zeros before digits until they fill width with their separators.
func zerosForGroups(digits string, width, size int) string {
	n := len(digits)
	for n+(n-1)/size < width {
		n++
	}
	return strings.Repeat("0", n-len(digits)) + digits
}

func grouped(digits string, separator byte, size int) string {
	if len(digits) <= size || digits[0] < '0' {
		return digits
	}
	var b strings.Builder
	for i := 0; i < len(digits); i++ {
		if i > 0 && (len(digits)-i)%size == 0 {
			b.WriteByte(separator)
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}

func (f *spec) formatInt(rt *Runtime, v any) (string, error) {
	n, _ := asBig(v)
	switch f.verb {
	case 0, 'd', 'b', 'o', 'x', 'X', 'n':
	case 'e', 'E', 'f', 'F', 'g', 'G', '%':
		x, ok := AsFloat(v)
		if !ok {
			return "", failf("OverflowError", "int too large to convert to float")
		}
		return f.formatFloat(rt, x)
	case 'c':
		return f.formatCharacter(rt, v)
	default:
		return "", f.unknownVerb(TypeName(v))
	}
	switch {
	case f.precision >= 0:
		return "", valueErrorf("Precision not allowed in integer format specifier")
	case f.negative0:
		return "", valueErrorf("Negative zero coercion (z) not allowed in format specifier with integer presentation type")
	case f.group == ',' && strings.IndexByte("boxX", f.verb) >= 0 && f.verb != 0, f.group != 0 && f.verb == 'n':
		return "", valueErrorf("Cannot specify '%c' with '%c'.", f.group, f.verb)
	}
	if err := spend(rt, words(n)*20); err != nil {
		return "", err
	}
	sign, prefix, digits, err := f.integerParts(n)
	if err != nil {
		return "", err
	}
	return f.number(rt, sign+prefix, digits, "")
}

func (f *spec) formatCharacter(rt *Runtime, v any) (string, error) {
	switch {
	case f.sign != 0:
		return "", valueErrorf("Sign not allowed with integer format specifier 'c'")
	case f.alternate:
		return "", valueErrorf("Alternate form (#) not allowed with integer format specifier 'c'")
	case f.precision >= 0:
		return "", valueErrorf("Precision not allowed in integer format specifier")
	case f.negative0:
		return "", valueErrorf("Negative zero coercion (z) not allowed in format specifier with integer presentation type")
	case f.group != 0:
		return "", valueErrorf("Cannot specify '%c' with 'c'.", f.group)
	}
	s, err := character(v)
	if err != nil {
		return "", err
	}
	f.precision = -1
	return f.number(rt, "", s, "")
}

// integerParts are the sign, the prefix (0x) and the digits of n.
func (f *spec) integerParts(n *big.Int) (sign, prefix, digits string, err error) {
	base, mark := 10, ""
	switch f.verb {
	case 'b':
		base, mark = 2, "0b"
	case 'o':
		base, mark = 8, "0o"
	case 'x':
		base, mark = 16, "0x"
	case 'X':
		base, mark = 16, "0X"
	}
	if base == 10 && n.BitLen() > 64 {
		if _, err := appendBig(nil, n); err != nil {
			return "", "", "", err
		}
	}
	digits = new(big.Int).Abs(n).Text(base)
	if f.verb == 'X' {
		digits = strings.ToUpper(digits)
	}
	if f.alternate {
		prefix = mark
	}
	return f.signOf(n.Sign() < 0), prefix, digits, nil
}

func (f *spec) signOf(negative bool) string {
	switch {
	case negative:
		return "-"
	case f.sign == '+' || f.sign == ' ':
		return string(f.sign)
	}
	return ""
}

func (f *spec) formatFloat(rt *Runtime, x float64) (string, error) {
	switch f.verb {
	case 0, 'e', 'E', 'f', 'F', 'g', 'G', '%', 'n':
	default:
		return "", f.unknownVerb("float")
	}
	if f.group != 0 && f.verb == 'n' {
		return "", valueErrorf("Cannot specify '%c' with 'n'.", f.group)
	}
	return f.float(rt, x)
}

// float writes x in the manner of the verb.
func (f *spec) float(rt *Runtime, x float64) (string, error) {
	if err := spend(rt, max(f.precision, 0)); err != nil {
		return "", err
	}
	text := f.floatText(x)
	negative := strings.HasPrefix(text, "-")
	text = strings.TrimPrefix(text, "-")
	if negative && f.negative0 && strings.Trim(text, "0.") == "" {
		negative = false
	}
	if f.verb == 'E' || f.verb == 'F' || f.verb == 'G' {
		text = strings.ToUpper(text)
	}
	end := strings.IndexFunc(text, func(c rune) bool { return c < '0' || c > '9' })
	if end < 0 {
		end = len(text)
	}
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return f.number(rt, f.signOf(negative), "", text)
	}
	return f.number(rt, f.signOf(negative), text[:end], text[end:])
}

func (f *spec) floatText(x float64) string {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		text := string(appendFloat(nil, x))
		if f.verb == '%' {
			text += "%"
		}
		return text
	}
	precision := f.precision
	if precision < 0 && f.verb != 0 {
		precision = 6
	}
	switch f.verb {
	case 'e', 'E':
		return f.point(strconv.FormatFloat(x, 'e', precision, 64))
	case 'f', 'F':
		return f.point(strconv.FormatFloat(x, 'f', precision, 64))
	case '%':
		return f.point(strconv.FormatFloat(x*100, 'f', precision, 64)) + "%"
	case 0:
		if precision < 0 {
			return f.point(string(appendFloat(nil, x)))
		}
		return general(x, max(precision, 1), f.alternate, true)
	}
	return general(x, max(precision, 1), f.alternate, false)
}

// point keeps a decimal point that stands for nothing, in the alternate form.
func (f *spec) point(s string) string {
	if !f.alternate || strings.Contains(s, ".") {
		return s
	}
	if i := strings.IndexByte(s, 'e'); i >= 0 {
		return s[:i] + "." + s[i:]
	}
	return s + "."
}

// general is %g. With shown there is always a digit behind the point, and one place less before the exponent is used.
func general(x float64, precision int, alternate, shown bool) string {
	text := strconv.FormatFloat(x, 'e', precision-1, 64)
	mark := strings.IndexByte(text, 'e')
	exponent, _ := strconv.Atoi(text[mark+1:])
	limit := precision
	if shown {
		limit--
	}
	if exponent < -4 || exponent >= limit {
		mantissa := text[:mark]
		if !alternate {
			mantissa = trimZeros(mantissa)
		} else if !strings.Contains(mantissa, ".") {
			mantissa += "."
		}
		return mantissa + text[mark:]
	}
	fixed := strconv.FormatFloat(x, 'f', max(precision-1-exponent, 0), 64)
	if alternate {
		if !strings.Contains(fixed, ".") {
			fixed += "."
		}
		return fixed
	}
	fixed = trimZeros(fixed)
	if shown && !strings.Contains(fixed, ".") {
		fixed += ".0"
	}
	return fixed
}

func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
