package router

import (
	"slices"

	"github.com/dewar-go/dewar/internal/rule"
)

// manyWays is how many ways are tried one after the other.
const manyWays = 8

// affixes finds those of many ways whose text before their first variable and after their last one a path has.
type affixes struct {
	lengths []affixLengths // each once
	ways    map[affix][]int
}

// affixLengths are how long the texts of some ways are, and whether these take slashes.
type affixLengths struct {
	before, after int
	slashes       bool
}

type affix struct {
	before, after string
	slashes       bool
}

// newAffixes returns the affixes of ways, nil for few.
func newAffixes(ways []way) *affixes {
	if len(ways) <= manyWays {
		return nil
	}
	a := &affixes{ways: map[affix][]int{}}
	for i, w := range ways {
		before, after := w.segment.Affixes()
		lengths := affixLengths{len(before), len(after), w.segment.Slashes()}
		if !slices.Contains(a.lengths, lengths) {
			a.lengths = append(a.lengths, lengths)
		}
		key := affix{before, after, lengths.slashes}
		a.ways[key] = append(a.ways[key], i)
	}
	return a
}

// next returns the first way after i that comes into question for path, whose next segment is at; -1 if there is none.
func (a *affixes) next(i int, path string, at rule.Span) int {
	first := -1
	for _, n := range a.lengths {
		text := path[at.Start:at.End]
		if n.slashes {
			text = path[at.Start:]
		}
		if len(text) <= n.before+n.after {
			continue
		}
		list := a.ways[affix{text[:n.before], text[len(text)-n.after:], n.slashes}]
		if k, _ := slices.BinarySearch(list, i+1); k < len(list) && (first < 0 || list[k] < first) {
			first = list[k]
		}
	}
	return first
}
