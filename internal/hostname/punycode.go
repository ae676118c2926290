package hostname

import (
	"strings"
	"unicode/utf8"
)

// maxLabel is how many bytes a label may have in the name system.
const maxLabel = 63

// ASCII returns a host name, without a port, as the name system has it: each label that is not ASCII in lower case and
// in Punycode, behind xn--. A name that is ASCII is returned as it is; ok is false when it cannot be written that way.
func ASCII(name string) (ascii string, ok bool) {
	if isASCII(name) {
		return name, true
	}
	if !utf8.ValidString(name) {
		return "", false
	}
	name, dot := strings.CutSuffix(strings.ToLower(strings.Map(dotOr, name)), ".")
	labels := strings.Split(name, ".")
	for i, label := range labels {
		if !isASCII(label) && utf8.RuneCountInString(label) < maxLabel { // encoding a long one takes its square in time
			label = "xn--" + punycode([]rune(label))
		}
		if label == "" || len(label) > maxLabel {
			return "", false
		}
		labels[i] = label
	}
	if ascii = strings.Join(labels, "."); dot {
		ascii += "."
	}
	return ascii, true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// dotOr returns a dot for one of East Asian scripts, and r for all else.
func dotOr(r rune) rune {
	if r == '。' || r == '．' || r == '｡' {
		return '.'
	}
	return r
}

// The parameters of Punycode, RFC 3492, section 5.
const (
	punyBase, punyMin, punyMax        = 36, 1, 26
	punySkew, punyDamp, punyBias      = 38, 700, 72
	punyDigits                        = "abcdefghijklmnopqrstuvwxyz0123456789"
	punyFirst                    rune = 128
)

// punycode encodes a label, as RFC 3492, section 6.3 has it.
func punycode(label []rune) string {
	var out []byte
	for _, r := range label {
		if r < punyFirst {
			out = append(out, byte(r))
		}
	}
	basic := len(out)
	if basic > 0 {
		out = append(out, '-')
	}
	n, delta, bias := punyFirst, 0, punyBias
	for done := basic; done < len(label); n++ {
		next := smallest(label, n)
		delta += int(next-n) * (done + 1)
		n = next
		for _, r := range label {
			if r < n {
				delta++
			}
			if r == n {
				out = appendDelta(out, delta, bias)
				bias = adapt(delta, done+1, done == basic)
				delta = 0
				done++
			}
		}
		delta++
	}
	return string(out)
}

// smallest returns the smallest rune of label that is at least n.
func smallest(label []rune, n rune) rune {
	least := rune(utf8.MaxRune)
	for _, r := range label {
		if r >= n && r < least {
			least = r
		}
	}
	return least
}

// appendDelta appends delta as an integer of variable length.
func appendDelta(out []byte, delta, bias int) []byte {
	for k := punyBase; ; k += punyBase {
		t := min(max(k-bias, punyMin), punyMax)
		if delta < t {
			return append(out, punyDigits[delta])
		}
		out = append(out, punyDigits[t+(delta-t)%(punyBase-t)])
		delta = (delta - t) / (punyBase - t)
	}
}

// adapt returns the bias for the next delta.
func adapt(delta, points int, first bool) int {
	if first {
		delta /= punyDamp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for ; delta > (punyBase-punyMin)*punyMax/2; k += punyBase {
		delta /= punyBase - punyMin
	}
	return k + (punyBase-punyMin+1)*delta/(delta+punySkew)
}
