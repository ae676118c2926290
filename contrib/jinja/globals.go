package jinja

import (
	"fmt"
	"html/template"
	"reflect"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// flaskGlobals returns what Flask gives to all templates.
func flaskGlobals(t *dewar.Templates) map[string]any {
	globals := func(rt *value.Runtime) dewar.TemplateGlobals { return t.Globals(contextOf(rt)) }
	return map[string]any{
		"url_for": &value.Function{
			Name: "url_for", Params: []value.Param{{Name: "endpoint", Required: true}}, Named: true,
			Call: func(rt *value.Runtime, args []any) (any, error) {
				return urlFor(rt, globals(rt), args[0], args[1].(*value.Dict))
			},
		},
		"get_flashed_messages": &value.Function{
			Name:   "get_flashed_messages",
			Params: []value.Param{{Name: "with_categories", Default: false}, {Name: "category_filter", Default: value.Tuple{}}},
			Call:   func(rt *value.Runtime, args []any) (any, error) { return flashes(rt, globals(rt), args[0], args[1]) },
		},
		"request": value.Lazy(func(rt *value.Runtime) (any, error) {
			r, err := globals(rt).Request()
			return request{r, contextOf(rt)}, err
		}),
		"session": value.Lazy(func(rt *value.Runtime) (any, error) {
			_, err := globals(rt).Request()
			return session{contextOf(rt)}, err
		}),
		"g":      value.Lazy(func(rt *value.Runtime) (any, error) { return g{globals(rt).G(), contextOf(rt), globals(rt)}, nil }),
		"config": value.Lazy(func(rt *value.Runtime) (any, error) { return map[string]any(globals(rt).Config()), nil }),
	}
}

// contextOf returns the Context that renders.
func contextOf(rt *value.Runtime) *dewar.Context { return rt.Host.(*dewar.Context) }

// urlOptions are the arguments of url_for that are no values.
var urlOptions = []string{"_anchor", "_external", "_method", "_scheme"}

// urlFor is url_for: values that are None are left out, and so are options.
func urlFor(rt *value.Runtime, globals dewar.TemplateGlobals, endpoint any, named *value.Dict) (any, error) {
	name, ok := value.AsString(endpoint)
	if !ok {
		return nil, fmt.Errorf("url_for: an endpoint is text, not %s", value.TypeName(endpoint))
	}
	pairs := make([]any, 0, 2*named.Len())
	for key, v := range named.All() {
		if value.IsNone(v) {
			continue
		}
		part, err := urlPart(rt, fmt.Sprint(key), v)
		if err != nil {
			return nil, fmt.Errorf("url_for %q: %s: %w", name, key, err)
		}
		pairs = append(pairs, key, part)
	}
	built, err := globals.URLFor(name, pairs...)
	if err = lacking(err, pairs); err != nil {
		return nil, fmt.Errorf("url_for: %w", err)
	}
	return built, nil
}

// urlPart returns what Go's URLFor takes for an argument of a template.
func urlPart(rt *value.Runtime, name string, v any) (any, error) {
	switch {
	case name == "_external":
		return value.Truth(v)
	case strings.HasPrefix(name, "_"):
		return v, nil
	}
	return urlValue(rt, v)
}

// urlValue returns what Go's URLFor takes for a value of a template that is not None: text, or what becomes the text that Python makes of it. A missing
// value is no text, as in Flask, and an error in strict mode.
func urlValue(rt *value.Runtime, v any) (any, error) {
	switch v := v.(type) {
	case value.Markup:
		return v.Text, nil
	case *value.List:
		return urlValues(rt, v.Items)
	case value.Tuple:
		return urlValues(rt, v)
	case template.HTML:
		return string(v), nil
	case bool, float64, *value.Undefined: // which Go would write otherwise
		return value.Str(rt, v)
	}
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.Pointer:
		if rv.Elem().Kind() != reflect.Struct {
			return urlValue(rt, rv.Elem().Interface())
		}
		return value.Canon(v), nil
	case reflect.Struct:
		return value.Canon(v), nil // sql.NullString
	case reflect.Slice:
		if rv.Type().Elem().Kind() != reflect.Uint8 {
			items, err := value.Items(rt, v)
			if err != nil {
				return nil, err
			}
			return urlValues(rt, items)
		}
	}
	return v, nil
}

