package intake

import (
	"errors"
	"iter"
	"net/url"
	"strings"
)

// MaxPairs is the most pairs of a query or of an urlencoded form. net/url has the same limit.
const MaxPairs = 10_000

// ErrTooManyPairs is what [Pairs] fails with beyond [MaxPairs].
var ErrTooManyPairs = errors.New("more than 10000 values")

// Pairs reads a query, or the body of an urlencoded form. Pairs are separated by & alone, an escape that is none
// stays as it is, and the text is made valid by [Text]. More than [MaxPairs] pairs are an error.
func Pairs(raw string) (url.Values, error) {
	n := strings.Count(raw, "&") + 1
	if n > MaxPairs {
		return nil, ErrTooManyPairs
	}
	values := make(url.Values, min(n, roomy))
	var lists []string // one for each key, until it has a second value
	for key, value := range Each(raw) {
		if len(lists) == 0 {
			lists = make([]string, min(n, roomy))
		}
		if list, ok := values[key]; ok {
			values[key] = append(list, value)
			continue
		}
		lists[0] = value
		values[key], lists = lists[:1:1], lists[1:]
	}
	return values, nil
}

// Each returns the pairs of a query, or of the body of an urlencoded form, in the order they came. It has no limit.
func Each(raw string) iter.Seq2[string, string] {
	return func(yield func(key, value string) bool) {
		for pair := range strings.SplitSeq(raw, "&") {
			if pair == "" {
				continue
			}
			key, value, _ := strings.Cut(pair, "=")
			if !yield(unescape(key), unescape(value)) {
				return
			}
		}
	}
}

// roomy is for how many values room is made at once.
const roomy = 32

func unescape(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return Text(s)
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			b = append(b, ' ')
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			b = append(b, s[i])
		}
	}
	return Text(string(b))
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}
