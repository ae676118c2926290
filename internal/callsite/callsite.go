// Package callsite says which line of an application called the library, for panics and reports at set-up.
package callsite

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
)

const library = "github.com/dewar-go/dewar"

// Site returns file:line of the nearest caller outside the root package, the file shortened to its
// last two elements.
func Site() string { return nearest(false) }

// Application is [Site], but passes over the standard library too, for what it calls in turn: the line that calls
// http.Error, not the one in it. In a program built with -trimpath, which hides where the standard library is, it does
// not.
func Application() string { return nearest(true) }

// nearest returns the nearest caller outside the root package and, if foreign, outside the standard library.
func nearest(foreign bool) string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	std := ""
	if foreign {
		std = standardLibrary()
	}
	for {
		frame, more := frames.Next()
		if !ofLibrary(frame) && (std == "" || !strings.HasPrefix(frame.File, std)) {
			return fmt.Sprintf("%s:%d", Short(frame.File), frame.Line)
		}
		if !more {
			return "unknown place"
		}
	}
}

// adapter is the package of contrib/ that registers routes in the name of an application.
const adapter = library + "/contrib/openapi."

// ofLibrary reports whether a frame is in the root package, in the adapter, or in NoNil. A closure that was inlined has the name of the
// function that it was inlined into, so the file counts as well.
func ofLibrary(frame runtime.Frame) bool {
	if strings.HasPrefix(frame.Function, library+".") || strings.HasPrefix(frame.Function, adapter) || strings.HasPrefix(frame.Function, library+"/internal/callsite.NoNil") {
		return true
	}
	_, self, _, _ := runtime.Caller(0)
	name, ok := strings.CutPrefix(frame.File, strings.TrimSuffix(self, "internal/callsite/callsite.go"))
	return ok && !strings.Contains(name, "/") && !strings.HasSuffix(name, "_test.go")
}

// standardLibrary returns the folder that the standard library was compiled in, with a slash behind it, or "".
func standardLibrary() string {
	code := reflect.ValueOf(strings.HasPrefix).Pointer()
	file, _ := runtime.FuncForPC(code).FileLine(code)
	root, _ := strings.CutSuffix(file, "strings/strings.go")
	return root
}

// Short returns the last two elements of a path with slashes.
func Short(file string) string {
	i := strings.LastIndexByte(file, '/')
	if i < 0 {
		return file
	}
	if j := strings.LastIndexByte(file[:i], '/'); j >= 0 {
		return file[j+1:]
	}
	return file
}
