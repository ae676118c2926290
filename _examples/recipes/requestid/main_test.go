package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar"
)

// A logbook keeps what is logged, line by line.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// lines returns the requestID of every line by its message.
func (l *logbook) lines(t *testing.T) map[string]string {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	ids := map[string]string{}
	for line := range strings.Lines(l.text.String()) {
		var record struct{ Msg, RequestID string }
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatal(err)
		}
		ids[record.Msg] = record.RequestID
	}
	return ids
}

// newServer serves the example, which asks a service that tells the ids that it got.
func newServer(t *testing.T, config dewar.Map) (site *httptest.Server, logs *logbook, got chan string) {
	t.Helper()
	got = make(chan string, 1)
	service := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Header.Get("X-Request-Id") }))
	t.Cleanup(service.Close)
	logs = &logbook{}
	handler := slog.NewJSONHandler(logs, nil)
	app, err := newApp(handler)
	if err != nil {
		t.Fatal(err)
	}
	library := slog.New(named{handler}).With("library", "some")
	app.Get("/library", func(c *dewar.Context) error {
		library.WarnContext(c, "from a library")
		return c.NoContent()
	})
	app.Get("/broken", func(*dewar.Context) error { panic("broken") })
	for _, values := range []dewar.Map{{"WEATHER_URL": service.URL}, config} {
		if err := app.Config.FromMapping(values); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	return server, logs, got
}

// get asks with an id, which a proxy may choose, and returns the id of the answer, and its page.
func get(t *testing.T, url, id string) (answered, page string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Request-Id", id)
	r.Header.Set("Accept", "text/html")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.Header.Get("X-Request-Id"), string(body)
}

func TestRequestID_IsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ path, message string }{
		{"/", "somebody is here"}, {"/library", "from a library"}, {"/broken", "request failed"}, {"/nowhere", "request"},
	} {
		t.Run(tt.path, func(t *testing.T) {
			site, logs, _ := newServer(t, nil)
			id, page := get(t, site.URL+tt.path, "")
			if id == "" || page != "" && !strings.Contains(page, id) {
				t.Errorf("got id %q and page %s, want the id in it", id, page)
			}
			site.Close()                                              // it waits for the last line
			for _, message := range []string{tt.message, "request"} { // and the access log
				if got := logs.lines(t)[message]; got != id {
					t.Errorf("log line %q: got id %q, want %q in %v", message, got, id, logs.lines(t))
				}
			}
		})
	}
}

func TestRequestID_IsPassedOn(t *testing.T) {
	t.Parallel()
	site, _, got := newServer(t, nil)
	id, page := get(t, site.URL+"/weather", "")
	if told := <-got; told != id || !strings.Contains(page, "200 OK") {
		t.Errorf("the service got %q and the page is %q, want %q", told, page, id)
	}
}

func TestRequestID_OfAProxy(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		proxies []string
		sent    string
		kept    bool
	}{
		{"trusted", []string{"127.0.0.1"}, "from-the-proxy-1", true},
		{"of anybody", nil, "from-the-client-1", false},
		{"none", []string{"127.0.0.1"}, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			site, _, _ := newServer(t, dewar.Map{"TRUSTED_PROXIES": tt.proxies})
			first, _ := get(t, site.URL, tt.sent)
			second, _ := get(t, site.URL, tt.sent)
			if got := first == tt.sent && second == tt.sent; first == "" || got != tt.kept || !tt.kept && first == second {
				t.Errorf("got ids %q and %q for %q, want it kept %v", first, second, tt.sent, tt.kept)
			}
		})
	}
}
