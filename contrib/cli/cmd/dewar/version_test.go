package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	cmd, out := root(), &bytes.Buffer{}
	cmd.SetArgs([]string{"version"})
	cmd.SetOut(out)
	if err := cmd.ExecuteContext(t.Context()); err != nil || !strings.HasPrefix(out.String(), "dewar ") {
		t.Errorf("got %q, %v", out, err)
	}
}
