package value

import (
	"fmt"
	"math"
	"time"
)

// A Date is Python's date: a day without a time.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// A Clock is Python's time: a time of day.
type Clock struct{ Hour, Minute, Second, Nanosecond int }

// DateOf is the day of t, in its location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ClockOf is the time of day of t, in its location.
func ClockOf(t time.Time) Clock {
	return Clock{t.Hour(), t.Minute(), t.Second(), t.Nanosecond()}
}

// Time is the beginning of the day.
func (d Date) Time() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Time is c on the first of January 1900.
func (c Clock) Time() time.Time {
	return time.Date(1900, 1, 1, c.Hour, c.Minute, c.Second, c.Nanosecond, time.UTC)
}

func (d Date) iso() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

func (c Clock) iso() string { return isoClock(c.Time(), "auto") }

// aware reports whether t shows its distance from UTC. A time in UTC or the local zone does not, as a datetime without tzinfo.
func aware(t time.Time) bool { return t.Location() != time.UTC && t.Location() != time.Local }

// isoMoment is datetime.isoformat.
func isoMoment(t time.Time, separator, timespec string) string {
	return DateOf(t).iso() + separator + isoClock(t, timespec) + isoOffset(t)
}

func isoClock(t time.Time, timespec string) string {
	micros := t.Nanosecond() / 1000
	if timespec == "auto" {
		timespec = "seconds"
		if micros != 0 {
			timespec = "microseconds"
		}
	}
	switch timespec {
	case "hours":
		return t.Format("15")
	case "minutes":
		return t.Format("15:04")
	case "milliseconds":
		return fmt.Sprintf("%s.%03d", t.Format("15:04:05"), micros/1000)
	case "microseconds":
		return fmt.Sprintf("%s.%06d", t.Format("15:04:05"), micros)
	}
	return t.Format("15:04:05")
}

func isoOffset(t time.Time) string {
	if !aware(t) {
		return ""
	}
	_, offset := t.Zone()
	return showOffset(offset, ":")
}

// showOffset is seconds east of UTC as +hh:mm, with seconds where there are some.
func showOffset(seconds int, colon string) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	s := fmt.Sprintf("%s%02d%s%02d", sign, seconds/3600, colon, seconds/60%60)
	if seconds%60 != 0 {
		s += fmt.Sprintf("%s%02d", colon, seconds%60)
	}
	return s
}

// A delta is a time.Duration as Python keeps it: days of any sign, the rest from zero up.
type delta struct{ days, seconds, micros int }

func deltaOf(d time.Duration) delta {
	micros := floorDiv(int64(d), 1000)
	days := floorDiv(micros, 86400e6)
	rest := micros - days*86400e6
	return delta{int(days), int(rest / 1e6), int(rest % 1e6)}
}

// showDuration is str(timedelta): 1 day, 2:03:04.
func showDuration(d time.Duration) string {
	t := deltaOf(d)
	s := fmt.Sprintf("%d:%02d:%02d", t.seconds/3600, t.seconds/60%60, t.seconds%60)
	if t.micros != 0 {
		s += fmt.Sprintf(".%06d", t.micros)
	}
	switch t.days {
	case 0:
		return s
	case 1, -1:
		return fmt.Sprintf("%d day, %s", t.days, s)
	}
	return fmt.Sprintf("%d days, %s", t.days, s)
}

// reprMoment is repr of a datetime, date, time or timedelta.
func reprMoment(v any) string {
	switch v := v.(type) {
	case time.Time:
		return reprTime(v)
	case Date:
		return fmt.Sprintf("datetime.date(%d, %d, %d)", v.Year, v.Month, v.Day)
	case Clock:
		return fmt.Sprintf("datetime.time(%d, %d%s)", v.Hour, v.Minute, lastParts(v.Second, v.Nanosecond/1000))
	case time.Duration:
		return reprDelta(deltaOf(v))
	}
	return ""
}

func reprTime(t time.Time) string {
	s := fmt.Sprintf("datetime.datetime(%d, %d, %d, %d, %d%s", t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), lastParts(t.Second(), t.Nanosecond()/1000))
	if aware(t) {
		_, offset := t.Zone()
		s += ", tzinfo=datetime.timezone(" + reprDelta(deltaOf(time.Duration(offset)*time.Second)) + ")"
	}
	return s + ")"
}

// lastParts are seconds and microseconds, which are left out where they are zero.
func lastParts(seconds, micros int) string {
	switch {
	case micros != 0:
		return fmt.Sprintf(", %d, %d", seconds, micros)
	case seconds != 0:
		return fmt.Sprintf(", %d", seconds)
	}
	return ""
}

func reprDelta(t delta) string {
	s := ""
	for _, part := range []struct {
		name string
		n    int
	}{{"days", t.days}, {"seconds", t.seconds}, {"microseconds", t.micros}} {
		if part.n == 0 {
			continue
		}
		if s != "" {
			s += ", "
		}
		s += fmt.Sprintf("%s=%d", part.name, part.n)
	}
	if s == "" {
		s = "0"
	}
	return "datetime.timedelta(" + s + ")"
}

