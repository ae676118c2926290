package files

import (
	"math"
	"net/http"
	"strconv"
	"strings"
)

// Ranged returns r as net/http's ServeContent reads its Range the way it is meant: a range that has no byte of the file
// becomes one that lies behind its end, of one that ends behind the end the rest is cut off, a unit in other letters
// becomes bytes. Without its Range it asks for the whole file, which is the answer to several ranges, because together
// they could be longer than that, and to any range of an empty file.
func Ranged(r *http.Request, size int64) *http.Request {
	value := r.Header.Get("Range")
	if value == "" {
		return r
	}
	if size == 0 {
		return withRange(r, "")
	}
	meant := rangeOf(value, size)
	if meant == value {
		return r
	}
	return withRange(r, meant)
}

// Unranged returns r without a Range.
func Unranged(r *http.Request) *http.Request {
	if r.Header.Get("Range") == "" {
		return r
	}
	return withRange(r, "")
}

func withRange(r *http.Request, value string) *http.Request {
	changed := new(http.Request)
	*changed = *r
	changed.Header = r.Header.Clone()
	if value == "" {
		changed.Header.Del("Range")
	} else {
		changed.Header.Set("Range", value)
	}
	return changed
}

// rangeOf returns a Range of a file of that size in one spelling, "" for the whole file.
func rangeOf(value string, size int64) string {
	none := "bytes=" + strconv.FormatInt(size, 10) + "-"
	unit, spec, ok := strings.Cut(value, "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(unit), "bytes") {
		return none
	}
	if strings.Contains(spec, ",") {
		return ""
	}
	first, last, ok := strings.Cut(spec, "-")
	first, last = strings.TrimSpace(first), strings.TrimSpace(last)
	begin, hasBegin := BytePosition(first)
	end, hasEnd := BytePosition(last)
	switch {
	case !ok || !hasBegin && first != "" || !hasEnd && last != "":
		return none
	case first == "" && end > 0: // the last bytes
		return "bytes=-" + strconv.FormatInt(min(end, size), 10)
	case first == "" || begin >= size || last != "" && end < begin:
		return none
	case last == "":
		return "bytes=" + strconv.FormatInt(begin, 10) + "-"
	}
	return "bytes=" + strconv.FormatInt(begin, 10) + "-" + strconv.FormatInt(min(end, size-1), 10)
}

// BytePosition reads the number of a byte in a Range; one that is too large is the largest there is.
func BytePosition(digits string) (int64, bool) {
	if digits == "" || strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return math.MaxInt64, true
	}
	return n, true
}
