package value

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A textMethod does what a method of str does, for its text.
type textMethod func(rt *Runtime, s string, a []any) (any, error)

// asks is a method that tells something of a text: what it returns is no Markup.
func asks(name, params string, do textMethod) *method {
	return def(name, params, func(rt *Runtime, self any, a []any) (any, error) {
		s, _ := AsString(self)
		if err := spend(rt, len(s)/16); err != nil {
			return nil, err
		}
		return do(rt, s, a)
	})
}

// makes is a method that makes texts of a text: of Markup it makes Markup.
func makes(name, params string, do textMethod) *method {
	return def(name, params, func(rt *Runtime, self any, a []any) (any, error) {
		s, _ := AsString(self)
		if err := spend(rt, len(s)/16); err != nil {
			return nil, err
		}
		v, err := do(rt, s, a)
		if m, safe := self.(Markup); safe {
			v = wrapTexts(v, sliced(m.Language))
		}
		return v, err
	})
}

// adds is a method that puts its second argument into a text: into Markup it puts it escaped.
func adds(name, params string, do textMethod) *method {
	return def(name, params, func(rt *Runtime, self any, a []any) (any, error) {
		s, _ := AsString(self)
		m, safe := self.(Markup)
		if !safe {
			return do(rt, s, a)
		}
		added, err := Escape(rt, a[1])
		if err != nil {
			return nil, err
		}
		a = slices.Clone(a)
		a[1] = added.Text
		v, err := do(rt, s, a)
		return wrapTexts(v, joined(Markup{Text: m.Text, Language: sliced(m.Language)}, added)), err
	})
}

// wrapTexts makes Markup of a text, or of the texts in a list or tuple.
func wrapTexts(v any, l Language) any {
	switch v := v.(type) {
	case string:
		return Markup{Text: v, Language: l}
	case *List:
		for i := range v.Items {
			v.Items[i] = wrapTexts(v.Items[i], l)
		}
	case Tuple:
		for i := range v {
			v[i] = wrapTexts(v[i], l)
		}
	}
	return v
}

// textMethods are those of str and Markup.
func textMethods() methods {
	return newMethods(
		makes("strip", "chars=None", stripped("strip", strings.TrimFunc)),
		makes("lstrip", "chars=None", stripped("lstrip", strings.TrimLeftFunc)),
		makes("rstrip", "chars=None", stripped("rstrip", strings.TrimRightFunc)),
		adds("replace", "old, new, count=-1", replaceText),
		makes("removeprefix", "prefix", func(_ *Runtime, s string, a []any) (any, error) {
			p, err := wantText("removeprefix() argument", a[0])
			return strings.TrimPrefix(s, p), err
		}),
		makes("removesuffix", "suffix", func(_ *Runtime, s string, a []any) (any, error) {
			p, err := wantText("removesuffix() argument", a[0])
			return strings.TrimSuffix(s, p), err
		}),
		adds("ljust", "width, fillchar=' '", padded("ljust", func(pad, _ int) int { return 0 })),
		adds("rjust", "width, fillchar=' '", padded("rjust", func(pad, _ int) int { return pad })),
		adds("center", "width, fillchar=' '", padded("center", func(pad, width int) int { return pad/2 + pad&width&1 })),
		makes("zfill", "width", zeroFill),
		makes("expandtabs", "tabsize=8", expandTabs),
		def("translate", "table", func(rt *Runtime, self any, a []any) (any, error) {
			m, safe := self.(Markup)
			if safe {
				return translateMarkup(rt, m, a[0])
			}
			s, err := translate(rt, self.(string), a[0], func(s string) string { return s })
			return s, err
		}),
		asks("maketrans", "x, y=None, z=None", makeTranslation),
		asks("encode", "encoding='utf-8', errors='strict'", encodeText),
		def("join", "iterable", joinTexts),
		def("format", "*args, **kwargs", func(rt *Runtime, self any, a []any) (any, error) {
			return formatText(rt, self, a[0].(Tuple), a[1])
		}),
		def("format_map", "mapping", func(rt *Runtime, self any, a []any) (any, error) { return formatText(rt, self, nil, a[0]) }),
	).with(caseMethods()).with(splitMethods()).with(findMethods()).with(kindMethods()).with(markupMethods())
}

