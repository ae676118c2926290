package filters

import (
	"reflect"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// Tests returns the 39 tests by name. A test's first parameter is the value, and its result a bool. The map is the caller's.
func Tests() map[string]*value.Function {
	return byName(
		function("!=", compares("!="), need("a"), need("b")),
		function("<", compares("<"), need("a"), need("b")),
		function("<=", compares("<="), need("a"), need("b")),
		function("==", compares("=="), need("a"), need("b")),
		function(">", compares(">"), need("a"), need("b")),
		function(">=", compares(">="), need("a"), need("b")),
		function("boolean", is(isBool), need("value")),
		function("callable", is(isCallable), need("obj")),
		function("defined", is(isDefined), need("value")),
		function("divisibleby", divisibleby, need("value"), need("num")),
		function("eq", compares("=="), need("a"), need("b")),
		function("equalto", compares("=="), need("a"), need("b")),
		function("escaped", is(isMarkup), need("value")),
		function("even", remainder(0), need("value")),
		function("false", is(isFalse), need("value")),
		function("filter", isFilter, need("value")),
		function("float", is(isFloat), need("value")),
		function("ge", compares(">="), need("a"), need("b")),
		function("greaterthan", compares(">"), need("a"), need("b")),
		function("gt", compares(">"), need("a"), need("b")),
		function("in", compares("in"), need("value"), need("seq")),
		function("integer", is(isInteger), need("value")),
		function("iterable", iterable, need("value")),
		function("le", compares("<="), need("a"), need("b")),
		function("lessthan", compares("<"), need("a"), need("b")),
		function("lower", hasCase("islower"), need("value")),
		function("lt", compares("<"), need("a"), need("b")),
		function("mapping", is(value.IsMapping), need("value")),
		function("ne", compares("!="), need("a"), need("b")),
		function("none", is(value.IsNone), need("value")),
		function("number", is(isNumber), need("value")),
		function("odd", remainder(1), need("value")),
		function("sameas", sameas, need("value"), need("other")),
		function("sequence", is(isSequence), need("value")),
		function("string", is(isString), need("value")),
		function("test", isTest, need("value")),
		function("true", is(isTrue), need("value")),
		function("undefined", is(isMissing), need("value")),
		function("upper", hasCase("isupper"), need("value")),
	)
}

// is makes a test of what cannot fail.
func is(holds func(v any) bool) call {
	return func(_ *value.Runtime, args []any) (any, error) { return holds(args[0]), nil }
}

// compares is an operator as a test.
func compares(op string) call {
	return func(rt *value.Runtime, args []any) (any, error) {
		held, err := value.Compare(rt, op, args[0], args[1])
		return held, err
	}
}

// remainder is whether v % 2 is so.
func remainder(of int) call {
	return func(rt *value.Runtime, args []any) (any, error) { return leaves(rt, args[0], 2, of) }
}

func divisibleby(rt *value.Runtime, args []any) (any, error) { return leaves(rt, args[0], args[1], 0) }

func leaves(rt *value.Runtime, v, by any, rest int) (any, error) {
	have, err := value.Binary(rt, "%", v, by)
	if err != nil {
		return nil, err
	}
	held, err := value.Compare(rt, "==", have, rest)
	return held, err
}

// hasCase is str(v).islower() or isupper().
func hasCase(method string) call {
	return func(rt *value.Runtime, args []any) (any, error) {
		s, err := text(rt, args[0])
		if err != nil {
			return nil, err
		}
		return value.CallMethod(rt, s, method, value.Args{})
	}
}

func isDefined(v any) bool { return !isMissing(v) }

func asBool(v any) (held, ok bool) {
	if b, ok := v.(bool); ok {
		return b, true
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.Bool {
		return r.Bool(), true
	}
	return false, false
}

func isBool(v any) bool {
	_, ok := asBool(v)
	return ok
}

func isTrue(v any) bool {
	held, ok := asBool(v)
	return ok && held
}

func isFalse(v any) bool {
	held, ok := asBool(v)
	return ok && !held
}

func isInteger(v any) bool {
	_, ok := asBig(v)
	return ok && !isBool(v)
}

func isFloat(v any) bool {
	_, ok := realFloat(v)
	return ok
}

func isString(v any) bool {
	_, ok := value.AsString(v)
	return ok
}

// isCallable takes what is undefined for callable, as Jinja does.
func isCallable(v any) bool { return value.IsCallable(v) || isMissing(v) }

// isSequence takes what has a length and items, which what is undefined has unless it is strict.
func isSequence(v any) bool {
	if u, ok := v.(*value.Undefined); ok {
		return u.Mode != value.Strict
	}
	return value.IsSequence(v)
}

// iterable is whether one can go through v. What is strictly undefined is an error.
func iterable(rt *value.Runtime, args []any) (any, error) {
	if _, ok := args[0].(*value.Generator); ok {
		return true, nil
	}
	_, err := value.Iterate(rt, args[0])
	if isTypeError(err) {
		return false, nil
	}
	return err == nil, err
}

func isFilter(rt *value.Runtime, args []any) (any, error) { return known(rt.Filter, args[0]) }

func isTest(rt *value.Runtime, args []any) (any, error) { return known(rt.Test, args[0]) }

// known is whether v is a name of a filter or a test.
func known(find func(string) (*value.Function, bool), v any) (any, error) {
	name, ok := value.AsString(v)
	if !ok {
		return false, hashable(v)
	}
	_, found := find(name)
	return found, nil
}

// hashable is the error of what cannot be a key.
func hashable(v any) error { return new(value.Dict).Set(v, true) }

// sameas is Python's is: identity of what can change, and equality of what cannot, if it is of one type.
func sameas(_ *value.Runtime, args []any) (any, error) {
	x, y := args[0], args[1]
	if value.IsNone(x) || value.IsNone(y) {
		return value.IsNone(x) && value.IsNone(y), nil
	}
	if reflect.TypeOf(x) != reflect.TypeOf(y) {
		return false, nil
	}
	if id := identity(x); id != nil {
		return id == identity(y), nil
	}
	return reflect.TypeOf(x).Comparable() && x == y, nil
}
