package cli

import (
	"io"
	"io/fs"
	"os"
)

// A paint colours text, where there is a terminal that shows it.
type paint struct{ on bool }

// paintFor returns what colours text for w.
func paintFor(w io.Writer) paint {
	switch {
	case os.Getenv("NO_COLOR") != "":
		return paint{}
	case forced():
		return paint{on: true}
	}
	return paint{isTerminal(w) && os.Getenv("TERM") != "dumb"}
}

// forced reports whether colours are wanted though there is no terminal.
func forced() bool {
	text := os.Getenv("CLICOLOR_FORCE")
	return text != "" && text != "0"
}

// isTerminal reports whether w is one.
func isTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&fs.ModeCharDevice != 0
}

func (p paint) in(code, text string) string {
	if !p.on {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p paint) red(text string) string    { return p.in("1;31", text) }
func (p paint) green(text string) string  { return p.in("1;32", text) }
func (p paint) yellow(text string) string { return p.in("1;33", text) }
func (p paint) bold(text string) string   { return p.in("1", text) }
func (p paint) faint(text string) string  { return p.in("2", text) }
