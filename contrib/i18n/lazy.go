package i18n

import "github.com/dewar-go/dewar"

// A Text is a message that is translated later, when it is known who reads it: what stands in a variable of a package, such as the
// label of a form. [Lazy] makes one. In templates it is {{_ .Label}}, or {{ _(label) }} in Jinja, which escape all of it; in Go
// [Translations.Text]. The zero Text is empty.
type Text struct {
	context, singular, plural string
	n                         int
	pairs                     []any
}

// Lazy returns a Text of a message, with the values of pairs as for [Translations.Gettext]. Flask-Babel has lazy_gettext.
func Lazy(message string, pairs ...any) Text { return Text{singular: message, pairs: pairs} }

// LazyP is Lazy for a message in a context. Flask-Babel has lazy_pgettext.
func LazyP(context, message string, pairs ...any) Text {
	return Text{context: context, singular: message, pairs: pairs}
}

// LazyN is Lazy for a message that has a number. Flask-Babel has lazy_ngettext.
func LazyN(singular, plural string, n int, pairs ...any) Text {
	return Text{singular: singular, plural: plural, n: n, pairs: pairs}
}

// N_ returns message as it is. It marks a text for extraction that is translated elsewhere, by Gettext with a variable.
func N_(message string) string { return message } //nolint:revive // the name is gettext's

// String returns the text without a translation.
func (x Text) String() string {
	_, message, plural, n, pairs := x.Message()
	if plural != "" && n != 1 {
		message = plural
	}
	text, _ := fill(message, pairs)
	return text
}

// Message returns what the text is made of: its context and its plural, "" for none, and the names and values that go into it,
// with num for one that has a plural. contrib/jinja asks for it.
func (x Text) Message() (context, singular, plural string, n int, pairs []any) {
	pairs = x.pairs
	if x.plural != "" {
		pairs = withNumber(x.n, pairs)
	}
	return x.context, x.singular, x.plural, x.n, pairs
}

// MarshalText returns what String does: a Text in JSON, or in a session, is not translated any more.
func (x Text) MarshalText() ([]byte, error) { return []byte(x.String()), nil }

// Text returns the translation of a Text.
func (t *Translations) Text(c *dewar.Context, x Text) string {
	switch {
	case x.plural != "" && x.context != "":
		return t.NPGettext(c, x.context, x.singular, x.plural, x.n, x.pairs...)
	case x.plural != "":
		return t.NGettext(c, x.singular, x.plural, x.n, x.pairs...)
	case x.context != "":
		return t.PGettext(c, x.context, x.singular, x.pairs...)
	default:
		return t.Gettext(c, x.singular, x.pairs...)
	}
}