// markupMethods are those that only Markup has in Python.
func markupMethods() methods {
	onMarkup := func(name string, do func(rt *Runtime, m Markup) (any, error)) *method {
		return def(name, "", func(rt *Runtime, self any, _ []any) (any, error) {
			m, ok := self.(Markup)
			if !ok {
				return nil, failf("AttributeError", "'str' object has no attribute '%s'", name)
			}
			return do(rt, m)
		})
	}
	return newMethods(
		onMarkup("unescape", func(rt *Runtime, m Markup) (any, error) { return Unescape(m.Text), spend(rt, len(m.Text)) }),
		onMarkup("striptags", func(rt *Runtime, m Markup) (any, error) { return StripTags(m.Text), spend(rt, len(m.Text)) }),
	)
}

// wantText is v as a text, or the error that who must be one.
func wantText(who string, v any) (string, error) {
	if s, ok := AsString(v); ok {
		return s, nil
	}
	if err := undefinedIn(v); err != nil {
		return "", err
	}
	return "", typeErrorf("%s must be str, not %s", who, TypeName(v))
}

func stripped(name string, trim func(string, func(rune) bool) string) textMethod {
	return func(_ *Runtime, s string, a []any) (any, error) {
		if a[0] == nil {
			return trim(s, isSpace), nil
		}
		chars, err := wantText(name+" arg", a[0])
		if isKind(err, "TypeError") {
			return nil, typeErrorf("%s arg must be None or str", name)
		}
		return trim(s, func(c rune) bool { return strings.ContainsRune(chars, c) }), err
	}
}

// isSpace is str.isspace of one character.
func isSpace(c rune) bool { return unicode.IsSpace(c) || c >= 0x1c && c <= 0x1f }

func replaceText(rt *Runtime, s string, a []any) (any, error) {
	if err := spend(rt, len(s)/16); err != nil {
		return nil, err
	}
	from, err := wantText("replace() argument 1", a[0])
	if err != nil {
		return nil, err
	}
	to, err := wantText("replace() argument 2", a[1])
	if err != nil {
		return nil, err
	}
	count, err := index(a[2])
	if err != nil {
		return nil, err
	}
	n := strings.Count(s, from)
	if count >= 0 {
		n = min(n, count)
	}
	if err := spendProduct(rt, len(to), n); err != nil {
		return nil, err
	}
	return strings.Replace(s, from, to, n), nil
}

// padded fills a text up to a width; before says how much of it stands in front.
func padded(name string, before func(pad, width int) int) textMethod {
	return func(rt *Runtime, s string, a []any) (any, error) {
		width, err := index(a[0])
		if err != nil {
			return nil, err
		}
		fill, ok := AsString(a[1])
		if !ok {
			return nil, typeErrorf("The fill character must be a unicode character, not %s", TypeName(a[1]))
		}
		if utf8.RuneCountInString(fill) != 1 {
			return nil, typeErrorf("The fill character must be exactly one character long")
		}
		pad := width - utf8.RuneCountInString(s)
		if pad <= 0 {
			return s, nil
		}
		if err := spendProduct(rt, len(fill), pad); err != nil {
			return nil, err
		}
		left := before(pad, width)
		return strings.Repeat(fill, left) + s + strings.Repeat(fill, pad-left), nil
	}
}

func zeroFill(rt *Runtime, s string, a []any) (any, error) {
	width, err := index(a[0])
	if err != nil {
		return nil, err
	}
	pad := width - utf8.RuneCountInString(s)
	if pad <= 0 {
		return s, nil
	}
	if err := spend(rt, pad); err != nil {
		return nil, err
	}
	zeros := strings.Repeat("0", pad)
	if s != "" && (s[0] == '+' || s[0] == '-') {
		return s[:1] + zeros + s[1:], nil
	}
	return zeros + s, nil
}

func expandTabs(rt *Runtime, s string, a []any) (any, error) {
	size, err := index(a[0])
	if err != nil {
		return nil, err
	}
	if err := spendProduct(rt, max(size, 0), strings.Count(s, "\t")); err != nil {
		return nil, err
	}
	var b strings.Builder
	column := 0
	for _, c := range s {
		switch {
		case c == '\t' && size > 0:
			n := size - column%size
			b.WriteString(strings.Repeat(" ", n))
			column += n
		case c == '\t':
		case c == '\n' || c == '\r':
			b.WriteRune(c)
			column = 0
		default:
			b.WriteRune(c)
			column++
		}
	}
	return b.String(), nil
}

