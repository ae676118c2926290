package value

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Binary is x op y as Python has it, for + - * / // % and **.
func Binary(rt *Runtime, op string, x, y any) (any, error) {
	if a, ok := x.(int); ok {
		if b, ok := y.(int); ok {
			return integers(rt, op, a, b)
		}
	}
	if a, ok := x.(string); ok && op == "%" {
		return percent(rt, Markup{Text: a}, y, false)
	}
	x, y = canon(x), canon(y)
	if m, ok := x.(Markup); ok && op == "%" {
		return percent(rt, m, y, true)
	}
	if s, ok := x.(string); ok && op == "%" {
		return percent(rt, Markup{Text: s}, y, false)
	}
	if b, ok := x.([]byte); ok && op == "%" && !bytes.Contains(b, []byte("%")) {
		_, err := percent(rt, Markup{Text: string(b)}, y, false)
		return slices.Clone(b), err
	}
	if err := undefinedIn(x, y); err != nil {
		return nil, err
	}
	if isNumber(x) && isNumber(y) {
		return numbers(rt, op, x, y)
	}
	v, err := other(rt, op, x, y)
	if v == nil && err == nil {
		return nil, unsupported(op, x, y)
	}
	return v, err
}

func unsupported(op string, x, y any) error {
	if op == "**" {
		op = "** or pow()"
	}
	if op == "+" {
		switch {
		case isText(x):
			return typeErrorf(`can only concatenate str (not "%s") to str`, TypeName(y))
		case isList(x):
			return typeErrorf(`can only concatenate list (not "%s") to list`, TypeName(y))
		case isTuple(x):
			return typeErrorf(`can only concatenate tuple (not "%s") to tuple`, TypeName(y))
		}
	}
	if op == "*" && isSequence(x) {
		return typeErrorf("can't multiply sequence by non-int of type '%s'", TypeName(y))
	}
	if op == "*" && isSequence(y) {
		return typeErrorf("can't multiply sequence by non-int of type '%s'", TypeName(x))
	}
	return typeErrorf("unsupported operand type(s) for %s: '%s' and '%s'", op, TypeName(x), TypeName(y))
}

// other does op for what is no number. It returns nil where there is no such operation.
func other(rt *Runtime, op string, x, y any) (any, error) {
	if isMoment(x) || isMoment(y) {
		return moments(op, x, y)
	}
	switch op {
	case "+":
		return add(rt, x, y)
	case "*":
		if n, ok := repetitions(y); ok {
			return repeat(rt, x, n)
		}
		if n, ok := repetitions(x); ok {
			return repeat(rt, y, n)
		}
	}
	return nil, nil
}

// add puts texts, lists or tuples together.
func add(rt *Runtime, x, y any) (any, error) {
	if m, ok := AsMarkup(x); ok {
		return addMarkup(rt, m, y, false)
	}
	if m, ok := AsMarkup(y); ok && isText(x) {
		return addMarkup(rt, m, x, true)
	}
	switch {
	case isText(x) && isText(y):
		a, b := x.(string), y.(string)
		if err := spend(rt, len(a)+len(b)); err != nil {
			return nil, err
		}
		return a + b, nil
	case isList(x) && isList(y):
		items, err := together(rt, x, y)
		return &List{items}, err
	case isTuple(x) && isTuple(y):
		items, err := together(rt, x, y)
		return Tuple(items), err
	}
	a, aok := x.([]byte)
	b, bok := y.([]byte)
	if aok && bok {
		if err := spend(rt, len(a)+len(b)); err != nil {
			return nil, err
		}
		return slices.Concat(a, b), nil
	}
	return nil, nil
}

func together(rt *Runtime, x, y any) ([]any, error) {
	a, err := Items(rt, x)
	if err != nil {
		return nil, err
	}
	b, err := Items(rt, y)
	return append(a, b...), err
}

func repetitions(v any) (int, bool) {
	if b, ok := asBig(v); ok {
		if !b.IsInt64() {
			return math.MaxInt, true // too many, or an error all the same
		}
		return max(int(b.Int64()), 0), true
	}
	return 0, false
}

// repeat is v * n.
func repeat(rt *Runtime, v any, n int) (any, error) {
	switch {
	case isText(v):
		s, _ := AsString(v)
		if err := spendProduct(rt, len(s), n); err != nil {
			return nil, err
		}
		if m, ok := v.(Markup); ok {
			return Markup{Text: strings.Repeat(s, n), Language: m.Language}, nil
		}
		return strings.Repeat(s, n), nil
	case isList(v) || isTuple(v):
		items, err := Items(rt, v)
		if err == nil {
			err = spendProduct(rt, len(items), n)
		}
		if err != nil {
			return nil, err
		}
		return likeSequence(v, slices.Repeat(items, n)), nil
	}
	if b, ok := v.([]byte); ok {
		if err := spendProduct(rt, len(b), n); err != nil {
			return nil, err
		}
		return slices.Repeat(b, n), nil
	}
	return nil, nil
}

// likeSequence is items as a Tuple where v is one, else as a List.
func likeSequence(v any, items []any) any {
	if isTuple(v) {
		return Tuple(items)
	}
	return &List{items}
}

func spendProduct(rt *Runtime, size, n int) error {
	if p, ok := times(size, n); ok {
		return spend(rt, p)
	}
	return failf("MemoryError", "a value repeated %d times is too large", n)
}

func isText(v any) bool {
	switch v.(type) {
	case string, Markup:
		return true
	}
	return false
}

func isTuple(v any) bool {
	switch v.(type) {
	case Tuple, NamedTuple:
		return true
	}
	return false
}

// isList reports whether v is a List or a Go slice or array.
func isList(v any) bool {
	switch v := v.(type) {
	case *List, []any:
		return true
	case nil, string, Markup, Tuple, NamedTuple, []byte, Object:
		return false
	default:
		k := reflect.TypeOf(v).Kind()
		return k == reflect.Slice || k == reflect.Array
	}
}

func isSequence(v any) bool {
	_, bytes := v.([]byte)
	return bytes || isText(v) || isTuple(v) || isList(v)
}

// Unary is -x or +x.
func Unary(rt *Runtime, op string, x any) (any, error) {
	x = canon(x)
	if err := undefinedIn(x); err != nil {
		return nil, err
	}
	if d, ok := x.(time.Duration); ok && op == "-" {
		return -d, nil
	} else if ok {
		return d, nil
	}
	if !isNumber(x) {
		return nil, typeErrorf("bad operand type for unary %s: '%s'", op, TypeName(x))
	}
	if f, ok := x.(float64); ok && op == "-" {
		return -f, nil
	} else if ok {
		return f, nil
	}
	return integers(rt, op, 0, x)
}
