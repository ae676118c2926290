package flasktest_test

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/dewar-go/dewar"
)

type labOwn struct{ text string }

func (e *labOwn) Error() string { return e.text }

type labOwnChild struct{ *labOwn }

func (e *labOwnChild) Unwrap() error { return e.labOwn }

type labTeapot struct{ *dewar.HTTPError }

type labUnhandled struct{}

func (labUnhandled) Error() string { return "message" }

type labBroken struct{}

func (labBroken) Error() string { return "message" }

func labBlueprint(name, prefix string) *dewar.Blueprint {
	bp := dewar.NewBlueprint(name, dewar.URLPrefix(prefix))
	bp.Get("/own", func(*dewar.Context) error { return &labOwn{"message"} })
	bp.Get("/child", func(*dewar.Context) error { return &labOwnChild{&labOwn{"message"}} })
	bp.Get("/abort/{code:int}", func(c *dewar.Context) error { return dewar.Abort(c.Params().Int("code")) })
	bp.Get("/unhandled", func(*dewar.Context) error { return labUnhandled{} })
	return bp
}

// labName is the name of an error's type, as Python would print it.
func labName(err error) string {
	for _, kind := range []struct {
		is   func(error) bool
		name string
	}{
		{func(err error) bool { var e *labOwnChild; return errors.As(err, &e) }, "OwnChild"},
		{func(err error) bool { var e *labOwn; return errors.As(err, &e) }, "Own"},
		{func(err error) bool { var e labUnhandled; return errors.As(err, &e) }, "Unhandled"},
		{func(err error) bool { var e labBroken; return errors.As(err, &e) }, "Broken"},
		{func(err error) bool { return strings.Contains(err.Error(), "404") }, "NotFound"},
		{func(err error) bool { return strings.Contains(err.Error(), "key") }, "KeyError"},
		{func(err error) bool { return strings.Contains(err.Error(), "value") }, "ValueError"},
		{func(err error) bool { return strings.Contains(err.Error(), "zero") }, "ZeroDivisionError"},
		{func(err error) bool {
			return strings.Contains(err.Error(), "wrapped") || strings.Contains(err.Error(), "fails")
		}, "RuntimeError"},
		{func(err error) bool { var e *dewar.HTTPError; return errors.As(err, &e) && e.Err == nil }, "InternalServerError"},
	} {
		if kind.is(err) {
			return kind.name
		}
	}
	return fmt.Sprintf("%T", err)
}

func labErrors(app *dewar.App, handlers bool) *dewar.App {
	app.Route("/abort/{code:int}", func(c *dewar.Context) error { return dewar.Abort(c.Params().Int("code")) }, everyMethod)
	app.Get("/abort/{code:int}/{message}", func(c *dewar.Context) error {
		return dewar.Abortf(c.Params().Int("code"), "%s", c.Params().String("message"))
	})
	app.Get("/abort/response", func(c *dewar.Context) error { return c.Status(409).Header("X-Own", "1").HTML("own") })
	app.Get("/abort/html", func(*dewar.Context) error { return dewar.Abortf(400, "<b>&") })
	app.Get("/abort/retry", func(*dewar.Context) error {
		return &dewar.HTTPError{Code: 503, Header: http.Header{"Retry-After": {"30"}}}
	})
	app.Get("/abort/auth", func(*dewar.Context) error {
		return &dewar.HTTPError{Code: 401, Header: http.Header{"Www-Authenticate": {"Basic realm=x"}}}
	})
	app.Get("/abort/allow", func(*dewar.Context) error {
		return &dewar.HTTPError{Code: 405, Header: http.Header{"Allow": {"GET, PUT"}}}
	})
	app.Get("/abort/range", func(*dewar.Context) error {
		return &dewar.HTTPError{Code: 416, Header: http.Header{"Content-Range": {"bytes */10"}}}
	})
	for kind, err := range map[string]error{
		"own": &labOwn{"message"}, "child": &labOwnChild{&labOwn{"message"}}, "unhandled": labUnhandled{}, "teapot": labTeapot{&dewar.HTTPError{Code: 418, Message: "short and stout"}}, "broken": labBroken{},
		"key": errors.New("key"), "value": errors.New("value"), "zero": errors.New("zero"),
	} {
		app.Get("/raise/"+kind, func(*dewar.Context) error { return err })
	}
	app.Get("/partial", func(c *dewar.Context) error {
		c.AfterThisRequest(func(c *dewar.Context) error { c.Header("X-After", "1"); return nil })
		c.Session().Set("x", 1)
		return dewar.Abort(409)
	})
	app.Get("/wrapped", func(*dewar.Context) error { return errors.New("wrapped") })
	app.Get("/only/get", func(c *dewar.Context) error { return c.Text("get") })
	bp, plain, inner := labBlueprint("bp", "/bp"), labBlueprint("plain", "/plain"), labBlueprint("inner", "/inner")
	if handlers {
		app.ErrorHandler(404, func(c *dewar.Context, err error) error { return c.Status(404).Text("app 404 Not Found") })
		app.ErrorHandler(409, func(c *dewar.Context, err error) error { return c.Status(200).Text("app 409 without a status") })
		app.ErrorHandler(410, func(c *dewar.Context, err error) error { return c.Redirect("/moved") })
		app.ErrorHandler(413, func(c *dewar.Context, err error) error { return c.Status(413).JSON(dewar.Map{"error": 413}) })
		dewar.HandleError(app, func(c *dewar.Context, err *labOwn) error { return c.Status(400).Text("app Own Own") })
		dewar.HandleError(app, func(c *dewar.Context, err *labOwnChild) error { return c.Status(400).Text("app Own OwnChild") })
		dewar.HandleError(app, func(c *dewar.Context, err labBroken) error { return errors.New("the handler fails") })
		app.ErrorHandler(422, func(c *dewar.Context, err error) error { return dewar.Abort(404) })
		app.ErrorHandler(500, func(c *dewar.Context, err error) error { return c.Status(500).Text("app 500 " + labName(err)) })
		bp.ErrorHandler(404, func(c *dewar.Context, err error) error { return c.Status(404).Text("bp 404") })
		dewar.HandleError(bp, func(c *dewar.Context, err *labOwnChild) error { return c.Status(400).Text("bp OwnChild") })
		bp.AppErrorHandler(451, func(c *dewar.Context, err error) error { return c.Status(451).Text("bp app 451") })
		inner.ErrorHandler(403, func(c *dewar.Context, err error) error { return c.Status(403).Text("inner 403") })
	}
	bp.RegisterBlueprint(inner)
	app.RegisterBlueprint(bp)
	app.RegisterBlueprint(plain)
	return app
}

