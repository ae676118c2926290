// Package jinjatest asks Jinja itself, for the tests that compare.
package jinjatest

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Ask gives the jobs as JSON to a script of the caller's testdata, which runs under Debian's python3, and reads its answers into a slice.
// Where Jinja is not installed the test is skipped, and fails in CI and with DEWAR_STORES=required.
func Ask[Answer any](t *testing.T, script string, jobs any) []Answer {
	t.Helper()
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import jinja2").Run() != nil {
		const missing = "NOTHING WAS COMPARED WITH JINJA: apt-get install python3-jinja2"
		if os.Getenv("CI") == "true" || os.Getenv("DEWAR_STORES") == "required" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	input, err := json.Marshal(jobs)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-W", "ignore", filepath.Join("testdata", script))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), os.Stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3: %v", err)
	}
	var answers []Answer
	if err := json.Unmarshal(output, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}
