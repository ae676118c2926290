package machine

import (
	"go/token"
	"slices"
	"testing"
)

// TestFilesCannotNameHooks guards the only way in which a file could call a hook with arguments of its own.
func TestFilesCannotNameHooks(t *testing.T) {
	t.Parallel()
	reserved := []string{"in", "is", "def", "class", "import"} // keywords of Python
	m := New("config.py", func(string) (string, bool) { return "", false })
	for name := range m.hooks() {
		isWord := token.IsIdentifier(name) || token.IsKeyword(name)
		if isWord && !slices.Contains(reserved, name) {
			t.Errorf("got the hook %q, which a file can name", name)
		}
	}
}
