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
