package dewar_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

func TestConditionsDecideByVersionAndTime(t *testing.T) {
	t.Parallel()
	changed := time.Date(2026, 1, 2, 3, 4, 5, 999, time.UTC)
	same, later, earlier := changed.Format(http.TimeFormat), changed.Add(time.Hour).Format(http.TimeFormat), changed.Add(-time.Hour).Format(http.TimeFormat)
	for _, tt := range []struct {
		name, method, etag string
		modified           time.Time
		header             []string
		want               int
	}{
		{"nothing said", "GET", `"v1"`, changed, nil, 0},
		{"the same version", "GET", `"v1"`, changed, []string{"If-None-Match", `"v0", "v1"`}, 304},
		{"the same version, weakly", "HEAD", `"v1"`, changed, []string{"If-None-Match", `W/"v1"`}, 304},
		{"another version", "GET", `"v1"`, changed, []string{"If-None-Match", `"v2"`}, 0},
		{"any version", "GET", `"v1"`, changed, []string{"If-None-Match", `*`}, 304},
		{"any version of what is not there", "PUT", "", time.Time{}, []string{"If-None-Match", `*`}, 0},
		{"any version of what is there", "PUT", `"v1"`, changed, []string{"If-None-Match", `*`}, 412},
		{"the version goes before the time", "GET", `"v1"`, changed, []string{"If-None-Match", `"v2"`, "If-Modified-Since", later}, 0},
		{"not modified since", "GET", "", changed, []string{"If-Modified-Since", same}, 304},
		{"modified since", "GET", "", changed, []string{"If-Modified-Since", earlier}, 0},
		{"not modified since, of what is written", "POST", "", changed, []string{"If-Modified-Since", same}, 0},
		{"a time that is none", "GET", "", changed, []string{"If-Modified-Since", "yesterday"}, 0},
		{"the version that is meant", "PUT", `"v1"`, changed, []string{"If-Match", `"v1"`}, 0},
		{"another that is meant", "PUT", `"v2"`, changed, []string{"If-Match", `"v1"`}, 412},
		{"a weak one that is meant", "PUT", `W/"v1"`, changed, []string{"If-Match", `W/"v1"`}, 412},
		{"any that is meant", "PUT", `"v2"`, changed, []string{"If-Match", `*`}, 0},
		{"any of what is not there", "PUT", "", time.Time{}, []string{"If-Match", `*`}, 412},
		{"one without quotes", "PUT", `"v1"`, changed, []string{"If-Match", `v1`}, 412},
		{"unmodified since", "PUT", `"v1"`, changed, []string{"If-Unmodified-Since", same}, 0},
		{"modified meanwhile", "PUT", `"v1"`, changed, []string{"If-Unmodified-Since", earlier}, 412},
		{"both", "GET", `"v1"`, changed, []string{"If-Match", `"v1"`, "If-None-Match", `"v1"`}, 304},
	} {
		r := httptest.NewRequest(tt.method, "/", nil)
		for i := 0; i < len(tt.header); i += 2 {
			r.Header.Set(tt.header[i], tt.header[i+1])
		}
		if got := dewar.ConditionsOf(r).Status(tt.etag, tt.modified); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestRangesAreTakenApart(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ header, want string }{
		{"", "[]"},
		{"bytes=0-499", "[{0 499}] 0+100"},
		{"Bytes = 10-", "[{10 -1}] 10+90"},
		{"bytes=-30", "[{-30 -1}] 70+30"},
		{"bytes=-300", "[{-300 -1}] 0+100"},
		{"bytes=0-0, 50-59 ,-1", "[{0 0} {50 59} {-1 -1}] 0+1 50+10 99+1"},
		{"bytes=100-", "[{100 -1}] none"},
		{"bytes=0-99999999999999999999", "[{0 9223372036854775807}] 0+100"},
		{"bytes=99999999999999999999-", "[{9223372036854775807 -1}] none"},
		{"bytes=-99999999999999999999", "[{-9223372036854775807 -1}] 0+100"},
		{"bytes=5-4", "[]"}, {"bytes=-0", "[]"}, {"bytes=-", "[]"}, {"bytes=", "[]"}, {"bytes", "[]"}, {"bytes=a-b", "[]"}, {"bytes=--1", "[]"},
		{"lines=1-2", "[]"}, {"bytes=1-2,x", "[]"},
		{"bytes=" + strings.Repeat("1-2,", 100) + "1-2", "[]"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Range", tt.header)
		ranges := dewar.ConditionsOf(r).Ranges
		got := fmt.Sprint(ranges)
		for _, b := range ranges {
			if offset, length, ok := b.Of(100); ok {
				got += fmt.Sprintf(" %d+%d", offset, length)
			} else {
				got += " none"
			}
		}
		if got != tt.want {
			t.Errorf("%.40s: got %s, want %s", tt.header, got, tt.want)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	for _, tt := range []struct{ header, etag, date string }{{`"v1"`, `"v1"`, ""}, {`W/"v1"`, `W/"v1"`, ""}, {"Fri, 02 Jan 2026 03:04:05 GMT", "", "2026-01-02"}, {"x", "", ""}} {
		r.Header.Set("If-Range", tt.header)
		got := dewar.ConditionsOf(r).IfRange
		if got.ETag != tt.etag || got.Date.IsZero() != (tt.date == "") || tt.date != "" && got.Date.Format(time.DateOnly) != tt.date {
			t.Errorf("If-Range %s: got %v", tt.header, got)
		}
	}
}

// A page that is saved twice at the same time is saved once: the second one is told that it means an older version.
func TestNotModifiedSparesTheViewAndRefusesLostUpdates(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	version, changed, rendered := "v1", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), 0
	app.Route("/post", func(c *dewar.Context) error {
		if done, err := c.NotModified(version, changed); done {
			return err
		}
		if c.Method() == "PUT" {
			version = "v2"
			return c.NoContent()
		}
		rendered++
		return c.Text("tea")
	}, dewar.Methods("GET", "PUT"))
	app.Get("/bad", func(c *dewar.Context) error {
		done, err := c.NotModified("a\r\nb", changed)
		if !done {
			t.Error("a view goes on with an ETag that is none")
		}
		return err
	})
	srv := serve(t, app)
	first := ask(t, srv, "GET", "/post")
	if etag, modified := first.Header.Get("ETag"), first.Header.Get("Last-Modified"); first.body != "tea" || etag != `"v1"` || modified != changed.Format(http.TimeFormat) {
		t.Errorf("got %q with %q and %q", first.body, etag, modified)
	}
	again := ask(t, srv, "GET", "/post", "If-None-Match", `"v1"`)
	if again.StatusCode != 304 || again.body != "" || again.Header.Get("ETag") != `"v1"` || rendered != 1 {
		t.Errorf("got %d %q after %d renderings, want 304 after one", again.StatusCode, again.body, rendered)
	}
	codes := []int{
		ask(t, srv, "PUT", "/post", "If-Match", `"v1"`).StatusCode,
		ask(t, srv, "PUT", "/post", "If-Match", `"v1"`).StatusCode,
		ask(t, srv, "GET", "/post", "If-None-Match", `"v1"`).StatusCode,
		ask(t, srv, "GET", "/bad").StatusCode,
	}
	if want := []int{204, 412, 200, 500}; !slices.Equal(codes, want) {
		t.Errorf("got %v, want %v", codes, want)
	}
}
