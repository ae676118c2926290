package dewar_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// A lateCall is what a handler may do to a response that has its answer: 201 with the text "view" and X-View.
type lateCall struct {
	name  string
	call  func(c *dewar.Context) error
	hook  string // the answer when an after-request hook does it, or "" for that of the view
	flush string // the answer when the view does it behind a Flush, or "" for that of the view
	fails string // the states in which it returns an error
}

// lateAnswers would change status, headers or the whole answer.
var lateAnswers = []lateCall{
	{"WriteHeader", func(c *dewar.Context) error { c.Response.WriteHeader(418); return nil }, "", "", ""},
	{"WriteHeader of 1xx", func(c *dewar.Context) error { c.Response.WriteHeader(103); return nil }, "", "", ""},
	{"Response.Header", func(c *dewar.Context) error { c.Response.Header().Set("X-Late", "1"); return nil }, "201 view X-View X-Late", "", ""},
	{"Header", func(c *dewar.Context) error { c.Header("X-Late", "1"); return nil }, "201 view X-View X-Late", "", ""},
	{"Status", func(c *dewar.Context) error { c.Status(418); return nil }, "418 view X-View", "", ""},
	{"Reset", func(c *dewar.Context) error { c.Response.Reset(); return nil }, "200 ", "", ""},
	{"SetBody", func(c *dewar.Context) error { return c.Response.SetBody([]byte("late")) }, "201 late X-View", "", "flushed teardown kept"},
	{"Text", func(c *dewar.Context) error { return c.Text("late") }, "201 late", "", "flushed teardown kept"},
	{"JSON", func(c *dewar.Context) error { return c.JSON(7) }, "201 7\n", "", "flushed teardown kept"},
	{"NoContent", func(c *dewar.Context) error { return c.NoContent() }, "204 ", "", "flushed teardown kept"},
	{"Redirect", func(c *dewar.Context) error { return c.Redirect("/late") }, "302  Location", "", "flushed teardown kept"},
	{"SetCookie", func(c *dewar.Context) error { return c.SetCookie(&http.Cookie{Name: "late", Value: "1"}) },
		"201 view X-View Set-Cookie", "", "flushed teardown kept"},
}

// lateWrites add to the body or take the connection.
var lateWrites = []lateCall{
	{"Write", func(c *dewar.Context) error { _, err := c.Response.Write([]byte("late")); return err },
		"201 viewlate X-View", "201 viewlate X-View", "teardown kept"},
	{"WriteString", func(c *dewar.Context) error { _, err := c.Response.WriteString("late"); return err },
		"201 viewlate X-View", "201 viewlate X-View", "teardown kept"},
	{"ReadFrom", func(c *dewar.Context) error { _, err := c.Response.ReadFrom(strings.NewReader("late")); return err },
		"201 viewlate X-View", "201 viewlate X-View", "teardown kept"},
	{"Flush", func(c *dewar.Context) error { return c.Response.FlushError() }, "", "", "teardown kept"},
	{"Hijack", func(c *dewar.Context) error {
		conn, _, err := c.Response.Hijack()
		if err != nil {
			return err
		}
		defer conn.Close()
		_, err = io.WriteString(conn, "0\r\n\r\n") // the end of the body is left to who takes the connection
		return err
	}, "", "", "hook teardown kept"},
}

// TestLateCallsHaveTheirDocumentedEffect tries everything on an answer that stands, has left, or whose request is over.
func TestLateCallsHaveTheirDocumentedEffect(t *testing.T) {
	t.Parallel()
	for _, state := range []struct {
		name  string
		calls []lateCall
	}{
		{"hook", slices.Concat(lateAnswers, lateWrites)},
		{"flushed", slices.Concat(lateAnswers, lateWrites)},
		{"teardown", slices.Concat(lateAnswers, lateWrites)},
		{"kept", slices.Concat(lateAnswers, lateWrites)},
	} {
		for _, late := range state.calls {
			t.Run(state.name+", "+late.name, func(t *testing.T) {
				t.Parallel()
				want := map[string]string{"hook": late.hook, "flushed": late.flush}[state.name]
				if want == "" {
					want = "201 view X-View"
				}
				got, err := callLate(t, state.name, late.call)
				if got != want {
					t.Errorf("the client got %q, want %q", got, want)
				}
				if fails := slices.Contains(strings.Fields(late.fails), state.name); fails != (err != nil) {
					t.Errorf("it returned the error %v, want one: %t", err, fails)
				}
			})
		}
	}
}

// callLate makes the call in a state and returns what the client got: status, body and the names of headers.
func callLate(t *testing.T, state string, call func(c *dewar.Context) error) (seen string, err error) {
	t.Helper()
	app, called := quietApp(t), make(chan error, 1)
	var kept *dewar.Context
	app.Get("/", func(c *dewar.Context) error {
		kept = c
		err := c.Status(201).Header("X-View", "1").Text("view")
		if state == "flushed" {
			c.Response.Flush()
			called <- call(c)
		}
		return err
	})
	switch state {
	case "hook":
		app.AfterRequest(func(c *dewar.Context) error { called <- call(c); return nil })
	case "teardown":
		app.TeardownRequest(func(c *dewar.Context, _ error) { called <- call(c) })
	}
	srv := serve(t, app)
	res := ask(t, srv, "GET", "/")
	if res.err != nil {
		t.Fatalf("got no whole answer: %v", res.err)
	}
	srv.Close() // waits for the end of the request
	if state == "kept" {
		called <- call(kept)
	}
	seen = fmt.Sprint(res.StatusCode, " ", res.body)
	for _, name := range []string{"X-View", "X-Late", "Location", "Set-Cookie"} {
		if len(res.Header[name]) > 0 {
			seen += " " + name
		}
	}
	return seen, <-called
}

// TestTeardownCannotAnswer tries it for requests that have no answer: the view ended its goroutine, or its error left
// the App.
func TestTeardownCannotAnswer(t *testing.T) {
	t.Parallel()
	for name, view := range map[string]dewar.Handler{
		"runtime.Goexit":       func(*dewar.Context) error { runtime.Goexit(); return nil },
		"PROPAGATE_EXCEPTIONS": func(*dewar.Context) error { return errors.New("oh") },
	} {
		for _, late := range slices.Concat(lateAnswers, lateWrites) {
			t.Run(name+", "+late.name, func(t *testing.T) {
				t.Parallel()
				app := quietApp(t)
				configure(app, "PROPAGATE_EXCEPTIONS", name == "PROPAGATE_EXCEPTIONS")
				app.AfterRequest(func(*dewar.Context) error { t.Error("an after-request hook ran"); return nil })
				app.TeardownRequest(func(c *dewar.Context, _ error) { _ = late.call(c) })
				app.Get("/", view)
				if res := ask(t, serve(t, app), "GET", "/"); res.err == nil || res.Response != nil {
					t.Errorf("got %v with body %q, want a cut connection", res.Response, res.body)
				}
			})
		}
	}
}
