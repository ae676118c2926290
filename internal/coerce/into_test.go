package coerce_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/big"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
)

// filling is one call of Into: it leaves want in what dst points to, or fails for the reason and leaves it alone.
type filling struct {
	name   string
	dst    any
	in     any
	want   any
	reason string
}

func fill(t *testing.T, rows []filling) {
	t.Helper()
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := coerce.Into(tt.dst, tt.in)
			if r := reasonOf(t, err); r != tt.reason {
				t.Fatalf("reason = %q, want %q (%v)", r, tt.reason, err)
			}
			if got := reflect.ValueOf(tt.dst).Elem().Interface(); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %#v, want %#v", got, tt.want)
			}
		})
	}
}

func TestIntoBasicTypes(t *testing.T) {
	t.Parallel()
	fill(t, []filling{
		{"string", new(string), 5, "5", ""},
		{"bool", new(bool), "on", true, ""},
		{"int", new(int), "010", 10, ""},
		{"int8", new(int8), "-128", int8(-128), ""},
		{"int8 beyond", ptr(int8(1)), 300, int8(1), "out of range"},
		{"int8 below", ptr(int8(1)), -129, int8(1), "out of range"},
		{"int16", new(int16), 300, int16(300), ""},
		{"int16 beyond", ptr(int16(1)), json.Number("32768"), int16(1), "out of range"},
		{"int32", new(int32), 70000.0, int32(70000), ""},
		{"int32 beyond", ptr(int32(1)), "2147483648", int32(1), "out of range"},
		{"int64", new(int64), json.Number("9007199254740993"), int64(9007199254740993), ""},
		{"uint", new(uint), "7", uint(7), ""},
		{"uint8", new(uint8), 255, uint8(255), ""},
		{"uint8 beyond", ptr(uint8(1)), 300, uint8(1), "out of range"},
		{"uint8 negative", ptr(uint8(1)), -1, uint8(1), "negative"},
		{"uint16", new(uint16), "65535", uint16(65535), ""},
		{"uint32 beyond", ptr(uint32(1)), int64(1 << 32), uint32(1), "out of range"},
		{"uint64", new(uint64), json.Number("18446744073709551615"), uint64(math.MaxUint64), ""},
		{"float32", new(float32), "0.5", float32(0.5), ""},
		{"float32 beyond", ptr(float32(1)), 1e300, float32(1), "out of range"},
		{"float64", new(float64), "0.5", 0.5, ""},
		{"duration", new(time.Duration), "30", 30 * time.Second, ""},
		{"time", new(time.Time), "2024-02-29", time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), ""},
		{"any", new(any), word("a"), word("a"), ""},
		{"any of nil", ptr(any(1)), nil, nil, ""},
		{"empty leaves the old value", ptr(7), "", 7, "empty"},
		{"nil leaves the old value", ptr(7), nil, 7, "missing"},
		{"fraction leaves the old value", ptr(7), 1.9, 7, "not a whole number"},
	})
}

func TestIntoNamedTypes(t *testing.T) {
	t.Parallel()
	fill(t, []filling{
		{"level", new(level), "3", level(3), ""},
		{"small beyond", ptr(small(1)), 200, small(1), "out of range"},
		{"port", new(port), json.Number("8080"), port(8080), ""},
		{"port negative", ptr(port(1)), -1, port(1), "negative"},
		{"ratio beyond", ptr(ratio(1)), 1e300, ratio(1), "out of range"},
		{"flag", new(flag), "off", flag(false), ""},
		{"word", new(word), 5, word("5"), ""},
		{"word from bytes", new(word), []byte("a"), word("a"), ""},
		{"blob", new(blob), "a,b", blob("a,b"), ""},
		{"texts", new(texts), "a, b", texts{"a", "b"}, ""},
		{"section", new(section), map[string]string{"a": "b"}, section{"a": "b"}, ""},
		{"the same type", new(level), level(3), level(3), ""},
		{"empty", ptr(level(1)), "", level(1), "empty"},
	})
}

