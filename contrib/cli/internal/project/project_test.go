package project_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/cli/internal/project"
)

// databases are all that a program can be written for.
var databases = []project.Database{project.None, project.SQLite, project.Postgres}

// write writes a program into a new folder and returns that.
func write(t *testing.T, o project.Options) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), o.Name)
	if err := project.Write(dir, o); err != nil {
		t.Fatal(err)
	}
	return dir
}

// filesBelow returns the names of the files below dir, with slashes.
func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func read(t *testing.T, elements ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(elements...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWriteWritesAllThatAProgramNeeds(t *testing.T) {
	t.Parallel()
	always := []string{
		".dockerignore", ".env", ".env.example", ".github/workflows/ci.yml", ".gitignore", "Dockerfile", "Makefile", "README.md",
		"app.go", "app_test.go", "auth.go", "auth_test.go", "deploy/shop.service", "deploy/shop.socket", "go.mod",
		"home.go", "home_test.go", "main.go", "static/icon.svg", "static/style.css", "templates/auth/login.html",
		"templates/auth/register.html", "templates/home/account.html", "templates/home/index.html", "templates/layout.html",
		"users.go",
	}
	table := append(slices.Clone(always), "commands.go", "commands_test.go", "db.go", "schema.sql")
	for _, tt := range []struct {
		database project.Database
		want     []string
	}{{"", always}, {project.None, always}, {project.SQLite, table}, {project.Postgres, table}} {
		t.Run("database "+string(tt.database), func(t *testing.T) {
			t.Parallel()
			got := filesBelow(t, write(t, project.Options{Name: "shop", Database: tt.database}))
			want := slices.Sorted(slices.Values(tt.want))
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("files: got %q, want %q", got, want)
			}
		})
	}
}

// leftover is what a template leaves behind when it is not filled in, or when it leaves out a value.
var leftover = regexp.MustCompile(`<%|%>|<no value>|\n\n\n| +\n|\t+\n`)

func TestFilesAreFilledIn(t *testing.T) {
	t.Parallel()
	for _, database := range databases {
		for _, replace := range []string{"", "/checkout"} {
			t.Run(string(database)+" "+replace, func(t *testing.T) {
				t.Parallel()
				dir := write(t, project.Options{Name: "book-shop", Database: database, Replace: replace})
				for _, name := range filesBelow(t, dir) {
					text := read(t, dir, name)
					if found := leftover.FindStringIndex(text); found != nil {
						t.Errorf("%s has %q in it: %q", name, text[found[0]:found[1]], text[max(0, found[0]-30):min(len(text), found[1]+30)])
					}
					if !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") {
						t.Errorf("%s does not end with one line break", name)
					}
				}
			})
		}
	}
}

func TestModuleAndReplaceAreInGoMod(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		options project.Options
		want    []string
		wantNot string
	}{
		{"the module is the name", project.Options{Name: "shop"}, []string{"module shop\n"}, "replace"},
		{"another module", project.Options{Name: "shop", Module: "example.com/me/shop"}, []string{"module example.com/me/shop\n"}, "replace"},
		{"a checkout", project.Options{Name: "shop", Replace: "/src/dewar"}, []string{
			"\tgithub.com/dewar-go/dewar => /src/dewar\n",
			"\tgithub.com/dewar-go/dewar/contrib/cli => /src/dewar/contrib/cli\n",
			"\tgithub.com/dewar-go/dewar/contrib/password => /src/dewar/contrib/password\n",
		}, `"`},
		{"a checkout with spaces and quotes", project.Options{Name: "shop", Replace: `/my "src"/dewar`},
			[]string{`=> "/my \"src\"/dewar/contrib/cli"` + "\n"}, "''"},
		{"a checkout that looks like a comment", project.Options{Name: "shop", Replace: "//src/dewar"},
			[]string{`=> "//src/dewar"` + "\n"}, "''"},
		{"a checkout with a line break", project.Options{Name: "shop", Replace: "/src\n)\nrequire evil.example v1.0.0\n(/dewar"},
			[]string{`=> "/src\n)\nrequire evil.example v1.0.0\n(/dewar"`}, "\nrequire evil"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := read(t, write(t, tt.options), "go.mod")
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("go.mod has no %q:\n%s", want, got)
				}
			}
			if strings.Contains(got, tt.wantNot) {
				t.Errorf("go.mod has %q:\n%s", tt.wantNot, got)
			}
		})
	}
}

