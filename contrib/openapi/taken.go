package openapi

import (
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"reflect"
	"slices"

	"github.com/dewar-go/dewar"
)

// taken is what an operation takes.
type taken struct {
	parameters []any
	body       *object
	checked    bool // something of it may be wrong
}

// fails adds the errors that Bind may answer with.
func (t *taken) fails(fails map[int]string) {
	if t.checked {
		addFail(fails, http.StatusBadRequest, "What was sent is not right; the member errors lists the fields.")
	}
	if t.body != nil {
		addFail(fails, http.StatusRequestEntityTooLarge, "The body is too large.")
		addFail(fails, http.StatusUnsupportedMediaType, "The body is of a type that is not taken here.")
	}
}

var (
	fileType  = reflect.TypeFor[*multipart.FileHeader]()
	filesType = reflect.TypeFor[[]*multipart.FileHeader]()
)

// taken describes what Bind takes for a route: the variables of the rule and the fields of in, which may be nil.
func (d *describer) taken(route dewar.Route, method string, in reflect.Type) (*taken, error) {
	var fields []dewar.BoundField
	if in != nil {
		var err error
		if fields, err = dewar.FieldsOf(in); err != nil {
			return nil, fmt.Errorf("cannot bind: %w", err)
		}
		if err := checkTags(in); err != nil {
			return nil, err
		}
		if err := checkPath(route, in, fields); err != nil {
			return nil, err
		}
	}
	t := &taken{}
	for _, v := range route.Variables() {
		if v.InHost {
			continue
		}
		i := slices.IndexFunc(fields, func(f dewar.BoundField) bool { return f.Path == v.Name })
		var field *dewar.BoundField
		if i >= 0 {
			field = &fields[i]
		}
		p, err := d.types.variable(v, field)
		if err != nil {
			return nil, err
		}
		t.parameters = append(t.parameters, p)
	}
	if in == nil {
		return t, nil
	}
	if err := d.addParameters(t, fields); err != nil {
		return nil, err
	}
	err := d.addBody(t, route, method, in, fields)
	return t, err
}

// checkPath compares the path tags of in with the variables of the rule.
func checkPath(route dewar.Route, in reflect.Type, fields []dewar.BoundField) error {
	variables := map[string]bool{}
	for _, v := range route.Variables() {
		variables[v.Name] = true
	}
	for _, f := range fields {
		_, byDefault := route.Defaults[f.Path]
		if f.Path != "" && !variables[f.Path] && !byDefault {
			return fmt.Errorf("has no variable %q, which the tag path:%q of field %s of %v names; the rule has %v", f.Path, f.Path, f.Name, in, quoted(variables))
		}
	}
	for _, v := range route.Variables() {
		taken := slices.ContainsFunc(fields, func(f dewar.BoundField) bool { return f.Path == v.Name })
		if !taken && !v.InHost {
			return fmt.Errorf("has the variable %q, which no field of %v takes; add one with the tag path:%q", v.Name, in, v.Name)
		}
	}
	return nil
}

func quoted(names map[string]bool) any {
	if len(names) == 0 {
		return "none"
	}
	return fmt.Sprintf("%q", slices.Sorted(maps.Keys(names)))
}

// addParameters describes what comes from the query, headers and cookies.
func (d *describer) addParameters(t *taken, fields []dewar.BoundField) error {
	for _, f := range fields {
		for _, place := range [...]struct{ in, name string }{{"query", f.Query}, {"header", f.Header}, {"cookie", f.Cookie}} {
			if place.name == "" {
				continue
			}
			schema, err := d.types.text(&f)
			if err != nil {
				return err
			}
			t.checked = true
			p := obj("name", place.name, "in", place.in)
			p.setText("description", schema.taken("description"))
			if f.Required && alone(f) {
				p.set("required", true)
			}
			p.set("schema", schema.object)
			t.parameters = append(t.parameters, p)
		}
	}
	return nil
}

// alone reports whether a field has one name only, so that its value must be there.
func alone(f dewar.BoundField) bool {
	n := 0
	for _, name := range [...]string{f.Path, f.Query, f.Header, f.Cookie, f.Form, f.JSON} {
		if name != "" {
			n++
		}
	}
	return n == 1
}

// elsewhere reports whether a field of the body may come from outside of it.
func elsewhere(f dewar.BoundField) bool {
	return f.Path != "" || f.Query != "" || f.Header != "" || f.Cookie != ""
}

// addBody describes the body, which may be JSON or a form.
func (d *describer) addBody(t *taken, route dewar.Route, method string, in reflect.Type, fields []dewar.BoundField) error {
	content, required := obj(), false
	jsonFields := slices.DeleteFunc(slices.Clone(fields), func(f dewar.BoundField) bool { return f.JSON == "" })
	formFields := slices.DeleteFunc(slices.Clone(fields), func(f dewar.BoundField) bool { return f.Form == "" })
	for _, f := range slices.Concat(jsonFields, formFields) {
		required = required || f.Required && !elsewhere(f)
	}
	if len(jsonFields) > 0 {
		u := body
		if strictMeta.has(route) {
			u = strictBody
		}
		schema, err := d.types.whole(in, u, jsonFields)
		if err != nil {
			return err
		}
		content.set("application/json", obj("schema", schema))
	}
	if len(formFields) > 0 {
		schema, err := d.types.whole(in, form, formFields)
		if err != nil {
			return err
		}
		hasFiles := slices.ContainsFunc(formFields, func(f dewar.BoundField) bool { return f.Type == fileType || f.Type == filesType })
		if !hasFiles {
			content.set("application/x-www-form-urlencoded", obj("schema", schema))
		}
		content.set("multipart/form-data", obj("schema", schema))
	}
	if len(content.members) == 0 {
		return nil
	}
	if isSafe(method) && !slices.ContainsFunc(route.Methods, func(m string) bool { return !isSafe(m) }) {
		return fmt.Errorf("takes a body by %v, but a %s request has none; use the tag query, or api.Post", in, method)
	}
	if isSafe(method) { // one of several, such as that of a form's page
		return nil
	}
	t.checked = true
	t.body = obj()
	if required {
		t.body.set("required", true)
	}
	t.body.set("content", content)
	return nil
}
