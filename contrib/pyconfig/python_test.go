package pyconfig_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/pyconfig"
)

// job is a file that both Python and this package read.
type job struct {
	File   string            `json:"file"`
	Source string            `json:"source"`
	Class  string            `json:"class"`
	Env    map[string]string `json:"env"`
	Files  bool              `json:"-"`
}

func (j job) read() (map[string]any, error) {
	values := map[string]any{"__file__": j.File}
	r := pyconfig.Reader{Class: j.Class, LookupEnv: func(name string) (string, bool) {
		value, found := j.Env[name]
		return value, found
	}}
	r.Files, r.Warn = j.Files, func(string) {}
	r.Environ = func() []string {
		var entries []string
		for name, value := range j.Env {
			entries = append(entries, name+"="+value)
		}
		sort.Strings(entries)
		return entries
	}
	err := r.Unmarshal([]byte(j.Source), &values)
	for name := range values {
		if strings.HasPrefix(name, "__") {
			delete(values, name)
		}
	}
	return values, err
}

// python runs the jobs under python3. Where there is none the test is skipped, which make test tells as well, and
// fails in CI.
func python(t *testing.T, jobs []job) []any {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		const missing = "NOTHING WAS COMPARED WITH PYTHON: install python3"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	input, err := json.Marshal(jobs)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-W", "ignore", filepath.Join("testdata", "run.py"))
	cmd.Stdin = bytes.NewReader(input)
	cmd.Stderr = os.Stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3: %v", err)
	}
	var results []any
	if err := json.Unmarshal(output, &results); err != nil {
		t.Fatal(err)
	}
	return results
}

// difference says where a value differs from the one that Python gave, or "".
func difference(at string, got any, want []any) string {
	switch want[0] {
	case "dict":
		return differentEntries(at, got, want[1].(map[string]any))
	case "list", "set":
		list, ok := got.([]any)
		if elems := want[1].([]any); !ok || len(list) != len(elems) {
			return fmt.Sprintf("%s: got %#v, want %d elements", at, got, len(elems))
		}
		return differentElements(at, list, want)
	}
	if want[0] == "duration" {
		got = microseconds(got)
	}
	if text := canonical(got); text != fmt.Sprint(canonicalPython(want)...) {
		return fmt.Sprintf("%s: got %s, Python gives %v", at, text, want)
	}
	return ""
}

func differentEntries(at string, got any, want map[string]any) string {
	entries, ok := got.(map[string]any)
	if !ok {
		return fmt.Sprintf("%s: got %#v, want a dict", at, got)
	}
	for name := range entries {
		if want[name] == nil {
			return fmt.Sprintf("%s: got the name %s, which Python has not", at, name)
		}
	}
	for name, v := range want {
		entry, found := entries[name]
		if !found {
			return fmt.Sprintf("%s: the name %s is missing", at, name)
		}
		if d := difference(at+"."+name, entry, v.([]any)); d != "" {
			return d
		}
	}
	return ""
}

func differentElements(at string, got []any, want []any) string {
	elems := want[1].([]any)
	if want[0] == "set" {
		sort.Slice(got, func(i, j int) bool { return canonical(got[i]) < canonical(got[j]) })
		sort.Slice(elems, func(i, j int) bool {
			return fmt.Sprint(canonicalPython(elems[i].([]any))...) < fmt.Sprint(canonicalPython(elems[j].([]any))...)
		})
	}
	for i, v := range elems {
		if d := difference(at+"["+strconv.Itoa(i)+"]", got[i], v.([]any)); d != "" {
			return d
		}
	}
	return ""
}

// microseconds makes a duration of the seconds that stand for one too long for [time.Duration].
func microseconds(v any) any {
	seconds, ok := new(big.Rat).SetString(fmt.Sprint(v))
	if _, short := v.(time.Duration); short || !ok {
		return v
	}
	return longDuration(seconds.Mul(seconds, big.NewRat(1e6, 1)).FloatString(0))
}

// longDuration is a number of microseconds.
type longDuration string

// canonical writes a Go value with its kind.
func canonical(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case bool:
		return fmt.Sprint("bool ", v)
	case int64, json.Number:
		return fmt.Sprint("int ", v)
	case float64:
		return fmt.Sprint("float ", math.Float64bits(v))
	case string:
		return "str " + v
	case []byte:
		return "bytes " + hex.EncodeToString(v)
	case time.Duration:
		return fmt.Sprint("duration ", v.Microseconds())
	case longDuration:
		return "duration " + string(v)
	case time.Time:
		return "time " + v.UTC().Format("2006-01-02T15:04:05.000000")
	}
	return fmt.Sprintf("%T", v)
}

// canonicalPython writes a value of Python in the same way.
func canonicalPython(v []any) []any {
	if v[0] == "float" {
		f, _ := strconv.ParseFloat(v[1].(string), 64)
		return []any{"float ", math.Float64bits(f)}
	}
	if len(v) == 1 {
		return v
	}
	return []any{v[0].(string) + " ", v[1]}
}

func compare(t *testing.T, jobs []job) {
	t.Helper()
	for i, result := range python(t, jobs) {
		want, j := result.([]any), jobs[i]
		got, err := j.read()
		switch {
		case want[0] == "error" && err == nil:
			t.Errorf("%s: got %v, Python has the error %v", j.Source, got, want[1])
		case want[0] == "error":
		case err != nil:
			t.Errorf("%s: got the error %v, Python gives %v", j.Source, err, want[1])
		default:
			if d := difference("", got, want); d != "" {
				t.Errorf("%s\n%s", j.Source, d)
			}
		}
	}
}
