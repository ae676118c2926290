package value

import (
	"math"
	"math/big"
	"math/bits"
)

// AsInt returns v as an int where it is any Go integer or bool that fits; not of floats or text.
func AsInt(v any) (int, bool) {
	switch v := v.(type) {
	case int:
		return v, true
	case bool:
		return fromBool(v), true
	case float64, string:
		return 0, false
	}
	switch v := canon(v).(type) {
	case int:
		return v, true
	case bool:
		return fromBool(v), true
	}
	return 0, false
}

// AsFloat returns v as a float64 where it is a number or bool that fits.
func AsFloat(v any) (float64, bool) {
	switch v := canon(v).(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case bool:
		return float64(fromBool(v)), true
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		return f, !math.IsInf(f, 0)
	}
	return 0, false
}

func fromBool(b bool) int {
	if b {
		return 1
	}
	return 0
}

// shrink is b as an int if it fits.
func shrink(b *big.Int) any {
	if b.IsInt64() {
		return int(b.Int64())
	}
	return b
}

// asBig is a canonical int, bool or *big.Int as a big number that must not be changed.
func asBig(v any) (*big.Int, bool) {
	switch v := v.(type) {
	case int:
		return big.NewInt(int64(v)), true
	case bool:
		return big.NewInt(int64(fromBool(v))), true
	case *big.Int:
		return v, true
	}
	return nil, false
}

func isNumber(v any) bool {
	switch v.(type) {
	case int, bool, float64, *big.Int:
		return true
	}
	return false
}

// integers does op for whole numbers.
func integers(rt *Runtime, op string, x, y any) (any, error) {
	a, aok := smallInt(x)
	b, bok := smallInt(y)
	if aok && bok {
		if v, ok, err := ints(op, a, b); ok || err != nil {
			return v, err
		}
	}
	p, _ := asBig(x)
	q, _ := asBig(y)
	return bigs(rt, op, p, q)
}

func smallInt(v any) (int, bool) {
	switch v := v.(type) {
	case int:
		return v, true
	case bool:
		return fromBool(v), true
	}
	return 0, false
}

// ints does op where the result is known to fit; otherwise it says no.
func ints(op string, a, b int) (v any, ok bool, err error) {
	switch op {
	case "+":
		sum := a + b
		return sum, (sum > a) == (b > 0), nil
	case "-":
		diff := a - b
		return diff, (diff < a) == (b > 0), nil
	case "*":
		p, ok := times(a, b)
		return p, ok, nil
	case "//":
		if b == 0 {
			return nil, false, zeroDivision("integer division or modulo by zero")
		}
		return floorDiv(a, b), a != math.MinInt || b != -1, nil
	case "%":
		if b == 0 {
			return nil, false, zeroDivision("integer modulo by zero")
		}
		return floorMod(a, b), a != math.MinInt || b != -1, nil
	case "/":
		if b == 0 {
			return nil, false, zeroDivision("division by zero")
		}
		return float64(a) / float64(b), exact(a) && exact(b), nil
	}
	return nil, false, nil
}

func zeroDivision(message string) error { return &Error{Kind: "ZeroDivisionError", Message: message} }

// exact reports whether a float64 holds a.
func exact(a int) bool { return int64(a) >= -1<<53 && int64(a) <= 1<<53 }

func times(a, b int) (int, bool) {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	if hi != 0 || lo > math.MaxInt {
		return 0, false
	}
	return a * b, true
}

func magnitude(a int) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}

