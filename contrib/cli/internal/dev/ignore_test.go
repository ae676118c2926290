package dev

import (
	"os"
	"path/filepath"
	"testing"
)

func TestIgnorerReadsGitignore(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	put := func(name, text string) {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put(".git/config", "")
	put(".gitignore", "# a comment\n\n*.log\n!keep.log\n/bin\ntmp/\ndocs/*.pdf\n**/cache/**\na/**/z.txt\n\\#odd\nspaced.txt  \nx?.y\n[ab].c\n[!ab].d\n")
	put("shop/.gitignore", "*.html\n!*.log\n")
	g := newIgnorer(filepath.Join(root, "shop"))
	for _, tt := range []struct {
		name   string
		folder bool
		want   bool
	}{
		{"main.go", false, false},
		{"a.log", false, true},
		{"deep/down/a.log", false, true},
		{"keep.log", false, false},
		{"shop/a.log", false, false}, // the deeper file counts
		{"shop/a.html", false, true},
		{"a.html", false, false},
		{"bin", true, true},
		{"bin/x.go", false, true},
		{"shop/bin", false, false},
		{"tmp", true, true},
		{"tmp", false, false},
		{"shop/tmp/x.go", false, true},
		{"docs/a.pdf", false, true},
		{"docs/more/a.pdf", false, false},
		{"x/cache/y", false, true},
		{"x/cache", true, false},
		{"a/z.txt", false, true},
		{"a/b/c/z.txt", false, true},
		{"#odd", false, true},
		{"spaced.txt", false, true},
		{"xa.y", false, true},
		{"xab.y", false, false},
		{"a.c", false, true},
		{"c.c", false, false},
		{"c.d", false, true},
		{"node_modules/x/y.go", false, true},
		{".idea/x.go", false, true},
		{".flaskenv", false, false},
		{"../other/a.log", false, false},
	} {
		if got := g.skips(filepath.Join(root, filepath.FromSlash(tt.name)), tt.folder); got != tt.want {
			t.Errorf("%s (a folder: %v): got %v, want %v", tt.name, tt.folder, got, tt.want)
		}
	}
	put("shop/.gitignore", "")
	g.forget()
	if g.skips(filepath.Join(root, "shop/a.html"), false) {
		t.Error("a rule that was taken out still counts")
	}
}

func FuzzParseIgnoreRule(f *testing.F) {
	for _, line := range []string{"*.log", "!a/b/", "[a", "**/x/**", `\`, "[!]", "/", "a//b", "[z-a]"} {
		f.Add(line, "x/y.log")
	}
	f.Fuzz(func(t *testing.T, line, name string) {
		if rule, ok := parseIgnoreRule(line); ok {
			rule.pattern.MatchString(name)
		}
	})
}
