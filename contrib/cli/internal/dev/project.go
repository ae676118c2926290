package dev

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A project is a program and the files that it is made of.
type project struct {
	dir      string   // where the program runs
	pkg      string   // what go build is told to build
	modules  []string // folders that are watched with all that is below them
	packages []string // folders of other modules that are on this machine too
	embedded map[string]bool
	live     []string // folders that the program reads again by itself; it says so when it is ready
}

// A listedPackage is what go list says of a package.
type listedPackage struct {
	Dir, Name, ImportPath string
	Standard, DepOnly     bool
	GoFiles, EmbedFiles   []string
	Error                 *struct{ Err string }
	Module                *struct {
		Dir     string
		Main    bool
		Replace *struct{ Version string }
	}
}

// isHere reports whether the package is in a module that is edited on this machine.
func (l *listedPackage) isHere() bool {
	return l.Module != nil && (l.Module.Main || l.Module.Replace != nil && l.Module.Replace.Version == "")
}

// findProject looks for the program that pkg names, "" for the only one that there is in dir or below it.
func findProject(ctx context.Context, dir, pkg string) (*project, error) {
	named := pkg
	if named == "" {
		named = "."
	}
	p := &project{dir: dir, pkg: named, live: []string{filepath.Join(dir, "templates"), filepath.Join(dir, "static")}}
	main, err := p.look(ctx)
	if err != nil {
		return nil, err
	}
	if main.Name == "main" || main.Name == "" && main.Dir != "" && hasGoFiles(main.Dir) {
		return p, nil
	}
	programs := programsBelow(ctx, dir)
	switch {
	case pkg == "" && len(programs) == 1:
		p.pkg = programs[0]
		_, err = p.look(ctx)
		return p, err
	case len(programs) == 0:
		return nil, fmt.Errorf("%s is no program, and there is none below it; write a func main in a package main, or make a project with: dewar new NAME", named)
	}
	return nil, fmt.Errorf("%s is no program; name one of these: dewar dev %s", named, strings.Join(programs, ", dewar dev "))
}

func hasGoFiles(dir string) bool {
	found, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	return len(found) > 0
}

// look asks go for the files of the program and returns its package.
func (p *project) look(ctx context.Context) (main *listedPackage, err error) {
	out, err := goCommand(ctx, p.dir, "list", "-e", "-deps", "-json=Dir,Name,ImportPath,Standard,DepOnly,GoFiles,EmbedFiles,Error,Module", "--", p.pkg)
	if err != nil {
		return nil, err
	}
	modules, packages, embedded := []string{}, []string{}, map[string]bool{}
	main = &listedPackage{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		l := &listedPackage{}
		if err := decoder.Decode(l); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if !l.DepOnly {
			main = l
		}
		if l.Standard || !l.isHere() {
			continue
		}
		if l.Module.Main {
			modules = append(modules, l.Module.Dir)
		} else {
			packages = append(packages, l.Dir)
		}
		for _, name := range l.EmbedFiles {
			embedded[filepath.Join(l.Dir, filepath.FromSlash(name))] = true
		}
	}
	if len(modules) == 0 {
		modules = []string{p.dir}
	}
	slices.Sort(modules)
	p.modules, p.packages, p.embedded = slices.Compact(modules), packages, embedded
	return main, nil
}

// programsBelow returns the packages below dir that are programs, as a person would type them.
func programsBelow(ctx context.Context, dir string) (programs []string) {
	out, _ := goCommand(ctx, dir, "list", "-e", "-f", `{{if eq .Name "main"}}{{.Dir}}{{end}}`, "./...")
	for line := range strings.Lines(string(out)) {
		if rel, err := filepath.Rel(dir, strings.TrimSpace(line)); err == nil && strings.TrimSpace(line) != "" {
			programs = append(programs, "./"+filepath.ToSlash(rel))
		}
	}
	return programs
}

// goCommand returns what go prints.
func goCommand(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("there is no go command; install Go from https://go.dev/dl, or add its bin folder to PATH")
	case err != nil && strings.Contains(problems.String(), "go.mod file not found"):
		return nil, fmt.Errorf("there is no go.mod in %s or above it; change into the folder of a project, or make one with: dewar new NAME", dir)
	case err != nil:
		return nil, fmt.Errorf("go %s: %s", args[0], strings.TrimSpace(problems.String()))
	}
	return out, nil
}
