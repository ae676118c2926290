package dewar

import (
	"cmp"
	"maps"
	"net/http"
	"reflect"
	"slices"

	"github.com/dewar-go/dewar/internal/errtree"
)

// ErrorHandler answers a request that failed with err. The status is that of err, wherever it stands in its tree,
// unless the handler sets one; for an error that has none it is 200, as in Flask. The header of the [HTTPError] that has
// the status is on the answer already, which in Flask only an error that is passed on has. A handler that returns err itself,
// or an error inside it, passes it on: an error that picks its status gets dewar's own answer, any other is treated
// as one without a handler. A handler that returns another error, panics or returns nil without an answer has
// failed: that error goes to the handler of 500, once, and if there is none, or it fails itself, the client gets a
// plain 500. Both errors are logged.
type ErrorHandler func(c *Context, err error) error

// An errorTable holds the error handlers of one App or Blueprint.
type errorTable struct {
	byCode     map[int]ErrorHandler
	byType     map[reflect.Type]ErrorHandler
	concrete   []reflect.Type // the keys of byType, for errors with a method As
	interfaces []interfaceHandler
	general    ErrorHandler // of error itself
}

// An interfaceHandler handles errors that implement an interface. Those with more methods stand first, of equals the one
// that was registered last.
type interfaceHandler struct {
	typ    reflect.Type
	handle ErrorHandler
}

func (t *errorTable) setCode(code int, h ErrorHandler) {
	if t.byCode == nil {
		t.byCode = map[int]ErrorHandler{}
	}
	t.byCode[code] = h
}

func (t *errorTable) setType(typ reflect.Type, h ErrorHandler) {
	switch {
	case typ.Kind() == reflect.Interface && typ.NumMethod() == 1: // Error, which every error has
		t.general = h
	case typ.Kind() == reflect.Interface:
		t.interfaces = slices.DeleteFunc(t.interfaces, func(i interfaceHandler) bool { return i.typ == typ })
		t.interfaces = slices.Insert(t.interfaces, 0, interfaceHandler{typ, h})
		slices.SortStableFunc(t.interfaces, func(a, b interfaceHandler) int { return cmp.Compare(b.typ.NumMethod(), a.typ.NumMethod()) })
	default:
		if t.byType == nil {
			t.byType = map[reflect.Type]ErrorHandler{}
		}
		if t.byType[typ] == nil {
			t.concrete = append(t.concrete, typ)
		}
		t.byType[typ] = h
	}
}

// ofOwnTypes returns the handlers of t for types of errors that the program has made, without those of a status, of
// [HTTPError] and of error itself.
func (t *errorTable) ofOwnTypes() *errorTable {
	own := &errorTable{byType: maps.Clone(t.byType), interfaces: t.interfaces}
	web := reflect.TypeFor[*HTTPError]()
	delete(own.byType, web)
	own.concrete = slices.DeleteFunc(slices.Clone(t.concrete), func(typ reflect.Type) bool { return typ == web })
	return own
}

// match finds the handler for err by type, and the error to call it with: concrete types are looked for in the whole
// tree, outside in, then interfaces; a handler of error itself takes what is left.
func (t *errorTable) match(err error) (ErrorHandler, error) {
	for _, find := range [...]func(error) (ErrorHandler, error){t.ofType, t.ofInterface} {
		for e := range errtree.All(err) {
			if h, found := find(e); h != nil {
				return h, found
			}
		}
	}
	return t.general, err
}

// ofType finds the handler for the type of err, or for one that its method As makes of it.
func (t *errorTable) ofType(err error) (ErrorHandler, error) {
	if h := t.byType[reflect.TypeOf(err)]; h != nil {
		return h, err
	}
	other, ok := err.(interface{ As(any) bool })
	if !ok {
		return nil, nil
	}
	for _, typ := range t.concrete {
		if target := reflect.New(typ); other.As(target.Interface()) {
			return t.byType[typ], target.Elem().Interface().(error)
		}
	}
	return nil, nil
}

func (t *errorTable) ofInterface(err error) (ErrorHandler, error) {
	for _, i := range t.interfaces {
		if reflect.TypeOf(err).Implements(i.typ) {
			return i.handle, err
		}
	}
	return nil, nil
}

// findErrorHandler returns the handler for err and the error to call it with, in Flask's order: by code from
// the innermost blueprint out to the app, then by type likewise.
func findErrorHandler(scopes []*errorTable, err error) (ErrorHandler, error) {
	if code, ok := statusOf(err); ok {
		for _, scope := range scopes {
			if h := scope.byCode[code]; h != nil {
				return h, forCode(code, err)
			}
		}
	}
	for _, scope := range scopes {
		if h, found := scope.match(err); h != nil {
			return h, found
		}
	}
	return nil, nil
}

// forCode returns what the handler of a code is called with: err, but always an *HTTPError for 500.
func forCode(code int, err error) error {
	if _, ok := err.(*HTTPError); ok || code != http.StatusInternalServerError { //nolint:errorlint // the outermost type counts
		return err
	}
	server := &HTTPError{Code: code, Err: err}
	if e := httpErrorOf(err, code); e != nil {
		server.Message, server.Errors, server.Header = e.Message, e.Errors, e.Header
	}
	return server
}

// findServerErrorHandler returns the handler for errors that no other handler handles: that of code 500, of *HTTPError,
// of an interface that it implements, or of error.
func findServerErrorHandler(scopes []*errorTable) ErrorHandler {
	for _, scope := range scopes {
		if h := scope.byCode[http.StatusInternalServerError]; h != nil {
			return h
		}
	}
	for _, scope := range scopes {
		if h, _ := scope.match(&HTTPError{Code: http.StatusInternalServerError}); h != nil {
			return h
		}
	}
	return nil
}
