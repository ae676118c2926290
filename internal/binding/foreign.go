package binding

import (
	"fmt"
	"reflect"
)

// foreignTags are the tags that other frameworks fill a struct by, and what they are called here.
var foreignTags = [...]struct{ tag, here string }{
	{"uri", "path"}, {"param", "path"}, {"params", "path"}, {"reqHeader", "header"},
}

// Unread returns a rule for a validator that the struct, or one inside it, has in a tag; "" for none. Only an
// App.Validator reads such rules.
func (plan *Plan) Unread() string { return plan.unread }

// checkForeign looks at the fields of t for tags of other frameworks, which would be passed over in silence.
func (p *planner) checkForeign(t reflect.Type) error {
	for _, f := range reflect.VisibleFields(t) {
		for _, tag := range [...]string{"binding", "validate"} {
			if rule := f.Tag.Get(tag); rule != "" && rule != "-" && p.unread == "" {
				p.unread = fmt.Sprintf("field %s of %v has the tag %s:%q, which nothing reads; write required:\"true\" or a method Validate() error, or set app.Validator to one that reads it", f.Name, t, tag, rule)
			}
		}
		if layout, ok := f.Tag.Lookup("time_format"); ok {
			return fmt.Errorf("field %s of %v has the tag time_format:%q; take it away for the forms of RFC 3339 and of HTML's inputs, or give the type an UnmarshalText method", f.Name, t, layout)
		}
		if err := checkForeignSource(t, f); err != nil {
			return err
		}
	}
	return nil
}

// checkForeignSource finds a field that another framework would fill and this one would not.
func checkForeignSource(t reflect.Type, f reflect.StructField) error {
	if tagged(f, Path, JSON) {
		return nil
	}
	for _, foreign := range foreignTags {
		if name, ok := f.Tag.Lookup(foreign.tag); ok && name != "-" {
			return fmt.Errorf("field %s of %v has the tag %s:%q, which nothing reads; write %s:%q", f.Name, t, foreign.tag, name, foreign.here, name)
		}
	}
	return nil
}
