package flasktest_test

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/dewar-go/dewar"
)

func labInputs(app *dewar.App) *dewar.App {
	app.Get("/query", func(c *dewar.Context) error { return c.Text(labPairs(c.Query())) })
	app.Get("/typed", func(c *dewar.Context) error {
		return c.Text(fmt.Sprintf("n=%d f=%.3f", dewar.ValueOr(c.Query(), "n", 5), dewar.ValueOr(c.Query(), "f", 0.5)))
	})
	app.Get("/need", func(c *dewar.Context) error {
		q, err := dewar.Require[string](c.Query(), "q")
		if err != nil {
			return err
		}
		return c.Text(q)
	})
	app.Get("/has", func(c *dewar.Context) error {
		return c.Text(fmt.Sprint(c.Query().Has("q"), " ", strings.Join(c.Query().Strings("q"), ",")))
	})
	app.Get("/first", func(c *dewar.Context) error { return c.Text(dewar.ValueOr(c.Query(), "q", "none")) })
	app.Route("/form", func(c *dewar.Context) error { return labForm(c) }, everyMethod)
	app.Route("/form/need", func(c *dewar.Context) error {
		q, err := dewar.Require[string](c.Form(), "q")
		if err != nil {
			return err
		}
		return c.Text(q)
	}, everyMethod)
	app.Route("/form/file", func(c *dewar.Context) error {
		file, err := c.File("file")
		if err != nil {
			return err
		}
		return c.Text(file.Filename)
	}, everyMethod)
	app.Route("/both", func(c *dewar.Context) error {
		return c.Text("query " + labPairs(c.Query()) + "form " + labPairs(c.Form()))
	}, everyMethod)
	app.Route("/values", func(c *dewar.Context) error {
		return c.Text(dewar.ValueOr(c.Query(), "q", dewar.ValueOr(c.Form(), "q", "None")))
	}, everyMethod)
	app.Route("/raw", func(c *dewar.Context) error {
		data, err := io.ReadAll(c.Request.Body)
		if err != nil {
			return err
		}
		text := hex.EncodeToString(data)
		return c.Text(fmt.Sprint(len(data), " ", text[:min(80, len(text))]))
	}, everyMethod)
	app.Route("/rawform", func(c *dewar.Context) error {
		data, err := io.ReadAll(c.Request.Body)
		if err != nil {
			return err
		}
		return c.Text(fmt.Sprint(len(data), " ", labPairs(c.Form())))
	}, everyMethod)
	app.Route("/isjson", func(c *dewar.Context) error { return c.Text(fmt.Sprint(c.IsJSON())) }, everyMethod)
	app.Get("/cookie", func(c *dewar.Context) error {
		text := ""
		for _, name := range []string{"a", "b", "c", "d e", "ü"} {
			if value := c.Cookie(name); value != "" || labHasCookie(c, name) {
				text += name + "=" + value + "\n"
			}
		}
		return c.Text(text)
	})
	app.Get("/header", func(c *dewar.Context) error {
		values, ok := c.Request.Header["X-A"]
		if !ok {
			return c.Text("[none]")
		}
		return c.Text("[" + strings.Join(values, ",") + "]")
	})
	app.Get("/accept", func(c *dewar.Context) error {
		return c.Text(cmp.Or(c.Accepts("text/html", "application/json", "text/plain"), "none"))
	})
	seen := func(c *dewar.Context) error {
		return c.Text(fmt.Sprintf("path=%s\nquery=%s\nurl=%s\nbase=%s\nhost=%s\nscheme=%s\nv=%s\n", strings.ToValidUTF8(c.Request.URL.Path, "\uFFFD"),
			c.Request.URL.RawQuery, c.URL(), c.BaseURL(), c.Host(), c.Scheme(), c.Params().String("v")))
	}
	app.Route("/seen/{v:path}", seen, everyMethod)
	app.Route("/seen/", seen, everyMethod)
	app.Get("/session/query", func(c *dewar.Context) error {
		c.Session().Set("q", c.Query().String("q"))
		c.Flash(c.Query().String("q"))
		return c.Text(c.Session().String("q"))
	})
	labJSONInputs(app)
	return app
}

func labHasCookie(c *dewar.Context, name string) bool {
	_, err := c.Request.Cookie(name)
	return err == nil
}

func labForm(c *dewar.Context) error {
	text := labPairs(c.Form())
	if form := c.Request.MultipartForm; form != nil {
		for _, name := range slices.Sorted(maps.Keys(form.File)) {
			files, err := c.Files(name)
			if err != nil {
				return err
			}
			for _, file := range files {
				f, err := file.Open()
				if err != nil {
					return err
				}
				data, err := io.ReadAll(f)
				if err := errors.Join(err, f.Close()); err != nil {
					return err
				}
				kind, _, _ := strings.Cut(strings.ToLower(file.Header.Get("Content-Type")), ";")
				text += fmt.Sprintf("%s: %s %s %x\n", name, file.Filename, kind, data)
			}
		}
	}
	return c.Text(text)
}

func labJSONInputs(app *dewar.App) {
	app.Route("/json", func(c *dewar.Context) error {
		var v any
		if err := c.BindJSON(&v); err != nil {
			return err
		}
		return c.JSON(v)
	}, everyMethod)
	app.Route("/json/silent", func(c *dewar.Context) error {
		var v any
		if c.BindJSON(&v) != nil {
			v = nil
		}
		return c.JSON(v)
	}, everyMethod)
	app.Route("/json/force", func(c *dewar.Context) error {
		c.Request.Header.Set("Content-Type", "application/json")
		var v any
		if err := c.BindJSON(&v); err != nil {
			return err
		}
		return c.JSON(v)
	}, everyMethod)
	app.Route("/json/name", func(c *dewar.Context) error {
		var in struct {
			Name string `json:"name" required:"true"`
		}
		if err := c.Bind(&in); err != nil {
			return err
		}
		return c.Text(in.Name)
	}, everyMethod)
	app.Route("/json/session", func(c *dewar.Context) error {
		var v any
		if err := c.BindJSON(&v); err != nil {
			return err
		}
		c.Session().Set("v", v)
		return c.JSON(c.Session().Get("v"))
	}, everyMethod)
}
