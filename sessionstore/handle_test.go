package sessionstore_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/sessionstore"
)

func TestHandles(t *testing.T) {
	t.Parallel()
	h := sessionstore.Handle{0xff, 0xfe, 15: 1}
	if got := h.String(); got != "__4AAAAAAAAAAAAAAAAAAQ" {
		t.Errorf("got %q", got)
	}
	if got, err := sessionstore.ParseHandle(h.String()); got != h || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	for _, text := range []string{"", "A", strings.Repeat("A", 21), strings.Repeat("A", 23), "__4AAAAAAAAAAAAAAAAAAR", "__4AAAAAAAAAAAAAAAAA\nQ", "//4AAAAAAAAAAAAAAAAAAQ", "__4AAAAAAAAAAAAAAAAA=="} {
		if h, err := sessionstore.ParseHandle(text); err == nil || h != (sessionstore.Handle{}) {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestHashesAreCompared(t *testing.T) {
	t.Parallel()
	if !secret1.Equal(secret1) || secret1.Equal(secret2) {
		t.Error("a hash does not equal itself alone")
	}
}
