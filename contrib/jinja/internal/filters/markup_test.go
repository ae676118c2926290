package filters_test

import "testing"

func TestStriptagsIsJinjas(t *testing.T) {
	t.Parallel()
	d := newDice(5)
	compare(t, jobs(3000, "striptags", func() ([]coded, named) {
		s := d.text(14, "<b>", "</b>", "<", ">", "<!-- x -->", "<!-- <i> -->", "text", " ", "\n", "&amp;", "&lt;", "&notit;", "&copy", "&#65;", "&#x41", "&#0;", "&#128;", "&#1;", "&#xD800;", "&#99999999999;", "&#;", "&#x;",
			"&", ";", "é", "\u00a0", "&nosuch;", "&ampfoo", "&#13;", "&#xFFFE;", "&#12;x", "&&amp;", "\x1d")
		if d.IntN(3) == 0 {
			return []coded{markup(s)}, nil
		}
		return []coded{str(s)}, nil
	}))
}

func TestXmlattrIsJinjas(t *testing.T) {
	t.Parallel()
	d := newDice(6)
	compare(t, jobs(1000, "xmlattr", func() ([]coded, named) {
		key := func() coded {
			return str(d.text(3, "a", "data-x", "é", "<", "'", ":", "\u00a0", " ", "/", "=", "\t", "ok", "id", "class"))
		}
		return []coded{dict([2]coded{key(), d.value(1)}, [2]coded{key(), d.value(0)}, [2]coded{str("z"), d.value(0)}), yes(d.IntN(2) == 0)}, nil
	}))
}
