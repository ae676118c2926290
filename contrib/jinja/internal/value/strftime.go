package value

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// strftime formats t as Python does on Linux, with the flags - _ 0 ^ # of its C library. What is no directive stays as it is.
func strftime(t time.Time, format string) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		flag, start := byte(0), i
		for i+1 < len(format) && strings.IndexByte("-_0^#", format[i+1]) >= 0 {
			i++
			flag = format[i]
		}
		width := 0
		for i+1 < len(format) && format[i+1] >= '0' && format[i+1] <= '9' && width < widest {
			i++
			width = width*10 + int(format[i]-'0')
		}
		if i+1 == len(format) {
			b.WriteString(format[start:])
			break
		}
		i++
		text, ok := directive(t, format[i], flag, width)
		if !ok {
			text = format[start : i+1]
		}
		b.WriteString(text)
	}
	return b.String()
}

// directive is what one letter stands for.
func directive(t time.Time, letter, flag byte, width int) (string, bool) {
	if n, usual, pad, ok := numberDirective(t, letter); ok {
		return padNumber(n, max(usual, width), pad, flag), true
	}
	s, ok := textDirective(t, letter)
	if flag == '^' || flag == '#' && letter != 'p' && letter != 'Z' {
		s = strings.ToUpper(s)
	} else if flag == '#' {
		s = strings.ToLower(s)
	}
	if missing := width - len(s); missing > 0 && ok {
		pad := " "
		if flag == '0' {
			pad = "0"
		}
		s = strings.Repeat(pad, missing) + s
	}
	return s, ok
}

// widest is the width from which on digits are no width any more.
const widest = 100

// numberDirective is a number, how wide it is, and what fills it up.
func numberDirective(t time.Time, letter byte) (n, width int, pad byte, ok bool) {
	year, week := t.ISOWeek()
	switch letter {
	case 'd':
		return t.Day(), 2, '0', true
	case 'e':
		return t.Day(), 2, ' ', true
	case 'm':
		return int(t.Month()), 2, '0', true
	case 'y':
		return t.Year() % 100, 2, '0', true
	case 'Y':
		return t.Year(), 1, '0', true
	case 'C':
		return t.Year() / 100, 2, '0', true
	case 'H':
		return t.Hour(), 2, '0', true
	case 'k':
		return t.Hour(), 2, ' ', true
	case 'I':
		return (t.Hour()+11)%12 + 1, 2, '0', true
	case 'l':
		return (t.Hour()+11)%12 + 1, 2, ' ', true
	case 'M':
		return t.Minute(), 2, '0', true
	case 'S':
		return t.Second(), 2, '0', true
	case 'j':
		return t.YearDay(), 3, '0', true
	case 'w':
		return int(t.Weekday()), 1, '0', true
	case 'u':
		return isoWeekday(t), 1, '0', true
	case 'U':
		return (t.YearDay() + 6 - int(t.Weekday())) / 7, 2, '0', true
	case 'W':
		return (t.YearDay() + 6 - (int(t.Weekday())+6)%7) / 7, 2, '0', true
	case 'V':
		return week, 2, '0', true
	case 'G':
		return year, 1, '0', true
	case 'g':
		return year % 100, 2, '0', true
	}
	return 0, 0, 0, false
}

func padNumber(n, width int, pad, flag byte) string {
	s := strconv.Itoa(n)
	switch flag {
	case '-':
		return s
	case '_':
		pad = ' '
	case '0':
		pad = '0'
	}
	if missing := width - len(s); missing > 0 {
		return strings.Repeat(string(pad), missing) + s
	}
	return s
}

// textDirective is a name, or several directives together.
func textDirective(t time.Time, letter byte) (string, bool) {
	switch letter {
	case 'a':
		return t.Format("Mon"), true
	case 'A':
		return t.Format("Monday"), true
	case 'b', 'h':
		return t.Format("Jan"), true
	case 'B':
		return t.Format("January"), true
	case 'p':
		return t.Format("PM"), true
	case 'P':
		return t.Format("pm"), true
	case 'f':
		return fmt.Sprintf("%06d", t.Nanosecond()/1000), true
	case 'z':
		return offsetIn(t), true
	case 'Z':
		name, _ := zoneOf(t).(string)
		return name, true
	case 's':
		return strconv.FormatInt(t.Unix(), 10), true
	case 'n':
		return "\n", true
	case 't':
		return "\t", true
	case '%':
		return "%", true
	}
	if format := composite(letter); format != "" {
		return strftime(t, format), true
	}
	return "", false
}

func composite(letter byte) string {
	switch letter {
	case 'c':
		return "%a %b %e %H:%M:%S %Y"
	case 'x', 'D':
		return "%m/%d/%y"
	case 'X', 'T':
		return "%H:%M:%S"
	case 'F':
		return "%Y-%m-%d"
	case 'R':
		return "%H:%M"
	case 'r':
		return "%I:%M:%S %p"
	}
	return ""
}

func offsetIn(t time.Time) string {
	if !aware(t) {
		return ""
	}
	_, offset := t.Zone()
	return showOffset(offset, "")
}
