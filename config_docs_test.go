package dewar

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write generated parts of files anew")

const (
	docsFile  = "docs/config.md"
	keysBegin = "<!-- keys: go test -run TestDocsListTheKeys -update . -->\n"
	keysEnd   = "<!-- end of keys -->\n"
)

// keyTable returns the built-in keys as a table of the docs.
func keyTable() string {
	var b strings.Builder
	b.WriteString("| key | type | default | what it is for |\n| --- | --- | --- | --- |\n")
	for i := range builtinKeys {
		spec := &builtinKeys[i]
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", spec.name, spec.kind, keyDefault(spec.def), spec.doc)
	}
	return b.String()
}

func keyDefault(def any) string {
	switch def := def.(type) {
	case nil:
		return "unset"
	case time.Duration:
		if days := def / (24 * time.Hour); days > 0 && def%(24*time.Hour) == 0 {
			return fmt.Sprintf("%d days", days)
		}
	}
	return fmt.Sprintf("`%v`", def)
}

func TestDocsListTheKeys(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(content), keysBegin)
	got, after, closed := strings.Cut(rest, keysEnd)
	if !found || !closed {
		t.Fatalf("%s has no place for the keys", docsFile)
	}
	want := keyTable()
	if *update {
		if err := os.WriteFile(docsFile, []byte(before+keysBegin+want+keysEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("%s lists\n%s\nwant\n%s\nrun go test -run TestDocsListTheKeys -update .", docsFile, got, want)
	}
}

// TestDocsNameTestsThatExist keeps the table of what differs from Flask honest.
func TestDocsNameTestsThatExist(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, pattern := range []string{"config*_test.go", "internal/flasktest/config_*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: found %d files of tests, err %v", pattern, len(files), err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			tests.Write(source)
		}
	}
	for _, name := range regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(string(content), -1) {
		if !strings.Contains(tests.String(), "func "+name[1]+"(") {
			t.Errorf("%s names %s, which does not exist", docsFile, name[1])
		}
	}
}

// TestKeysAreInOrderAndExplained keeps the table of keys readable.
func TestKeysAreInOrderAndExplained(t *testing.T) {
	t.Parallel()
	turns := 0
	for i := range builtinKeys {
		spec := &builtinKeys[i]
		if spec.doc == "" || strings.HasSuffix(spec.doc, ".") || strings.Contains(spec.doc, "|") {
			t.Errorf("%s: got the explanation %q, want one line without a full stop", spec.name, spec.doc)
		}
		if i > 0 && spec.name <= builtinKeys[i-1].name {
			turns++
		}
		if _, err := spec.convert(spec.def); err != nil {
			t.Errorf("%s: its default does not fit: %v", spec.name, err)
		}
	}
	if turns != 1 {
		t.Errorf("the order of keys starts again %d times, want once: Flask's, then dewar's own", turns)
	}
}
