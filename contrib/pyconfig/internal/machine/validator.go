package machine

import (
	"slices"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// fieldValidator is a function that changes or checks a field of a class of settings, made by field_validator.
type fieldValidator struct {
	inert
	fields []string // "*" for all; none for a validator of the whole object
	before bool     // whether it gets the value before its type is looked at
	fn     starlark.Value
}

// String returns a fixed text.
func (*fieldValidator) String() string { return "validator" }

// Type returns the name of the type.
func (*fieldValidator) Type() string { return "validator" }

// fieldValidator implements the decorator field_validator(*fields, mode="after").
func (m *Machine) fieldValidator(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v := &fieldValidator{}
	for _, arg := range args {
		name, err := asText("field_validator()", arg)
		if err != nil {
			return nil, err
		}
		v.fields = append(v.fields, name)
	}
	mode := "after"
	var check starlark.Value
	if err := unpack("field_validator", nil, kwargs, "mode?", &mode, "check_fields?", &check); err != nil {
		return nil, err
	}
	if mode != "after" && mode != "before" || len(args) == 0 {
		return nil, fault.New("this mode of field_validator() is not available; use \"before\" or \"after\"")
	}
	v.before = mode == "before"
	return v.decorator("field_validator"), nil
}

// modelValidator implements the decorator model_validator(mode="after").
func (m *Machine) modelValidator(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var mode string
	if err := unpack("model_validator", args, kwargs, "mode", &mode); err != nil {
		return nil, err
	}
	if mode != "after" {
		return nil, fault.New("this mode of model_validator() is not available; use \"after\"")
	}
	return (&fieldValidator{}).decorator("model_validator"), nil
}

// decorator returns what takes the function.
func (v *fieldValidator) decorator(name string) starlark.Value {
	return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		fn, err := one(name, args, kwargs)
		if method, ok := fn.(*classMethod); ok {
			fn = method.callable
		}
		if f, ok := fn.(*function); ok && len(f.code.Params) > 2 {
			return nil, fault.New("a validator with more than the class and the value is not available; check the value in Go")
		}
		v.fn = fn
		return v, err
	})
}

// computedField implements the decorator computed_field, with and without arguments.
func computedField(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		return identity("computed_field"), nil
	}
	v, err := one("computed_field", args, nil)
	if fn, ok := v.(*function); ok {
		return &property{get: fn}, err
	}
	return v, err
}

// validators returns those of a class and those it inherits, in order.
func (c *class) validators() []*fieldValidator {
	var all []*fieldValidator
	seen := map[string]bool{}
	for _, base := range c.order {
		var own []*fieldValidator
		for _, name := range base.names {
			if v, ok := base.attrs[name].(*fieldValidator); ok && !seen[name] {
				own = append(own, v)
				seen[name] = true
			}
		}
		all = append(own, all...)
	}
	return all
}

// validated runs the validators of a field that come before, or after, its type is looked at.
func (m *Machine) validated(c *class, name string, v starlark.Value, before bool) (starlark.Value, error) {
	for _, validator := range c.validators() {
		if validator.before != before || !slices.Contains(validator.fields, name) && !slices.Contains(validator.fields, "*") {
			continue
		}
		var err error
		if v, err = m.call(validator.fn, starlark.Tuple{c, v}, nil); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// validateObject runs the validators of the whole object.
func (m *Machine) validateObject(object, c *class) error {
	for _, validator := range c.validators() {
		if validator.fields != nil {
			continue
		}
		v, err := m.call(validator.fn, starlark.Tuple{object}, nil)
		if err != nil {
			return err
		}
		if v != starlark.Value(object) {
			return fault.New("a model_validator must give back its object here")
		}
	}
	return nil
}

// secret is a SecretStr of pydantic. As a value of the configuration it is code: get_secret_value() gives the text.
type secret struct {
	inert
	text starlark.Value
}

// String hides the text.
func (secret) String() string { return "**********" }

// Type returns the name of the type.
func (secret) Type() string { return "SecretStr" }

// AttrNames returns nothing: the names are not listed to files.
func (secret) AttrNames() []string { return nil }

// Attr returns get_secret_value.
func (s secret) Attr(name string) (starlark.Value, error) {
	if name == "get_secret_value" {
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return s.text, unpack(name, args, kwargs)
		}), nil
	}
	return nil, fault.New("%s of a SecretStr is not available; use get_secret_value()", name)
}

func newSecret(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("SecretStr", args, kwargs)
	return secret{text: v}, err
}

// newModelBase makes the class BaseModel: like BaseSettings, but what is in the environment is not looked at.
func (m *Machine) newModelBase() *class {
	c := m.offeredClass("BaseModel")
	for _, name := range []string{"model_dump", "dict"} {
		c.attrs[name] = &property{get: builtin(name, m.dumpSettings)}
	}
	return c
}

// fillModel sets the fields of an object of a class derived from BaseModel.
func (m *Machine) fillModel(object, c *class, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if len(args) > 0 {
		return errArguments()
	}
	if err := c.checkSettings(); err != nil {
		return err
	}
	if c.raw("model_config") != nil || c.raw("Config") != nil {
		return fault.New("the configuration of a BaseModel is not available; leave it out, or set the key in Go")
	}
	given := starlark.StringDict{}
	for _, pair := range kwargs {
		given[string(pair[0].(starlark.String))] = pair[1]
	}
	for _, name := range c.settingsFields() {
		hint, fallback := c.setting(name)
		field, isField := fallback.(*settingsField)
		if !isField {
			field = &settingsField{value: fallback}
		}
		v, ok := given[name]
		if field.names != nil || field.unclear {
			return fault.New("an alias of a field is not available; name the field like the argument")
		}
		if !ok {
			var err error
			if v, err = m.fieldDefault(name, name, field); err != nil {
				return err
			}
			object.attrs[name] = v // pydantic does not look at defaults
			object.note(name, v)
			continue
		}
		if err := m.fitSetting(object, c, name, hint, field, v); err != nil {
			return err
		}
	}
	return m.validateObject(object, c)
}
