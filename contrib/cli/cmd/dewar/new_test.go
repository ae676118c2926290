package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// dewarNew calls dewar new in a new folder and returns that, what was printed and the error.
func dewarNew(t *testing.T, args ...string) (folder, out string, err error) {
	t.Helper()
	folder = t.TempDir()
	out, err = dewarNewIn(t, folder, args...)
	return folder, out, err
}

func dewarNewIn(t *testing.T, folder string, args ...string) (string, error) {
	t.Helper()
	t.Chdir(folder)
	var out bytes.Buffer
	cmd := newCommand()
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

func readFile(t *testing.T, elements ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(elements...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestNew(t *testing.T) {
	t.Setenv("GOWORK", "")
	checkout, err := filepath.Abs(filepath.Join("..", "..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	folder, out, err := dewarNew(t, "shop", "--module", "example.com/shop")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\n    cd shop\n", " dev\n", "README.md"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	mod := readFile(t, folder, "shop", "go.mod")
	for _, want := range []string{"module example.com/shop\n", "=> " + filepath.ToSlash(checkout) + "\n", "\tgithub.com/spf13/cobra v"} {
		if !strings.Contains(mod, want) {
			t.Errorf("go.mod has no %q:\n%s", want, mod)
		}
	}
	if sum := readFile(t, folder, "shop", "go.sum"); !strings.Contains(sum, "github.com/go-chi/chi/v5 ") {
		t.Errorf("go.sum is not complete:\n%s", sum)
	}
}

func TestNew_DatabaseFlag(t *testing.T) {
	folder, out, err := dewarNew(t, "shop", "--database=postgres")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, "\n    createdb shop\n") {
		t.Errorf("it does not say how to make the database:\n%s", out)
	}
	if mod := readFile(t, folder, "shop", "go.mod"); !strings.Contains(mod, "github.com/jackc/pgx/v5 ") {
		t.Errorf("go.mod has no driver:\n%s", mod)
	}
}

func TestNew_InTheFolderItself(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "shop")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := dewarNewIn(t, folder, ".")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out, "Wrote shop.") || strings.Contains(out, "cd ") {
		t.Errorf("it speaks of another folder:\n%s", out)
	}
	if mod := readFile(t, folder, "go.mod"); !strings.HasPrefix(mod, "module shop\n") {
		t.Errorf("go.mod begins with %.20q, want module shop", mod)
	}
}

func TestNew_BelowAWorkspace(t *testing.T) {
	t.Setenv("GOWORK", "")
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "go.work"), []byte("go 1.26.0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := dewarNewIn(t, folder, "shop")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, "\n    go work use shop\n") {
		t.Errorf("it does not say what the workspace needs:\n%s", out)
	}
}

func TestNew_Refused(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		want string // in the error: what to type next
	}{
		{"no name", nil, "such as dewar new shop"},
		{"an empty name", []string{""}, "such as shop"},
		{"two names", []string{"shop", "blog"}, "one name"},
		{"a name that cannot be", []string{"My Shop"}, "choose my-shop"},
		{"a flag that is none", []string{"--", "--force"}, "choose force"},
		{"a module in place of the name", []string{"example.com/me/shop"}, "dewar new shop --module example.com/me/shop"},
		{"a folder that is not there", []string{"apps/shop"}, "make it first"},
		{"a name that is kept, which makes a module path that is none", []string{"internal"}, "internal-app"},
		{"a name of the standard library", []string{"net"}, "example.com/net"},
		{"a bad module", []string{"shop", "--module", "a b"}, "example.com/shop"},
		{"an unknown database", []string{"shop", "--database", "mysql"}, "none, sqlite or postgres"},
		{"a checkout that is none", []string{"shop", "--replace", "."}, "--replace: "},
		{"a checkout that is not there", []string{"shop", "--replace", "/no/such/folder"}, "no checkout of dewar"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder, _, err := dewarNew(t, tt.args...)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error: got %v, want one with %q", err, tt.want)
			} else if strings.Contains(err.Error(), "\n") {
				t.Errorf("one mistake has several cures:\n%v", err)
			}
			entries, err := os.ReadDir(folder)
			if err != nil || len(entries) != 0 {
				t.Errorf("left behind: %v, err %v", entries, err)
			}
		})
	}
}

func TestNew_LeavesAFullFolderAlone(t *testing.T) {
	folder := t.TempDir()
	mine := filepath.Join(folder, "shop", "main.go")
	if err := os.Mkdir(filepath.Dir(mine), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := dewarNewIn(t, folder, "shop")
	if err == nil || !strings.Contains(err.Error(), `"main.go"`) {
		t.Errorf("error: got %v, want one that names what is there", err)
	}
	if got := readFile(t, mine); got != "mine" {
		t.Errorf("the file is now %q", got)
	}
}

func TestNew_WhenModulesCannotBeFound(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOFLAGS", "-modcacherw")
	t.Setenv("GOMODCACHE", t.TempDir())
	folder, _, err := dewarNew(t, "shop", "--replace=")
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"shop is written", "remove the folder shop", "dewar new shop --replace DIR"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
	if mod := readFile(t, folder, "shop", "go.mod"); strings.Contains(mod, "replace") {
		t.Errorf("go.mod has a replace:\n%s", mod)
	}
}

func TestNew_WithoutAProxy(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOFLAGS", "-modcacherw")
	t.Setenv("GOMODCACHE", t.TempDir())
	_, _, err := dewarNew(t, "shop")
	if err == nil || !strings.Contains(err.Error(), "when the module proxy can be reached: cd shop && go mod tidy") {
		t.Errorf("error: got %v, want one that says what to type", err)
	}
}

func TestNew_WithoutGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, _, err := dewarNew(t, "shop")
	if err == nil || !strings.Contains(err.Error(), "https://go.dev/dl/, then: cd shop && go mod tidy") {
		t.Errorf("error: got %v, want one that says where Go is", err)
	}
}
