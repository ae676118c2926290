package machine

import (
	"fmt"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// instant is a datetime.datetime, or a datetime.date. One without a zone counts as UTC when it becomes a Go value.
type instant struct {
	time.Time
	date  bool
	aware bool
}

// String returns what str() gives.
func (i instant) String() string { return i.str() }

// Type returns the name of the type.
func (i instant) Type() string {
	if i.date {
		return "date"
	}
	return "datetime"
}

// Freeze does nothing: an instant does not change.
func (i instant) Freeze() {}

// Truth is always true.
func (i instant) Truth() starlark.Bool { return true }

// Hash makes an instant fit for a key.
func (i instant) Hash() (uint32, error) { return starlark.MakeInt64(i.UnixMicro()).Hash() }

// Cmp orders by time.
func (i instant) Cmp(other starlark.Value, _ int) (int, error) {
	o := other.(instant)
	if o.aware != i.aware {
		return 0, fault.Raise("TypeError", "a datetime with a zone and one without cannot be compared")
	}
	return i.Compare(o.Time), nil
}

func (i instant) str() string { return i.iso(" ") }

// iso writes ISO 8601 with a separator between date and time.
func (i instant) iso(separator string) string {
	if i.date {
		return i.Format("2006-01-02")
	}
	s := i.Format("2006-01-02" + separator + "15:04:05")
	if micros := i.Nanosecond() / 1000; micros != 0 {
		s += fmt.Sprintf(".%06d", micros)
	}
	if i.aware {
		s += i.Format("-07:00")
	}
	return s
}

// Binary evaluates instant + timedelta, - timedelta and - instant.
func (i instant) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	switch y := y.(type) {
	case timedelta:
		if op != syntax.PLUS && (op != syntax.MINUS || side == starlark.Right) {
			return nil, nil
		}
		return i.shifted(y, op == syntax.MINUS)
	case instant:
		if op != syntax.MINUS || side == starlark.Right || y.date != i.date {
			return nil, nil
		}
		if y.aware != i.aware {
			return nil, fault.Raise("TypeError", "a datetime with a zone and one without have no difference")
		}
		micros := big.NewInt(i.Unix() - y.Unix())
		micros.Mul(micros, big.NewInt(1e6)).Add(micros, big.NewInt(int64(i.Nanosecond()-y.Nanosecond())/1000))
		return fromMicroseconds(new(big.Rat).SetInt(micros))
	}
	return nil, nil
}

func (i instant) shifted(by timedelta, back bool) (starlark.Value, error) {
	days, micros := by.days, by.micros
	if back {
		days, micros = -days, -micros
	}
	if i.date {
		micros = 0
		if back && by.micros > 0 {
			days = -by.days
		}
	}
	if days > 4_000_000 || days < -4_000_000 {
		return nil, errYear()
	}
	i.Time = i.Time.Add(time.Duration(days%100_000) * 24 * time.Hour)
	for n := days / 100_000; n != 0; {
		step := max(-1, min(1, n))
		i.Time = i.Time.Add(time.Duration(step) * 100_000 * 24 * time.Hour)
		n -= step
	}
	i.Time = i.Time.Add(time.Duration(micros) * time.Microsecond)
	if y := i.Year(); y < 1 || y > 9999 {
		return nil, errYear()
	}
	return i, nil
}

func errYear() error { return fault.Raise("OverflowError", "a date is outside the years 1 to 9999") }

