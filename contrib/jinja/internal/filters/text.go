package filters

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// method is a filter that is a method of str without arguments.
func method(name string) call {
	return func(rt *value.Runtime, args []any) (any, error) { return softCall(rt, args[0], name) }
}

// softCall calls a method of str on v, which becomes text.
func softCall(rt *value.Runtime, v any, name string, args ...any) (any, error) {
	s, err := soft(rt, v)
	if err != nil {
		return nil, err
	}
	return value.CallMethod(rt, s, name, value.Args{Positional: args})
}

// lower is s.lower().
func lower(rt *value.Runtime, s string) (string, error) {
	if isASCII(s) {
		return strings.ToLower(s), nil
	}
	return plainCall(rt, s, "lower")
}

// upper is s.upper().
func upper(rt *value.Runtime, s string) (string, error) {
	if isASCII(s) {
		return strings.ToUpper(s), nil
	}
	return plainCall(rt, s, "upper")
}

func plainCall(rt *value.Runtime, s, name string) (string, error) {
	v, err := value.CallMethod(rt, s, name, value.Args{})
	if err != nil {
		return "", err
	}
	return asText(v)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isSpace is what str.isspace and \s take for white.
func isSpace(r rune) bool { return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f }

// isWord is what \w takes.
func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// center is text in the middle of a field.
func center(rt *value.Runtime, args []any) (any, error) {
	s, err := soft(rt, args[0])
	if err != nil {
		return nil, err
	}
	width, err := asInt(args[1])
	if err != nil {
		return nil, err
	}
	if err := rt.Spend(max(width, 0)); err != nil {
		return nil, err
	}
	return softCall(rt, s, "center", width)
}

func trim(rt *value.Runtime, args []any) (any, error) { return softCall(rt, args[0], "strip", args[1]) }

// title makes the first letter of each word large and the others small, where words end at white space, hyphens and opening brackets.
func title(rt *value.Runtime, args []any) (any, error) {
	s, _, err := html(rt, args[0])
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for s != "" {
		end := strings.IndexFunc(s, isSeparator)
		if end < 0 {
			end = len(s)
		}
		if err := writeTitle(rt, &b, s[:end]); err != nil {
			return nil, err
		}
		s = s[end:]
		end = strings.IndexFunc(s, func(r rune) bool { return !isSeparator(r) })
		if end < 0 {
			end = len(s)
		}
		b.WriteString(s[:end])
		s = s[end:]
	}
	return b.String(), nil
}

func isSeparator(r rune) bool { return isSpace(r) || strings.ContainsRune("-({[<", r) }

func writeTitle(rt *value.Runtime, b *strings.Builder, word string) error {
	_, size := utf8.DecodeRuneInString(word)
	large, err := upper(rt, word[:size])
	if err != nil {
		return err
	}
	small, err := lower(rt, word[size:])
	b.WriteString(large)
	b.WriteString(small)
	return err
}

// replace replaces text. With autoescaping what is not safe is escaped as soon as anything is.
func replace(rt *value.Runtime, args []any) (any, error) {
	count := args[3]
	if value.IsNone(count) {
		count = -1
	}
	if !rt.Autoescape {
		var texts [3]string
		for i := range texts {
			var err error
			if texts[i], err = text(rt, args[i]); err != nil {
				return nil, err
			}
		}
		return value.CallMethod(rt, texts[0], "replace", value.Args{Positional: []any{texts[1], texts[2], count}})
	}
	s, err := soft(rt, args[0])
	if err != nil {
		return nil, err
	}
	old, err := soft(rt, args[1])
	if err != nil {
		return nil, err
	}
	by, err := soft(rt, args[2])
	if err != nil {
		return nil, err
	}
	if isMarkup(old) || isMarkup(by) {
		if s, err = value.Escape(rt, s); err != nil {
			return nil, err
		}
	}
	return value.CallMethod(rt, s, "replace", value.Args{Positional: []any{old, by, count}})
}

func isMarkup(v any) bool {
	_, ok := value.AsMarkup(v)
	return ok
}

// truncate cuts text to a length that includes the end put behind it, at a word unless killwords. Text that is too long by no more than leeway stays.
func truncate(rt *value.Runtime, args []any) (any, error) {
	v, end := args[0], args[3]
	tail, err := value.Len(rt, end)
	if err != nil {
		return nil, err
	}
	leeway := args[4]
	if value.IsNone(leeway) {
		leeway = rt.Policies.TruncateLeeway
	}
	if short, err := value.Compare(rt, "<", args[1], tail); err != nil || short {
		return nil, orElse(err, fail("AssertionError", "expected length >= %d, got %s", tail, quoted(rt, args[1])))
	}
	if negative, err := value.Compare(rt, "<", leeway, 0); err != nil || negative {
		return nil, orElse(err, fail("AssertionError", "expected leeway >= 0, got %s", quoted(rt, leeway)))
	}
	have, err := value.Len(rt, v)
	if err != nil {
		return nil, err
	}
	most, err := value.Binary(rt, "+", args[1], leeway)
	if err != nil {
		return nil, err
	}
	if fits, err := value.Compare(rt, "<=", have, most); err != nil || fits {
		return v, err
	}
	n, err := asInt(args[1])
	if err != nil {
		return nil, err
	}
	s, err := asText(v)
	if err != nil {
		return nil, err
	}
	s = prefix(s, n-tail)
	killwords, err := value.Truth(args[2])
	if err != nil {
		return nil, err
	}
	if at := strings.LastIndexByte(s, ' '); at >= 0 && !killwords {
		s = s[:at]
	}
	return value.Binary(rt, "+", cut(v, s), end)
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// prefix is s[:n] by characters; a negative n counts from the end.
func prefix(s string, n int) string {
	if n < 0 {
		n = max(utf8.RuneCountInString(s)+n, 0)
	}
	if n >= len(s) {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// wordcount counts runs of letters, digits and underscores.
func wordcount(rt *value.Runtime, args []any) (any, error) {
	s, _, err := html(rt, args[0])
	if err != nil {
		return nil, err
	}
	count, inside := 0, false
	for _, r := range s {
		word := isWord(r)
		if word && !inside {
			count++
		}
		inside = word
	}
	return count, nil
}

// format is the operator %, with a tuple or a dict.
func format(rt *value.Runtime, args []any) (any, error) {
	positional, _ := args[1].(value.Tuple)
	named, _ := args[2].(*value.Dict)
	byName := named != nil && named.Len() > 0
	if byName && len(positional) > 0 {
		return nil, fail("FilterArgumentError", "can't handle positional and keyword arguments at the same time")
	}
	s, err := soft(rt, args[0])
	if err != nil {
		return nil, err
	}
	if byName {
		return value.Binary(rt, "%", s, named)
	}
	return value.Binary(rt, "%", s, positional)
}

// indent puts an indention before each line but the first and the blank ones.
func indent(rt *value.Runtime, args []any) (any, error) {
	v := args[0]
	s, err := asText(v)
	if err != nil {
		return nil, err
	}
	first, blank, err := truths(args[2], args[3])
	if err != nil {
		return nil, err
	}
	indention, err := indention(rt, args[1])
	if err != nil {
		return nil, err
	}
	lines := value.SplitLines(s+"\n", false)
	if err := rt.Spend(len(s) + len(lines)*len(indention)); err != nil {
		return nil, err
	}
	// A safe indention of text that is not safe makes safe text where Python's operators do: where a join begins with it.
	escaped := isMarkup(args[1]) && !isMarkup(v)
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
			if blank || line != "" {
				b.WriteString(indention)
			}
		}
		if escaped && (i > 0 || blank) {
			line = string(value.AppendEscaped(nil, line))
		}
		b.WriteString(line)
	}
	return indented(rt, v, b.String(), indention, first, blank, escaped)
}

// indented puts the indention before the first line where it is wanted, and makes the text safe where Jinja does.
func indented(rt *value.Runtime, v any, s, indention string, first, blank, escaped bool) (any, error) {
	if escaped && first && !blank {
		s = string(value.AppendEscaped(nil, s))
	}
	if first {
		s = indention + s
	}
	m, safe := value.AsMarkup(v)
	switch {
	case escaped && (first || blank):
		m.Language = value.HTML
	case !safe:
		return s, nil
	case strings.Trim(indention, " ") == "":
		return value.Markup{Text: s, Language: m.Language}, nil
	}
	// What the text is safe for with the indention in it is what value makes of two texts together.
	both, err := value.Concat(rt, []any{value.Markup{Text: s, Language: m.Language}, value.Markup{Text: "\n", Language: value.HTML}})
	if err != nil {
		return nil, err
	}
	m, _ = value.AsMarkup(both)
	return value.Markup{Text: s, Language: m.Language}, nil
}
