package filters_test

import "testing"

func TestFiltersOfTextAreJinjas(t *testing.T) {
	t.Parallel()
	d := newDice(1)
	words := func() coded {
		s := d.text(25, "a", "Word", "ÉTÉ", "ß", " ", "  ", "\n", "\r\n", "-", "(", "[x]", "<b>", "&", "\t", "_", "7", "'s", "\u00a0", "\x1c", "\u2029", "ŉ", "Ǆ", "Σς", "\u0085", "²", "\r")
		if d.IntN(4) == 0 {
			return markup(s)
		}
		return str(s)
	}
	small := func() coded { return num(d.pick("0", "1", "2", "4", "7", "-1")) }
	var all []job
	for _, name := range []string{"title", "capitalize", "upper", "lower", "wordcount", "trim", "reverse"} {
		all = append(all, jobs(150, name, func() ([]coded, named) { return []coded{words()}, nil })...)
	}
	all = append(all, jobs(600, "indent", func() ([]coded, named) {
		return []coded{words(), []coded{small(), str("> "), markup("<i>")}[d.IntN(3)], yes(d.IntN(2) == 0), yes(d.IntN(2) == 0)}, nil
	})...)
	all = append(all, jobs(600, "truncate", func() ([]coded, named) {
		return []coded{words(), num(d.pick("3", "5", "8", "12", "20")), yes(d.IntN(2) == 0), []coded{str("..."), str("<"), markup("&hellip;"), str("")}[d.IntN(4)], num(d.pick("0", "1", "5"))}, nil
	})...)
	all = append(all, jobs(300, "center", func() ([]coded, named) { return []coded{words(), num(d.pick("5", "20", "33"))}, nil })...)
	all = append(all, jobs(300, "replace", func() ([]coded, named) {
		return []coded{words(), str(d.pick("a", " ", "&", "<b>", "")), []coded{str("<x>"), markup("<x>")}[d.IntN(2)], []coded{none, num("2")}[d.IntN(2)]}, nil
	})...)
	compare(t, all)
}
