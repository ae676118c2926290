package pyconfig_test

import (
	"os"
	"strings"
	"testing"
)

// TestSnippetsAgreeWithPython evaluates every line of a file, and every block of the others, in both languages.
func TestSnippetsAgreeWithPython(t *testing.T) {
	t.Parallel()
	env := map[string]string{"PORT": "8080", "HOSTS": "a.example, b.example", "EMPTY": "", "HOME": "/home/app"}
	var jobs []job
	for _, line := range strings.Split(readFile(t, "testdata/snippets/expressions.txt"), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			jobs = append(jobs, job{File: "/srv/app/config.py", Source: "import os, datetime\nfrom datetime import timedelta\nfrom pathlib import Path\nX = " + line + "\n", Env: env})
		}
	}
	for _, file := range []string{"statements.txt", "library.txt", "classes.txt", "inifiles.txt"} {
		for _, block := range strings.Split(readFile(t, "testdata/snippets/"+file), "\n---\n") {
			jobs = append(jobs, job{File: "/srv/app/config.py", Source: block + "\n", Env: env})
		}
	}
	compare(t, jobs)
}

func readFile(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
