package flasktest_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"sync"
	"testing"
)

// werkzeugPython returns a Python that can import werkzeug: the one that DEWAR_PYTHON names, or else one of the system's.
var werkzeugPython = sync.OnceValue(func() string {
	candidates := []string{"/usr/bin/python3", "python3"}
	if named := os.Getenv("DEWAR_PYTHON"); named != "" {
		candidates = []string{named}
	}
	for _, name := range candidates {
		if exec.Command(name, "-c", "import werkzeug").Run() == nil {
			return name
		}
	}
	return ""
})

// werkzeug runs a script, which finds input as data and leaves its answer in result, and reads that into output. Without
// Werkzeug the test is skipped, and fails in CI.
func werkzeug(t *testing.T, script string, input, output any) {
	t.Helper()
	python := werkzeugPython()
	if python == "" {
		const missing = "NOTHING WAS COMPARED WITH WERKZEUG: no Python here can import it; install the package python3-flask, or name a Python in DEWAR_PYTHON"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	stdin, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", "import json, sys\ndata = json.load(sys.stdin)\n"+script+"\njson.dump(result, sys.stdout)")
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", python, err, &stderr)
	}
	if err := json.Unmarshal(stdout, output); err != nil {
		t.Fatal(err)
	}
}
