package openapi

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"
)

// ecma writes a regular expression of Go, which a whole text must match, as JavaScript reads it with the flag u: so JSON Schema has patterns. What Go
// reads and JavaScript does not, such as (?i), becomes what means the same. It is not ok for what is no regular expression.
func ecma(pattern string) (text string, ok bool) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", false
	}
	var b strings.Builder
	b.WriteByte('^')
	if parsed.Op == syntax.OpAlternate {
		b.WriteString("(?:")
		writeECMA(&b, parsed)
		b.WriteByte(')')
	} else {
		writeECMA(&b, parsed)
	}
	b.WriteByte('$')
	return b.String(), true
}

func writeECMA(b *strings.Builder, re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			writeLiteral(b, r, re.Flags&syntax.FoldCase != 0)
		}
	case syntax.OpCharClass:
		writeClass(b, re.Rune)
	case syntax.OpAnyCharNotNL:
		b.WriteString(`[^\n]`)
	case syntax.OpAnyChar:
		b.WriteString(`[\s\S]`)
	case syntax.OpNoMatch:
		b.WriteString(`[]`)
	case syntax.OpEmptyMatch:
		b.WriteString(`(?:)`)
	case syntax.OpBeginText:
		b.WriteByte('^')
	case syntax.OpEndText:
		b.WriteByte('$')
	case syntax.OpBeginLine:
		b.WriteString(`(?<![^\n])`)
	case syntax.OpEndLine:
		b.WriteString(`(?![^\n])`)
	case syntax.OpWordBoundary:
		b.WriteString(`\b`)
	case syntax.OpNoWordBoundary:
		b.WriteString(`\B`)
	case syntax.OpCapture:
		writeGroup(b, re.Sub[0], "(")
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		writeRepeat(b, re)
	case syntax.OpConcat:
		for _, part := range re.Sub {
			if part.Op == syntax.OpAlternate {
				writeGroup(b, part, "(?:")
			} else {
				writeECMA(b, part)
			}
		}
	case syntax.OpAlternate:
		for i, part := range re.Sub {
			if i > 0 {
				b.WriteByte('|')
			}
			writeECMA(b, part)
		}
	}
}

func writeGroup(b *strings.Builder, re *syntax.Regexp, open string) {
	b.WriteString(open)
	writeECMA(b, re)
	b.WriteByte(')')
}

// writeRepeat writes what is repeated, in a group unless it is one character, and how often.
func writeRepeat(b *strings.Builder, re *syntax.Regexp) {
	switch sub := re.Sub[0]; sub.Op {
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpCapture:
		writeECMA(b, sub)
	case syntax.OpLiteral:
		if len(sub.Rune) == 1 {
			writeECMA(b, sub)
			break
		}
		writeGroup(b, sub, "(?:")
	default:
		writeGroup(b, sub, "(?:")
	}
	switch {
	case re.Op == syntax.OpStar:
		b.WriteByte('*')
	case re.Op == syntax.OpPlus:
		b.WriteByte('+')
	case re.Op == syntax.OpQuest:
		b.WriteByte('?')
	case re.Max == re.Min:
		fmt.Fprintf(b, "{%d}", re.Min)
	case re.Max < 0:
		fmt.Fprintf(b, "{%d,}", re.Min)
	default:
		fmt.Fprintf(b, "{%d,%d}", re.Min, re.Max)
	}
	if re.Flags&syntax.NonGreedy != 0 {
		b.WriteByte('?')
	}
}

func writeLiteral(b *strings.Builder, r rune, fold bool) {
	if !fold || unicode.SimpleFold(r) == r {
		writeRune(b, r, `\^$.*+?()[]{}|/`)
		return
	}
	b.WriteByte('[')
	writeRune(b, r, `\^]-`)
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		writeRune(b, other, `\^]-`)
	}
	b.WriteByte(']')
}

// writeClass writes a class, by what is not in it if that is shorter.
func writeClass(b *strings.Builder, ranges []rune) {
	if len(ranges) == 0 {
		b.WriteString(`[]`)
		return
	}
	b.WriteByte('[')
	if ranges[0] == 0 && ranges[len(ranges)-1] == unicode.MaxRune && len(ranges) > 2 {
		b.WriteByte('^')
		for i := 1; i < len(ranges)-1; i += 2 {
			writeRange(b, ranges[i]+1, ranges[i+1]-1)
		}
	} else {
		for i := 0; i < len(ranges); i += 2 {
			writeRange(b, ranges[i], ranges[i+1])
		}
	}
	b.WriteByte(']')
}

func writeRange(b *strings.Builder, low, high rune) {
	writeRune(b, low, `\^[]-`)
	if high > low {
		if high > low+1 {
			b.WriteByte('-')
		}
		writeRune(b, high, `\^[]-`)
	}
}

// writeRune writes a character, with a backslash if it is one of special, as a number if it does not show.
func writeRune(b *strings.Builder, r rune, special string) {
	switch {
	case strings.ContainsRune(special, r):
		b.WriteByte('\\')
		b.WriteRune(r)
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case r < ' ' || r == 0x7F || !unicode.IsPrint(r):
		fmt.Fprintf(b, `\u{%X}`, r)
	default:
		b.WriteRune(r)
	}
}
