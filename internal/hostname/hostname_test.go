package hostname_test

import (
	"testing"

	"github.com/dewar-go/dewar/internal/hostname"
)

func TestHasPort(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"": false, "a.test": false, "a.test:80": true, "[::1]": false, "[::1]:80": true,
		"{user}.a.test": false, "{user}.a.test:80": true, "{x:int(min=1)}": false, "{x:int}:80": true,
	} {
		if got := hostname.HasPort(host); got != want {
			t.Errorf("%q: got %v, want %v", host, got, want)
		}
	}
}

func TestNormal(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ host, scheme, name, port string }{
		{"A.Test", "http", "a.test", ""},
		{"a.test.", "http", "a.test", ""},
		{"a.test.:8080", "http", "a.test", "8080"},
		{"a.test:80", "http", "a.test", ""},
		{"a.test:80", "https", "a.test", "80"},
		{"a.test:443", "https", "a.test", ""},
		{"a.test:443", "http", "a.test", "443"},
		{"[::1]:5000", "http", "[::1]", "5000"},
		{"", "http", "", ""},
	} {
		if name, port := hostname.Normal(tt.host, tt.scheme); name != tt.name || port != tt.port {
			t.Errorf("%q: got %q and %q, want %q and %q", tt.host, name, port, tt.name, tt.port)
		}
	}
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ host, scheme, want string }{
		{"x.test", "http", "x.test"}, {"WWW.X.Test", "https", "www.x.test"}, {"x.test.", "http", "x.test."},
		{"x.test:80", "http", "x.test"}, {"x.test:080", "http", "x.test"}, {"x.test:443", "http", "x.test:443"},
		{"x.test:443", "https", "x.test"}, {"x.test:80", "https", "x.test:80"}, {"x.test:443", "", "x.test:443"},
		{"x.test:08080", "http", "x.test:8080"},
		{"[::1]", "http", "[::1]"}, {"[::1]:80", "http", "[::1]"}, {"[::1]:443", "https", "[::1]"}, {"[::1]:8080", "http", "[::1]:8080"},
		{"[2001:DB8:0:0:0::1]:80", "http", "[2001:db8::1]"}, {"127.0.0.1:80", "http", "127.0.0.1"}, {"", "http", ""},
	} {
		if got := hostname.Canonical(tt.host, tt.scheme); got != tt.want {
			t.Errorf("%s %s: got %q, want %q", tt.scheme, tt.host, got, tt.want)
		}
	}
}

func TestWithoutZone(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"[fe80::1%25eth0]": "[fe80::1]", "[fe80::1%eth0]:80": "[fe80::1]:80", "[::1%25en0]:80": "[::1]:80", "x.test": "x.test", "": "",
		"[::1]": "[::1]", "[::1%25]": "[::1%25]", "[::1%25a/b]": "[::1%25a/b]", "[::1%25a%0d]": "[::1%25a%0d]", "x%25y]": "x%25y]", "[::1%25a": "[::1%25a",
	} {
		if got := hostname.WithoutZone(host); got != want {
			t.Errorf("%q: got %q, want %q", host, got, want)
		}
	}
}

func TestParseOrigin(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"http://x.test": "http x.test", "https://X.Test:443": "https x.test", "http://x.test:443": "http x.test:443", "HTTP://x.test": "http x.test",
		"http://[::1]:80": "http [::1]", "chrome-extension://abcdef": "chrome-extension abcdef", "https://x.test:8443": "https x.test:8443",
		"": "", "null": "", "x.test": "", "//x.test": "", "http://": "", "http://user@x.test": "", "http://x.test/": "", "http://x.test/a": "",
		"http://x.test?": "", "http://x.test#": "", "http://x.test?a": "", "http://x.test:99999": "", "http://é.test": "", "http://a b": "", "http:x.test": "",
	} {
		scheme, host, ok := hostname.ParseOrigin(text)
		if got := scheme + " " + host; ok != (want != "") || ok && got != want {
			t.Errorf("%q: got %q, %v; want %q", text, got, ok, want)
		}
	}
}
