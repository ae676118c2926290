package machine

import (
	"errors"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// read implements read(names): files that are not there are left out, and the names of the others given back.
func (p *parser) read(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	m := p.machine
	var names, encoding starlark.Value
	if err := unpack("read", args, kwargs, "filenames", &names, "encoding?", &encoding); err != nil {
		return nil, err
	}
	list := []starlark.Value{names}
	switch unmember(names).(type) {
	case starlark.String, purePath, refused:
	default:
		var err error
		if list, err = m.elements(names); err != nil {
			return nil, err
		}
	}
	var found []starlark.Value
	for _, v := range list {
		name, err := asText("read()", v)
		if err != nil {
			return nil, err
		}
		data, err := m.content("ConfigParser.read", name)
		if isMissing(err) {
			continue
		}
		if err == nil {
			err = p.parse(data)
		}
		if err != nil {
			return nil, err
		}
		found = append(found, starlark.String(name))
	}
	return starlark.NewList(found), nil
}

// parse reads the text of a file.
func (p *parser) parse(data []byte) error {
	if err := checkText(data); err != nil {
		return err
	}
	if err := p.machine.charge(4 * len(data)); err != nil {
		return err
	}
	return p.file.read(strings.ReplaceAll(string(data), "\r\n", "\n"), p.name)
}

func (p *parser) readFile(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var from, source starlark.Value
	if err := unpack("read_file", args, kwargs, "f", &from, "source?", &source); err != nil {
		return nil, err
	}
	lines, err := p.machine.elements(from)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, line := range lines {
		s, err := asText("read_file()", line)
		if err != nil {
			return nil, err
		}
		b.WriteString(strings.TrimSuffix(s, "\n") + "\n")
	}
	return starlark.None, p.parse([]byte(b.String()))
}

func (p *parser) readString(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var text string
	var source starlark.Value
	if err := unpack("read_string", args, kwargs, "string", &text, "source?", &source); err != nil {
		return nil, err
	}
	return starlark.None, p.parse([]byte(text))
}

func (p *parser) readDict(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var from, source starlark.Value
	if err := unpack("read_dict", args, kwargs, "dictionary", &from, "source?", &source); err != nil {
		return nil, err
	}
	d, ok := asDict(from)
	if !ok {
		return nil, fault.New("read_dict() needs a dict of dicts")
	}
	for key, v := range d.Entries() {
		name, err := p.machine.str(key)
		if err != nil {
			return nil, err
		}
		s := p.file.section(name)
		if s == nil {
			s = p.file.add(name)
		}
		if err := p.fillSection(s, v); err != nil {
			return nil, err
		}
	}
	return starlark.None, nil
}

func (p *parser) sectionNames(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := p.machine.charge(len(p.file.sections) * entrySize); err != nil {
		return nil, err
	}
	return listOf(p.file.names()), unpack("sections", args, kwargs)
}

func (p *parser) hasSection(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	err := unpack("has_section", args, kwargs, "section", &name)
	return starlark.Bool(name != p.file.defaults.name && p.file.section(name) != nil), err
}

func (p *parser) hasOption(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var section, option string
	if err := unpack("has_option", args, kwargs, "section", &section, "option", &option); err != nil {
		return nil, err
	}
	if section == "" {
		section = p.file.defaults.name
	}
	s := p.file.section(section)
	if s == nil {
		return starlark.False, nil
	}
	option, err := p.name(option)
	_, found := p.file.raw(s, option)
	return starlark.Bool(found), err
}

func (p *parser) optionNames(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	if err := unpack("options", args, kwargs, "section", &name); err != nil {
		return nil, err
	}
	s := p.file.section(name)
	if s == nil || s == p.file.defaults {
		return nil, errNoSection()
	}
	options := p.file.options(s, false)
	return listOf(options), p.machine.charge(len(options) * entrySize)
}

func (p *parser) defaultValues(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	d := new(starlark.Dict)
	for _, option := range p.file.defaults.options {
		var v starlark.Value = starlark.None
		if text := p.file.defaults.values[option]; text != nil {
			v = starlark.String(*text)
		}
		d.SetKey(starlark.String(option), v)
	}
	if err := p.machine.charge(size(d)); err != nil {
		return nil, err
	}
	return d, unpack("defaults", args, kwargs)
}

// items implements items(section), and items() for all sections.
func (p *parser) items(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var section, vars starlark.Value
	raw := false
	if err := unpack("items", args, kwargs, "section?", &section, "raw?", &raw, "vars?", &vars); err != nil {
		return nil, err
	}
	if section == nil {
		return p.pairs()
	}
	name, err := asText("items()", section)
	if err != nil {
		return nil, err
	}
	s := p.file.section(name)
	if s == nil {
		return nil, errNoSection()
	}
	r, err := p.references(s, vars)
	if err != nil {
		return nil, err
	}
	options := p.file.options(s, true)
	if r.vars != nil {
		options = (&iniFile{defaults: &iniSection{options: options}}).options(r.vars, true)
	}
	var elems []starlark.Value
	for _, option := range options {
		v, err := r.value(option, raw)
		if err != nil {
			return nil, err
		}
		elems = append(elems, starlark.Tuple{starlark.String(option), v})
	}
	return starlark.NewList(elems), p.machine.charge(len(elems) * entrySize)
}

// pairs returns the names of all sections, the defaults first, with the sections.
func (p *parser) pairs() (starlark.Value, error) {
	var elems []starlark.Value
	for _, name := range append([]string{p.file.defaults.name}, p.file.names()...) {
		elems = append(elems, starlark.Tuple{starlark.String(name), &sectionProxy{parser: p, section: p.file.section(name)}})
	}
	return starlark.NewList(elems), p.machine.charge(len(elems) * entrySize)
}

// references returns what reads the values of a section.
func (p *parser) references(s *iniSection, vars starlark.Value) (references, error) {
	r := references{machine: p.machine, parser: p.object, file: p.file, section: s}
	if vars == nil || vars == starlark.None {
		return r, nil
	}
	r.vars = newIniSection("")
	return r, p.fillSection(r.vars, vars)
}

// get implements get(section, option, raw=False, vars=None, fallback=...).
func (p *parser) get(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, _, err := p.found("get", args, kwargs)
	return v, err
}

// found returns the value of an option, or the fallback. It reports whether the option is there.
func (p *parser) found(function string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, bool, error) {
	var section, option string
	var vars, fallback starlark.Value
	raw := false
	if len(args) > 2 {
		return nil, false, errArguments()
	}
	if err := unpack(function, args, kwargs, "section", &section, "option", &option, "raw?", &raw, "vars?", &vars, "fallback?", &fallback); err != nil {
		return nil, false, err
	}
	s := p.file.section(section)
	if s == nil && fallback != nil {
		return fallback, false, nil
	}
	if s == nil {
		return nil, false, errNoSection()
	}
	r, err := p.references(s, vars)
	if err != nil {
		return nil, false, err
	}
	if option, err = p.name(option); err != nil {
		return nil, false, err
	}
	if _, there := r.lookup(s, option); !there && fallback != nil {
		return fallback, false, nil
	}
	v, err := r.value(option, raw)
	return v, true, err
}

// convertedBy is a method that gets an option and converts it.
func convertedBy(to native) parserMethod {
	return func(p *parser, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, there, err := p.found("getint", args, kwargs)
		if err != nil || !there {
			return v, err
		}
		return to(starlark.Tuple{v}, nil)
	}
}

// iniBool converts the words for yes and no.
func iniBool(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	s, ok := first(args).(starlark.String)
	if !ok {
		return nil, fault.Raise("AttributeError", "getboolean() needs text, not %s", typeName(first(args)))
	}
	switch strings.ToLower(string(s)) {
	case "1", "yes", "true", "on":
		return starlark.True, nil
	case "0", "no", "false", "off":
		return starlark.False, nil
	}
	return nil, fault.Raise("ValueError", "getboolean() needs yes, no, true, false, on, off, 1 or 0")
}

func (p *parser) set(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var section, option string
	var v starlark.Value = starlark.None
	if err := unpack("set", args, kwargs, "section", &section, "option", &option, "value?", &v); err != nil {
		return nil, err
	}
	s := p.file.section(section)
	if s == nil {
		return nil, errNoSection()
	}
	return starlark.None, p.setOption(s, option, v)
}

// setOption sets an option, whose references must be well-formed.
func (p *parser) setOption(s *iniSection, option string, v starlark.Value) error {
	option, err := p.name(option)
	if err != nil {
		return err
	}
	text, ok := unmember(v).(starlark.String)
	switch {
	case !ok && v == starlark.None && p.file.allowNoValue:
		s.set(option, nil)
		return nil
	case !ok:
		return fault.Raise("TypeError", "an option of a ConfigParser must be text, not %s", typeName(v))
	}
	value := string(text)
	if err := p.wellFormed(value); err != nil {
		return err
	}
	s.set(option, &value)
	return p.machine.chargeText(len(option) + len(value) + entrySize)
}

func (p *parser) wellFormed(value string) error {
	if p.file.interpolation != percentReferences {
		return nil
	}
	for rest := strings.ReplaceAll(value, "%%", ""); ; {
		_, after, found := strings.Cut(rest, "%")
		if !found {
			return nil
		}
		name, left, closed := strings.Cut(strings.TrimPrefix(after, "("), ")s")
		if !strings.HasPrefix(after, "(") || !closed || name == "" {
			return fault.Raise("ValueError", "a value of a ConfigParser has a single %%; write %%%%")
		}
		rest = left
	}
}

func (p *parser) addSection(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	if err := unpack("add_section", args, kwargs, "section", &name); err != nil {
		return nil, err
	}
	switch {
	case name == p.file.defaults.name:
		return nil, fault.Raise("ValueError", "add_section() cannot add the defaults")
	case p.file.section(name) != nil:
		return nil, fault.Raise("DuplicateSectionError", "add_section() adds a section that is there")
	}
	p.file.add(name)
	return starlark.None, p.machine.charge(objectWork)
}

func (p *parser) removeSection(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	if err := unpack("remove_section", args, kwargs, "section", &name); err != nil {
		return nil, err
	}
	return starlark.Bool(p.file.remove(name)), p.machine.charge(len(p.file.sections))
}

func (p *parser) removeOption(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var section, option string
	if err := unpack("remove_option", args, kwargs, "section", &section, "option", &option); err != nil {
		return nil, err
	}
	s := p.file.section(section)
	if s == nil {
		return nil, errNoSection()
	}
	option, err := p.name(option)
	if err == nil {
		err = p.machine.charge(len(s.options))
	}
	return starlark.Bool(err == nil && s.remove(option)), err
}

func (p *parser) index(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	name, err := asText("ConfigParser", first(args))
	if err != nil {
		return nil, err
	}
	s := p.file.section(name)
	if s == nil {
		return nil, fault.Raise("KeyError", "an .ini file has no such section; check its name, or whether the file was read")
	}
	return &sectionProxy{parser: p, section: s}, nil
}

// setSection makes a section of a dict.
func (p *parser) setSection(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	var from starlark.Value
	if err := unpack("ConfigParser", args, kwargs, "key", &name, "value", &from); err != nil {
		return nil, err
	}
	s := p.file.section(name)
	if s == nil {
		s = p.file.add(name)
	}
	s.options = nil
	clear(s.values)
	return starlark.None, p.fillSection(s, from)
}

func (p *parser) contains(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	name, err := asText("ConfigParser", first(args))
	return starlark.Bool(p.file.section(name) != nil), err
}

func (p *parser) iterate(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	if err := p.machine.charge(len(p.file.sections) * entrySize); err != nil {
		return nil, err
	}
	return listOf(append([]string{p.file.defaults.name}, p.file.names()...)), nil
}

func (p *parser) length(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return starlark.MakeInt(len(p.file.sections) + 1), nil
}

// sectionProxy is a section of a ConfigParser as a dict.
type sectionProxy struct {
	inert
	parser  *parser
	section *iniSection
}

// String returns a fixed text: the name may be a secret.
func (*sectionProxy) String() string { return "section" }

// Type returns the name of the type.
func (*sectionProxy) Type() string { return "section" }

// Truth is false for a section without options.
func (s *sectionProxy) Truth() starlark.Bool {
	return len(s.section.options) > 0 || len(s.parser.file.defaults.options) > 0
}

func (s *sectionProxy) options() []string {
	if s.section == s.parser.file.defaults {
		return s.section.options
	}
	return s.parser.file.options(s.section, false)
}

// dict returns the options with their values.
func (s *sectionProxy) dict() (*starlark.Dict, error) {
	d := new(starlark.Dict)
	options := s.options()
	if err := s.parser.machine.charge(4 * entrySize * len(options)); err != nil {
		return nil, err
	}
	for _, option := range options {
		v, err := s.index(starlark.String(option))
		if err != nil {
			return nil, err
		}
		d.SetKey(starlark.String(option), v)
	}
	return d, nil
}

func (s *sectionProxy) index(key starlark.Value) (starlark.Value, error) {
	option, err := asText("a section", key)
	if err != nil {
		return nil, err
	}
	v, err := s.parser.get(starlark.Tuple{starlark.String(s.section.name), starlark.String(option)}, nil)
	var known *fault.Error
	if errors.As(err, &known) && known.Kind == "NoOptionError" {
		return nil, fault.Raise("KeyError", "a section of an .ini file has no such option; use .get with a default")
	}
	return v, err
}

// contains reports whether the section, or the defaults, have an option.
func (s *sectionProxy) contains(key starlark.Value) (bool, error) {
	v, err := s.parser.hasOption(starlark.Tuple{starlark.String(s.section.name), key}, nil)
	return v == starlark.True, err
}

// AttrNames returns nothing: the names are not listed to files.
func (*sectionProxy) AttrNames() []string { return nil }

// Attr returns a method, or the name.
func (s *sectionProxy) Attr(name string) (starlark.Value, error) {
	m := s.parser.machine
	switch name {
	case "name":
		return starlark.String(s.section.name), nil
	case "get", "getint", "getfloat", "getboolean":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return s.get(m.parserMethods()[name], args, kwargs)
		}), nil
	case "items", "keys", "values":
		return m.plain(name, func() (starlark.Value, error) {
			d, err := s.dict()
			if err != nil {
				return nil, err
			}
			return m.call(asValue(m.dictMethod(d, name)), nil, nil)
		}), nil
	}
	return nil, fault.New("%s of a section is not available; use get, or take the value by its name", name)
}

// get is get and the like of a section: what is not there is the fallback, None by default.
func (s *sectionProxy) get(method parserMethod, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var option string
	var vars starlark.Value = starlark.None
	var fallback starlark.Value = starlark.None
	raw := false
	if err := unpack("get", args, kwargs, "option", &option, "fallback?", &fallback, "raw?", &raw, "vars?", &vars); err != nil {
		return nil, err
	}
	return method(s.parser, starlark.Tuple{starlark.String(s.section.name), starlark.String(option)}, []starlark.Tuple{
		{starlark.String("raw"), starlark.Bool(raw)}, {starlark.String("vars"), vars}, {starlark.String("fallback"), fallback}})
}
