package filters_test

import "testing"

func TestPprintIsPythons(t *testing.T) {
	t.Parallel()
	d := newDice(8)
	long := func() coded {
		return str(d.text(60, "word ", "longer ", "\n", "é", "   ", "'", "x", "\t", `"`, "\r\n"))
	}
	compare(t, jobs(3000, "pprint", func() ([]coded, named) {
		switch d.IntN(5) {
		case 0:
			return []coded{long()}, nil
		case 1:
			return []coded{list(long(), d.dict([]coded{long(), d.value(2)}))}, nil
		case 2:
			return []coded{tuple(coded{"bytes", d.text(60, "ab", "\xff", "'", "x\n")})}, nil
		}
		return []coded{d.value(5)}, nil
	}))
}
