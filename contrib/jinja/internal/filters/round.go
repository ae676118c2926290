package filters

import (
	"math"
	"math/big"
	"strconv"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// round rounds to a precision: half to even ("common"), up ("ceil") or down ("floor").
func round(rt *value.Runtime, args []any) (any, error) {
	v, precision := args[0], args[1]
	switch name, _ := value.AsString(args[2]); name {
	case "common":
		return rounded(v, precision)
	case "ceil":
		return roundTo(rt, v, precision, math.Ceil)
	case "floor":
		return roundTo(rt, v, precision, math.Floor)
	}
	return nil, fail("FilterArgumentError", "method must be common, ceil or floor")
}

// roundTo is f(v * 10**precision) / 10**precision.
func roundTo(rt *value.Runtime, v, precision any, f func(float64) float64) (any, error) {
	power, err := powerOfTen(rt, precision)
	if err != nil {
		return nil, err
	}
	v, err = value.Binary(rt, "*", v, power)
	if err != nil {
		return nil, err
	}
	if real, ok := realFloat(v); ok {
		if v, err = truncated(f(real)); err != nil {
			return nil, err
		}
	}
	if _, ok := asBig(v); !ok {
		return nil, fail("TypeError", "must be real number, not %s", value.TypeName(v))
	}
	return value.Binary(rt, "/", v, power)
}

// powerOfTen is 10**n: an int, or the nearest float where n is negative.
func powerOfTen(rt *value.Runtime, n any) (any, error) {
	if digits, ok := value.AsInt(n); ok && digits < 0 {
		f, _ := strconv.ParseFloat("1e"+strconv.Itoa(digits), 64)
		return f, nil
	}
	return value.Binary(rt, "**", 10, n)
}

// rounded is round(v, precision).
func rounded(v, precision any) (any, error) {
	toInt := value.IsNone(precision)
	digits := 0
	if !toInt {
		var err error
		if digits, err = asInt(precision); err != nil {
			return nil, err
		}
	}
	if f, ok := realFloat(v); ok {
		if toInt {
			return truncated(math.RoundToEven(f))
		}
		return roundFloat(f, digits)
	}
	if n, ok := asBig(v); ok {
		return normal(roundInt(n, digits)), nil
	}
	return nil, fail("TypeError", "type %s doesn't define __round__ method", value.TypeName(v))
}

// roundFloat rounds the exact value of f, half to even.
func roundFloat(f float64, digits int) (any, error) {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0) || digits > 323:
		return f, nil
	case digits < -308:
		return math.Copysign(0, f), nil
	case digits >= 0:
		r, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', digits, 64), 64)
		return r, nil
	}
	// The exact value may have a fraction: it decides where the whole part lies in the middle.
	whole, _ := big.NewFloat(f).Int(nil)
	exact := new(big.Float).SetInt(whole).Cmp(big.NewFloat(f)) == 0
	r := roundInt(whole, digits)
	if !exact && isMiddle(whole, r, digits) && new(big.Int).Abs(r).Cmp(new(big.Int).Abs(whole)) < 0 {
		r.Add(r, new(big.Int).Mul(big.NewInt(int64(whole.Sign())), tenTo(-digits)))
	}
	result, _ := new(big.Float).SetInt(r).Float64()
	if math.IsInf(result, 0) {
		return nil, fail("OverflowError", "rounded value too large to represent")
	}
	return math.Copysign(result, f), nil
}

// isMiddle tells whether n lies in the middle between two multiples of the power, of which r is one.
func isMiddle(n, r *big.Int, digits int) bool {
	twice := new(big.Int).Sub(n, r)
	twice.Abs(twice).Lsh(twice, 1)
	return twice.Cmp(tenTo(-digits)) == 0
}

// roundInt rounds n to a multiple of 10**-digits, half to even.
func roundInt(n *big.Int, digits int) *big.Int {
	if digits >= 0 {
		return n
	}
	if -digits > n.BitLen() {
		return new(big.Int)
	}
	unit := tenTo(-digits)
	quotient, rest := new(big.Int).DivMod(n, unit, new(big.Int))
	switch rest.Lsh(rest, 1).Cmp(unit) {
	case 1:
		quotient.Add(quotient, big.NewInt(1))
	case 0:
		quotient.Add(quotient, big.NewInt(int64(quotient.Bit(0))))
	}
	return quotient.Mul(quotient, unit)
}

func tenTo(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }
