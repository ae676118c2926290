package machine

import (
	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// threading is the module threading. A file runs alone, so its locks are always free; threads are not started.
func (m *Machine) threading() *module {
	free := func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return lock{}, unpack("Lock", args, kwargs)
	}
	t := newModuleOf("threading", map[string]native{"Lock": free, "RLock": free})
	t.attrs["local"] = &class{machine: m, name: "local", attrs: starlark.StringDict{}, drawn: map[string]bool{}}
	t.attrs["local"].(*class).order = []*class{t.attrs["local"].(*class), m.names["object"].(*class)}
	t.refuse("a configuration starts no thread: do it in Go", "Thread", "Timer")
	return t
}

// lock is a lock of a file that runs alone.
type lock struct{ inert }

// String returns a fixed text.
func (lock) String() string { return "lock" }

// Type returns the name of the type.
func (lock) Type() string { return "lock" }

// AttrNames returns nothing: the names are not listed to files.
func (lock) AttrNames() []string { return nil }

// Attr returns a method.
func (lock) Attr(name string) (starlark.Value, error) {
	switch name {
	case "acquire":
		return builtin(name, func(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) { return starlark.True, nil }), nil
	case "release":
		return builtin(name, ignored), nil
	}
	return nil, fault.New("%s of a lock is not available; a configuration runs alone: leave the lock out", name)
}
