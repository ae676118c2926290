package machine

import (
	"path/filepath"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// dotenv is the module dotenv. What load_dotenv reads is seen by the file alone.
func (m *Machine) dotenv() *module {
	d := newModuleOf("dotenv", map[string]native{
		"load_dotenv":   m.loadDotenv,
		"dotenv_values": m.dotenvValues,
		"find_dotenv":   m.findDotenv,
	})
	d.attrs["main"] = d
	d.refuse("a configuration changes nothing: name the variable with os.environ", "get_key", "set_key", "unset_key")
	return d
}

// dotenvArguments are those of load_dotenv and dotenv_values.
type dotenvArguments struct {
	path        starlark.Value
	override    bool
	interpolate bool
}

func readDotenvArguments(name string, args starlark.Tuple, kwargs []starlark.Tuple) (dotenvArguments, error) {
	a := dotenvArguments{path: starlark.None, interpolate: true}
	var stream, verbose, encoding starlark.Value
	pairs := []any{"dotenv_path?", &a.path, "stream?", &stream, "verbose?", &verbose, "override?", &a.override,
		"interpolate?", &a.interpolate, "encoding?", &encoding}
	if name == "dotenv_values" {
		pairs = []any{"dotenv_path?", &a.path, "stream?", &stream, "verbose?", &verbose, "interpolate?", &a.interpolate, "encoding?", &encoding}
	}
	if err := unpack(name, args, kwargs, pairs...); err != nil {
		return a, err
	}
	if stream != nil && stream != starlark.None {
		return a, fault.New("%s() of a stream is not available; name the file", name)
	}
	return a, nil
}

// loadDotenv implements load_dotenv: a variable that is set stays, unless override says otherwise.
func (m *Machine) loadDotenv(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	a, err := readDotenvArguments("load_dotenv", args, kwargs)
	if err != nil {
		return nil, err
	}
	entries, err := m.dotenvEntries(a)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if _, set := m.variableOf(e.name); !e.bare && (a.override || !set) {
			m.variables[e.name] = &e.value
		}
	}
	return starlark.Bool(len(entries) > 0), nil
}

// dotenvValues implements dotenv_values, which returns a dict and sets nothing.
func (m *Machine) dotenvValues(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	a, err := readDotenvArguments("dotenv_values", args, kwargs)
	if err != nil {
		return nil, err
	}
	a.override = true
	entries, err := m.dotenvEntries(a)
	if err != nil {
		return nil, err
	}
	d := new(starlark.Dict)
	for _, e := range entries {
		var v starlark.Value = starlark.String(e.value)
		if e.bare {
			v = starlark.None
		}
		if err := setKey(d, starlark.String(e.name), v); err != nil {
			return nil, err
		}
	}
	return &mapping{kind: "OrderedDict", dict: d}, nil
}

// findDotenv implements find_dotenv. It looks in the folder of the file and never above it.
func (m *Machine) findDotenv(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	name := ".env"
	var raise, cwd starlark.Value
	if err := unpack("find_dotenv", args, kwargs, "filename?", &name, "raise_error_if_not_found?", &raise, "usecwd?", &cwd); err != nil {
		return nil, err
	}
	if m.Folder != nil && filepath.IsLocal(filepath.FromSlash(name)) {
		if info, err := m.Folder.Stat(filepath.FromSlash(name)); err == nil && info.Mode().IsRegular() {
			return starlark.String(slashed(filepath.Join(filepath.Dir(m.File), name))), nil
		}
	}
	if raise != nil && bool(raise.Truth()) {
		return nil, fault.Raise("OSError", "there is no file of that name in the folder of the configuration")
	}
	return starlark.String(""), nil
}

// dotenvEntries reads the file that the arguments name. A file that is not there, or outside the folder, has none.
func (m *Machine) dotenvEntries(a dotenvArguments) ([]dotenvEntry, error) {
	name := ".env"
	if a.path != starlark.None {
		s, err := asText("load_dotenv()", a.path)
		if err != nil {
			return nil, err
		}
		if s != "" {
			rel, inside := m.relative(s)
			if !inside {
				m.warn(0, "a .env file outside the folder of the configuration is not read here: call dewar.LoadDotenv in main of the Go program")
				return nil, nil
			}
			name = rel
		}
	}
	if m.Folder == nil {
		return nil, nil
	}
	data, err := m.readFolder(name)
	if isMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return m.parseDotenv(string(data), a)
}

// dotenvEntry is a line of a .env file. A bare one has no "=".
type dotenvEntry struct {
	name, value string
	bare        bool
}

