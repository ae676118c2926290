package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestDevSaysHowItIsCalled has calls that run nothing.
func TestDevSaysHowItIsCalled(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"two packages", []string{"dev", "./shop", "run"}, "dewar dev ./shop -- run"},
		{"no project", []string{"dev", "--port", "0"}, "dewar new NAME"},
		{"no project, with arguments", []string{"dev", "--port", "0", "--", "a", "b"}, "dewar new NAME"},
		{"a flag that is none", []string{"dev", "--prot", "0"}, "--prot; to see what there is: dewar dev --help"},
	} {
		cmd := root()
		cmd.SetArgs(tt.args)
		cmd.SetOut(&bytes.Buffer{})
		cmd.SetErr(&bytes.Buffer{})
		if err := cmd.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want an error with %q", tt.name, err, tt.want)
		}
	}
}
