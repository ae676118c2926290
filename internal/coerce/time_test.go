package coerce_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
)

func TestDuration(t *testing.T) {
	t.Parallel()
	convert(t, coerce.Duration, []row[time.Duration]{
		{"duration", 5 * time.Minute, 5 * time.Minute, ""},
		{"pointer", ptr(time.Minute), time.Minute, ""},
		{"units", "30s", 30 * time.Second, ""},
		{"several units", "1h30m", 90 * time.Minute, ""},
		{"fraction with unit", "1.5h", 90 * time.Minute, ""},
		{"nanoseconds", "30ns", 30, ""},
		{"microseconds", "3µs", 3000, ""},
		{"negative with unit", "-2s", -2 * time.Second, ""},
		{"spaces", " 30s ", 30 * time.Second, ""},
		{"a bare number is seconds", 30, 30 * time.Second, ""},
		{"bare text is seconds", "30", 30 * time.Second, ""},
		{"leading zero", "010", 10 * time.Second, ""},
		{"fraction", 1.1, 1100 * time.Millisecond, ""},
		{"float32 fraction", float32(0.1), 100 * time.Millisecond, ""},
		{"text fraction", "0.25", 250 * time.Millisecond, ""},
		{"json number", json.Number("2678400"), 31 * 24 * time.Hour, ""},
		{"json fraction", json.Number("1.000000001"), time.Second + 1, ""},
		{"json exponent", json.Number("1e3"), 1000 * time.Second, ""},
		{"below a nanosecond is cut off", "0.0000000019", 1, ""},
		{"named int", level(30), 30 * time.Second, ""},
		{"uint8", uint8(30), 30 * time.Second, ""},
		{"zero", 0, 0, ""},
		{"negative", -30, -30 * time.Second, ""},
		{"largest", "9223372036.854775807", math.MaxInt64, ""},
		{"smallest", "-9223372036.854775808", math.MinInt64, ""},

		{"overflow of int64", int64(math.MaxInt64), 0, "out of range"},
		{"overflow by one second", int64(9223372037), 0, "out of range"},
		{"overflow of uint64", uint64(math.MaxUint64), 0, "out of range"},
		{"overflow of float", 1e18, 0, "out of range"},
		{"overflow of text", "9223372036.854775808", 0, "out of range"},
		{"overflow with unit", "3000000h", 0, "malformed or out of range"},
		{"words", "31 days", 0, "malformed or out of range"},
		{"other words", "forever", 0, "malformed"},
		{"clock", "01:30", 0, "malformed"},
		{"hexadecimal", "0x10", 0, "malformed"},
		{"underscores", "1_000", 0, "malformed"},
		{"only a unit", "s", 0, "malformed or out of range"},
		{"NaN", math.NaN(), 0, "not a number"},
		{"infinity", math.Inf(-1), 0, "infinite"},
		{"bool", true, 0, "a boolean"},
		{"empty", "", 0, "empty"},
		{"only spaces", " ", 0, "empty"},
		{"nil", nil, 0, "missing"},
		{"nil pointer", (*time.Duration)(nil), 0, "missing"},
		{"list", []any{30}, 0, "a list"},
	})
}

