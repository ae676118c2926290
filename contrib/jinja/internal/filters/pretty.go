package filters

import (
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// prettyWidth is how wide a line of pprint may be.
const prettyWidth = 80

// A pretty writes a value as Python's pprint does: on one line where it fits, or else an item on each line.
type pretty struct {
	rt    *value.Runtime
	b     strings.Builder
	above map[any]bool
	depth int
}

// pprint is pprint.pformat(value).
func pprint(rt *value.Runtime, args []any) (any, error) {
	p := pretty{rt: rt, above: map[any]bool{}}
	err := p.value(args[0], 0, 0)
	return p.b.String(), err
}

// value writes v from column indent on. Allowance is how much will stand behind it on its last line.
func (p *pretty) value(v any, indent, allowance int) error {
	if s := p.recursion(v); s != "" {
		return p.write(s)
	}
	one, err := p.line(v)
	if err != nil {
		return err
	}
	if utf8.RuneCountInString(one) <= prettyWidth-indent-allowance {
		return p.write(one)
	}
	switch kind := kindOf(v); kind {
	case aDict:
		return p.dict(v, indent, allowance)
	case aList:
		return p.items(v, "[", "]", indent, allowance)
	case aTuple:
		return p.items(v, "(", ")", indent, allowance)
	case aString:
		return p.string(v.(string), indent, allowance)
	case aBytes:
		return p.bytes(v.([]byte), indent, allowance)
	}
	return p.write(one)
}

func (p *pretty) write(s string) error {
	p.b.WriteString(s)
	return p.rt.Spend(len(s))
}

// newLine ends a line, and begins the next at column indent.
func (p *pretty) newLine(separator string, indent int) error {
	return p.write(separator + "\n" + strings.Repeat(" ", indent))
}

type kind int

const (
	other kind = iota
	aDict
	aList
	aTuple
	aString
	aBytes
)

func kindOf(v any) kind {
	switch v.(type) {
	case *value.Dict:
		return aDict
	case *value.List:
		return aList
	case value.Tuple:
		return aTuple
	case string:
		return aString
	case []byte:
		return aBytes
	case value.Markup, value.NamedTuple, value.Object:
		return other
	}
	switch {
	case value.IsMapping(v):
		return aDict
	case reflect.ValueOf(v).Kind() == reflect.Slice:
		return aList
	}
	return other
}

// enter does what is to be done inside v, unless that is going on already or lies too deep.
func (p *pretty) enter(v any, do func() error) error {
	if p.depth >= maxNesting {
		return fail("RecursionError", "maximum recursion depth exceeded")
	}
	p.depth++
	defer func() { p.depth-- }()
	if id := identity(v); id != nil {
		p.above[id] = true
		defer delete(p.above, id)
	}
	return do()
}

// recursion is what stands for v inside itself, "" where it is not. Python names its place in memory too.
func (p *pretty) recursion(v any) string {
	if id := identity(v); id != nil && p.above[id] {
		return "<Recursion on " + value.TypeName(v) + ">"
	}
	return ""
}

// line is v on one line: its repr, but for dicts, which are sorted.
func (p *pretty) line(v any) (string, error) {
	if s := p.recursion(v); s != "" {
		return s, nil
	}
	switch kindOf(v) {
	case aDict:
		pairs, err := p.pairs(v)
		if err != nil {
			return "", err
		}
		parts, err := p.lines(v, pairs.Items, p.pair)
		return "{" + strings.Join(parts, ", ") + "}", err
	case aList:
		items, err := value.Items(p.rt, v)
		if err != nil {
			return "", err
		}
		parts, err := p.lines(v, items, p.line)
		return "[" + strings.Join(parts, ", ") + "]", err
	case aTuple:
		parts, err := p.lines(v, v.(value.Tuple), p.line)
		if len(parts) == 1 {
			return "(" + parts[0] + ",)", err
		}
		return "(" + strings.Join(parts, ", ") + ")", err
	}
	s, err := value.Repr(p.rt, v)
	if err != nil {
		return "", err
	}
	return s, p.rt.Spend(len(s))
}

func (p *pretty) pair(v any) (string, error) {
	key, err := p.line(v.(value.Tuple)[0])
	if err != nil {
		return "", err
	}
	item, err := p.line(v.(value.Tuple)[1])
	return key + ": " + item, err
}

func (p *pretty) lines(v any, items []any, line func(any) (string, error)) ([]string, error) {
	parts := make([]string, 0, len(items))
	return parts, p.enter(v, func() error {
		for _, item := range items {
			s, err := line(item)
			if err != nil {
				return err
			}
			if err := p.rt.Spend(len(s)); err != nil {
				return err
			}
			parts = append(parts, s)
		}
		return nil
	})
}

// pairs are the pairs of a dict in the order of their keys; keys that do not compare are in that of their types' names.
func (p *pretty) pairs(v any) (*value.List, error) {
	pairs, err := pairsOf(p.rt, v)
	if err != nil {
		return nil, err
	}
	list, err := keysOf(p.rt, pairs, []path{{keys: []any{0}}})
	if err != nil {
		return nil, err
	}
	err = sortKeyed(p.rt, list, false, func(x, y []any) (bool, error) {
		less, err := value.Compare(p.rt, "<", x[0], y[0])
		if isTypeError(err) {
			return value.TypeName(x[0]) < value.TypeName(y[0]), nil
		}
		return less, err
	})
	return itemsOf(list), err
}

func (p *pretty) dict(v any, indent, allowance int) error {
	pairs, err := p.pairs(v)
	if err != nil {
		return err
	}
	return p.enter(v, func() error {
		if err := p.write("{"); err != nil {
			return err
		}
		for i, pair := range pairs.Items {
			key, err := p.line(pair.(value.Tuple)[0])
			if err != nil {
				return err
			}
			if i > 0 {
				if err := p.newLine(",", indent+1); err != nil {
					return err
				}
			}
			if err := p.write(key + ": "); err != nil {
				return err
			}
			behind := 1
			if i == len(pairs.Items)-1 {
				behind = allowance + 1
			}
			if err := p.value(pair.(value.Tuple)[1], indent+1+utf8.RuneCountInString(key)+2, behind); err != nil {
				return err
			}
		}
		return p.write("}")
	})
}

func (p *pretty) items(v any, opening, closing string, indent, allowance int) error {
	items, err := value.Items(p.rt, v)
	if err != nil {
		return err
	}
	if opening == "(" && len(items) == 1 {
		closing = ",)"
	}
	return p.enter(v, func() error {
		if err := p.write(opening); err != nil {
			return err
		}
		for i, item := range items {
			if i > 0 {
				if err := p.newLine(",", indent+1); err != nil {
					return err
				}
			}
			behind := 1
			if i == len(items)-1 {
				behind = allowance + len(closing)
			}
			if err := p.value(item, indent+1, behind); err != nil {
				return err
			}
		}
		return p.write(closing)
	})
}

// string writes text as several literals: one for each of its lines, and more where a line is too long for one. At the top they stand in
// brackets.
func (p *pretty) string(s string, indent, allowance int) error {
	top := p.depth == 0
	if top {
		indent++
		allowance++
	}
	literals, err := p.literals(s, prettyWidth-indent, allowance)
	if err != nil {
		return err
	}
	if len(literals) == 1 {
		return p.write(literals[0])
	}
	text := strings.Join(literals, "\n"+strings.Repeat(" ", indent))
	if top {
		text = "(" + text + ")"
	}
	return p.write(text)
}

func (p *pretty) literals(s string, width, allowance int) ([]string, error) {
	var literals []string
	lines := value.SplitLines(s, true)
	for i, line := range lines {
		last := 0
		if i == len(lines)-1 {
			last = allowance
		}
		whole, err := value.Repr(p.rt, line)
		if err != nil {
			return nil, err
		}
		if utf8.RuneCountInString(whole) <= width-last {
			literals = append(literals, whole)
			continue
		}
		pieces, err := p.pieces(words(line), width, last)
		if err != nil {
			return nil, err
		}
		literals = append(literals, pieces...)
	}
	return literals, nil
}

// pieces puts as many words in a literal as fit.
func (p *pretty) pieces(words []string, width, last int) ([]string, error) {
	var literals []string
	current, now := "", ""
	for i, word := range words {
		if i == len(words)-1 {
			width -= last
		}
		next, err := value.Repr(p.rt, current+word)
		if err != nil {
			return nil, err
		}
		if err := p.rt.Spend(len(next)); err != nil {
			return nil, err
		}
		if utf8.RuneCountInString(next) <= width {
			current, now = current+word, next
			continue
		}
		if current != "" {
			literals = append(literals, now)
		}
		current = word
		if now, err = value.Repr(p.rt, word); err != nil {
			return nil, err
		}
	}
	if current != "" {
		literals = append(literals, now)
	}
	return literals, nil
}

// words are runs of what is not white, each with the white space behind it.
func words(s string) []string {
	var words []string
	start, white := 0, false
	for i, r := range s {
		if white && !isSpace(r) {
			words = append(words, s[start:i])
			start = i
		}
		white = isSpace(r)
	}
	return append(words, s[start:])
}

// bytes writes so many bytes on each line that a multiple of four fits.
func (p *pretty) bytes(raw []byte, indent, allowance int) error {
	top := p.depth == 0
	if len(raw) <= 4 {
		s, err := value.Repr(p.rt, raw)
		if err != nil {
			return err
		}
		return p.write(s)
	}
	if top {
		indent++
		allowance++
	}
	literals, err := p.byteLiterals(raw, prettyWidth-indent, allowance)
	if err != nil {
		return err
	}
	text := strings.Join(literals, "\n"+strings.Repeat(" ", indent))
	if top {
		text = "(" + text + ")"
	}
	return p.write(text)
}

func (p *pretty) byteLiterals(raw []byte, width, allowance int) ([]string, error) {
	var literals []string
	var current []byte
	now := ""
	last := len(raw) / 4 * 4
	for i := 0; i < len(raw); i += 4 {
		part := raw[i:min(i+4, len(raw))]
		if i == last {
			width -= allowance
		}
		next, err := value.Repr(p.rt, append(current[:len(current):len(current)], part...))
		if err != nil {
			return nil, err
		}
		if err := p.rt.Spend(len(next)); err != nil {
			return nil, err
		}
		if len(next) <= width {
			current, now = append(current, part...), next
			continue
		}
		if len(current) > 0 {
			literals = append(literals, now)
		}
		current = part
		if now, err = value.Repr(p.rt, part); err != nil {
			return nil, err
		}
	}
	if len(current) > 0 {
		literals = append(literals, now)
	}
	return literals, nil
}
