package rule

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// intConverter matches decimal digits, with a minus sign before them if it is signed.
type intConverter struct {
	digits   int // 0: any number of them; a sign counts as one, as in Flask
	min, max int
	signed   bool
}

// newInt makes the converter int(fixed_digits, min, max, signed).
func newInt(args Args) (Converter, error) {
	opts, err := args.options("fixed_digits", "min", "max", "signed")
	if err != nil {
		return nil, err
	}
	c := &intConverter{
		digits: opts.int("fixed_digits", 0),
		min:    opts.int("min", math.MinInt),
		max:    opts.int("max", math.MaxInt),
		signed: opts.bool("signed"),
	}
	switch {
	case opts.err != nil:
		return nil, opts.err
	case opts.has("fixed_digits") && (c.digits < 1 || c.digits > 100):
		return nil, fmt.Errorf("has fixed_digits=%d; write a number from 1 to 100", c.digits)
	case c.min > c.max:
		return nil, fmt.Errorf("has min=%d above max=%d; write the larger one as max", c.min, c.max)
	case !c.signed && (c.max < 0 || opts.has("min") && c.min < 0):
		return nil, errors.New("has a negative limit but takes no sign; add the argument signed")
	}
	return c, nil
}

func (*intConverter) Weight() int { return 50 }

func (c *intConverter) Pattern() string {
	switch {
	case c.digits == 0 && c.signed:
		return `-?[0-9]+`
	case c.digits == 0:
		return `[0-9]+`
	case c.digits > 1 && c.signed:
		return fmt.Sprintf(`[0-9]{%d}|-[0-9]{%d}`, c.digits, c.digits-1)
	}
	return fmt.Sprintf(`[0-9]{%d}`, c.digits)
}

func (c *intConverter) Parse(text string) (any, error) {
	n, ok := c.number(text)
	if !ok {
		return nil, errNoMatch
	}
	return n, nil
}

func (c *intConverter) fits(text string) bool {
	_, ok := c.number(text)
	return ok
}

// number returns the number that is written in text.
func (c *intConverter) number(text string) (n int, ok bool) {
	switch {
	case text == "" || c.digits > 0 && len(text) != c.digits:
		return 0, false
	case text[0] == '-' || len(text) > sureDigits:
		n, ok = c.longNumber(text)
	default:
		n, ok = shortNumber(text)
	}
	return n, ok && c.min <= n && n <= c.max
}

// sureDigits is how many digits an int has room for, whatever they are.
const sureDigits = 9 * strconv.IntSize / 32

// shortNumber returns the number of not more digits than that.
func shortNumber(text string) (n int, ok bool) {
	for i := range len(text) {
		digit := text[i] - '0'
		if digit > 9 {
			return 0, false
		}
		n = 10*n + int(digit)
	}
	return n, true
}

// longNumber returns any number, with a sign where one may be.
func (c *intConverter) longNumber(text string) (int, bool) {
	if !digits(unsigned(text, c.signed)) {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

func (c *intConverter) Format(value any) (string, error) {
	n, err := formatInt(value)
	if err != nil {
		return "", err
	}
	if n < c.min || n > c.max || n < 0 && !c.signed {
		return "", fmt.Errorf("the value is out of range; %s", c.limits())
	}
	text := strconv.Itoa(n)
	if missing := c.digits - len(text); missing > 0 {
		sign := len(text) - len(unsigned(text, true))
		text = text[:sign] + strings.Repeat("0", missing) + text[sign:]
	}
	return text, nil
}

// limits says which values are in range.
func (c *intConverter) limits() string {
	low := c.min
	if !c.signed {
		low = max(low, 0)
	}
	return fmt.Sprintf("give %d to %d", low, c.max)
}

// floatConverter matches digits, a point and digits, with a minus sign before them if it is signed.
type floatConverter struct {
	min, max float64
	signed   bool
}

// newFloat makes the converter float(min, max, signed).
func newFloat(args Args) (Converter, error) {
	opts, err := args.options("min", "max", "signed")
	if err != nil {
		return nil, err
	}
	c := &floatConverter{
		min:    opts.float("min", math.Inf(-1)),
		max:    opts.float("max", math.Inf(1)),
		signed: opts.bool("signed"),
	}
	switch {
	case opts.err != nil:
		return nil, opts.err
	case c.min > c.max:
		return nil, fmt.Errorf("has min=%v above max=%v; write the larger one as max", c.min, c.max)
	case !c.signed && (c.max < 0 || opts.has("min") && c.min < 0):
		return nil, errors.New("has a negative limit but takes no sign; add the argument signed")
	}
	return c, nil
}

func (*floatConverter) Weight() int { return 50 }

func (c *floatConverter) Pattern() string {
	if c.signed {
		return `-?[0-9]+\.[0-9]+`
	}
	return `[0-9]+\.[0-9]+`
}

func (c *floatConverter) Parse(text string) (any, error) {
	f, ok := c.number(text)
	if !ok {
		return nil, errNoMatch
	}
	return f, nil
}

func (c *floatConverter) fits(text string) bool {
	_, ok := c.number(text)
	return ok
}

// number returns the number that is written in text.
func (c *floatConverter) number(text string) (float64, bool) {
	whole, fraction, _ := strings.Cut(unsigned(text, c.signed), ".")
	if !digits(whole) || !digits(fraction) {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil && f >= c.min && f <= c.max
}

func (c *floatConverter) Format(value any) (string, error) {
	text, err := formatFloat(value)
	if err != nil {
		return "", err
	}
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text, nil
}

// unsigned returns text without its minus sign if it may have one.
func unsigned(text string, signed bool) string {
	if signed {
		return strings.TrimPrefix(text, "-")
	}
	return text
}

// digits reports whether text is one ASCII digit or more and nothing else.
func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}
