package machine

import (
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// maxReferences bounds the references in one another, as in Python.
const maxReferences = 10

// references replaces what a value of an .ini file refers to.
type references struct {
	machine *Machine
	parser  *class
	file    *iniFile
	section *iniSection
	vars    *iniSection // given with the call; nil for none
}

// lookup returns what an option holds, as it is written.
func (r references) lookup(s *iniSection, option string) (*string, bool) {
	if r.vars != nil {
		if v, ok := r.vars.values[option]; ok {
			return v, true
		}
	}
	return r.file.raw(s, option)
}

// expand replaces the references of a value in the style of the file.
func (r references) expand(style iniStyle, s *iniSection, value string, depth int) (string, error) {
	mark := map[iniStyle]string{percentReferences: "%", dollarReferences: "$"}[style]
	if style == noReferences {
		return value, nil
	}
	if depth > maxReferences {
		return "", fault.Raise("InterpolationDepthError", "values of an .ini file refer to one another more than %d deep", maxReferences)
	}
	var b strings.Builder
	for {
		plain, rest, found := strings.Cut(value, mark)
		b.WriteString(plain)
		if err := r.machine.chargeText(b.Len() + entrySize); err != nil {
			return "", err
		}
		if !found {
			return b.String(), nil
		}
		if after, ok := strings.CutPrefix(rest, mark); ok {
			b.WriteString(mark)
			value = after
			continue
		}
		text, after, err := r.reference(style, s, rest, depth)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		value = after
	}
}

// reference replaces one reference, given what follows its mark.
func (r references) reference(style iniStyle, s *iniSection, rest string, depth int) (text, after string, err error) {
	open, closing := "(", ")s"
	if style == dollarReferences {
		open, closing = "{", "}"
	}
	inner, ok := strings.CutPrefix(rest, open)
	name, after, closed := strings.Cut(inner, closing)
	if !ok || !closed || name == "" || strings.Contains(name, closing[:1]) {
		return "", "", fault.Raise("InterpolationSyntaxError", "a value of an .ini file has a single %%; write %%%%, or %%(option)s")
	}
	from := s
	if section, option, both := strings.Cut(name, ":"); both && style == dollarReferences {
		if from, name = r.file.section(section), option; from == nil {
			return "", "", errMissingReference()
		}
	}
	p := parser{machine: r.machine, object: r.parser, file: r.file}
	if name, err = p.name(name); err != nil {
		return "", "", err
	}
	value, found := r.lookup(from, name)
	if !found || value == nil {
		return "", "", errMissingReference()
	}
	text, err = r.expand(style, from, *value, depth+1)
	return text, after, err
}

func errMissingReference() error {
	return fault.Raise("InterpolationMissingOptionError", "a value of an .ini file refers to an option that is not there")
}

// value returns the value of an option as a caller of get sees it.
func (r references) value(option string, raw bool) (starlark.Value, error) {
	text, found := r.lookup(r.section, option)
	switch {
	case !found:
		return nil, errNoOption()
	case text == nil:
		return starlark.None, nil
	case raw:
		return r.machine.text(*text)
	}
	if object, ok := r.parser.attrs["_interpolation"].(*class); ok {
		return r.own(object, option, *text)
	}
	s, err := r.expand(r.file.interpolation, r.section, *text, 0)
	if err != nil {
		return nil, err
	}
	return r.machine.text(s)
}

// own asks an interpolation that the file made for the value.
func (r references) own(object *class, option, text string) (starlark.Value, error) {
	m := r.machine
	fn, err := m.attr(object, "before_get")
	if err != nil {
		return nil, err
	}
	defaults := new(starlark.Dict)
	for _, name := range r.file.options(r.section, true) {
		if v, _ := r.lookup(r.section, name); v != nil {
			defaults.SetKey(starlark.String(name), starlark.String(*v))
		}
	}
	if err := m.charge(size(defaults)); err != nil {
		return nil, err
	}
	args := starlark.Tuple{r.parser, starlark.String(r.section.name), starlark.String(option), starlark.String(text), defaults}
	return m.call(fn, args, nil)
}

func errNoSection() error {
	return fault.Raise("NoSectionError", "an .ini file has no such section; check its name, or whether the file was read")
}

func errNoOption() error {
	return fault.Raise("NoOptionError", "a section of an .ini file has no such option; give get() a fallback")
}
