package late

import (
	"bufio"
	"fmt"
	"io"
	"net/http"

	"github.com/dewar-go/dewar"
)

func flush(c *dewar.Context) error {
	c.Session().Set("a", 1)
	fmt.Fprint(c.Response, "x")
	c.Response.Flush()
	s := c.Session()
	s.Set("a", 2)                      // want `s.Set comes too late: c.Response.Flush in line 15 has sent the header; move it before`
	c.Session().Delete("a")            // want `Delete comes too late`
	c.Session().SetPermanent(true)     // want `SetPermanent comes too late`
	c.Flash("x")                       // want `c.Flash comes too late`
	c.Header("a", "b")                 // want `c.Header comes too late`
	c.Status(404)                      // want `c.Status comes too late`
	return c.SetCookie(&http.Cookie{}) // want `c.SetCookie comes too late`
}

func spellings(c *dewar.Context) error {
	switch c.Query().String("how") {
	case "flusher":
		c.Response.Header()
		var f http.Flusher = c.Response
		f.Flush()
		c.Session().Clear() // want `Clear comes too late: f.Flush in line 31`
	case "controller":
		if err := http.NewResponseController(c.Response).Flush(); err != nil {
			c.Session().Clear() // nothing was sent
			return err
		}
		c.Session().Renew() // want `Renew comes too late`
	case "error":
		_ = c.Response.FlushError()
		c.Session().Destroy() // want `Destroy comes too late`
	}
	return nil
}

func stream(c *dewar.Context) error {
	err := c.Stream(func(w io.Writer) error {
		c.Session().Set("first", 1) // nothing was sent yet
		out := bufio.NewWriter(w)
		c.Session().Set("second", 1)
		fmt.Fprint(out, "x")
		if _, err := io.WriteString(w, "x"); err != nil {
			return err
		}
		c.Session().Set("third", 1) // want `Set comes too late: io.WriteString in line 52`
		return nil
	})
	if err != nil {
		return err
	}
	c.Session().Pop("x") // want `Pop comes too late: c.Stream in line 47`
	return nil
}

func loop(c *dewar.Context) error {
	for range 3 {
		c.Session().Set("a", 1) // want `Set comes too late: c.Response.Flush in line 68`
		c.Response.Flush()
	}
	return nil
}

func events(c *dewar.Context) error {
	c.Session().Set("a", 1)
	return c.Events(func(e *dewar.EventStream) error {
		c.Session().Set("a", 2) // want `Set comes too late: c.Events in line 75`
		return e.Send(dewar.Event{Data: c.Session().String("a")})
	})
}

func before(c *dewar.Context) error {
	if c.Query().Has("a") {
		c.Response.Flush()
		return nil
	}
	c.Session().Set("a", 1)
	c.Session().Pop("b")
	return c.Text("x")
}
