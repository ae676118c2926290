package machine

import (
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// iniKey is the attribute under which an object of ConfigParser keeps its iniFile.
const iniKey = "_sections"

// configparser is the module configparser.
func (m *Machine) configparser() *module {
	p := &module{name: "configparser", attrs: starlark.StringDict{
		"DEFAULTSECT": starlark.String("DEFAULT"), "MAX_INTERPOLATION_DEPTH": starlark.MakeInt(maxReferences),
	}}
	for _, name := range strings.Fields("Error NoSectionError NoOptionError DuplicateSectionError DuplicateOptionError " +
		"MissingSectionHeaderError ParsingError InterpolationError InterpolationSyntaxError InterpolationDepthError InterpolationMissingOptionError") {
		p.attrs[name] = m.exceptions[iniException(name)]
	}
	for name, style := range map[string]iniStyle{"Interpolation": noReferences, "BasicInterpolation": percentReferences, "ExtendedInterpolation": dollarReferences} {
		p.attrs[name] = m.interpolation(name, style)
	}
	raw := m.parserClass("RawConfigParser", noReferences)
	parser := m.parserClass("ConfigParser", percentReferences)
	parser.order = append([]*class{parser}, raw.order...)
	p.attrs["RawConfigParser"], p.attrs["ConfigParser"], p.attrs["SafeConfigParser"] = raw, parser, parser
	return p
}

// iniException returns how the machine names an exception of configparser.
func iniException(name string) string {
	if name == "Error" {
		return "ConfigParserError"
	}
	return name
}

// interpolation makes a class that says how values refer to others. A class of the file may change its before_get.
func (m *Machine) interpolation(name string, style iniStyle) *class {
	c := m.offeredClass(name)
	c.attrs["before_get"] = boundable{builtin("before_get", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var self, parser, defaults starlark.Value
		var section, option, value string
		if err := unpack("before_get", args, kwargs, "self", &self, "parser", &parser, "section", &section, "option", &option, "value", &value, "defaults", &defaults); err != nil {
			return nil, err
		}
		object, file, err := parserOf(parser)
		if err != nil {
			return nil, err
		}
		s := file.section(section)
		if s == nil {
			return nil, errNoSection()
		}
		r := references{machine: m, parser: object, file: file, section: s}
		v, err := r.expand(style, s, value, 0)
		if err != nil {
			return nil, err
		}
		return m.text(v)
	})}
	return c
}

// offeredClass makes a class without attributes that files may derive from.
func (m *Machine) offeredClass(name string) *class {
	c := &class{machine: m, name: name, attrs: starlark.StringDict{}, drawn: map[string]bool{}}
	c.order = []*class{c, m.names["object"].(*class)}
	return c
}

// parserClass makes ConfigParser or RawConfigParser.
func (m *Machine) parserClass(name string, style iniStyle) *class {
	c := m.offeredClass(name)
	c.attrs["__init__"] = boundable{builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return starlark.None, m.newParser(style, args, kwargs)
	})}
	c.attrs["optionxform"] = boundable{builtin("optionxform", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var self starlark.Value
		var option string
		if err := unpack("optionxform", args, kwargs, "self", &self, "optionstr", &option); err != nil {
			return nil, err
		}
		return m.text(strings.ToLower(option))
	})}
	for name, method := range m.parserMethods() {
		c.attrs[name] = boundable{builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			object, file, err := parserOf(first(args))
			if err != nil {
				return nil, err
			}
			return method(&parser{machine: m, object: object, file: file}, args[1:], kwargs)
		})}
	}
	return c
}

// parserOf returns a ConfigParser and what it holds.
func parserOf(v starlark.Value) (*class, *iniFile, error) {
	if object, ok := v.(*class); ok && object.instance {
		if file, ok := object.attrs[iniKey].(*iniFile); ok {
			return object, file, nil
		}
	}
	return nil, nil, fault.New("a ConfigParser is needed, with its own __init__ called")
}

