package rule

import (
	"math"
	"strconv"
	"strings"
)

// A Description is what can be said of one variable of a rule.
type Description struct {
	Name      string
	Text      string      // as it stands in the rule, in braces
	Converter string      // its name; "" for a regular expression that is written in the rule
	Pattern   string      // the regular expression of a whole value, without anchors
	Limits    [][2]string // min, max, minlength and maxlength with their values
	Words     []string    // the only values there are; nil for any number of them
	Slashes   bool        // values may have slashes
}

// Describe tells of the variables of the rule, in the order in which they are written.
func (r *Rule) Describe() []Description {
	var all []Description
	for _, p := range r.parts {
		if p.variable != nil {
			all = append(all, p.variable.describe())
		}
	}
	return all
}

func (v *variable) describe() Description {
	d := Description{Name: v.name, Text: v.written, Pattern: v.pattern, Slashes: v.slashes}
	if name, _, _ := strings.Cut(strings.Trim(v.shape, "{}"), "("); identifier(name) {
		d.Converter = name
	}
	switch conv := v.conv.(type) {
	case *intConverter:
		d.Limits = conv.bounds()
	case *floatConverter:
		d.Limits = conv.bounds()
	case stringConverter:
		d.Limits = conv.bounds()
	case anyConverter:
		d.Words = append(d.Words, conv.words...)
	}
	return d
}

// bounds returns the limits that a reader wants to know of: not those of the type.
func (c *intConverter) bounds() (limits [][2]string) {
	least := c.min
	if !c.signed {
		least = max(least, 0)
	}
	if least != math.MinInt {
		limits = append(limits, [2]string{"min", strconv.Itoa(least)})
	}
	if c.max != math.MaxInt {
		limits = append(limits, [2]string{"max", strconv.Itoa(c.max)})
	}
	return limits
}

func (c *floatConverter) bounds() (limits [][2]string) {
	least := c.min
	if !c.signed {
		least = max(least, 0)
	}
	if !math.IsInf(least, 0) {
		limits = append(limits, [2]string{"min", number(least)})
	}
	if !math.IsInf(c.max, 0) {
		limits = append(limits, [2]string{"max", number(c.max)})
	}
	return limits
}

func number(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

func (c stringConverter) bounds() (limits [][2]string) {
	limits = append(limits, [2]string{"minlength", strconv.Itoa(c.min)})
	if c.max > 0 {
		limits = append(limits, [2]string{"maxlength", strconv.Itoa(c.max)})
	}
	return limits
}
