package dewar_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestSessionDocsNameTestsThatExist(t *testing.T) {
	t.Parallel()
	tests := namesOfTests(t)
	for _, line := range strings.Split(readDoc(t, "docs/sessions.md"), "\n") {
		elsewhere := strings.Contains(line, "in dewartest") || strings.Contains(line, "in flaskcookie")
		for _, name := range regexp.MustCompile(`\bTest\w+`).FindAllString(line, -1) {
			if !tests[name] && !elsewhere {
				t.Errorf("docs/sessions.md names %s, which does not exist", name)
			}
		}
	}
}

func TestSessionDocsShowTheBackendOfTheExample(t *testing.T) {
	t.Parallel()
	source := readDoc(t, "_examples/custom-session/mysession.go")
	code := source[strings.Index(source, "// MySessionInterface"):]
	if !strings.Contains(readDoc(t, "docs/sessions.md"), "```go\n"+code+"```\n") {
		t.Error("docs/sessions.md does not show _examples/custom-session/mysession.go as it is")
	}
	if lines := strings.Count(source, "\n"); lines >= 60 {
		t.Errorf("the backend has %d lines, want under 60", lines)
	}
}

// namesOfTests returns the tests of this folder and of those that compare with Flask.
func namesOfTests(t *testing.T) map[string]bool {
	t.Helper()
	names, pattern := map[string]bool{}, regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	for _, folder := range []string{".", "internal/flasktest"} {
		files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: found %d files of tests, err %v", folder, len(files), err)
		}
		for _, file := range files {
			for _, found := range pattern.FindAllStringSubmatch(readDoc(t, file), -1) {
				names[found[1]] = true
			}
		}
	}
	return names
}

func readDoc(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
