package flasktest_test

import (
	"errors"
	"strings"

	"github.com/dewar-go/dewar"
)

func labNote(c *dewar.Context, step string) {
	steps, _ := c.Value("steps").([]string)
	c.Set("steps", append(steps, step))
}

// labNotes is a hook that notes a step and does nothing else.
func labNotes(step string) dewar.Handler {
	return func(c *dewar.Context) error { labNote(c, step); return nil }
}

func labSteps(c *dewar.Context) string {
	steps, _ := c.Value("steps").([]string)
	return strings.Join(steps, ", ")
}

func labLang(c *dewar.Context) string {
	lang, _ := c.Value("lang").(string)
	return lang
}

// labBefore is a hook that answers, aborts or fails if the query asks the one with its label to.
func labBefore(label string) dewar.Handler {
	return func(c *dewar.Context) error {
		labNote(c, "before "+label)
		switch label {
		case c.Query().String("stop"):
			return c.Text("stopped by " + label + ": " + labSteps(c))
		case c.Query().String("abort"):
			return dewar.Abort(403)
		case c.Query().String("fail"):
			return errors.New("fails")
		}
		return nil
	}
}

// labAfter is a hook that fails or replaces the answer if the query asks the one with its label to.
func labAfter(label string) dewar.Handler {
	return func(c *dewar.Context) error {
		labNote(c, "after "+label)
		if label == c.Query().String("failafter") {
			return errors.New("fails")
		}
		c.Header("X-Steps", labSteps(c))
		if label == c.Query().String("replace") {
			c.Response.Reset()
			return c.Status(202).Text("replaced")
		}
		return nil
	}
}

// labSteppedView answers with the steps so far, or fails if the query asks it to.
func labSteppedView(c *dewar.Context) error {
	labNote(c, "view")
	q := c.Query()
	if q.Has("this") {
		c.AfterThisRequest(labNotes("this"))
	}
	if q.Has("error") {
		return dewar.Abort(q.Int("error"))
	}
	if q.Has("raise") {
		return errors.New("raised")
	}
	return c.Text(labSteps(c))
}

func labHooks(app *dewar.App) *dewar.App {
	parent, child := dewar.NewBlueprint("parent", dewar.URLPrefix("/parent")), dewar.NewBlueprint("child", dewar.URLPrefix("/child"))
	app.BeforeRequest(labBefore("app1"), labBefore("app2"))
	app.AfterRequest(labAfter("app1"), labAfter("app2"))
	parent.BeforeRequest(labBefore("parent"))
	parent.AfterRequest(labAfter("parent"))
	child.BeforeRequest(labBefore("child"))
	child.AfterRequest(labAfter("child"))
	parent.BeforeAppRequest(labNotes("before parent-app"))
	parent.AfterAppRequest(labNotes("after parent-app"))
	labLanguages(app)
	child.URLValuePreprocessor(func(c *dewar.Context, values dewar.Map) error { labNote(c, "values child"); return nil })
	app.Get("/", labSteppedView)
	app.Post("/post", labSteppedView)
	parent.Get("/", labSteppedView)
	child.Get("/", labSteppedView)
	child.Get("/{n:int}", labSteppedView)
	parent.RegisterBlueprint(child)
	app.RegisterBlueprint(parent)
	app.ErrorHandler(418, func(c *dewar.Context, err error) error {
		labNote(c, "handler 418")
		return c.Status(418).Text(labSteps(c))
	})
	return app
}

// labLanguages has the language of a page in its URLs, as the documentation of Flask does.
func labLanguages(app *dewar.App) {
	app.URLValuePreprocessor(func(c *dewar.Context, values dewar.Map) error {
		labNote(c, "values app")
		if lang, ok := values["lang"]; ok {
			c.Set("lang", lang)
			delete(values, "lang")
		}
		return nil
	})
	app.URLDefaults(func(c *dewar.Context, endpoint string, values dewar.Map) {
		if _, ok := values["lang"]; !ok && endpoint == "page" {
			values["lang"] = labLang(c)
		}
	})
	app.Get("/{lang}/page", func(c *dewar.Context) error {
		own, err := c.URLFor("page")
		french, err2 := c.URLFor("page", "lang", "fr")
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		return c.Text(own + " " + french + " " + labLang(c))
	}, dewar.Endpoint("page"))
}
