package value

import (
	"bytes"
	"reflect"
	"strings"
	"time"
)

// Compare is x op y for == != < <= > >=, in and "not in".
func Compare(rt *Runtime, op string, x, y any) (bool, error) {
	switch op {
	case "==", "!=":
		same, err := equalTo(rt, x, y)
		return same == (op == "=="), err
	case "in":
		return contains(rt, y, x)
	case "not in":
		in, err := contains(rt, y, x)
		return !in, err
	}
	c := comparison{rt: rt}
	return c.ordered(op, x, y, 0)
}

// Equal is x == y. Values that are nested too deep are not equal.
func Equal(x, y any) bool {
	c := comparison{}
	same, err := c.equal(x, y, 0)
	return same && err == nil
}

func equalTo(rt *Runtime, x, y any) (bool, error) {
	if a, ok := x.(string); ok {
		if b, ok := y.(string); ok {
			return a == b, nil
		}
	}
	c := comparison{rt: rt}
	return c.equal(x, y, 0)
}

// A comparison goes through nested values.
type comparison struct{ rt *Runtime }

func (c comparison) enter(depth int) error {
	if depth > deepest {
		return failf("RecursionError", "maximum recursion depth exceeded in comparison")
	}
	return spend(c.rt, 1)
}

func (c comparison) equal(x, y any, depth int) (bool, error) {
	if err := c.enter(depth); err != nil {
		return false, err
	}
	x, y = canon(x), canon(y)
	if x == nil || y == nil {
		return x == nil && y == nil, strictIn(x, y)
	}
	switch {
	case isUndefined(x) || isUndefined(y):
		return isUndefined(x) && isUndefined(y), strictIn(x, y)
	case isNumber(x):
		if !isNumber(y) {
			return false, nil
		}
		order, ok := compareNumbers(x, y)
		return ok && order == 0, nil
	case isText(x):
		a, _ := AsString(x)
		b, _ := AsString(y)
		return isText(y) && a == b, nil
	case isTuple(x) && isTuple(y), isList(x) && isList(y):
		return c.equalItems(sequence(x), sequence(y), depth)
	case IsMapping(x) && IsMapping(y):
		return c.equalDicts(x, y, depth)
	}
	if same, ok, err := ownEqual(x, y); ok {
		return same, err
	}
	return equalGo(x, y), nil
}

// sequence is the items of a list or tuple without copying where it can.
func sequence(v any) []any {
	switch v := v.(type) {
	case *List:
		return v.Items
	case []any:
		return v
	case Tuple:
		return v
	case NamedTuple:
		return v.Tuple
	}
	items, err := Items(nil, v)
	if err != nil {
		return nil
	}
	return items
}

