package value

import (
	"html/template"
	"strings"
)

// A Language is what a safe text was made for.
type Language uint8

const (
	Application Language = iota // the application vouches for it wherever it lands: template.HTML, |safe
	HTML                        // text of an HTML page: macros, caller(), set blocks, urlize, escape, Markup mixed with escaped text
	Attributes                  // attributes inside a tag: xmlattr
	JavaScript                  // a JavaScript value, safe in HTML text and single-quoted attributes too: tojson
	Mixed                       // HTML with tags that took in text, which was escaped, but not for its place in them
)

// Markup is text that is not escaped again where its language is wanted: Jinja's Markup. Operators and methods keep it as markupsafe
// does: what is added is escaped. The result is Mixed where there is a tag that it could have come into, else HTML; the application's with the
// application's alone stays the application's.
type Markup struct {
	Text     string
	Language Language
	Tag      string // how Text, of language HTML, is written as attributes in a tag; "" where nobody knows which names in it are values
}

// AsMarkup returns v where it is Markup, template.HTML, a Markuper or Shown.
func AsMarkup(v any) (Markup, bool) {
	switch v := v.(type) {
	case Markup:
		return v, true
	case template.HTML:
		return Markup{Text: string(v)}, true
	case Markuper:
		return v.Markup(), true
	case Shown:
		return Markup{Text: string(v.TemplateHTML()), Language: HTML}, true
	case *Undefined:
		return Markup{Language: HTML}, v != nil && v.Mode == Chainable
	}
	return Markup{}, false
}

// Escape is markupsafe.escape: Markup stays, all else becomes its escaped text of language HTML.
func Escape(rt *Runtime, v any) (Markup, error) {
	if m, ok := AsMarkup(v); ok {
		return m, nil
	}
	s, err := Str(rt, v)
	if err != nil {
		return Markup{}, err
	}
	return Markup{Text: escapeText(s), Language: HTML}, nil
}

func escapeText(s string) string {
	if !strings.ContainsAny(s, `&<>"'`) {
		return s
	}
	return string(AppendEscaped(make([]byte, 0, len(s)+16), s))
}

// AppendEscaped appends s with & < > " ' as &amp; &lt; &gt; &#34; &#39;.
func AppendEscaped(b []byte, s string) []byte {
	last := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c > '>' || !special[c] {
			continue
		}
		b = append(append(b, s[last:i]...), entity(c)...)
		last = i + 1
	}
	return append(b, s[last:]...)
}

var special = ['>' + 1]bool{'&': true, '<': true, '>': true, '"': true, '\'': true}

func entity(c byte) string {
	switch c {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '"':
		return "&#34;"
	}
	return "&#39;"
}

// A blend finds out the language of texts that are put together.
type blend struct {
	lang Language
	text bool // something is in it
	tag  bool // a tag may begin in it
}

// blendOf begins with m.
func blendOf(m Markup) (b blend) {
	b.add(m)
	return b
}

// add takes in m. An empty text has no language. What the application vouches for, and attributes, stay what they are among themselves; all else is
// HTML while no tag can begin in it, and Mixed from then on.
func (b *blend) add(m Markup) {
	if m.Text == "" {
		return
	}
	tag := b.tag || strings.IndexByte(m.Text, '<') >= 0
	switch same := b.lang == m.Language; {
	case !b.text:
		b.lang = m.Language
	case same && (b.lang == Application || b.lang == Attributes):
	case tag || b.lang == Mixed || m.Language == Mixed:
		b.lang = Mixed
	default:
		b.lang = HTML
	}
	b.text, b.tag = true, tag
}

// joined is the language of two texts together.
func joined(a, b Markup) Language {
	both := blendOf(a)
	both.add(b)
	return both.lang
}

// addMarkup is m + v or, where m stands on the right, v + m.
func addMarkup(rt *Runtime, m Markup, v any, right bool) (any, error) {
	other, ok := AsMarkup(v)
	if s, isText := v.(string); isText {
		other, ok = Markup{Text: escapeText(s), Language: HTML}, true
	}
	if !ok {
		return nil, nil
	}
	if right {
		m, other = other, m
	}
	if err := spend(rt, len(m.Text)+len(other.Text)); err != nil {
		return nil, err
	}
	return Markup{Text: m.Text + other.Text, Language: joined(m, other)}, nil
}

// Concat is the operator ~ where the template escapes: texts in a row, Markup if one of them is Markup.
func Concat(rt *Runtime, items []any) (any, error) {
	escaped := false
	for _, v := range items {
		if _, ok := AsMarkup(v); ok {
			escaped = true
		}
	}
	if escaped {
		return concatMarkup(rt, items)
	}
	var b []byte
	var err error
	for _, v := range items {
		start := len(b)
		if b, err = AppendStr(b, rt, v); err == nil {
			err = spend(rt, len(b)-start)
		}
		if err != nil {
			return nil, err
		}
	}
	return string(b), nil
}

func concatMarkup(rt *Runtime, items []any) (any, error) {
	var b []byte
	var all blend
	for _, v := range items {
		m, err := Escape(rt, v)
		if err == nil {
			err = spend(rt, len(m.Text))
		}
		if err != nil {
			return nil, err
		}
		all.add(m)
		b = append(b, m.Text...)
	}
	return Markup{Text: string(b), Language: all.lang}, nil
}
