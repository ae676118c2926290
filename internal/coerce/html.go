package coerce

import (
	"strconv"
	"strings"
	"time"
)

// htmlLayouts are what the inputs of HTML's forms send, beside the forms that cast reads: datetime-local without
// seconds, the same with a zone, month, time. A fraction may stand behind the seconds.
var htmlLayouts = [...]string{
	"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00",
	"2006-01", "15:04", "15:04:05",
}

// htmlTime reads what an input of type date, datetime-local, month, week or time sends. A month is its first day and a
// week its Monday. A time alone is one of January 1 of the year 0, as [time.Parse] has it. Without a zone it is UTC.
func htmlTime(s string) (time.Time, bool) {
	if year, week, ok := strings.Cut(s, "-W"); ok {
		return weekTime(year, week)
	}
	for _, layout := range htmlLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), t.Year() > 0 || layout[0] == '1'
		}
	}
	return time.Time{}, false
}

// weekTime returns the Monday of a week as ISO 8601 counts them: the first has January 4 in it.
func weekTime(year, week string) (time.Time, bool) {
	if len(year) != 4 || len(week) != 2 || !isDigits(year+week) {
		return time.Time{}, false
	}
	y, _ := strconv.Atoi(year)
	w, _ := strconv.Atoi(week)
	fourth := time.Date(y, time.January, 4, 0, 0, 0, 0, time.UTC)
	monday := fourth.AddDate(0, 0, 7*(w-1)-(int(fourth.Weekday())+6)%7)
	isoYear, isoWeek := monday.ISOWeek()
	return monday, isoYear == y && isoWeek == w && y > 0
}
