package filters_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// A dice makes values by chance, the same in each run.
type dice struct{ *rand.Rand }

func newDice(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 13))} }

func (d dice) pick(texts ...string) string { return texts[d.IntN(len(texts))] }

// text is so many of the pieces, one after the other.
func (d dice) text(n int, pieces ...string) string {
	var b strings.Builder
	for range d.IntN(n) + 1 {
		b.WriteString(d.pick(pieces...))
	}
	return b.String()
}

func (d dice) number() coded {
	n := strconv.Itoa(d.IntN(2000) - 1000)
	switch d.IntN(4) {
	case 0:
		return real(strconv.FormatFloat(d.NormFloat64()*1000, 'g', -1, 64))
	case 1:
		return real(strconv.FormatFloat(float64(d.IntN(100000)-50000)/float64(d.IntN(3)*100+8), 'g', -1, 64))
	case 2:
		return num(n + strings.Repeat("5", d.IntN(30)))
	}
	return num(n)
}

// value is a value with others in it, down to a depth.
func (d dice) value(depth int) coded {
	if depth > 0 {
		var items []coded
		for range d.IntN(6) {
			items = append(items, d.value(depth-1))
		}
		switch d.IntN(4) {
		case 0:
			return list(items...)
		case 1:
			return tuple(items...)
		case 2:
			return d.dict(items)
		}
	}
	switch d.IntN(7) {
	case 0:
		return none
	case 1:
		return yes(d.IntN(2) == 0)
	case 2, 3:
		return d.number()
	case 4:
		return markup(d.text(4, "<b>", "&amp;", "safe text ", "'"))
	}
	return str(d.text(12, "word ", "é", "longer words here, ", "'", `"`, "\\", "\n", "\t", "<a&b>", "  ", "日本語", "😀", "\x01", "x", "\u2028", "\u00a0"))
}

func (d dice) dict(items []coded) coded {
	var pairs [][2]coded
	for i, item := range items {
		key := str(d.text(3, "key", "K", "ä", "<", "'") + strconv.Itoa(i))
		pairs = append(pairs, [2]coded{key, item})
	}
	return dict(pairs...)
}

// jobs calls a filter n times with and without autoescaping.
func jobs(n int, name string, args func() ([]coded, named)) []job {
	var all []job
	for i := range n {
		positional, byName := args()
		if byName == nil {
			byName = named{}
		}
		all = append(all, job{Kind: "filter", Name: name, Args: positional, Named: byName, Autoescape: i%2 == 0, Undefined: "default"})
	}
	return all
}
