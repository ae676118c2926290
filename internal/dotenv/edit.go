package dotenv

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

// Edit returns the text of a .env file with the variables of values set: in the place of their lines, or at the end of
// the text if they have none. All other lines, line breaks, comments and export stay as they are. lookup is that of Parse.
func Edit(text string, values map[string]string, lookup func(string) (string, bool)) (string, error) {
	if err := checkVariables(values); err != nil {
		return "", err
	}
	lines, err := Parse(text, lookup)
	if err != nil {
		return "", err
	}
	physical := physicalLine.FindAllString(text, -1)
	lineBreak := breakOf(physical)
	missing := maps.Clone(values)
	for _, l := range slices.Backward(lines) {
		value, ok := values[l.Name]
		if !ok {
			continue
		}
		last := physical[l.End-1]
		fresh := l.with(value) + last[len(strings.TrimRight(last, "\r\n")):]
		if l.Number == 1 && strings.HasPrefix(text, "\ufeff") {
			fresh = "\ufeff" + fresh
		}
		physical = slices.Replace(physical, l.Number-1, l.End, fresh)
		delete(missing, l.Name)
	}
	edited := strings.Join(physical, "")
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		if edited != "" && edited != "\ufeff" && !strings.HasSuffix(edited, "\n") && !strings.HasSuffix(edited, "\r") {
			edited += lineBreak
		}
		edited += name + "=" + Quote(missing[name]) + lineBreak
	}
	return edited, nil
}

// physicalLine finds a line with its line break.
var physicalLine = lazyregexp.New(`[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+`)

// breakOf returns the line break that lines have, or that of Unix.
func breakOf(lines []string) string {
	if len(lines) > 0 {
		if end := lines[0][len(strings.TrimRight(lines[0], "\r\n")):]; end != "" {
			return end
		}
	}
	return "\n"
}

// with returns the line with another value.
func (l Line) with(value string) string {
	text := l.head + Quote(value)
	if l.comment != "" {
		text += " " + l.comment
	}
	return text
}

// plain matches values that mean the same without quotes to whoever reads a .env file.
var plain = lazyregexp.New(`^[A-Za-z0-9_./:@%+,=-]+$`)

// Quote returns value as it is written in a .env file: without quotes if it may, or else in single quotes, for other
// readers expand $ in double ones. Only a carriage return needs those.
func Quote(value string) string {
	switch {
	case plain.MatchString(value):
		return value
	case strings.Contains(value, "\r"):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "\r", `\r`, "\n", `\n`).Replace(value) + `"`
	}
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
}

// checkVariables says which variables cannot be written.
func checkVariables(values map[string]string) error {
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if match := assignment.FindString(name + "="); match != name+"=" {
			problems = append(problems, fmt.Errorf("%q cannot be the name of a variable; use letters, digits and underscores", name))
		}
		if value := values[name]; !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
			problems = append(problems, fmt.Errorf("the value of %s is no text in UTF-8", name))
		}
	}
	return errors.Join(problems...)
}
