package main

import (
	"fmt"
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// times are what a benchmark took in each round, in seconds: base, head, and base again.
type times struct{ first, head, second []float64 }

// folds is into how many rounds more of them are folded: as many as an interval of high confidence takes when one is astray.
const folds = 12

// folded returns the fastest of neighbouring rounds, in at most some more than folds. What disturbs a turn only makes it slower, and of
// a few turns one is undisturbed.
func (t times) folded() times {
	each := max(1, len(t.head)/folds)
	fold := func(all []float64) []float64 {
		var list []float64
		for some := range slices.Chunk(all, each) {
			list = append(list, slices.Min(some))
		}
		return list
	}
	return times{fold(t.first), fold(t.head), fold(t.second)}
}

// A verdict is what is known of a row.
type verdict string

const (
	even       verdict = "same"
	slower     verdict = "SLOWER"
	faster     verdict = "faster"
	cannotTell verdict = "cannot tell"
)

// An estimate is how a row's times compare.
type estimate struct {
	base, head float64 // seconds, the medians
	ratio      benchmath.Summary
	// limit is above what ratios count as slower: the far end of the noise, or what is the least that counts.
	limit float64
	noise float64 // the far end of what base differs from itself, as a factor
	verdict
}

// widest is the noise above which nothing can be told: a row that is a fifth slower would be lost in it.
const widest = 1.2

// judge compares them. It makes no assumption of how times are distributed: the interval is that of the median ratio, by the order of
// the rounds' ratios. least is the ratio from which on it matters, above 1.
func judge(t times, confidence, least float64) estimate {
	t = t.folded()
	var ratios, noise []float64
	for i, head := range t.head {
		ratios = append(ratios, head/math.Sqrt(t.first[i]*t.second[i]))
		noise = append(noise, t.second[i]/t.first[i])
	}
	itself := median(noise, confidence)
	e := estimate{
		base:  median(append(append([]float64{}, t.first...), t.second...), confidence).Center,
		head:  median(t.head, confidence).Center,
		ratio: median(ratios, confidence),
		noise: max(itself.Hi, 1/itself.Lo),
	}
	if !(itself.Lo > 0) { // too few rounds
		e.noise = math.Inf(1)
	}
	e.limit = max(least, e.noise)
	e.verdict = e.judged()
	return e
}

// judged says what follows. A row that is slower beyond a wide noise is slower all the same.
func (e estimate) judged() verdict {
	switch {
	case e.ratio.Lo > e.limit:
		return slower
	case e.limit > widest || e.ratio.Hi > e.limit:
		return cannotTell
	case e.ratio.Hi < 1/e.limit:
		return faster
	}
	return even
}

// String is the ratio with its interval.
func (e estimate) String() string {
	if math.IsInf(e.ratio.Lo, -1) || math.IsInf(e.ratio.Hi, 1) {
		return fmt.Sprintf("%.2f [?]", e.ratio.Center)
	}
	return fmt.Sprintf("%.2f [%.2f %.2f]", e.ratio.Center, e.ratio.Lo, e.ratio.Hi)
}

// spread is the noise.
func (e estimate) spread() string {
	if math.IsInf(e.noise, 1) {
		return "?"
	}
	return fmt.Sprintf("%.2f", e.noise)
}

// median returns the middle of figures and its interval of confidence, which is without end when there are too few.
func median(figures []float64, confidence float64) benchmath.Summary {
	return benchmath.AssumeNothing.Summary(sampleOf(figures), confidence)
}

func sampleOf(figures []float64) *benchmath.Sample {
	return benchmath.NewSample(append([]float64{}, figures...), &benchmath.DefaultThresholds)
}

// A growth is what each run has needed, in base and in head.
type growth struct{ base, head []result }

const (
	// smallest is the number of bytes in the smallest object that is allocated. What differs by less is the share of something that is
	// allocated once.
	smallest = 8
	// chance is how seldom it may be by chance that a row whose allocations differ from run to run needs more.
	chance = 0.001
)

// suspect reports whether the best run of head needs more than the best of base.
func (g growth) suspect() bool {
	return fewest(g.head, allocations) > fewest(g.base, allocations) || fewest(g.head, size) >= fewest(g.base, size)+smallest
}

// grew reports whether head needs more, which in a row that always needs the same takes only one object or eight bytes.
func (g growth) grew() bool { return g.more(allocations, 1) || g.more(size, smallest) }

func (g growth) more(figure func(result) float64, least float64) bool {
	base, head := sampleOf(figures(g.base, figure)), sampleOf(figures(g.head, figure))
	if median(head.Values, 0.9).Center < median(base.Values, 0.9).Center+least {
		return false
	}
	return benchmath.AssumeNothing.Compare(base, head).P < chance
}

func seconds(r result) float64 { return r.seconds }

func allocations(r result) float64 { return r.allocations }

func size(r result) float64 { return r.bytes }

func figures(list []result, figure func(result) float64) []float64 {
	var all []float64
	for _, r := range list {
		all = append(all, figure(r))
	}
	return all
}

// fewest returns the least of a figure in several results, or infinity of none.
func fewest(list []result, figure func(result) float64) float64 {
	least := math.Inf(1)
	for _, r := range list {
		least = min(least, figure(r))
	}
	return least
}
