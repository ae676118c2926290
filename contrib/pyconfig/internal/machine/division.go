package machine

import (
	"math"
	"math/big"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// divide evaluates / // and % of two numbers, with the last bit of a float as Python has it.
func divide(op string, x, y starlark.Value) (starlark.Value, error) {
	if !y.Truth() {
		return nil, fault.Raise("ZeroDivisionError", "division by zero")
	}
	a, ok1 := x.(starlark.Int)
	b, ok2 := y.(starlark.Int)
	switch {
	case ok1 && ok2 && op == "/":
		quotient, _ := new(big.Rat).SetFrac(a.BigInt(), b.BigInt()).Float64()
		if quotient == 0 && b.Sign() < 0 {
			quotient = math.Copysign(0, -1)
		}
		if math.IsInf(quotient, 0) {
			return nil, fault.New("the number is too large for a float")
		}
		return starlark.Float(quotient), nil
	case ok1 && ok2 && op == "//":
		return a.Div(b), nil
	case ok1 && ok2:
		return a.Mod(b), nil
	}
	f, _ := starlark.AsFloat(x)
	g, _ := starlark.AsFloat(y)
	if huge := math.IsInf(f, 0) && ok1 || math.IsInf(g, 0) && ok2; huge {
		return nil, fault.New("the number is too large for a float")
	}
	if op == "/" {
		return starlark.Float(f / g), nil
	}
	quotient, rest := floorDivide(f, g)
	if op == "//" {
		return starlark.Float(quotient), nil
	}
	return starlark.Float(rest), nil
}

// floorDivide divides down to a whole number, and gives the rest the sign of g.
func floorDivide(f, g float64) (quotient, rest float64) {
	rest = math.Mod(f, g)
	quotient = (f - rest) / g
	if rest == 0 {
		rest = math.Copysign(0, g)
	} else if (g < 0) != (rest < 0) {
		rest += g
		quotient--
	}
	if quotient == 0 {
		return math.Copysign(0, f/g), rest
	}
	whole := math.Floor(quotient)
	if quotient-whole > 0.5 {
		whole++
	}
	return whole, rest
}
