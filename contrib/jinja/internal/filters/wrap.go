package filters

import (
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A wrapper breaks lines as Python's textwrap does with Jinja's settings. Widths are in characters.
type wrapper struct {
	width      int
	breakWords bool // a word that is longer than a line is cut
	hyphens    bool // words may end behind a hyphen
}

// wordwrap breaks each line of a text.
func wordwrap(rt *value.Runtime, args []any) (any, error) {
	s, err := asText(args[0])
	if err != nil {
		return nil, err
	}
	between, err := wrapString(rt, args[3])
	if err != nil {
		return nil, err
	}
	words, hyphens, err := truths(args[2], args[4])
	if err != nil {
		return nil, err
	}
	if err := rt.Spend(4 * len(s)); err != nil {
		return nil, err
	}
	paragraphs := value.SplitLines(s, false)
	if len(paragraphs) == 0 {
		return joinParts(rt, nil, between)
	}
	width, err := asInt(args[1])
	if err != nil {
		return nil, err
	}
	if width <= 0 {
		return nil, fail("ValueError", "invalid width %d (must be > 0)", width)
	}
	w := wrapper{width, words, hyphens}
	// Each paragraph becomes text by itself first: a safe wrapstring escapes the lines, and finds the paragraphs escaped.
	var parts []part
	for _, paragraph := range paragraphs {
		lines := w.wrap([]rune(paragraph))
		if len(lines) == 0 {
			lines = []string{""}
		}
		if err := rt.Spend(len(lines) * (1 + len(between.text))); err != nil {
			return nil, err
		}
		for _, line := range lines {
			parts = append(parts, part{text: line})
		}
	}
	return joinParts(rt, parts, between)
}

func joinParts(rt *value.Runtime, parts []part, between part) (any, error) {
	if between.safe {
		return joinSafe(rt, parts, between)
	}
	return joinPlain(parts, between.text), nil
}

func wrapString(rt *value.Runtime, v any) (part, error) {
	if value.IsNone(v) {
		return part{text: newline(rt)}, nil
	}
	if _, err := asText(v); err != nil {
		return part{}, err
	}
	return newPart(rt, v)
}

func newline(rt *value.Runtime) string {
	if rt.Policies.NewlineSequence != "" {
		return rt.Policies.NewlineSequence
	}
	return "\n"
}

// A chunk is a part of a line that is not broken: white space, or a word.
type chunk []rune

func (c chunk) blank() bool {
	for _, r := range c {
		if !isSpace(r) {
			return false
		}
	}
	return true
}

// wrap breaks a paragraph into lines.
func (w wrapper) wrap(text []rune) []string {
	chunks := w.split(text)
	var lines []string
	for len(chunks) > 0 {
		if len(lines) > 0 && chunks[0].blank() {
			chunks = chunks[1:]
		}
		var line []chunk
		line, chunks = w.line(chunks)
		if len(line) > 0 && line[len(line)-1].blank() {
			line = line[:len(line)-1]
		}
		if len(line) > 0 {
			lines = append(lines, concat(line))
		}
	}
	return lines
}

// line takes the chunks that fit, and a piece of the next where that fits on no line.
func (w wrapper) line(chunks []chunk) (line, rest []chunk) {
	have := 0
	for len(chunks) > 0 && have+len(chunks[0]) <= w.width {
		have += len(chunks[0])
		line, chunks = append(line, chunks[0]), chunks[1:]
	}
	if len(chunks) == 0 || len(chunks[0]) <= w.width {
		return line, chunks
	}
	if w.breakWords {
		end := w.cut(chunks[0], w.width-have)
		line = append(line, chunks[0][:end])
		chunks[0] = chunks[0][end:]
		return line, chunks
	}
	if len(line) == 0 {
		return append(line, chunks[0]), chunks[1:]
	}
	return line, chunks
}

// cut is where a word that is too long is cut so that it fits in space: behind its last hyphen, if more than hyphens stand before that.
func (w wrapper) cut(word chunk, space int) int {
	if !w.hyphens {
		return space
	}
	for at := space - 1; at > 0; at-- {
		if word[at] != '-' {
			continue
		}
		for _, r := range word[:at] {
			if r != '-' {
				return at + 1
			}
		}
		break
	}
	return space
}

func concat(line []chunk) string {
	var b strings.Builder
	for _, c := range line {
		for _, r := range c {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// split cuts a paragraph into white space and words, and these behind hyphens and around dashes.
func (w wrapper) split(text []rune) []chunk {
	var chunks []chunk
	dashes := dashEnds(text)
	for start := 0; start < len(text); {
		end := start + 1
		switch {
		case isBreakable(text[start]):
			for end < len(text) && isBreakable(text[end]) {
				end++
			}
		case w.hyphens && start > 0 && isBeforeDash(text[start-1]) && dashes[start] > 0:
			end = dashes[start]
		default:
			for end < len(text) && !isBreakable(text[end]) {
				if w.hyphens && isHyphenation(text, end) {
					end++
					break
				}
				if w.hyphens && isBeforeDash(text[end-1]) && dashes[end] > 0 {
					break
				}
				end++
			}
		}
		chunks = append(chunks, text[start:end:end])
		start = end
	}
	return chunks
}

// dashEnds tells for each place where two or more hyphens begin, and a word follows, where that does; 0 for all others.
func dashEnds(text []rune) []int {
	ends := make([]int, len(text))
	end := len(text)
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] != '-' {
			end = i
			continue
		}
		if end-i >= 2 && end < len(text) && isWord(text[end]) {
			ends[i] = end
		}
	}
	return ends
}

// isBreakable tells the white space at which textwrap breaks, which is ASCII's.
func isBreakable(r rune) bool { return r == ' ' || '\t' <= r && r <= '\r' }

// isBeforeDash tells what a word ends with before a dash.
func isBeforeDash(r rune) bool { return isWord(r) || strings.ContainsRune(`!"'&.,?`, r) }

// isHyphenation tells whether the hyphen at i stands between parts of a word, of at least two letters each.
func isHyphenation(text []rune, i int) bool {
	letter := func(at int) bool { return at >= 0 && at < len(text) && isLetter(text[at]) }
	hyphen := func(at int) bool { return at >= 0 && at < len(text) && text[at] == '-' }
	return hyphen(i) &&
		letter(i-1) && (letter(i-2) || hyphen(i-2) && letter(i-3)) &&
		letter(i+1) && (letter(i+2) || hyphen(i+2) && letter(i+3))
}

// isLetter is what \w takes and \d does not.
func isLetter(r rune) bool { return isWord(r) && !isDigit(r) }
