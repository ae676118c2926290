package filters_test

import "testing"

func TestWordwrapIsTextwraps(t *testing.T) {
	t.Parallel()
	d := newDice(2)
	compare(t, jobs(4000, "wordwrap", func() ([]coded, named) {
		s := d.text(30, "a", "word", "well-known", "-", "--", "---", "x", " ", " ", "  ", "\t", "\n", "é", "e-mail", ",", "!", "_", "3", "\u00a0", "日本", "²", "²-a", "a-b-c", "\r\n", ".", "'")
		return []coded{str(s), num(d.pick("1", "2", "3", "4", "5", "8", "13", "20"))},
			by("break_long_words", yes(d.IntN(3) > 0), "break_on_hyphens", yes(d.IntN(3) > 0), "wrapstring", []coded{none, str("|"), markup("<br>")}[d.IntN(3)])
	}))
}
