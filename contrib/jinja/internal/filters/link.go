package filters

import (
	"slices"
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A linker makes links of the addresses in a text.
type linker struct {
	attributes string // rel and target
	schemes    []string
	limit      any // of the text of a link, in characters; None is none
}

// urlize makes links of the addresses in a text, and escapes it.
func urlize(rt *value.Runtime, args []any) (any, error) {
	l, err := newLinker(rt, args)
	if err != nil {
		return nil, err
	}
	m, err := value.Escape(rt, args[0])
	if err != nil {
		return nil, err
	}
	s := m.Text
	if err := rt.Spend(4 * len(s)); err != nil {
		return nil, err
	}
	var b strings.Builder
	for s != "" {
		end := strings.IndexFunc(s, isSpace)
		if end < 0 {
			end = len(s)
		}
		before := b.Len()
		if err := l.write(&b, s[:end]); err != nil {
			return nil, err
		}
		if err := rt.Spend(b.Len() - before); err != nil {
			return nil, err
		}
		s = s[end:]
		if end = strings.IndexFunc(s, func(r rune) bool { return !isSpace(r) }); end < 0 {
			end = len(s)
		}
		b.WriteString(s[:end])
		s = s[end:]
	}
	if rt.Autoescape {
		return value.Markup{Text: b.String(), Language: value.HTML}, nil
	}
	return b.String(), nil
}

func newLinker(rt *value.Runtime, args []any) (linker, error) {
	l := linker{limit: args[1]}
	nofollow, err := value.Truth(args[2])
	if err != nil {
		return l, err
	}
	rel, err := relations(rt, args[4], nofollow)
	if err != nil {
		return l, err
	}
	target := args[3]
	if value.IsNone(target) {
		target = rt.Policies.URLizeTarget
	}
	for _, attribute := range []struct {
		name string
		v    any
	}{{"rel", rel}, {"target", target}} {
		if full, err := value.Truth(attribute.v); err != nil || !full {
			if err != nil {
				return l, err
			}
			continue
		}
		m, err := value.Escape(rt, attribute.v)
		if err != nil {
			return l, err
		}
		l.attributes += " " + attribute.name + `="` + m.Text + `"`
	}
	l.schemes, err = extraSchemes(rt, args[5])
	return l, err
}

// relations are the words of rel in their order, each once.
func relations(rt *value.Runtime, v any, nofollow bool) (string, error) {
	words := strings.Fields(rt.Policies.URLizeRel)
	if full, err := value.Truth(v); err != nil {
		return "", err
	} else if full {
		s, err := asText(v)
		if err != nil {
			return "", err
		}
		words = append(words, strings.FieldsFunc(s, isSpace)...)
	}
	if nofollow {
		words = append(words, "nofollow")
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " "), nil
}

func extraSchemes(rt *value.Runtime, v any) ([]string, error) {
	schemes := rt.Policies.URLizeExtraSchemes
	if !value.IsNone(v) {
		items, err := value.Items(rt, v)
		if err != nil {
			return nil, err
		}
		schemes = nil
		for _, item := range items {
			s, err := asText(item)
			if err != nil {
				return nil, err
			}
			schemes = append(schemes, s)
		}
	}
	for _, s := range schemes {
		if !isScheme(s) {
			return nil, fail("FilterArgumentError", "%s is not a valid URI scheme prefix.", quoted(rt, s))
		}
	}
	return schemes, nil
}

// write writes a word, as a link if it is an address between punctuation.
func (l linker) write(b *strings.Builder, word string) error {
	start, end := addressIn(word)
	b.WriteString(word[:start])
	err := l.writeAddress(b, word[start:end])
	b.WriteString(word[end:])
	return err
}

func (l linker) writeAddress(b *strings.Builder, s string) error {
	switch mail := strings.TrimPrefix(s, "mailto:"); {
	case !strings.ContainsAny(s, ".:@"):
		b.WriteString(s)
	case isWebAddress(s):
		href := s
		if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
			href = "https://" + s
		}
		text, err := l.shorten(s)
		link(b, href, l.attributes, text)
		return err
	case mail != s && isMailAddress(mail):
		link(b, s, "", mail)
	case isMail(s):
		link(b, "mailto:"+s, "", s)
	case slices.ContainsFunc(l.schemes, func(scheme string) bool { return s != scheme && strings.HasPrefix(s, scheme) }):
		link(b, s, l.attributes, s)
	default:
		b.WriteString(s)
	}
	return nil
}

