package dev

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A project is a program and the files that it is made of.
type project struct {
	dir       string          // where the program runs
	pkg       string          // what go build is told to build
	workspace string          // the go.work; "" for none
	modules   []string        // folders that are watched with all that is below them
	packages  []string        // folders that are watched beside those: of other modules that are on this machine too
	sources   map[string]bool // folders of the packages that the program is made of
	embeds    []embed
	live      []string // folders that the program reads again by itself; it says so when it is ready
}

// An embed is what a package embeds: files and folders below dir.
type embed struct{ dir, pattern string }

// has reports whether the file called name is embedded, or would be if it were there.
func (e embed) has(name string) bool {
	rel, err := filepath.Rel(e.dir, name)
	if err != nil || strings.HasPrefix(rel, "..") {
		return false
	}
	pattern, all := strings.CutPrefix(e.pattern, "all:")
	parts := strings.Split(filepath.ToSlash(rel), "/")
	for i := range parts {
		if matched, _ := path.Match(pattern, strings.Join(parts[:i+1], "/")); matched {
			return all || !slices.ContainsFunc(parts[i+1:], isHidden)
		}
	}
	return false
}

// isHidden reports whether go:embed leaves out a file of this name in a folder.
func isHidden(name string) bool { return name[0] == '.' || name[0] == '_' }

// A listedPackage is what go list says of a package.
type listedPackage struct {
	Dir, Name                 string
	Standard, DepOnly         bool
	EmbedPatterns, EmbedFiles []string
	Module                    *struct {
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
	out, err := goCommand(ctx, p.dir, "list", "-e", "-deps", "-json=Dir,Name,Standard,DepOnly,EmbedPatterns,EmbedFiles,Module", "--", p.pkg)
	if err != nil {
		return nil, err
	}
	workspace, err := goCommand(ctx, p.dir, "env", "GOWORK")
	if err != nil {
		return nil, err
	}
	fresh := project{dir: p.dir, pkg: p.pkg, live: p.live, sources: map[string]bool{}}
	if file := strings.TrimSpace(string(workspace)); filepath.IsAbs(file) {
		fresh.workspace = file
	}
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
		if !l.Standard && l.isHere() {
			fresh.add(l)
		}
	}
	if len(fresh.modules) == 0 {
		fresh.modules = []string{p.dir}
	}
	slices.Sort(fresh.modules)
	fresh.modules = slices.Compact(fresh.modules)
	*p = fresh
	return main, nil
}

// add notes a package that is edited on this machine.
func (p *project) add(l *listedPackage) {
	p.sources[l.Dir] = true
	p.packages = append(p.packages, l.Dir)
	if l.Module.Main {
		p.modules = append(p.modules, l.Module.Dir)
	}
	for _, pattern := range l.EmbedPatterns {
		p.embeds = append(p.embeds, embed{l.Dir, pattern})
	}
	for _, name := range l.EmbedFiles {
		p.packages = append(p.packages, filepath.Dir(filepath.Join(l.Dir, filepath.FromSlash(name))))
	}
}

// home returns the folder that all of the project is in: that of the workspace, or the module that the program runs in.
func (p *project) home() string {
	if p.workspace != "" {
		return filepath.Dir(p.workspace)
	}
	for _, module := range p.modules {
		if strings.HasPrefix(p.dir+string(filepath.Separator), module+string(filepath.Separator)) {
			return module
		}
	}
	return p.dir
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
