package machine

import (
	"regexp"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// pattern is a compiled regular expression. As a value of the configuration it is code.
type pattern struct {
	inert
	machine *Machine
	source  string
	re      *regexp.Regexp // nil where Go has not the expression
}

// String returns a fixed text.
func (*pattern) String() string { return "pattern" }

// Type returns the name of the type.
func (*pattern) Type() string { return "Pattern" }

// Hash makes a pattern fit for a key.
func (p *pattern) Hash() (uint32, error) { return starlark.String(p.source).Hash() }

// AttrNames returns nothing: the names are not listed to files.
func (*pattern) AttrNames() []string { return nil }

// Attr returns an attribute.
func (p *pattern) Attr(name string) (starlark.Value, error) {
	switch name {
	case "pattern":
		return starlark.String(p.source), nil
	case "match", "search", "fullmatch", "sub", "split", "findall":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return p.machine.matching(name, append(starlark.Tuple{p}, args...), kwargs)
		}), nil
	}
	return nil, fault.New("%s of a pattern is not available; compute the value in Go", name)
}

// patterns is the module re.
func (m *Machine) patterns() *module {
	functions := map[string]native{
		"compile": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var v starlark.Value
			var flags int
			if err := unpack("re.compile", args, kwargs, "pattern", &v, "flags?", &flags); err != nil {
				return nil, err
			}
			return m.compiled(v, flags)
		},
		"escape": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var s string
			if err := unpack("re.escape", args, kwargs, "pattern", &s); err != nil {
				return nil, err
			}
			return m.text(escapePattern(s))
		},
	}
	for _, name := range []string{"match", "search", "fullmatch", "sub", "split", "findall"} {
		functions[name] = func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return m.matching(name, args, kwargs)
		}
	}
	r := newModuleOf("re", functions)
	for name, flag := range map[string]int{"IGNORECASE": 2, "I": 2, "MULTILINE": 8, "M": 8, "DOTALL": 16, "S": 16, "ASCII": 256, "A": 256, "VERBOSE": 64, "X": 64} {
		r.attrs[name] = starlark.MakeInt(flag)
	}
	return r
}

