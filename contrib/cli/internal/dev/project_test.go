package dev

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const nothingMain = "package main\n\nfunc main() {}\n"

// TestRunSaysHowToBegin has what keeps dewar dev from beginning, and the cure.
func TestRunSaysHowToBegin(t *testing.T) {
	t.Setenv("GOWORK", "off")
	module := map[string]string{"go.mod": "module shop\n\ngo 1.26.0\n"}
	with := func(more ...string) map[string]string {
		files := map[string]string{}
		for name, text := range module {
			files[name] = text
		}
		for i := 0; i < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	for _, tt := range []struct {
		name, pkg string
		files     map[string]string
		want      string
	}{
		{"no module", "", map[string]string{"main.go": nothingMain}, "dewar new NAME"},
		{"no program", "", with("a.go", "package shop\n"), "write a func main"},
		{"several programs", "", with("cmd/a/a.go", nothingMain, "cmd/b/b.go", nothingMain), "dewar dev ./cmd/a, dewar dev ./cmd/b"},
		{"a package that is none", "./blog", with("blog/a.go", "package blog\n", "cmd/a/a.go", nothingMain, "cmd/b/b.go", nothingMain), "./blog is no program; name one of these"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tt.files {
				path := filepath.Join(dir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			err := Run(t.Context(), Options{Dir: dir, Package: tt.pkg, Port: "0"})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestRunSaysThatThePortIsInUse(t *testing.T) {
	t.Setenv("GOWORK", "off")
	t.Setenv(reloadVariable, "")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module shop\n\ngo 1.26.0\n", "main.go": nothingMain} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	err = Run(t.Context(), Options{Dir: dir, Host: "127.0.0.1", Port: port})
	if err == nil || !strings.Contains(err.Error(), "dewar dev --port") {
		t.Errorf("got %v, want the cure", err)
	}
}

// TestTheOnlyProgramIsFound is about one that is not where dewar dev was called.
func TestTheOnlyProgramIsFound(t *testing.T) {
	t.Setenv("GOWORK", "off")
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "cmd", "shop"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"go.mod": "module shop\n\ngo 1.26.0\n", "cmd/shop/main.go": nothingMain, "shop.go": "package shop\n"} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, err := findProject(t.Context(), dir, "")
	if err != nil || p.pkg != "./cmd/shop" || p.dir != dir {
		t.Errorf("got %+v, %v", p, err)
	}
}

// TestAProgramOfSeveralModulesIsKnown has a workspace, and a module that a replace directive leads to.
func TestAProgramOfSeveralModulesIsKnown(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(root, filepath.FromSlash(name)) }
	put := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(at(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOWORK", "")
	put("go.work", "go 1.26.0\n\nuse (\n\t./shop\n\t./cart\n)\n")
	put("cart/go.mod", "module cart\n\ngo 1.26.0\n")
	put("cart/cart.go", "package cart\n")
	put("mail/go.mod", "module mail\n\ngo 1.26.0\n")
	put("mail/mail.go", "package mail\n\nimport _ \"embed\"\n\n//go:embed text/*.txt\nvar text string\n")
	put("mail/text/hello.txt", "hello")
	put("shop/go.mod", "module shop\n\ngo 1.26.0\n\nrequire mail v0.0.0\n\nreplace mail => ../mail\n")
	put("shop/main.go", "package main\n\nimport (\n\t_ \"cart\"\n\t_ \"mail\"\n)\n\nfunc main() {}\n")
	p, err := findProject(t.Context(), at("shop"), "")
	if err != nil {
		t.Fatal(err)
	}
	if p.workspace != at("go.work") || !slices.Equal(p.modules, []string{at("cart"), at("shop")}) {
		t.Errorf("the workspace is %s, the modules are %v", p.workspace, p.modules)
	}
	if p.home() != root {
		t.Errorf("its .gitignore is looked for in %s", p.home())
	}
	for _, dir := range []string{"mail", "mail/text"} {
		if !slices.Contains(p.packages, at(dir)) {
			t.Errorf("%s is not watched: %v", dir, p.packages)
		}
	}
	for name, want := range map[string]kind{"go.work": rebuild, "cart/new.go": rebuild, "mail/text/new.txt": rebuild, "mail/text/a.md": pages, "mail/mail.go": rebuild} {
		if got := p.kindOf(at(name)); got != want {
			t.Errorf("%s: got %d, want %d", name, got, want)
		}
	}
}
