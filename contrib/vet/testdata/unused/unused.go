package unused

import "github.com/dewar-go/dewar"

func abort(c *dewar.Context) error {
	if c.Session().Int("user") == 0 {
		dewar.Abort(403) // want `result of dewar.Abort is not used: it makes an error and does not end the handler; return it`
	}
	if c.Query().Has("x") {
		dewar.Abortf(400, "no %s", "x") // want `result of dewar.Abortf is not used`
		(dewar.Abort(404))              // want `result of dewar.Abort is not used`
	}
	return dewar.Abort(401)
}

func answers(c *dewar.Context) error {
	c.Text("x")                      // want `result of c.Text is not used: it answers and the handler runs on; return it`
	c.RedirectTo("login")            // want `result of c.RedirectTo is not used`
	c.Redirect("/login")             // want `result of c.Redirect is not used`
	c.Status(404).Text("not found")  // want `result of c.Status\(404\).Text is not used`
	c.Header("a", "b").NoContent()   // want `result of .*NoContent is not used`
	c.JSON(dewar.Map{})              // want `result of c.JSON is not used`
	c.Render("page.html", nil)       // want `result of c.Render is not used`
	defer c.HTML("<p>")              // want `result of c.HTML is not used`
	go c.Blob("text/plain", nil)     // want `result of c.Blob is not used`
	func() { c.SendFile("a.txt") }() // want `result of c.SendFile is not used`
	_ = c.Text("meant")
	return c.Text("x")
}

func urls(c *dewar.Context, app *dewar.App) error {
	c.URLFor("index")   // want `result of c.URLFor is not used: it builds a URL and does nothing else`
	app.URLFor("index") // want `result of app.URLFor is not used`
	url, err := c.URLFor("index")
	if err != nil {
		return err
	}
	return c.Text(url)
}

func requireLogin(c *dewar.Context) error {
	if c.Session().Has("user") {
		return nil
	}
	return c.RedirectTo("login")
}

type pages struct{}

func (pages) login(c *dewar.Context) error {
	return requireLogin(c)
}

// quiet returns an answer of a function inside it, and none of its own.
func quiet(c *dewar.Context) error {
	_ = func() error { return c.Text("x") }
	return nil
}

func view(c *dewar.Context) error {
	requireLogin(c)  // want `result of requireLogin is not used: it answers`
	pages{}.login(c) // want `result of pages{}.login is not used`
	quiet(c)
	c.SetCookie(nil)
	return c.Text("secret")
}

func wrap(next dewar.Handler, failed dewar.ErrorHandler) dewar.Handler {
	return func(c *dewar.Context) error {
		next(c)        // want `result of next is not used: it is the error of a handler; return it`
		failed(c, nil) // want `result of failed is not used`
		return next(c)
	}
}