// parseDotenv reads the lines name=value, with quotes, escapes, comments, export and ${name}.
func (m *Machine) parseDotenv(s string, a dotenvArguments) ([]dotenvEntry, error) {
	if err := checkText([]byte(s)); err != nil {
		return nil, err
	}
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(s, "\ufeff"))
	var entries []dotenvEntry
	for s != "" {
		e, quote, rest, ok := cutDotenv(s)
		s = rest
		if !ok {
			continue
		}
		if quote != '\'' && a.interpolate {
			value, err := m.interpolated(e.value, entries, a.override)
			if err != nil {
				return nil, err
			}
			e.value = value
		}
		entries = append(entries, e)
		if err := m.chargeText(len(e.name) + len(e.value) + entrySize); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// cutDotenv reads one entry. It reports false for empty lines, comments and lines that are malformed.
func cutDotenv(s string) (e dotenvEntry, quote byte, rest string, ok bool) {
	line, after, _ := strings.Cut(s, "\n")
	head := strings.TrimLeft(line, " \t")
	if head == "" || head[0] == '#' {
		return e, 0, after, false
	}
	if trimmed := strings.TrimPrefix(head, "export"); trimmed != head && strings.TrimLeft(trimmed, " \t") != trimmed {
		head = strings.TrimLeft(trimmed, " \t")
	}
	name, value, found := strings.Cut(head, "=")
	e.name = strings.Trim(strings.TrimSpace(name), "'")
	if !found {
		e.name, _, _ = strings.Cut(e.name, "#")
		e.name = strings.TrimSpace(e.name)
		e.bare = true
		return e, 0, after, e.name != "" && !strings.ContainsAny(e.name, " \t")
	}
	value = strings.TrimLeft(value, " \t")
	if value == "" || value[0] != '\'' && value[0] != '"' {
		e.value = unquotedDotenv(value)
		return e, 0, after, e.name != "" && !strings.ContainsAny(e.name, " \t#")
	}
	quote = value[0]
	body := value[1:]
	if after != "" || strings.HasSuffix(s, "\n") {
		body += "\n" + after
	}
	text, rest, closed := cutQuoted(body, quote)
	if !closed {
		return e, 0, after, false
	}
	tail, rest, _ := strings.Cut(rest, "\n")
	if tail = strings.TrimSpace(tail); tail != "" && tail[0] != '#' {
		return e, 0, rest, false
	}
	e.value = text
	return e, quote, rest, e.name != "" && !strings.ContainsAny(e.name, " \t#")
}

// unquotedDotenv cuts a comment, which a space precedes.
func unquotedDotenv(s string) string {
	for i := 1; i < len(s); i++ {
		if s[i] == '#' && (s[i-1] == ' ' || s[i-1] == '\t') {
			s = s[:i]
		}
	}
	if strings.HasPrefix(s, "#") {
		return ""
	}
	return strings.TrimRight(s, " \t")
}

// cutQuoted reads to the closing quote and replaces the escapes.
func cutQuoted(s string, quote byte) (text, rest string, closed bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == quote:
			return b.String(), s[i+1:], true
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteString(unescaped(s[i], quote))
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}

func unescaped(c, quote byte) string {
	if c == '\\' || c == '\'' || c == quote {
		return string(c)
	}
	if i := strings.IndexByte(`"abfnrtv`, c); i >= 0 && quote == '"' {
		return string("\"\a\b\f\n\r\t\v"[i])
	}
	return `\` + string(c)
}

// interpolated replaces ${name} and ${name:-default}.
func (m *Machine) interpolated(s string, before []dotenvEntry, override bool) (string, error) {
	var b strings.Builder
	for {
		plain, rest, found := strings.Cut(s, "${")
		b.WriteString(plain)
		if !found {
			return b.String(), nil
		}
		use, after, closed := strings.Cut(rest, "}")
		if !closed {
			return b.String() + "${" + rest, nil
		}
		name, fallback, _ := strings.Cut(use, ":-")
		b.WriteString(m.interpolatedName(name, fallback, before, override))
		if err := m.chargeText(b.Len()); err != nil {
			return "", err
		}
		s = after
	}
}

func (m *Machine) interpolatedName(name, fallback string, before []dotenvEntry, override bool) string {
	value, found := m.variableOf(name)
	if found && !override {
		return value
	}
	for _, e := range before {
		if e.name == name && !e.bare {
			value, found = e.value, true
		}
	}
	if !found {
		return fallback
	}
	return value
}
