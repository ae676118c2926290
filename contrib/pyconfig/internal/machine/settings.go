package machine

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// pydantic is what configurations use of pydantic and pydantic_settings.
func (m *Machine) pydantic(path string) *module {
	p := newModuleOf(path, map[string]native{"SettingsConfigDict": m.toDict, "ConfigDict": m.toDict, "Field": m.settingsField,
		"field_validator": m.fieldValidator, "model_validator": m.modelValidator, "computed_field": computedField, "SecretStr": newSecret})
	for _, kind := range []string{"AnyUrl", "AnyHttpUrl", "HttpUrl", "PostgresDsn"} {
		p.attrs[kind] = builtin(path+"."+kind, m.addressMaker(kind))
	}
	p.attrs["BaseSettings"], p.attrs["BaseModel"] = m.settings, m.settings.order[1]
	return p
}

// newSettingsBase makes the class BaseSettings.
func (m *Machine) newSettingsBase() *class {
	c := m.offeredClass("BaseSettings")
	c.order = append([]*class{c}, m.newModelBase().order...)
	return c
}

// dumpSettings is model_dump of an object: it gives the function that makes a dict of the fields.
func (m *Machine) dumpSettings(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("model_dump", args, kwargs)
	if err != nil {
		return nil, err
	}
	object := v.(*class)
	return m.plain("model_dump", func() (starlark.Value, error) {
		d := new(starlark.Dict)
		for _, name := range object.order[1].settingsFields() {
			v, err := m.dumped(object.attrs[name], 0)
			if err != nil {
				return nil, err
			}
			d.SetKey(starlark.String(name), v)
		}
		return d, m.charge(size(d))
	}), nil
}

// dumped returns the value of a field for model_dump: the models in it become dicts too.
func (m *Machine) dumped(v starlark.Value, depth int) (starlark.Value, error) {
	if depth > maxDepth {
		return nil, errDeep()
	}
	switch v := v.(type) {
	case refused:
		return nil, v.err()
	case *class:
		if v.instance && v.is(m.settings.order[1]) {
			dump, err := m.attr(v, "model_dump")
			if err != nil {
				return nil, err
			}
			return m.call(dump, nil, nil)
		}
	case *starlark.List:
		elems, err := m.elements(v)
		for i := range elems {
			if err == nil {
				elems[i], err = m.dumped(elems[i], depth+1)
			}
		}
		return starlark.NewList(elems), err
	case *starlark.Dict:
		d := new(starlark.Dict)
		for _, item := range v.Items() {
			inner, err := m.dumped(item[1], depth+1)
			if err != nil {
				return nil, err
			}
			d.SetKey(item[0], inner)
		}
		return d, m.charge(size(d))
	}
	return v, nil
}

// ellipsis is "...", which stands for a value.
func ellipsis(line int) refused {
	return refused{name: "\"...\"", cure: "write the value", line: line}
}

// settingsField is what Field() returns.
type settingsField struct {
	inert
	value, factory starlark.Value
	names          []string                  // the variables it comes from
	bounds         map[string]starlark.Value // ge, gt, le, lt
	unclear        bool                      // its variable depends on the version of pydantic
}

// String returns a fixed text.
func (*settingsField) String() string { return "Field" }

// Type returns the name of the type.
func (*settingsField) Type() string { return "Field" }

