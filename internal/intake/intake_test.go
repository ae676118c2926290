package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{ // as Python's bytes.decode(errors="replace")
		{"", ""}, {"grüße €😀", "grüße €😀"}, {"caf\xe9", "caf\ufffd"}, {"\xff\xfe", "\ufffd\ufffd"}, {"\xe2\x82x", "\ufffdx"},
		{"\xf0\x9f\x98", "\ufffd"}, {"\xed\xa0\x80", "\ufffd\ufffd\ufffd"}, {"\xc0\x80", "\ufffd\ufffd"}, {"\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
		{"\xf0\x80\x80", "\ufffd\ufffd\ufffd"}, {"\xe0\x80", "\ufffd\ufffd"}, {"a\x80b", "a\ufffdb"}, {"\ufffd\x00", "\ufffd\x00"}, {"\xf1\x80\x80x\xdf", "\ufffdx\ufffd"},
	} {
		if got := Text(tt.in); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
	list := []string{"a", "\xff", "b"}
	if got := Texts(list); fmt.Sprintf("%q", got) != `["a" "�" "b"]` || list[1] != "\xff" {
		t.Errorf("got %q, and the list is %q", got, list)
	}
	if got := Escaped("a=ü&b=\xe9"); got != "a=%C3%BC&b=%E9" {
		t.Errorf("escaped: %q", got)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"caf\xe9", "\xed\xa0\x80", "\xf0\x9f\x98\x80\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		if !utf8.ValidString(got) || utf8.ValidString(s) && got != s || len(got) > 3*len(s) {
			t.Errorf("%q became %q", s, got)
		}
		if strings.ToValidUTF8(s, "") != strings.ReplaceAll(got, "\ufffd", "") && !strings.Contains(s, "\ufffd") {
			t.Errorf("%q lost something valid in %q", s, got)
		}
	})
}

// What net/url takes, Pairs reads alike.
func FuzzPairs(f *testing.F) {
	for _, s := range []string{"a=1&b=%41+", "a;b", "100%", "%zz=%", "&&=&", "\xff=%ff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := Pairs(raw)
		if err != nil {
			if strings.Count(raw, "&") < MaxPairs {
				t.Fatal(err)
			}
			return
		}
		for key, list := range got {
			if !utf8.ValidString(key) || len(list) == 0 {
				t.Errorf("%q gave %q %q", raw, key, list)
			}
		}
		std, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		want := url.Values{}
		for key, list := range std {
			want[Text(key)] = append(want[Text(key)], Texts(list)...)
		}
		for key, list := range want {
			if len(std[key]) == len(list) && fmt.Sprintf("%q", got[key]) != fmt.Sprintf("%q", list) {
				t.Errorf("%q: %q is %q, net/url has %q", raw, key, got[key], list)
			}
		}
	})
}

// What net/http reads of a form, Multipart reads alike, apart from what the limits and Flask's names say.
func FuzzMultipart(f *testing.F) {
	f.Add("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\ncontent\r\n--b--\r\n")
	f.Add("--b\r\nContent-Disposition: form-data; name=a; filename=\"\"\r\n\r\n\r\n--b--")
	f.Add("preamble\n--b\nContent-Disposition: form-data; name=f; filename=f\n\n\r\n--b\r--b\n\n--b--\n")
	f.Fuzz(func(t *testing.T, body string) {
		t.Setenv("TMPDIR", t.TempDir())
		form, err := Multipart(strings.NewReader(body), "b", Limits{Memory: 50, Parts: 10})
		if err != nil {
			return
		}
		defer func() { _ = form.RemoveAll() }()
		std, err := multipart.NewReader(strings.NewReader(body), "b").ReadForm(1 << 20)
		if err != nil {
			return
		}
		for name, files := range std.File {
			if strings.Contains(name, "%22") || len(form.File[Text(name)]) < len(files) || strings.Contains(strings.ToLower(body), "quoted-printable") {
				continue // names are read differently
			}
			for i, file := range files {
				if len(form.File[name]) != len(files) {
					break
				}
				want, got := read(t, file), read(t, form.File[name][i])
				if !bytes.Equal(want, got) {
					t.Errorf("the file %q is %q, want %q", name, got, want)
				}
			}
		}
	})
}

func read(t *testing.T, file *multipart.FileHeader) []byte {
	t.Helper()
	f, err := file.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil || int64(len(content)) != file.Size {
		t.Fatalf("%d bytes of %d, %v", len(content), file.Size, err)
	}
	return content
}

func TestMultipartPassesErrorsOfReadingOn(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	whole := "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nvalue\r\n--b\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n" + strings.Repeat("x", 100)
	for n := range len(whole) {
		_, err := Multipart(io.MultiReader(strings.NewReader(whole[:n]), iotest.ErrReader(broken)), "b", Limits{})
		if !errors.Is(err, broken) && !strings.Contains(fmt.Sprint(err), "malformed MIME header") {
			t.Fatalf("broken off after %q: got %v", whole[:n], err)
		}
	}
}

func TestMultipartLeavesNoFileOfABadForm(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, dir)
	}
	file := "--b\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n" + strings.Repeat("x", 5000)
	left := func() int {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	form, err := Multipart(strings.NewReader(file+"\r\n--b--\r\n"), "b", Limits{Memory: 1000})
	if err != nil || left() != 1 {
		t.Fatalf("got %v and %d files on the disk, want one", err, left())
	}
	if err := form.RemoveAll(); err != nil {
		t.Fatal(err)
	}
	tooLarge := "\r\n--b\r\nContent-Disposition: form-data; name=a\r\n\r\n" + strings.Repeat("x", 1001) + "\r\n--b--\r\n"
	if _, err := Multipart(strings.NewReader(file+tooLarge), "b", Limits{Memory: 1000}); err == nil || left() != 0 {
		t.Errorf("got %v and %d files, want an error and none", err, left())
	}
}
