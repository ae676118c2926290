// Package openapitest helps to test what package openapi describes.
package openapitest

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/dewar-go/dewar/contrib/openapi"
)

var update = flag.Bool("openapi.update", false, "write the documents of APIs that openapitest.Golden compares")

// Golden compares the document of an API with a file, which is kept with the sources, so that a change of the API shows in reviews. It fails if they
// differ, with the first line that does, or if something cannot be described. The cure is to look at the difference and to write the file anew:
//
//	go test -run TestDocument . -openapi.update
//
// A flag of the test's own that is called -update does the same.
func Golden(t testing.TB, api *openapi.API, file string) {
	t.Helper()
	got, err := api.Document()
	if err != nil {
		t.Fatalf("the API cannot be described:\n%v", err)
	}
	if wanted() {
		if err := write(file, got); err != nil {
			t.Fatal(err)
		}
		return
	}
	const cure = "run it with -openapi.update to write the file anew"
	want, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t.Errorf("there is no %s yet; %s", file, cure)
	case err != nil:
		t.Error(err)
	default:
		want = bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n")) // as Git writes it on Windows
		if !bytes.Equal(got, want) {
			t.Errorf("the API is not what %s says: %s; if it should be so, %s", file, difference(got, want), cure)
		}
	}
}

// wanted reports whether files are to be written, by this package's flag or by one that the test has.
func wanted() bool {
	if own := flag.Lookup("update"); own != nil {
		if is, err := strconv.ParseBool(own.Value.String()); err == nil && is {
			return true
		}
	}
	return *update
}

func write(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}

// difference returns the first line that differs.
func difference(got, want []byte) string {
	gotLines, wantLines := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range max(len(gotLines), len(wantLines)) {
		if g, w := line(gotLines, i), line(wantLines, i); g != w {
			return fmt.Sprintf("line %d is now %q, was %q", i+1, g, w)
		}
	}
	return "the difference is in commas and spaces"
}

func line(lines [][]byte, i int) string {
	if i >= len(lines) {
		return ""
	}
	return string(bytes.Trim(lines[i], " ,")) // a comma tells of the next line
}
