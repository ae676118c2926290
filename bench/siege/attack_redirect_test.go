package main

import "testing"

func TestStaysOn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		location string
		want     bool
	}{
		{"/", true}, {"/page?a=//evil.example", true}, {"/a//b", true},
		{"", false}, {"page", false}, {"//evil.example", false}, {`/\evil.example`, false}, {"/\t/evil.example", false},
		{"https://evil.example/", false}, {"http://siege.example/", false}, {"javascript:alert(1)", false}, {"%zz", false},
	} {
		if got := staysOn(tt.location); got != tt.want {
			t.Errorf("staysOn(%q) is %v, want %v", tt.location, got, tt.want)
		}
	}
}
