package dewar_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// This file has no tests of its own: it holds what the tests of several files ask or make with.

// newConfig returns the configuration of an app in a folder of its own, and that folder.
func newConfig(t testing.TB, opts ...dewar.Option) (*dewar.Config, string) {
	t.Helper()
	dir := t.TempDir()
	return dewar.New("test", append([]dewar.Option{dewar.RootPath(dir)}, opts...)...).Config, dir
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantError checks that err mentions every one of the texts.
func wantError(t testing.TB, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("got no error, want one that says %q", texts)
		return
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("got error %q, want %q in it", err, text)
		}
	}
}

func wantValue(t testing.TB, c *dewar.Config, key string, want any) {
	t.Helper()
	if got := c.Get(key); !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %#v, want %#v", key, got, want)
	}
}

// wants sends requests "METHOD path [Host]" and compares "status body" or, for a redirect, "status location",
// or, for 405 and OPTIONS, "status allow".
func wants(t *testing.T, app http.Handler, table [][2]string) {
	t.Helper()
	for _, row := range table {
		fields := strings.Fields(row[0])
		var header []string
		if len(fields) > 2 {
			header = []string{"Host", fields[2]}
		}
		rec := send(app, fields[0], fields[1], header...)
		got := strings.TrimRight(fmt.Sprint(rec.Code, " ", rec.Body), " \n")
		switch {
		case rec.Code >= 300 && rec.Code < 400:
			got = fmt.Sprint(rec.Code, " ", rec.Header().Get("Location"))
		case rec.Code == 404:
			got = "404"
		case rec.Code == 405 || fields[0] == "OPTIONS":
			got = fmt.Sprint(rec.Code, " ", rec.Header().Get("Allow"))
		}
		if got != row[1] {
			t.Errorf("%s: got %q, want %q", row[0], got, row[1])
		}
	}
}

var requestForTrips = httptest.NewRequest("GET", "http://localhost/", nil)

// textLogger returns a logger that writes plain lines to w.
func textLogger(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

func contextWith(parent context.Context, key, value any) context.Context {
	return context.WithValue(parent, key, value)
}
