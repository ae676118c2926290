package flasktest_test

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
)

func labSessions(app *dewar.App) *dewar.App {
	does := func(rule, text string, f func(c *dewar.Context, s *dewar.Session)) {
		app.Get(rule, func(c *dewar.Context) error { f(c, c.Session()); return c.Text(text) })
	}
	app.Get("/set", func(c *dewar.Context) error {
		for _, key := range c.Query().Keys() {
			c.Session().Set(key, c.Query().String(key))
		}
		return c.Text("set")
	})
	app.Get("/none", func(c *dewar.Context) error { return c.Text("none") })
	does("/clear", "clear", func(_ *dewar.Context, s *dewar.Session) { s.Clear() })
	does("/permanent", "permanent", func(_ *dewar.Context, s *dewar.Session) { s.SetPermanent(true); s.Set("p", "1") })
	does("/volatile", "volatile", func(_ *dewar.Context, s *dewar.Session) { s.SetPermanent(false) })
	does("/onlypermanent", "only", func(_ *dewar.Context, s *dewar.Session) { s.SetPermanent(true) })
	does("/touch", "touch", func(_ *dewar.Context, s *dewar.Session) { s.MarkModified() })
	does("/same", "same", func(_ *dewar.Context, s *dewar.Session) { s.Set("a", s.Get("a")) })
	does("/nested", "nested", func(_ *dewar.Context, s *dewar.Session) { s.Set("cart", dewar.Map{"items": []int{1, 2}}) })
	does("/types", "types", func(_ *dewar.Context, s *dewar.Session) {
		s.Set("v", dewar.Map{"t": dewar.Tuple{1, 2}, "b": []byte("x"), "d": labMoment, "u": dewar.UUID{15: 1}, "n": nil, "f": 1.0, "i": bigInt("1180591620717411303424")})
	})
	does("/large", "large", func(_ *dewar.Context, s *dewar.Session) {
		text := make([]byte, 2000)
		for i := range text {
			text[i] = byte(33 + i*7919%90)
		}
		s.Set("l", string(text))
	})
	does("/flash/{message}", "flashed", func(c *dewar.Context, _ *dewar.Session) {
		c.Flash(c.Params().String("message"), dewar.ValueOr(c.Query(), "category", "message"))
	})
	does("/flashtwo", "flashed", func(c *dewar.Context, _ *dewar.Session) {
		c.Flash("one", "error")
		c.Flash("two")
		c.Flash("three", "error")
	})
	get := func(c *dewar.Context) error {
		var all []string
		for key := range c.Session().All() {
			if !strings.HasPrefix(key, "_") {
				all = append(all, key+"="+c.Session().String(key))
			}
		}
		return c.Text(strings.Join(all, " "))
	}
	app.Get("/get", get)
	app.Get("/sub/get", get)
	app.Get("/in", func(c *dewar.Context) error { return c.Text(fmt.Sprint(c.Session().Has("a"))) })
	app.Get("/pop/{key}", func(c *dewar.Context) error {
		if v, ok := c.Session().Pop(c.Params().String("key")).(string); ok {
			return c.Text(v)
		}
		return c.Text("nothing")
	})
	app.Get("/nested/read", func(c *dewar.Context) error { return c.JSON(c.Session().Get("cart")) })
	app.Get("/types/read", func(c *dewar.Context) error {
		v := c.Session().Map("v")
		return c.Text(fmt.Sprintf("%d %x %s %s %.1f %v", len(v["t"].(dewar.Tuple)), v["b"], v["d"].(time.Time).Format("2006-01-02T15:04:05-07:00"), v["u"], v["f"], v["i"]))
	})
	app.Get("/setdefault", func(c *dewar.Context) error {
		if !c.Session().Has("a") {
			c.Session().Set("a", "default")
		}
		return c.Text(c.Session().String("a"))
	})
	app.Get("/error", func(c *dewar.Context) error { c.Session().Set("e", "1"); return dewar.Abort(400) })
	app.Get("/crash", func(c *dewar.Context) error { c.Session().Set("e", "1"); return errors.New("crash") })
	app.Get("/vary", func(c *dewar.Context) error { c.Session().Get("a"); return c.Header("Vary", "Accept").HTML("x") })
	app.Get("/redirect", func(c *dewar.Context) error { c.Session().Set("r", "1"); return c.Redirect("/get") })
	app.Get("/flashes", func(c *dewar.Context) error {
		text := ""
		for _, flash := range c.FlashedMessages(c.Query().Strings("only")...) {
			text += flash.Category + ": " + flash.Message + "\n"
		}
		return c.Text(text)
	})
	app.Get("/flashtwice", func(c *dewar.Context) error {
		return c.Text(fmt.Sprint(len(c.FlashedMessages()), len(c.FlashedMessages())))
	})
	app.Get("/flashhere", func(c *dewar.Context) error {
		c.Flash("here")
		text := ""
		for _, flash := range c.FlashedMessages() {
			text += flash.Message
		}
		return c.Text(text)
	})
	return app
}
