package filters_test

import (
	"testing"
)

func TestUrlizeIsJinjas(t *testing.T) {
	t.Parallel()
	d := newDice(3)
	piece := []string{"http://", "https://", "HTTP://", "www.", "WWW.", "example", ".com", ".org", ".museum", "a", "é", "-", "%20", "_", "/path", "/", "?q=1", "#top", "&", "<", ">", "(", ")", ".", ",", "\n", " ", " ",
		"mailto:", "me@example.org", "@", ":80", ":", "127.0.0.1", "[::1]", "[2001:db8::1]", "xn--p1ai", "ftp://", "tel:", "+49", "'", `"`, "&gt;", "&lt;", "!", ";", "info", ".info", "x-y://z", "\u00a0", "ſ"}
	all := jobs(8000, "urlize", func() ([]coded, named) {
		n := by()
		switch d.IntN(6) {
		case 0:
			n = by("trim_url_limit", num(d.pick("0", "5", "15", "-2")))
		case 1:
			n = by("nofollow", yes(true), "target", str("_blank"))
		case 2:
			n = by("extra_schemes", strs("tel:", "ftp://", "x-y://"))
		case 3:
			n = by("rel", str(d.pick("me", "noopener me", `"<`, "b a c a")))
		}
		s := d.text(12, piece...)
		if d.IntN(6) == 0 {
			return []coded{markup(s)}, n
		}
		return []coded{str(s)}, n
	})
	compare(t, all)
}

func TestUrlencodeIsJinjas(t *testing.T) {
	t.Parallel()
	d := newDice(4)
	compare(t, jobs(1000, "urlencode", func() ([]coded, named) {
		s := func() coded {
			return str(d.text(8, "a", " ", "/", "&", "=", "~", "é", "😀", "+", "%", "\x00", "?", ".", "-", "_"))
		}
		switch d.IntN(4) {
		case 0:
			return []coded{dict([2]coded{s(), s()}, [2]coded{num("1"), none})}, nil
		case 1:
			return []coded{list(tuple(s(), d.number()), list(s(), s()))}, nil
		case 2:
			return []coded{d.value(1)}, nil
		}
		return []coded{s()}, nil
	}))
}