func isMoment(v any) bool {
	switch v.(type) {
	case time.Time, Date, Clock, time.Duration:
		return true
	}
	return false
}

// orderMoments compares two of the same kind.
func orderMoments(x, y any) (order int, ok bool) {
	switch a := x.(type) {
	case time.Time:
		if b, ok := y.(time.Time); ok {
			return a.Compare(b), true
		}
	case Date:
		if b, ok := y.(Date); ok {
			return a.Time().Compare(b.Time()), true
		}
	case Clock:
		if b, ok := y.(Clock); ok {
			return a.Time().Compare(b.Time()), true
		}
	case time.Duration:
		if b, ok := y.(time.Duration); ok {
			return orderOf(int(a), int(b)), true
		}
	}
	return 0, false
}

// moments does op where a datetime, date or timedelta takes part. It returns nil where there is no such operation.
func moments(op string, x, y any) (any, error) {
	d, ok := y.(time.Duration)
	switch a := x.(type) {
	case time.Time:
		return shiftTime(op, a, y)
	case Date:
		return shiftDate(op, a, y)
	case time.Duration:
		switch y.(type) {
		case time.Time, Date:
			if op == "+" {
				return moments(op, y, x)
			}
			return nil, nil
		}
		if ok {
			return durations(op, a, d)
		}
		return scale(op, a, y)
	}
	if ok && op == "*" {
		return scale(op, d, x)
	}
	return nil, nil
}

func shiftTime(op string, t time.Time, y any) (any, error) {
	switch b := y.(type) {
	case time.Duration:
		if op == "+" {
			return inYears(t.Add(b))
		} else if op == "-" {
			return inYears(t.Add(-b))
		}
	case time.Time:
		if op == "-" {
			return sinceMoment(t, b)
		}
	}
	return nil, nil
}

func shiftDate(op string, d Date, y any) (any, error) {
	switch b := y.(type) {
	case time.Duration:
		days := deltaOf(b).days
		if op == "-" {
			days = deltaOf(-b).days
		}
		if op == "+" || op == "-" {
			t, err := inYears(d.Time().AddDate(0, 0, days))
			if err != nil {
				return nil, err
			}
			return DateOf(t.(time.Time)), nil
		}
	case Date:
		if op == "-" {
			return sinceMoment(d.Time(), b.Time())
		}
	}
	return nil, nil
}

func inYears(t time.Time) (any, error) {
	if t.Year() < 1 || t.Year() > 9999 {
		return nil, failf("OverflowError", "date value out of range")
	}
	return t, nil
}

func sinceMoment(a, b time.Time) (any, error) {
	d := a.Sub(b)
	if d == math.MaxInt64 || d == math.MinInt64 {
		return nil, failf("OverflowError", "the times are more than 292 years apart")
	}
	return d, nil
}

func durations(op string, a, b time.Duration) (any, error) {
	switch op {
	case "+", "-":
		v, ok, err := ints(op, int(a), int(b))
		if !ok {
			return nil, tooLong()
		}
		return time.Duration(v.(int)), err
	case "/":
		if b == 0 {
			return nil, zeroDivision("division by zero")
		}
		return float64(a) / float64(b), nil
	case "//", "%":
		if b == 0 {
			return nil, zeroDivision("integer division or modulo by zero")
		}
		v, _, err := ints(op, int(a), int(b))
		if op == "%" {
			return time.Duration(v.(int)), err
		}
		return v, err
	}
	return nil, nil
}

func tooLong() error { return failf("OverflowError", "a timedelta is at most 292 years long") }

// scale is d * y, d / y or d // y for a number y.
func scale(op string, d time.Duration, y any) (any, error) {
	if n, ok := smallInt(y); ok {
		switch op {
		case "*":
			p, ok := times(int(d), n)
			if !ok {
				return nil, tooLong()
			}
			return time.Duration(p), nil
		case "//":
			v, err := floorMicros(d, n)
			return v, err
		}
	}
	f, ok := AsFloat(y)
	if !ok || op != "*" && op != "/" {
		return nil, nil
	}
	if op == "/" {
		if f == 0 {
			return nil, zeroDivision("division by zero")
		}
		f = 1 / f
		if n, ok := smallInt(y); ok {
			return micros(float64(d) / 1000 / float64(n))
		}
	}
	return micros(float64(d) / 1000 * f)
}

func floorMicros(d time.Duration, n int) (any, error) {
	if n == 0 {
		return nil, zeroDivision("integer division or modulo by zero")
	}
	return time.Duration(floorDiv(int(d)/1000, n)) * time.Microsecond, nil
}

// micros is a timedelta of so many microseconds, rounded half to even.
func micros(f float64) (any, error) {
	if math.IsNaN(f) || math.Abs(f) > math.MaxInt64/1000 {
		return nil, tooLong()
	}
	return time.Duration(math.RoundToEven(f)) * time.Microsecond, nil
}
