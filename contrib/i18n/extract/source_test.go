package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// extracted runs the program on one Go file and returns the ids of the messages, and the notes.
func extracted(t *testing.T, source string, args ...string) (ids []string, notes string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	if err := run(append(args, dir), &out, &said); err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile(`(?m)^msgid(?:_plural)? "(.+)"$`).FindAllStringSubmatch(out.String(), -1) {
		ids = append(ids, found[1])
	}
	return ids, said.String()
}

func TestFunctionsOfTheProgram(t *testing.T) {
	t.Parallel()
	const source = `package blog

func view(c *Context) {
	s.flash(c, "Saved.")
	_l("Name")
	s.count(c, "%(num)s post", "%(num)s posts", n)
	flash(c, title)
	flash(c)
}
`
	ids, notes := extracted(t, source, "-k", "flash:2", "-k", "_l", "-k", "count:2,3")
	if want := []string{"Saved.", "Name", "%(num)s post", "%(num)s posts"}; !slices.Equal(ids, want) {
		t.Errorf("got %q, want %q", ids, want)
	}
	if !strings.Contains(notes, "a.go:7: the text of flash is computed") {
		t.Errorf("got %q, want a note about line 7", notes)
	}
	if ids, _ := extracted(t, source); len(ids) > 0 {
		t.Errorf("without -k: got %q, want nothing", ids)
	}
	for _, wrong := range []string{"", ":2", "flash:", "flash:0", "flash:two", "flash:1,2,3"} {
		if err := run([]string{"-k", wrong, t.TempDir()}, &bytes.Buffer{}, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "flash:2") {
			t.Errorf("-k %q: got %v, want an error with an example", wrong, err)
		}
	}
}

func TestTextsOfForms(t *testing.T) {
	t.Parallel()
	const source = `package blog

import "github.com/dewar-go/dewar/forms"

type register struct {
	forms.Form
	Name string ` + "`form:\"name\" label:\"Username\" description:\"As in \\\"Ann\\\".\" placeholder:\"ann\" message:\"No.\" message.minlength:\"Too short.\" minlength:\"3\"`" + `
	Age  int    ` + "`form:\"age\"`" + `
	Bad  int    ` + "`label`" + `
}

func (f *register) Validate() error {
	f.Fail("name", "is taken")
	return nil
}
`
	ids, _ := extracted(t, source)
	if want := []string{"Username", `As in \"Ann\".`, "ann", "No.", "Too short.", "is taken"}; !slices.Equal(ids, want) {
		t.Errorf("got %q, want %q", ids, want)
	}
	if ids, _ := extracted(t, strings.Replace(source, "dewar/forms", "dewar/shapes", 1)); len(ids) > 0 {
		t.Errorf("a file without forms: got %q, want nothing", ids)
	}
}
