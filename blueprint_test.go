package dewar_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/dewar-go/dewar"
)

// What a blueprint registers for the whole app takes its place in order of registration.
func TestAppWideRegistrationsFollowTheOrderOfRegistration(t *testing.T) {
	t.Parallel()
	say := func(who string) dewar.ErrorHandler {
		return func(c *dewar.Context, err error) error { return c.Text(who) }
	}
	for _, tt := range []struct {
		name    string
		bpFirst bool
		before  []string
		code    string // who answers a 404
		typed   string // who answers a busyError
		after   []string
	}{
		{"the blueprint first", true, []string{"before bp", "before app"}, "app", "app", []string{"after app", "after bp", "teardown app", "teardown bp"}},
		{"the app first", false, []string{"before app", "before bp"}, "bp", "bp", []string{"after bp", "after app", "teardown bp", "teardown app"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app, tr := newApp(t), &trace{}
			bp := dewar.NewBlueprint("bp")
			bp.BeforeAppRequest(tr.hook("before bp"))
			bp.AfterAppRequest(tr.hook("after bp"))
			bp.TeardownAppRequest(func(*dewar.Context, error) { tr.add("teardown bp") })
			bp.AppErrorHandler(404, say("bp"))
			dewar.HandleAppError(bp, func(c *dewar.Context, err busyError) error { return c.Text("bp") })
			dewar.HandleAppError(bp, func(c *dewar.Context, err temporaryError) error { return c.Text("bp") })
			steps := []func(){
				func() { app.RegisterBlueprint(bp) },
				func() {
					app.BeforeRequest(tr.hook("before app"))
					app.AfterRequest(tr.hook("after app"))
					app.TeardownRequest(func(*dewar.Context, error) { tr.add("teardown app") })
					app.ErrorHandler(404, say("app"))
					dewar.HandleError(app, func(c *dewar.Context, err busyError) error { return c.Text("app") })
					dewar.HandleError(app, func(c *dewar.Context, err temporaryError) error { return c.Text("app") })
				},
			}
			if !tt.bpFirst {
				slices.Reverse(steps)
			}
			for _, step := range steps {
				step()
			}
			app.Get("/busy", func(*dewar.Context) error { return busyError{} })
			app.Get("/temporary", func(*dewar.Context) error { return fmt.Errorf("wrapped: %w", onlyTemporary{}) })
			if got := send(app, "GET", "/nothing").Body.String(); got != tt.code {
				t.Errorf("404: answered by %s, want %s", got, tt.code)
			}
			if got, want := tr.take(), slices.Concat(tt.before, tt.after); !slices.Equal(got, want) {
				t.Errorf("ran %q, want %q", got, want)
			}
			for _, path := range []string{"/busy", "/temporary"} {
				if got := send(app, "GET", path).Body.String(); got != tt.typed {
					t.Errorf("%s: answered by %s, want %s", path, got, tt.typed)
				}
			}
		})
	}
}

type onlyTemporary struct{}

func (onlyTemporary) Error() string   { return "temporary" }
func (onlyTemporary) Temporary() bool { return true }

// URLs can depend on what the request has found out, such as its language.
func TestURLDefaultsSeeTheRequest(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	lang := dewar.NewKey[string]("lang")
	app.BeforeRequest(func(c *dewar.Context) error { lang.Set(c, c.Query().String("lang")); return nil })
	app.URLDefaults(func(c *dewar.Context, endpoint string, values dewar.Map) {
		values["lang"] = "en"
		if c != nil {
			values["lang"] = lang.Get(c)
		}
	})
	app.Get("/{lang}/about", index, dewar.Endpoint("about"))
	app.Get("/", func(c *dewar.Context) error {
		u, err := c.URLFor("about")
		if err != nil {
			return err
		}
		return c.Text(u)
	})
	if got := send(app, "GET", "/?lang=de").Body.String(); got != "/de/about" {
		t.Errorf("in a request: got %q", got)
	}
	if err := app.Config.FromMapping(dewar.Map{"SERVER_NAME": "example.com"}); err != nil {
		t.Fatal(err)
	}
	if got, err := app.URLFor("about"); err != nil || got != "http://example.com/en/about" {
		t.Errorf("outside a request: got %q, %v", got, err)
	}
}
