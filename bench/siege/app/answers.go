package app

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/coder/websocket"

	"github.com/dewar-go/dewar"
)

// StreamEnd is the last line of a stream that is whole.
const StreamEnd = "the end of the stream\n"

// answers adds the routes that answer in other ways than with a page.
func answers(app *dewar.App) {
	app.Get("/", dewar.Alive)
	app.Post("/upload", upload)
	app.Post("/save", save)
	app.Post("/echo", echo)
	app.Get("/stream", stream)
	app.Get("/half", half)
	app.Get("/events", events)
	app.Get("/socket", socket)
	app.Get("/next", next)
	app.Get("/header", header)
	app.Get("/slow", slow)
	app.Get("/panic", func(*dewar.Context) error { panic("an attack asked for this panic") })
}

// An Uploaded says what has come of a file.
type Uploaded struct {
	Visitor string `json:"visitor"`
	Name    string `json:"name"`
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"`
}

// upload reads the files of a form and tells what they were.
func upload(c *dewar.Context) error {
	uploads, err := c.Uploads()
	if err != nil {
		return err
	}
	list := []Uploaded{}
	for _, u := range uploads {
		file, err := u.File.Open()
		if err != nil {
			return err
		}
		sum := sha256.New()
		n, err := io.Copy(sum, file)
		file.Close()
		if err != nil {
			return err
		}
		list = append(list, Uploaded{c.Session().String("name"), u.File.Filename, n, hex.EncodeToString(sum.Sum(nil))})
	}
	return c.JSON(list)
}

// save keeps the files of a form in the folder of uploads, and tells their names there.
func save(c *dewar.Context) error {
	uploads, err := c.Uploads()
	if err != nil {
		return err
	}
	names := []string{}
	for _, u := range uploads {
		path, err := dewar.SaveUpload(u.File, filepath.Join(c.App.RootPath(), "uploads"))
		if err != nil {
			return err
		}
		names = append(names, filepath.Base(path))
	}
	return c.JSON(names)
}

// echo sends the body back.
func echo(c *dewar.Context) error {
	body, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return err
	}
	return c.Blob("application/octet-stream", body)
}

// stream sends lines that name the visitor, as many as the query says, 100 at most, and StreamEnd.
func stream(c *dewar.Context) error {
	name, lines := c.Session().String("name"), lines(c)
	return c.Stream(func(w io.Writer) error {
		for n := range lines {
			if _, err := fmt.Fprintf(w, "%s %d\n", name, n); err != nil {
				return err
			}
			c.Response.Flush()
		}
		_, err := io.WriteString(w, StreamEnd)
		return err
	})
}

// half sends half of a stream and fails, as an error or as a panic.
func half(c *dewar.Context) error {
	return c.Stream(func(w io.Writer) error {
		for n := range lines(c) {
			if _, err := fmt.Fprintf(w, "half %d\n", n); err != nil {
				return err
			}
			c.Response.Flush()
		}
		if c.Query().Bool("panic") {
			panic("an attack asked for this panic in the middle of a stream")
		}
		return fmt.Errorf("an attack asked for half of a stream")
	})
}

func lines(c *dewar.Context) int { return min(dewar.ValueOr(c.Query(), "lines", 10), 100) }

// events sends as many events as the query says, one each 10 milliseconds, or without end.
func events(c *dewar.Context) error {
	name, count := c.Session().String("name"), c.Query().Int("count")
	return c.Events(func(e *dewar.EventStream) error {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for n := 0; count == 0 || n < count; n++ {
			if err := e.Send(dewar.Event{ID: fmt.Sprint(n), Data: name}); err != nil {
				return err
			}
			select {
			case <-tick.C:
			case <-e.Context().Done():
				return nil
			}
		}
		return nil
	})
}

// socket is a websocket that greets the visitor by name and sends back each message.
func socket(c *dewar.Context) error {
	name := c.Session().String("name")
	conn, err := websocket.Accept(c.Response, c.Request, &websocket.AcceptOptions{OriginPatterns: []string{c.Scheme() + "://" + c.Host()}})
	if err != nil {
		return err
	}
	defer conn.CloseNow()
	if err := conn.Write(c, websocket.MessageText, []byte(name)); err != nil {
		return nil
	}
	for {
		kind, data, err := conn.Read(c)
		if err != nil {
			return goodbye(c, conn)
		}
		if err := conn.Write(c, kind, data); err != nil {
			return nil
		}
	}
}

// goodbye tells the client of a program that stops.
func goodbye(c *dewar.Context, conn *websocket.Conn) error {
	if c.Err() != nil {
		_ = conn.Close(websocket.StatusGoingAway, "the server stops")
	}
	return nil
}

// next redirects to where the query says, if that is on the site.
func next(c *dewar.Context) error {
	return c.Redirect(c.SafeNext(c.Query().String("next"), "/"))
}

// header sets a header to what the query says.
func header(c *dewar.Context) error {
	c.Header("X-Said", c.Query().String("value"))
	return c.Text("said\n")
}

// slow answers after the time that the query says, ten seconds at most.
func slow(c *dewar.Context) error {
	timer := time.NewTimer(min(c.Query().Duration("time"), 10*time.Second))
	defer timer.Stop()
	select {
	case <-timer.C:
		return c.Text("slow\n")
	case <-c.Done():
		return c.Err()
	}
}
