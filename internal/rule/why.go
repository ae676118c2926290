package rule

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar/internal/suggest"
)

// Mismatch says why a rule does not match a path.
type Mismatch struct {
	Reason   string // one sentence
	Distance int    // how far the path is from the rule; the least is the nearest
}

// How far a path is from a rule by what differs.
const (
	nearText    = 1 // a slip of the pen
	otherSlash  = 1
	otherValue  = 2 // that a converter refuses
	missingPart = 3 // for each segment
	otherText   = 4
	impossible  = 100
	shownOfPath = 40 // bytes of a segment that are quoted
)

// Why says why r does not match path, which is decoded. The text of variables whose names are private is not quoted. For a
// path that r matches the Reason is empty.
func (r *Rule) Why(path string, private []string) Mismatch {
	if !strings.HasPrefix(path, "/") {
		return Mismatch{"the path does not begin with a slash", impossible}
	}
	if _, ok := r.Match(path, nil); ok {
		return Mismatch{}
	}
	var found Mismatch
	note := func(distance int, reason string) {
		found.Distance += distance
		if found.Reason == "" {
			found.Reason = reason
		}
	}
	asked, written := strings.Split(path[1:], "/"), r.written()
	begun := false // the rule has a text of the path
	for i, s := range r.segments {
		if i >= len(asked) {
			break
		}
		text := asked[i]
		if s.weight.rest {
			text, asked = strings.Join(asked[i:], "/"), asked[:i+1]
		}
		if s.Kind == Text && s.Shape != "" && text == s.Shape {
			begun = true
		}
		s.refusal(text, written[i], private, note)
	}
	if n := size(asked) - size(written); n != 0 {
		distance := missingPart * max(n, -n)
		if n < 0 && begun { // the path is the beginning of the rule
			distance--
		}
		note(distance, fmt.Sprintf("the path has %s, the rule %d", segments(size(asked)), size(written)))
	} else if found.Reason == "" {
		note(otherSlash, slashReason(r.Branch()))
	}
	return found
}

// refusal notes how s differs from text, a segment of a path.
func (s *Segment) refusal(text, written string, private []string, note func(int, string)) {
	_, fits := s.match(text, Span{0, len(text)}, nil)
	isPrivate := slices.ContainsFunc(s.variables, func(v *variable) bool { return slices.Contains(private, v.name) })
	switch {
	case s.Kind == Text && (fits || text == "" || s.Shape == ""): // an empty one is counted
	case s.Kind == Text && suggest.Nearest(text, []string{s.Shape}) != "":
		note(nearText, fmt.Sprintf("%s is not %q", quoted(text), s.Shape))
	case s.Kind == Text:
		note(otherText, fmt.Sprintf("%s is not %q", quoted(text), s.Shape))
	case text == "":
		note(0, "nothing stands for "+written) // it is counted
	case fits && (s.Kind == Mixed || s.parses(text)): // the variables of a Mixed are asked only together
	case isPrivate:
		note(otherValue, written+" does not take that text")
	default:
		note(otherValue, fmt.Sprintf("%s does not take %s", written, quoted(text)))
	}
}

// parses reports whether the one variable of s takes text.
func (s *Segment) parses(text string) bool {
	_, ok := s.variables[0].parse(text)
	return ok
}

// written returns the text of each segment as it stands in the rule.
func (r *Rule) written() []string {
	var all []string
	for _, parts := range split(r.parts) {
		text := ""
		for _, p := range parts {
			if p.variable != nil {
				text += p.variable.written
			}
			text += p.text
		}
		all = append(all, text)
	}
	return all
}

// size counts segments without the empty one behind a slash at the end.
func size(segments []string) int {
	if n := len(segments) - 1; segments[n] == "" {
		return n
	}
	return len(segments)
}

func segments(n int) string {
	if n == 1 {
		return "1 segment"
	}
	return fmt.Sprintf("%d segments", n)
}

func slashReason(branch bool) string {
	if branch {
		return "the rule ends in a slash, the path does not"
	}
	return "the path ends in a slash, the rule does not"
}

// quoted quotes the beginning of text.
func quoted(text string) string {
	if len(text) <= shownOfPath {
		return fmt.Sprintf("%q", text)
	}
	cut := shownOfPath
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return fmt.Sprintf("%q...", text[:cut])
}

// Precedence says why a comes before b in the order of [Compare], and "" if it does not.
func Precedence(a, b *Rule) string {
	if Compare(a, b) >= 0 {
		return ""
	}
	first, second := a.written(), b.written()
	for i := range min(len(a.segments), len(b.segments)) {
		if compareSegments(a.segments[i], b.segments[i]) != 0 {
			return precedence(a.segments[i].weight, b.segments[i].weight, first[i], second[i])
		}
	}
	return fmt.Sprintf("%q comes before %q", a.text, b.text)
}

func precedence(a, b weight, first, second string) string {
	switch {
	case a.static && !b.static:
		return fmt.Sprintf("text comes before a variable: %q before %s", first, second)
	case b.rest && !a.rest:
		return fmt.Sprintf("one segment comes before many: %s before %s", first, second)
	case len(a.texts) > 0 && slices.Compare(a.texts, b.texts) != 0:
		return fmt.Sprintf("more text beside a variable comes first: %s before %s", first, second)
	}
	return fmt.Sprintf("what takes less comes first: %s before %s", first, second)
}
