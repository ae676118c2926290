package machine

import (
	"math"
	"math/big"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// operatorToken returns how Starlark spells an operator.
func operatorToken(op string) syntax.Token {
	switch op {
	case "+":
		return syntax.PLUS
	case "-":
		return syntax.MINUS
	case "*":
		return syntax.STAR
	case "/":
		return syntax.SLASH
	case "//":
		return syntax.SLASHSLASH
	case "%":
		return syntax.PERCENT
	case "&":
		return syntax.AMP
	case "|":
		return syntax.PIPE
	case "^":
		return syntax.CIRCUMFLEX
	case ">>":
		return syntax.GTGT
	}
	return syntax.ILLEGAL
}

// binary evaluates an arithmetic operator.
func (m *Machine) binary(op string, x, y starlark.Value) (starlark.Value, error) {
	if v, ok, err := m.operated(op, x, y); ok || err != nil {
		return v, err
	}
	x = unmember(x)
	if s, ok := x.(starlark.String); ok && op == "%" {
		return m.percent(string(s), y)
	}
	y = unmember(y)
	if v, ok := logic(op, x, y); ok {
		return v, nil
	}
	if op == "|" {
		if v, ok, err := m.union(x, y); ok || err != nil {
			return v, err
		}
	}
	x, y = unbool(x), unbool(y)
	if err := m.affordable(op, x, y); err != nil {
		return nil, err
	}
	switch op {
	case "**":
		return power(x, y)
	case "<<":
		return shift(x, y)
	case ">>":
		y = shortened(y)
	case "/", "//", "%":
		if isNumber(x) && isNumber(y) {
			return divide(op, x, y)
		}
	}
	v, err := starlark.Binary(operatorToken(op), x, y)
	if err != nil {
		return nil, unsupported(op, x, y, err)
	}
	return v, nil
}

// union evaluates | of dicts of other types, and of hints.
func (m *Machine) union(x, y starlark.Value) (starlark.Value, bool, error) {
	if _, ok := x.(hint); ok || isType(x) {
		return hint{name: "union"}, true, nil
	}
	if _, ok := y.(hint); ok {
		return y, true, nil
	}
	a, ok1 := x.(*mapping)
	_, ok2 := y.(*mapping)
	if !ok1 && !ok2 {
		return nil, false, nil
	}
	merged := new(starlark.Dict)
	if err := m.pour(merged, x); err != nil {
		return nil, true, err
	}
	if err := m.pour(merged, y); err != nil {
		return nil, true, err
	}
	if !ok1 {
		return merged, true, nil
	}
	return &mapping{kind: a.kind, dict: merged, factory: a.factory}, true, nil
}

// unsupported is the error for an operator that the operands do not have.
func unsupported(op string, x, y starlark.Value, err error) error {
	if known, ok := err.(*fault.Error); ok {
		return known
	}
	for _, v := range []starlark.Value{x, y} {
		if r, ok := v.(refused); ok {
			return r.err()
		}
		if c, ok := v.(*class); ok && c.instance {
			return fault.New("operators of objects are not available; call a method")
		}
	}
	return fault.Raise("TypeError", "%s %s %s is not possible%s", typeName(x), op, typeName(y), noneHint(x, y))
}

// noneHint says where a None comes from most often.
func noneHint(values ...starlark.Value) string {
	for _, v := range values {
		if v == starlark.None {
			return "; os.environ.get gives None for a variable that is not set, so give it a default"
		}
	}
	return ""
}

// logic evaluates & | ^ of two bools, which stay bools.
func logic(op string, x, y starlark.Value) (starlark.Value, bool) {
	a, ok1 := x.(starlark.Bool)
	b, ok2 := y.(starlark.Bool)
	if !ok1 || !ok2 {
		return nil, false
	}
	switch op {
	case "&":
		return a && b, true
	case "|":
		return a || b, true
	case "^":
		return starlark.Bool(a != b), true
	}
	return nil, false
}

// unbool makes a number of a bool: True is 1.
func unbool(v starlark.Value) starlark.Value {
	switch v {
	case starlark.True:
		return starlark.MakeInt(1)
	case starlark.False:
		return starlark.MakeInt(0)
	}
	return v
}

func isNumber(v starlark.Value) bool {
	switch v.(type) {
	case starlark.Int, starlark.Float:
		return true
	}
	return false
}

// affordable charges for what an operator makes, before it does.
func (m *Machine) affordable(op string, x, y starlark.Value) error {
	n, isInt := y.(starlark.Int)
	switch {
	case op == "+" || op == "|" || op == "&" || op == "^" || op == "-":
		if _, ok := x.(starlark.String); ok {
			return m.chargeText(size(x) + size(y))
		}
		return m.charge(size(x) + size(y))
	case op != "*":
		return nil
	case !isInt:
		if n, isInt = x.(starlark.Int); !isInt {
			return nil
		}
		x = y
	}
	if factor, ok := x.(starlark.Int); ok {
		return fits(bits(factor) + bits(n))
	}
	return m.chargeRepeat(x, n)
}

// chargeRepeat charges for n copies of a text or a list.
func (m *Machine) chargeRepeat(x starlark.Value, n starlark.Int) error {
	switch x.(type) {
	case starlark.String, starlark.Bytes, *starlark.List, starlark.Tuple:
	default:
		return nil
	}
	times, ok := n.Int64()
	if !ok || times > maxWork {
		return errWork()
	}
	total := max(0, int(times)) * max(1, size(x))
	if _, ok := x.(starlark.String); ok {
		return m.chargeText(total)
	}
	if t, ok := x.(starlark.Tuple); ok && times > 0 {
		weight := 0
		if !weighTuple(t, &weight) || weight > maxTuple/int(times) {
			return errWork()
		}
	}
	return m.charge(total)
}

func bits(i starlark.Int) int { return i.BigInt().BitLen() }

func fits(bits int) error {
	if bits > maxBits {
		return fault.New("a number has more than %d bits; write it shorter", maxBits)
	}
	return nil
}

// power evaluates x ** y.
func power(x, y starlark.Value) (starlark.Value, error) {
	base, ok1 := x.(starlark.Int)
	exponent, ok2 := y.(starlark.Int)
	if ok1 && ok2 && exponent.Sign() >= 0 {
		return intPower(base, exponent)
	}
	a, ok1 := starlark.AsFloat(x)
	b, ok2 := starlark.AsFloat(y)
	if !ok1 || !ok2 {
		return nil, unsupported("**", x, y, nil)
	}
	if a == 0 && b < 0 {
		return nil, fault.Raise("ZeroDivisionError", "division by zero")
	}
	result := math.Pow(a, b)
	if math.IsNaN(result) && a < 0 || math.IsInf(result, 0) && !math.IsInf(a, 0) && !math.IsInf(b, 0) {
		return nil, fault.New("the power is no number, or too large for a float")
	}
	return starlark.Float(result), nil
}

func intPower(base, exponent starlark.Int) (starlark.Value, error) {
	n, ok := exponent.Int64()
	if small := bits(base) <= 1; !small && (!ok || n > maxBits || fits(int(n)*bits(base)) != nil) {
		return nil, fits(maxBits + 1)
	} else if small { // 0, 1 or -1
		n = int64(exponent.BigInt().Bit(0)) + 2*int64(exponent.Sign())
	}
	return starlark.MakeBigInt(new(big.Int).Exp(base.BigInt(), big.NewInt(n), nil)), nil
}

// shift evaluates x << y.
func shift(x, y starlark.Value) (starlark.Value, error) {
	a, ok1 := x.(starlark.Int)
	b, ok2 := y.(starlark.Int)
	if !ok1 || !ok2 {
		return nil, unsupported("<<", x, y, nil)
	}
	n, ok := b.Int64()
	if ok && n < 0 {
		return nil, fault.New("a shift is negative")
	}
	if !ok || n > maxBits || bits(a)+int(n) > maxBits {
		return nil, fits(maxBits + 1)
	}
	return starlark.MakeBigInt(new(big.Int).Lsh(a.BigInt(), uint(n))), nil
}

// shortened bounds the places of a right shift: all beyond give the same.
func shortened(v starlark.Value) starlark.Value {
	if n, ok := v.(starlark.Int); ok && bits(n) > 15 && n.Sign() > 0 {
		return starlark.MakeInt(2 * maxBits)
	}
	return v
}

// unary evaluates -x, +x and ~x.
func unary(op string, x starlark.Value) (starlark.Value, error) {
	x = unmember(x)
	token := map[string]syntax.Token{"-": syntax.MINUS, "+": syntax.PLUS, "~": syntax.TILDE}[op]
	v, err := starlark.Unary(token, unbool(x))
	if err != nil {
		return nil, unsupportedUnary(op, x)
	}
	return v, nil
}

func unsupportedUnary(op string, x starlark.Value) error {
	if r, ok := x.(refused); ok {
		return r.err()
	}
	return fault.Raise("TypeError", "%s%s is not possible%s", op, typeName(x), noneHint(x))
}

// inPlace evaluates x += y and the like. A list, dict or set changes itself.
func (m *Machine) inPlace(op string, x, y starlark.Value) (starlark.Value, error) {
	if c, ok := x.(*class); ok && c.instance && isChanging(c.payload) {
		_, err := m.inPlace(op, c.payload, y)
		return c, err
	}
	if _, ok := x.(*starlark.List); ok && op == "+" {
		elems, err := m.elements(y)
		if err != nil {
			return nil, err
		}
		y = starlark.NewList(elems)
	}
	v, err := m.binary(op, x, y)
	if err != nil {
		return nil, err
	}
	switch x := x.(type) {
	case *starlark.List:
		return x, refillList(x, v.(*starlark.List))
	case *starlark.Dict:
		return x, refillDict(x, v.(*starlark.Dict))
	case *starlark.Set:
		return x, refillSet(x, v.(*starlark.Set))
	case *mapping:
		return x, refillDict(x.dict, v.(*mapping).dict)
	}
	return v, nil
}

func refillList(x, v *starlark.List) error {
	for i := range v.Len() {
		var err error
		if i < x.Len() {
			err = x.SetIndex(i, v.Index(i))
		} else {
			err = x.Append(v.Index(i))
		}
		if err != nil {
			return errLooped()
		}
	}
	if v.Len() == 0 && x.Clear() != nil {
		return errLooped()
	}
	return nil
}

func refillDict(x, v *starlark.Dict) error {
	for _, item := range v.Items() {
		if x.SetKey(item[0], item[1]) != nil {
			return errLooped()
		}
	}
	return nil
}

func refillSet(x, v *starlark.Set) error {
	if x.Clear() != nil {
		return errLooped()
	}
	for elem := range starlark.Elements(v) {
		if x.Insert(elem) != nil {
			return errLooped()
		}
	}
	return nil
}

func errLooped() error {
	return fault.New("a list, dict or set is changed while it is looped over; loop over a copy")
}
