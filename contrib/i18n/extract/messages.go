package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A message is a text to translate, and where it stands.
type message struct {
	context, id, plural string
	inContext           bool
	places              []string
}

// messages are those of a program, each once, in the order in which they were found.
type messages struct {
	all       []*message
	notes     []string         // calls whose text is computed, files that are not read
	functions map[string]shape // of Go
}

// folder reads the files below a folder.
func (m *messages) folder(root string) error {
	return filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() {
			if name != root && (base == "vendor" || base == "testdata" || base == "node_modules" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
				return filepath.SkipDir
			}
			return nil
		}
		return m.file(name)
	})
}

// file reads a file, if it is one that has messages.
func (m *messages) file(name string) error {
	read := m.template
	switch filepath.Ext(name) {
	case ".go":
		if read = m.source; strings.HasSuffix(name, "_test.go") {
			return nil
		}
	case ".html", ".htm", ".xhtml", ".xml", ".txt", ".tmpl", ".j2", ".jinja", ".gohtml", ".gotmpl", ".tpl":
	default:
		return nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return read(filepath.ToSlash(filepath.Clean(name)), string(text))
}

// A shape says which argument of a function is what; -1 is none.
type shape struct{ context, id, plural int }

// arguments makes a message of the constant arguments of a call, in which nil is one that is computed.
func (m *messages) arguments(place, function string, s shape, args []*string) {
	text := func(i int) (string, bool) {
		if i < 0 {
			return "", true
		}
		if i >= len(args) || args[i] == nil {
			return "", false
		}
		return *args[i], true
	}
	found := message{inContext: s.context >= 0}
	var ok [3]bool
	found.context, ok[0] = text(s.context)
	found.id, ok[1] = text(s.id)
	found.plural, ok[2] = text(s.plural)
	if ok != [3]bool{true, true, true} {
		m.computed(place, function)
		return
	}
	m.add(found, place)
}

// computed says that a text is not known.
func (m *messages) computed(place, function string) {
	m.notes = append(m.notes, fmt.Sprintf("%s: the text of %s is computed and not extracted; mark the texts that it may be with i18n.N_, or name the function around it by -k", place, function))
}

// add adds a message, or a place to one that is there.
func (m *messages) add(found message, place string) {
	if found.id == "" {
		return
	}
	i := slices.IndexFunc(m.all, func(known *message) bool {
		return known.id == found.id && known.context == found.context && known.inContext == found.inContext
	})
	if i < 0 {
		m.all = append(m.all, &found)
		i = len(m.all) - 1
	}
	if known := m.all[i]; known.plural == "" {
		known.plural = found.plural
	}
	if !slices.Contains(m.all[i].places, place) {
		m.all[i].places = append(m.all[i].places, place)
	}
}

const header = `msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
`

// write writes a .pot file.
func (m *messages) write(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString("#, fuzzy\n" + header)
	for _, found := range m.all {
		b.WriteString("\n")
		for _, place := range found.places {
			b.WriteString("#: " + place + "\n")
		}
		if strings.Contains(found.id+found.plural, "%(") {
			b.WriteString("#, python-format\n")
		}
		if found.inContext {
			line(&b, "msgctxt", found.context)
		}
		line(&b, "msgid", found.id)
		if found.plural == "" {
			line(&b, "msgstr", "")
			continue
		}
		line(&b, "msgid_plural", found.plural)
		line(&b, "msgstr[0]", "")
		line(&b, "msgstr[1]", "")
	}
	_, err := w.Write(b.Bytes())
	return err
}

// save writes a .pot file to a name.
func (m *messages) save(name string) error {
	var b bytes.Buffer
	if err := m.write(&b); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}

// line writes a keyword and its text.
func line(b *bytes.Buffer, keyword, text string) {
	quoted := strings.NewReplacer("\\", `\\`, "\"", `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(text)
	b.WriteString(keyword + " \"" + quoted + "\"\n")
}
