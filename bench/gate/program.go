package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"golang.org/x/perf/benchfmt"
)

// A program is the tests of a package in one of the two states.
type program struct {
	folder string // where they run: that of the package
	file   string
	skip   string // the pattern of benchmarks that are left out
}

// A result is what a benchmark has printed of one run.
type result struct {
	name               string // without "Benchmark" in front
	seconds            float64
	allocations, bytes float64
}

// errNoPackage is that of a package that a state does not have.
var errNoPackage = errors.New("no such package")

// build makes the program of a package, a folder below tree. It returns errNoPackage when there are no Go files in it.
func build(ctx context.Context, tree, pkg, file string) (*program, error) {
	folder := filepath.Join(tree, filepath.FromSlash(pkg))
	if found, err := filepath.Glob(filepath.Join(folder, "*.go")); err != nil || len(found) == 0 {
		return nil, errors.Join(errNoPackage, err)
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-ldflags=-s -w", "-o", file, ".")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go test -c in %s: %w\n%s", pkg, err, bytes.TrimSpace(out))
	}
	if _, err := os.Stat(file); err != nil {
		return nil, errNoPackage // it has no tests, and go test makes nothing
	}
	return &program{folder: folder, file: file}, nil
}

// same reports whether two programs are the same, byte for byte.
func same(a, b *program) (bool, error) {
	one, err := os.ReadFile(a.file)
	if err != nil {
		return false, err
	}
	other, err := os.ReadFile(b.file)
	return bytes.Equal(one, other), err
}

// A turn is one way of running benchmarks.
type turn struct {
	pattern string // which, as in go test -bench
	lasts   string // as in -benchtime: how long, or how often with an x behind it
	count   int    // how often each
	// uncollected turns the garbage collector off within a run, so that it empties no pools.
	uncollected bool
}

// run has benchmarks take a turn, on one CPU. A program that hangs is ended.
func (p *program) run(ctx context.Context, t turn) ([]result, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.file, "-test.run=^$", "-test.bench="+t.pattern, "-test.benchtime="+t.lasts,
		fmt.Sprint("-test.count=", t.count), "-test.cpu=1", "-test.benchmem", "-test.skip="+p.skip)
	cmd.Dir = p.folder
	cmd.Env = os.Environ()
	if t.uncollected {
		cmd.Env = append(cmd.Env, "GOGC=off")
	}
	var problem bytes.Buffer
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s -test.bench '%s': %w\n%s%s", filepath.Base(p.file), t.pattern, err, out, problem.Bytes())
	}
	return parse(out)
}

// parse reads what benchmarks print.
func parse(out []byte) ([]result, error) {
	var list []result
	r := benchfmt.NewReader(bytes.NewReader(out), "benchmarks")
	for r.Scan() {
		switch record := r.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, record
		case *benchfmt.Result:
			one := result{name: record.Name.String()}
			one.seconds, _ = record.Value("sec/op")
			one.allocations, _ = record.Value("allocs/op")
			one.bytes, _ = record.Value("B/op")
			list = append(list, one)
		}
	}
	return list, r.Err()
}

// exactly returns the pattern that matches the benchmarks of these names and no others.
func exactly(names ...string) string {
	var patterns []string
	for _, name := range names {
		parts := strings.Split("Benchmark"+name, "/")
		for i, part := range parts {
			parts[i] = "^" + regexp.QuoteMeta(part) + "$"
		}
		patterns = append(patterns, strings.Join(parts, "/"))
	}
	return strings.Join(patterns, "|")
}