func escapePattern(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("()[]{}?*+-|^$\\.&~# \t\n\r\v\f", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// compiled returns a pattern. Only expressions that mean the same in both languages can be used.
func (m *Machine) compiled(v starlark.Value, flags int) (*pattern, error) {
	if p, ok := v.(*pattern); ok && flags == 0 {
		return p, nil
	}
	s, ok := v.(starlark.String)
	if !ok {
		if _, bytes := v.(starlark.Bytes); bytes {
			return &pattern{machine: m, source: "bytes"}, nil
		}
		return nil, needsNumber(v, "a pattern must be text, not %s%s", typeName(v), noneHint(v))
	}
	if len(s) > 32<<10 {
		return nil, fault.New("a pattern is longer than 32 KiB")
	}
	p := &pattern{machine: m, source: string(s)}
	prefix := ""
	for flag, letter := range map[int]string{2: "i", 8: "m", 16: "s"} {
		if flags&flag != 0 {
			prefix += letter
		}
	}
	if prefix != "" {
		prefix = "(?" + prefix + ")"
	}
	if flags&^(2|8|16|256) == 0 && meansTheSame(string(s)) {
		p.re, _ = regexp.Compile(prefix + string(s))
	}
	return p, m.charge(len(s) * 64)
}

// meansTheSame reports whether an expression has nothing that Go reads in another way than Python.
func meansTheSame(s string) bool {
	for _, unlike := range []string{`\w`, `\W`, `\d`, `\D`, `\s`, `\S`, `\b`, `\B`, `\Z`, `\z`, `\p`, `\Q`, `\C`, `\x`, `[[:`, `$`, `(?`, `++`, `*+`, `?+`} {
		if strings.Contains(s, unlike) {
			return false
		}
	}
	return true
}

// matching implements match, search, fullmatch, sub, split and findall.
func (m *Machine) matching(name string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	var by, s string
	var count, flags int
	var pairs []any
	if name == "sub" {
		pairs = []any{"pattern", &v, "repl", &by, "string", &s, "count?", &count, "flags?", &flags}
	} else {
		pairs = []any{"pattern", &v, "string", &s, "flags?", &flags}
	}
	if err := unpack("re."+name, args, kwargs, pairs...); err != nil {
		return nil, err
	}
	p, err := m.compiled(v, flags)
	if err != nil {
		return nil, err
	}
	re, text, err := p.usable(s)
	if err != nil {
		return nil, err
	}
	cost := len(p.source) + 1
	if strings.Contains(p.source, "{") { // a count repeats what stands before it up to a thousand times
		cost *= 1000
	}
	if err := m.charge(len(s) * cost); err != nil {
		return nil, err
	}
	switch name {
	case "sub":
		if strings.ContainsAny(by, `\$`) || count != 0 {
			return nil, fault.New("re.sub() with groups or a count is not available; compute the value in Go")
		}
		if err := m.chargeText(len(s) + (len(s)+1)*len(by)); err != nil {
			return nil, err
		}
		return m.text(re.ReplaceAllLiteralString(text, by))
	case "split", "findall":
		return m.pieces(name, re, text)
	}
	return m.matched(name, re, text)
}

// usable returns the expression for a text. With ASCII text, the classes of Go and Python are alike.
func (p *pattern) usable(s string) (*regexp.Regexp, string, error) {
	re := p.re
	if re == nil && isASCII(s) && p.source != "bytes" {
		source := p.source
		for _, unlike := range []string{`\Z`, `\z`, `\p`, `\Q`, `\C`, `[[:`, `(?`, `++`, `*+`, `?+`} {
			if strings.Contains(source, unlike) {
				source = "("
			}
		}
		if strings.Contains(source, "$") && strings.Contains(s, "\n") || strings.Contains(s, "\v") {
			source = "("
		}
		re, _ = regexp.Compile(source)
	}
	if re == nil {
		return nil, "", fault.New("this regular expression is not available; compute the value in Go")
	}
	return re, s, nil
}

// pieces is split or findall, for expressions without groups that match no empty text.
func (m *Machine) pieces(name string, re *regexp.Regexp, s string) (starlark.Value, error) {
	if re.NumSubexp() > 0 || re.MatchString("") {
		return nil, fault.New("re.%s() with groups, or with a pattern that matches nothing, is not available", name)
	}
	parts := re.FindAllString(s, -1)
	if name == "split" {
		parts = re.Split(s, -1)
	}
	elems := make([]starlark.Value, len(parts))
	for i, part := range parts {
		elems[i] = starlark.String(part)
	}
	return starlark.NewList(elems), m.charge(len(elems) * entrySize)
}

// matched returns the match, or None.
func (m *Machine) matched(name string, re *regexp.Regexp, s string) (starlark.Value, error) {
	if strings.Contains(re.String(), "|") && name == "fullmatch" {
		return nil, fault.New("re.fullmatch() with alternatives is not available; compute the value in Go")
	}
	groups := re.FindStringSubmatch(s)
	at := re.FindStringIndex(s)
	if name != "search" {
		anchored := regexp.MustCompile(`^(?:` + re.String() + `)`)
		groups, at = anchored.FindStringSubmatch(s), anchored.FindStringIndex(s)
	}
	if at == nil {
		return starlark.None, nil
	}
	if name == "fullmatch" && at[1] != len(s) {
		return nil, fault.New("re.fullmatch() of this text is not available; compute the value in Go")
	}
	r := &record{kind: "match"}
	for _, group := range groups {
		r.values = append(r.values, starlark.String(group))
	}
	r.extra = func(attr string) (starlark.Value, error) { return matchAttr(r, attr) }
	return r, nil
}

func matchAttr(r *record, name string) (starlark.Value, error) {
	if name != "group" {
		return nil, fault.New("%s of a match is not available; compute the value in Go", name)
	}
	return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		n := 0
		if err := unpack(name, args, kwargs, "group?", &n); err != nil {
			return nil, err
		}
		if n < 0 || n >= len(r.values) {
			return nil, fault.Raise("IndexError", "a match has no such group")
		}
		if n > 0 && r.values[n] == starlark.String("") {
			return nil, fault.New("an empty group of a match is not available; compute the value in Go")
		}
		return r.values[n], nil
	}), nil
}
