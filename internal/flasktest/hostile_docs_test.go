package flasktest_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// triedRows is how many attacks on headers, files and bodies SECURITY.md has a row for.
var triedRows = map[string]int{"I": 6, "P": 16, "B": 17}

// triedRow is a row: which attack, what is sent, the tests.
var triedRow = regexp.MustCompile("^\\| ([A-Z])(\\d+) \\| (.+) \\| ((?:`Test\\w+`(?:, )?)+) \\|$")

func TestSecurityDocNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../SECURITY.md")
	must(t, err)
	_, chapter, found := strings.Cut(string(doc), "\n## What is tried\n")
	if !found {
		t.Fatal("SECURITY.md has no chapter of what is tried")
	}
	tests, rows := testsOfTheModule(t), map[string]int{}
	for line := range strings.Lines(chapter) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| |") || strings.HasPrefix(line, "| ---") {
			continue
		}
		row := triedRow.FindStringSubmatch(line)
		if row == nil {
			t.Errorf("%q is no row of a number, what is sent, and tests", line)
			continue
		}
		rows[row[1]]++
		if want := fmt.Sprint(rows[row[1]]); row[2] != want {
			t.Errorf("%s%s stands where %s%s should", row[1], row[2], row[1], want)
		}
		for name := range strings.SplitSeq(strings.ReplaceAll(row[4], "`", ""), ", ") {
			if !tests[name] {
				t.Errorf("%s%s names %s, which does not exist", row[1], row[2], name)
			}
		}
	}
	for kind, want := range triedRows {
		if rows[kind] != want {
			t.Errorf("there are %d rows of %s, want %d", rows[kind], kind, want)
		}
	}
}

// testsOfTheModule returns the names of all tests that go test ./... in the root runs.
func testsOfTheModule(t *testing.T) map[string]bool {
	t.Helper()
	names, pattern := map[string]bool{}, regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != "../..":
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil || strings.HasPrefix(entry.Name(), ".") || strings.HasPrefix(entry.Name(), "_") {
				return fs.SkipDir
			}
		case strings.HasSuffix(path, "_test.go"):
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, found := range pattern.FindAllStringSubmatch(string(source), -1) {
				names[found[1]] = true
			}
		}
		return nil
	})
	must(t, err)
	if len(names) < 100 {
		t.Fatalf("found %d tests", len(names))
	}
	return names
}
