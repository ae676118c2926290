package strangler_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/strangler"
)

// A pair is one Python behind net/http's proxy alone, and behind an App.
type pair struct{ alone, app string }

// newPair starts the App first or last, because a server's place in memory shows in its speed.
func newPair(t testing.TB, size int, appFirst bool) (p pair) {
	body := make([]byte, size)
	python := backend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(size))
		_, _ = w.Write(body)
	})
	target, err := url.Parse(python)
	if err != nil {
		t.Fatal(err)
	}
	if appFirst {
		p.app = front(t, quietApp(t), python)
	}
	p.alone = backend(t, alone(target, &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}).ServeHTTP)
	if !appFirst {
		p.app = front(t, quietApp(t), python)
	}
	return p
}

// throughput asks both of p in turn and returns what the App reaches of the throughput of net/http's proxy alone.
func (p pair) throughput(b *testing.B, client *http.Client, appFirst bool) float64 {
	timed := func(url string) float64 {
		client.CloseIdleConnections() // each connection has its own luck
		const requests = 30
		began := time.Now()
		for range requests {
			drain(b, client, url)
		}
		return time.Since(began).Seconds() / requests
	}
	if appFirst {
		app := timed(p.app)
		return timed(p.alone) / app
	}
	alone := timed(p.alone)
	return alone / timed(p.app)
}

func drain(t testing.TB, client *http.Client, url string) {
	res, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
}

// BenchmarkProxy asks both in turn, so that what the machine does besides hits both, and reports the median of what the App
// reaches of the throughput of net/http's proxy alone: at least 0.95.
func BenchmarkProxy(b *testing.B) {
	for _, size := range []int{1 << 10, 20 << 10, 1 << 20} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			var pairs []pair
			for i := range 8 {
				pairs = append(pairs, newPair(b, size, i%2 == 0))
			}
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}
			for _, p := range pairs {
				p.throughput(b, client, true)
			}
			var ratios []float64
			for i := 0; b.Loop(); i++ {
				ratios = append(ratios, pairs[i%len(pairs)].throughput(b, client, i/len(pairs)%2 == 0))
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "ratio")
		})
	}
}

// canned is a transport that answers at once, so that only what stands above it allocates.
type canned struct{}

func (canned) RoundTrip(r *http.Request) (*http.Response, error) {
	header := http.Header{"Server": {"gunicorn"}, "Date": {"Mon, 02 Jan 2006 15:04:05 GMT"}, "Content-Type": {"text/html; charset=utf-8"},
		"Content-Length": {"5"}, "Vary": {"Cookie"}, "X-Frame-Options": {"DENY"}}
	return &http.Response{StatusCode: 200, ProtoMajor: 1, ProtoMinor: 1, Header: header, ContentLength: 5, Body: io.NopCloser(strings.NewReader("hello")), Request: r}, nil
}

// TestAllocations is about a page as a browser asks for it. The App has a Context and hands the session over, and may
// allocate no more than allowed for that.
func TestAllocations(t *testing.T) {
	const allowed = 5
	target := &url.URL{Scheme: "http", Host: "127.0.0.1:1"}
	alone := alone(target, canned{})
	app := quietApp(t)
	app.Fallback(strangler.Proxy(target.String(), strangler.Transport(canned{})))
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	count := func(h http.Handler) float64 {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header = http.Header{"User-Agent": {"Mozilla/5.0"}, "Accept": {"text/html"}, "Accept-Language": {"en"}, "Accept-Encoding": {"gzip"}, "Cookie": {"session=x"}}
		return testing.AllocsPerRun(200, func() { h.ServeHTTP(httptest.NewRecorder(), r) })
	}
	if app, alone := count(app), count(alone); app > alone+allowed {
		t.Errorf("got %v allocations, %v of net/http's proxy alone; want at most %d more", app, alone, allowed)
	} else {
		t.Logf("%v allocations, %v alone", app, alone)
	}
}

// alone is net/http's proxy, which tells of the client what it knows.
func alone(target *url.URL, transport http.RoundTripper) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite:   func(pr *httputil.ProxyRequest) { pr.SetURL(target); pr.SetXForwarded(); pr.Out.Host = pr.In.Host },
		Transport: transport,
		ErrorLog:  slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
}
