package twice

import (
	"database/sql"
	"errors"

	"github.com/dewar-go/dewar"
)

func requireLogin(c *dewar.Context) error {
	if c.Session().Has("user") {
		return nil
	}
	return c.RedirectTo("login")
}

func onlyFails(c *dewar.Context) error {
	if c.Session().Has("user") {
		return nil
	}
	return dewar.Abort(401)
}

func assigned(c *dewar.Context) error {
	err := c.RedirectTo("login")
	if err != nil {
		return err
	}
	return c.Text("secret") // want `c.Text is a second answer: c.RedirectTo in line 25 has answered; return its result`
}

func blank(c *dewar.Context) error {
	_ = c.RedirectTo("login")
	return c.Text("secret") // want `c.Text is a second answer`
}

func inCondition(c *dewar.Context) error {
	if c.Text("x") != nil {
		return c.Text("failed")
	}
	return c.Text("y") // want `c.Text is a second answer`
}

func helper(c *dewar.Context) error {
	if err := requireLogin(c); err != nil {
		return err
	}
	return c.Text("secret") // want `c.Text is a second answer: requireLogin in line 45 may have answered, and then its error is nil; return its result`
}

func branches(c *dewar.Context) error {
	var err error
	switch {
	case c.Query().Has("a"):
		err = c.Text("a")
	case c.Query().Has("b"):
		err = c.Text("b")
	default:
		return c.Text("c")
	}
	if errors.Is(err, sql.ErrNoRows) {
		return c.Text("none")
	}
	if err == nil {
		err = c.Text("again") // want `c.Text is a second answer`
	}
	return err
}

func loop(c *dewar.Context) error {
	var err error
	for _, x := range []string{"a", "b"} {
		err = c.Text(x) // want `c.Text answers again in every round of the loop; return its result, or use c.Stream`
	}
	return err
}

func reassigned(c *dewar.Context) error {
	err := c.Text("x")
	err = c.Bind(&struct{}{})
	if err != nil {
		return c.Text("bad") // want `c.Text is a second answer`
	}
	return nil
}

// What follows is right.

func oneOfTwo(c *dewar.Context) error {
	if c.Query().Has("a") {
		return c.Text("a")
	}
	for _, x := range []string{"a", "b"} {
		if c.Query().Has(x) {
			return c.Text(x)
		}
	}
	return c.Text("b")
}

func afterFailure(c *dewar.Context) error {
	if err := c.Render("page.html", nil); err != nil {
		return c.Text("no page")
	}
	return nil
}

func afterReset(c *dewar.Context) error {
	err := c.Text("x")
	c.Response.Reset()
	if err != nil {
		return err
	}
	return c.Text("y")
}

func afterQuestion(c *dewar.Context) error {
	if err := requireLogin(c); err != nil || c.Response.Started() {
		return err
	}
	return c.Text("secret")
}

func failingHelper(c *dewar.Context) error {
	if err := onlyFails(c); err != nil {
		return err
	}
	return c.Text("secret")
}

func ofAnother(c, other *dewar.Context) error {
	if err := other.Text("x"); err != nil {
		return err
	}
	return c.Text("y")
}

func inside(c *dewar.Context) error {
	later := func() error { return c.Text("x") }
	if c.Query().Has("later") {
		return later()
	}
	return c.Text("y")
}

func reported(c *dewar.Context) error {
	c.Text("x") // by UnusedAnswer
	return c.Text("y")
}