// Attr returns an attribute. What is not there is nil.
func (i instant) Attr(name string) (starlark.Value, error) {
	numbers := map[string]int{"year": i.Year(), "month": int(i.Month()), "day": i.Day()}
	if !i.date {
		numbers["hour"], numbers["minute"], numbers["second"], numbers["microsecond"] = i.Hour(), i.Minute(), i.Second(), i.Nanosecond()/1000
	}
	if n, ok := numbers[name]; ok {
		return starlark.MakeInt(n), nil
	}
	switch name {
	case "isoformat":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			separator := "T"
			if err := unpack(name, args, kwargs, "sep?", &separator); err != nil || i.date && len(args)+len(kwargs) > 0 || utf8.RuneCountInString(separator) != 1 {
				return nil, fault.New("isoformat() takes a separator of one character only")
			}
			return starlark.String(i.iso(separator)), nil
		}), nil
	case "strftime", "__format__":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var format string
			if err := unpack(name, args, kwargs, "format", &format); err != nil {
				return nil, err
			}
			s, err := i.strftime(format)
			return starlark.String(s), err
		}), nil
	case "date":
		return simple(name, func() starlark.Value {
			return instant{Time: time.Date(i.Year(), i.Month(), i.Day(), 0, 0, 0, 0, time.UTC), date: true}
		}), nil
	case "weekday":
		return simple(name, func() starlark.Value { return starlark.MakeInt((int(i.Weekday()) + 6) % 7) }), nil
	case "isoweekday":
		return simple(name, func() starlark.Value { return starlark.MakeInt((int(i.Weekday())+6)%7 + 1) }), nil
	case "timestamp":
		if i.aware {
			return simple(name, func() starlark.Value { return starlark.Float(float64(i.UnixMicro()) / 1e6) }), nil
		}
	case "replace":
		return builtin(name, i.replace), nil
	}
	return nil, fault.New("%s of a %s is not available; write the value, or compute it in Go", name, i.Type())
}

// AttrNames returns nothing: the names are not listed to files.
func (instant) AttrNames() []string { return nil }

// simple is a method without arguments that cannot fail.
func simple(name string, f func() starlark.Value) *starlark.Builtin {
	return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return f(), unpack(name, args, kwargs)
	})
}

// replace implements replace(year=..., tzinfo=...).
func (i instant) replace(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	year, month, day := i.Year(), int(i.Month()), i.Day()
	hour, minute, second, micro := i.Hour(), i.Minute(), i.Second(), i.Nanosecond()/1000
	var zone starlark.Value
	pairs := []any{"year?", &year, "month?", &month, "day?", &day}
	if !i.date {
		pairs = append(pairs, "hour?", &hour, "minute?", &minute, "second?", &second, "microsecond?", &micro, "tzinfo?", &zone)
	}
	if err := unpack("replace", args, kwargs, pairs...); err != nil {
		return nil, err
	}
	v, err := newInstant(year, month, day, hour, minute, second, micro)
	if err != nil {
		return nil, err
	}
	v.date, v.aware = i.date, i.aware
	if i.aware {
		v.Time = time.Date(year, time.Month(month), day, hour, minute, second, micro*1000, i.Location())
	}
	if zone != nil {
		return v.in(zone)
	}
	return v, nil
}

// in gives an instant a zone without moving its clock.
func (i instant) in(zone starlark.Value) (starlark.Value, error) {
	switch z := zone.(type) {
	case starlark.NoneType:
		i.aware = false
		i.Time = time.Date(i.Year(), i.Month(), i.Day(), i.Hour(), i.Minute(), i.Second(), i.Nanosecond(), time.UTC)
		return i, nil
	case zoneOffset:
		i.aware = true
		i.Time = time.Date(i.Year(), i.Month(), i.Day(), i.Hour(), i.Minute(), i.Second(), i.Nanosecond(), z.location())
		return i, nil
	case refused:
		return nil, z.err()
	}
	return nil, fault.Raise("TypeError", "tzinfo must be a zone of the module datetime")
}

// newInstant returns a datetime without a zone.
func newInstant(year, month, day, hour, minute, second, micro int) (instant, error) {
	t := time.Date(year, time.Month(month), day, hour, minute, second, micro*1000, time.UTC)
	same := t.Year() == year && int(t.Month()) == month && t.Day() == day && t.Hour() == hour && t.Minute() == minute &&
		t.Second() == second && t.Nanosecond() == micro*1000
	if !same || year < 1 || year > 9999 {
		return instant{}, fault.Raise("ValueError", "a date or time does not exist; check its parts")
	}
	return instant{Time: t}, nil
}

