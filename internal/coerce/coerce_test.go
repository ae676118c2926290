package coerce_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
)

// row is one conversion: what goes in, and either what comes out or the reason why nothing does.
type row[T any] struct {
	name   string
	in     any
	want   T
	reason string
}

// convert checks rows against f. A row with a reason must fail with it and give the zero value.
func convert[T any](t *testing.T, f func(any) (T, error), rows []row[T]) {
	t.Helper()
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := f(tt.in)
			if r := reasonOf(t, err); r != tt.reason {
				t.Fatalf("reason = %q, want %q (got %v)", r, tt.reason, got)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %#v, want %#v", got, tt.want)
			}
		})
	}
}

// reasonOf returns the reason of the *coerce.Error that err must be, or "" if it is nil.
func reasonOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var bad *coerce.Error
	if !errors.As(err, &bad) {
		t.Fatalf("error is %T, want *coerce.Error", err)
	}
	return bad.Reason
}

// Named types stand for those a program may declare.
type (
	level   int
	small   int8
	port    uint16
	ratio   float32
	flag    bool
	word    string
	blob    []byte
	texts   []string
	section map[string]any
)

func ptr[T any](v T) *T { return &v }

func TestBool(t *testing.T) {
	t.Parallel()
	convert(t, coerce.Bool, []row[bool]{
		{"true", true, true, ""},
		{"false", false, false, ""},
		{"named", flag(true), true, ""},
		{"pointer", ptr(true), true, ""},
		{"word true", "true", true, ""},
		{"word t", "t", true, ""},
		{"word yes", "yes", true, ""},
		{"word y", "y", true, ""},
		{"word on", "on", true, ""},
		{"word 1", "1", true, ""},
		{"word false", "false", false, ""},
		{"word f", "f", false, ""},
		{"word no", "no", false, ""},
		{"word n", "n", false, ""},
		{"word off", "off", false, ""},
		{"word 0", "0", false, ""},
		{"any letter case", "tRuE", true, ""},
		{"capital ON", "ON", true, ""},
		{"spaces around", "\t Yes \n", true, ""},
		{"named text", word("on"), true, ""},
		{"int 1", 1, true, ""},
		{"int 0", 0, false, ""},
		{"named int", level(1), true, ""},
		{"uint8 1", uint8(1), true, ""},
		{"float 1", 1.0, true, ""},
		{"json number", json.Number("1"), true, ""},
		{"json number 0.0", json.Number("0.0"), false, ""},
		{"int 2", 2, false, "neither 0 nor 1"},
		{"int -1", -1, false, "neither 0 nor 1"},
		{"json number 2", json.Number("2"), false, "neither 0 nor 1"},
		{"float 0.5", 0.5, false, "not a whole number"},
		{"text 2", "2", false, "malformed"},
		{"text 01", "01", false, "malformed"},
		{"other word", "enabled", false, "malformed"},
		{"letter that only folds to s", "yeſ", false, "malformed"},
		{"empty", "", false, "empty"},
		{"only spaces", "  ", false, "empty"},
		{"nil", nil, false, "missing"},
		{"nil pointer", (*bool)(nil), false, "missing"},
		{"list", []any{true}, false, "a list"},
		{"map", map[string]any{}, false, "a map"},
		{"duration", time.Second, false, "a duration"},
	})
}

func TestString(t *testing.T) {
	t.Parallel()
	moment := time.Date(2024, 2, 29, 12, 30, 0, 500, time.UTC)
	convert(t, coerce.String, []row[string]{
		{"text", "a b", "a b", ""},
		{"empty is a value", "", "", ""},
		{"spaces are kept", " a ", " a ", ""},
		{"named text", word("a"), "a", ""},
		{"pointer", ptr("a"), "a", ""},
		{"bytes", []byte("ab"), "ab", ""},
		{"named bytes", blob("ab"), "ab", ""},
		{"true", true, "true", ""},
		{"named bool", flag(false), "false", ""},
		{"int", -7, "-7", ""},
		{"int8", int8(-128), "-128", ""},
		{"named int", level(3), "3", ""},
		{"uint64", uint64(math.MaxUint64), "18446744073709551615", ""},
		{"whole float", 2.0, "2", ""},
		{"float", 0.1, "0.1", ""},
		{"float32", float32(0.1), "0.1", ""},
		{"named float32", ratio(0.1), "0.1", ""},
		{"float below 1e21", 123456789012345680000.0, "123456789012345680000", ""},
		{"float from 1e21", 1e21, "1e+21", ""},
		{"large float", -1e300, "-1e+300", ""},
		{"small float", 1e-7, "0.0000001", ""},
		{"json number as it is", json.Number("1.50e2"), "1.50e2", ""},
		{"stringer", time.Minute, "1m0s", ""},
		{"time", moment, "2024-02-29T12:30:00.0000005Z", ""},
		{"pointer to time", &moment, "2024-02-29T12:30:00.0000005Z", ""},
		{"stringer beats its kind", time.March, "March", ""},
		{"nil", nil, "", "missing"},
		{"nil pointer", (*string)(nil), "", "missing"},
		{"nil stringer", (*time.Duration)(nil), "", "missing"},
		{"nil list that is a stringer", nilStringer(nil), "", "missing"},
		{"error", errors.New("a"), "", "an error"},
		{"list", []any{"a"}, "", "a list"},
		{"map", map[string]any{"a": 1}, "", "a map"},
		{"struct", struct{ A int }{1}, "", "a struct"},
		{"function", func() {}, "", "of a type that cannot be converted"},
	})
}

type nilStringer []int

func (nilStringer) String() string { return "<nil>" }

func TestErrorText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		err  *coerce.Error
		want string
	}{
		{"value", &coerce.Error{Want: "an integer", Reason: "empty"}, "want an integer, but the value is empty"},
		{"path", &coerce.Error{Want: "a list", Path: "A.B[2]", Reason: "a map"}, "A.B[2]: want a list, but the value is a map"},
		{"no reason", &coerce.Error{Want: "a list"}, "want a list"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.err.Error(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFastPathsDoNotAllocate(t *testing.T) {
	var (
		num      any = 123456
		num64    any = int64(123456)
		text     any = "text"
		yes      any = true
		duration any = 90 * time.Second
		list     any = []any{1}
	)
	for _, tt := range []struct {
		name string
		run  func()
		want float64
	}{
		{"Int of int", func() { _, _ = coerce.Int(num) }, 0},
		{"Int of int64", func() { _, _ = coerce.Int(num64) }, 0},
		{"Int64 of int", func() { _, _ = coerce.Int64(num) }, 0},
		{"Int64 of int64", func() { _, _ = coerce.Int64(num64) }, 0},
		{"String of string", func() { _, _ = coerce.String(text) }, 0},
		{"Bool of bool", func() { _, _ = coerce.Bool(yes) }, 0},
		{"Duration of duration", func() { _, _ = coerce.Duration(duration) }, 0},
		{"an error is all that Int64 of a list allocates", func() { _, _ = coerce.Int64(list) }, 1},
	} {
		if got := testing.AllocsPerRun(100, tt.run); got != tt.want {
			t.Errorf("%s: %v allocations, want %v", tt.name, got, tt.want)
		}
	}
}