// newParser implements ConfigParser(defaults, ...).
func (m *Machine) newParser(style iniStyle, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var self starlark.Value
	var defaults, interpolation, empty starlark.Value = starlark.None, nil, starlark.None
	file := &iniFile{named: map[string]*iniSection{}, defaults: newIniSection("DEFAULT"), delimiters: "=:", interpolation: style}
	strict := true
	var delimiters starlark.Value
	if err := unpack("ConfigParser", args, kwargs, "self", &self, "defaults?", &defaults, "dict_type?", &empty, "allow_no_value?", &file.allowNoValue,
		"delimiters?", &delimiters, "strict?", &strict, "interpolation?", &interpolation, "default_section?", &file.defaults.name); err != nil {
		return fault.New("an argument of ConfigParser() is not available; leave it out")
	}
	if delimiters != nil {
		elems, err := m.elements(delimiters)
		if err != nil {
			return err
		}
		file.delimiters = ""
		for _, elem := range elems {
			s, _ := elem.(starlark.String)
			if len(s) != 1 {
				return fault.New("the delimiters of ConfigParser() must be characters")
			}
			file.delimiters += string(s)
		}
	}
	object, ok := self.(*class)
	if !ok || !strict {
		return fault.New("ConfigParser() is available for files that are strict only")
	}
	object.attrs[iniKey] = file
	if interpolation != nil {
		object.attrs["_interpolation"] = interpolation
		file.interpolation = noReferences
	}
	p := &parser{machine: m, object: object, file: file}
	if defaults == starlark.None {
		return nil
	}
	return p.fillSection(file.defaults, defaults)
}

// parser is a ConfigParser at work.
type parser struct {
	machine *Machine
	object  *class
	file    *iniFile
}

// name returns how an option is called inside: by optionxform.
func (p *parser) name(option string) (string, error) {
	v, err := p.machine.attr(p.object, "optionxform")
	if err != nil {
		return "", err
	}
	if v, err = p.machine.call(v, starlark.Tuple{starlark.String(option)}, nil); err != nil {
		return "", err
	}
	return asText("optionxform", v)
}

// fillSection sets options from a dict.
func (p *parser) fillSection(s *iniSection, from starlark.Value) error {
	d := new(starlark.Dict)
	if err := p.machine.fill(d, from); err != nil {
		return err
	}
	for key, v := range d.Entries() {
		text, err := p.machine.str(key)
		if err != nil {
			return err
		}
		option, err := p.name(text)
		if err != nil {
			return err
		}
		if v == starlark.None {
			s.set(option, nil)
			continue
		}
		value, err := p.machine.str(v)
		if err != nil {
			return err
		}
		s.set(option, &value)
	}
	return p.machine.charge(size(d))
}

// parserMethod is a method of ConfigParser.
type parserMethod func(p *parser, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)

func (m *Machine) parserMethods() map[string]parserMethod {
	return map[string]parserMethod{
		"read": (*parser).read, "read_file": (*parser).readFile, "read_string": (*parser).readString, "read_dict": (*parser).readDict,
		"sections": (*parser).sectionNames, "has_section": (*parser).hasSection, "has_option": (*parser).hasOption,
		"options": (*parser).optionNames, "items": (*parser).items, "defaults": (*parser).defaultValues,
		"get": (*parser).get, "getint": convertedBy(m.toInt), "getfloat": convertedBy(m.toFloat), "getboolean": convertedBy(iniBool),
		"set": (*parser).set, "add_section": (*parser).addSection, "remove_section": (*parser).removeSection, "remove_option": (*parser).removeOption,
		"__getitem__": (*parser).index, "__setitem__": (*parser).setSection, "__contains__": (*parser).contains, "__iter__": (*parser).iterate, "keys": (*parser).iterate, "__len__": (*parser).length,
	}
}
