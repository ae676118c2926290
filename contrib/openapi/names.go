package openapi

import (
	"cmp"
	"encoding/json"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A use is what a type is described for: one struct may look different in each.
type use int

const (
	sent         use = iota // what is answered, by encoding/json
	nested                  // a part of a JSON body
	body                    // the whole JSON body
	form                    // the whole form
	strictNested            // nested and body where no other members may be
	strictBody
)

// inJSON reports whether a type is described as a part of a JSON body.
func (u use) inJSON() bool { return u == nested || u == strictNested }

// inside returns the use of what is inside a JSON body.
func (u use) inside() use {
	if u == strictBody || u == strictNested {
		return strictNested
	}
	return nested
}

// suffix tells the component of a use from that of another use of the same type.
func (u use) suffix() string {
	return [...]string{"", "Input", "Body", "Form", "StrictInput", "StrictBody"}[u]
}

// A typeKey is one component.
type typeKey struct {
	t   reflect.Type
	use use
}

// A reference is the value of $ref, which is known once all components are.
type reference struct {
	types *types
	key   typeKey
}

// MarshalJSON writes where the component stands.
func (r reference) MarshalJSON() ([]byte, error) {
	return json.Marshal("#/components/schemas/" + r.types.names[r.key])
}

// reserved are the names of the components of every document.
var reserved = []string{"Problem", "FieldError"}

// name gives each component a name of its own: that of its type, with the package in front where two packages have the name, with the use behind
// where a type has several, and at last with a number.
func (ts *types) name() {
	short, packages, uses := map[typeKey]string{}, map[string]map[string]bool{}, map[reflect.Type]int{}
	for _, key := range ts.keys {
		short[key] = titled(safe(shortName(key.t.Name())))
		if packages[short[key]] == nil {
			packages[short[key]] = map[string]bool{}
		}
		packages[short[key]][key.t.PkgPath()] = true
		uses[key.t]++
	}
	taken := map[string]bool{}
	for _, name := range reserved {
		taken[name] = true
	}
	for _, key := range ts.keys {
		name := short[key]
		if len(packages[name]) > 1 || taken[name] && slices.Contains(reserved, name) {
			name = packageName(key.t.PkgPath()) + name
		}
		if uses[key.t] > 1 {
			name += key.use.suffix()
		}
		free := name
		for n := 2; taken[free]; n++ {
			free = name + strconv.Itoa(n)
		}
		taken[free] = true
		ts.names[key] = free
	}
}

// packageName returns the last word of an import path that is no version, as the beginning of a name.
func packageName(importPath string) string {
	last := path.Base(importPath)
	if majorVersion.MatchString(last) {
		last = path.Base(path.Dir(importPath))
	}
	var name string
	for word := range strings.FieldsFuncSeq(last, func(r rune) bool { return strings.ContainsRune("_-.", r) }) {
		name += titled(word)
	}
	return safe(name)
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// shortName returns the name of a type without packages: Page[example.com/blog.Post] is PagePost.
func shortName(name string) string {
	outer, arguments, generic := strings.Cut(name, "[")
	if !generic {
		return outer
	}
	for word := range strings.FieldsFuncSeq(arguments, func(r rune) bool { return strings.ContainsRune("[],* ", r) }) {
		word = word[strings.LastIndexByte(word, '/')+1:]
		outer += titled(word[strings.LastIndexByte(word, '.')+1:])
	}
	return outer
}

// unsafeName finds what the name of a component may not have, such as the mark of a type inside a function.
var unsafeName = regexp.MustCompile(`[^A-Za-z0-9_]+`)

func safe(name string) string {
	name, _, _ = strings.Cut(name, "·")
	return cmp.Or(strings.Trim(unsafeName.ReplaceAllString(name, "_"), "_"), "Type")
}

func titled(name string) string {
	if name == "" {
		return ""
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
