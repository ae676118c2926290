package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// An exporter keeps the spans.
type exporter struct {
	mu    sync.Mutex
	spans []sdktrace.ReadOnlySpan
}

func (e *exporter) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.spans = append(e.spans, spans...)
	return nil
}

func (e *exporter) Shutdown(context.Context) error { return nil }

// A site is the example as it runs.
type site struct {
	t            *testing.T
	url, metrics string
	spans        *exporter
	stop         func()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func newSite(t *testing.T) *site {
	t.Helper()
	own, metrics, spans := listen(t), listen(t), &exporter{}
	app, err := newApp(spans, metrics)
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Config.Set("TESTING", true); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.Serve(ctx, own) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return &site{t, "http://" + own.Addr().String(), "http://" + metrics.Addr().String() + "/metrics", spans, stop}
}

// ask sends a request and returns the status.
func (s *site) ask(method, path string, change func(r *http.Request)) int {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode
}

// series returns the lines of the metrics that begin with name, without their values, and their values.
func (s *site) series(name string) map[string]string {
	s.t.Helper()
	res, err := http.Get(s.metrics)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		s.t.Fatalf("metrics: %d %v", res.StatusCode, err)
	}
	all := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if i := strings.LastIndexByte(line, ' '); strings.HasPrefix(line, name) && i > 0 {
			all[line[:i]] = strings.TrimSpace(line[i:])
		}
	}
	return all
}

// settled waits until the metrics have n requests: each is counted when it is over, which its client may know before.
func (s *site) settled(n int) map[string]string {
	s.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; {
		series, total := s.series("http_server_request_duration_seconds_count"), 0
		for _, value := range series {
			var count int
			if _, err := fmt.Sscan(value, &count); err != nil {
				s.t.Fatal(err)
			}
			total += count
		}
		if total >= n {
			return series
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("got %d requests in %v, want %d", total, series, n)
		}
	}
}

func TestMetrics_GoByTheRuleOfTheRoute(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for id := range 1000 {
		if got := s.ask("GET", fmt.Sprintf("/posts/%d", id), nil); got != 200 {
			t.Fatalf("post %d: got %d, want 200", id, got)
		}
	}
	series := s.settled(1000)
	if len(series) != 1 {
		t.Errorf("1000 paths: got %d series, want 1: %v", len(series), series)
	}
	for labels, value := range series {
		for _, want := range []string{`http_route="/posts/{id:int}"`, `http_request_method="GET"`, `http_response_status_code="200"`} {
			if !strings.Contains(labels, want) || value != "1000" {
				t.Errorf("got %s %s, want 1000 with %s", labels, value, want)
			}
		}
	}
	if shown := s.series("posts_shown_total"); len(shown) != 2 {
		t.Errorf("the counter of the program: got %v, want one series for even and one for odd", shown)
	}
}

// TestMetrics_NobodyMakesSeries: what a client may choose at will must not make a series each.
func TestMetrics_NobodyMakesSeries(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		ask  func(s *site, n int)
	}{
		{"paths that are not there", func(s *site, n int) { s.ask("GET", fmt.Sprintf("/nowhere/%d", n), nil) }},
		{"hosts", func(s *site, n int) {
			s.ask("GET", "/posts/1", func(r *http.Request) { r.Host = fmt.Sprintf("host-%d.example", n) })
		}},
		{"methods", func(s *site, n int) { s.ask(fmt.Sprintf("BREW%d", n), "/posts/1", nil) }},
		{"addresses", func(s *site, n int) {
			s.ask("GET", "/posts/1", func(r *http.Request) { r.Header.Set("X-Forwarded-For", fmt.Sprintf("203.0.113.%d", n)) })
		}},
		{"queries", func(s *site, n int) { s.ask("GET", fmt.Sprintf("/posts/1?n=%d", n), nil) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			for n := range 100 {
				tt.ask(s, n)
			}
			if series := s.settled(100); len(series) != 1 {
				t.Errorf("got %d series, want 1: %v", len(series), series)
			}
		})
	}
}

func TestMetrics_AreOnTheirOwnPortAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if got := s.ask("GET", "/metrics", nil); got != 404 {
		t.Errorf("on the port of the site: got %d, want 404", got)
	}
	s.settled(1)
	s.stop()
	if res, err := http.Get(s.metrics); err == nil {
		res.Body.Close()
		t.Error("the metrics are still served after the App has stopped")
	}
}

func TestTraces(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	forged := func(r *http.Request) { r.Header.Set("X-Forwarded-For", "203.0.113.66") }
	s.ask("GET", "/posts/7", forged)
	s.ask("GET", "/posts/1001", nil)
	s.ask("GET", "/reset/topsecret?again=topsecret", nil)
	s.ask("GET", "/nowhere", nil)
	s.stop() // which sends the last of them
	parents, views := map[string]sdktrace.ReadOnlySpan{}, 0
	for _, span := range s.spans.spans {
		if text := fmt.Sprint(span.Name(), span.Attributes()); strings.Contains(text, "topsecret") || strings.Contains(text, "203.0.113.66") {
			t.Errorf("a secret, or a forged address, is in the span %s", text)
		}
		if !span.Parent().IsValid() {
			parents[span.Name()] = span
		}
	}
	for _, span := range s.spans.spans {
		if strings.HasPrefix(span.Name(), "view ") {
			views++
			if parent := parents["GET /posts/{id:int}"]; parent == nil || !span.Parent().IsValid() {
				t.Errorf("view %s has no parent", span.Name())
			}
		}
	}
	for name, path := range map[string]string{"GET /posts/{id:int}": "/posts/", "GET /reset/{token}": "/reset/{token}", "request": "/nowhere"} {
		span := parents[name]
		if span == nil {
			t.Errorf("no span %q in %v", name, parents)
			continue
		}
		attributes := map[string]string{}
		for _, a := range span.Attributes() {
			attributes[string(a.Key)] = a.Value.String()
		}
		if !strings.HasPrefix(attributes["url.path"], path) || attributes["client.address"] != "127.0.0.1" || attributes["request.id"] == "" {
			t.Errorf("%s: got %v, want path %s and client 127.0.0.1", name, attributes, path)
		}
	}
	if views != 3 {
		t.Errorf("got %d spans of views, want 3", views)
	}
}
