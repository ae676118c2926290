package value

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// appendFloat writes f as Python's repr does: the shortest digits that give f again.
func appendFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, "nan"...)
	case math.IsInf(f, 1):
		return append(b, "inf"...)
	case math.IsInf(f, -1):
		return append(b, "-inf"...)
	}
	if abs := math.Abs(f); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.AppendFloat(b, f, 'e', -1, 64)
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'f', -1, 64)
	if !strings.Contains(string(b[start:]), ".") {
		b = append(b, ".0"...)
	}
	return b
}

func floatMethods() methods {
	return newMethods(
		def("is_integer", "", func(_ *Runtime, self any, _ []any) (any, error) {
			f := self.(float64)
			return f == math.Trunc(f) && !math.IsInf(f, 0), nil
		}),
		def("conjugate", "", func(_ *Runtime, self any, _ []any) (any, error) { return self, nil }),
		def("hex", "", func(_ *Runtime, self any, _ []any) (any, error) { return hexFloat(self.(float64)), nil }),
		def("as_integer_ratio", "", func(_ *Runtime, self any, _ []any) (any, error) { return ratioOf(self.(float64)) }),
	)
}

func ratioOf(f float64) (any, error) {
	switch {
	case math.IsNaN(f):
		return nil, valueErrorf("cannot convert NaN to integer ratio")
	case math.IsInf(f, 0):
		return nil, failf("OverflowError", "cannot convert Infinity to integer ratio")
	}
	r := new(big.Rat)
	r.SetFloat64(f)
	return Tuple{shrink(new(big.Int).Set(r.Num())), shrink(new(big.Int).Set(r.Denom()))}, nil
}

// hexFloat is float.hex: 0x1.8000000000000p+1.
func hexFloat(f float64) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return string(appendFloat(nil, f))
	}
	if f == 0 {
		return strings.TrimSuffix(string(appendFloat(nil, f)), "0.0") + "0x0.0p+0"
	}
	sign := ""
	if f < 0 {
		sign = "-"
	}
	bits := math.Float64bits(f)
	lead, exp := "1", int(bits>>52&0x7ff)-1023
	if exp == -1023 {
		lead, exp = "0", -1022
	}
	mantissa := strconv.FormatUint(bits&(1<<52-1)|1<<52, 16)[1:]
	exponent := strconv.Itoa(exp)
	if exp >= 0 {
		exponent = "+" + exponent
	}
	return sign + "0x" + lead + "." + mantissa + "p" + exponent
}

func integerMethods() methods {
	return newMethods(
		def("bit_length", "", func(_ *Runtime, self any, _ []any) (any, error) {
			n, _ := asBig(self)
			return n.BitLen(), nil
		}),
		def("bit_count", "", func(_ *Runtime, self any, _ []any) (any, error) {
			n, _ := asBig(self)
			count := 0
			for i := range n.BitLen() {
				count += int(new(big.Int).Abs(n).Bit(i))
			}
			return count, nil
		}),
		def("conjugate", "", func(_ *Runtime, self any, _ []any) (any, error) {
			n, _ := asBig(self)
			return shrink(n), nil
		}),
		def("as_integer_ratio", "", func(_ *Runtime, self any, _ []any) (any, error) {
			n, _ := asBig(self)
			return Tuple{shrink(n), 1}, nil
		}),
	)
}
