package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/dewar-go/dewar"
)

// newServer serves the example, with what add registers besides, and returns its URL.
func newServer(t *testing.T, add func(app *dewar.App)) string {
	t.Helper()
	app, err := newApp()
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Config.Set("TESTING", true); err != nil {
		t.Fatal(err)
	}
	if add != nil {
		add(app)
	}
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	return server.URL
}

// get asks as a browser that takes encoding. The client of net/http decompresses nothing that it did not ask for itself.
func get(t *testing.T, url, encoding string, header ...string) *http.Response {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // a header that does not come fails the test
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", encoding)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// decoded returns the body as a reader of text.
func decoded(t *testing.T, res *http.Response) io.Reader {
	t.Helper()
	switch res.Header.Get("Content-Encoding") {
	case "gzip":
		r, err := gzip.NewReader(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r
	case "zstd":
		r, err := zstd.NewReader(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		return r
	}
	return res.Body
}

func TestCompression(t *testing.T) {
	t.Parallel()
	url := newServer(t, nil)
	for _, tt := range []struct{ name, path, accepts, want string }{
		{"gzip", "/", "gzip, deflate", "gzip"},
		{"zstd goes first", "/", "gzip, zstd", "zstd"},
		{"nothing asked for", "/", "identity", ""},
		{"gzip refused", "/", "gzip;q=0", ""},
		{"a short answer", "/short", "gzip", ""},
		{"a static file", "/static/style.css", "gzip", "gzip"},
		{"a file of a view", "/report", "gzip", "gzip"},
		{"a page that is not there", "/nowhere", "gzip", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := get(t, url+tt.path, tt.accepts)
			if got := res.Header.Get("Content-Encoding"); got != tt.want {
				t.Errorf("Content-Encoding: got %q, want %q", got, tt.want)
			}
			if got := res.Header.Get("Vary"); !strings.Contains(got, "Accept-Encoding") {
				t.Errorf("Vary: got %q, want Accept-Encoding in it", got)
			}
			body, err := io.ReadAll(decoded(t, res))
			if err != nil {
				t.Fatal(err)
			}
			plain, err := io.ReadAll(get(t, url+tt.path, "identity").Body)
			if err != nil {
				t.Fatal(err)
			}
			if string(body) != string(plain) {
				t.Errorf("got %d bytes, want the %d of the plain answer", len(body), len(plain))
			}
			if tt.want != "" && res.ContentLength >= int64(len(plain)) {
				t.Errorf("%d bytes were sent for %d", res.ContentLength, len(plain))
			}
		})
	}
}

func TestCompression_KeepsConditionalRequests(t *testing.T) {
	t.Parallel()
	url := newServer(t, nil)
	for _, path := range []string{"/report", "/static/style.css"} {
		tags := map[string]bool{}
		for _, encoding := range []string{"identity", "gzip", "zstd"} {
			tag := get(t, url+path, encoding).Header.Get("ETag")
			if tag == "" || tags[tag] {
				t.Errorf("%s as %s: ETag %q, want one of its own", path, encoding, tag)
			}
			tags[tag] = true
			if res := get(t, url+path, encoding, "If-None-Match", tag); res.StatusCode != 304 {
				t.Errorf("%s as %s: got %d for the same ETag, want 304", path, encoding, res.StatusCode)
			}
		}
		if res := get(t, url+path, "gzip", "If-None-Match", `"other-gzip"`); res.StatusCode != 200 {
			t.Errorf("%s: got %d for another ETag, want 200", path, res.StatusCode)
		}
	}
}

func TestCompression_LeavesRangesAsTheyAre(t *testing.T) {
	t.Parallel()
	res := get(t, newServer(t, nil)+"/report", "gzip", "Range", "bytes=2-4")
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != 206 || res.Header.Get("Content-Encoding") != "" || string(body) != "one" {
		t.Errorf("got %d %q %q, want 206 and the bytes that were asked for", res.StatusCode, res.Header.Get("Content-Encoding"), body)
	}
}

// TestCompression_EventsLeaveAtOnce: the server sends the next event only once the client has the one before.
func TestCompression_EventsLeaveAtOnce(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, accept string }{{"EventSource", "text/event-stream"}, {"fetch", "*/*"}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			next := make(chan string)
			url := newServer(t, func(app *dewar.App) {
				app.Get("/relay", func(c *dewar.Context) error {
					return c.Events(func(e *dewar.EventStream) error {
						for {
							select {
							case data := <-next:
								if err := e.SendData(data); err != nil {
									return err
								}
							case <-e.Context().Done():
								return nil
							}
						}
					})
				})
			})
			if tt.accept == "*/*" { // the header comes with the first event
				go func() { next <- "0" }()
			}
			res := get(t, url+"/relay", "gzip", "Accept", tt.accept)
			if tt.accept != "*/*" { // the header is here, and nothing was sent
				next <- "0"
			}
			lines := bufio.NewScanner(decoded(t, res))
			for _, want := range []string{"0", "1", "2"} {
				for lines.Scan() && lines.Text() == "" {
				}
				if got := lines.Text(); got != "data: "+want {
					t.Fatalf("got %q, want event %s", got, want)
				}
				if want != "2" {
					next <- string(want[0] + 1)
				}
			}
		})
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	res := get(t, newServer(t, nil)+"/clock", "gzip", "Accept", "text/event-stream")
	line, err := bufio.NewReader(res.Body).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "data: ") {
		t.Errorf("got %q, %v, want the time", line, err)
	}
}
