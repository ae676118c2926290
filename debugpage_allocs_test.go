//go:build !race

package dewar_test

import (
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/dewar-go/dewar"
)

// TestDebugPageCostsNothing holds that errors take no more allocations while DEBUG is off than before there was a page.
func TestDebugPageCostsNothing(t *testing.T) {
	app := dewar.New("shop")
	app.Logger = slog.New(slog.DiscardHandler)
	app.Get("/deliberate", func(*dewar.Context) error { return dewar.Abort(403) })
	app.Get("/error", func(*dewar.Context) error { return errDeep })
	app.Get("/text", index)
	for path, most := range map[string]float64{"/deliberate": 34, "/error": 46, "/none": 34, "/text": 9} {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept", "text/html")
		if n := testing.AllocsPerRun(200, func() { app.ServeHTTP(httptest.NewRecorder(), r) }); n > most {
			t.Errorf("%s: %v allocations, want at most %v", path, n, most)
		}
	}
}
