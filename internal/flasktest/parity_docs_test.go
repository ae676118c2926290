package flasktest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// portable is how many of the 372 tests of Flask's suite say something about any framework. The others are about Python.
const portable = 297

// parityRows is how many tests of each of Flask's files docs/flask-parity.md has a row for.
var parityRows = map[string]int{
	"test_appctx.py": 12, "test_basic.py": 81, "test_blueprints.py": 38, "test_converters.py": 2, "test_reqctx.py": 6,
	"test_user_error_handler.py": 8, "test_views.py": 14, "test_regression.py": 1, "test_subclassing.py": 1,
	"test_helpers.py":           19,
	"test_request.py":           3,
	"test_json.py":              16,
	"test_json_tag.py":          4,
	"test_logging.py":           4,
	"test_session_interface.py": 1,
	"test_signals.py":           7,
	"test_templating.py":        22,
	"test_testing.py":           20,
	"test_config.py":            14,
	"test_instance_config.py":   1,
	"test_cli.py":               23,
}

// parityRow is a row: what Flask has, dewar's form, the verdict, the Go test.
var parityRow = regexp.MustCompile("^\\| (.+) \\| (.+) \\| (same|different: .+) \\| `(Test\\w+)` \\|$")

func TestParityDocNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/flask-parity.md")
	if err != nil {
		t.Fatal(err)
	}
	tests, rows, file, seen := namesOfTests(t), map[string]int{}, "", map[string]bool{}
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
		if key := file + row[1]; seen[key] {
			t.Errorf("%s has two rows of %s", file, row[1])
		} else {
			seen[key] = true
		}
		if !tests[row[4]] {
			t.Errorf("%s: %s names %s, which does not exist", file, row[1], row[4])
		}
	}
	total := 0
	for file, want := range parityRows {
		total += rows[file]
		if rows[file] != want {
			t.Errorf("%s has %d rows, want %d", file, rows[file], want)
		}
	}
	if total != portable {
		t.Errorf("the document has rows for %d of Flask's tests, want all %d that make sense outside of Python", total, portable)
	}
}

// namesOfTests returns the tests of this folder, of the root and of what else has Flask's tests.
func namesOfTests(t *testing.T) map[string]bool {
	t.Helper()
	names, pattern := map[string]bool{}, regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	for _, folder := range []string{
		".", "../..", "../../dewartest", "../../contrib/cli", "../../contrib/cli/clitest", "../../contrib/cli/internal/dev",
	} {
		files, err := filepath.Glob(folder + "/*_test.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has %d files of tests, error %v", folder, len(files), err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range pattern.FindAllStringSubmatch(string(source), -1) {
				names[found[1]] = true
			}
		}
	}
	return names
}
