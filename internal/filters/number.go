package filters

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// A number is a float64 that is written as Python does, 43.0 for 43.
type number float64

// String returns the shortest text that is this number, with a point or an exponent.
func (n number) String() string {
	f := float64(n)
	switch {
	case math.IsInf(f, 0), math.IsNaN(f):
		return strings.TrimPrefix(strings.ToLower(fmt.Sprint(f)), "+")
	case f != 0 && (math.Abs(f) < 1e-4 || math.Abs(f) >= 1e16):
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// MarshalJSON returns a number, where html/template would write the text of a Stringer in a script.
func (n number) MarshalJSON() ([]byte, error) {
	if f := float64(n); math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, errors.New("a number that is none has no JSON form")
	}
	return []byte(n.String()), nil
}

// real returns a number as a float64.
func real(v reflect.Value) (float64, bool) {
	switch {
	case v.CanInt():
		return float64(v.Int()), true
	case v.CanUint():
		return float64(v.Uint()), true
	case v.CanFloat():
		return v.Float(), true
	case v.Kind() == reflect.Bool && v.Bool():
		return 1, true
	}
	return 0, v.Kind() == reflect.Bool
}

// numeral returns a number, or a text that is one, as a float64.
func numeral(value any) (float64, bool) {
	v := solid(reflect.ValueOf(value))
	if v.Kind() == reflect.String {
		s := strings.TrimSpace(v.String())
		f, err := strconv.ParseFloat(s, 64)
		return f, err == nil && !strings.ContainsAny(s, "xXpP")
	}
	return real(v)
}

// round rounds a number to some digits behind the point, to the nearest one or with "ceil" and "floor" up and down. A whole
// number stays one.
func round(args ...any) (any, error) {
	a, value, err := arguments("round", "round 2", args, 0, "common")
	if err != nil {
		return nil, err
	}
	digits, v := a[0].(int), solid(reflect.ValueOf(value))
	f, ok := real(v)
	switch {
	case !ok:
		return nil, fmt.Errorf("round: a %s is no number", kindOf(value))
	case digits < -300 || digits > 300:
		return nil, errors.New("round: want digits from -300 to 300")
	}
	switch power := math.Pow10(digits); a[1] {
	case "ceil":
		return number(math.Ceil(f*power) / power), nil
	case "floor":
		return number(math.Floor(f*power) / power), nil
	case "common":
		return nearest(v, f, digits)
	}
	return nil, fmt.Errorf("round: no method %q; want common, ceil or floor", a[1])
}

// nearest rounds to the nearest number, the even one of two.
func nearest(v reflect.Value, f float64, digits int) (any, error) {
	unit := math.Pow10(-digits)
	switch {
	case !v.CanFloat() && digits >= 0:
		return v.Interface(), nil
	case !v.CanFloat():
		return int64(math.RoundToEven(f/unit) * unit), nil
	case digits < 0:
		return number(math.RoundToEven(f/unit) * unit), nil
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(f, 'f', digits, 64), 64) // of the exact value
	return number(rounded), err
}

// integer is the filter int: a number without its fraction, or that of a text, 0 or the default for anything else.
func integer(args ...any) (any, error) {
	if len(args) == 0 || len(args) > 2 {
		return nil, wrongCount("int", "int")
	}
	value := args[len(args)-1]
	if v := solid(reflect.ValueOf(value)); v.CanInt() || v.CanUint() {
		return v.Interface(), nil
	}
	if f, ok := numeral(value); ok && math.Abs(f) < 1<<63 {
		return int64(f), nil
	}
	if len(args) == 2 {
		return args[0], nil
	}
	return 0, nil
}

// float is a number, or that of a text, 0 or the default for anything else.
func float(args ...any) (any, error) {
	if len(args) == 0 || len(args) > 2 {
		return nil, wrongCount("float", "float")
	}
	if f, ok := numeral(args[len(args)-1]); ok {
		return number(f), nil
	}
	if len(args) == 2 {
		return args[0], nil
	}
	return number(0), nil
}

// absolute is the filter abs.
func absolute(value any) (any, error) {
	switch v := solid(reflect.ValueOf(value)); {
	case v.CanInt():
		return max(v.Int(), -v.Int()), nil
	case v.CanUint():
		return v.Uint(), nil
	case v.CanFloat():
		return number(math.Abs(v.Float())), nil
	}
	return nil, fmt.Errorf("abs: a %s is no number", kindOf(value))
}

// sum adds the items of a list, or an attribute of each.
func sum(args ...any) (any, error) {
	a, value, err := arguments("sum", `sum "Price"`, args, "")
	if err != nil {
		return nil, err
	}
	items, err := attributes("sum", a[0].(string), value)
	if err != nil {
		return nil, err
	}
	var whole int64
	var total float64
	fraction := false
	for _, item := range items {
		item = solid(item)
		f, ok := real(item)
		if !ok {
			return nil, errors.New("sum: an item is no number; sum an attribute, as in {{.x | sum \"Price\"}}")
		}
		fraction = fraction || item.CanFloat()
		whole, total = whole+int64(f), total+f
		if item.CanInt() {
			whole += item.Int() - int64(f)
		}
	}
	if fraction {
		return number(total), nil
	}
	return whole, nil
}

// filesizeformat writes a number of bytes as people do, with true in front by powers of 1024.
func filesizeformat(args ...any) (string, error) {
	a, value, err := arguments("filesizeformat", "filesizeformat", args, false)
	if err != nil {
		return "", err
	}
	size, ok := numeral(value)
	if !ok {
		return "", fmt.Errorf("filesizeformat: a %s is no number", kindOf(value))
	}
	base, prefixes := 1000.0, []string{"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"}
	if a[0].(bool) {
		base, prefixes = 1024, []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"}
	}
	switch {
	case size == 1:
		return "1 Byte", nil
	case size < base:
		return strconv.Itoa(int(size)) + " Bytes", nil
	}
	unit, i := base*base, 0
	for size >= unit && i < len(prefixes)-1 {
		unit, i = unit*base, i+1
	}
	return strconv.FormatFloat(base*size/unit, 'f', 1, 64) + " " + prefixes[i], nil
}

var timeType = reflect.TypeFor[time.Time]()

func timeOf(v reflect.Value) time.Time { return v.Interface().(time.Time) }

// date writes a time in the layout of package time: "2 January 2006". The zero time and nil are no text.
func date(layout string, value any) (string, error) {
	if strings.Contains(layout, "%") {
		return "", errors.New(`date: the layout is Go's, which shows how 2 January 2006, 15:04:05 would be written: "2006-01-02" for %Y-%m-%d, "02.01.2006 15:04" for %d.%m.%Y %H:%M`)
	}
	if value == nil {
		return "", nil
	}
	v := solid(reflect.ValueOf(value))
	switch {
	case !v.IsValid():
		return "", nil
	case !v.Type().ConvertibleTo(timeType):
		return "", fmt.Errorf("date: a %s is no time; give the page a time.Time", kindOf(value))
	}
	t := timeOf(v.Convert(timeType))
	if t.IsZero() {
		return "", nil
	}
	return t.Format(layout), nil
}
