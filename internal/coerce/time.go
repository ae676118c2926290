package coerce

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cast"
)

const (
	wantDuration = "a duration such as 30s or 168h, or a number of seconds"
	wantTime     = "a time such as 2006-01-02T15:04:05Z or 2006-01-02, or seconds since 1970"
)

// The first and the last second of the years 1 to 9999, which is what RFC 3339 and JSON can write.
const (
	minUnix = -62135596800
	maxUnix = 253402300799
)

// Duration converts v to a duration. It takes durations, text such as "30s" or "1h30m", and numbers of every type and
// in text, which are seconds as in Flask and may have a fraction; what is smaller than a nanosecond is cut off.
// Missing (nil), empty, overflowing and any other value is an error.
func Duration(v any) (time.Duration, error) {
	if d, ok := v.(time.Duration); ok {
		return d, nil
	}
	d, reason := durationOf(v)
	if reason != "" {
		return 0, refuse(wantDuration, reason)
	}
	return d, nil
}

func durationOf(v any) (time.Duration, string) {
	switch b := basic(v).(type) {
	case time.Duration:
		return b, ""
	case float64:
		return secondsFloat(b, 64)
	case float32:
		return secondsFloat(float64(b), 32)
	case json.Number:
		return parseSeconds(string(b))
	case string:
		if hasUnit(b) {
			return parseUnits(b)
		}
		return parseSeconds(b)
	}
	w, reason := wholeOf(v)
	if reason != "" {
		return 0, reason
	}
	return seconds(w.decimal())
}

// secondsFloat goes by way of the decimal text of f, so that 1.1 seconds are 1100000000 nanoseconds and not one more.
func secondsFloat(f float64, bits int) (time.Duration, string) {
	switch {
	case math.IsNaN(f):
		return 0, notANumber
	case math.IsInf(f, 0):
		return 0, infinite
	default:
		return parseSeconds(strconv.FormatFloat(f, 'e', -1, bits))
	}
}

func parseSeconds(s string) (time.Duration, string) {
	s = trim(s)
	if s == "" {
		return 0, empty
	}
	d, ok := parseDecimal(s)
	if !ok {
		return 0, malformed
	}
	return seconds(d)
}

// seconds returns d seconds. The shift to nanoseconds is exact.
func seconds(d decimal) (time.Duration, string) {
	w, reason := d.shifted(9).whole()
	if reason != "" {
		return 0, reason
	}
	n, ok := w.int64()
	if !ok {
		return 0, outOfRange
	}
	return time.Duration(n), ""
}

// hasUnit reports whether s ends as every unit of time.ParseDuration does. Only such text may go to cast, to which a
// number without a unit is nanoseconds.
func hasUnit(s string) bool {
	s = trim(s)
	return strings.HasSuffix(s, "s") || strings.HasSuffix(s, "m") || strings.HasSuffix(s, "h")
}

func parseUnits(s string) (time.Duration, string) {
	d, err := cast.ToDurationE(trim(s))
	if err != nil {
		return 0, "malformed or out of range"
	}
	return d, ""
}

// Time converts v to a time. It takes times; text in RFC 3339, a date (midnight UTC), a date and time without a zone
// (UTC), all else that HTML's inputs send (month, week, time), and the dates of HTTP; and whole numbers, which are seconds since 1970. A number in text must have at least
// nine digits, for 20240102 could be meant as a date. The year must be one of 1 to 9999, unless v is a time already.
// Missing (nil), empty and any other value is an error.
func Time(v any) (time.Time, error) {
	t, reason := timeOf(v)
	if reason != "" {
		return time.Time{}, refuse(wantTime, reason)
	}
	return t, nil
}

func timeOf(v any) (time.Time, string) {
	switch b := basic(v).(type) {
	case time.Time:
		return b, ""
	case string:
		return parseTime(trim(b))
	}
	w, reason := wholeOf(v)
	if reason != "" {
		return time.Time{}, reason
	}
	return unixTime(w)
}

func parseTime(s string) (time.Time, string) {
	_, digits := cutSign(s)
	switch {
	case s == "":
		return time.Time{}, empty
	case isDigits(digits) && len(digits) >= 9:
		w, reason := parseWhole(s)
		if reason != "" {
			return time.Time{}, reason
		}
		return unixTime(w)
	}
	if t, ok := htmlTime(s); ok {
		return t, ""
	}
	if !isDated(s) {
		return time.Time{}, malformed
	}
	t, err := cast.ToTimeE(s)
	if err != nil {
		return time.Time{}, malformed
	}
	return checkYear(t)
}

// isDated reports whether s has the outline of a time that cast reads right: year-month-day in front, or a date of
// HTTP, which ends in GMT or, in its oldest form, is as long as [time.ANSIC].
func isDated(s string) bool {
	year, rest, _ := strings.Cut(s, "-")
	return len(year) == 4 && isDigits(year) && rest != "" ||
		strings.HasSuffix(s, " GMT") ||
		len(s) == len(time.ANSIC)
}

// unixTime returns the time w seconds after 1970, in UTC where cast takes the local zone.
func unixTime(w whole) (time.Time, string) {
	n, ok := w.int64()
	if !ok || n < minUnix || n > maxUnix {
		return time.Time{}, outOfRange
	}
	t, err := cast.ToTimeE(n)
	if err != nil {
		return time.Time{}, malformed
	}
	return t.UTC(), ""
}

func checkYear(t time.Time) (time.Time, string) {
	if year := t.Year(); year < 1 || year > 9999 {
		return time.Time{}, outOfRange
	}
	return t, ""
}
