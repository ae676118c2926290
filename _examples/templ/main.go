// Templ renders pages with a-h/templ, whose components are Go functions with typed arguments, through app.Renderer: signals,
// context processors, the session and url_for work as in other templates.
//
//	cd _examples/templ && FLASK_SECRET_KEY=dev go run .
//
// Open http://127.0.0.1:5000/ and write a note. After a change of pages.templ make pages_templ.go again:
//
//	go run github.com/a-h/templ/cmd/templ@v0.3.1118 generate
package main

import (
	"log"
	"slices"
	"sync"

	"github.com/dewar-go/dewar"
)

func main() {
	app, err := newApp()
	if err == nil {
		err = app.Run("")
	}
	if err != nil {
		log.Fatal(err)
	}
}

func newApp() (*dewar.App, error) {
	app := dewar.New("notes")
	app.Renderer = renderer{}
	board := &board{}
	app.Get("/", board.list, dewar.Endpoint("list"))
	app.Post("/", board.add, dewar.Endpoint("add"))
	app.Get("/{id:int}", board.show, dewar.Endpoint("show"))
	return app, app.Config.FromPrefixedEnv()
}

// A Note is what a visitor wrote.
type Note struct {
	ID   int
	Text string
}

// A board has the notes of all visitors.
type board struct {
	mu    sync.Mutex
	notes []Note
}

func (b *board) list(c *dewar.Context) error {
	b.mu.Lock()
	notes := slices.Clone(b.notes)
	b.mu.Unlock()
	return render(c, "list", listPage(notes))
}

func (b *board) add(c *dewar.Context) error {
	text := c.Form().String("text")
	if text == "" {
		c.Flash("Write something first.")
		return c.RedirectTo("list")
	}
	b.mu.Lock()
	b.notes = append(b.notes, Note{len(b.notes) + 1, text})
	b.mu.Unlock()
	return c.RedirectTo("list")
}

func (b *board) show(c *dewar.Context) error {
	id := c.Params().Int("id")
	b.mu.Lock()
	defer b.mu.Unlock()
	if id < 1 || id > len(b.notes) {
		return dewar.Abortf(404, "There is no note %d.", id)
	}
	return render(c, "show", notePage(b.notes[id-1]))
}
