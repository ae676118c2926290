package headers_test

import (
	"net/http"
	"testing"

	"github.com/dewar-go/dewar/internal/headers"
)

func TestFault(t *testing.T) {
	t.Parallel()
	for b := range 256 {
		c := byte(b)
		if got, want := headers.IsValue("a"+string([]byte{c})+"b"), c >= ' ' && c != 0x7f || c == '\t'; got != want {
			t.Errorf("a value with the byte %#x: got %t, want %t", c, got, want)
		}
	}
	for name, ok := range map[string]bool{
		"X-A": true, "x_a.b~": true, "Etag": true, "Trailer:X-Sum": true,
		"": false, "X A": false, "X:A": false, "X\nA": false, "Ü": false, "Trailer:": false, "X(A)": false,
	} {
		if got := headers.Fault(name, "v") == ""; got != ok {
			t.Errorf("the name %q: got %t, want %t", name, got, ok)
		}
	}
	header := http.Header{"X-C": {"ok", "a\x00"}, "X-A": {"ok"}, "X-B": {"a\rb"}}
	if name, fault := headers.FirstFault(header); name != "X-B" || fault == "" {
		t.Errorf("got %q, %q, want X-B", name, fault)
	}
	if name, fault := headers.FirstFault(http.Header{"X-A": {"ok", ""}}); name != "" || fault != "" {
		t.Errorf("got %q, %q of a good header", name, fault)
	}
}
