package dev

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A build is one go build and what came of it.
type build struct {
	number int    // of the build, from 1
	file   string // the program, if there are no faults
	faults []fault
	output string // what go said
	took   time.Duration
}

func (b *build) ok() bool { return b.output == "" && len(b.faults) == 0 }

// A fault is a message of the compiler with the lines that it is about.
type fault struct {
	File         string // as a person would type it; "" for none
	Line, Column int
	Message      string
	Source       []sourceLine
}

// A sourceLine is a line of a file.
type sourceLine struct {
	Number int
	Text   string
	Marked bool
}

// compile builds the program into file. The context ends it. What go builds on the way is in a folder beside file, and
// removed: a go that was ended leaves it there.
func (p *project) compile(ctx context.Context, file string) *build {
	began := time.Now()
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", file, "--", p.pkg)
	cmd.Dir = p.dir
	if folder := file + "-work"; os.Mkdir(folder, 0o700) == nil {
		defer os.RemoveAll(folder)
		cmd.Env = append(os.Environ(), "GOTMPDIR="+folder, "PWD="+p.dir)
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	ownGroup(cmd)
	cmd.Cancel = func() error { return killGroup(cmd.Process) }
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	b := &build{file: file, took: time.Since(began)}
	if err == nil {
		return b
	}
	if b.output = strings.TrimSpace(out.String()); b.output == "" {
		b.output = "go build: " + err.Error()
	}
	b.faults = faultsIn(b.output, p.dir)
	return b
}

// position is how go build begins a line that is about a place.
var position = regexp.MustCompile(`^((?:[A-Za-z]:)?[^:\s][^:]*):(\d+)(?::(\d+))?: (.*)$`)

// faultsIn reads what go build has said in dir. Indented lines belong to the message before them.
func faultsIn(output, dir string) (faults []fault) {
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\r\n")
		match := position.FindStringSubmatch(line)
		switch {
		case line == "" || strings.HasPrefix(line, "# "): // the name of a package
		case match != nil:
			f := fault{File: filepath.ToSlash(filepath.Clean(match[1])), Message: match[4]}
			f.Line, _ = strconv.Atoi(match[2])
			f.Column, _ = strconv.Atoi(match[3])
			f.Source = sourceAround(filepath.Join(dir, match[1]), f.Line)
			if filepath.IsAbs(match[1]) {
				f.Source = sourceAround(match[1], f.Line)
			}
			faults = append(faults, f)
		case strings.HasPrefix(line, "\t") && len(faults) > 0:
			faults[len(faults)-1].Message += "\n" + strings.TrimSpace(line)
		default:
			faults = append(faults, fault{Message: line})
		}
	}
	return faults
}

// around is how many lines are shown on each side of one.
const around = 4

// sourceAround returns the lines around one of a file, none if it cannot be read.
func sourceAround(name string, line int) (lines []sourceLine) {
	file, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	for n := 1; scanner.Scan() && n <= line+around; n++ {
		if n >= line-around {
			lines = append(lines, sourceLine{n, scanner.Text(), n == line})
		}
	}
	return lines
}
