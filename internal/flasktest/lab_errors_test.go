package flasktest_test

import (
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
	labAborts(app)
	labRaises(app)
	app.Get("/only/get", func(c *dewar.Context) error { return c.Text("get") })
	bp, plain, inner := labBlueprint("bp", "/bp"), labBlueprint("plain", "/plain"), labBlueprint("inner", "/inner")
	if handlers {
		labHandlers(app, bp, inner)
	}
	bp.RegisterBlueprint(inner)
	app.RegisterBlueprint(bp)
	app.RegisterBlueprint(plain)
	return app
}

func labAborts(app *dewar.App) {
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
}

func labRaises(app *dewar.App) {
	for kind, err := range map[string]error{
		"own": &labOwn{"message"}, "child": &labOwnChild{&labOwn{"message"}}, "unhandled": labUnhandled{}, "broken": labBroken{},
		"teapot": labTeapot{&dewar.HTTPError{Code: 418, Message: "short and stout"}},
		"key":    errors.New("key"), "value": errors.New("value"), "zero": errors.New("zero"),
	} {
		app.Get("/raise/"+kind, func(*dewar.Context) error { return err })
	}
	app.Get("/partial", func(c *dewar.Context) error {
		c.AfterThisRequest(func(c *dewar.Context) error { c.Header("X-After", "1"); return nil })
		c.Session().Set("x", 1)
		return dewar.Abort(409)
	})
	app.Get("/wrapped", func(*dewar.Context) error { return errors.New("wrapped") })
}

func labHandlers(app *dewar.App, bp, inner *dewar.Blueprint) {
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

func labGeneric(app *dewar.App) *dewar.App {
	dewar.HandleError(app, func(c *dewar.Context, err *dewar.HTTPError) error {
		return c.Status(err.Code).Text(fmt.Sprintf("http %d %s", err.Code, http.StatusText(err.Code)))
	})
	dewar.HandleError(app, func(c *dewar.Context, err error) error { return c.Status(500).Text("every " + labName(err)) })
	return labErrors(app, false)
}
