// Package dotenv reads .env files, and sets variables in them.
package dotenv

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

// A Line is one assignment in a .env file, with the numbers of the lines that it begins and ends on, what stands before
// its value, and the comment behind it, "" for none.
type Line struct {
	Name, Value   string
	Number, End   int
	head, comment string
}

// A parser reads a .env file from the front.
type parser struct {
	rest   string
	number int // of the line that rest begins on
	lookup func(name string) (string, bool)
	seen   map[string]Line
	lines  []Line
}

var (
	assignment   = lazyregexp.New(`^(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=`)
	newline      = strings.NewReplacer("\r\n", "\n", "\r", "\n")
	reference    = lazyregexp.New(`\$\{(?:([A-Za-z_][A-Za-z0-9_.-]*)(:-[^}\n]*)?\})?`)
	special      = lazyregexp.New(`(?s)\\.|` + reference.String())
	singleQuoted = strings.NewReplacer(`\\`, `\`, `\'`, `'`)
	doubleQuoted = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\'`, `'`, `\$`, `$`,
		`\a`, "\a", `\b`, "\b", `\f`, "\f", `\n`, "\n", `\r`, "\r", `\t`, "\t", `\v`, "\v")
)

// Parse returns the assignments of a .env file in order. lookup finds variables of the environment, which go
// before those of the file where one refers to another.
func Parse(text string, lookup func(string) (string, bool)) ([]Line, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, errors.New("is no text in UTF-8")
	}
	p := &parser{rest: newline.Replace(text), number: 1, lookup: lookup, seen: map[string]Line{}}
	for p.rest != "" {
		number := p.number
		if err := p.line(); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	return p.lines, nil
}

// line reads one assignment, or skips a line without one.
func (p *parser) line() error {
	p.rest = strings.TrimLeft(p.rest, " \t")
	if p.blank() {
		p.next()
		return nil
	}
	match := assignment.FindStringSubmatch(p.rest)
	if match == nil {
		return errors.New("want NAME=value, or a comment that begins with #")
	}
	l := Line{Name: match[1], Number: p.number}
	if first, twice := p.seen[l.Name]; twice {
		return fmt.Errorf("%s is set in line %d already; remove one of the two", l.Name, first.Number)
	}
	p.rest = p.rest[len(match[0]):]
	l.head = match[0]
	var err error
	if l.Value, l.comment, err = p.value(); err != nil {
		return fmt.Errorf("%s: %w", l.Name, err)
	}
	l.End = p.number - 1
	p.seen[l.Name], p.lines = l, append(p.lines, l)
	return nil
}

// blank reports whether nothing but a comment is left of the line.
func (p *parser) blank() bool {
	return p.rest == "" || p.rest[0] == '\n' || p.rest[0] == '#'
}

// next goes to the next line and returns what was left of this one.
func (p *parser) next() string {
	line, rest, _ := strings.Cut(p.rest, "\n")
	p.rest = rest
	p.number++
	return line
}

// value reads a value and the comment behind it.
func (p *parser) value() (value, comment string, err error) {
	if text := strings.TrimLeft(p.rest, " \t"); text != "" && (text[0] == '\'' || text[0] == '"') {
		p.rest = text[1:]
		return p.quoted(text[0])
	}
	line := p.next()
	if i := strings.Index(strings.ReplaceAll(line, "\t", " "), " #"); i >= 0 {
		line, comment = line[:i], line[i+1:]
	}
	value, err = p.expand(strings.Trim(line, " \t"), reference)
	return value, comment, err
}

// quoted reads a value up to its closing quote, after which only a comment may follow.
func (p *parser) quoted(quote byte) (value, comment string, err error) {
	end := 0
	for end < len(p.rest) && p.rest[end] != quote {
		if p.rest[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(p.rest) {
		return "", "", fmt.Errorf("the quote %c is not closed", quote)
	}
	inner := p.rest[:end]
	p.rest = strings.TrimLeft(p.rest[end+1:], " \t")
	if !p.blank() {
		return "", "", fmt.Errorf("want nothing after the closing quote; write \\%c for a quote inside the value", quote)
	}
	p.number += strings.Count(inner, "\n")
	comment = p.next()
	if quote == '\'' {
		return singleQuoted.Replace(inner), comment, nil
	}
	value, err = p.expand(inner, special)
	return value, comment, err
}

// expand replaces what special finds in text: references to variables, and escapes.
func (p *parser) expand(text string, special *lazyregexp.Regexp) (string, error) {
	var problem error
	value := special.ReplaceAllStringFunc(text, func(found string) string {
		if found[0] == '\\' {
			return doubleQuoted.Replace(found)
		}
		value, err := p.lookUp(found)
		if err != nil {
			problem = err
		}
		return value
	})
	return value, problem
}

// lookUp returns the value of ${NAME} or ${NAME:-text}.
func (p *parser) lookUp(found string) (string, error) {
	match := reference.FindStringSubmatch(found)
	name, otherwise := match[1], match[2]
	if name == "" {
		return "", errors.New("${ begins no ${NAME}; put the value in single quotes if it is meant as it is")
	}
	if text, ok := p.lookup(name); ok {
		return text, nil
	}
	if l, ok := p.seen[name]; ok {
		return l.Value, nil
	}
	if text, ok := strings.CutPrefix(otherwise, ":-"); ok {
		return text, nil
	}
	return "", errors.New("refers with ${...} to a variable that is not set; set it above, write ${NAME:-text}, or put the value in single quotes")
}
