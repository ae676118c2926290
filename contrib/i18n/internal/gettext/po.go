package gettext

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// An entry is a message of a .po file with what is said of it.
type entry struct {
	line       int // where it begins; 0 if there is none yet
	context    text
	id         text
	plural     text
	forms      []text
	translated bool // at least one msgstr was there
	fuzzy      bool
}

// key is what a message is found by.
func (e entry) key() string {
	if e.context != nil {
		return e.context.String() + separator + e.id.String()
	}
	return e.id.String()
}

// A text is the strings of which a text consists, nil if it is not there.
type text []string

func (t text) String() string { return strings.Join(t, "") }

// A poFile reads a .po file line by line.
type poFile struct {
	name    string
	line    int
	entry   entry
	text    *text // what strings on lines of their own go on with
	decode  decoder
	header  map[string]string
	headed  int // where the header is
	plurals int // where its Plural-Forms is
	entries []entry
	known   map[string]int // where each key was
}

// fail makes an error at a line.
func (f *poFile) fail(line int, format string, args ...any) error {
	return &Error{File: f.name, Line: line, Message: fmt.Sprintf(format, args...)}
}

// parsePO reads a .po file.
func parsePO(name string, data []byte) (*Catalog, error) {
	f := &poFile{name: name, known: map[string]int{}, header: map[string]string{}}
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		f.line++
		if f.plurals == 0 && strings.HasPrefix(strings.ToLower(line), `"plural-forms:`) {
			f.plurals = f.line
		}
		if err := f.read(strings.TrimSpace(line)); err != nil {
			return nil, err
		}
	}
	if err := f.end(); err != nil {
		return nil, err
	}
	return f.catalog()
}

// read reads one line.
func (f *poFile) read(line string) error {
	switch {
	case line == "":
		return nil
	case line[0] == '#':
		return f.comment(line)
	case line[0] == '"':
		return f.more(line)
	default:
		return f.keyword(line)
	}
}

// comment reads a comment. One behind a translation belongs to the next message. Obsolete messages are comments.
func (f *poFile) comment(line string) error {
	if f.entry.translated {
		if err := f.end(); err != nil {
			return err
		}
	}
	if strings.HasPrefix(line, "#,") {
		for flag := range strings.SplitSeq(line[2:], ",") {
			f.entry.fuzzy = f.entry.fuzzy || strings.TrimSpace(flag) == "fuzzy"
		}
	}
	if strings.HasPrefix(line, "#~") {
		f.entry.fuzzy = false
	}
	return nil
}

// more reads a string that continues the one before.
func (f *poFile) more(line string) error {
	if f.text == nil {
		return f.fail(f.line, "a string stands here without a keyword; write msgid or msgstr before it")
	}
	more, err := f.unquote(line)
	*f.text = append(*f.text, more)
	return err
}

// keyword reads a line such as msgid "text".
func (f *poFile) keyword(line string) error {
	word := line[:len(line)-len(strings.TrimLeft(line, "abcdefghijklmnopqrstuvwxyz_"))]
	rest := line[len(word):]
	index := ""
	if word == "msgstr" && strings.HasPrefix(rest, "[") {
		var ok bool
		if index, rest, ok = strings.Cut(rest[1:], "]"); !ok {
			return f.fail(f.line, "msgstr[ is not closed by ]")
		}
	}
	first, err := f.unquote(strings.TrimSpace(rest))
	if err != nil {
		return err
	}
	if word == "msgctxt" || word == "msgid" && (f.entry.context == nil || f.entry.translated) {
		if err := f.begin(); err != nil {
			return err
		}
	}
	return f.set(word, index, text{first})
}

// begin ends the message before the one that begins at this line.
func (f *poFile) begin() error {
	if f.entry.translated {
		if err := f.end(); err != nil {
			return err
		}
	}
	if f.entry.line == 0 {
		f.entry.line = f.line
	}
	return nil
}

// set gives the message that is read what a keyword says.
func (f *poFile) set(word, index string, value text) error {
	e := &f.entry
	var place *text
	switch word {
	case "msgctxt":
		place = &e.context
	case "msgid":
		place = &e.id
	case "msgid_plural":
		place = &e.plural
	case "msgstr":
		return f.translation(index, value)
	default:
		return f.fail(f.line, "unknown keyword %.20q; a line begins with msgctxt, msgid, msgid_plural, msgstr, a string or #", word)
	}
	if *place != nil {
		return f.fail(f.line, "%s twice in the message of line %d; a msgstr is missing before it", word, e.line)
	}
	if e.translated || word == "msgid_plural" && e.id == nil || word == "msgctxt" && e.id != nil {
		return f.fail(f.line, "%s is in the wrong place; a message is msgctxt, msgid, msgid_plural and msgstr, in this order", word)
	}
	*place, f.text = value, place
	return nil
}

// translation adds the next translation to the message.
func (f *poFile) translation(index string, value text) error {
	e := &f.entry
	switch {
	case e.id == nil:
		return f.fail(f.line, "msgstr without a msgid before it")
	case e.plural == nil && index != "":
		return f.fail(f.line, "msgstr[%.20s] without a msgid_plural before it", index)
	case e.plural == nil && e.translated:
		return f.fail(f.line, "msgstr twice in the message of line %d; a msgid is missing before it", e.line)
	case e.plural != nil && index != strconv.Itoa(len(e.forms)):
		return f.fail(f.line, "the next translation of the message of line %d must be msgstr[%d], because it has a msgid_plural", e.line, len(e.forms))
	}
	e.translated = true
	e.forms = append(e.forms, value)
	f.text = &e.forms[len(e.forms)-1]
	return nil
}

// end adds the message that was read to the catalog.
func (f *poFile) end() error {
	e := f.entry
	f.entry, f.text = entry{}, nil
	if e.id == nil && e.context == nil {
		return nil
	}
	if !e.translated {
		return f.fail(e.line, "the message has no msgstr")
	}
	key := e.key()
	if line, ok := f.known[key]; ok {
		return f.fail(e.line, "the message is here and in line %d; take one of them away, or tell them apart with msgctxt", line)
	}
	f.known[key] = e.line
	if key == "" {
		f.header, f.headed = parseHeader(e.forms[0].String()), e.line
		return nil
	}
	if !e.fuzzy && e.forms[0].String() != "" {
		f.entries = append(f.entries, e)
	}
	return nil
}

// catalog makes a catalog of all entries.
func (f *poFile) catalog() (*Catalog, error) {
	var err error
	if f.decode, err = decoderFor(f.header); err != nil {
		return nil, f.fail(f.headed, "%v", err)
	}
	messages := make(map[string]message, len(f.entries))
	var faults []error
	for _, e := range f.entries {
		key, m, err := f.message(e)
		if err != nil {
			return nil, f.fail(e.line, "%v", err)
		}
		if err := checkPlaceholders(e.id.String(), e.plural.String(), m.forms); err != nil {
			faults = append(faults, f.fail(e.line, "%v", err))
			continue
		}
		messages[key] = m
	}
	c, err := newCatalog(messages, f.header)
	if err != nil {
		return nil, f.fail(cmp.Or(f.plurals, f.headed), "%v", err)
	}
	c.faults = faults
	return c, nil
}

// message decodes an entry.
func (f *poFile) message(e entry) (key string, m message, err error) {
	if key, err = f.decode(e.key()); err != nil {
		return "", m, err
	}
	m.plural = e.plural != nil
	for _, t := range e.forms {
		form, err := f.decode(t.String())
		if err != nil {
			return "", m, err
		}
		m.forms = append(m.forms, form)
	}
	return key, m, nil
}
