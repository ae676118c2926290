package strangler_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/strangler"
)

// A recorder is a transport that keeps what would be sent.
type recorder struct{ sent *http.Request }

func (rec *recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	rec.sent = r
	return &http.Response{StatusCode: 200, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

// FuzzForwarding sends odd targets and headers, and compares what Python is asked with what the App's hooks have seen.
func FuzzForwarding(f *testing.F) {
	f.Add("GET", "/a%2Fb/%7E?x=1;y=%zz", "X-Forwarded-For", "6.6.6.6", "Connection", "X-Forwarded-For")
	f.Add("POST", "//a/./../b?", "Transfer-Encoding", "chunked", "Content-Length", "3")
	f.Add("GET", "http://other.test/a", "Upgrade", "h2c", "Connection", "Upgrade, Http2-Settings")
	f.Add("GET", "http:admin", "X_Real_Ip", "6.6.6.6", "Cookie", "session=a; ; b")
	f.Add("OPTIONS", "*", "Te", "trailers", "Forwarded", "for=6.6.6.6")
	f.Add("CONNECT", "evil.test:80", "X-Script-Name", "/x", "x-real-ip", "6.6.6.6")
	rec, seen := &recorder{}, ""
	app := quietApp(f)
	app.BeforeRequest(func(c *dewar.Context) error { seen = c.Request.Method + " " + c.Request.URL.Path; return nil })
	app.Fallback(strangler.Proxy("http://python.test", strangler.Transport(rec)), dewar.CrossOriginExempt())
	f.Fuzz(func(t *testing.T, method, target, key1, value1, key2, value2 string) {
		head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: shop.test\r\n%s: %s\r\n%s: %s\r\n\r\n", method, target, key1, value1, key2, value2)
		in, err := http.ReadRequest(newReader(head))
		if err != nil || in.Host != "shop.test" && !strings.Contains(target, "://") {
			return
		}
		in.RemoteAddr, in.Body, in.ContentLength = "192.0.2.1:1234", http.NoBody, 0
		rec.sent, seen = nil, ""
		app.ServeHTTP(httptest.NewRecorder(), in)
		if rec.sent != nil {
			checkSent(t, rec.sent, seen)
		}
	})
}

func newReader(text string) *bufio.Reader { return bufio.NewReader(strings.NewReader(text)) }

// checkSent looks at a request as it goes over the wire.
func checkSent(t *testing.T, r *http.Request, seen string) {
	var wire strings.Builder
	if err := r.Write(&wire); err != nil {
		return // net/http sends nothing of it
	}
	line, _, _ := strings.Cut(wire.String(), "\r\n")
	parts := strings.Split(line, " ")
	if len(parts) != 3 || !strings.HasPrefix(parts[1], "/") {
		t.Fatalf("the request line is %q", line)
	}
	u, err := url.ParseRequestURI(parts[1])
	if err != nil || parts[0]+" "+u.Path != seen {
		t.Errorf("Python is asked %q, %v; the App has seen %q", line, err, seen)
	}
	again, err := http.ReadRequest(newReader(wire.String()))
	if err != nil {
		t.Fatalf("Python cannot read %q: %v", wire.String(), err)
	}
	for key, values := range again.Header {
		switch {
		case key == "X-Forwarded-For" || key == "X-Real-Ip":
			if len(values) != 1 || values[0] != "192.0.2.1" {
				t.Errorf("got %s %q", key, values)
			}
		case key == "X-Forwarded-Host", key == "X-Forwarded-Proto", key == "X-Forwarded-Port":
			if len(values) != 1 {
				t.Errorf("got %s %q", key, values)
			}
		case strings.HasPrefix(key, "X-Forwarded-"), strings.Contains(key, "_"), key == "Forwarded", key == "X-Script-Name", key == "Http2-Settings":
			t.Errorf("a client says %s: %q", key, values)
		case key == "Upgrade" && !strings.EqualFold(values[0], "websocket"):
			t.Errorf("got an upgrade to %q", values)
		}
	}
	if rest, _ := io.ReadAll(again.Body); len(rest) > 0 || len(again.TransferEncoding) > 0 {
		t.Errorf("got a body of %d bytes, %v", len(rest), again.TransferEncoding)
	}
}
