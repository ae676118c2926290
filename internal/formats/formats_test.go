package formats_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/formats"
)

// TestFormats asks each format for texts that have it and texts that have not.
func TestFormats(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		format    string
		good, bad []string
	}{
		{"email", []string{
			"foo@bar.dk", "123@bar.dk", "foo@456.dk", "foo@bar456.info", "foo+tag@example.com", "first.last@sub.example.co.uk", "müller@exämple.de", "o'neil@example.com",
		}, []string{
			"", "foo", "bar.dk", "foo@", "@bar.dk", "foo@bar", "foo@bar.ab12@", "foo@.bar.ab", "foo.@bar.co", ".foo@bar.co", "foo..x@bar.co",
			"foo@foo@bar.co", "foo@bar.c", "foo@-bar.com", "foo@bar-.com", "foo@bar..com", "a b@bar.com", "foo@bar.com ", "foo@bar.123", "foo\n@bar.com",
			`"a b"@bar.com`, "foo@[127.0.0.1]", strings.Repeat("a", 65) + "@bar.com", "<foo@bar.com>", "foo@bar.com\x00", "foo@bar.ab12", "foo@bar.a-b", "foo\xff@bar.com",
		}},
		{"url", []string{
			"http://foobar.dk", "http://foobar.dk/", "http://foobar.museum/foobar", "http://127.0.0.1/foobar", "http://127.0.0.1:9000/fake",
			"http://foobar.dk/path?query=param", "http://foobar.dk/path?query=param&foo=faa", "https://foobar.dk/#a", "http://[2001:db8:85a3::8a2e:370:7334]/a",
			"http://my_shop.example.com/", "https://xn--exmple-cua.xn--p1ai/",
		}, []string{
			"https://user:pw@example.com/", "https://bank.example@evil.example/", "https://@example.com/",
			"", "http:///foobar", "http://foobar", "foobar.dk", "foobar", "http://foobar..dk", "http://foobar.d", "http://foobar.12", "http://localhost:abc/a",
			"javascript:alert(1)", "ftp://example.com/", "//example.com/", "http://exa mple.com", "http://example.com:0/", "http://example.com:99999/", "http://example.com:/",
			"http://", "https://.", "http://example.c_m/", "http://-a.com",
		}},
		{"uuid", []string{"2bc1c94f-0deb-43e9-92a1-4775189ec9f8", "2BC1C94F-0DEB-43E9-92A1-4775189EC9F8"},
			[]string{"2bc1c94f-deb-43e9-92a1-4775189ec9f8", "2bc1c94f-0deb-43e9-92a1-4775189ec9f", "gbc1c94f-0deb-43e9-92a1-4775189ec9f8", "2bc1c94f 0deb-43e9-92a1-4775189ec9f8", ""}},
		{"ip", []string{"127.0.0.1", "::1"}, []string{"", "127.0.0.1:80", "localhost"}},
		{"ipv4", []string{"127.0.0.1", "0.0.0.0"}, []string{"1278.0.0.1", "127.0.0.abc", "900.200.100.75", "127.0.0", "::1", "127.0.0.01"}},
		{"ipv6", []string{"::1", "2001:db8::1"}, []string{"abc.0.0.1", "abcd:1234::123::1", "1:2:3:4:5:6:7:8:9", "fe80::1%eth0", "127.0.0.1"}},
		{"mac", []string{"01:23:45:67:ab:CD"}, []string{"00:00:00:00:00", "01:23:45:67:89:", "01:23:45:67:89:gh", "123:23:45:67:89:00", "01-23-45-67-89-ab"}},
		{"hostname", []string{"db", "www.example.com", "xn--mller-kva.de", "a-b.c"}, []string{"", ".", "a..b", "-a", "a-", "a_b", "a b", strings.Repeat("a", 64), "a."}},
	} {
		is, err := formats.Lookup(tt.format)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range tt.good {
			if !is(s) {
				t.Errorf("%s: %q is none, want it to be one", tt.format, s)
			}
		}
		for _, s := range tt.bad {
			if is(s) {
				t.Errorf("%s: %q is one, want it to be none", tt.format, s)
			}
		}
	}
}

// FuzzFormats looks for a text that no format may hold, whatever it is.
func FuzzFormats(f *testing.F) {
	f.Add("ann@example.com")
	f.Add("https://example.com/\r\nX-Evil: 1")
	f.Fuzz(func(t *testing.T, s string) {
		for _, name := range []string{"email", "url", "uuid", "ip", "ipv4", "ipv6", "mac", "hostname"} {
			is, err := formats.Lookup(name)
			if err != nil {
				t.Fatal(err)
			}
			if is(s) && strings.ContainsAny(s, " \r\n\t\x00<") && !strings.Contains(s, "://") {
				t.Errorf("%q is a %s", s, name)
			}
			if is(s) && strings.ContainsAny(s, "\r\n\t\x00 ") {
				t.Errorf("%q is a %s and has white space", s, name)
			}
		}
	})
}