func TestIntoTextUnmarshaler(t *testing.T) {
	t.Parallel()
	address := netip.MustParseAddr("192.0.2.1")
	fill(t, []filling{
		{"address", new(netip.Addr), "192.0.2.1", address, ""},
		{"pointer to address", new(*netip.Addr), "192.0.2.1", &address, ""},
		{"named text", new(netip.Addr), word("192.0.2.1"), address, ""},
		{"bytes", new(netip.Addr), []byte("192.0.2.1"), address, ""},
		{"stringer", new(netip.Addr), net.IPv4(192, 0, 2, 1), address, ""},
		{"the same type", new(netip.Addr), address, address, ""},
		{"pointer to the same type", new(netip.Addr), &address, address, ""},
		{"list", new([]netip.Addr), "192.0.2.1, 192.0.2.1", []netip.Addr{address, address}, ""},
		{"level by name", new(slog.Level), "WARN", slog.LevelWarn, ""},
		{"level by number", new(slog.Level), 4, slog.LevelWarn, ""},
		{"level by json number", new(slog.Level), json.Number("4"), slog.LevelWarn, ""},
		{"large integer", new(big.Int), json.Number("12"), *big.NewInt(12), ""},
		{"array with a method, by text", new(colour), "red", colour{255, 0, 0}, ""},
		{"array with a method, by list", new(colour), []any{1, 2, 3}, colour{1, 2, 3}, ""},
		{"empty text for a kind of text", ptr(trimmed("a")), "", trimmed("<>"), ""},
		{"bad text", ptr(address), "nowhere", address, "malformed"},
		{"bad element", ptr([]netip.Addr{address}), "192.0.2.1,x", []netip.Addr{address}, "malformed"},
		{"empty", ptr(address), "", address, "empty"},
		{"nil", ptr(address), nil, address, "missing"},
		{"struct", ptr(address), struct{}{}, address, "a struct"},
		{"error", ptr(address), errors.New("192.0.2.1"), address, "an error"},
	})
}

// trimmed is text with a method of its own.
type trimmed string

func (s *trimmed) UnmarshalText(text []byte) error {
	*s = trimmed("<" + string(text) + ">")
	return nil
}

// colour is read from text by its own method, or from a list of three.
type colour [3]uint8

func (c *colour) UnmarshalText(text []byte) error {
	if string(text) != "red" {
		return fmt.Errorf("no such colour: %s", text)
	}
	*c = colour{255, 0, 0}
	return nil
}

func TestIntoPointers(t *testing.T) {
	t.Parallel()
	shared := &endpoint{Host: "a"}
	fill(t, []filling{
		{"allocates", new(*int), "5", ptr(5), ""},
		{"allocates twice", new(**int), "5", ptr(ptr(5)), ""},
		{"fills what is there", ptr(ptr(1)), "5", ptr(5), ""},
		{"nil is a nil pointer", ptr(ptr(1)), nil, (*int)(nil), ""},
		{"nil pointer is a nil pointer", ptr(ptr(1)), (*string)(nil), (*int)(nil), ""},
		{"empty is not nil", ptr(ptr(1)), "", ptr(1), "empty"},
		{"bad leaves it nil", new(*int), "x", (*int)(nil), "malformed"},
		{"the same pointer", new(*endpoint), shared, shared, ""},
		{"from the value", new(*endpoint), *shared, shared, ""},
		{"struct", new(*endpoint), map[string]any{"host": "a"}, shared, ""},
	})
}

func TestIntoSlicesAndArrays(t *testing.T) {
	t.Parallel()
	fill(t, []filling{
		{"ints from list", new([]int), []any{1, "2", json.Number("3"), 4.0}, []int{1, 2, 3, 4}, ""},
		{"ints from text", new([]int), "1, 2,,3", []int{1, 2, 3}, ""},
		{"ints from empty text", ptr([]int{1}), "", []int{}, ""},
		{"ints from a single number", new([]int), json.Number("5"), []int{5}, ""},
		{"ints from ints", new([]int), []int{1}, []int{1}, ""},
		{"ints from other ints", new([]int), []int8{1}, []int{1}, ""},
		{"ints from array", new([]int), [2]string{"1", "2"}, []int{1, 2}, ""},
		{"durations", new([]time.Duration), "1s,2", []time.Duration{time.Second, 2 * time.Second}, ""},
		{"pointers", new([]*int), "1,2", []*int{ptr(1), ptr(2)}, ""},
		{"nil among pointers", new([]*int), []any{1, nil}, []*int{ptr(1), nil}, ""},
		{"strings", new([]string), "a, b", []string{"a", "b"}, ""},
		{"bytes from text", new([]byte), "1,2", []byte("1,2"), ""},
		{"bytes from bytes", new([]byte), []byte{1, 2}, []byte{1, 2}, ""},
		{"bytes from list", new([]byte), []any{1, 255}, []byte{1, 255}, ""},
		{"bytes beyond", ptr([]byte{1}), []any{256}, []byte{1}, "out of range"},
		{"bytes of nil", ptr([]byte{1}), nil, []byte{1}, "missing"},
		{"lists of lists", new([][]int), []any{"1,2", []any{3}}, [][]int{{1, 2}, {3}}, ""},
		{"structs", new([]endpoint), []any{map[string]any{"host": "a"}}, []endpoint{{Host: "a"}}, ""},
		{"any", new([]any), []string{"a"}, []any{"a"}, ""},
		{"array", new([2]int), "1,2", [2]int{1, 2}, ""},
		{"array from list", new([2]int), []any{1, 2}, [2]int{1, 2}, ""},
		{"array too short", ptr([2]int{8, 9}), "1,2,3", [2]int{8, 9}, "a list of another length"},
		{"array too long", ptr([2]int{8, 9}), []any{1}, [2]int{8, 9}, "a list of another length"},
		{"array with a bad element", ptr([2]int{8, 9}), "1,x", [2]int{8, 9}, "malformed"},
		{"bad element leaves the old value", ptr([]int{8}), "1,x", []int{8}, "malformed"},
		{"empty element", ptr([]int{8}), []any{""}, []int{8}, "empty"},
		{"nil element", ptr([]int{8}), []any{nil}, []int{8}, "missing"},
		{"stringer by pointer", new(texts), &url.URL{Path: "/a,b"}, texts{"/a,b"}, ""},
		{"structs of nil", ptr([]endpoint{{Port: 1}}), nil, []endpoint{{Port: 1}}, "missing"},
		{"structs from text", ptr([]endpoint{{Port: 1}}), "a,b", []endpoint{{Port: 1}}, "text"},
		{"nil", ptr([]int{8}), nil, []int{8}, "missing"},
		{"map", ptr([]int{8}), map[string]any{}, []int{8}, "a map"},
	})
}

