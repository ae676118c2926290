package forwarded_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/forwarded"
)

func TestAddr(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]string{
		"203.0.113.5": "203.0.113.5", " 203.0.113.5 ": "203.0.113.5", "203.0.113.5:38792": "203.0.113.5", "203.0.113.5:0": "203.0.113.5",
		"2001:db8::1": "2001:db8::1", "[2001:db8::1]": "2001:db8::1", "[2001:db8::1]:443": "2001:db8::1",
		"2001:DB8:0:0::1": "2001:db8::1", "::ffff:203.0.113.5": "203.0.113.5", "[::ffff:203.0.113.5]:1": "203.0.113.5",
		"fe80::1%eth0": "fe80::1%eth0",

		"": "", "unknown": "", "_hidden": "", "unix:": "", "203.0.113.5:": "", "203.0.113.5:99999": "", "203.0.113.5:x": "",
		"[203.0.113.5]": "", "[2001:db8::1": "", "2001:db8::1]": "", "[2001:db8::1]x": "", "[2001:db8::1]:": "", "[]": "",
		"203.0.113": "", "0x7f.1": "", "localhost": "", "203.0.113.5 1": "", "\"203.0.113.5\"": "",
	} {
		addr, ok := forwarded.Addr(entry)
		if ok != (want != "") || ok && addr.String() != want {
			t.Errorf("%q: got %v, %v; want %q", entry, addr, ok, want)
		}
	}
}

func TestPrefix(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"/app": "/app", "/app/": "/app", "/a/b": "/a/b", "/": "", "/caf%C3%A9": "/caf%C3%A9", "/café": "/caf%C3%A9",
		"/a%20b": "/a%20b", "/a b": "/a%20b", "/a%2Fb": "/a%2Fb", "/~u/x.y-z_": "/~u/x.y-z_", "/..a": "/..a", "/<": "/%3C",

		"": "no", "app": "no", "//evil.com": "no", "//": "no", "/a//b": "no", "/a//": "no", "/../x": "no", "/a/..": "no", "/./a": "no",
		"/%2e%2e/x": "no", "/a/%2E": "no", "/\\evil.com": "no", "/%5cevil.com": "no", "/%2fevil.com": "no", "/a?b": "no", "/a#b": "no",
		"/a\r\nb": "no", "/a%0d%0ab": "no", "/a%": "no", "/a%zz": "no", "http://evil.com": "no", "/a\x00": "no", "%2Fa": "no",
	} {
		got, ok := forwarded.Prefix(text)
		if ok != (want != "no") || ok && got != want {
			t.Errorf("%q: got %q, %v; want %q", text, got, ok, want)
		}
	}
}

func FuzzPrefix(f *testing.F) {
	for _, seed := range []string{"/app", "/café/", "//x", "/%2e%2e", "/\\", "/a%2Fb"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := forwarded.Prefix(text)
		if !ok || got == "" {
			return
		}
		if got[0] != '/' || strings.HasPrefix(got, "//") || strings.HasSuffix(got, "/") || strings.ContainsAny(got, "\\?#\r\n ") {
			t.Errorf("%q gives %q", text, got)
		}
		if again, ok := forwarded.Prefix(got); !ok || again != got {
			t.Errorf("%q gives %q, and that %q", text, got, again)
		}
	})
}

func TestSchemeAndPort(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"http": "http", "HTTPS": "https", "ws": "http", "wss": "https", "": "", "javascript": "", "https\r\n": ""} {
		if got := forwarded.Scheme(text); got != want {
			t.Errorf("scheme %q: got %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"80": "80", "0443": "443", "65535": "65535", "": "", "0": "", "65536": "", "-1": "", "+80": "", "http": "", "80a": ""} {
		if got := forwarded.Port(text); got != want {
			t.Errorf("port %q: got %q, want %q", text, got, want)
		}
	}
}
