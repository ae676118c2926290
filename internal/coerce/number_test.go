package coerce_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
)

func TestInt64(t *testing.T) {
	t.Parallel()
	convert(t, coerce.Int64, []row[int64]{
		{"int", 7, 7, ""},
		{"int8", int8(-7), -7, ""},
		{"int16", int16(300), 300, ""},
		{"int32", int32(70000), 70000, ""},
		{"smallest", int64(math.MinInt64), math.MinInt64, ""},
		{"uint8", uint8(200), 200, ""},
		{"uint64", uint64(math.MaxInt64), math.MaxInt64, ""},
		{"named", level(3), 3, ""},
		{"month", time.March, 3, ""},
		{"pointer", ptr(7), 7, ""},
		{"pointer to pointer", ptr(ptr(7)), 7, ""},
		{"whole float", 2.0, 2, ""},
		{"negative float", -2.0, -2, ""},
		{"negative zero", math.Copysign(0, -1), 0, ""},
		{"float32", float32(2), 2, ""},
		{"float of 2^62", float64(1 << 62), 1 << 62, ""},
		{"text", "42", 42, ""},
		{"leading zero is no octal", "010", 10, ""},
		{"leading zero before eight", "08", 8, ""},
		{"many zeros", strings.Repeat("0", 50) + "9", 9, ""},
		{"plus", "+5", 5, ""},
		{"minus", "-5", -5, ""},
		{"minus zero", "-0", 0, ""},
		{"spaces", " \t5\r\n", 5, ""},
		{"text of the largest", "9223372036854775807", math.MaxInt64, ""},
		{"text of the smallest", "-9223372036854775808", math.MinInt64, ""},
		{"named text", word("5"), 5, ""},
		{"json number", json.Number("9007199254740993"), 9007199254740993, ""},
		{"json number of the smallest", json.Number("-9223372036854775808"), math.MinInt64, ""},
		{"json number 2.0", json.Number("2.0"), 2, ""},
		{"json number with exponent", json.Number("1e3"), 1000, ""},
		{"json number made whole by its exponent", json.Number("1.5E+1"), 15, ""},
		{"json number with negative exponent", json.Number("1500e-2"), 15, ""},
		{"json number 0e999999999999999999999", json.Number("0e999999999999999999999"), 0, ""},
		{"json number -0.0", json.Number("-0.0"), 0, ""},

		{"fraction 1.5", 1.5, 0, "not a whole number"},
		{"fraction 1.9", 1.9, 0, "not a whole number"},
		{"json fraction", json.Number("1.5"), 0, "not a whole number"},
		{"tiny json fraction", json.Number("1e-400"), 0, "not a whole number"},
		{"json fraction beyond float", json.Number("9007199254740993.0000000000000000000000001"), 0, "not a whole number"},
		{"exponent beyond int", json.Number("1e-999999999999999999999"), 0, "not a whole number"},
		{"text fraction", "1.5", 0, "malformed"},
		{"text 2.0", "2.0", 0, "malformed"},
		{"text exponent", "1e3", 0, "malformed"},
		{"hexadecimal", "0x10", 0, "malformed"},
		{"octal prefix", "0o17", 0, "malformed"},
		{"underscores", "1_000", 0, "malformed"},
		{"thousands", "1,000", 0, "malformed"},
		{"two signs", "+-5", 0, "malformed"},
		{"only a sign", "-", 0, "malformed"},
		{"space inside", "1 0", 0, "malformed"},
		{"other digits", "٣", 0, "malformed"},
		{"word", "x", 0, "malformed"},
		{"json number that is none", json.Number("ten"), 0, "malformed"},
		{"json number without digits", json.Number("."), 0, "malformed"},
		{"json number with a long and bad exponent", json.Number("0e18700000000000000000A"), 0, "malformed"},
		{"json number with empty exponent", json.Number("1e"), 0, "malformed"},
		{"text beyond the largest", "9223372036854775808", 0, "out of range"},
		{"text beyond the smallest", "-9223372036854775809", 0, "out of range"},
		{"text far out", strings.Repeat("9", 100), 0, "out of range"},
		{"uint64 beyond", uint64(math.MaxInt64) + 1, 0, "out of range"},
		{"float of 2^63", float64(1 << 63), 0, "out of range"},
		{"large float", 1e300, 0, "out of range"},
		{"json number beyond", json.Number("9223372036854775808"), 0, "out of range"},
		{"json number far out", json.Number("1e999999999999999999999"), 0, "out of range"},
		{"NaN", math.NaN(), 0, "not a number"},
		{"infinity", math.Inf(1), 0, "infinite"},
		{"negative infinity", math.Inf(-1), 0, "infinite"},
		{"bool", true, 0, "a boolean"},
		{"duration", 30 * time.Second, 0, "a duration"},
		{"time", time.Unix(1, 0), 0, "a time"},
		{"uintptr", uintptr(1), 0, "of a type that cannot be converted"},
		{"empty", "", 0, "empty"},
		{"empty json number", json.Number(""), 0, "empty"},
		{"nil", nil, 0, "missing"},
		{"nil pointer", (*int)(nil), 0, "missing"},
		{"list", []int{1}, 0, "a list"},
		{"map", map[string]int{}, 0, "a map"},
		{"struct", struct{}{}, 0, "a struct"},
	})
}

