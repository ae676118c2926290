package pyconfig_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// FuzzUnmarshal reads anything. It must not panic, must show no variable of the environment in an error, and
// must give nothing but the documented types.
func FuzzUnmarshal(f *testing.F) {
	files, err := filepath.Glob("testdata/configs/*.py")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		f.Add(readFile(f, file))
	}
	for _, file := range []string{"statements.txt", "library.txt", "classes.txt", "inifiles.txt"} {
		for _, block := range strings.Split(readFile(f, "testdata/snippets/"+file), "\n---\n") {
			f.Add(block)
		}
	}
	for _, line := range strings.Split(readFile(f, "testdata/snippets/expressions.txt"), "\n") {
		f.Add("import os\nX = " + line)
	}
	const canary = "zq9-canary-7Xv"
	f.Fuzz(func(t *testing.T, source string) {
		if strings.Contains(source, canary) {
			t.Skip()
		}
		env := map[string]string{"SECRET_KEY": canary, "PORT": canary, "HOSTS": canary + "," + canary, "DATABASE_URL": canary}
		values, err := job{File: "/srv/config.py", Source: source, Env: env}.read()
		if err != nil && strings.Contains(err.Error(), canary) {
			t.Errorf("the error shows a value: %v", err)
		}
		for name, v := range values {
			checkType(t, name, v)
		}
	})
}

// checkType fails for a value of a type that is not documented.
func checkType(t *testing.T, name string, v any) {
	t.Helper()
	switch v := v.(type) {
	case nil, bool, int64, json.Number, float64, string, []byte, time.Duration, time.Time:
	case []any:
		for _, elem := range v {
			checkType(t, name, elem)
		}
	case map[string]any:
		for _, elem := range v {
			checkType(t, name, elem)
		}
	default:
		t.Errorf("%s: got a %T", name, v)
	}
}
