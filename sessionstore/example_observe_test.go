package sessionstore_test

import (
	"errors"
	"expvar"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/sessionstore"
)

// metrics counts what happens to sessions. Prometheus would have a counter vector and a histogram in the places of the maps.
type metrics struct{ events, failures, microseconds *expvar.Map }

func (m metrics) observe(e sessionstore.Event) {
	m.events.Add(e.Name, int64(max(e.Count, 1)))
	m.microseconds.Add(e.Name, e.Took.Microseconds())
	if failed(e.Err) {
		m.failures.Add(e.Name, 1)
	}
}

// failed reports whether the store is to blame: that a session is gone or has changed is an answer.
func failed(err error) bool {
	return err != nil && !errors.Is(err, sessionstore.ErrNotFound) && !errors.Is(err, sessionstore.ErrConflict) && !errors.Is(err, sessionstore.ErrExists)
}

// Counters of the standard library, which expvar.Publish would show under /debug/vars.
func ExampleSessionInterface_observe() {
	m := metrics{new(expvar.Map), new(expvar.Map), new(expvar.Map)}
	store := sessionstore.NewMemory()
	store.Observe = m.observe // evicted, swept

	app := dewar.New("shop")
	app.Logger = slog.New(slog.DiscardHandler)
	app.SessionInterface = &sessionstore.SessionInterface{Store: store, Observe: m.observe}
	if err := app.Config.Set("SECRET_KEY", "an example's key, which is long enough"); err != nil {
		fmt.Println(err)
	}
	app.Get("/", func(c *dewar.Context) error {
		c.Session().Set("seen", time.Now())
		return c.Text("welcome")
	})

	first := httptest.NewRecorder()
	app.ServeHTTP(first, httptest.NewRequest("GET", "/", nil))
	again := httptest.NewRequest("GET", "/", nil)
	again.AddCookie(first.Result().Cookies()[0])
	app.ServeHTTP(httptest.NewRecorder(), again)

	fmt.Println("events", m.events)
	fmt.Println("failures", m.failures)
	// Output:
	// events {"create": 1, "load": 1, "update": 1}
	// failures {}
}
