package files_test

import (
	"mime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dewar-go/dewar/internal/files"
)

func TestDisposition(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "report.pdf", `attachment; filename="report.pdf"`},
		{"spaces and semicolons are quoted", "my; report.pdf", `attachment; filename="my; report.pdf"`},
		{"quote cannot end the name", `setup.bat";x=.txt`, `attachment; filename="setup.bat;x=.txt"`},
		{"line break cannot add a header", "a\r\nSet-Cookie: x=1", `attachment; filename="aSet-Cookie x=1"`},
		{"not ASCII is written twice", "é.txt", `attachment; filename="_.txt"; filename*=UTF-8''%C3%A9.txt`},
		{"folders of Windows", `..\..\x`, `attachment; filename="x"`},
		{"folders", "a/b.txt", `attachment; filename="b.txt"`},
		{"a folder alone", "a/", `attachment; filename="download"`},
		{"direction cannot be turned", "\u202egpj.exe", `attachment; filename="gpj.exe"`},
		{"isolates are dropped", "a\u2066b\u2069.txt", `attachment; filename="ab.txt"`},
		{"not seen", "a\u200bb\ufeff.txt", `attachment; filename="ab.txt"`},
		{"NUL", "a\x00b", `attachment; filename="ab"`},
		{"percent sign is not decoded", "a%22b", `attachment; filename="a_22b"; filename*=UTF-8''a%2522b`},
		{"dots and spaces around", " .htaccess. ", `attachment; filename="htaccess"`},
		{"device of Windows", "CON.txt", `attachment; filename="_CON.txt"`},
		{"device with a raised digit", "com¹.txt", `attachment; filename="_com_.txt"; filename*=UTF-8''_com%C2%B9.txt`},
		{"not a device", "console.txt", `attachment; filename="console.txt"`},
		{"empty", "", `attachment; filename="download"`},
		{"nothing left", "\u202e\"", `attachment; filename="download"`},
		{"broken UTF-8", "a\xffb.txt", `attachment; filename="ab.txt"`},
		{"long", strings.Repeat("x", 300) + ".txt", `attachment; filename="` + strings.Repeat("x", 196) + `.txt"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := files.Disposition("attachment", tt.in); got != tt.want {
				t.Errorf("Disposition(%q) = %s, want %s", tt.in, got, tt.want)
			}
		})
	}
}

func FuzzDisposition(f *testing.F) {
	for _, name := range []string{"", "report.pdf", `a";b`, "é.txt", `..\x`, "a/b", "\u202etxt.exe", "a\r\nb", "%22", "CON", "...", "\xff", strings.Repeat("é.", 200)} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		clean := files.Clean(name)
		if again := files.Clean(clean); again != clean {
			t.Errorf("Clean(%q) = %q, and again %q", name, clean, again)
		}
		if clean == "" || clean[0] == '.' || len(clean) > 201 || !utf8.ValidString(clean) || strings.ContainsAny(clean, "/\\\"\r\n\x00") {
			t.Errorf("Clean(%q) = %q", name, clean)
		}
		header := files.Disposition("inline", name)
		for i := range len(header) {
			if header[i] < ' ' || header[i] > '~' {
				t.Fatalf("Disposition(%q) = %q has a byte that no header may have", name, header)
			}
		}
		kind, params, err := mime.ParseMediaType(header)
		if err != nil || kind != "inline" || len(params) != 1 || params["filename"] != clean {
			t.Errorf("Disposition(%q) = %s reads as %s %q, %v, want the name %q", name, header, kind, params, err, clean)
		}
	})
}
