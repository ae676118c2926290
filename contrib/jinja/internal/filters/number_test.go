package filters_test

import (
	"testing"
)

func TestFiltersOfNumbersAreJinjas(t *testing.T) {
	t.Parallel()
	d := newDice(9)
	numeral := func() coded {
		return str(d.text(6, "1", "0", "_", "-", "+", ".", "e", "E5", " ", "\n", "0x", "0b1", "0o7", "f", "z", "nan", "inf", "infinity", "९", "٣", "12", "𝟜", "\u2003"))
	}
	var all []job
	all = append(all, jobs(3000, "int", func() ([]coded, named) {
		return []coded{numeral(), num("-7"), num(d.pick("10", "0", "16", "2", "8", "36", "3", "40"))}, nil
	})...)
	all = append(all, jobs(2000, "float", func() ([]coded, named) { return []coded{numeral(), str("none")}, nil })...)
	for _, name := range []string{"int", "float", "abs"} {
		all = append(all, jobs(300, name, func() ([]coded, named) { return []coded{d.number()}, nil })...)
	}
	all = append(all, jobs(1500, "filesizeformat", func() ([]coded, named) {
		return []coded{{"float", d.pick("0", "1", "-1", "999.9", "1000", "1023", "1024", "999949", "999950", "1e6", "123456789", "1e15", "1e23", "1e24", "1e27", "1e30", "1.5e9", "4.5e12", "1125899906842624")}, yes(d.IntN(2) == 0)}, nil
	})...)
	compare(t, all)
}

func TestRoundIsPythons(t *testing.T) {
	t.Parallel()
	d := newDice(10)
	compare(t, jobs(5000, "round", func() ([]coded, named) {
		v := d.number()
		if d.IntN(3) == 0 {
			v = real(d.pick("0.5", "1.5", "2.5", "-0.5", "-2.5", "2.675", "1e16", "1e22", "-1e-7", "150.0", "250.0", "350.0", "-250.0", "249.99999999999997", "250.00000000000003", "1.7e308", "5e-324", "-0.0", "1234567.891"))
		}
		return []coded{v, []coded{num(d.pick("0", "1", "2", "3", "-1", "-2", "-3", "10", "-10", "20", "-308", "308", "-309")), none}[min(d.IntN(12)/11, 1)], str(d.pick("common", "common", "ceil", "floor"))}, nil
	}))
}
