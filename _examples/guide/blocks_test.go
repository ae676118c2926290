package guide

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A block is a piece of a chapter that a reader would type, or a comment that tells this test something.
type block struct {
	lang string // of a code block; "given", "data", "program" or "dewar" of a comment
	name string // the file that its first line names, or ""
	text string
	line int // of its first line, from 1
}

// A chapter is a file of docs/guide.
type chapter struct {
	name   string // without .md
	path   string
	blocks []block
}

// comments are the words that a comment may begin with to be meant for this test.
var comments = regexp.MustCompile(`^<!-- (given|data|program|dewar)(?::|\b) ?`)

// namedFile matches a first line that names the file which a block is.
var namedFile = regexp.MustCompile(`^(?://|#|<!--|/\*|\{#) ([\w./-]*\w\.(?:go|html|css|py|toml|conf|service)|\.env|Dockerfile|\.dockerignore)(?: -->| \*/| #\})?$`)

// chapters reads the guide.
func chapters(t *testing.T) []chapter {
	t.Helper()
	paths, err := filepath.Glob("../../docs/guide/[0-9]*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no chapter of the guide, err %v", err)
	}
	var all []chapter
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		blocks, problem := readBlocks(strings.ReplaceAll(string(text), "\r\n", "\n"))
		if problem != "" {
			t.Fatalf("%s: %s", path, problem)
		}
		all = append(all, chapter{strings.TrimSuffix(filepath.Base(path), ".md"), path, blocks})
	}
	return all
}

// readBlocks returns the code blocks and the comments for this test, in their order.
func readBlocks(text string) (blocks []block, problem string) {
	var open *block
	end := ""
	for number, line := range strings.Split(text, "\n") {
		switch {
		case open != nil && line == end:
			open.text = strings.TrimSuffix(open.text, "\n") + "\n"
			blocks, open = append(blocks, *open), nil
		case open != nil:
			open.text += line + "\n"
			if open.line == number+1 && open.lang != "given" {
				open.name = nameOf(line)
			}
		case strings.HasPrefix(line, "```"):
			open, end = &block{lang: line[3:], line: number + 2}, "```"
		case comments.MatchString(line):
			word := comments.FindStringSubmatch(line)[1]
			rest, closed := strings.CutSuffix(comments.ReplaceAllString(line, ""), "-->")
			if !closed {
				open, end = &block{lang: word, line: number + 2}, "-->"
				continue
			}
			blocks = append(blocks, block{lang: word, text: strings.TrimSpace(rest), line: number + 1})
		}
	}
	if open != nil {
		return nil, "a block or a comment is not closed: " + open.text
	}
	return blocks, ""
}

func nameOf(line string) string {
	if match := namedFile.FindStringSubmatch(line); match != nil {
		return match[1]
	}
	return ""
}

func TestReadBlocks(t *testing.T) {
	t.Parallel()
	got, problem := readBlocks("text\n<!-- data: {\"a\": 1} -->\n```go\n// main.go\npackage main\n```\n<!-- given\nvar x int\n-->\n```sh\nls\n```\n")
	want := []block{
		{"data", "", `{"a": 1}`, 2},
		{"go", "main.go", "// main.go\npackage main\n", 4},
		{"given", "", "var x int\n", 8},
		{"sh", "", "ls\n", 11},
	}
	if problem != "" || len(got) != len(want) {
		t.Fatalf("got %+v, problem %q", got, problem)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("block %d: got %+v, want %+v", i, got[i], want[i])
		}
	}
	if _, problem := readBlocks("```go\nx\n"); problem == "" {
		t.Error("a block that is not closed is no problem")
	}
}
