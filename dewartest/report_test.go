package dewartest_test

import (
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

func TestFailuresShowRequestResponseAndLog(t *testing.T) {
	t.Parallel()
	app := newFailing(nil)
	app.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	app.Post("/order", func(c *dewar.Context) error {
		c.Logger().Debug("too fine for the handler")
		c.Logger().With("shop", 7).WithGroup("order").Warn("no paper", "left", 0)
		return c.Status(409).Header("X-Reason", "paper").Text("Try again.\nLater.")
	})
	app.Post("/login", func(c *dewar.Context) error {
		c.Session().Set("user", "ann")
		return c.Redirect("/login/done")
	})
	app.Get("/login/done", func(c *dewar.Context) error { return c.Blob("image/png", []byte("\x89PNG")) })
	for _, tt := range []struct {
		name       string
		send       func(c *dewartest.Client) *dewartest.Response
		want, hush []string
	}{
		{"a form", func(c *dewartest.Client) *dewartest.Response {
			return c.Post("/order", dewartest.Form("paper", "A4", "password", "hush"), dewartest.Header("X-Trace", "on"))
		}, []string{
			"POST /order: got status 409, want 200\nsent:\n", "    X-Trace: on\n", "    paper=A4&password=", "\ngot:\n", "    X-Reason: paper\n",
			"    Try again.\n    Later.\nlogged:\n", "    WARN no paper shop=7 order=[left=0]",
		}, []string{"hush", "stack"}},
		{"JSON", func(c *dewartest.Client) *dewartest.Response {
			return c.Post("/order", dewartest.JSON(dewar.Map{"paper": "A4"}))
		},
			[]string{"Content-Type: application/json", `    {"paper":"A4"}`}, nil},
		{"files", func(c *dewartest.Client) *dewartest.Response {
			return c.Post("/order", dewartest.Form("paper", "A4"), dewartest.File("photo", "cat.png", "meow"))
		}, []string{"    paper=A4\n", `photo: file "cat.png" of 4 bytes`}, []string{"meow"}},
		{"a reader", func(c *dewartest.Client) *dewartest.Response {
			return c.Post("/order", dewartest.BodyReader("text/plain", strings.NewReader("meow")))
		}, []string{"a body of unknown length of text/plain"}, nil},
		{"cookies and logins", func(c *dewartest.Client) *dewartest.Response {
			c.Post("/login")
			return c.Post("/login", dewartest.Header("Authorization", "Bearer hush"))
		}, []string{"Cookie: session=...\n", "Set-Cookie: session=...; ", "Authorization: Bearer ...", "Location: /login/done"}, []string{"hush", "eyJ"}},
		{"secrets of other headers", func(c *dewartest.Client) *dewartest.Response {
			return c.Post("/order", dewartest.Header("Authorization", "hush"), dewartest.Header("X-Api-Key", "hush"), dewartest.Header("X-Auth-Token", "hush hush"))
		}, []string{"Authorization: ...\n", "X-Api-Key: ...\n", "X-Auth-Token: ...\n"}, []string{"hush"}},
		{"redirects and bytes", func(c *dewartest.Client) *dewartest.Response {
			return c.Post("/login", dewartest.FollowRedirects()).Want(200).Want(418)
		}, []string{"GET /login/done: got status 200, want 418", "POST /login redirected with 302 to /login/done", "4 bytes of image/png"}, nil},
		{"an error", func(c *dewartest.Client) *dewartest.Response { return c.Get("/error") },
			[]string{"error: disk on fire", "ERROR request failed err=disk on fire"}, nil},
		{"a panic", func(c *dewartest.Client) *dewartest.Response { return c.Get("/panic") },
			[]string{"error: panic: broken view\ngoroutine", "ERROR request failed err=panic: broken view"}, []string{"stack="}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := run(func(t *fakeT) {
				if res := tt.send(dewartest.New(t, app)); res.StatusCode != 200 {
					res.Want(200)
				}
			})
			if len(got.failures) != 1 {
				t.Fatalf("got failures %q, want one", got.failures)
			}
			wantTexts(t, got.failures[0], tt.want)
			for _, text := range tt.hush {
				if strings.Contains(got.failures[0], text) {
					t.Errorf("got message %q, want it without %q", got.failures[0], text)
				}
			}
		})
	}
}

func TestLogOfARequestIsSeen(t *testing.T) {
	t.Parallel()
	app := newApp(nil)
	app.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	app.Get("/", func(c *dewar.Context) error {
		c.Logger().Debug("too fine for the handler")
		c.Logger().Info("first", "n", 1)
		return errors.New("last")
	})
	app.Get("/quiet", func(c *dewar.Context) error { return c.Text("ok") })
	client, other := dewartest.New(t, app), dewartest.New(t, app)
	var got []string
	for _, record := range client.Get("/").Want(500).Logged {
		got = append(got, record.Level.String()+" "+record.Message)
	}
	if want := []string{"INFO first", "ERROR request failed"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if logged := other.Get("/quiet").Logged; len(logged) != 0 {
		t.Errorf("another request has the lines %v", logged)
	}
}