func TestTime(t *testing.T) {
	t.Parallel()
	noon := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name   string
		in     any
		want   time.Time
		reason string
	}{
		{"time", noon, noon, ""},
		{"pointer", &noon, noon, ""},
		{"the zero time is a time", time.Time{}, time.Time{}, ""},
		{"RFC 3339", "2024-02-29T12:00:00Z", noon, ""},
		{"RFC 3339 with offset", "2024-02-29T14:00:00+02:00", noon, ""},
		{"RFC 3339 with fraction", "2024-02-29T12:00:00.25Z", noon.Add(250 * time.Millisecond), ""},
		{"spaces around", " 2024-02-29T12:00:00Z\n", noon, ""},
		{"date", "2024-02-29", noon.Add(-12 * time.Hour), ""},
		{"no zone is UTC", "2024-02-29 12:00:00", noon, ""},
		{"date of HTTP", "Thu, 29 Feb 2024 12:00:00 GMT", noon, ""},
		{"older date of HTTP", "Thursday, 29-Feb-24 12:00:00 GMT", noon, ""},
		{"oldest date of HTTP", "Thu Feb 29 12:00:00 2024", noon, ""},
		{"seconds since 1970", noon.Unix(), noon, ""},
		{"seconds as a float", float64(noon.Unix()), noon, ""},
		{"seconds as a json number", json.Number("1709208000"), noon, ""},
		{"seconds as text", "1709208000", noon, ""},
		{"negative seconds", -1, time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), ""},
		{"zero seconds", 0, time.Unix(0, 0), ""},
		{"last second of 9999", int64(253402300799), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), ""},
		{"first second of 1", int64(-62135596800), time.Time{}, ""},

		{"datetime-local", "2024-02-29T12:00", noon, ""},
		{"datetime-local with seconds", "2024-02-29T12:00:30", noon.Add(30 * time.Second), ""},
		{"datetime-local with a fraction", "2024-02-29T12:00:30.25", noon.Add(30*time.Second + 250*time.Millisecond), ""},
		{"datetime-local with a space", "2024-02-29 12:00", noon, ""},
		{"datetime-local with a space and seconds", "2024-02-29 12:00:30.5", noon.Add(30*time.Second + 500*time.Millisecond), ""},
		{"minutes with a zone", "2024-02-29T14:00+02:00", noon, ""},
		{"minutes in UTC", "2024-02-29 12:00Z", noon, ""},
		{"month", "2024-02", time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC), ""},
		{"week", "2024-W09", time.Date(2024, 2, 26, 0, 0, 0, 0, time.UTC), ""},
		{"week that begins in the year before", "2020-W01", time.Date(2019, 12, 30, 0, 0, 0, 0, time.UTC), ""},
		{"first week after a long year", "2021-W01", time.Date(2021, 1, 4, 0, 0, 0, 0, time.UTC), ""},
		{"last week of a long year", "2020-W53", time.Date(2020, 12, 28, 0, 0, 0, 0, time.UTC), ""},
		{"time", "07:08", time.Date(0, 1, 1, 7, 8, 0, 0, time.UTC), ""},
		{"midnight is not the zero time", "00:00", time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), ""},
		{"time with seconds", "23:59:59", time.Date(0, 1, 1, 23, 59, 59, 0, time.UTC), ""},
		{"time with a fraction", "07:08:09.123", time.Date(0, 1, 1, 7, 8, 9, 123e6, time.UTC), ""},

		{"no such week", "2021-W53", time.Time{}, "malformed"},
		{"week 0", "2021-W00", time.Time{}, "malformed"},
		{"week of one digit", "2021-W1", time.Time{}, "malformed"},
		{"week of year 0", "0000-W01", time.Time{}, "malformed"},
		{"week with a sign", "2021-W+1", time.Time{}, "malformed"},
		{"no such month", "2024-13", time.Time{}, "malformed"},
		{"month of year 0", "0000-01", time.Time{}, "malformed"},
		{"minute of year 0", "0000-01-01T00:00", time.Time{}, "malformed"},
		{"no such minute", "07:60", time.Time{}, "malformed"},
		{"no such hour", "24:00", time.Time{}, "malformed"},
		{"no such day, with minutes", "2024-02-30T12:00", time.Time{}, "malformed"},
		{"milliseconds", int64(1709208000000), time.Time{}, "out of range"},
		{"before the year 1", int64(-62135596801), time.Time{}, "out of range"},
		{"beyond int64", uint64(math.MaxUint64), time.Time{}, "out of range"},
		{"year 0", "0000-01-01", time.Time{}, "out of range"},
		{"fraction of a second", 1.5, time.Time{}, "not a whole number"},
		{"digits that may be a date", "20240229", time.Time{}, "malformed"},
		{"digits that may be a year", "2024", time.Time{}, "malformed"},
		{"clock without a date", "3:04PM", time.Time{}, "malformed"},
		{"zone that cast reads as UTC", "Thu, 29 Feb 2024 12:00:00 PST", time.Time{}, "malformed"},
		{"the same in the form of Unix", "Thu Feb 29 12:00:00 PST 2024", time.Time{}, "malformed"},
		{"month and day only", "Feb 29 12:00:00.000000000", time.Time{}, "malformed"},
		{"no such day", "2024-02-30", time.Time{}, "malformed"},
		{"not a date, though as long as one", "abcdefghijklmnopqrstuvwx", time.Time{}, "malformed"},
		{"word", "tomorrow", time.Time{}, "malformed"},
		{"bool", true, time.Time{}, "a boolean"},
		{"duration", time.Hour, time.Time{}, "a duration"},
		{"empty", "", time.Time{}, "empty"},
		{"nil", nil, time.Time{}, "missing"},
		{"nil pointer", (*time.Time)(nil), time.Time{}, "missing"},
		{"list", []any{}, time.Time{}, "a list"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := coerce.Time(tt.in)
			if r := reasonOf(t, err); r != tt.reason {
				t.Fatalf("reason = %q, want %q (got %v)", r, tt.reason, got)
			}
			if !got.Equal(tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestTimeOfNumberIsUTC(t *testing.T) {
	t.Parallel()
	got, err := coerce.Time(int64(1709208000))
	if err != nil {
		t.Fatal(err)
	}
	if got.Location() != time.UTC {
		t.Errorf("location %v, want UTC", got.Location())
	}
}

func TestTimeReadsWhatStringWrites(t *testing.T) {
	t.Parallel()
	now := time.Now()
	text, err := coerce.String(now)
	if err != nil {
		t.Fatal(err)
	}
	got, err := coerce.Time(text)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Equal(now) {
		t.Errorf("got %v, want %v", got, now)
	}
}
