package value

import (
	"time"
)

// momentProperty is an attribute of a datetime, date, time or timedelta that is a value.
func momentProperty(c any, name string) (any, bool) {
	switch c := c.(type) {
	case time.Time:
		if name == "tzinfo" {
			return zoneOf(c), true
		}
		if v, ok := DateOf(c).property(name); ok {
			return v, true
		}
		return ClockOf(c).property(name)
	case Date:
		return c.property(name)
	case Clock:
		return c.property(name)
	case time.Duration:
		return deltaOf(c).property(name)
	}
	return nil, false
}

func zoneOf(t time.Time) any {
	if !aware(t) {
		return nil
	}
	name, _ := t.Zone()
	return name
}

func (d Date) property(name string) (any, bool) {
	switch name {
	case "year":
		return d.Year, true
	case "month":
		return int(d.Month), true
	case "day":
		return d.Day, true
	}
	return nil, false
}

func (c Clock) property(name string) (any, bool) {
	switch name {
	case "hour":
		return c.Hour, true
	case "minute":
		return c.Minute, true
	case "second":
		return c.Second, true
	case "microsecond":
		return c.Nanosecond / 1000, true
	case "tzinfo":
		return nil, true
	}
	return nil, false
}

func (t delta) property(name string) (any, bool) {
	switch name {
	case "days":
		return t.days, true
	case "seconds":
		return t.seconds, true
	case "microseconds":
		return t.micros, true
	}
	return nil, false
}

func onTime(name, params string, do func(t time.Time, a []any) (any, error)) *method {
	return def(name, params, func(_ *Runtime, self any, a []any) (any, error) { return do(self.(time.Time), a) })
}

// momentMethods are those of datetime.
func momentMethods() methods {
	return newMethods(
		onTime("date", "", func(t time.Time, _ []any) (any, error) { return DateOf(t), nil }),
		onTime("time", "", func(t time.Time, _ []any) (any, error) { return ClockOf(t), nil }),
		onTime("timestamp", "", func(t time.Time, _ []any) (any, error) { return float64(t.UnixMicro()) / 1e6, nil }),
		onTime("isoformat", "sep='T', timespec='auto'", func(t time.Time, a []any) (any, error) {
			sep, err := wantText("isoformat() argument 1", a[0])
			if err != nil {
				return nil, err
			}
			timespec, err := wantTimespec(a[1])
			return isoMoment(t, sep, timespec), err
		}),
		onTime("utcoffset", "", func(t time.Time, _ []any) (any, error) {
			_, offset := t.Zone()
			if !aware(t) {
				return nil, nil
			}
			return time.Duration(offset) * time.Second, nil
		}),
		onTime("tzname", "", func(t time.Time, _ []any) (any, error) { return zoneOf(t), nil }),
		onTime("dst", "", func(time.Time, []any) (any, error) { return nil, nil }),
		onTime("astimezone", "tz=None", func(t time.Time, a []any) (any, error) {
			if a[0] != nil {
				return nil, typeErrorf("astimezone() here takes no time zone; convert in Go with In")
			}
			return t.Local(), nil
		}),
		onTime("replace", "year=None, month=None, day=None, hour=None, minute=None, second=None, microsecond=None, tzinfo=None", replaceTime),
		onTime("ctime", "", func(t time.Time, _ []any) (any, error) { return t.Format(time.ANSIC), nil }),
	).with(dayMethods(func(self any) time.Time { return self.(time.Time) })).with(strftimeMethods(func(self any) time.Time { return self.(time.Time) }))
}

func wantTimespec(v any) (string, error) {
	s, err := wantText("timespec", v)
	switch s {
	case "auto", "hours", "minutes", "seconds", "milliseconds", "microseconds":
		return s, err
	}
	return "", valueErrorf("Unknown timespec value")
}

// dayMethods are those that datetime and date share.
func dayMethods(timeOf func(self any) time.Time) methods {
	day := func(name string, do func(t time.Time) any) *method {
		return def(name, "", func(_ *Runtime, self any, _ []any) (any, error) { return do(timeOf(self)), nil })
	}
	return newMethods(
		day("weekday", func(t time.Time) any { return (int(t.Weekday()) + 6) % 7 }),
		day("isoweekday", func(t time.Time) any { return isoWeekday(t) }),
		day("isocalendar", func(t time.Time) any {
			y, w := t.ISOWeek()
			return NamedTuple{Tuple{y, w, isoWeekday(t)}, "IsoCalendarDate", []string{"year", "week", "weekday"}}
		}),
		day("toordinal", func(t time.Time) any { return ordinal(t) }),
		day("timetuple", func(t time.Time) any {
			return Tuple{t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(), (int(t.Weekday()) + 6) % 7, t.YearDay(), -1}
		}),
	)
}