func TestEachProgramHasAKeyOfItsOwnThatStaysHere(t *testing.T) {
	t.Parallel()
	keyLine := regexp.MustCompile(`(?m)^FLASK_SECRET_KEY=([0-9a-f]{64})$`)
	seen := map[string]bool{}
	for range 2 {
		dir := write(t, project.Options{Name: "shop"})
		key := keyLine.FindStringSubmatch(read(t, dir, ".env"))
		if key == nil {
			t.Fatal("no key of 32 bytes in .env")
		}
		seen[key[1]] = true
		for _, name := range filesBelow(t, dir) {
			if name != ".env" && strings.Contains(read(t, dir, name), key[1]) {
				t.Errorf("%s has the key in it", name)
			}
		}
		for _, name := range []string{".gitignore", ".dockerignore"} {
			if !regexp.MustCompile(`(?m)^/?\.env$`).MatchString(read(t, dir, name)) {
				t.Errorf("%s does not leave out .env", name)
			}
		}
		info, err := os.Stat(filepath.Join(dir, ".env"))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); runtime.GOOS != "windows" && got != 0o600 {
			t.Errorf("mode of .env: got %o, want 600", got)
		}
	}
	if len(seen) != 2 {
		t.Error("two programs have the same key")
	}
}

func TestWriteIntoAnEmptyFolder(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, inside string }{
		{"empty", ""},
		{"a fresh clone", ".git"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "shop")
			if err := os.MkdirAll(filepath.Join(dir, tt.inside), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := project.Write(dir, project.Options{Name: "shop"}); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(read(t, dir, "main.go"), "package main") {
				t.Error("no program in the folder")
			}
			wantAlone(t, dir)
		})
	}
}

// wantAlone checks that nothing is left beside dir.
func wantAlone(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Name() != filepath.Base(dir) {
			t.Errorf("%s is left beside the folder", entry.Name())
		}
	}
}

func TestWriteTouchesNothingThatIsThere(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		prepare func(dir string) error
		options project.Options
		want    string // in the error
	}{
		{"a folder with a file", func(dir string) error { return writeOne(dir, "README.md") }, project.Options{Name: "shop"}, `"README.md"`},
		{"a folder with a hidden file", func(dir string) error { return writeOne(dir, ".profile") }, project.Options{Name: "shop"}, `".profile"`},
		{"a file", func(dir string) error { return os.WriteFile(dir, []byte("mine"), 0o600) }, project.Options{Name: "shop"}, "no folder"},
		{"a name that cannot be", nil, project.Options{Name: "../shop"}, "choose shop"},
		{"a module that cannot be", nil, project.Options{Name: "shop", Module: "a b"}, "--module"},
		{"an unknown database", nil, project.Options{Name: "shop", Database: "oracle"}, "sqlite"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			parent := t.TempDir()
			dir := filepath.Join(parent, "shop")
			if tt.prepare != nil {
				if err := tt.prepare(dir); err != nil {
					t.Fatal(err)
				}
			}
			before := filesBelow(t, parent)
			err := project.Write(dir, tt.options)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error: got %v, want one with %q", err, tt.want)
			}
			if got := filesBelow(t, parent); !slices.Equal(got, before) {
				t.Errorf("files: got %q, want %q as before", got, before)
			}
		})
	}
}

func writeOne(dir, name string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o600)
}

func TestWriteBelowAFolderThatIsNotThere(t *testing.T) {
	t.Parallel()
	parent := filepath.Join(t.TempDir(), "none")
	err := project.Write(filepath.Join(parent, "shop"), project.Options{Name: "shop"})
	if err == nil || !strings.Contains(err.Error(), parent) {
		t.Errorf("error: got %v, want one that names %s", err, parent)
	}
}

func TestWriteWhereNothingMayBeWrittenLeavesNothing(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	if err := os.Chmod(parent, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(parent, 0o700) })
	if probe, err := os.CreateTemp(parent, ""); err == nil { // as root, or on Windows
		probe.Close()
		t.Skip("this user may write everywhere")
	}
	if err := project.Write(filepath.Join(parent, "shop"), project.Options{Name: "shop"}); err == nil {
		t.Error("no error")
	}
	if got := filesBelow(t, parent); len(got) != 0 {
		t.Errorf("left behind: %q", got)
	}
}

// TestVersionsAreThoseOfThisRepository holds what a new go.mod asks for to what the modules here are tested with.
func TestVersionsAreThoseOfThisRepository(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..", "..")
	for _, tt := range []struct {
		database project.Database
		module   string
		line     string // a pattern of what both have
	}{
		{project.None, "contrib/cli", `(?m)^go [0-9.]+$`},
		{project.SQLite, "contrib/sqlstore", `modernc.org/sqlite v[0-9.]+`},
		{project.Postgres, "contrib/sqlstore", `github.com/jackc/pgx/v5 v[0-9.]+`},
	} {
		line := regexp.MustCompile(tt.line)
		got := line.FindString(read(t, write(t, project.Options{Name: "shop", Database: tt.database}), "go.mod"))
		want := line.FindString(read(t, root, tt.module, "go.mod"))
		if got != want || want == "" {
			t.Errorf("%s: got %q, want %q as in %s", tt.database, got, want, tt.module)
		}
	}
}
