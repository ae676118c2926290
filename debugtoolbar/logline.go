package debugtoolbar

import (
	"log/slog"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/redact"
)

// logged records a line that the request has written to its log.
func logged(l dewar.LogRecord) {
	rec := current.Get(l.Context)
	if rec == nil {
		return
	}
	e := entry{kind: logLine, name: l.Level.String() + " " + clip(redact.Message(l.Message), 500), start: rec.now()}
	l.Attrs(func(a slog.Attr) bool {
		e.fields = rec.bar.addAttr(e.fields, "", a)
		return true
	})
	if l.Level >= slog.LevelError {
		e.failed = "logged as an error"
	}
	rec.add(e)
}

// addAttr adds an attribute as it may be shown; the members of groups have their names before their own.
func (t *toolbar) addAttr(lines []line, group string, a slog.Attr) []line {
	name, v := group+a.Key, a.Value.Resolve()
	if v.Kind() != slog.KindGroup {
		return append(lines, line{short(name), t.value("log", name, v.Any())})
	}
	if a.Key != "" {
		group = name + "."
	}
	for _, inner := range v.Group() {
		lines = t.addAttr(lines, group, inner)
	}
	return lines
}
