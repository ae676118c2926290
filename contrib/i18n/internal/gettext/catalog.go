// Package gettext reads the message catalogs of GNU gettext, .po and .mo files, and finds translations in them.
package gettext

import (
	"fmt"
	"strings"
)

// A Catalog is the translations into one language. It is safe for concurrent use. A nil Catalog has none: it returns texts as they are.
type Catalog struct {
	messages map[string]message // by context, separator and text
	header   map[string]string  // by lower-case name
	plural   *plural
	fallback *Catalog
	faults   []error
}

// A message is the translations of one text.
type message struct {
	forms  []string // one without a plural
	plural bool
}

// separator stands between the context and the text of a key, as in .mo files.
const separator = "\x04"

// An Error says what is wrong in a file and where.
type Error struct {
	File    string
	Line    int // from 1; 0 in .mo files, which have none
	Message string
}

// Error returns "file:line: message".
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message)
}

// Parse reads a catalog. The data says by itself whether it is a .po or a .mo file; file names it in errors, which are *Error. Left out are what is
// not translated, what is fuzzy and what is obsolete. The texts must be in UTF-8, ASCII or ISO-8859-1, as the header says; without a charset they are
// in UTF-8. Without a header Plural-Forms the plural is for all numbers but 1.
func Parse(file string, data []byte) (*Catalog, error) {
	if order := byteOrder(data); order != nil {
		return parseMO(file, data, order)
	}
	return parsePO(file, data)
}

// newCatalog makes a catalog. Its errors are about the header.
func newCatalog(messages map[string]message, header map[string]string) (*Catalog, error) {
	c := &Catalog{messages: messages, header: header}
	var err error
	c.plural, err = parsePluralForms(header["plural-forms"])
	return c, err
}

// Faults are the translations that were left out because no program could show them, each an *Error: they ask for values that their messages do
// not have.
func (c *Catalog) Faults() []error { return c.faults }

// WithFallback returns a catalog that asks c, and other for what c does not translate, such as that of de for de_AT.
func (c *Catalog) WithFallback(other *Catalog) *Catalog {
	if c == nil {
		return other
	}
	both := *c
	if c.fallback != nil {
		other = c.fallback.WithFallback(other)
	}
	both.fallback = other
	return &both
}

// Header returns a line of the header, such as "Language". The case of name does not count. It is "" where there is none.
func (c *Catalog) Header(name string) string {
	if c == nil {
		return ""
	}
	return c.header[strings.ToLower(name)]
}

// Len is the number of texts that are translated, without those of the fallback.
func (c *Catalog) Len() int {
	if c == nil {
		return 0
	}
	return len(c.messages)
}

// Gettext returns the translation of text, and text itself if there is none.
func (c *Catalog) Gettext(text string) string { return c.one(text, text) }

// PGettext returns the translation of text in a context.
func (c *Catalog) PGettext(context, text string) string { return c.one(context+separator+text, text) }

// NGettext returns the translation of a text that has a number. If there is none it returns singular for 1 and plural for other numbers.
func (c *Catalog) NGettext(singular, plural string, n int) string {
	return c.many(singular, singular, plural, n)
}

// NPGettext is NGettext in a context.
func (c *Catalog) NPGettext(context, singular, plural string, n int) string {
	return c.many(context+separator+singular, singular, plural, n)
}

// one finds the translation for a key. One that has a plural is as for 1.
func (c *Catalog) one(key, text string) string {
	for ; c != nil; c = c.fallback {
		m, ok := c.messages[key]
		if ok && !m.plural {
			return m.forms[0]
		}
		if form, ok := c.form(m, 1); ok {
			return form
		}
	}
	return text
}

// many finds the translation for a key and a number.
func (c *Catalog) many(key, singular, plural string, n int) string {
	for ; c != nil; c = c.fallback {
		if m := c.messages[key]; m.plural {
			if form, ok := c.form(m, n); ok {
				return form
			}
		}
	}
	if n == 1 {
		return singular
	}
	return plural
}

// form returns the form of a message for n, if it has one.
func (c *Catalog) form(m message, n int) (string, bool) {
	if len(m.forms) == 0 {
		return "", false
	}
	i, ok := c.plural.index(n)
	if !ok || i >= len(m.forms) {
		return "", false
	}
	return m.forms[i], true
}

// parseHeader reads the lines of a header.
func parseHeader(text string) map[string]string {
	header := map[string]string{}
	for line := range strings.SplitSeq(text, "\n") {
		if name, value, ok := strings.Cut(line, ":"); ok {
			header[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
		}
	}
	return header
}