func TestInt(t *testing.T) {
	t.Parallel()
	convert(t, coerce.Int, []row[int]{
		{"int", 7, 7, ""},
		{"text", "010", 10, ""},
		{"largest", uint64(math.MaxInt), math.MaxInt, ""},
		{"beyond", uint64(math.MaxInt) + 1, 0, "out of range"},
		{"empty", "", 0, "empty"},
		{"nil", nil, 0, "missing"},
	})
}

func TestUint64(t *testing.T) {
	t.Parallel()
	convert(t, coerce.Uint64, []row[uint64]{
		{"int", 7, 7, ""},
		{"uint64", uint64(math.MaxUint64), math.MaxUint64, ""},
		{"text", "18446744073709551615", math.MaxUint64, ""},
		{"plus", "+1", 1, ""},
		{"minus zero", "-0", 0, ""},
		{"json number", json.Number("18446744073709551615"), math.MaxUint64, ""},
		{"json number with exponent", json.Number("1e19"), 1e19, ""},
		{"float of 2^63", float64(1 << 63), 1 << 63, ""},
		{"negative", -1, 0, "negative"},
		{"negative text", "-1", 0, "negative"},
		{"negative float", -1.0, 0, "negative"},
		{"negative json number", json.Number("-1"), 0, "negative"},
		{"smallest int64", int64(math.MinInt64), 0, "negative"},
		{"float of 2^64", math.Ldexp(1, 64), 0, "out of range"},
		{"text beyond", "18446744073709551616", 0, "out of range"},
		{"json number beyond", json.Number("18446744073709551616"), 0, "out of range"},
		{"json number of 21 digits", json.Number("1e20"), 0, "out of range"},
		{"fraction", 1.5, 0, "not a whole number"},
		{"NaN", math.NaN(), 0, "not a number"},
		{"empty", "", 0, "empty"},
		{"nil", nil, 0, "missing"},
	})
}

func TestFloat64(t *testing.T) {
	t.Parallel()
	convert(t, coerce.Float64, []row[float64]{
		{"float", 1.5, 1.5, ""},
		{"infinity is one already", math.Inf(1), math.Inf(1), ""},
		{"float32", float32(0.5), 0.5, ""},
		{"named", ratio(0.5), 0.5, ""},
		{"int", 3, 3, ""},
		{"uint64", uint64(math.MaxUint64), 1 << 64, ""},
		{"text", "2.50", 2.5, ""},
		{"text without a leading zero", ".5", 0.5, ""},
		{"text with exponent", "1e6", 1e6, ""},
		{"leading zeros", "010", 10, ""},
		{"sign and spaces", " -1.5 ", -1.5, ""},
		{"json number", json.Number("1.25"), 1.25, ""},
		{"underflow", "1e-400", 0, ""},
		{"text NaN", "NaN", 0, "malformed"},
		{"text Inf", "-Inf", 0, "malformed"},
		{"hexadecimal", "0x1p4", 0, "malformed"},
		{"underscores", "1_0", 0, "malformed"},
		{"two points", "1.2.3", 0, "malformed"},
		{"comma", "1,5", 0, "malformed"},
		{"fraction in the exponent", "1e1.5", 0, "malformed"},
		{"text beyond", "1e400", 0, "out of range"},
		{"json number beyond", json.Number("-1e400"), 0, "out of range"},
		{"bool", true, 0, "a boolean"},
		{"duration", time.Second, 0, "a duration"},
		{"empty", "", 0, "empty"},
		{"empty json number", json.Number(""), 0, "empty"},
		{"nil", nil, 0, "missing"},
		{"list", []any{}, 0, "a list"},
	})
}
