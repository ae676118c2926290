package debugpage

import (
	"bufio"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"
)

// around is how many lines are shown before and after one.
const around = 5

// most is how many frames of a stack are kept.
const most = 60

// Stack reads what [runtime/debug.Stack] returned at a recover. The frames above the panic, which are those that recover,
// are left out. ours reports whether a function of that name in that file is of dewar or its tests.
func Stack(text []byte, ours func(function, file string) bool) []Frame {
	frames := parseStack(string(text))
	for i, f := range frames {
		if f.Function == "panic" {
			frames = frames[i+1:]
			break
		}
	}
	for len(frames) > 0 && strings.HasPrefix(frames[0].Function, "runtime.") { // it raised the panic itself
		frames = frames[1:]
	}
	return withSource(frames[:min(len(frames), most)], ours)
}

// withSource says which frames are the program's own, and adds the lines around each of those.
func withSource(frames []Frame, ours func(function, file string) bool) []Frame {
	for i := range frames {
		f := &frames[i]
		if f.Own = !ours(f.Function, f.File) && isOwn(f.Function, f.File); f.Own {
			f.Lines = sourceAround(f.File, f.Line, around, around)
		}
	}
	return frames
}

func parseStack(text string) (frames []Frame) {
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, 1<<20)
	function := ""
	for lines.Scan() {
		line := lines.Text()
		place, indented := strings.CutPrefix(line, "\t")
		switch {
		case indented && function != "":
			place, _, _ = strings.Cut(place, " +0x")
			colon := strings.LastIndexByte(place, ':')
			number, err := strconv.Atoi(place[colon+1:])
			if colon >= 0 && err == nil {
				frames = append(frames, Frame{Function: function, File: place[:colon], Line: number})
			}
			function = ""
		case strings.HasPrefix(line, "goroutine "):
		default:
			function = withoutArguments(line)
		}
	}
	return frames
}

// withoutArguments takes the arguments, which are addresses and may be values, off a call.
func withoutArguments(call string) string {
	if made, ok := strings.CutPrefix(call, "created by "); ok {
		made, _, _ = strings.Cut(made, " in goroutine ")
		return made
	}
	if strings.HasSuffix(call, ")") {
		depth := 0
		for i := len(call) - 1; i >= 0; i-- {
			switch call[i] {
			case ')':
				depth++
			case '(':
				if depth--; depth == 0 {
					return call[:i]
				}
			}
		}
	}
	return call
}

// isOwn reports whether a function is neither Go's nor of another module, as far as its file tells.
func isOwn(function, file string) bool {
	if strings.HasPrefix(function, "main.") {
		return true
	}
	slashed := filepath.ToSlash(file)
	if strings.Contains(slashed, "/pkg/mod/") || strings.Contains(slashed, "@v") || strings.Contains(slashed, "/vendor/") {
		return false
	}
	return !isStandard(function, slashed)
}

// isStandard reports whether a function is Go's own: it lies where package strings does, or, where a build with -trimpath
// hides that, its import path has no dot in the first element.
func isStandard(function, file string) bool {
	code := reflect.ValueOf(strings.HasPrefix).Pointer()
	known, _ := runtime.FuncForPC(code).FileLine(code)
	if folder, ok := strings.CutSuffix(filepath.ToSlash(known), "strings/strings.go"); ok && folder != "" {
		return strings.HasPrefix(file, folder)
	}
	first, rest, found := strings.Cut(function, "/")
	if !found {
		first, _, _ = strings.Cut(first, ".")
	}
	return !strings.Contains(first, ".") && (rest != "" || strings.HasPrefix(file, first+"/"))
}

// FunctionExcerpt returns the beginning of the function called name, which begins at a line of file.
func FunctionExcerpt(name, file string, line int) *Excerpt {
	lines := sourceAround(file, line, 0, 40)
	for i, l := range lines {
		if oneLine := i == 0 && strings.HasSuffix(strings.TrimRight(l.Text, "),"), "}"); oneLine {
			lines = lines[:1]
			break
		}
		if i > 0 && indent(l.Text) <= indent(lines[0].Text) && strings.HasPrefix(strings.TrimSpace(l.Text), "}") {
			lines = lines[:i+1]
			break
		}
	}
	for i := range lines {
		lines[i].Here = false
	}
	if lines == nil {
		return nil
	}
	return &Excerpt{Name: name, File: file, Line: line, Lines: lines}
}

func indent(text string) int { return len(text) - len(strings.TrimLeft(text, "\t ")) }

// maxSource is how long a file may be of which lines are shown.
const maxSource = 4 << 20

// sourceAround returns lines of a Go file on the disk, nil when it cannot be read.
func sourceAround(file string, line, before, after int) []Line {
	info, err := os.Stat(file)
	if filepath.Ext(file) != ".go" || err != nil || !info.Mode().IsRegular() || info.Size() > maxSource {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	return LinesAround(string(text), line, before, after)
}

// LinesAround returns a line of text, which is marked, with those before and after it.
func LinesAround(text string, line, before, after int) (lines []Line) {
	all := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for n := max(1, line-before); n <= min(len(all), line+after); n++ {
		lines = append(lines, Line{Number: n, Text: strings.TrimSuffix(all[n-1], "\r"), Here: n == line})
	}
	return lines
}
