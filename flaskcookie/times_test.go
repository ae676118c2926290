package flaskcookie_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flaskcookie"
)

// inYear returns the last second of January in a year.
func inYear(year int) time.Time { return time.Date(year, 1, 31, 23, 59, 59, 0, time.UTC) }

// keep has an App save value in its session and returns the status, the saved session and the log.
func keep(t *testing.T, value any) (status int, session, log string) {
	t.Helper()
	app := sharingApp(t, nil)
	var written strings.Builder
	app.Logger = textLogger(&written)
	app.Get("/keep", func(c *dewar.Context) error {
		c.Session().Set("user", "ann")
		c.Session().Set("last login", value)
		return c.Text("")
	})
	rec := ask(app, "/keep", "")
	cookies := rec.Result().Cookies()
	if len(cookies) == 0 {
		return rec.Code, "", written.String()
	}
	payload, _, err := newCodec(t, flaskcookie.Options{}, oldKey).Decode(cookies[0].Value, time.Now(), lifetime)
	if err != nil {
		t.Fatal(err)
	}
	return rec.Code, string(payload), written.String()
}

func TestTimesBeforeTheYear100AreRefused(t *testing.T) {
	t.Parallel()
	east := time.FixedZone("east", 3600)
	for _, tt := range []struct {
		name  string
		value any
	}{
		{"the zero time", time.Time{}},
		{"the last second", time.Date(99, 12, 31, 23, 59, 59, 0, time.UTC)},
		{"the year 100 where it is, 99 in UTC", time.Date(100, 1, 1, 0, 30, 0, 0, east)},
		{"in a map", dewar.Map{"at": time.Time{}}},
		{"in a list", []any{1, time.Time{}}},
		{"in a list of times", []time.Time{inYear(2024), {}}},
		{"in a tuple", dewar.Tuple{time.Time{}}},
		{"deep", dewar.Map{"a": []any{dewar.Tuple{dewar.Map{"b": inYear(99)}}}}},
		{"in a map that looks like a tag", dewar.Map{" t": inYear(5)}},
		{"behind a pointer", &time.Time{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			status, session, log := keep(t, tt.value)
			if status != 500 || session != "" {
				t.Errorf("got %d and the session %s, want 500 and none", status, session)
			}
			if !strings.Contains(log, `\"last login\" holds a time before the year 100`) {
				t.Errorf("log %q, want the key named", log)
			}
		})
	}
}

func TestTimesFromTheYear100OnAreKept(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		value any
		want  string
	}{
		{"its first second", time.Date(100, 1, 1, 0, 0, 0, 0, time.UTC), `{" d":"Fri, 01 Jan 0100 00:00:00 GMT"}`},
		{"the year 99 where it is, 100 in UTC", time.Date(99, 12, 31, 23, 30, 0, 0, time.FixedZone("west", -3600)), `{" d":"Fri, 01 Jan 0100 00:30:00 GMT"}`},
		{"in a list", []any{inYear(999)}, `[{" d":"Thu, 31 Jan 0999 23:59:59 GMT"}]`},
		{"the last year", inYear(9999), `{" d":"Sun, 31 Jan 9999 23:59:59 GMT"}`},
		{"in a struct, where times are text", struct{ At time.Time }{}, `{"At":"0001-01-01T00:00:00Z"}`},
		{"text that looks like a year", "agent 007, room 0099", `"agent 007, room 0099"`},
		{"text that looks like a time", "Mon, 01 Jan 0001 00:00:00 GMT", `"Mon, 01 Jan 0001 00:00:00 GMT"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			status, session, log := keep(t, tt.value)
			if want := `{"last login":` + tt.want + `,"user":"ann"}`; status != 200 || session != want {
				t.Errorf("got %d and the session %s, want %s (log %s)", status, session, want, log)
			}
		})
	}
}

// TestFlaskReadsTheYearsThatAreWritten asks Flask, also why it must not get a year below 100.
func TestFlaskReadsTheYearsThatAreWritten(t *testing.T) {
	t.Parallel()
	c := newCodec(t, flaskcookie.Options{}, oldKey)
	years := map[int]int{1: 2001, 68: 2068, 69: 1969, 99: 1999, 100: 100, 101: 101, 999: 999, 1000: 1000, 9999: 9999}
	var cookies strings.Builder
	var want []string
	for year, read := range years {
		s := dewar.NewSession()
		s.Set("at", inYear(year))
		payload, err := dewar.Stored(s).MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		cookie, err := c.Encode(payload, time.Now().Add(-time.Second))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&cookies, cookie)
		want = append(want, `{"at":{" d":"`+inYear(read).Format("Mon, 02 Jan 2006 15:04:05 GMT")+`"}}`)
	}
	if got := batch(t, cookies.String(), "read"); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
