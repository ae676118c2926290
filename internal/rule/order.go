package rule

import (
	"cmp"
	"slices"
	"strings"
)

// weight is what decides about the priority of a segment.
type weight struct {
	static    bool
	texts     []int // the lengths of the pieces of static text
	variables []int // the weights of the variables
	rest      bool  // takes slashes
	plain     int   // how many variables match any text
	textFirst bool  // begins with text
	parts     int
}

// Compare returns a negative number if a goes before b, a positive one if after it, and 0 if they have the same shape.
// The order is total.
//
// Rules are compared segment by segment, as in Flask: static text goes before variables; a segment with more and longer
// pieces of text beside its variables goes first, then the one with more variables, then the one whose converters weigh
// less (int and float 50, path 200, others 100). Where Flask leaves it to the order of registration, one segment goes
// before a path, a converter that refuses something before one that takes any text, one with arguments before the same
// one without, and what still ties is ordered by its text.
func Compare(a, b *Rule) int {
	return slices.CompareFunc(a.segments, b.segments, compareSegments)
}

func compareSegments(a, b Segment) int {
	if a.weight.static != b.weight.static {
		return before(a.weight.static, b.weight.static)
	}
	// "(" sorts before "}", so {int(min=1)} before {int}.
	return cmp.Or(compareWeights(a.weight, b.weight), strings.Compare(a.Shape, b.Shape))
}

func compareWeights(a, b weight) int {
	if a.static {
		return 0
	}
	return cmp.Or(
		cmp.Compare(len(b.texts), len(a.texts)),
		slices.Compare(b.texts, a.texts),
		cmp.Compare(len(b.variables), len(a.variables)),
		slices.Compare(a.variables, b.variables),
		before(b.rest, a.rest),
		cmp.Compare(a.plain, b.plain),
		before(a.textFirst, b.textFirst),
		cmp.Compare(b.parts, a.parts),
	)
}

// before orders the one that has something before the one that has not.
func before(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
