package dewar

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/dewar-go/dewar/internal/callsite"
)

// View registers the methods of a value for the URLs that match rule: Get, Head, Post, Put, Patch, Delete and Options,
// each a func(*Context) error, answer the requests of their HTTP method, and HEAD falls back to Get. A method
// Before(*Context) error runs before each of them, as a hook given to [Before] does. The endpoint is the name of view's
// type in lower case unless [Endpoint] gives another; the same value may have several rules. [Methods] leaves out what
// it does not name. All requests share view, so it must be safe for concurrent use.
//
// View panics on a value that has none of the methods, on one of these methods that takes a *Context but has
// another signature, and on what [App.Route] panics on. Flask calls it MethodView.
func (s *scaffold) View(rule string, view any, opts ...RouteOption) {
	v, problem := newView(view)
	if problem != "" {
		panic(fmt.Sprintf("dewar: %s: View(%q, %T): %s", callsite.Site(), rule, view, problem))
	}
	s.addRoute(rule, v.serve, opts, Methods(v.methods...), routeOption(func(spec *routeSpec) {
		spec.view, spec.derived, spec.identity = v, v.name, v.identity
		if v.before != nil {
			spec.before = append(spec.before, v.before)
		}
	}))
}

// A view answers each HTTP method by a method of a value.
type view struct {
	name     string
	identity any // the value, if it can be compared
	before   Handler
	methods  []string
	handlers []Handler // of methods
}

// newView finds the methods of value.
func newView(value any) (v *view, problem string) {
	v = &view{}
	if value == nil {
		return nil, "the view is nil; pass a value with methods such as Get(c *dewar.Context) error"
	}
	if hook, ok := value.(interface{ Before(*Context) error }); ok {
		v.before = hook.Before
	}
	v.find(value)
	if name := v.misshaped(value); name != "" {
		return nil, fmt.Sprintf("its method %s must be a func(*dewar.Context) error to answer requests; change or rename it", name)
	}
	if len(v.methods) == 0 {
		return nil, "it has none of the methods Get, Head, Post, Put, Patch, Delete and Options; pass a pointer if they have a pointer receiver"
	}
	typ := reflect.TypeOf(value)
	v.identity = v
	if reflect.ValueOf(value).Comparable() {
		v.identity = value
	}
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	v.name = strings.ToLower(strings.SplitN(typ.Name(), "[", 2)[0])
	return v, ""
}

// find collects the handlers of value.
func (v *view) find(value any) {
	if h, ok := value.(interface{ Get(*Context) error }); ok {
		v.add(http.MethodGet, h.Get)
	}
	if h, ok := value.(interface{ Head(*Context) error }); ok {
		v.add(http.MethodHead, h.Head)
	}
	if h, ok := value.(interface{ Post(*Context) error }); ok {
		v.add(http.MethodPost, h.Post)
	}
	if h, ok := value.(interface{ Put(*Context) error }); ok {
		v.add(http.MethodPut, h.Put)
	}
	if h, ok := value.(interface{ Patch(*Context) error }); ok {
		v.add(http.MethodPatch, h.Patch)
	}
	if h, ok := value.(interface{ Delete(*Context) error }); ok {
		v.add(http.MethodDelete, h.Delete)
	}
	if h, ok := value.(interface{ Options(*Context) error }); ok {
		v.add(http.MethodOptions, h.Options)
	}
}

func (v *view) add(method string, h Handler) {
	v.methods, v.handlers = append(v.methods, method), append(v.handlers, h)
}

// misshaped returns the name of a method that was meant to answer requests but cannot, or "".
func (v *view) misshaped(value any) string {
	typ := reflect.TypeOf(value)
	for _, name := range []string{"Get", "Head", "Post", "Put", "Patch", "Delete", "Options", "Before"} {
		m, ok := typ.MethodByName(name)
		if ok && m.Type.NumIn() > 1 && m.Type.In(1) == reflect.TypeFor[*Context]() && !v.has(name) {
			return name
		}
	}
	return ""
}

func (v *view) has(name string) bool {
	if name == "Before" {
		return v.before != nil
	}
	return v.handler(strings.ToUpper(name)) != nil
}

func (v *view) handler(method string) Handler {
	for i, m := range v.methods {
		if m == method {
			return v.handlers[i]
		}
	}
	return nil
}

// lacks returns the first of methods that the view does not answer, or "".
func (v *view) lacks(methods []string) string {
	for _, m := range methods {
		if v.handler(m) == nil {
			return m
		}
	}
	return ""
}

// serve answers a request by the method for it.
func (v *view) serve(c *Context) error {
	h := v.handler(c.born.Method)
	if h == nil {
		h = v.handler(http.MethodGet) // for HEAD
	}
	return h(c)
}
