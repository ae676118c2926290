package debugtoolbar_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

// A seen is what a view got.
type seen struct{ method, url, host, body, cookie, header string }

// echo is an App that notes what its view gets.
func echo(t *testing.T) (*dewartest.Client, *[]seen) {
	t.Helper()
	app, all := newApp(t), &[]seen{}
	app.Route("/echo/{name}", func(c *dewar.Context) error {
		body, err := io.ReadAll(c.Request.Body)
		*all = append(*all, seen{c.Request.Method, c.Request.URL.String(), c.Request.Host, string(body), c.Cookie("theme"), c.Request.Header.Get("X-Api")})
		c.Session().Set("times", c.Session().Int("times")+1)
		if c.Query().Has("panic") {
			panic(http.ErrAbortHandler)
		}
		return joined(err, c.Text("echo"))
	}, dewar.Methods("GET", "POST", "PUT"))
	app.Post("/deaf", func(c *dewar.Context) error { return c.Text("deaf") })
	return dewartest.New(t, app), all
}

func joined(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func repeat(t *testing.T, client *dewartest.Client, opts ...dewartest.RequestOption) *dewartest.Response {
	t.Helper()
	id := latestKey(t, client)
	return client.Post(home+id+"/repeat", append(opts, dewartest.Form("token", token(t, client, id)))...)
}

func TestRepeatSendsTheSameRequest(t *testing.T) {
	t.Parallel()
	client, all := echo(t)
	for _, send := range []func(){
		func() { client.Get("/echo/a%2Fb?q=1&q=2").Want(404) },
		func() { client.Get("/echo/a?q=1&q=2", dewartest.Cookie("theme", "dark")).Want(200) },
		func() {
			client.Post("/echo/b", dewartest.Form("name", "cup"), dewartest.Header("X-Api", "key")).Want(200)
		},
		func() { client.Put("/echo/c", dewartest.JSON(dewar.Map{"a": 1})).Want(200) },
		func() {
			client.Post("/echo/d", dewartest.BodyReader("text/plain", strings.NewReader("no length"))).Want(200)
		},
		func() { client.Post("/echo/empty", dewartest.Body("text/plain", "")).Want(200) },
	} {
		*all = nil
		send()
		first := latestKey(t, client)
		resp := repeat(t, client).Want(303)
		second := latestKey(t, client)
		if got := resp.Location(); got != home+second || first == second {
			t.Errorf("repeat of %s leads to %q, want %s", first, got, home+second)
		}
		client.Get(home+second).Want(200, `a repeat of <a href="`+first+`"`)
		if n := len(*all); n == 0 {
			continue // both are 404
		} else if n != 2 || (*all)[0] != (*all)[1] {
			t.Errorf("the view got %q", *all)
		}
	}
}

func TestRepeatOfARequestThatBreaksOff(t *testing.T) {
	t.Parallel()
	client, all := echo(t)
	client.Get("/echo/x?panic=1")
	repeat(t, client).Want(303)
	if len(*all) != 2 {
		t.Errorf("the view got %q", *all)
	}
}

func TestRepeatIsForThePagesOfTheToolbar(t *testing.T) {
	t.Parallel()
	client, all := echo(t)
	client.Get("/echo/a").Want(200)
	id := latestKey(t, client)
	good := dewartest.Form("token", token(t, client, id))
	for name, opts := range map[string][]dewartest.RequestOption{
		"without a token":      nil,
		"with another token":   {dewartest.Form("token", "x"+strings.Repeat("A", 25))},
		"token in the query":   {dewartest.Query("token", "x")},
		"from another site":    {good, dewartest.Header("Sec-Fetch-Site", "cross-site")},
		"from the same domain": {good, dewartest.Header("Sec-Fetch-Site", "same-site")},
		"from another port":    {good, dewartest.Header("Origin", "http://localhost:9")},
	} {
		if got := client.Post(home+id+"/repeat", opts...).StatusCode; got != 403 {
			t.Errorf("%s: status %d, want 403", name, got)
		}
	}
	client.Get(home + id + "/repeat").Want(404)
	client.Post(home+"zzzzzz-1/repeat", good).Want(404)
	if len(*all) != 1 {
		t.Errorf("the view was called %d times, want once", len(*all))
	}
	client.Post(home+id+"/repeat", good, dewartest.Header("Origin", "http://localhost"), dewartest.Header("Sec-Fetch-Site", "same-origin")).Want(303)
}

func TestRepeatNeedsTheWholeBody(t *testing.T) {
	t.Parallel()
	client, all := echo(t)
	client.Post("/echo/a", dewartest.Body("text/plain", bytes.Repeat([]byte("x"), 64<<10))).Want(200)
	repeat(t, client).Want(303)
	client.Post("/echo/a", dewartest.Body("text/plain", bytes.Repeat([]byte("x"), 64<<10+1))).Want(200)
	id := latestKey(t, client)
	client.Get(home+id).Want(200, "more than 64 KiB")
	form := dewartest.Form("token", token2(t, client))
	client.Post(home+id+"/repeat", form).Want(409, "more than 64 KiB")
	client.Post("/deaf", dewartest.Body("text/plain", "nobody listens")).Want(200)
	client.Post(home+latestKey(t, client)+"/repeat", form).Want(409, "not read to the end")
	if len(*all) != 4 {
		t.Errorf("the view was called %d times, want 4: twice, once and for the token", len(*all))
	}
}

// token2 returns the token from the page of a request that can be repeated.
func token2(t *testing.T, client *dewartest.Client) string {
	t.Helper()
	client.Get("/echo/token").Want(200)
	return token(t, client, latestKey(t, client))
}

// TestRawRequestStays looks for what was sent in all that the toolbar hands out about it.
func TestRawRequestStays(t *testing.T) {
	t.Parallel()
	client, _ := echo(t)
	client.Post("/echo/a", dewartest.Body("text/plain", canary), dewartest.Header("X-Api", canary), dewartest.Cookie("theme", canary)).Want(200)
	resp := repeat(t, client).Want(303)
	for _, text := range []string{resp.Text(), resp.Location(), latest(t, client)} {
		if strings.Contains(text, canary) {
			t.Errorf("a page has what was sent: %s", text)
		}
	}
}