func floorDiv[T int | int64](a, b T) T {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func floorMod(a, b int) int {
	r := a % b
	if r != 0 && (r < 0) != (b < 0) {
		r += b
	}
	return r
}

// bigs does op for numbers of any size. Its cost is spent first.
func bigs(rt *Runtime, op string, p, q *big.Int) (any, error) {
	if op == "**" {
		return bigPower(rt, p, q)
	}
	if err := spend(rt, words(p)*words(q)+words(p)+words(q)); err != nil {
		return nil, err
	}
	switch op {
	case "+":
		return shrink(new(big.Int).Add(p, q)), nil
	case "-":
		return shrink(new(big.Int).Sub(p, q)), nil
	case "*":
		return shrink(new(big.Int).Mul(p, q)), nil
	}
	if q.Sign() == 0 {
		_, _, err := ints(op, 1, 0)
		return nil, err
	}
	if op == "/" {
		return bigQuotient(p, q)
	}
	div, mod := new(big.Int).QuoRem(p, q, new(big.Int))
	if mod.Sign() != 0 && mod.Sign() != q.Sign() {
		div.Sub(div, big.NewInt(1))
		mod.Add(mod, q)
	}
	if op == "//" {
		return shrink(div), nil
	}
	return shrink(mod), nil
}

func words(b *big.Int) int { return len(b.Bits()) + 1 }

func bigQuotient(p, q *big.Int) (any, error) {
	f, _ := new(big.Rat).SetFrac(p, q).Float64()
	if p.Sign() == 0 && q.Sign() < 0 {
		return math.Copysign(0, -1), nil
	}
	if math.IsInf(f, 0) {
		return nil, failf("OverflowError", "integer division result too large for a float")
	}
	return f, nil
}

func bigPower(rt *Runtime, p, q *big.Int) (any, error) {
	if q.Sign() < 0 {
		x, ok := AsFloat(p)
		y, ok2 := AsFloat(q)
		if !ok || !ok2 {
			return nil, failf("OverflowError", "int too large to convert to float")
		}
		return power(x, y)
	}
	if q.Sign() == 0 {
		return 1, nil
	}
	if p.IsInt64() && p.Int64() >= -1 && p.Int64() <= 1 {
		return shrink(new(big.Int).Exp(p, big.NewInt(2-int64(q.Bit(0))), nil)), nil
	}
	if err := spendPower(rt, p, q); err != nil {
		return nil, err
	}
	return shrink(new(big.Int).Exp(p, q, nil)), nil
}

// spendPower spends what p ** q costs: the square of the words of the result.
func spendPower(rt *Runtime, p, q *big.Int) error {
	tooLarge := failf("OverflowError", "the result of ** is too large")
	if !q.IsInt64() || q.Int64() > 1<<32 {
		return tooLarge
	}
	size := float64(p.BitLen()) * float64(q.Int64()) / 64
	if size > 1<<20 {
		return tooLarge
	}
	return spend(rt, int(size*size/64))
}

// floats does op for two floats.
func floats(op string, x, y float64) (any, error) {
	switch op {
	case "+":
		return x + y, nil
	case "-":
		return x - y, nil
	case "*":
		return x * y, nil
	case "/":
		if y == 0 {
			return nil, zeroDivision("float division by zero")
		}
		return x / y, nil
	case "//":
		if y == 0 {
			return nil, zeroDivision("float floor division by zero")
		}
		div, _ := divMod(x, y)
		return div, nil
	case "%":
		if y == 0 {
			return nil, zeroDivision("float modulo")
		}
		_, mod := divMod(x, y)
		return mod, nil
	}
	return power(x, y)
}

// divMod is Python's divmod of floats: the remainder has the sign of y.
func divMod(x, y float64) (div, mod float64) {
	mod = math.Mod(x, y)
	div = (x - mod) / y
	if mod == 0 {
		mod = math.Copysign(0, y)
	} else if (y < 0) != (mod < 0) {
		mod += y
		div--
	}
	if div == 0 {
		return math.Copysign(0, x/y), mod
	}
	floor := math.Floor(div)
	if div-floor > 0.5 {
		floor++
	}
	return floor, mod
}

func power(x, y float64) (any, error) {
	if x == 0 && y < 0 {
		return nil, zeroDivision("0.0 cannot be raised to a negative power")
	}
	if x < 0 && !math.IsInf(x, 0) && !math.IsInf(y, 0) && !math.IsNaN(y) && y != math.Floor(y) {
		return nil, valueErrorf("a negative number to a fractional power is complex; there are no complex numbers here")
	}
	r := pow(x, y)
	if math.IsInf(r, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
		return nil, failf("OverflowError", "(34, 'Numerical result out of range')")
	}
	return r, nil
}

// numbers does op for two numbers of any kinds.
func numbers(rt *Runtime, op string, x, y any) (any, error) {
	_, xf := x.(float64)
	_, yf := y.(float64)
	if !xf && !yf {
		return integers(rt, op, x, y)
	}
	a, aok := AsFloat(x)
	b, bok := AsFloat(y)
	if !aok || !bok {
		return nil, failf("OverflowError", "int too large to convert to float")
	}
	return floats(op, a, b)
}

// compareNumbers is -1, 0 or 1; ok is false if one is not a number (NaN).
func compareNumbers(x, y any) (order int, ok bool) {
	a, aok := smallInt(x)
	b, bok := smallInt(y)
	if aok && bok {
		return orderOf(a, b), true
	}
	f, xf := x.(float64)
	g, yf := y.(float64)
	switch {
	case xf && yf:
		return orderOf(f, g), f == f && g == g
	case xf:
		n, _ := asBig(y)
		return compareFloat(f, n)
	case yf:
		n, _ := asBig(x)
		order, ok = compareFloat(g, n)
		return -order, ok
	}
	p, _ := asBig(x)
	q, _ := asBig(y)
	return p.Cmp(q), true
}

func compareFloat(f float64, n *big.Int) (int, bool) {
	if math.IsNaN(f) {
		return 0, false
	}
	if math.IsInf(f, 0) {
		return orderOf(f, 0), true
	}
	exactly := new(big.Float).SetPrec(uint(max(64, n.BitLen()))).SetInt(n)
	return big.NewFloat(f).Cmp(exactly), true
}

func orderOf[T int | float64 | string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
