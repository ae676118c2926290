package dewar_test

import (
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// aboveInternal are the packages that only tests of test-only packages below internal/ may import.
var aboveInternal = []string{"github.com/dewar-go/dewar", "github.com/dewar-go/dewar/dewartest", "github.com/dewar-go/dewar/flaskcookie"}

// TestInternalDoesNotImportTheRoot keeps the arrows pointing down, in tests as well. A package without code of its own
// may hold tests that look at the whole.
func TestInternalDoesNotImportTheRoot(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("internal/*/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d files in internal/, err %v", len(files), err)
	}
	hasCode := map[string]bool{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "_test.go") && len(file.Decls) > 0 {
			hasCode[filepath.Dir(name)] = true
		}
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			if imported := strings.Trim(spec.Path.Value, `"`); hasCode[filepath.Dir(name)] && slices.Contains(aboveInternal, imported) {
				t.Errorf("%s imports %s; move what needs it into internal/flasktest or the root", name, imported)
			}
		}
	}
}

// TestRoomsMatchTheTree compares the table of rooms in CONTRIBUTING.md with the files and packages that there are.
func TestRoomsMatchTheTree(t *testing.T) {
	t.Parallel()
	rooms := roomsOf(t)
	for _, room := range rooms {
		if found, err := filepath.Glob(strings.TrimSuffix(room, "/")); err != nil || len(found) == 0 {
			t.Errorf("CONTRIBUTING.md names %s, which does not exist", room)
		}
	}
	for _, place := range places(t) {
		named := func(room string) bool {
			matched, _ := path.Match(room, place)
			return matched
		}
		if !slices.ContainsFunc(rooms, named) {
			t.Errorf("CONTRIBUTING.md has no room that names %s", place)
		}
	}
}

// roomsOf returns the names and patterns in the first column of the table of rooms.
func roomsOf(t *testing.T) []string {
	t.Helper()
	_, chapter, found := strings.Cut(readDoc(t, "CONTRIBUTING.md"), "\n## The rooms\n")
	chapter, _, ended := strings.Cut(chapter, "\n## ")
	if !found || !ended {
		t.Fatal("CONTRIBUTING.md has no chapter of the rooms")
	}
	var rooms []string
	for line := range strings.Lines(chapter) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		for _, code := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(strings.Split(line, "|")[1], -1) {
			rooms = append(rooms, code[1])
		}
	}
	return rooms
}

// places returns the library files of the root and the folders with code: those of the first level, and those below
// internal/, each with a slash at its end.
func places(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"*", "internal/*"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			name = filepath.ToSlash(name)
			switch {
			case info.IsDir() && name != "testdata" && name != "bin" && !strings.HasPrefix(name, "."):
				all = append(all, name+"/")
			case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go"):
				all = append(all, name)
			}
		}
	}
	return all
}

// aboutTheWhole are the test files of the root that test no single file of it, beside the examples.
var aboutTheWhole = []string{"allocs", "bench", "checks", "documented", "doors", "rooms", "rounds"}

// TestTestsAreNamedAfterTheFilesTheyTest allows an aspect behind the name of the file, as in sessions_late_test.go.
func TestTestsAreNamedAfterTheFilesTheyTest(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d test files, err %v", len(files), err)
	}
	nouns := slices.Clone(aboutTheWhole)
	for _, place := range places(t) {
		nouns = append(nouns, strings.TrimSuffix(place, ".go"))
	}
	for _, file := range files {
		name := strings.TrimSuffix(file, "_test.go")
		testsOne := func(noun string) bool { return name == noun || strings.HasPrefix(name, noun+"_") }
		if !slices.ContainsFunc(append(nouns, "example"), testsOne) {
			t.Errorf("%s is named after no file of the root; move its tests to those of the files that they test", file)
		}
	}
}
