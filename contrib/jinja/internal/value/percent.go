package value

import (
	"math"
	"math/big"
	"strings"
	"unicode/utf8"
)

// percent is format % args. Of Markup it is Markup, and the texts that it takes in are escaped.
func percent(rt *Runtime, format Markup, args any, safe bool) (any, error) {
	p := percentFormat{rt: rt, format: format.Text, safe: safe, blend: blendOf(format), args: []any{args}, whole: args}
	if isTuple(args) {
		p.args, p.isTuple = sequence(args), true
	}
	b, err := p.run()
	if err != nil {
		return nil, err
	}
	if safe {
		return Markup{Text: string(b), Language: p.blend.lang}, nil
	}
	return string(b), nil
}

// A percentFormat is one formatting with %.
type percentFormat struct {
	rt      *Runtime
	format  string
	pos     int
	safe    bool
	blend   blend
	args    []any
	whole   any // what stands behind %
	isTuple bool
	next    int
	named   bool
}

func (p *percentFormat) run() ([]byte, error) {
	var b []byte
	for {
		i := strings.IndexByte(p.format[p.pos:], '%')
		if i < 0 {
			b = append(b, p.format[p.pos:]...)
			return b, p.finish(len(b))
		}
		b = append(b, p.format[p.pos:p.pos+i]...)
		p.pos += i + 1
		if p.peek() == '%' {
			b = append(b, '%')
			p.pos++
			continue
		}
		piece, err := p.directive()
		if err != nil {
			return nil, err
		}
		if err := spend(p.rt, len(piece)); err != nil {
			return nil, err
		}
		b = append(b, piece...)
	}
}

// finish checks that all arguments were used, unless what was given could be a mapping.
func (p *percentFormat) finish(size int) error {
	mapping := !p.isTuple && (IsMapping(p.whole) || isList(canon(p.whole)))
	switch canon(p.whole).(type) {
	case Range, []byte:
		mapping = true
	case *Undefined:
		mapping = true
	}
	if p.next < len(p.args) && !p.named && !mapping {
		return typeErrorf("not all arguments converted during string formatting")
	}
	return spend(p.rt, size)
}

// directive does what stands behind a %.
func (p *percentFormat) directive() (string, error) {
	var f spec
	f.precision = -1
	f.fill = ' '
	arg, err := p.key()
	if err != nil {
		return "", err
	}
	p.flags(&f)
	if f.width, err = p.number(math.MaxInt64); err != nil {
		return "", err
	}
	if f.width < 0 {
		f.align, f.width = '<', -f.width
	}
	if p.peek() == '.' {
		p.pos++
		if f.precision, err = p.number(math.MaxInt32); err != nil {
			return "", err
		}
		f.precision = max(f.precision, 0)
	}
	if strings.IndexByte("hlL", p.peek()) >= 0 && p.peek() != 0 {
		p.pos++
	}
	if p.pos >= len(p.format) {
		return "", valueErrorf("incomplete format")
	}
	verb, size := utf8.DecodeRuneInString(p.format[p.pos:])
	p.pos += size
	return p.convert(&f, verb, arg)
}

func (p *percentFormat) peek() byte {
	if p.pos < len(p.format) {
		return p.format[p.pos]
	}
	return 0
}

// key reads (name) and finds its value; what it returns is a pointer to it, nil without a name.
func (p *percentFormat) key() (*any, error) {
	if p.peek() != '(' {
		return nil, nil
	}
	depth, start := 1, p.pos+1
	for p.pos++; p.pos < len(p.format); p.pos++ {
		switch p.format[p.pos] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			break
		}
	}
	if depth > 0 {
		return nil, valueErrorf("incomplete format key")
	}
	name := p.format[start:p.pos]
	p.pos++
	p.named = true
	return p.find(name)
}

func (p *percentFormat) find(name string) (*any, error) {
	if err := undefinedIn(p.whole); err != nil {
		return nil, err
	}
	if p.isTuple || !IsMapping(p.whole) {
		return nil, typeErrorf("format requires a mapping")
	}
	v, ok, err := lookup(canon(p.whole), name)
	if err == nil && !ok {
		err = keyError(p.rt, name)
	}
	return &v, err
}

func (p *percentFormat) flags(f *spec) {
	for ; ; p.pos++ {
		switch p.peek() {
		case '-':
			f.align = '<'
		case '+':
			f.sign = '+'
		case ' ':
			if f.sign == 0 {
				f.sign = ' '
			}
		case '#':
			f.alternate = true
		case '0':
			f.zero = true
		default:
			return
		}
	}
}

// number reads a width or precision: digits, or * for the next argument, which is at most so large.
func (p *percentFormat) number(most int64) (int, error) {
	if p.peek() == '*' {
		p.pos++
		v, err := p.argument()
		if err != nil {
			return 0, err
		}
		n, ok := asBig(canon(v))
		switch {
		case !ok:
			return 0, typeErrorf("* wants int")
		case !n.IsInt64() || n.Int64() > most || n.Int64() < -most-1:
			return 0, failf("OverflowError", "Python int too large to convert to C int")
		}
		return max(int(n.Int64()), -math.MaxInt), nil
	}
	n := int64(0)
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		n = n*10 + int64(c-'0')
		if n > 1<<31 {
			return 0, valueErrorf("width too big")
		}
		p.pos++
	}
	return int(min(n, math.MaxInt)), nil
}

