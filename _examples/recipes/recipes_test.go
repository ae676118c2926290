// Package recipes compares docs/recipes.md with the programs that it is about.
package recipes

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	section = regexp.MustCompile(`(?m)^## .+\n\n\[_examples/recipes/(\w+)\]\(\.\./_examples/recipes/(\w+)\): `)
	block   = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")
)

// source returns the lines of a recipe, without their indentation.
func source(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: found no program, %v", folder, err)
	}
	lines := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			lines[strings.TrimSpace(line)] = true
		}
	}
	return lines
}

// TestTheDocumentIsTrue finds every line that the document shows in the program that it names, and every program in the document.
func TestTheDocumentIsTrue(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "recipes.md"))
	if err != nil {
		t.Fatal(err)
	}
	doc := string(text)
	starts, told := section.FindAllStringSubmatchIndex(doc, -1), map[string]bool{}
	for i, at := range starts {
		folder, end := doc[at[2]:at[3]], len(doc)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		if linked := doc[at[4]:at[5]]; linked != folder {
			t.Errorf("%s is linked to %s", folder, linked)
		}
		told[folder] = true
		lines, blocks := source(t, folder), block.FindAllStringSubmatch(doc[at[0]:end], -1)
		if len(blocks) == 0 {
			t.Errorf("%s: the document shows nothing of it", folder)
		}
		for _, match := range blocks {
			for line := range strings.Lines(match[1]) {
				if line = strings.TrimSpace(line); line != "" && line != "..." && !lines[line] {
					t.Errorf("%s has no line %q, which docs/recipes.md shows", folder, line)
				}
			}
		}
	}
	folders, err := filepath.Glob("*/main.go")
	if err != nil || len(folders) != len(told) {
		t.Errorf("there are %d recipes and the document tells of %d, %v", len(folders), len(told), err)
	}
	for _, main := range folders {
		if folder := filepath.Dir(main); !told[folder] {
			t.Errorf("docs/recipes.md does not tell of %s", folder)
		}
	}
}