func labGeneric(app *dewar.App) *dewar.App {
	dewar.HandleError(app, func(c *dewar.Context, err *dewar.HTTPError) error {
		return c.Status(err.Code).Text(fmt.Sprintf("http %d %s", err.Code, http.StatusText(err.Code)))
	})
	dewar.HandleError(app, func(c *dewar.Context, err error) error { return c.Status(500).Text("every " + labName(err)) })
	return labErrors(app, false)
}

func labHooks(app *dewar.App) *dewar.App {
	parent, child := dewar.NewBlueprint("parent", dewar.URLPrefix("/parent")), dewar.NewBlueprint("child", dewar.URLPrefix("/child"))
	note := func(c *dewar.Context, step string) {
		steps, _ := c.Value("steps").([]string)
		c.Set("steps", append(steps, step))
	}
	steps := func(c *dewar.Context) string {
		all, _ := c.Value("steps").([]string)
		return strings.Join(all, ", ")
	}
	before := func(label string) dewar.Handler {
		return func(c *dewar.Context) error {
			note(c, "before "+label)
			switch label {
			case c.Query().String("stop"):
				return c.Text("stopped by " + label + ": " + steps(c))
			case c.Query().String("abort"):
				return dewar.Abort(403)
			case c.Query().String("fail"):
				return errors.New("fails")
			}
			return nil
		}
	}
	after := func(label string) dewar.Handler {
		return func(c *dewar.Context) error {
			note(c, "after "+label)
			if label == c.Query().String("failafter") {
				return errors.New("fails")
			}
			c.Header("X-Steps", steps(c))
			if label == c.Query().String("replace") {
				c.Response.Reset()
				return c.Status(202).Text("replaced")
			}
			return nil
		}
	}
	app.BeforeRequest(before("app1"), before("app2"))
	app.AfterRequest(after("app1"), after("app2"))
	parent.BeforeRequest(before("parent"))
	parent.AfterRequest(after("parent"))
	child.BeforeRequest(before("child"))
	child.AfterRequest(after("child"))
	parent.BeforeAppRequest(func(c *dewar.Context) error { note(c, "before parent-app"); return nil })
	parent.AfterAppRequest(func(c *dewar.Context) error { note(c, "after parent-app"); return nil })
	app.URLValuePreprocessor(func(c *dewar.Context, values dewar.Map) error {
		note(c, "values app")
		if lang, ok := values["lang"]; ok {
			c.Set("lang", lang)
			delete(values, "lang")
		}
		return nil
	})
	child.URLValuePreprocessor(func(c *dewar.Context, values dewar.Map) error { note(c, "values child"); return nil })
	app.URLDefaults(func(c *dewar.Context, endpoint string, values dewar.Map) {
		if _, ok := values["lang"]; !ok && endpoint == "page" {
			values["lang"] = cmp.Or(fmt.Sprint(c.Value("lang")), "en")
		}
	})
	view := func(c *dewar.Context) error {
		note(c, "view")
		q := c.Query()
		if q.Has("this") {
			c.AfterThisRequest(func(c *dewar.Context) error { note(c, "this"); return nil })
		}
		if q.Has("error") {
			return dewar.Abort(q.Int("error"))
		}
		if q.Has("raise") {
			return errors.New("raised")
		}
		return c.Text(steps(c))
	}
	app.Get("/", view)
	app.Post("/post", view)
	app.Get("/{lang}/page", func(c *dewar.Context) error {
		own, err := c.URLFor("page")
		french, err2 := c.URLFor("page", "lang", "fr")
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		return c.Text(own + " " + french + " " + fmt.Sprint(c.Value("lang")))
	}, dewar.Endpoint("page"))
	parent.Get("/", view)
	child.Get("/", view)
	child.Get("/{n:int}", view)
	parent.RegisterBlueprint(child)
	app.RegisterBlueprint(parent)
	app.ErrorHandler(418, func(c *dewar.Context, err error) error {
		note(c, "handler 418")
		return c.Status(418).Text(steps(c))
	})
	return app
}