// zoneOffset is a datetime.timezone: a fixed distance from UTC.
type zoneOffset struct {
	inert
	seconds int
}

// String returns the distance.
func (z zoneOffset) String() string { return time.Unix(0, 0).In(z.location()).Format("UTC-07:00") }

// Type returns the name of the type.
func (zoneOffset) Type() string { return "timezone" }

// Hash makes a zone fit for a key.
func (z zoneOffset) Hash() (uint32, error) { return uint32(z.seconds), nil }

func (z zoneOffset) location() *time.Location {
	if z.seconds == 0 {
		return time.UTC
	}
	return time.FixedZone("", z.seconds)
}

// clock is a datetime.time without a zone.
type clock struct{ hour, minute, second, micro int }

// String returns what str() gives.
func (c clock) String() string { return c.str() }

// Type returns the name of the type.
func (c clock) Type() string { return "time" }

// Freeze does nothing: a clock does not change.
func (c clock) Freeze() {}

// Truth is always true.
func (c clock) Truth() starlark.Bool { return true }

// Hash makes a clock fit for a key.
func (c clock) Hash() (uint32, error) { return uint32(c.hour*3600 + c.minute*60 + c.second), nil }

func (c clock) str() string {
	s := fmt.Sprintf("%02d:%02d:%02d", c.hour, c.minute, c.second)
	if c.micro != 0 {
		s += fmt.Sprintf(".%06d", c.micro)
	}
	return s
}

// maxFormat is the length of the longest format of a time.
const maxFormat = 1000

// strftime writes the time in a format of C. A directive that depends on the locale is not available.
func (i instant) strftime(format string) (string, error) {
	if len(format) > maxFormat {
		return "", fault.New("a format of a time is longer than %d bytes; write the value", maxFormat)
	}
	b := make([]byte, 0, 4*len(format))
	for at := 0; at < len(format); at++ {
		if format[at] != '%' || at+1 == len(format) {
			b = append(b, format[at])
			continue
		}
		at++
		layout := directive(format[at])
		switch {
		case layout != "":
			b = i.AppendFormat(b, layout)
		case format[at] == '%':
			b = append(b, '%')
		case format[at] == 'f':
			b = fmt.Appendf(b, "%06d", i.Nanosecond()/1000)
		case format[at] == 'z' || format[at] == 'Z':
			if i.aware {
				return "", fault.New("strftime() writes no zone here; write the value")
			}
		default:
			return "", fault.New("this directive of strftime() is not available; write the value")
		}
	}
	return string(b), nil
}

// directive returns the layout in Go of a directive of strftime, or "".
func directive(letter byte) string {
	letters, layouts := "YmdHMSyBbAaIpjFTDR", [...]string{"2006", "01", "02", "15", "04", "05", "06", "January", "Jan", "Monday", "Mon",
		"03", "PM", "002", "2006-01-02", "15:04:05", "01/02/06", "15:04"}
	if at := strings.IndexByte(letters, letter); at >= 0 {
		return layouts[at]
	}
	return ""
}

// instantClass is the class datetime or date.
type instantClass struct {
	*starlark.Builtin
	machine *Machine
	date    bool
}

// AttrNames returns nothing: the names are not listed to files.
func (instantClass) AttrNames() []string { return nil }

// Attr returns an attribute of the class.
func (c instantClass) Attr(name string) (starlark.Value, error) {
	switch name {
	case "now", "utcnow", "today":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var zone starlark.Value = starlark.None
			if err := unpack(name, args, kwargs, "tz?", &zone); err != nil {
				return nil, err
			}
			return c.now(name, zone)
		}), nil
	case "fromisoformat":
		return builtin(name, c.fromISO), nil
	case "min":
		return instant{Time: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), date: c.date}, nil
	}
	return refused{name: "datetime." + name, cure: "write the value, or compute it in Go"}, nil
}

