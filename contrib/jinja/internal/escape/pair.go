package escape

import (
	"cmp"
	"html"
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A pair is an attribute as markup has it.
type pair struct {
	text  string // all of it
	name  string
	value string // as it means
	has   bool   // it has a value
}

// nextPair cuts an attribute off text.
func nextPair(text string) (p pair, rest string) {
	i := 0
	for i < len(text) && text[i] != '=' && text[i] != '>' && text[i] != '/' && !space(text[i]) {
		i++
	}
	i = max(i, 1)
	p.name = text[:i]
	j := i
	for j < len(text) && space(text[j]) {
		j++
	}
	if j == len(text) || text[j] != '=' {
		p.text = p.name
		return p, text[i:]
	}
	p.has = true
	j++
	for j < len(text) && space(text[j]) {
		j++
	}
	n := valueLength(text[j:])
	p.text = text[:j+n]
	p.value = html.UnescapeString(strings.Trim(text[j:j+n], `"'`))
	return p, text[j+n:]
}

// valueLength returns how long the value is that text begins with.
func valueLength(text string) int {
	if text == "" {
		return 0
	}
	if q := text[0]; q == '"' || q == '\'' {
		if n := strings.IndexByte(text[1:], q); n >= 0 {
			return n + 2
		}
		return len(text)
	}
	if n := valueEnd(text, 0); n >= 0 {
		return n
	}
	return len(text)
}

// bare returns the value without the blanks before it.
func (p pair) bare() string {
	return strings.TrimLeft(p.text[strings.IndexByte(p.text, '=')+1:], " \n\t\r\f")
}

// quoted reports whether the attribute's value stands between quotes, with nothing that could end its tag.
func (p pair) quoted() bool {
	v := p.bare()
	return len(v) >= 2 && (v[0] == '"' || v[0] == '\'') && v[len(v)-1] == v[0]
}

// appendAttributes appends attributes in a tag. Those that xmlattr has made are escaped for what their names
// mean; of markup that was made for text none is
// taken that may run anything, and none without quotes unless the names are the template's.
func (s *State) appendAttributes(b []byte, m value.Markup) []byte {
	text := cmp.Or(m.Tag, m.Text)
	if s.place == inTagName {
		s.nameTag()
	}
	apart := s.place == inTag && len(b) > 0 && space(b[len(b)-1])
	if s.place == inName {
		s.endName()
	}
	if text != "" && space(text[0]) {
		b, apart = append(b, text[0]), true
	}
	for {
		text = strings.TrimLeft(text, " \n\t\r\f")
		if text == "" {
			return b
		}
		var p pair
		p, text = nextPair(text)
		n := len(b)
		b = s.appendPair(b, p, m, apart)
		apart = apart && len(b) == n
	}
}

// appendPair appends an attribute, if it may stand in the tag.
func (s *State) appendPair(b []byte, p pair, m value.Markup, apart bool) []byte {
	if !properName(p.name) {
		return b
	}
	after := *s
	if after.place == inValue {
		after.endValue() // of the attribute before, which has no quotes
	}
	after.beginName()
	for i := range len(p.name) {
		after.name(p.name[i])
	}
	after.endName()
	made, bare := m.Language == value.Attributes, p.has && !p.quoted()
	if !made && !p.mayCome(after) || bare && !(m.Tag != "" && bareValue(p.bare())) {
		return b
	}
	if !apart {
		b = append(b, ' ')
	}
	if made && p.has && after.attr.code() {
		return s.appendCode(b, p, after)
	}
	*s = after
	if !p.has {
		return append(b, p.name...)
	}
	s.place = inBeforeValue
	s.beginValue('"')
	blocked := s.outer == noOuter && s.language() == inURL && (s.url == urlStart && !s.harmlessURL(p.value) || s.url >= metaStart && !s.harmlessMeta(p.value))
	*s = after
	if bare && !blocked {
		return s.appendBarePair(b, p)
	}
	s.endValue()
	s.script = after.script // a type that is not looked at makes no template of a script
	if blocked {
		b = append(b, p.name...)
		return append(b, `="`+blockedURL+`"`...)
	}
	return append(b, p.text...)
}

// appendBarePair appends an attribute without quotes behind whose name s is. What the template has behind it goes on with the value.
func (s *State) appendBarePair(b []byte, p pair) []byte {
	after, text := *s, "="+p.bare()
	if err := after.text(text); err != nil {
		return b
	}
	*s = after
	return append(append(b, p.name...), text...)
}

// appendCode appends an attribute of xmlattr's that is code, or a page, as name="{{ value }}" would be.
func (s *State) appendCode(b []byte, p pair, after State) []byte {
	from := len(b)
	b = append(append(b, p.name...), `="`...)
	after.place = inBeforeValue
	after.beginValue('"')
	b = append(after.append(b, p.value), '"')
	if err := after.text(`"`); err != nil {
		return b[:from]
	}
	*s = after
	return b
}

// mayCome reports whether markup that was made for text may have such an attribute where it lands in a tag, as after has it. Its quotes are the template's,
// since those of values are escaped; so are names with quotes behind them. What runs as a script may not come, since values in it were escaped for text.
func (p pair) mayCome(after State) bool {
	switch after.attr {
	case plainAttr, urlAttr, imageAttr, maybeURL, urlList:
		return true
	case linkedAttr:
		return p.has
	case styleAttr:
		after.beginValue('"')
		return p.has && after.harmlessCSS(p.value)
	}
	return false
}

// properName reports whether text is a name as people give them to attributes.
func properName(text string) bool {
	for i := range len(text) {
		if c := text[i]; !letter(c) && !digit(c) && strings.IndexByte("-_.:@", c) < 0 {
			return false
		}
	}
	return text != ""
}