func link(b *strings.Builder, href, attributes, text string) {
	b.WriteString(`<a href="` + href + `"` + attributes + `>` + text + `</a>`)
}

// isMail tells whether a word is an address of mail. One that begins with @ is none.
func isMail(s string) bool {
	return !strings.HasPrefix(s, "@") && !strings.HasPrefix(s, "www.") && !strings.Contains(s, ":") && isMailAddress(s)
}

func (l linker) shorten(s string) (string, error) {
	if value.IsNone(l.limit) {
		return s, nil
	}
	limit, err := asInt(l.limit)
	if err != nil {
		return "", err
	}
	if short := prefix(s, limit); len(short) < len(s) {
		return short + "...", nil
	}
	return s, nil
}

// addressIn is where in a word an address would be: without the opening brackets before it and the punctuation behind it, but for closing
// brackets whose opening ones are inside.
func addressIn(word string) (start, end int) {
	for start < len(word) {
		size := hasOne(word[start:], strings.HasPrefix, "(", "<", "&lt;")
		if size == 0 {
			break
		}
		start += size
	}
	for end = len(word); end > start; {
		size := hasOne(word[start:end], strings.HasSuffix, ")", ">", ".", ",", "&gt;")
		if size == 0 {
			break
		}
		end -= size
	}
	for _, pair := range [][2]string{{"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}} {
		opening := strings.Count(word[start:end], pair[0])
		if opening <= strings.Count(word[start:end], pair[1]) {
			continue
		}
		for range min(opening, strings.Count(word[end:], pair[1])) {
			end += strings.Index(word[end:], pair[1]) + len(pair[1])
		}
	}
	return start, end
}

// hasOne is the length of the first of texts with which s begins or ends, 0 without.
func hasOne(s string, has func(s, text string) bool, texts ...string) int {
	for _, text := range texts {
		if has(s, text) {
			return len(text)
		}
	}
	return 0
}

// urlencode encodes text for a path, or the pairs of a mapping or a list for a query.
func urlencode(rt *value.Runtime, args []any) (any, error) {
	v := args[0]
	if _, ok := value.AsString(v); ok {
		return urlQuote(rt, v, false)
	}
	if value.IsMapping(v) {
		pairs, err := pairsOf(rt, v)
		if err != nil {
			return nil, err
		}
		v = pairs
	}
	it, err := value.Iterate(rt, v)
	if isTypeError(err) {
		return urlQuote(rt, v, false)
	}
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for {
		pair, ok, err := it.Next()
		if err != nil {
			return nil, err
		}
		if !ok {
			return b.String(), nil
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		if err := writeQuery(rt, &b, pair); err != nil {
			return nil, err
		}
	}
}

func writeQuery(rt *value.Runtime, b *strings.Builder, pair any) error {
	items, err := value.Items(rt, pair)
	if err != nil {
		return err
	}
	if len(items) < 2 {
		return fail("ValueError", "not enough values to unpack (expected 2, got %d)", len(items))
	}
	if len(items) > 2 {
		return fail("ValueError", "too many values to unpack (expected 2)")
	}
	for i, item := range items {
		s, err := urlQuote(rt, item, true)
		if err != nil {
			return err
		}
		b.WriteString(s)
		if i == 0 {
			b.WriteByte('=')
		}
	}
	return nil
}

// urlQuote encodes str(v) for a path, where slashes stay, or for a query.
func urlQuote(rt *value.Runtime, v any, query bool) (string, error) {
	s, ok := "", false
	if raw, isBytes := v.([]byte); isBytes {
		s = string(raw)
	} else if s, ok = value.AsString(v); !ok {
		var err error
		if s, err = value.Str(rt, v); err != nil {
			return "", err
		}
	}
	if err := rt.Spend(3 * len(s)); err != nil {
		return "", err
	}
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		switch c := s[i]; {
		case isUnreserved(c), c == '/' && !query:
			b = append(b, c)
		case c == ' ' && query:
			b = append(b, '+')
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(b), nil
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("_.-~", c) >= 0
}