func (c instantClass) now(name string, zone starlark.Value) (starlark.Value, error) {
	now := time.Now().Truncate(time.Microsecond)
	if z, ok := zone.(zoneOffset); ok {
		return instant{Time: now.In(z.location()), aware: true}, nil
	}
	if zone != starlark.None {
		return nil, fault.New("the time in this zone is not available; use timezone.utc")
	}
	if name == "utcnow" {
		now = now.UTC()
	}
	naive := instant{Time: time.Date(now.Year(), now.Month(), now.Day(), now.Hour(), now.Minute(), now.Second(), now.Nanosecond(), time.UTC), date: c.date}
	if c.date {
		naive.Time = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	}
	return naive, nil
}

// fromISO implements fromisoformat for the forms that isoformat writes.
func (c instantClass) fromISO(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s string
	if err := unpack("fromisoformat", args, kwargs, "text", &s); err != nil {
		return nil, err
	}
	layouts := []string{"2006-01-02"}
	if !c.date {
		layouts = append(layouts, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04:05.000000", "2006-01-02T15:04")
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil && len(s) == len(layout) {
			return instant{Time: t, date: c.date}, nil
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05-07:00", "2006-01-02T15:04:05Z"} {
		if t, err := time.Parse(layout, s); err == nil && !c.date {
			return instant{Time: t, aware: true}, nil
		}
	}
	return nil, fault.New("this form of a date is not available in fromisoformat(); write it as 2006-01-02T15:04:05")
}

// dates is the module datetime.
func (m *Machine) dates() *module {
	d := &module{name: "datetime", attrs: starlark.StringDict{
		"timedelta": builtin("datetime.timedelta", newTimedelta),
		"datetime":  instantClass{Builtin: builtin("datetime.datetime", newDatetime), machine: m},
		"date":      instantClass{Builtin: builtin("datetime.date", newDate), machine: m, date: true},
		"time":      builtin("datetime.time", newClock),
		"timezone":  zoneClass{builtin("datetime.timezone", newZone)},
		"UTC":       zoneOffset{},
		"MINYEAR":   starlark.MakeInt(1), "MAXYEAR": starlark.MakeInt(9999),
	}}
	return d
}

// zoneClass is the class timezone.
type zoneClass struct{ *starlark.Builtin }

// AttrNames returns nothing: the names are not listed to files.
func (zoneClass) AttrNames() []string { return nil }

// Attr returns utc.
func (zoneClass) Attr(name string) (starlark.Value, error) {
	if name == "utc" {
		return zoneOffset{}, nil
	}
	return nil, fault.New("timezone.%s is not available; write the value", name)
}

func newZone(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := unpack("timezone", args, kwargs, "offset", &v); err != nil {
		return nil, err
	}
	d, ok := v.(timedelta)
	if !ok || d.micros%1e6 != 0 || d.days < -1 || d.days > 0 {
		return nil, fault.New("timezone() needs a timedelta of whole seconds below a day")
	}
	return zoneOffset{seconds: int(d.days*86_400 + d.micros/1e6)}, nil
}

func newDatetime(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var year, month, day, hour, minute, second, micro int
	var zone starlark.Value
	if err := unpack("datetime", args, kwargs, "year", &year, "month", &month, "day", &day, "hour?", &hour, "minute?", &minute,
		"second?", &second, "microsecond?", &micro, "tzinfo?", &zone); err != nil {
		return nil, err
	}
	i, err := newInstant(year, month, day, hour, minute, second, micro)
	if err != nil || zone == nil {
		return i, err
	}
	return i.in(zone)
}

func newDate(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var year, month, day int
	if err := unpack("date", args, kwargs, "year", &year, "month", &month, "day", &day); err != nil {
		return nil, err
	}
	i, err := newInstant(year, month, day, 0, 0, 0, 0)
	i.date = true
	return i, err
}

func newClock(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var c clock
	if err := unpack("time", args, kwargs, "hour?", &c.hour, "minute?", &c.minute, "second?", &c.second, "microsecond?", &c.micro); err != nil {
		return nil, err
	}
	_, err := newInstant(2000, 1, 1, c.hour, c.minute, c.second, c.micro)
	return c, err
}
