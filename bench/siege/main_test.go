package main

import (
	"os"
	"strings"
	"testing"
)

// TestMain has this binary be the application under siege too, as the program is.
func TestMain(m *testing.M) {
	if os.Getenv(appVariable) != "" {
		exit(serve())
	}
	os.Exit(m.Run())
}

func TestAttacksNamed(t *testing.T) {
	t.Parallel()
	first := attacks[0].name
	for _, tt := range []struct {
		names   string
		want    int
		problem string
	}{
		{"all", len(attacks), ""},
		{"none", 0, ""},
		{first, 1, ""},
		{first + ",tickling", 0, `there is no attack "tickling"; there are ` + first},
	} {
		list, err := attacksNamed(tt.names)
		if len(list) != tt.want || (err == nil) != (tt.problem == "") || err != nil && !strings.Contains(err.Error(), tt.problem) {
			t.Errorf("%q: got %d attacks and error %v, want %d and %q", tt.names, len(list), err, tt.want, tt.problem)
		}
	}
}