func isoWeekday(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

// ordinal counts days from the first of January of year 1, which is 1.
func ordinal(t time.Time) int {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return int(day.Unix()/86400) + 719163
}

func strftimeMethods(timeOf func(self any) time.Time) methods {
	return newMethods(def("strftime", "format", func(rt *Runtime, self any, a []any) (any, error) {
		format, err := wantText("strftime() argument 1", a[0])
		if err != nil {
			return nil, err
		}
		if err := spend(rt, len(format)*widest); err != nil {
			return nil, err
		}
		return strftime(timeOf(self), format), nil
	}))
}

func dateMethods() methods {
	timeOf := func(self any) time.Time { return self.(Date).Time() }
	return newMethods(
		def("isoformat", "", func(_ *Runtime, self any, _ []any) (any, error) { return self.(Date).iso(), nil }),
		def("ctime", "", func(_ *Runtime, self any, _ []any) (any, error) { return timeOf(self).Format(time.ANSIC), nil }),
		def("replace", "year=None, month=None, day=None", func(_ *Runtime, self any, a []any) (any, error) {
			t, err := replaceTime(timeOf(self), []any{a[0], a[1], a[2], nil, nil, nil, nil, nil})
			if err != nil {
				return nil, err
			}
			return DateOf(t.(time.Time)), nil
		}),
	).with(dayMethods(timeOf)).with(strftimeMethods(timeOf))
}

func clockMethods() methods {
	none := func(*Runtime, any, []any) (any, error) { return nil, nil }
	return newMethods(
		def("utcoffset", "", none), def("tzname", "", none), def("dst", "", none),
		def("isoformat", "timespec='auto'", func(_ *Runtime, self any, a []any) (any, error) {
			timespec, err := wantTimespec(a[0])
			return isoClock(self.(Clock).Time(), timespec), err
		}),
		def("replace", "hour=None, minute=None, second=None, microsecond=None", func(_ *Runtime, self any, a []any) (any, error) {
			t, err := replaceTime(self.(Clock).Time(), []any{nil, nil, nil, a[0], a[1], a[2], a[3], nil})
			if err != nil {
				return nil, err
			}
			return ClockOf(t.(time.Time)), nil
		}),
	).with(strftimeMethods(func(self any) time.Time { return self.(Clock).Time() }))
}

func durationMethods() methods {
	return newMethods(def("total_seconds", "", func(_ *Runtime, self any, _ []any) (any, error) {
		return float64(floorDiv(int(self.(time.Duration)), 1000)) / 1e6, nil
	}))
}

// replaceTime is t with other parts; those that are nil stay.
func replaceTime(t time.Time, a []any) (any, error) {
	parts := []int{t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond() / 1000}
	for i := range parts {
		if a[i] == nil {
			continue
		}
		n, err := index(a[i])
		if err != nil {
			return nil, err
		}
		parts[i] = n
	}
	if a[7] != nil {
		return nil, typeErrorf("replace() here takes no tzinfo; convert in Go with In")
	}
	if err := checkParts(parts); err != nil {
		return nil, err
	}
	return time.Date(parts[0], time.Month(parts[1]), parts[2], parts[3], parts[4], parts[5], parts[6]*1000, t.Location()), nil
}

func checkParts(p []int) error {
	limits := []struct {
		name      string
		low, high int
	}{{"year", 1, 9999}, {"month", 1, 12}, {"day", 1, 31}, {"hour", 0, 23}, {"minute", 0, 59}, {"second", 0, 59}, {"microsecond", 0, 999999}}
	for i, l := range limits {
		if p[i] >= l.low && p[i] <= l.high {
			continue
		}
		switch l.name {
		case "year":
			return valueErrorf("year %d is out of range", p[i])
		case "day":
			return valueErrorf("day is out of range for month")
		}
		if l.low == 0 {
			return valueErrorf("%s must be in 0..%d", l.name, l.high)
		}
		return valueErrorf("%s must be in %d..%d", l.name, l.low, l.high)
	}
	if time.Date(p[0], time.Month(p[1])+1, 0, 0, 0, 0, 0, time.UTC).Day() < p[2] {
		return valueErrorf("day is out of range for month")
	}
	return nil
}
