package value

import (
	"math"
	"math/big"
)

// pow is x ** y rounded as C's library does. math.Pow is off by some units in the last place for large results.
func pow(x, y float64) float64 {
	rough := math.Pow(x, y)
	if isExtreme(rough) || isExtreme(x) || isExtreme(y) || math.Abs(x) == 1 || y == 1 {
		return rough
	}
	log := new(big.Float).Mul(logarithm(math.Abs(x)), precise(y))
	exact, _ := exponential(log).Float64()
	return math.Copysign(exact, rough)
}

// isExtreme reports whether f is zero, infinite, no number or as small as only few numbers are.
func isExtreme(f float64) bool { return math.IsInf(f, 0) || math.IsNaN(f) || math.Abs(f) < 1e-300 }

// digits is the precision of the steps between, in bits.
const digits = 160

func precise(f float64) *big.Float { return new(big.Float).SetPrec(digits).SetFloat64(f) }

// logarithm is that of f to the base e: with f = m * 2**n it is 2*atanh((m-1)/(m+1)) + n*log(2).
func logarithm(f float64) *big.Float {
	m, n := math.Frexp(f)
	if m < math.Sqrt2/2 {
		m, n = m*2, n-1
	}
	log := atanh2(new(big.Float).Sub(precise(m), precise(1)), new(big.Float).Add(precise(m), precise(1)))
	return log.Add(log, new(big.Float).Mul(precise(float64(n)), log2()))
}

func log2() *big.Float { return atanh2(precise(1), precise(3)) }

// atanh2 is twice the inverse hyperbolic tangent of a/b, by its series.
func atanh2(a, b *big.Float) *big.Float {
	t := new(big.Float).Quo(a, b)
	square := new(big.Float).Mul(t, t)
	sum := new(big.Float).Copy(t)
	power := new(big.Float).Copy(t)
	for i := 3.0; power.Sign() != 0 && power.MantExp(nil) > t.MantExp(nil)-digits; i += 2 {
		power.Mul(power, square)
		sum.Add(sum, new(big.Float).Quo(power, precise(i)))
	}
	return sum.Mul(sum, precise(2))
}

// exponential is e ** x: with x = n*log(2) + r it is e**r * 2**n, and e**r by its series.
func exponential(x *big.Float) *big.Float {
	ratio, _ := new(big.Float).Quo(x, log2()).Float64()
	n := math.Round(ratio)
	r := new(big.Float).Sub(x, new(big.Float).Mul(precise(n), log2()))
	sum, term := precise(1), precise(1)
	for i := 1.0; term.Sign() != 0 && term.MantExp(nil) > -digits; i++ {
		term.Mul(term, r)
		term.Quo(term, precise(i))
		sum.Add(sum, term)
	}
	return sum.SetMantExp(sum, int(n))
}
