package files_test

import (
	"path/filepath"
	"testing"

	"github.com/dewar-go/dewar/internal/files"
)

func TestMappings(t *testing.T) {
	t.Parallel()
	root := t.TempDir() // a whole path on every system
	var m files.Mappings
	for _, text := range []string{root + "=/all", filepath.Join(root, "a=b", "deep") + "=/deep/"} {
		mapping, err := files.ParseMapping(text)
		if err != nil {
			t.Fatal(err)
		}
		m = append(m, mapping)
	}
	m.Sort()
	for _, tt := range []struct{ path, want string }{
		{"x.txt", "/all/x.txt"},
		{"a=b/x.txt", "/all/a=b/x.txt"},
		{"a=b/deep/x y.txt", "/deep/x%20y.txt"},
		{"a=b/deeper/x.txt", "/all/a=b/deeper/x.txt"},
		{"..x/y", "/all/..x/y"},
		{"100%?#;.txt", "/all/100%25%3F%23%3B.txt"},
		{"../beside.txt", ""},
		{".", ""},
	} {
		if got := m.Location(filepath.Join(root, filepath.FromSlash(tt.path))); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.path, got, tt.want)
		}
	}
	if got := m.Location(filepath.Join("relative", "x")); got != "" {
		t.Errorf("a relative path: got %q, want none", got)
	}
}