func (c comparison) equalItems(x, y []any, depth int) (bool, error) {
	if len(x) != len(y) {
		return false, nil
	}
	for i := range x {
		if same, err := c.same(x[i], y[i], depth+1); !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

// same is equality of items, where what is the same thing is equal to itself.
func (c comparison) same(x, y any, depth int) (bool, error) {
	if l, ok := x.(*List); ok {
		if m, ok := y.(*List); ok && l == m {
			return true, nil
		}
	}
	return c.equal(x, y, depth)
}

func (c comparison) equalDicts(x, y any, depth int) (bool, error) {
	n, err := Len(c.rt, x)
	m, err2 := Len(c.rt, y)
	if err != nil || err2 != nil || n != m {
		return false, nil
	}
	pairs, err := Pairs(c.rt, x)
	if err != nil {
		return false, err
	}
	for k, v := range pairs {
		w, ok, err := lookup(y, k)
		if err != nil || !ok {
			return false, err
		}
		if same, err := c.same(v, w, depth+1); !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

// equalGo compares values that are no numbers, texts, sequences or mappings.
func equalGo(x, y any) bool {
	switch a := x.(type) {
	case time.Time:
		b, ok := y.(time.Time)
		return ok && a.Equal(b)
	case Range:
		b, ok := y.(Range)
		return ok && a.Len() == b.Len() && (a.Len() == 0 || a.Start == b.Start && (a.Len() == 1 || a.Step == b.Step))
	case []byte:
		b, ok := y.([]byte)
		return ok && bytes.Equal(a, b)
	}
	x, y = sameLevel(x, y)
	if reflect.TypeOf(x) != reflect.TypeOf(y) || !reflect.ValueOf(x).Comparable() || !reflect.ValueOf(y).Comparable() {
		return false
	}
	return x == y
}

// sameLevel takes a struct from behind a pointer where it is compared with one.
func sameLevel(x, y any) (any, any) {
	a, b := reflect.ValueOf(x), reflect.ValueOf(y)
	switch {
	case a.Kind() == reflect.Pointer && b.Kind() == reflect.Struct && a.Type().Elem() == b.Type():
		return a.Elem().Interface(), y
	case b.Kind() == reflect.Pointer && a.Kind() == reflect.Struct && b.Type().Elem() == a.Type():
		return x, b.Elem().Interface()
	}
	return x, y
}

// ordered is x op y for < <= > >=.
func (c comparison) ordered(op string, x, y any, depth int) (bool, error) {
	if err := c.enter(depth); err != nil {
		return false, err
	}
	x, y = canon(x), canon(y)
	if err := undefinedIn(x, y); err != nil {
		return false, err
	}
	switch {
	case isNumber(x) && isNumber(y):
		order, ok := compareNumbers(x, y)
		return ok && decides(op, order), nil
	case isText(x) && isText(y):
		a, _ := AsString(x)
		b, _ := AsString(y)
		return decides(op, strings.Compare(a, b)), nil
	case isTuple(x) && isTuple(y), isList(x) && isList(y):
		return c.orderedItems(op, sequence(x), sequence(y), depth)
	}
	if order, ok := orderMoments(x, y); ok {
		return decides(op, order), nil
	}
	a, aok := x.([]byte)
	b, bok := y.([]byte)
	if aok && bok {
		return decides(op, bytes.Compare(a, b)), nil
	}
	return false, typeErrorf("'%s' not supported between instances of '%s' and '%s'", op, TypeName(x), TypeName(y))
}

func decides(op string, order int) bool {
	switch op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

func (c comparison) orderedItems(op string, x, y []any, depth int) (bool, error) {
	for i := range min(len(x), len(y)) {
		same, err := c.same(x[i], y[i], depth+1)
		if err != nil {
			return false, err
		}
		if !same {
			return c.ordered(op, x[i], y[i], depth+1)
		}
	}
	return decides(op, orderOf(len(x), len(y))), nil
}

// contains is item in v.
func contains(rt *Runtime, v, item any) (bool, error) {
	v = canon(v)
	switch v := v.(type) {
	case string, Markup:
		return containsText(v, item)
	case Range:
		return v.contains(canon(item)), nil
	case *Undefined:
		return false, v.strict()
	case []byte:
		return containsBytes(v, item)
	}
	if IsMapping(v) {
		_, ok, err := lookup(v, item)
		return ok, err
	}
	it, err := Iterate(rt, v)
	if err != nil {
		return false, notIterable("argument of type '%s' is not iterable", v, err)
	}
	defer it.Close()
	c := comparison{rt: rt}
	for {
		next, ok, err := it.Next()
		if !ok || err != nil {
			return false, err
		}
		if same, err := c.same(next, item, 0); same || err != nil {
			return same, err
		}
	}
}

// notIterable replaces the message of a TypeError.
func notIterable(format string, v any, err error) error {
	if e, ok := err.(*Error); ok && e.Kind == "TypeError" {
		return typeErrorf(format, TypeName(v))
	}
	return err
}

func containsText(v, item any) (bool, error) {
	if err := undefinedIn(item); err != nil {
		return false, err
	}
	part, ok := AsString(item)
	if !ok {
		return false, typeErrorf("'in <string>' requires string as left operand, not %s", TypeName(item))
	}
	whole, _ := AsString(v)
	return strings.Contains(whole, part), nil
}

func containsBytes(v []byte, item any) (bool, error) {
	if n, ok := asBig(canon(item)); ok {
		if !n.IsUint64() || n.Uint64() > 255 {
			return false, valueErrorf("byte must be in range(0, 256)")
		}
		return bytes.IndexByte(v, byte(n.Uint64())) >= 0, nil
	}
	part, ok := canon(item).([]byte)
	if !ok {
		return false, typeErrorf("a bytes-like object is required, not '%s'", TypeName(item))
	}
	return bytes.Contains(v, part), nil
}
