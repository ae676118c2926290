package strictbase64_test

import (
	"encoding/base64"
	"testing"

	"github.com/dewar-go/dewar/internal/strictbase64"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		encoding   strictbase64.Encoding
		want       string
		ok         bool
	}{
		{"standard", "+/8=", strictbase64.Std, "\xfb\xff", true},
		{"standard, the other alphabet", "-_8=", strictbase64.Std, "", false},
		{"URL", "-_8=", strictbase64.URL, "\xfb\xff", true},
		{"URL without padding", "-_8", strictbase64.URL, "", false},
		{"raw URL", "-_8", strictbase64.RawURL, "\xfb\xff", true},
		{"raw URL with padding", "-_8=", strictbase64.RawURL, "", false},
		{"empty", "", strictbase64.RawURL, "", true},
		{"a line break", "-_\n8", strictbase64.RawURL, "", false},
		{"a line break at the end", "-_8=\r\n", strictbase64.URL, "", false},
		{"stray bits", "-_9", strictbase64.RawURL, "", false},
		{"stray bits in front of padding", "-_9=", strictbase64.URL, "", false},
		{"stray bits in front of padding, standard", "+/9=", strictbase64.Std, "", false},
		{"a single letter", "-", strictbase64.RawURL, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok := tt.encoding.DecodeString(tt.text)
			if ok != tt.ok || ok && string(got) != tt.want {
				t.Errorf("got %q, %v, want %q, %v", got, ok, tt.want, tt.ok)
			}
			got, ok = tt.encoding.AppendDecode([]byte("x"), []byte(tt.text))
			if ok != tt.ok || ok && string(got) != "x"+tt.want {
				t.Errorf("appended: got %q, %v, want it behind x", got, ok)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("-_8")
	f.Add("-_\n8")
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := strictbase64.RawURL.DecodeString(text)
		plain, err := base64.RawURLEncoding.DecodeString(text)
		if want := err == nil && base64.RawURLEncoding.EncodeToString(plain) == text; ok != want || ok && string(got) != string(plain) {
			t.Errorf("%q: got %q, %v, want %q, %v", text, got, ok, plain, want)
		}
	})
}
