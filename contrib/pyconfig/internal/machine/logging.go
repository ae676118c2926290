package machine

import (
	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// logging is the module logging: its levels are numbers, and what it logs goes nowhere.
func (m *Machine) logging() *module {
	l := &module{name: "logging", attrs: starlark.StringDict{}}
	for name, level := range map[string]int{"CRITICAL": 50, "FATAL": 50, "ERROR": 40, "WARNING": 30, "WARN": 30, "INFO": 20, "DEBUG": 10, "NOTSET": 0} {
		l.attrs[name] = starlark.MakeInt(level)
	}
	for _, name := range []string{"debug", "info", "warning", "error", "critical", "exception", "log", "basicConfig", "disable", "captureWarnings"} {
		l.attrs[name] = builtin("logging."+name, ignored)
	}
	l.attrs["getLogger"] = builtin("logging.getLogger", func(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) { return logger{}, nil })
	l.attrs["getLevelName"] = builtin("logging.getLevelName", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return levelName(args, kwargs)
	})
	l.attrs["config"], l.attrs["handlers"] = m.logConfig(), m.logHandlers()
	for _, name := range []string{"StreamHandler", "FileHandler", "NullHandler", "Formatter"} {
		l.attrs[name] = logClass("logging." + name)
	}
	return l
}

func levelName(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("getLevelName", args, kwargs)
	if err != nil {
		return nil, err
	}
	for _, level := range []struct {
		name string
		n    int
	}{{"CRITICAL", 50}, {"ERROR", 40}, {"WARNING", 30}, {"INFO", 20}, {"DEBUG", 10}, {"NOTSET", 0}} {
		if s, ok := v.(starlark.String); ok && string(s) == level.name {
			return starlark.MakeInt(level.n), nil
		}
		if n, err := starlark.AsInt32(v); err == nil && n == level.n {
			return starlark.String(level.name), nil
		}
	}
	return nil, fault.New("getLevelName() knows the six levels of logging only")
}

// logClass is a class of handlers or formatters. Its objects do nothing; a class derived from it fails when it is used.
func logClass(name string) starlark.Value {
	return &withAttrs{Builtin: builtin(name, func(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) { return logger{}, nil })}
}

// logConfig is the module logging.config: the log is that of the Go program.
func (m *Machine) logConfig() *module {
	return newModuleOf("logging.config", map[string]native{"dictConfig": ignored, "fileConfig": ignored})
}

// logHandlers is the module logging.handlers.
func (m *Machine) logHandlers() *module {
	h := &module{name: "logging.handlers", attrs: starlark.StringDict{}}
	for _, name := range []string{"RotatingFileHandler", "TimedRotatingFileHandler", "WatchedFileHandler", "SysLogHandler", "SMTPHandler", "QueueHandler"} {
		h.attrs[name] = logClass("logging.handlers." + name)
	}
	return h
}

// logger is what logging.getLogger returns. It logs nothing, and a handler or formatter writes nothing.
type logger struct{ inert }

// String returns a fixed text.
func (logger) String() string { return "logger" }

// Type returns the name of the type.
func (logger) Type() string { return "logger" }

// AttrNames returns nothing: the names are not listed to files.
func (logger) AttrNames() []string { return nil }

// Attr returns a method that does nothing.
func (logger) Attr(name string) (starlark.Value, error) {
	if isIn(name, "debug info warning warn error critical exception log setLevel addHandler removeHandler addFilter setFormatter close flush") {
		return builtin(name, ignored), nil
	}
	if name == "handlers" {
		return starlark.NewList(nil), nil
	}
	return nil, fault.New("%s of a logger is not available; set up the log in Go", name)
}
