package rule

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// errNoMatch is what the built-in converters' Parse returns; it is never shown.
var errNoMatch = errors.New("no match")

// plainString is the converter of a variable without one.
var plainString = stringConverter{min: 1}

// maxRepeat is the largest count that a regular expression may have.
const maxRepeat = 1000

// stringConverter matches one segment of min to max characters.
type stringConverter struct{ min, max int } // max 0: without end

// newString makes the converter string(minlength, maxlength, length).
func newString(args Args) (Converter, error) {
	opts, err := args.options("minlength", "maxlength", "length")
	if err != nil {
		return nil, err
	}
	c := stringConverter{min: opts.int("minlength", 1), max: opts.int("maxlength", 0)}
	if length := opts.int("length", 0); opts.has("length") {
		if opts.has("minlength") || opts.has("maxlength") {
			return nil, errors.New("has length beside minlength or maxlength; keep one of the two ways")
		}
		c.min, c.max = length, length
	}
	switch {
	case opts.err != nil:
		return nil, opts.err
	case c.min < 1:
		return nil, errors.New("matches one character at least; write a length of 1 or more")
	case opts.has("maxlength") && c.max < c.min:
		return nil, fmt.Errorf("has maxlength=%d below minlength=%d; write the larger one as maxlength", c.max, c.min)
	}
	return c, nil
}

func (c stringConverter) Pattern() string {
	switch {
	case c.min > maxRepeat || c.max > maxRepeat || c == plainString:
		return `[^/]+` // Parse counts
	case c.min == c.max:
		return fmt.Sprintf(`[^/]{%d}`, c.min)
	case c.max == 0:
		return fmt.Sprintf(`[^/]{%d,}`, c.min)
	}
	return fmt.Sprintf(`[^/]{%d,%d}`, c.min, c.max)
}

func (c stringConverter) Parse(text string) (any, error) {
	if !c.fits(text) {
		return nil, errNoMatch
	}
	return text, nil
}

func (c stringConverter) fits(text string) bool {
	if text == "" || strings.IndexByte(text, '/') >= 0 {
		return false
	}
	if c == plainString {
		return true
	}
	if len(text)/utf8.UTFMax >= c.min && c.max == 0 || c.max > 0 && len(text)/utf8.UTFMax > c.max {
		return c.max == 0 // a long one need not be counted
	}
	n := utf8.RuneCountInString(text)
	return n >= c.min && (c.max == 0 || n <= c.max)
}

func (c stringConverter) Format(value any) (string, error) { return formatText(value) }

// pathConverter matches one segment or more. As in Flask a path does not begin with a slash and has no line break.
type pathConverter struct{}

func (pathConverter) Weight() int     { return 200 }
func (pathConverter) Slashes() bool   { return true }
func (pathConverter) Pattern() string { return `[^/].*?` }

func (pathConverter) Parse(text string) (any, error) {
	if !(pathConverter{}).fits(text) {
		return nil, errNoMatch
	}
	return text, nil
}

func (pathConverter) fits(text string) bool {
	return text != "" && text[0] != '/' && strings.IndexByte(text[1:], '\n') < 0
}

func (pathConverter) Format(value any) (string, error) { return formatText(value) }

// anyConverter matches one of its words.
type anyConverter struct{ words []string }

// newAny makes the converter any(word, ...).
func newAny(args Args) (Converter, error) {
	if len(args) == 0 {
		return nil, errors.New(`needs the words that it matches; write any(one,"or more")`)
	}
	var c anyConverter
	for _, a := range args {
		if a.Name != "" {
			return nil, fmt.Errorf("has no argument %q; write the words alone, as in any(one,two)", a.Name)
		}
		if a.Text == "" || strings.Contains(a.Text, "/") {
			return nil, fmt.Errorf("has the word %q; write words that are not empty and have no slash", a.Text)
		}
		c.words = append(c.words, a.Text)
	}
	return c, nil
}

func (c anyConverter) Pattern() string {
	quoted := make([]string, len(c.words))
	for i, w := range c.words {
		quoted[i] = regexp.QuoteMeta(w)
	}
	return strings.Join(quoted, "|")
}

func (c anyConverter) Parse(text string) (any, error) {
	if !c.fits(text) {
		return nil, errNoMatch
	}
	return text, nil
}

func (c anyConverter) fits(text string) bool { return slices.Contains(c.words, text) }

func (c anyConverter) Format(value any) (string, error) {
	text, err := formatText(value)
	if err != nil {
		return "", err
	}
	if !slices.Contains(c.words, text) {
		return "", fmt.Errorf("the value is not one of %s", quoteAll(c.words))
	}
	return text, nil
}

// quoteAll lists words in quotes.
func quoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	return strings.Join(quoted, ", ")
}
