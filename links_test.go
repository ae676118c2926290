package dewar_test

import (
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// informed asks for a path and returns the answer, its body and the headers of the 1xx responses in front of it.
func informed(t *testing.T, p *party, path string) (res *http.Response, body string, hints []http.Header) {
	t.Helper()
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
		if code != http.StatusEarlyHints {
			t.Errorf("got %d in front of the answer", code)
		}
		hints = append(hints, http.Header(header).Clone())
		return nil
	}})
	r, err := http.NewRequestWithContext(ctx, "GET", p.server.URL+path, nil)
	must(t, err)
	res, err = p.client.Do(r)
	must(t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(t, err)
	return res, string(text), hints
}

func TestEarlyHintsSendLinksAloneAndCommitNothing(t *testing.T) {
	t.Parallel()
	for _, proto := range protocols {
		t.Run(proto, func(t *testing.T) {
			t.Parallel()
			app := quietApp(t)
			app.BeforeRequest(func(c *dewar.Context) error { c.Header("X-Frame", "hook"); return nil })
			app.Get("/", func(c *dewar.Context) error {
				must(t, c.EarlyHints()) // without a link there is none
				must(t, c.SetCookie(&http.Cookie{Name: "a", Value: "1"}))
				must(t, c.Link("/site.css", "preload", "as", "style").Link("/site.css", "preload", "as", "style").EarlyHints())
				must(t, c.Link("/app.js", "modulepreload").EarlyHints())
				c.Session().Set("user", 1)
				return c.Status(201).Text("page")
			})
			app.Get("/fails", func(c *dewar.Context) error {
				must(t, c.Link("/site.css", "preload", "as", "style").EarlyHints())
				return dewar.Abort(404)
			})
			app.Get("/late", func(c *dewar.Context) error {
				must(t, c.Text("page"))
				must(t, c.Response.FlushError())
				if err := c.Link("/site.css", "preload").EarlyHints(); err == nil {
					t.Error("early hints are sent behind the header")
				}
				return nil
			})
			p := start(t, proto, app, nil)
			res, body, hints := informed(t, p, "/")
			css, js := "</site.css>; rel=preload; as=style", "</app.js>; rel=modulepreload"
			if len(hints) != 2 || len(hints[0]) != 1 || !slices.Equal(hints[0]["Link"], []string{css}) || !slices.Equal(hints[1]["Link"], []string{css, js}) {
				t.Errorf("got the hints %v, want the links and nothing else", hints)
			}
			if res.StatusCode != 201 || body != "page" || !slices.Equal(res.Header["Link"], []string{css, js}) || res.Header.Get("X-Frame") != "hook" || len(res.Cookies()) != 2 {
				t.Errorf("got %d %q with %v", res.StatusCode, body, res.Header)
			}
			if res, _, hints := informed(t, p, "/fails"); res.StatusCode != 404 || len(hints) != 1 || len(res.Header["Link"]) != 0 {
				t.Errorf("got %d with %v behind %v; the links go with the view's answer", res.StatusCode, res.Header, hints)
			}
			if res, _, hints := informed(t, p, "/late"); res.StatusCode != 200 || len(hints) != 0 {
				t.Errorf("got %d behind %v", res.StatusCode, hints)
			}
		})
	}
}

func TestLinkThatCannotBeSentIsA500(t *testing.T) {
	t.Parallel()
	app, log := loggedApp(t)
	app.Get("/", func(c *dewar.Context) error { return c.Link("/a\r\nSet-Cookie: a=b", "next").Text("page") })
	app.Get("/early", func(c *dewar.Context) error { return c.Link("/a", "ne\nxt").EarlyHints() })
	for _, path := range []string{"/", "/early"} {
		if w := get(app, path); w.Code != 500 || len(w.Header()["Link"])+len(w.Header()["Set-Cookie"]) != 0 {
			t.Errorf("%s: got %d with %v", path, w.Code, w.Header())
		}
	}
	if text := log.String(); strings.Count(text, "links_test.go") != 2 || strings.Contains(text, "a=b") {
		t.Errorf("logged %s", text)
	}
}

// HTTP/1.0 has no 1xx: its client would take one for the answer.
func TestNoEarlyHintsForHTTP10(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	app.Get("/", func(c *dewar.Context) error {
		must(t, c.Link("/a.css", "preload").EarlyHints())
		return c.Text("page")
	})
	if text := converse(t, serve(t, app), "GET / HTTP/1.0\r\n\r\n"); !strings.HasPrefix(text, "HTTP/1.0 200 OK\r\n") || strings.Contains(text, " 103 ") {
		t.Errorf("got %s", text)
	}
}