// settingsField implements Field(default, ...).
func (m *Machine) settingsField(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := &settingsField{bounds: map[string]starlark.Value{}}
	if len(args) > 1 {
		return nil, errArguments()
	}
	if len(args) == 1 {
		f.value = args[0]
	}
	for _, pair := range kwargs {
		if err := f.set(string(pair[0].(starlark.String)), pair[1]); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *settingsField) set(name string, v starlark.Value) error {
	switch name {
	case "default":
		f.value = v
	case "default_factory":
		f.factory = v
	case "env": // the first version of pydantic obeys it, the second does not
		f.unclear = true
	case "alias", "validation_alias":
		s, err := asText("Field()", v)
		if err != nil {
			return err
		}
		f.names = append(f.names, s)
	case "ge", "gt", "le", "lt":
		f.bounds[name] = v
	case "description", "title", "examples", "example", "repr", "frozen", "json_schema_extra":
	default:
		return fault.New("%s of Field() is not available; leave it out, or set the key in Go", name)
	}
	return nil
}

// takeDefaults moves the fields out of the class: they are there in objects only.
func (c *class) takeDefaults() {
	c.fieldDefaults = starlark.StringDict{}
	for _, name := range c.annotated {
		if v, ok := c.attrs[name]; ok && c.isSetting(name) {
			c.fieldDefaults[name] = v
			delete(c.attrs, name)
		}
	}
}

func (c *class) isSetting(name string) bool {
	return !strings.HasPrefix(name, "_") && name != "model_config" && c.hints[name].name != "ClassVar"
}

// settingsFields returns the fields of a class and those it inherits, in order.
func (c *class) settingsFields() []string {
	var fields []string
	for _, base := range slices.Backward(c.order) {
		for _, name := range base.annotated {
			if base.fieldDefaults != nil && base.isSetting(name) && !slices.Contains(fields, name) {
				fields = append(fields, name)
			}
		}
	}
	return fields
}

// settingsSource says where the fields of an object come from.
type settingsSource struct {
	prefix    string
	exact     bool // case_sensitive
	files     []starlark.Value
	forbidden bool // names in the files that are no field are an error
	entries   []dotenvEntry
}

// fillSettings sets the fields of an object of a class of settings from its arguments, the environment and .env files.
func (m *Machine) fillSettings(object, c *class, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if len(args) > 0 {
		return errArguments()
	}
	if err := c.checkSettings(); err != nil {
		return err
	}
	src, err := m.settingsSource(c)
	if err != nil {
		return err
	}
	fields := c.settingsFields()
	if err := src.check(fields); err != nil {
		return err
	}
	for _, pair := range kwargs {
		name := string(pair[0].(starlark.String))
		if !slices.Contains(fields, name) {
			return fault.New("an argument of a class of settings is no field of it; leave it out")
		}
		object.attrs[name] = pair[1]
	}
	for _, name := range fields {
		if err := m.fillSetting(object, c, name, src); err != nil {
			return err
		}
	}
	return m.validateObject(object, c)
}

// checkSettings refuses what would change the fields in a way that is not known here.
func (c *class) checkSettings() error {
	for _, base := range c.order {
		for name, v := range base.attrs {
			if base.fieldDefaults != nil && !isSettingsCode(name, v) {
				return fault.New("%s of a class of settings is not available; give it an annotation, or compute the value in Go", name)
			}
		}
	}
	return nil
}

// isSettingsCode reports whether an attribute of a class of settings is one that leaves its fields as they are.
func isSettingsCode(name string, v starlark.Value) bool {
	if isIn(name, "__init__ model_post_init settings_customise_sources __getattr__ __setattr__") {
		return false
	}
	switch v.(type) {
	case *function, *property, *staticMethod, *classMethod, *class, *fieldValidator:
		return true
	}
	return strings.HasPrefix(name, "_") || name == "model_config"
}

// fillSetting sets one field. One that this package cannot read fails when it is used.
func (m *Machine) fillSetting(object, c *class, name string, src *settingsSource) error {
	hint, v := c.setting(name)
	field, isField := v.(*settingsField)
	if !isField {
		field = &settingsField{value: v}
	}
	if field.unclear {
		object.attrs[name] = refused{name: c.name + "." + name, cure: "Field(env=...) means nothing to newer versions: name the field like the variable"}
		return nil
	}
	value, given := object.attrs[name]
	if !given {
		var err error
		if value, err = m.settingValue(name, hint, field, src); err != nil {
			return err
		}
	}
	return m.fitSetting(object, c, name, hint, field, value)
}

// fitSetting sets a field to a value, in its type. What cannot be read here fails when it is used.
func (m *Machine) fitSetting(object, c *class, name string, hint typeHint, field *settingsField, value starlark.Value) error {
	value, err := m.validated(c, name, value, true)
	if err != nil {
		return err
	}
	fitted, err := m.fit(hint, value)
	known, _ := err.(*fault.Error)
	switch {
	case err == nil:
		if err = m.checkBounds(field, fitted); err == nil {
			fitted, err = m.validated(c, name, fitted, false)
		}
	case known != nil && known.Kind == "" && m.trying == 0:
		fitted, err = refused{name: c.name + "." + name, cure: known.Text}, nil
	}
	if err != nil {
		return err
	}
	object.attrs[name] = fitted
	object.note(name, fitted)
	return nil
}

// setting returns the annotation and the default of a field.
func (c *class) setting(name string) (typeHint, starlark.Value) {
	for _, base := range c.order {
		if hint, ok := base.hints[name]; ok && base.fieldDefaults != nil {
			return hint.within(base.scope), base.fieldDefaults[name]
		}
	}
	return typeHint{}, nil
}

// settingValue returns the value of a field from its sources, or its default.
func (m *Machine) settingValue(name string, hint typeHint, field *settingsField, src *settingsSource) (starlark.Value, error) {
	names := field.names
	if names == nil {
		names = []string{src.prefix + name}
	}
	for _, variable := range names {
		text, found := m.settingVariable(variable, src)
		if !found {
			continue
		}
		if inner, _ := hint.optional(); inner.isJSON() {
			return m.loads(text)
		}
		return m.text(text)
	}
	return m.fieldDefault(name, strings.ToUpper(names[0]), field)
}

// fieldDefault returns the default of a field.
func (m *Machine) fieldDefault(name, variable string, field *settingsField) (starlark.Value, error) {
	switch r, ok := field.value.(refused); {
	case field.factory != nil:
		return m.call(field.factory, nil, nil)
	case field.value == nil, ok && r.name == ellipsis(0).name:
		return nil, fault.Raise("ValueError", "the environment variable %s is not set; set it, or give %s a default", variable, name)
	}
	return field.value, nil
}

// settingVariable looks a variable up, in the environment first. Case does not matter by default.
func (m *Machine) settingVariable(name string, src *settingsSource) (string, bool) {
	spellings := []string{name}
	if !src.exact {
		spellings = append(spellings, strings.ToUpper(name), strings.ToLower(name))
	}
	for _, spelling := range spellings {
		if text, found := m.variableOf(spelling); found {
			return text, true
		}
	}
	for _, e := range slices.Backward(src.entries) {
		if !e.bare && (e.name == name || !src.exact && strings.EqualFold(e.name, name)) {
			m.read[e.value] = true
			return e.value, true
		}
	}
	return "", false
}

func (m *Machine) checkBounds(field *settingsField, v starlark.Value) error {
	for name, bound := range field.bounds {
		op := map[string]string{"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}[name]
		holds, err := m.ordered(op, v, bound, 0)
		if err != nil {
			return err
		}
		if !holds {
			return fault.Raise("ValueError", "a setting is outside its bounds; check its value")
		}
	}
	return nil
}

// settingsSource reads model_config, or the class Config inside.
func (m *Machine) settingsSource(c *class) (*settingsSource, error) {
	src := &settingsSource{forbidden: true}
	options := starlark.StringDict{}
	if inner, ok := c.raw("Config").(*class); ok {
		for name, v := range inner.attrs {
			options[name] = v
		}
	}
	if d, ok := asDict(orNone(c.raw("model_config"))); ok {
		for key, v := range d.Entries() {
			if name, ok := key.(starlark.String); ok {
				options[string(name)] = v
			}
		}
	}
	for name, v := range options {
		if err := src.set(name, v); err != nil {
			return nil, err
		}
	}
	for _, file := range src.files {
		entries, err := m.dotenvEntries(dotenvArguments{path: file, interpolate: true})
		if err != nil {
			return nil, err
		}
		src.entries = append(src.entries, entries...)
	}
	return src, nil
}

func orNone(v starlark.Value) starlark.Value {
	if v == nil {
		return starlark.None
	}
	return v
}

func (src *settingsSource) set(name string, v starlark.Value) error {
	text, isText := v.(starlark.String)
	switch {
	case name == "env_prefix" && isText:
		src.prefix = string(text)
	case name == "case_sensitive":
		src.exact = bool(v.Truth())
	case name == "extra" && isText:
		src.forbidden = text != "ignore"
	case name == "env_file":
		src.setFiles(v)
	case isIn(name, "env_file_encoding title frozen populate_by_name arbitrary_types_allowed env_nested_delimiter validate_default from_attributes orm_mode"),
		strings.HasPrefix(name, "__"), name == "customise_sources":
	default:
		return fault.New("%s of a class of settings is not available; leave it out, or set the key in Go", name)
	}
	return nil
}

func (src *settingsSource) setFiles(v starlark.Value) {
	switch v := v.(type) {
	case starlark.NoneType:
	case starlark.Tuple:
		src.files = v
	default:
		src.files = []starlark.Value{v}
	}
}

// check refuses names of the .env files that are no field, as pydantic does without extra="ignore".
func (src *settingsSource) check(fields []string) error {
	for _, e := range src.entries {
		isField := func(field string) bool { return strings.EqualFold(src.prefix+field, e.name) }
		if src.forbidden && strings.HasPrefix(strings.ToLower(e.name), strings.ToLower(src.prefix)) && !slices.ContainsFunc(fields, isField) {
			return fault.New("a .env file has a name that is no field of the class of settings; write extra=\"ignore\", or take it out")
		}
	}
	return nil
}
