package dewar

import (
	"math"
	"testing"
	"unsafe"
)

// TestGettersReadAsValuesDo compares what is read where it stands with what [Values] makes of the decoded value.
func TestGettersReadAsValuesDo(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		`0`, `1`, `-1`, `42`, `-0`, `007`, `1.0`, `1.5`, `-3e2`, `1e400`, `999999999999999999`, `1000000000000000000`,
		`9223372036854775807`, `9223372036854775808`, `-9223372036854775808`, `-9223372036854775809`, `18446744073709551616`,
		`true`, `false`, `null`, `""`, `"1"`, `" 1 "`, `"true"`, `"off"`, `"ann"`, `"a\u0062c"`, `"\ud83d\ude00"`, `"a\\b"`, `"\ud800"`,
		`[1]`, `[]`, `{"a":1}`, `{" m":"<b>"}`, `{" b":"YQ=="}`, `{" u":"00000000000000000000000000000001"}`, `{" t":[1]}`,
		`{" d":"Tue, 02 Jan 2024 03:04:05 GMT"}`, `NaN`, `-Infinity`,
	} {
		s := NewSession()
		if lost := Stored(s).Restore(map[string]string{"key": raw}); len(lost) > 0 {
			continue // no session holds it
		}
		for _, key := range []string{"key", "missing"} {
			if got, want := s.Int(key), s.view.Int(key); got != want {
				t.Errorf("%s, %s: got Int %d, want %d", raw, key, got, want)
			}
			if got, want := s.Int64(key), s.view.Int64(key); got != want {
				t.Errorf("%s, %s: got Int64 %d, want %d", raw, key, got, want)
			}
			if got, want := s.Bool(key), s.view.Bool(key); got != want {
				t.Errorf("%s, %s: got Bool %t, want %t", raw, key, got, want)
			}
			if got, want := s.String(key), s.view.String(key); got != want {
				t.Errorf("%s, %s: got String %q, want %q", raw, key, got, want)
			}
		}
	}
}

func TestGettersSeeChangesInsideValues(t *testing.T) {
	t.Parallel()
	s := NewSession()
	n, text := math.MaxInt32, "old"
	s.Set("n", &n)
	s.Set("text", &text)
	n, text = 7, "new"
	if got := s.Int("n"); got != 7 {
		t.Errorf("got %d, want 7", got)
	}
	if got := s.String("text"); got != "new" {
		t.Errorf("got %q, want %q", got, "new")
	}
}

// TestSessionOfARequestIsSmall keeps it below the size from which the runtime puts a header before it.
func TestSessionOfARequestIsSmall(t *testing.T) {
	t.Parallel()
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("the size is promised for 64 bits")
	}
	if size := unsafe.Sizeof(roomySession{}); size > 512 {
		t.Errorf("got %d bytes, want at most 512", size)
	}
}
