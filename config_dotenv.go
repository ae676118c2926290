package dewar

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"
)

// DotenvOption is an attribute of a load with [Config.FromDotenv]: a [FileOption] or an [EnvOption].
type DotenvOption interface{ load(*loadOptions) }

// FromDotenv takes variables from a file such as .env by the rules of [Config.FromPrefixedEnv], as if the
// environment had them. A variable that the real environment has too is taken from there; the environment
// itself is not changed. The name is relative to the App's root, or to its instance folder with
// [InstanceRelativeConfig].
//
// A line is NAME=value, with export before it or not, empty, or a comment that begins with #. A value without
// quotes ends at a # after a space. In single quotes only \' and \\ are special; double quotes know \n, \t
// and their like; both may go over several lines. Outside single quotes ${NAME} is the value of another
// variable, from the environment or from a line above, and ${NAME:-text} is text when it is not set. A line
// that is none of this, and a name set twice, is an error that names the line, and nothing is taken.
func (c *Config) FromDotenv(name string, opts ...DotenvOption) error {
	o := defaultLoad()
	for _, opt := range opts {
		opt.load(&o)
	}
	data, err := os.ReadFile(c.path(name))
	if o.optional && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fileError(err)
	}
	lines, err := parseDotenv(string(data), os.LookupEnv)
	if err != nil {
		return fmt.Errorf("dewar: %s: %w", name, err)
	}
	return c.fromVariables(o, dotenvVariables(name, lines, o.prefix+"_"))
}

// dotenvVariables returns the variables with the prefix, from the real environment where that has them.
func dotenvVariables(name string, lines []dotenvLine, prefix string) map[string]variable {
	variables := map[string]variable{}
	for _, l := range lines {
		key, ok := strings.CutPrefix(l.name, prefix)
		if !ok {
			continue
		}
		variables[key] = variable{l.value, fmt.Sprintf("%s:%d", name, l.number)}
		if text, set := os.LookupEnv(l.name); set {
			variables[key] = variable{text, environmentSource + l.name}
		}
	}
	return variables
}

// A dotenvLine is one assignment in a .env file.
type dotenvLine struct {
	name, value string
	number      int
}

// A dotenvParser reads a .env file from the front.
type dotenvParser struct {
	rest   string
	number int // of the line that rest begins on
	lookup func(name string) (string, bool)
	seen   map[string]dotenvLine
	lines  []dotenvLine
}

var (
	dotenvName      = regexp.MustCompile(`^(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=`)
	dotenvNewline   = strings.NewReplacer("\r\n", "\n", "\r", "\n")
	dotenvReference = regexp.MustCompile(`\$\{(?:([A-Za-z_][A-Za-z0-9_.-]*)(:-[^}\n]*)?\})?`)
	dotenvSpecial   = regexp.MustCompile(`(?s)\\.|` + dotenvReference.String())
	singleQuoted    = strings.NewReplacer(`\\`, `\`, `\'`, `'`)
	doubleQuoted    = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\'`, `'`, `\$`, `$`,
		`\a`, "\a", `\b`, "\b", `\f`, "\f", `\n`, "\n", `\r`, "\r", `\t`, "\t", `\v`, "\v")
)

// parseDotenv returns the assignments of a .env file in order. lookup finds variables of the environment, which
// go before those of the file where one refers to another.
func parseDotenv(text string, lookup func(string) (string, bool)) ([]dotenvLine, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, errors.New("is no text in UTF-8")
	}
	p := &dotenvParser{rest: dotenvNewline.Replace(text), number: 1, lookup: lookup, seen: map[string]dotenvLine{}}
	for p.rest != "" {
		number := p.number
		if err := p.line(); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	return p.lines, nil
}

// line reads one assignment, or skips a line without one.
func (p *dotenvParser) line() error {
	p.rest = strings.TrimLeft(p.rest, " \t")
	if p.blank() {
		p.next()
		return nil
	}
	match := dotenvName.FindStringSubmatch(p.rest)
	if match == nil {
		return errors.New("want NAME=value, or a comment that begins with #")
	}
	l := dotenvLine{name: match[1], number: p.number}
	if first, twice := p.seen[l.name]; twice {
		return fmt.Errorf("%s is set in line %d already; remove one of the two", l.name, first.number)
	}
	p.rest = p.rest[len(match[0]):]
	value, err := p.value()
	if err != nil {
		return fmt.Errorf("%s: %w", l.name, err)
	}
	l.value = value
	p.seen[l.name], p.lines = l, append(p.lines, l)
	return nil
}

// blank reports whether nothing but a comment is left of the line.
func (p *dotenvParser) blank() bool {
	return p.rest == "" || p.rest[0] == '\n' || p.rest[0] == '#'
}

// next goes to the next line and returns what was left of this one.
func (p *dotenvParser) next() string {
	line, rest, _ := strings.Cut(p.rest, "\n")
	p.rest = rest
	p.number++
	return line
}

func (p *dotenvParser) value() (string, error) {
	if text := strings.TrimLeft(p.rest, " \t"); text != "" && (text[0] == '\'' || text[0] == '"') {
		p.rest = text[1:]
		return p.quoted(text[0])
	}
	line := p.next()
	if i := strings.Index(strings.ReplaceAll(line, "\t", " "), " #"); i >= 0 {
		line = line[:i]
	}
	return p.expand(strings.Trim(line, " \t"), dotenvReference)
}

// quoted reads a value up to its closing quote, after which only a comment may follow.
func (p *dotenvParser) quoted(quote byte) (string, error) {
	end := 0
	for end < len(p.rest) && p.rest[end] != quote {
		if p.rest[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(p.rest) {
		return "", fmt.Errorf("the quote %c is not closed", quote)
	}
	inner := p.rest[:end]
	p.rest = strings.TrimLeft(p.rest[end+1:], " \t")
	if !p.blank() {
		return "", fmt.Errorf("want nothing after the closing quote; write \\%c for a quote inside the value", quote)
	}
	p.number += strings.Count(inner, "\n")
	p.next()
	if quote == '\'' {
		return singleQuoted.Replace(inner), nil
	}
	return p.expand(inner, dotenvSpecial)
}

// expand replaces what special finds in text: references to variables, and escapes.
func (p *dotenvParser) expand(text string, special *regexp.Regexp) (string, error) {
	var problem error
	value := special.ReplaceAllStringFunc(text, func(found string) string {
		if found[0] == '\\' {
			return doubleQuoted.Replace(found)
		}
		value, err := p.reference(found)
		if err != nil {
			problem = err
		}
		return value
	})
	return value, problem
}

// reference returns the value of ${NAME} or ${NAME:-text}.
func (p *dotenvParser) reference(found string) (string, error) {
	match := dotenvReference.FindStringSubmatch(found)
	name, otherwise := match[1], match[2]
	if name == "" {
		return "", errors.New("${ begins no ${NAME}; put the value in single quotes if it is meant as it is")
	}
	if text, ok := p.lookup(name); ok {
		return text, nil
	}
	if l, ok := p.seen[name]; ok {
		return l.value, nil
	}
	if text, ok := strings.CutPrefix(otherwise, ":-"); ok {
		return text, nil
	}
	return "", errors.New("refers with ${...} to a variable that is not set; set it above, write ${NAME:-text}, or put the value in single quotes")
}
