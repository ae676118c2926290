// Package flaws seeds faults into dewar, to see whether the siege finds them. A flaw is a small change of dewar's own
// source text, which a build lays over the file: the repository has no flawed line in it.
package flaws

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// A Flaw is a fault that dewar does not have.
type Flaw struct {
	// Name says what is wrong.
	Name string
	// Promise is the one of SECURITY.md that does not hold any more.
	Promise string
	// Attacks are those of the siege that find it.
	Attacks []string
	// Changes make it.
	Changes []Change
}

// A Change puts New in the place of Old, which stands in File exactly once. File is below the folder of the core.
type Change struct {
	File, Old, New string
}

// Texts returns the changed files of the core in root, by their paths. It is an error if the text that is to be changed is not
// there any more.
func (f Flaw) Texts(root string) (map[string]string, error) {
	texts := map[string]string{}
	for _, change := range f.Changes {
		path := filepath.Join(root, filepath.FromSlash(change.File))
		text, ok := texts[path]
		if !ok {
			source, err := os.ReadFile(path)
			if err != nil {
				return nil, fmt.Errorf("flaw %q: %w", f.Name, err)
			}
			text = string(source)
		}
		if n := strings.Count(text, change.Old); n != 1 {
			return nil, fmt.Errorf("flaw %q: %s has this text %d times instead of once; seed the same fault into what stands there now, in bench/siege/flaws/list.go:\n%s",
				f.Name, change.File, n, change.Old)
		}
		texts[path] = strings.Replace(text, change.Old, change.New, 1)
	}
	return texts, nil
}

// Overlay writes the changed files, and what go build -overlay wants to be told of them, below dir. It returns the name of the
// latter.
func (f Flaw) Overlay(root, dir string) (string, error) {
	texts, err := f.Texts(root)
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for path, text := range texts {
		replace[path] = filepath.Join(dir, strconv.Itoa(len(replace))+".go")
		if err := os.WriteFile(replace[path], []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, os.WriteFile(name, overlay, 0o600)
}

// Build builds the siege below bench, the folder of its module, with the flaw in dewar, and returns the program, which
// is the application under siege. The zero Flaw changes nothing.
func (f Flaw) Build(ctx context.Context, bench, dir string) (string, error) {
	overlay, err := f.Overlay(filepath.Dir(bench), dir)
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "siege")
	build := exec.CommandContext(ctx, "go", "build", "-overlay", overlay, "-ldflags=-s -w", "-o", program, "./siege")
	build.Dir = bench
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("flaw %q: %w\n%s", f.Name, err, out)
	}
	return program, nil
}
