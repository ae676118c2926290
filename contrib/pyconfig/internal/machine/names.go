package machine

import (
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// typeName returns the name that Python gives to the type of a value.
func typeName(v starlark.Value) string {
	switch v := v.(type) {
	case starlark.String:
		return "str"
	case starlark.NoneType:
		return "None"
	case *starlark.Builtin, boundable, *function, pathType, *staticMethod, *classMethod, *recordType:
		return "a function"
	case refused:
		return v.name
	case *class:
		if v.instance {
			return "an object"
		}
		return "a class"
	default:
		return v.Type()
	}
}

// asText reads a text argument. A Path counts as one.
func asText(function string, v starlark.Value) (string, error) {
	switch v := unmember(v).(type) {
	case starlark.String:
		return string(v), nil
	case purePath:
		return string(v), nil
	case refused:
		return "", v.err()
	}
	return "", fault.Raise("TypeError", "%s needs text, not %s%s", function, typeName(v), noneHint(v))
}

// inert is the part of a value that all types of this package share.
type inert struct{}

// Freeze does nothing: the value cannot change, or lives as long as one file is read.
func (inert) Freeze() {}

// Truth is always true.
func (inert) Truth() starlark.Bool { return true }

// Hash fails: the value is no key.
func (inert) Hash() (uint32, error) { return 0, fault.New("this value cannot be a key") }

// refused stands for a name of a module that is there in Python and not here. Using it is an error.
type refused struct {
	inert
	name, cure string
	module     bool   // a whole module
	bound      string // the name that an import gave it
	line       int    // where an object was made of it
	failed     error  // why a module of the project did not run to its end; nil for others
}

// String returns the name.
func (r refused) String() string { return r.name }

// Type returns the name of the type.
func (r refused) Type() string { return "function" }

// Name returns the name.
func (r refused) Name() string { return r.name }

// CallInternal fails.
func (r refused) CallInternal(*starlark.Thread, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return nil, r.err()
}

// isClass reports whether the name is written like that of a class.
func (r refused) isClass() bool {
	last := r.name[strings.LastIndexByte(r.name, '.')+1:]
	return !r.module && last != "" && 'A' <= last[0] && last[0] <= 'Z' && last != strings.ToUpper(last) && !strings.HasSuffix(last, "()")
}

func (r refused) err() error { return fault.New("%s is not available; %s", r.name, r.cure) }
