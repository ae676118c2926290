package dewar_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/gorilla/securecookie"

	"github.com/dewar-go/dewar"
)

// benchPayload is the JSON of the session that sessionApp sets.
const benchPayload = `{"csrf":"c5b0b8d1c2f04e7ab4e0a1d2c3b4a596","name":"ann","user_id":42}`

func bareCookie() *securecookie.SecureCookie {
	return securecookie.New(make([]byte, 32), nil).SetSerializer(securecookie.NopEncoder{})
}

// sessionWork is what the benchmarks of sessions compare: a bare securecookie at work on the payload of a session,
// requests with the cookie of that session, and one without a cookie to an App without sessions.
func sessionWork(tb testing.TB) map[string]func() {
	tb.Helper()
	app := sessionApp(tb)
	w := &nullWriter{header: http.Header{}}
	work := map[string]func(){}
	for _, path := range []string{"/untouched", "/read", "/write"} {
		r := sessionRequest(tb, app, path)
		work[path[1:]] = func() { w.reset(); app.ServeHTTP(w, r) }
	}
	without := dewar.New("bench", dewar.RootPath(tb.TempDir()))
	without.Logger = quietApp(tb).Logger
	without.Get("/untouched", hello)
	r := httptest.NewRequest("GET", "/untouched", nil)
	work["without"] = func() { w.reset(); without.ServeHTTP(w, r) }
	bare := bareCookie()
	value, err := bare.Encode("session", []byte(benchPayload))
	if err != nil {
		tb.Fatal(err)
	}
	work["decode"] = func() {
		var payload []byte
		if bare.Decode("session", value, &payload) != nil {
			tb.Fatal("a bare securecookie refused its own cookie")
		}
	}
	work["encode"] = func() {
		if _, err := bare.Encode("session", []byte(benchPayload)); err != nil {
			tb.Fatal(err)
		}
	}
	return work
}

// BenchmarkSessionBare is what the others are measured by: gorilla/securecookie alone, with its NopEncoder.
func BenchmarkSessionBare(b *testing.B) {
	work := sessionWork(b)
	for _, name := range []string{"decode", "encode"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				work[name]()
			}
		})
	}
}

// BenchmarkSessionRatio measures all of it in turns, so that a busy machine slows everything alike, and reports the
// price of a session as multiples of what a bare securecookie does: reading one key by its decode, changing one by
// its decode and encode. What a request costs that leaves the session alone is subtracted; that is compared with a
// request to an App without sessions. A turn is long enough for the garbage collector to come by, and the median turn
// counts.
func BenchmarkSessionRatio(b *testing.B) {
	work := sessionWork(b)
	const turn = 5000
	times := map[string][]time.Duration{}
	for b.Loop() {
		for name, f := range work {
			start := time.Now()
			for range turn {
				f()
			}
			times[name] = append(times[name], time.Since(start))
		}
	}
	median := func(name string) float64 {
		slices.Sort(times[name])
		return float64(times[name][len(times[name])/2]) / turn
	}
	untouched, decode, encode := median("untouched"), median("decode"), median("encode")
	b.ReportMetric(decode, "ns/decode")
	b.ReportMetric(untouched/median("without"), "untouched/without")
	b.ReportMetric((median("read")-untouched)/decode, "read/decode")
	b.ReportMetric((median("write")-untouched)/(decode+encode), "write/(decode+encode)")
}