// translateMarkup escapes what it puts in, unlike MarkupSafe.
func translateMarkup(rt *Runtime, m Markup, table any) (any, error) {
	all := blendOf(Markup{Text: m.Text, Language: sliced(m.Language)})
	s, err := translate(rt, m.Text, table, func(s string) string {
		s = escapeText(s)
		all.add(Markup{Text: s, Language: HTML})
		return s
	})
	return Markup{Text: s, Language: all.lang}, err
}

// translate replaces characters as a dict of numbers says: by a text, by the character of a number, by nothing for None. safe is what
// is put in.
func translate(rt *Runtime, s string, table any, safe func(string) string) (string, error) {
	if !IsMapping(table) {
		return "", typeErrorf("'%s' object is not subscriptable", TypeName(table))
	}
	if err := spend(rt, len(s)); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, c := range s {
		v, ok, err := lookup(canon(table), int(c))
		if err != nil {
			return "", err
		}
		v = canon(v)
		switch t := v.(type) {
		case nil:
			if !ok {
				b.WriteRune(c)
			}
		case int:
			if t < 0 || t > unicode.MaxRune {
				return "", valueErrorf("character mapping must be in range(0x110000)")
			}
			b.WriteString(safe(string(rune(t))))
		case string, Markup:
			text, _ := AsString(t)
			if err := spend(rt, len(text)); err != nil {
				return "", err
			}
			b.WriteString(safe(text))
		default:
			return "", typeErrorf("character mapping must return integer, None or str")
		}
	}
	return b.String(), nil
}

func makeTranslation(rt *Runtime, _ string, a []any) (any, error) {
	table := &Dict{}
	if a[1] == nil {
		return table, translationOfDict(rt, table, a[0])
	}
	from, err := wantText("maketrans() argument 1", a[0])
	if err != nil {
		return nil, err
	}
	to, err := wantText("maketrans() argument 2", a[1])
	if err != nil {
		return nil, err
	}
	target := []rune(to)
	if utf8.RuneCountInString(from) != len(target) {
		return nil, valueErrorf("the first two maketrans arguments must have equal length")
	}
	for i, c := range []rune(from) {
		table.Set(int(c), int(target[i]))
	}
	if a[2] == nil {
		return table, nil
	}
	gone, err := wantText("maketrans() argument 3", a[2])
	for _, c := range gone {
		table.Set(int(c), nil)
	}
	return table, err
}

func translationOfDict(rt *Runtime, table *Dict, v any) error {
	if !IsMapping(v) {
		return typeErrorf("if you give only one argument to maketrans it must be a dict")
	}
	pairs, err := Pairs(rt, v)
	if err != nil {
		return err
	}
	for k, to := range pairs {
		if s, ok := AsString(k); ok {
			if utf8.RuneCountInString(s) != 1 {
				return valueErrorf("string keys in translate table must be of length 1")
			}
			c, _ := utf8.DecodeRuneInString(s)
			k = int(c)
		} else if _, ok := AsInt(k); !ok {
			return typeErrorf("keys in translate table must be strings or integers")
		}
		if err := table.Set(k, to); err != nil {
			return err
		}
	}
	return nil
}

// joinTexts is s.join(iterable). Markup escapes what it joins.
func joinTexts(rt *Runtime, self any, a []any) (any, error) {
	items, err := Items(rt, a[0])
	if err != nil {
		return nil, notIterable("can only join an iterable", a[0], err)
	}
	if m, ok := self.(Markup); ok {
		return joinMarkup(rt, m, items)
	}
	sep, _ := self.(string)
	if err := spendProduct(rt, len(sep), len(items)); err != nil {
		return nil, err
	}
	texts := make([]string, len(items))
	size := 0
	for i, v := range items {
		s, ok := AsString(v)
		if !ok {
			if err := undefinedIn(v); err != nil {
				return nil, err
			}
			return nil, typeErrorf("sequence item %d: expected str instance, %s found", i, TypeName(v))
		}
		texts[i] = s
		size += len(s)
	}
	if err := spend(rt, size); err != nil {
		return nil, err
	}
	return strings.Join(texts, sep), nil
}

func joinMarkup(rt *Runtime, sep Markup, items []any) (any, error) {
	var b strings.Builder
	all := blendOf(sep)
	for i, v := range items {
		m, err := Escape(rt, v)
		if err != nil {
			return nil, err
		}
		if err := spend(rt, len(m.Text)+len(sep.Text)); err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteString(sep.Text)
		}
		all.add(m)
		b.WriteString(m.Text)
	}
	return Markup{Text: b.String(), Language: all.lang}, nil
}
