package dev

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestFaultsIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte("one\ntwo\nthree\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	source := []sourceLine{{1, "one", false}, {2, "two", true}, {3, "three", false}}
	for _, tt := range []struct {
		name, output string
		want         []fault
	}{
		{"a place", "# shop\n./a.go:2:5: undefined: x\n", []fault{{"a.go", 2, 5, "undefined: x", source}}},
		{"a place without a column", "./a.go:2: x\n", []fault{{"a.go", 2, 0, "x", source}}},
		{"a message of several lines", "./a.go:2:5: cannot use x:\n\tmissing method\n\thave X", []fault{{"a.go", 2, 5, "cannot use x:\nmissing method\nhave X", source}}},
		{"a file that is not there", "../b.go:1:1: x", []fault{{"../b.go", 1, 1, "x", nil}}},
		{"no place", "go: updates to go.mod needed\n", []fault{{Message: "go: updates to go.mod needed"}}},
		{"too many", "./a.go:2:5: x\n./a.go:9:1: too many errors", []fault{{"a.go", 2, 5, "x", source}, {"a.go", 9, 1, "too many errors", nil}}},
	} {
		if got := faultsIn(tt.output, dir); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