func TestIntoMaps(t *testing.T) {
	t.Parallel()
	fill(t, []filling{
		{"any", new(map[string]any), map[string]string{"a": "b"}, map[string]any{"a": "b"}, ""},
		{"ints", new(map[string]int), map[string]any{"a": "1", "b": 2}, map[string]int{"a": 1, "b": 2}, ""},
		{"keys of any", new(map[string]int), map[any]any{"a": 1}, map[string]int{"a": 1}, ""},
		{"named keys", new(map[word]int), map[string]any{"a": 1}, map[word]int{"a": 1}, ""},
		{"lists", new(map[string][]int), map[string]any{"a": "1,2"}, map[string][]int{"a": {1, 2}}, ""},
		{"structs", new(map[string]endpoint), map[string]any{"a": map[string]any{"port": 1}},
			map[string]endpoint{"a": {Port: 1}}, ""},
		{"replaced as a whole", ptr(map[string]int{"old": 1}), map[string]any{"a": 1}, map[string]int{"a": 1}, ""},
		{"bad entry leaves the old value", ptr(map[string]int{"old": 1}), map[string]any{"a": "x"},
			map[string]int{"old": 1}, "malformed"},
		{"keys of int", new(map[int]int), map[string]any{"1": 1}, map[int]int(nil), "a map"},
		{"text", new(map[string]int), `{"a": 1}`, map[string]int(nil), "text"},
		{"nil", new(map[string]int), nil, map[string]int(nil), "missing"},
	})
}

func TestIntoMapReportsTheFirstBadEntryInOrder(t *testing.T) {
	t.Parallel()
	in := map[string]any{"a": 1, "b": "", "c": "x", "d": nil, "e": 1.5, "f": true}
	for range 20 {
		if r := reasonOf(t, coerce.Into(new(map[string]int), in)); r != "empty" {
			t.Fatalf("reason = %q, want %q", r, "empty")
		}
	}
}

func TestIntoOtherTypes(t *testing.T) {
	t.Parallel()
	fill(t, []filling{
		{"interface that fits", new(fmt.Stringer), time.Minute, time.Minute, ""},
		{"interface that does not", new(fmt.Stringer), 1, nil, "a number"},
		{"channel", new(chan int), 1, (chan int)(nil), "a number"},
		{"complex", new(complex128), 1, complex128(0), "a number"},
	})
}

func TestIntoNeedsAPointer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		dst  any
		want string
	}{
		{"nil", nil, "coerce: cannot convert into <nil>; pass a pointer that is not nil"},
		{"value", 1, "coerce: cannot convert into int; pass a pointer that is not nil"},
		{"nil pointer", (*int)(nil), "coerce: cannot convert into *int; pass a pointer that is not nil"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := coerce.Into(tt.dst, "secret")
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestIntoSaysWhatIsWanted(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		dst  any
		in   any
		want string
	}{
		{"int", new(int64), "x", "want an integer, but the value is malformed"},
		{"int8", new(int8), 300, "want an integer from -128 to 127, but the value is out of range"},
		{"uint16", new(uint16), -1, "want an integer from 0 to 65535, but the value is negative"},
		{"uint64", new(uint64), -1, "want an integer of 0 or more, but the value is negative"},
		{"bool", new(bool), 2, "want true or false, but the value is neither 0 nor 1"},
		{"duration", new(time.Duration), "", "want a duration such as 30s or 168h, or a number of seconds, but the value is empty"},
		{"address", new(netip.Addr), "x", "want text for netip.Addr, but the value is malformed"},
		{"array", new([2]int), "1", "want a list of 2, but the value is a list of another length"},
		{"element", new([]int64), "1,x", "[1]: want an integer, but the value is malformed"},
		{"inner element", new([][]int64), []any{"1", "1,x"}, "[1][1]: want an integer, but the value is malformed"},
		{"entry", new(map[string][]int64), map[string]any{"k": "x"}, "[*][0]: want an integer, but the value is malformed"},
		{"channel", new(chan int), 1, "want a value of type chan int, but the value is a number"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := coerce.Into(tt.dst, tt.in)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
