// Package callsite says which line of an application called the library, for panics and reports at set-up.
package callsite

import (
	"fmt"
	"runtime"
	"strings"
)

const library = "github.com/dewar-go/dewar"

// Site returns file:line of the nearest caller outside the root package, the file shortened to its
// last two elements.
func Site() string {
	pcs := make([]uintptr, 16)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, library+".") && !strings.HasPrefix(frame.Function, library+"/internal/callsite.NoNil") {
			return fmt.Sprintf("%s:%d", Short(frame.File), frame.Line)
		}
		if !more {
			return "unknown place"
		}
	}
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
