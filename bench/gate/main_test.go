package main

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"
)

// work is a module with a benchmark, whose work is done a number of times, with an object for each.
func work(times, object string) []string {
	return []string{
		"go.mod", "module example.com/work\n\ngo 1.24\n",
		"work.go", `package work

import "hash/crc32"

var (
	sink  []byte
	table = crc32.MakeTable(crc32.Koopman)
)

// Do does it.
func Do(text []byte) (sum uint32) {
	for range ` + times + ` {
		sum += crc32.Update(sum, table, text)
	}
	sink = make([]byte, ` + object + `)
	return sum
}
`,
		"work_test.go", `package work

import "testing"

func BenchmarkDo(b *testing.B) {
	text := make([]byte, 100)
	b.Run("a", func(b *testing.B) {
		for b.Loop() {
			Do(text)
		}
	})
}
`,
	}
}

// spaces are those between the columns of a table, as many as there are.
var spaces = regexp.MustCompile("  +")

// compareWork runs the gate in a repository whose last commit does the work once, in a small time. On a machine that is too busy to
// tell it is asked again.
func compareWork(t *testing.T, r testRepository) (string, error) {
	t.Helper()
	o := options{bench: ".", packages: []string{".", "nowhere"}, plan: plan{rounds: 8, again: 36, lasts: 20 * time.Second, least: 1.1}}
	for range 5 {
		var out, progress strings.Builder
		err := gate(t.Context(), r.root, o, &out, &progress)
		if t.Logf("%s%s", &progress, &out); err != nil || !strings.Contains(out.String(), "CANNOT TELL") {
			return out.String(), err
		}
	}
	t.Fatal("the gate could not tell, five times")
	return "", nil
}

// TestGateFromEndToEnd has a slowdown, an object more and more bytes found in a real repository, and passes what is equal.
func TestGateFromEndToEnd(t *testing.T) {
	r := newTestRepository(t)
	r.write(work("40", "64")...)
	r.commitAll()
	for _, tt := range []struct {
		name  string
		files []string
		say   string
		worse bool
	}{
		{"nothing has changed", []string{"README", "new"}, "nothing to measure: .", false},
		{"a comment has changed", []string{"work_test.go", strings.Replace(work("", "")[5], "import", "// It moves the lines.\n\nimport", 1)}, "1  64  same", false},
		{"twice the work", work("80", "64"), "1  64  SLOWER", true},
		{"a larger object", work("40", "65"), "64 to 80  ALLOCATES MORE", true},
		{"another benchmark", []string{"work_test.go", strings.Replace(work("", "")[5], `"a"`, `"b"`, 1)}, "New benchmarks, compared from the next commit on: Do/b.\n\nBenchmarks that are gone: Do/a.", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := testRepository{t, r.repository}
			r.do("checkout", "--quiet", "--force", ".")
			r.write(tt.files...)
			out, err := compareWork(t, r)
			if errors.Is(err, errWorse) != tt.worse || !tt.worse && err != nil {
				t.Errorf("got the error %v, want one that it is worse: %v", err, tt.worse)
			}
			if !strings.Contains(spaces.ReplaceAllString(out, "  "), tt.say) {
				t.Errorf("got\n%s\nwant %q in it", out, tt.say)
			}
		})
	}
}

// TestBrokenStates has a broken head be an error, and a broken base be said.
func TestBrokenStates(t *testing.T) {
	t.Parallel()
	o := options{bench: ".", packages: []string{"."}, plan: plan{rounds: 1, again: 8, lasts: time.Second, least: 1.1}}
	r := newTestRepository(t)
	r.write(work("1", "64")...)
	r.commitAll()
	r.write("work.go", "package work\n\nfunc Do([]byte) {\n")
	var out strings.Builder
	if err := gate(t.Context(), r.root, o, &out, &out); err == nil || errors.Is(err, errWorse) || !strings.Contains(err.Error(), "work.go:4") {
		t.Errorf("head does not compile: got the error %v", err)
	}
	r.commitAll()
	r.write(work("1", "64")...)
	out.Reset()
	if err := gate(t.Context(), r.root, o, &out, &out); err != nil || !strings.Contains(out.String(), "*** THE EARLIER STATE IS BROKEN") {
		t.Errorf("base does not compile: got the error %v and\n%s", err, &out)
	}
	o.bench = "Nothing"
	r.commitAll()
	r.write("work.go", work("3", "64")[3])
	if err := gate(t.Context(), r.root, o, &out, &out); err == nil || !strings.Contains(err.Error(), `no benchmark of . matches "Nothing"`) {
		t.Errorf("no benchmark matches: got the error %v", err)
	}
}
