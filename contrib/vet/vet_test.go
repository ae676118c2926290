package vet_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/dewar-go/dewar/contrib/vet"
)

func TestUnusedAnswer(t *testing.T) {
	t.Parallel()
	analysistest.Run(t, analysistest.TestData(), vet.UnusedAnswer, "./unused")
}

func TestTwoAnswers(t *testing.T) {
	t.Parallel()
	analysistest.Run(t, analysistest.TestData(), vet.TwoAnswers, "./twice")
}

func TestLateChange(t *testing.T) {
	t.Parallel()
	analysistest.Run(t, analysistest.TestData(), vet.LateChange, "./late")
}

// TestGoVet runs the command as its users do.
func TestGoVet(t *testing.T) {
	t.Parallel()
	tool := filepath.Join(t.TempDir(), "dewarvet.exe")
	if out, err := exec.Command("go", "build", "-o", tool, "./cmd/dewarvet").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for _, tt := range []struct {
		name, dir string
		want      []string
	}{
		{"mistakes", "testdata", []string{
			"unused.go:7:3: result of dewar.Abort is not used",
			"twice.go:29:9: c.Text is a second answer",
			"late.go:17:2: s.Set comes too late",
		}},
		{"the examples", "../../_examples", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			vet := exec.Command("go", "vet", "-vettool="+tool, "./...")
			vet.Dir = tt.dir
			out, err := vet.CombinedOutput()
			if failed := err != nil; failed != (tt.want != nil) {
				t.Fatalf("go vet: %v\n%s", err, out)
			}
			for _, want := range tt.want {
				if !strings.Contains(string(out), want) {
					t.Errorf("got\n%swant a line with %q", out, want)
				}
			}
		})
	}
}
