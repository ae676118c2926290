package flasktest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// parityRows is how many tests of each of Flask's files docs/flask-parity.md has a row for.
var parityRows = map[string]int{
	"test_appctx.py": 12, "test_basic.py": 81, "test_blueprints.py": 38, "test_converters.py": 2, "test_reqctx.py": 6,
	"test_user_error_handler.py": 8, "test_views.py": 14, "test_regression.py": 1, "test_subclassing.py": 1,
}

// parityRow is a row: what Flask has, dewar's form, the verdict, the Go test.
var parityRow = regexp.MustCompile("^\\| (.+) \\| (.+) \\| (same|different: .+) \\| `(Test\\w+)` \\|$")

func TestParityDocNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/flask-parity.md")
	if err != nil {
		t.Fatal(err)
	}
	tests, rows, file := namesOfTests(t), map[string]int{}, ""
	for line := range strings.Lines(string(doc)) {
		line = strings.TrimRight(line, "\n")
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			file = heading
		}
		if file == "Over the wire" || !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| ---") || strings.HasSuffix(line, "| Go test |") {
			continue
		}
		row := parityRow.FindStringSubmatch(line)
		if row == nil {
			t.Errorf("%q is no row of four columns with same or different: why, and a test", line)
			continue
		}
		rows[file]++
		if !tests[row[4]] {
			t.Errorf("%s: %s names %s, which does not exist", file, row[1], row[4])
		}
	}
	for file, want := range parityRows {
		if rows[file] != want {
			t.Errorf("%s has %d rows, want %d", file, rows[file], want)
		}
	}
}

// namesOfTests returns the tests of this folder and of the root.
func namesOfTests(t *testing.T) map[string]bool {
	t.Helper()
	here, err := filepath.Glob("*_test.go")
	root, rootErr := filepath.Glob("../../*_test.go")
	if err != nil || rootErr != nil || len(here) == 0 || len(root) == 0 {
		t.Fatalf("found %d and %d files of tests, errors %v, %v", len(here), len(root), err, rootErr)
	}
	names, pattern := map[string]bool{}, regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	for _, file := range append(here, root...) {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range pattern.FindAllStringSubmatch(string(source), -1) {
			names[found[1]] = true
		}
	}
	return names
}
