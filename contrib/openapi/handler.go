package openapi

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime"
	"strings"

	"github.com/dewar-go/dewar"
)

// A typedHandler is a handler of an API: typed, or a plain one, which has neither in nor out.
type typedHandler struct {
	api     *API
	name    string // that of the function; "" for a closure
	call    reflect.Value
	in, out reflect.Type // the struct, not the pointer to it; nil for none
	plain   bool
	handler dewar.Handler
}

var (
	typedMeta = dewar.NewMeta[*typedHandler]("operation")

	contextType = reflect.TypeFor[*dewar.Context]()
	errorType   = reflect.TypeFor[error]()
)

// errSignature says what can be a handler.
var errSignature = errors.New("pass func(c *dewar.Context, in *In) (*Out, error), without in or without *Out if there is none, or func(c *dewar.Context) error")

// handler returns what serves a function. That of a function with a name is the same each time, so that its routes can share an endpoint.
func (api *API) handler(f any) (*typedHandler, error) {
	v := reflect.ValueOf(f)
	if v.Kind() != reflect.Func || v.IsNil() {
		return nil, fmt.Errorf("the handler is a %T and no function; %w", f, errSignature)
	}
	name, bound := functionName(v)
	if known := api.typed[v.Pointer()]; known != nil && name != "" && !bound {
		return known, nil
	}
	h := &typedHandler{api: api, name: name, call: v}
	if err := h.read(v.Type()); err != nil {
		return nil, err
	}
	if !h.plain {
		h.handler = func(c *dewar.Context) error { return h.serve(c) } // a closure, which has no name of its own
	} else {
		plain := v.Convert(reflect.TypeFor[dewar.Handler]()).Interface().(dewar.Handler)
		h.handler = func(c *dewar.Context) error { return plain(c) }
	}
	if name != "" && !bound {
		api.typed[v.Pointer()] = h
	}
	return h, nil
}

// functionName returns the last name of a function or method, "" for a closure, and whether it is a method of a value.
func functionName(f reflect.Value) (name string, bound bool) {
	full, bound := strings.CutSuffix(runtime.FuncForPC(f.Pointer()).Name(), "-fm")
	name = strings.TrimSuffix(full, "[...]")
	name = name[strings.LastIndexByte(name, '.')+1:]
	if strings.Trim(strings.TrimPrefix(name, "func"), "0123456789") == "" {
		return "", bound
	}
	return name, bound || strings.HasSuffix(full, "[...]") // instances of a generic function share their code
}

// read finds out what the function takes and gives.
func (h *typedHandler) read(t reflect.Type) error {
	wrong := fmt.Errorf("the handler is a %v; %w", t, errSignature)
	if t.IsVariadic() || t.NumIn() < 1 || t.NumIn() > 2 || t.In(0) != contextType || t.NumOut() < 1 || t.NumOut() > 2 || t.Out(t.NumOut()-1) != errorType {
		return wrong
	}
	if t.NumIn() == 2 {
		if t.In(1).Kind() != reflect.Pointer || t.In(1).Elem().Kind() != reflect.Struct {
			return wrong
		}
		h.in = t.In(1).Elem()
	}
	if t.NumOut() == 2 {
		h.out = t.Out(0)
	}
	h.plain = h.in == nil && h.out == nil
	return nil
}

// serve binds, calls and answers.
func (h *typedHandler) serve(c *dewar.Context) error {
	args := make([]reflect.Value, 1, 2)
	args[0] = reflect.ValueOf(c)
	route, _ := c.Route()
	if h.in != nil {
		in := reflect.New(h.in)
		var opts []dewar.BindOption
		if strictMeta.has(route) {
			opts = append(opts, dewar.RefuseUnknown())
		}
		if err := c.Bind(in.Interface(), opts...); err != nil {
			return err
		}
		args = append(args, in)
	}
	results := h.call.Call(args)
	if err, _ := results[len(results)-1].Interface().(error); err != nil {
		return err
	}
	if h.out == nil {
		return answer(c, route, reflect.Value{})
	}
	return answer(c, route, results[0])
}

// answer sends what a handler returned, unless it has answered itself and returned nothing.
func answer(c *dewar.Context, route dewar.Route, out reflect.Value) error {
	switch {
	case !isNothing(out):
	case c.Response.Started() || c.Response.Committed():
		return nil
	case !out.IsValid() || out.Kind() == reflect.Pointer || out.Kind() == reflect.Interface:
		return c.NoContent()
	case out.Kind() == reflect.Slice:
		out = reflect.MakeSlice(out.Type(), 0, 0)
	case out.Kind() == reflect.Map:
		out = reflect.MakeMap(out.Type())
	}
	if c.Response.StatusCode() == http.StatusOK {
		c = c.Status(successOf(route, c.Request.Method, true))
	}
	return c.JSON(out.Interface())
}

// isNothing reports whether a handler returned nil, or no value at all.
func isNothing(out reflect.Value) bool {
	if !out.IsValid() {
		return true
	}
	switch out.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map:
		return out.IsNil()
	}
	return false
}

// successOf returns the status of a good answer of a typed handler.
func successOf(route dewar.Route, method string, hasOut bool) int {
	status, said := statusMeta.Of(route)
	switch {
	case said:
		return status
	case !hasOut:
		return http.StatusNoContent
	case method == http.MethodPost:
		return http.StatusCreated
	}
	return http.StatusOK
}
