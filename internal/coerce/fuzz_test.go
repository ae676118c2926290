package coerce_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
)

// numbers are seeds for everything that reads numbers.
var numbers = []string{
	"", " ", "0", "-0", "+5", "010", "08", "0x10", "1_000", "1.5", "2.0", ".5", "5.", ".", "1e3", "1e", "1e-3", "1E+2",
	"9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
	"18446744073709551615", "18446744073709551616", "1e19", "1e20", "0e999999999999999999999", "1e-400",
	"9223372036.854775807", "9223372036.854775808", "NaN", "Inf", "٣", "\x00", "+-1", " 7\n",
}

var (
	integerText = regexp.MustCompile(`^[+-]?[0-9]+$`)
	decimalText = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$`)
	hugeText    = regexp.MustCompile(`[eE][+-]?[0-9]{4,}$`)
)

const asciiSpace = " \t\r\n\v\f"

// FuzzInt compares the integers read from text with those of math/big.
func FuzzInt(f *testing.F) {
	for _, s := range numbers {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := new(big.Int)
		valid := integerText.MatchString(strings.Trim(s, asciiSpace))
		if valid {
			want.SetString(strings.Trim(s, asciiSpace), 10)
		}
		n, err := coerce.Int64(s)
		if ok := valid && want.IsInt64(); ok != (err == nil) || ok && n != want.Int64() {
			t.Errorf("Int64(%q) = %d, %v, want %v (valid %v)", s, n, err, want, ok)
		}
		u, err := coerce.Uint64(s)
		if ok := valid && want.IsUint64(); ok != (err == nil) || ok && u != want.Uint64() {
			t.Errorf("Uint64(%q) = %d, %v, want %v (valid %v)", s, u, err, want, ok)
		}
		var b int8
		if ok := valid && want.IsInt64() && want.Int64() == int64(int8(want.Int64())); ok != (coerce.Into(&b, s) == nil) {
			t.Errorf("Into(*int8, %q): want valid %v", s, ok)
		}
	})
}

// FuzzNumber compares what is read from a json.Number with the exact fractions of math/big: integers, and durations,
// which are the same number in nanoseconds, cut off.
func FuzzNumber(f *testing.F) {
	for _, s := range numbers {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := strings.Trim(s, asciiSpace)
		if hugeText.MatchString(text) {
			return // beyond what math/big can do in time
		}
		want, valid := new(big.Rat), decimalText.MatchString(text)
		if valid {
			want.SetString(text)
		}
		n, err := coerce.Int64(json.Number(s))
		if ok := valid && want.IsInt() && want.Num().IsInt64(); ok != (err == nil) || ok && n != want.Num().Int64() {
			t.Errorf("Int64(%q) = %d, %v, want %v (valid %v)", s, n, err, want, ok)
		}
		want.Mul(want, big.NewRat(1e9, 1))
		nanoseconds := new(big.Int).Quo(want.Num(), want.Denom())
		d, err := coerce.Duration(json.Number(s))
		if ok := valid && nanoseconds.IsInt64(); ok != (err == nil) || ok && int64(d) != nanoseconds.Int64() {
			t.Errorf("Duration(%q) = %d, %v, want %v (valid %v)", s, d, err, nanoseconds, ok)
		}
	})
}

// FuzzDuration checks that text with a unit means what it means to package time.
func FuzzDuration(f *testing.F) {
	for _, s := range append([]string{"30s", "1h30m", "-1.5h", "3µs", "3μs", "1s ", "1 s", "s", "3000000h"}, numbers...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := strings.Trim(s, asciiSpace)
		got, err := coerce.Duration(s)
		want, wantErr := time.ParseDuration(text)
		if strings.HasSuffix(text, "s") || strings.HasSuffix(text, "m") || strings.HasSuffix(text, "h") {
			if (err == nil) != (wantErr == nil) || got != want {
				t.Errorf("Duration(%q) = %v, %v, want %v, %v", s, got, err, want, wantErr)
			}
		} else if err == nil && !decimalText.MatchString(text) && !hugeText.MatchString(text) {
			t.Errorf("Duration(%q) = %v, but it is no number", s, got)
		}
	})
}

// FuzzTime checks that every time read from text can be written and read again.
func FuzzTime(f *testing.F) {
	for _, s := range []string{
		"", "2024-02-29", "2024-02-30", "2024-02-29T12:00:00Z", "2024-02-29 12:00:00 +0200", "0000-01-01", "3:04PM",
		"Thu, 29 Feb 2024 12:00:00 GMT", "Thu Feb 29 12:00:00 2024", "Thu Feb 29 12:00:00 PST 2024", "1709208000",
		"20240229", "-62135596800", "253402300800", "9999-12-31T23:59:59-12:00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := coerce.Time(s)
		if err != nil {
			return
		}
		if year := got.Year(); year < 1 || year > 9999 {
			t.Fatalf("Time(%q) is in the year %d", s, year)
		}
		text, err := coerce.String(got.UTC())
		if err != nil {
			t.Fatal(err)
		}
		if again, err := time.Parse(time.RFC3339Nano, text); err == nil && !again.Equal(got) {
			t.Errorf("Time(%q) = %v, written %q, read again %v", s, got, text, again)
		}
	})
}

// everything has a field of each kind of type that Into knows.
type everything struct {
	endpoint
	Any      any
	Bool     bool
	Int      int
	Small    int8
	Unsigned uint32
	Float    float32
	Text     string
	Bytes    []byte
	Duration time.Duration
	Time     time.Time
	Address  netip.Addr
	Pointer  **int
	List     []int
	Lists    [][]string
	Array    [2]bool
	Map      map[string]int
	Inner    *everything
	Inners   []everything
	Channel  chan int
}

// FuzzInto fills a struct from JSON and every type of field from plain text. Nothing may panic, and the errors may
// use no other words than these.
func FuzzInto(f *testing.F) {
	for _, s := range append([]string{
		`{"int": 1.5, "Small": 300, "text": null, "list": [1, "2", []], "inner": {"inners": [{"port": -1}]}}`,
		`{"any": {}, "bool": "on", "unsigned": -1, "float": 1e300, "bytes": [256], "duration": "1", "time": 1}`,
		`{"address": "::1", "pointer": "7", "lists": ["a,b", [[]]], "array": "1,0", "map": {"a": {}}, "channel": 0}`,
		`{"HOST": "a", "host": 1, "port": "", "inner": [], "inners": {}}`, `[]`, `null`, `"a,b"`,
	}, numbers...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		decoder := json.NewDecoder(strings.NewReader(s))
		decoder.UseNumber()
		var v any
		if err := decoder.Decode(&v); err == nil {
			checkVocabulary(t, coerce.Into(new(everything), v))
		}
		for _, fill := range []func(any) error{
			filler[everything], filler[bool], filler[int8], filler[uint32], filler[float32], filler[string],
			filler[[]byte], filler[time.Duration], filler[time.Time], filler[netip.Addr], filler[**int], filler[[]int],
			filler[[][]string], filler[[2]bool], filler[map[string]int], filler[chan int], filler[any],
		} {
			checkVocabulary(t, fill(s))
			checkVocabulary(t, fill(v))
		}
	})
}

var (
	pathText = regexp.MustCompile(`^([A-Z][a-z]+|\[\d+\]|\[\*\]|\.)*$`)
	wants    = []string{
		"true or false", "text", "a number", "an integer", "an integer from -128 to 127", "an integer from 0 to 65535",
		"an integer from 0 to 4294967295", "an integer from 0 to 255", "a list", "a list of 2", "a map",
		"an integer from -2147483648 to 2147483647", // an int of 32 bits
		"a duration such as 30s or 168h, or a number of seconds", "text for netip.Addr", "a value of type chan int",
		"a time such as 2006-01-02T15:04:05Z or 2006-01-02, or seconds since 1970",
	}
	reasons = []string{
		"missing", "empty", "malformed", "malformed or out of range", "out of range", "negative", "not a whole number",
		"neither 0 nor 1", "a list of another length", "a boolean", "text", "a number", "a list", "a map",
	}
)

func checkVocabulary(t *testing.T, err error) {
	t.Helper()
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, part := range joined.Unwrap() {
			checkVocabulary(t, part)
		}
		return
	}
	var bad *coerce.Error
	if err == nil || !errors.As(err, &bad) {
		return
	}
	if !slices.Contains(wants, bad.Want) || !slices.Contains(reasons, bad.Reason) || !pathText.MatchString(bad.Path) {
		t.Errorf("words that are not ours: %+v", *bad)
	}
}
