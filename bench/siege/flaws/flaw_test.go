package flaws_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/bench/siege/flaws"
)

// full says that all flaws are seeded; otherwise one is.
var full = os.Getenv("DEWAR_ROUNDS") == "full"

// bench is the folder of the module.
func bench(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// A card is what the tests read of a score card.
type card struct {
	Promises []tried
}

// A tried promise is one that was looked at.
type tried struct {
	Promise        string
	Checks, Broken int
	Problems       []string
}

// broken returns the promises that do not hold, and their problems.
func (c card) broken() (promises []string, problems string) {
	for _, p := range c.Promises {
		if p.Broken > 0 {
			promises = append(promises, p.Promise)
			problems += p.Promise + ":\n\t" + strings.Join(p.Problems, "\n\t") + "\n"
		}
	}
	return promises, problems
}

// besiege has the program siege besiege the application, for some seconds with each attack.
func besiege(ctx context.Context, t *testing.T, siege, application string, attacks []string) (c card) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "card.json")
	run := exec.CommandContext(ctx, siege, "-app", application, "-attacks", strings.Join(attacks, ","), "-for", fmt.Sprintf("%ds", 2+2*len(attacks)),
		"-requests", fmt.Sprint(400*len(attacks)), "-connections", "12", "-quiet", "4s", "-seed", "16", "-json", file)
	run.Cancel = func() error { return run.Process.Signal(os.Interrupt) }
	run.WaitDelay = 20 * time.Second
	out, err := run.CombinedOutput()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("the siege wrote no score card: %v\n%s", err, out)
	}
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFlawsCanBeSeeded(t *testing.T) {
	t.Parallel()
	if len(flaws.All) < 10 {
		t.Errorf("there are %d flaws, want 10 at least", len(flaws.All))
	}
	root := filepath.Dir(bench(t))
	c := newChecker(t, root)
	for _, flaw := range flaws.All {
		texts, err := flaw.Texts(root)
		if err != nil {
			t.Error(err)
			continue
		}
		if err := c.check(texts); err != nil {
			t.Errorf("flaw %q does not compile; seed the same fault into what stands there now, in bench/siege/flaws/list.go: %v", flaw.Name, err)
		}
	}
}

// A checker checks the types of changed packages, which takes far less time than to build them.
type checker struct {
	files *token.FileSet
	known types.Importer
}

// newChecker has the packages of the core compiled, which the changed ones import.
func newChecker(t *testing.T, root string) *checker {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", ".")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	compiled := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if path, file, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			compiled[path] = file
		}
	}
	files := token.NewFileSet()
	return &checker{files, importer.ForCompiler(files, "gc", func(path string) (io.ReadCloser, error) {
		if compiled[path] == "" {
			return nil, fmt.Errorf("%s is imported by a flaw alone", path)
		}
		return os.Open(compiled[path])
	})}
}

// check checks the packages of the files with these texts.
func (c *checker) check(texts map[string]string) error {
	folders := map[string]bool{}
	for path := range texts {
		folders[filepath.Dir(path)] = true
	}
	for folder := range folders {
		pkg, err := build.ImportDir(folder, 0)
		if err != nil {
			return err
		}
		var files []*ast.File
		for _, name := range pkg.GoFiles {
			path, source := filepath.Join(folder, name), any(nil)
			if text, ok := texts[path]; ok {
				source = text
			}
			file, err := parser.ParseFile(c.files, path, source, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			files = append(files, file)
		}
		if _, err := (&types.Config{Importer: c.known}).Check(folder, c.files, files, nil); err != nil {
			return err
		}
	}
	return nil
}

func TestOverlayWantsTheTextOnce(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "a.go"), []byte("one two two"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ old, problem string }{
		{"one", ""}, {"two", "2 times"}, {"three", "0 times"},
	} {
		_, err := flaws.Flaw{Name: "a", Changes: []flaws.Change{{File: "a.go", Old: tt.old, New: "x"}}}.Overlay(root, t.TempDir())
		if tt.problem == "" && err != nil || tt.problem != "" && (err == nil || !strings.Contains(err.Error(), tt.problem)) {
			t.Errorf("%q: got %v, want %q", tt.old, err, tt.problem)
		}
	}
}

func TestSiegeFindsEachFlaw(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: the siege hands listening sockets to processes, which Windows does not; run this on Linux")
	}
	siege, err := flaws.Flaw{}.Build(t.Context(), bench(t), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	seeded := flaws.All
	if !full {
		seeded = seeded[:1]
	}
	var attacks []string
	for _, flaw := range seeded {
		attacks = append(attacks, flaw.Attacks...)
	}
	slices.Sort(attacks)
	t.Run("and none where there is none", func(t *testing.T) {
		t.Parallel()
		c := besiege(t.Context(), t, siege, siege, slices.Compact(attacks))
		if _, problems := c.broken(); problems != "" {
			t.Errorf("dewar as it is does not hold:\n%s", problems)
		}
		for _, flaw := range seeded {
			if !slices.ContainsFunc(c.Promises, func(p tried) bool { return p.Promise == flaw.Promise && p.Checks > 0 }) {
				t.Errorf("%q was not tried", flaw.Promise)
			}
		}
	})
	building := make(chan struct{}, 2)
	for _, flaw := range seeded {
		t.Run(flaw.Name, func(t *testing.T) {
			t.Parallel()
			building <- struct{}{}
			application, err := flaw.Build(t.Context(), bench(t), t.TempDir())
			<-building
			if err != nil {
				t.Fatal(err)
			}
			promises, problems := besiege(t.Context(), t, siege, application, flaw.Attacks).broken()
			if !slices.Contains(promises, flaw.Promise) {
				t.Errorf("%q was not found to be broken; got:\n%s", flaw.Promise, problems)
			}
			t.Log(problems)
		})
	}
}
