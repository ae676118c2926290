package dewar_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// TestMethodsOfARouteAreThoseThatItAnswers compares what a Route says with what Allow says, which asks the router.
func TestMethodsOfARouteAreThoseThatItAnswers(t *testing.T) {
	t.Parallel()
	for _, automatic := range []bool{true, false} {
		app := newApp(t)
		must(t, app.Config.Set("PROVIDE_AUTOMATIC_OPTIONS", automatic))
		view := func(c *dewar.Context) error {
			route, ok := c.Route()
			return c.Text(fmt.Sprint(strings.Join(route.Methods, ","), " ", ok))
		}
		app.Get("/get", view)
		app.Post("/post", view)
		app.Route("/both", view, dewar.Methods("POST", "GET"))
		app.Route("/own", view, dewar.Methods("OPTIONS", "PUT"))
		app.Route("/head", view, dewar.Methods("HEAD"))
		app.Get("/off", view, dewar.AutomaticOptions(false))
		app.Get("/on", view, dewar.AutomaticOptions(true))
		app.Route("/dav", view, dewar.Methods("PROPFIND"))
		app.View("/view", &itemView{})
		app.Route("/built", nil, dewar.BuildOnly(), dewar.Endpoint("built"))
		bp := dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"), dewar.AutomaticOptions(false))
		bp.Get("/off", view)
		app.RegisterBlueprint(bp)
		early := methodsOf(app)
		must(t, app.Build())
		must(t, app.Config.Set("PROVIDE_AUTOMATIC_OPTIONS", !automatic))
		late := methodsOf(app)
		for rule, methods := range late {
			if early[rule] != methods {
				t.Errorf("%s: %s before Build, %s after it", rule, early[rule], methods)
			}
			if strings.Contains(rule, "static") || rule == "/built" {
				continue
			}
			rec := send(app, "TRACE", rule)
			if allow := strings.ReplaceAll(rec.Header().Get("Allow"), ", ", ","); rec.Code != http.StatusMethodNotAllowed || allow != methods {
				t.Errorf("automatic %v, %s: Methods are %s, Allow is %q", automatic, rule, methods, allow)
			}
		}
		wanted := map[string]string{"/get": "GET,HEAD", "/post": "POST", "/both": "GET,HEAD,POST", "/dav": "PROPFIND", "/built": "GET,HEAD"}
		for rule, want := range wanted {
			if automatic {
				all := append(strings.Split(want, ","), "OPTIONS")
				slices.Sort(all)
				want = strings.Join(all, ",")
			}
			if late[rule] != want {
				t.Errorf("automatic %v, %s: got %s, want %s", automatic, rule, late[rule], want)
			}
		}
		for rule, want := range map[string]string{"/off": "GET,HEAD", "/on": "GET,HEAD,OPTIONS", "/own": "OPTIONS,PUT", "/bp/off": "GET,HEAD"} {
			if late[rule] != want {
				t.Errorf("automatic %v, %s: got %s, want %s", automatic, rule, late[rule], want)
			}
		}
		if got, want := send(app, "GET", "/get").Body.String(), late["/get"]+" true"; got != want {
			t.Errorf("a request sees %q, want %q", got, want)
		}
	}
}

// methodsOf returns the methods of every route by its rule.
func methodsOf(app *dewar.App) map[string]string {
	all := map[string]string{}
	for _, r := range app.Routes() {
		all[r.Rule] = strings.Join(r.Methods, ",")
	}
	return all
}

func TestURLForTheMethodThatDewarAnswers(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	must(t, app.Config.Set("SERVER_NAME", "x.example"))
	app.Get("/a", index)
	must(t, app.Build())
	if got, err := app.URLFor("index", dewar.ForMethod("OPTIONS")); err != nil || got != "http://x.example/a" {
		t.Errorf("got %q, %v", got, err)
	}
	_, err := app.URLFor("index", dewar.ForMethod("PUT"))
	wantError(t, err, "no route of it answers PUT, only GET, HEAD, OPTIONS")
}
