package machine

import (
	"slices"
	"strings"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// iniFile is what a ConfigParser holds: sections of options, in order.
type iniFile struct {
	inert
	sections      []*iniSection
	named         map[string]*iniSection
	defaults      *iniSection
	delimiters    string
	allowNoValue  bool
	interpolation iniStyle
}

// iniStyle says how values refer to others.
type iniStyle uint8

const (
	noReferences iniStyle = iota
	percentReferences
	dollarReferences
)

// iniSection is a section, or the defaults.
type iniSection struct {
	name    string
	options []string
	values  map[string]*string // nil for an option without a value
}

// String returns a fixed text: what is in it may be a secret.
func (*iniFile) String() string { return "ConfigParser" }

// Type returns the name of the type.
func (*iniFile) Type() string { return "ConfigParser" }

func newIniSection(name string) *iniSection {
	return &iniSection{name: name, values: map[string]*string{}}
}

func (s *iniSection) set(option string, value *string) {
	if _, ok := s.values[option]; !ok {
		s.options = append(s.options, option)
	}
	s.values[option] = value
}

func (s *iniSection) remove(option string) bool {
	_, found := s.values[option]
	delete(s.values, option)
	s.options = slices.DeleteFunc(s.options, func(o string) bool { return o == option })
	return found
}

// section returns a section, or the defaults by their name, nil if there is none.
func (f *iniFile) section(name string) *iniSection {
	if name == f.defaults.name {
		return f.defaults
	}
	return f.named[name]
}

// add adds a section.
func (f *iniFile) add(name string) *iniSection {
	s := newIniSection(name)
	f.sections = append(f.sections, s)
	f.named[name] = s
	return s
}

// remove takes a section out, and reports whether it was there.
func (f *iniFile) remove(name string) bool {
	_, found := f.named[name]
	if found {
		f.sections = slices.DeleteFunc(f.sections, func(s *iniSection) bool { return s.name == name })
		delete(f.named, name)
	}
	return found
}

// names returns the names of the sections, without the defaults.
func (f *iniFile) names() []string {
	names := make([]string, len(f.sections))
	for i, s := range f.sections {
		names[i] = s.name
	}
	return names
}

// options returns the options of a section: its own first, or the defaults first.
func (f *iniFile) options(s *iniSection, defaultsFirst bool) []string {
	lists := [][]string{s.options, f.defaults.options}
	if defaultsFirst {
		slices.Reverse(lists)
	}
	var all []string
	seen := map[string]bool{}
	for _, list := range lists {
		for _, option := range list {
			if !seen[option] {
				all = append(all, option)
				seen[option] = true
			}
		}
	}
	return all
}

// raw returns the value of an option as it is written, its own or that of the defaults.
func (f *iniFile) raw(s *iniSection, option string) (value *string, found bool) {
	if value, found = s.values[option]; found {
		return value, true
	}
	value, found = f.defaults.values[option]
	return value, found
}

// iniReader reads the lines of a file into an iniFile.
type iniReader struct {
	file    *iniFile
	name    func(option string) (string, error) // optionxform
	section *iniSection
	option  string
	lines   []string // of the option at hand
	bare    bool     // whether the option has no value
	indent  int
	given   map[string]bool // sections, and options of sections, that this file has set
}

// read reads a file. Options and sections may stand in it once.
func (f *iniFile) read(data string, name func(string) (string, error)) error {
	r := &iniReader{file: f, name: name, given: map[string]bool{}}
	for line := range strings.SplitSeq(data, "\n") {
		if err := r.line(strings.TrimSuffix(line, "\r")); err != nil {
			return err
		}
	}
	r.finish()
	return nil
}

func (r *iniReader) line(line string) error {
	text := strings.TrimSpace(line)
	switch {
	case strings.HasPrefix(text, "#") || strings.HasPrefix(text, ";"):
		return nil
	case text == "":
		if r.option != "" && !r.bare {
			r.lines = append(r.lines, "")
		}
		return nil
	}
	indent := len(line) - len(strings.TrimLeft(line, " \t\v\f"))
	if r.section != nil && r.option != "" && indent > r.indent {
		if r.bare {
			return fault.Raise("ParsingError", "a line of an .ini file goes on with an option that has no value")
		}
		r.lines = append(r.lines, text)
		return nil
	}
	r.indent = indent
	r.finish()
	if end := strings.LastIndexByte(text, ']'); strings.HasPrefix(text, "[") && end > 1 {
		return r.header(text[1:end])
	}
	return r.assignment(text)
}

func (r *iniReader) header(name string) error {
	r.option = ""
	if s := r.file.section(name); s != nil {
		if r.given["["+name] {
			return fault.Raise("DuplicateSectionError", "a section stands in an .ini file twice; join the two")
		}
		r.section = s
	} else {
		r.section = r.file.add(name)
	}
	if r.section != r.file.defaults {
		r.given["["+name] = true
	}
	return nil
}

func (r *iniReader) assignment(text string) error {
	if r.section == nil {
		return fault.Raise("MissingSectionHeaderError", "an .ini file begins without a section; write [name] above")
	}
	at := strings.IndexAny(text, r.file.delimiters)
	if at < 0 && !r.file.allowNoValue || at == 0 {
		return fault.Raise("ParsingError", "a line of an .ini file is no option; write name = value")
	}
	name, value := text, ""
	if at >= 0 {
		name, value = text[:at], strings.TrimSpace(text[at+1:])
	}
	option, err := r.name(strings.TrimSpace(name))
	if err != nil {
		return err
	}
	key := r.section.name + "]" + option
	if r.given[key] {
		return fault.Raise("DuplicateOptionError", "an option stands in a section of an .ini file twice; take one out")
	}
	r.given[key] = true
	r.option, r.lines, r.bare = option, []string{value}, at < 0
	return nil
}

// finish sets the option at hand.
func (r *iniReader) finish() {
	if r.option == "" {
		return
	}
	if r.bare {
		r.section.set(r.option, nil)
	} else {
		value := strings.TrimRight(strings.Join(r.lines, "\n"), " \t\n\r\v\f")
		r.section.set(r.option, &value)
	}
	r.option = ""
}
