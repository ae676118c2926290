package machine

import (
	"math"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// writeFloat writes a float in a format.
func (l layout) writeFloat(f float64) (string, error) {
	if l.alternate {
		return "", fault.New("\"#\" in a format for a float is not available")
	}
	if math.IsInf(f, 0) || math.IsNaN(f) {
		s := strings.ToLower(strings.TrimLeft(floatRepr(f), "-"))
		if l.verb == 'F' || l.verb == 'E' || l.verb == 'G' {
			s = strings.ToUpper(s)
		}
		return l.writeNumber(math.Signbit(f) && !math.IsNaN(f), "", s), nil
	}
	precision := l.precision
	if precision < 0 {
		precision = 6
	}
	digits := ""
	magnitude := math.Abs(f)
	switch l.verb {
	case 0:
		digits = l.shortest(magnitude)
	case 'f', 'F':
		digits = strconv.FormatFloat(magnitude, 'f', precision, 64)
	case 'e', 'E':
		digits = strconv.FormatFloat(magnitude, l.verb, precision, 64)
	case 'g', 'G', 'n':
		digits = general(magnitude, max(precision, 1), max(precision, 1))
	case '%':
		digits = strconv.FormatFloat(magnitude*100, 'f', precision, 64) + "%"
	default:
		return "", fault.New("a format does not fit the number it is for")
	}
	if l.verb == 'G' {
		digits = strings.ToUpper(digits)
	}
	return l.writeNumber(math.Signbit(f), "", digits), nil
}

// shortest writes a float where no type is given: as repr does, or with a precision like %g with a point.
func (l layout) shortest(f float64) string {
	if l.precision < 0 {
		return floatRepr(f)
	}
	precision := max(l.precision, 1)
	digits := general(f, precision, precision-1)
	if !strings.ContainsAny(digits, ".e") {
		digits += ".0"
	}
	return digits
}

// general writes a float like %g: scientific if the exponent is less than -4 or limit and more.
func general(f float64, precision, limit int) string {
	scientific := strconv.FormatFloat(f, 'e', precision-1, 64)
	mantissa, exponent, _ := strings.Cut(scientific, "e")
	e, _ := strconv.Atoi(exponent)
	if e < -4 || e >= limit {
		return trimZeros(mantissa) + "e" + exponent
	}
	return trimZeros(strconv.FormatFloat(f, 'f', max(precision-1-e, 0), 64))
}

func trimZeros(digits string) string {
	if !strings.Contains(digits, ".") {
		return digits
	}
	return strings.TrimRight(strings.TrimRight(digits, "0"), ".")
}
