package dev

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// A terminal is where a developer reads what happens. It may be used by several goroutines.
type terminal struct {
	mu     sync.Mutex
	out    io.Writer
	colour bool
}

// Write writes what the program prints.
func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.Write(p)
}

// say writes a line of dewar dev's own.
func (t *terminal) say(format string, args ...any) { t.line("36", format, args...) }

// warn writes a line about something that has to be mended.
func (t *terminal) warn(format string, args ...any) { t.line("31", format, args...) }

func (t *terminal) line(colour, format string, args ...any) {
	mark := "dewar dev:"
	if t.colour {
		mark = "\x1b[1;" + colour + "m" + mark + "\x1b[0m"
	}
	_, _ = fmt.Fprintf(t, "%s %s\n", mark, fmt.Sprintf(format, args...))
}

// show writes the messages of the compiler with the lines that they are about.
func (t *terminal) show(faults []fault) {
	var b strings.Builder
	for _, f := range faults {
		b.WriteString("\n")
		if f.File != "" {
			fmt.Fprintf(&b, "  %s:%d:%d\n", f.File, f.Line, f.Column)
		}
		fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(f.Message, "\n", "\n    "))
		for _, line := range f.Source {
			if line.Number >= f.Line-1 && line.Number <= f.Line+1 {
				fmt.Fprintf(&b, "  %s %4d │ %s\n", map[bool]string{true: ">", false: " "}[line.Marked], line.Number, line.Text)
			}
		}
	}
	b.WriteString("\n")
	_, _ = io.WriteString(t, b.String())
}

// short rounds a duration to what a person reads.
func short(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}
