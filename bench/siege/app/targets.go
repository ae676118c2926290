package app

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar"
)

// Limits of the application, which the attacks know. The rest are dewar's own.
const (
	MaxBody       = 4 << 20
	MaxFormMemory = 64 << 10 // an upload that is larger is a temporary file
	HeaderTimeout = 2 * time.Second
	ReadTimeout   = 4 * time.Second
	WriteTimeout  = 4 * time.Second
	StoreDeadline = 3 * time.Second // how long a request waits for the store of sessions: a machine that is busy must not look like a store that hangs

	OwnHost        = "siege.example"                // is served, beside the names of this machine
	LoggedPassword = "the-password-in-an-error-7Qx" // is in an error of a view
)

// limits are the settings that make the limits.
var limits = dewar.Map{
	"MAX_CONTENT_LENGTH": MaxBody, "MAX_FORM_MEMORY_SIZE": MaxFormMemory, "MAX_JSON_SIZE": 256 << 10,
	"SERVER_READ_HEADER_TIMEOUT": HeaderTimeout, "SERVER_READ_TIMEOUT": ReadTimeout, "SERVER_WRITE_TIMEOUT": WriteTimeout,
	"TRUSTED_HOSTS": []string{"127.0.0.1", "localhost", OwnHost},
}

// targets adds the routes that attacks aim at and no visitor uses.
func targets(app *dewar.App) {
	ignoreFullDisks()
	late := &lateness{}
	bp := dewar.NewBlueprint("target", dewar.URLPrefix("/target"))
	bp.Get("/header", setHeader)
	bp.Get("/cookie", setCookie)
	bp.Get("/error", failWithSecret)
	bp.Get("/panic", func(c *dewar.Context) error { panic(failWithSecret(c)) })
	bp.Get("/half/{how}", halfPage)
	bp.Get("/branch/{name}/", func(c *dewar.Context) error { return c.Text(c.Params().String("name")) })
	bp.Get("/url", func(c *dewar.Context) error { return c.Text(c.URL() + " " + c.ClientIP().String()) })
	bp.Get("/repeat", repeat)
	bp.Get("/large", large)
	bp.Get("/slow", slowly)
	bp.Get("/late", late.leave)
	bp.Get("/lates", late.tell)
	bp.Post("/stream", changeThenStream)
	bp.Post("/unread", func(c *dewar.Context) error { return c.Text("unread") })
	bp.Post("/bind", readBinding)
	bp.Post("/disk", limitFiles)
	app.RegisterBlueprint(bp)
}

// setHeader sets a header to the text of the query, by one of two ways.
func setHeader(c *dewar.Context) error {
	text := c.Query().String("text")
	if c.Query().String("by") == "map" {
		c.Response.Header().Set("X-Text", text)
		return c.Text("named")
	}
	return c.Header("X-Text", text).Text("named")
}

func setCookie(c *dewar.Context) error {
	if err := c.SetCookie(&http.Cookie{Name: "text", Value: c.Query().String("text")}); err != nil {
		return err
	}
	return c.Text("named")
}

// failWithSecret fails as a driver does that tells its whole address. The log may have it, and nobody else.
func failWithSecret(*dewar.Context) error {
	return errors.New("connect to postgres://siege:" + LoggedPassword + "@db.internal/siege: refused")
}

var errHalf = errors.New("an attack asked for half of a page")

// halfPage fails when a part of its page has left.
func halfPage(c *dewar.Context) error {
	const piece = "half of a page\n"
	switch c.Params().String("how") {
	case "flushed":
		_, _ = io.WriteString(c.Response, piece)
		c.Response.Flush()
	case "panic":
		_, _ = io.WriteString(c.Response, piece)
		c.Response.Flush()
		panic(errHalf)
	case "large":
		for range 100_000 { // past RESPONSE_BUFFER_SIZE
			if _, err := io.WriteString(c.Response, piece); err != nil {
				return err
			}
		}
	default:
		return dewar.Abort(http.StatusNotFound)
	}
	return errHalf
}

// repeat answers with a token as often as it is asked to, in JSON, which is put together in a buffer.
func repeat(c *dewar.Context) error {
	token, times := c.Query().String("token"), c.Query().Int("times")
	if times < 1 || times > 1000 || len(token) > 100 {
		return dewar.Abort(http.StatusBadRequest)
	}
	list := make([]string, times)
	for i := range list {
		list[i] = token
	}
	return c.JSON(list)
}

// large answers with 8 MiB, for those who read slowly or not to the end.
func large(c *dewar.Context) error {
	piece := []byte(strings.Repeat("a", 64<<10))
	return c.Stream(func(w io.Writer) error {
		for range 128 {
			if _, err := w.Write(piece); err != nil {
				return err
			}
		}
		return nil
	})
}

// slowly answers after some time with the token that it was given.
func slowly(c *dewar.Context) error {
	timer := time.NewTimer(min(c.Query().Duration("time"), 5*time.Second))
	defer timer.Stop()
	select {
	case <-timer.C:
		return c.Text(c.Query().String("token"))
	case <-c.Done():
		return c.Err()
	}
}

// A lateness counts goroutines that outlive their request.
type lateness struct {
	late, mixed atomic.Int64 // all of them, and those that met another request in their Context
}

var token = dewar.NewKey[string]("token")

// leave leaves a goroutine behind that looks at the Context when the request is over.
func (l *lateness) leave(c *dewar.Context) error {
	name := c.Query().String("token")
	token.Set(c, name)
	c.Go(func(context.Context) {
		for range 10 {
			time.Sleep(10 * time.Millisecond)
			if token.Get(c) != name || c.Request.URL.Query().Get("token") != name {
				l.mixed.Add(1)
				break
			}
		}
		l.late.Add(1)
	})
	return c.Text(name)
}

// Lates are the goroutines of this process that have outlived their request.
type Lates struct {
	Late  int64 `json:"late"`
	Mixed int64 `json:"mixed"` // met another request
}

func (l *lateness) tell(c *dewar.Context) error { return c.JSON(Lates{l.late.Load(), l.mixed.Load()}) }

// changeThenStream changes the session and sends its answer in pieces.
func changeThenStream(c *dewar.Context) error {
	c.Session().Set("note", c.Query().String("note"))
	for range 3 {
		if _, err := io.WriteString(c.Response, "a piece\n"); err != nil {
			return err
		}
		c.Response.Flush()
	}
	return nil
}

// readBinding fills a struct from whatever comes.
func readBinding(c *dewar.Context) error {
	var in struct {
		Name  string   `json:"name" form:"name"`
		Age   int      `json:"age" form:"age"`
		Items []string `json:"items" form:"items"`
	}
	if err := c.Bind(&in); err != nil {
		return err
	}
	return c.JSON(in)
}
