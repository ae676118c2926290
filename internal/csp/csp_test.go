package csp_test

import (
	"testing"

	"github.com/dewar-go/dewar/internal/csp"
)

func TestAllowsScript(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		policies []string
		want     bool
	}{
		{"no policy", nil, true},
		{"an empty one", []string{""}, true},
		{"about other things", []string{"img-src 'none'; frame-ancestors 'none'"}, true},
		{"its own origin", []string{"default-src 'self'"}, true},
		{"everything", []string{"script-src *; connect-src *"}, true},
		{"in capitals", []string{"Default-Src 'SELF'"}, true},
		{"nothing", []string{"default-src 'none'"}, false},
		{"an empty list", []string{"script-src"}, false},
		{"no scripts", []string{"default-src 'self'; script-src 'none'"}, false},
		{"scripts by hash", []string{"script-src 'sha256-abc'"}, false},
		{"scripts by nonce", []string{"script-src 'nonce-abc' 'strict-dynamic' 'self'"}, false},
		{"elements before scripts", []string{"script-src 'none'; script-src-elem 'self'"}, true},
		{"no elements", []string{"script-src 'self'; script-src-elem 'none'"}, false},
		{"no connections", []string{"script-src 'self'; connect-src https://api.example"}, false},
		{"a sandbox", []string{"sandbox"}, false},
		{"a sandbox with scripts alone", []string{"sandbox allow-scripts"}, false},
		{"a sandbox with all", []string{"sandbox allow-scripts allow-same-origin"}, true},
		{"two headers", []string{"default-src 'self'", "script-src 'none'"}, false},
		{"two in a header", []string{"default-src 'self', script-src 'none'"}, false},
		{"the first of two directives", []string{"script-src 'none'; script-src 'self'"}, false},
	} {
		if got := csp.AllowsScript(tt.policies); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestAllowsStyle(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		policies []string
		want     bool
	}{
		{"no policy", nil, true},
		{"its own origin", []string{"default-src 'self'"}, true},
		{"scripts alone", []string{"script-src 'none'; connect-src 'none'"}, true},
		{"its own styles", []string{"default-src 'none'; style-src 'nonce-x' 'self'"}, true},
		{"nothing", []string{"default-src 'none'"}, false},
		{"no styles", []string{"default-src 'self'; style-src 'none'"}, false},
		{"styles, and no elements", []string{"style-src 'self'; style-src-elem 'none'"}, false},
		{"a sandbox", []string{"sandbox allow-scripts"}, false},
		{"a sandbox of the same origin", []string{"sandbox allow-same-origin"}, true},
		{"two in a header", []string{"default-src 'self', style-src 'none'"}, false},
	} {
		if got := csp.AllowsStyle(tt.policies); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
