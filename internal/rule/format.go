package rule

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
)

// formatText returns the text of a string, a number, a bool or anything with a String method.
func formatText(value any) (string, error) {
	if s, ok := value.(string); ok {
		return s, nil
	}
	if s, ok := value.(fmt.Stringer); ok {
		return s.String(), nil
	}
	v := reflect.ValueOf(value)
	switch {
	case v.Kind() == reflect.String:
		return v.String(), nil
	case v.Kind() == reflect.Bool, v.CanInt(), v.CanUint(), v.CanFloat():
		return fmt.Sprint(value), nil
	}
	return "", fmt.Errorf("cannot write a %T as text; give a string", value)
}

// formatInt returns the integer that value is: of any integer type, a float without a fraction, or decimal text.
func formatInt(value any) (int, error) {
	v := reflect.ValueOf(value)
	switch {
	case v.CanInt() && v.Int() >= math.MinInt && v.Int() <= math.MaxInt:
		return int(v.Int()), nil
	case v.CanUint() && v.Uint() <= math.MaxInt:
		return int(v.Uint()), nil
	case v.CanFloat() && math.Trunc(v.Float()) == v.Float() && math.Abs(v.Float()) < 1<<53:
		return int(v.Float()), nil
	case v.Kind() == reflect.String:
		if n, err := strconv.Atoi(v.String()); err == nil {
			return n, nil
		}
	}
	return 0, fmt.Errorf("cannot make an int of the %T; give a whole number", value)
}

// formatFloat returns the shortest decimals that parse back to the number that value is: of any number type, or text.
func formatFloat(value any) (string, error) {
	v, bits := reflect.ValueOf(value), 64
	f := math.NaN()
	switch {
	case v.CanFloat():
		f, bits = v.Float(), v.Type().Bits()
	case v.CanInt():
		f = float64(v.Int())
	case v.CanUint():
		f = float64(v.Uint())
	case v.Kind() == reflect.String:
		if parsed, err := strconv.ParseFloat(v.String(), 64); err == nil {
			f = parsed
		}
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "", fmt.Errorf("cannot make a float of the %T; give a finite number", value)
	}
	if f == 0 {
		f = 0 // not -0
	}
	return strconv.FormatFloat(f, 'f', -1, bits), nil
}