func (p *percentFormat) argument() (any, error) {
	if p.next >= len(p.args) {
		return nil, typeErrorf("not enough arguments for format string")
	}
	p.next++
	return p.args[p.next-1], nil
}

func (p *percentFormat) convert(f *spec, verb rune, arg *any) (string, error) {
	if arg == nil {
		v, err := p.argument()
		if err != nil {
			return "", err
		}
		arg = &v
	}
	if p.safe && strings.ContainsRune("xXoc", verb) { // markupsafe's wrapper is no integer
		return "", typeErrorf("%%%c format: an integer is required, not _MarkupEscapeHelper", verb)
	}
	switch verb {
	case 's', 'r', 'a':
		s, err := p.text(verb, *arg)
		if err != nil {
			return "", err
		}
		f.zero = false
		return f.text(p.rt, s, '>')
	case 'c':
		s, err := character(*arg)
		if err != nil {
			return "", err
		}
		f.precision, f.zero = -1, false
		return f.text(p.rt, s, '>')
	case 'd', 'i', 'u', 'o', 'x', 'X':
		return p.integer(f, byte(verb), *arg)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		return p.float(f, byte(verb), *arg)
	}
	return "", p.badVerb(verb)
}

func (p *percentFormat) badVerb(verb rune) error {
	return valueErrorf("unsupported format character '%c' (0x%x) at index %d", verb, verb,
		utf8.RuneCountInString(p.format[:p.pos])-1)
}

// text is an argument as %s, %r and %a show it.
func (p *percentFormat) text(verb rune, v any) (string, error) {
	show := Repr
	if verb == 's' {
		show = Str
	}
	if m, ok := AsMarkup(v); ok && p.safe && verb == 's' {
		p.blend.add(m)
		return m.Text, nil
	}
	s, err := show(p.rt, v)
	if verb == 'a' {
		s = asciiOnly(s)
	}
	if p.safe && err == nil {
		if !isNumber(canon(v)) {
			p.blend.add(Markup{Text: escapeText(s), Language: HTML})
		}
		s = escapeText(s)
	}
	return s, err
}

func asciiOnly(s string) string {
	var b []byte
	for _, c := range s {
		if c < utf8.RuneSelf {
			b = append(b, byte(c))
		} else {
			b = appendBackslashed(b, c)
		}
	}
	return string(b)
}

func character(v any) (string, error) {
	if s, ok := AsString(v); ok && utf8.RuneCountInString(s) == 1 {
		return s, nil
	}
	if n, ok := asBig(canon(v)); ok {
		if !n.IsUint64() || n.Uint64() > utf8.MaxRune {
			return "", failf("OverflowError", "%%c arg not in range(0x110000)")
		}
		return string(rune(n.Uint64())), nil
	}
	if err := undefinedIn(v); err != nil {
		return "", err
	}
	return "", typeErrorf("%%c requires int or char")
}

func (p *percentFormat) integer(f *spec, verb byte, v any) (string, error) {
	c := canon(v)
	if err := undefinedIn(c); err != nil {
		return "", err
	}
	decimal := strings.IndexByte("diu", verb) >= 0
	if s, ok := AsString(c); ok && p.safe && decimal {
		n, ok := ParseInt(s, 10)
		if !ok {
			return "", valueErrorf("invalid literal for int() with base 10: %s", quote(s))
		}
		c = n
	}
	if x, ok := c.(float64); ok && decimal {
		whole, err := wholeFloat(x)
		if err != nil {
			return "", err
		}
		c = whole
	}
	n, ok := asBig(c)
	if !ok {
		need := "an integer"
		if decimal {
			need = "a real number"
		}
		return "", typeErrorf("%%%c format: %s is required, not %s", verb, need, TypeName(v))
	}
	f.verb = verb
	if decimal {
		f.verb = 'd'
	}
	return p.digits(f, n)
}

// digits writes an integer; a precision is how many digits there are at least.
func (p *percentFormat) digits(f *spec, n *big.Int) (string, error) {
	least := f.precision
	f.precision = -1
	if err := spend(p.rt, max(least, 0)+words(n)*20); err != nil {
		return "", err
	}
	sign, prefix, digits, err := f.integerParts(n)
	if err != nil {
		return "", err
	}
	if missing := least - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	return f.number(p.rt, sign+prefix, digits, "")
}

func (p *percentFormat) float(f *spec, verb byte, v any) (string, error) {
	if err := undefinedIn(v); err != nil {
		return "", err
	}
	x, ok := AsFloat(v)
	if s, isText := AsString(v); isText && p.safe {
		if x, ok = ParseFloat(s); !ok {
			return "", valueErrorf("could not convert string to float: %s", quote(s))
		}
	}
	if !ok {
		if _, isInt := asBig(canon(v)); isInt {
			return "", failf("OverflowError", "int too large to convert to float")
		}
		return "", typeErrorf("must be real number, not %s", TypeName(v))
	}
	f.verb = verb
	if f.precision < 0 {
		f.precision = 6
	}
	return f.float(p.rt, x)
}
