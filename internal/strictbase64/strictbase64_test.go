package strictbase64_test

import (
	"bytes"
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
			if ok != tt.ok || ok && (got == nil || string(got) != tt.want) {
				t.Errorf("got %q, %v, want %q, %v", got, ok, tt.want, tt.ok)
			}
			got, ok = tt.encoding.AppendDecode([]byte("x"), []byte(tt.text))
			if ok != tt.ok || ok && string(got) != "x"+tt.want {
				t.Errorf("appended: got %q, %v, want it behind x", got, ok)
			}
		})
	}
}

var encodings = []struct {
	name   string
	strict strictbase64.Encoding
	std    *base64.Encoding
}{
	{"Std", strictbase64.Std, base64.StdEncoding},
	{"URL", strictbase64.URL, base64.URLEncoding},
	{"RawURL", strictbase64.RawURL, base64.RawURLEncoding},
}

// TestEveryChangeOfALetterIsSeen puts every byte in every place of texts that end in each way.
func TestEveryChangeOfALetterIsSeen(t *testing.T) {
	t.Parallel()
	for _, e := range encodings {
		for size := range 40 {
			text := []byte(e.std.EncodeToString(bytes.Repeat([]byte{0xfb, 0x1e}, 20)[:size]))
			for i, letter := range text {
				for b := range 256 {
					text[i] = byte(b)
					checkDecode(t, e.name, e.strict, e.std, string(text))
				}
				text[i] = letter
			}
		}
	}
}

// TestDecodeNeedsNoMoreRoomThanTheResult holds it to encoding/base64's own estimate.
func TestDecodeNeedsNoMoreRoomThanTheResult(t *testing.T) {
	for _, e := range encodings {
		for size := range 40 {
			text := []byte(e.std.EncodeToString(make([]byte, size)))
			room := make([]byte, 0, e.std.DecodedLen(len(text)))
			if got := testing.AllocsPerRun(10, func() { e.strict.AppendDecode(room, text) }); got > 0 {
				t.Errorf("%s, %d bytes: got %v allocations, want none", e.name, size, got)
			}
		}
	}
}

// checkDecode compares with encoding/base64: what that reads, and writes in the same letters, is text.
func checkDecode(t *testing.T, name string, strict strictbase64.Encoding, std *base64.Encoding, text string) {
	t.Helper()
	got, ok := strict.DecodeString(text)
	plain, err := std.DecodeString(text)
	if want := err == nil && std.EncodeToString(plain) == text; ok != want || ok && string(got) != string(plain) {
		t.Errorf("%s, %q: got %q, %v, want %q, %v", name, text, got, ok, plain, want)
	}
}

// TestEveryEndIsJudgedAsByTheEncoder tries all ends of two letters, and three of each kind, with and without padding.
func TestEveryEndIsJudgedAsByTheEncoder(t *testing.T) {
	t.Parallel()
	letters := "ABQgwx/+-_9=\n "
	for _, e := range encodings {
		for _, start := range []string{"", "QUJD", "QUJDQUJDQUJD"} {
			for _, a := range letters {
				for _, b := range letters {
					for _, c := range letters {
						for _, end := range []string{"", "=", "==", "Q", "==" + string(a)} {
							text := start + string([]rune{a, b, c})
							checkDecode(t, e.name, e.strict, e.std, text+end)
							checkDecode(t, e.name, e.strict, e.std, text[:len(text)-1]+end)
							checkDecode(t, e.name, e.strict, e.std, text[:len(text)-2]+end)
						}
					}
				}
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("-_8")
	f.Add("-_\n8")
	f.Add("c2Vzc2lvbnM_c2Vzc2lvbnM_YQ==")
	f.Fuzz(func(t *testing.T, text string) {
		for _, e := range encodings {
			checkDecode(t, e.name, e.strict, e.std, text)
		}
	})
}

func FuzzEncode(f *testing.F) {
	f.Add([]byte("\xfb\xff and so on"))
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, e := range encodings {
			got := string(e.strict.AppendEncode([]byte("x"), src))
			if want := "x" + e.std.EncodeToString(src); got != want {
				t.Errorf("%s, %q: got %q, want %q", e.name, src, got, want)
			}
			back, ok := e.strict.DecodeString(got[1:])
			if !ok || !bytes.Equal(back, src) {
				t.Errorf("%s, %q: came back as %q, %v", e.name, src, back, ok)
			}
		}
	})
}
