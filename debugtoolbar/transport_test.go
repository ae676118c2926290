package debugtoolbar_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/debugtoolbar"
	"github.com/dewar-go/dewar/dewartest"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestOutgoingRequestsShowWordsAlone(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	client := &http.Client{Transport: debugtoolbar.Transport(roundTrip(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/down") {
			return nil, errors.New("no route to " + canary)
		}
		return &http.Response{StatusCode: 204, Status: "204 No Content", Body: http.NoBody, Request: r}, nil
	}))}
	app.Get("/", func(c *dewar.Context) error {
		r, err := http.NewRequestWithContext(c, "PUT", c.Query().String("url"), nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(r)
		if err != nil {
			return c.Text("it failed")
		}
		return joined(resp.Body.Close(), c.Text("done"))
	})
	visitor := dewartest.New(t, app)
	for _, tt := range []struct{ url, want string }{
		{"https://api.example.com/v1/user-groups/list", "PUT https://api.example.com/v1/user-groups/list"},
		{"https://api.example.com/users/17/AbC", "PUT https://api.example.com/users/…/…"},
		{"https://login:pw1@api.example.com:8443/a?key=k1#k2", "PUT https://api.example.com:8443/a?…"},
		{"https://hooks.example.com/services/T00/B00/xxyyzzxxyyzzxxyyzzxxyyzz", "PUT https://hooks.example.com/services/…/…/…"},
		{"https://api.example.com", "PUT https://api.example.com"},
	} {
		visitor.Get("/", dewartest.Query("url", tt.url)).Want(200, "done")
		if page := latest(t, visitor); !strings.Contains(page, "<code>"+tt.want+"</code>") {
			t.Errorf("%s: want %q in\n%s", tt.url, tt.want, page)
		}
	}
	visitor.Get("/", dewartest.Query("url", "https://api.example.com/down")).Want(200, "it failed")
	wants(t, "the page", latest(t, visitor), "*errors.errorString, text,")
}

func TestTransportLeavesOtherRequestsAlone(t *testing.T) {
	t.Parallel()
	called := 0
	transport := debugtoolbar.Transport(roundTrip(func(r *http.Request) (*http.Response, error) {
		called++
		return &http.Response{StatusCode: 200, Body: http.NoBody, Request: r}, nil
	}))
	r, err := http.NewRequestWithContext(t.Context(), "GET", "https://example.com", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := transport.RoundTrip(r)
	if err != nil || resp.StatusCode != 200 || called != 1 {
		t.Errorf("got %v, %v after %d calls", resp, err, called)
	}
	_ = resp.Body.Close()
	(&http.Client{Transport: transport}).CloseIdleConnections()
}
