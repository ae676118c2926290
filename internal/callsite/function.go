package callsite

import (
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"unsafe"
)

// Function is what can be told of a function value.
type Function struct {
	// Name is the last name of a plain function or method, "" for a closure.
	Name string
	// Method tells that it is a method value, as in x.Show.
	Method bool
	// Identity is equal for values that are the same function: the same plain function, the same method of the same
	// pointer, one and the same closure. Two method values of a receiver that is no pointer always differ.
	Identity any
}

// identity is code with what it is bound to.
type identity struct {
	code  uintptr
	bound unsafe.Pointer
}

// FunctionOf describes f, which must be a function and not nil.
func FunctionOf[F any](f F) Function {
	code := reflect.ValueOf(f).Pointer()
	full, method := strings.CutSuffix(runtime.FuncForPC(code).Name(), "-fm")
	name := strings.TrimSuffix(full, "[...]")
	name = name[strings.LastIndexByte(name, '.')+1:]
	if strings.Trim(strings.TrimPrefix(name, "func"), "0123456789") == "" {
		name = ""
	}
	// A function value points to its code and the variables behind it, which for a method value is the receiver.
	value := *(*unsafe.Pointer)(unsafe.Pointer(&f))
	switch {
	case method && strings.Contains(full, ".(*"):
		value = (*[2]unsafe.Pointer)(value)[1]
	case !method && name != "":
		value = nil
	}
	return Function{Name: name, Method: method, Identity: identity{code, value}}
}

// PlaceOf returns the name of f and where it is written: "shop.audit (shop/audit.go:12)"; of a method value the name alone.
// f must be a function and not nil.
func PlaceOf[F any](f F) string {
	code := runtime.FuncForPC(reflect.ValueOf(f).Pointer())
	full, method := strings.CutSuffix(code.Name(), "-fm")
	name := full[strings.LastIndexByte(full, '/')+1:]
	if method {
		return name
	}
	file, line := code.FileLine(code.Entry())
	return name + " (" + Short(file) + ":" + strconv.Itoa(line) + ")"
}