// urlValues is urlValue for each of several; None is left out.
func urlValues(rt *value.Runtime, items []any) (any, error) {
	list := make([]any, 0, len(items))
	for _, item := range items {
		if value.IsNone(item) {
			continue
		}
		v, err := urlValue(rt, item)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// flashes is get_flashed_messages: the messages, or with categories pairs of a category and its message.
func flashes(rt *value.Runtime, globals dewar.TemplateGlobals, withCategories, filter any) (any, error) {
	with, err := value.Truth(withCategories)
	if err != nil {
		return nil, err
	}
	wanted, err := value.Items(rt, filter)
	if err != nil {
		return nil, err
	}
	var categories []string
	for _, category := range wanted {
		name, ok := value.AsString(category)
		if !ok {
			return nil, fmt.Errorf("get_flashed_messages: category_filter is a list of texts, and has a %s", value.TypeName(category))
		}
		categories = append(categories, name)
	}
	flashed, err := globals.FlashedMessages(categories...)
	list := &value.List{Items: make([]any, 0, len(flashed))}
	for _, f := range flashed {
		var message any = f.Message
		if f.Value != nil {
			message = f.Value
		}
		if with {
			message = value.Tuple{f.Category, message}
		}
		list.Items = append(list.Items, message)
	}
	return list, err
}

// session is what templates see of a session: its values, and what Flask's says of itself.
type session struct{ c *dewar.Context }

func (s session) Attr(_ *value.Runtime, name string) (any, bool) {
	switch name {
	case "permanent":
		return s.c.Session().Permanent(), true
	case "new":
		return false, true // Flask's sessions in cookies never say
	case "modified":
		return s.c.Session().Modified(), true
	}
	return nil, false
}

func (s session) Lookup(key any) (any, bool) {
	name, ok := value.AsString(key)
	if !ok {
		return nil, false
	}
	return s.c.Session().Lookup(name)
}

func (s session) Keys() []any { return anys(s.c.Session().Keys()) }

func (s session) TypeName() string { return "SecureCookieSession" }

// g is what templates see of the values of a Context.
type g struct {
	values  dewar.Map
	c       *dewar.Context
	globals dewar.TemplateGlobals
}

// Attr returns a value, or one of the methods that Flask's g has.
func (v g) Attr(_ *value.Runtime, name string) (any, bool) {
	if item, ok := v.values[name]; ok {
		return item, true
	}
	switch name {
	case "get":
		return v.method("get", nil, v.get), true
	case "pop":
		return v.method("pop", noDefault{}, v.pop), true
	case "setdefault":
		return v.method("setdefault", nil, v.setDefault), true
	}
	return nil, false
}

// noDefault stands for an argument that was not given.
type noDefault struct{}

// method makes a method of a name and a default.
func (v g) method(name string, missing any, do func(name string, other any) (any, error)) *value.Function {
	return &value.Function{
		Name: name, Params: []value.Param{{Name: "name", Required: true}, {Name: "default", Default: missing}},
		Call: func(_ *value.Runtime, args []any) (any, error) {
			key, ok := value.AsString(args[0])
			if !ok {
				return nil, fmt.Errorf("g.%s: a name is text, not %s", name, value.TypeName(args[0]))
			}
			return do(key, args[1])
		},
	}
}

func (v g) get(name string, other any) (any, error) {
	if item, ok := v.values[name]; ok {
		return item, nil
	}
	return other, nil
}

func (v g) pop(name string, other any) (any, error) {
	if item, ok := v.globals.PopG(name); ok {
		delete(v.values, name)
		return item, nil
	}
	if _, none := other.(noDefault); none {
		return nil, fmt.Errorf("g.pop: there is no %q; give a default, as in g.pop(%q, none)", name, name)
	}
	return other, nil
}

func (v g) setDefault(name string, other any) (any, error) {
	if item, ok := v.values[name]; ok {
		return item, nil
	}
	v.c.Set(name, other)
	v.values[name] = other
	return other, nil
}

func (v g) Lookup(key any) (any, bool) {
	name, _ := value.AsString(key)
	item, ok := v.values[name]
	return item, ok
}

func (v g) Keys() []any { return sortedKeys(v.values) }

func (v g) TypeName() string { return "_AppCtxGlobals" }
