package hostname_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/hostname"
)

// A label that is longer than any name is refused before it is encoded, which would take minutes.
func TestLongLabelsAreNotEncoded(t *testing.T) {
	t.Parallel()
	var label strings.Builder
	for r := rune(0x4e00); r < 0x4e00+200_000; r++ {
		label.WriteRune(r)
	}
	if got, ok := hostname.ASCII(label.String() + ".example"); ok || got != "" {
		t.Errorf("got %d bytes, %t", len(got), ok)
	}
}

func TestASCII(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"example.com": "example.com", "EXAMPLE.com": "EXAMPLE.com", "": "", "a..b": "a..b",
		"bücher.example": "xn--bcher-kva.example", "BÜCHER.example": "xn--bcher-kva.example",
		"münchen.de": "xn--mnchen-3ya.de", "ü": "xn--tda", "ü.example.": "xn--tda.example.",
		"日本語.jp": "xn--wgv71a119e.jp", "日本語。jp": "xn--wgv71a119e.jp", "пример.испытание": "xn--e1afmkfd.xn--80akhbyknj4f",
		"他们为什么不说中文": "xn--ihqwcrb4cv8a8dqg056pqjye", "☃.net": "xn--n3h.net", "😀.la": "xn--e28h.la",
		"ü..de": "", ".ü": "", "\xff.de": "", strings.Repeat("ü", 80): "",
	} {
		got, ok := hostname.ASCII(in)
		if got != want || ok != (want != "" || in == "") {
			t.Errorf("ASCII(%q) = %q, %t, want %q", in, got, ok, want)
		}
	}
}
