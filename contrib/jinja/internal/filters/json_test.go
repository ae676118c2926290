package filters_test

import "testing"

func TestTojsonIsPythons(t *testing.T) {
	t.Parallel()
	d := newDice(7)
	compare(t, jobs(3000, "tojson", func() ([]coded, named) {
		return []coded{d.value(4)}, by("indent", []coded{none, num("2"), num("0"), str("\t<")}[d.IntN(4)])
	}))
}
