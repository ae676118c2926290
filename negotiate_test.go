package dewar_test

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

func TestAcceptsChoosesByEachHeader(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	app.Get("/", func(c *dewar.Context) error {
		return c.Text(strings.Join([]string{
			c.Accepts("text/html", "application/json"), c.AcceptsLanguages("de", "en"), c.AcceptsEncodings("br", "gzip", "identity"), c.AcceptsCharsets("utf-8", "iso-8859-1"),
		}, " "))
	})
	for _, tt := range []struct{ name, mime, language, encoding, charset, want string }{
		{"no headers", "", "", "", "", "text/html de identity utf-8"},
		{"each its own", "application/json", "en-US,en;q=0.5", "gzip", "latin1", "application/json en gzip iso-8859-1"},
		{"a browser's", "text/html,*/*;q=0.8", "en-GB,en;q=0.9,de;q=0.8", "gzip, deflate, br, zstd", "", "text/html en br utf-8"},
		{"refused", "image/png", "fr", "identity;q=0", "koi8-r", "   "},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		for key, value := range map[string]string{"Accept": tt.mime, "Accept-Language": tt.language, "Accept-Encoding": tt.encoding, "Accept-Charset": tt.charset} {
			if value != "" {
				r.Header.Set(key, value)
			}
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if got := w.Body.String(); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestNegotiateAnswersInTheFormThatIsLikedBest(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.FS(fstest.MapFS{"templates/post.html": {Data: []byte("<h1>{{.title}}</h1>")}}))
	app.Get("/", func(c *dewar.Context) error {
		return c.Header("Vary", "Cookie").Negotiate(
			dewar.OfferPage("post.html", dewar.Map{"title": "Tea"}),
			dewar.OfferJSON(dewar.Map{"title": "Tea"}),
			dewar.Offer{Type: "text/csv", Answer: func(c *dewar.Context) error { return c.Text("title\nTea\n") }},
			dewar.Offer{Type: "text/x-rows", Answer: func(c *dewar.Context) error {
				return c.Stream(func(w io.Writer) error { _, err := io.WriteString(w, "Tea"); return err })
			}},
		)
	})
	for _, tt := range []struct {
		name, accept, wantType, wantBody string
		code                             int
	}{
		{"a browser's", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8", "<h1>Tea</h1>", 200},
		{"no header", "", "text/html; charset=utf-8", "<h1>Tea</h1>", 200},
		{"curl's", "*/*", "text/html; charset=utf-8", "<h1>Tea</h1>", 200},
		{"a program's", "application/json", "application/json", `{"title":"Tea"}` + "\n", 200},
		{"one of the application's own", "text/csv;q=0.9, text/html;q=0.1", "text/csv", "title\nTea\n", 200},
		{"a stream", "text/x-rows", "text/x-rows", "Tea", 200},
		{"none", "image/png", "text/plain; charset=utf-8", "This can be had as text/html, application/json, text/csv, text/x-rows.", 406},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		if tt.accept != "" {
			r.Header.Set("Accept", tt.accept)
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if w.Code != tt.code || w.Header().Get("Content-Type") != tt.wantType || !strings.Contains(w.Body.String(), tt.wantBody) {
			t.Errorf("%s: got %d %s %q, want %d %s %q", tt.name, w.Code, w.Header().Get("Content-Type"), w.Body, tt.code, tt.wantType, tt.wantBody)
		}
		if vary := strings.Join(w.Header().Values("Vary"), ", "); !strings.Contains(vary, "Accept") || tt.code == 200 && !strings.Contains(vary, "Cookie") {
			t.Errorf("%s: Vary is %q", tt.name, vary)
		}
	}
}

func TestNegotiateRefusesOffersThatAreNone(t *testing.T) {
	t.Parallel()
	for name, offers := range map[string][]dewar.Offer{"none": nil, "no answer": {{Type: "text/csv"}}, "no type": {{Answer: hello}}} {
		app := quietApp(t)
		app.Get("/", func(c *dewar.Context) error { return c.Negotiate(offers...) })
		if w := get(app, "/"); w.Code != 500 {
			t.Errorf("%s: got %d, want a panic that is a 500", name, w.Code)
		}
	}
}
