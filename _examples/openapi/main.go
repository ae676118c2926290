// Openapi shows an API with its document: typed handlers, a form with a file, errors as problem details, and a page on which people try it.
//
//	FLASK_SECRET_KEY=dev go run ./openapi
//
// Open http://127.0.0.1:5000/docs/, or:
//
//	curl http://127.0.0.1:5000/openapi.json
//	curl -H 'Content-Type: application/json' -d '{"title":"Momo","year":1973}' http://127.0.0.1:5000/books
//	curl -H 'Content-Type: application/json' -d '{"year":73}' http://127.0.0.1:5000/books
//	curl -F image=@cover.png http://127.0.0.1:5000/books/1/cover
package main

import (
	"io"
	"log"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/openapi"
	"github.com/dewar-go/dewar/contrib/openapi/swaggerui"
)

func main() {
	app, _ := newApp()
	err := app.Config.FromPrefixedEnv()
	if err == nil {
		err = app.Run("")
	}
	if err != nil {
		log.Fatal(err)
	}
}

func newApp() (*dewar.App, *openapi.API) {
	app := dewar.New("library")
	api := openapi.New(app, openapi.Title("Library"), openapi.Version("1.0"), openapi.About("Books, and what they look like."))
	swaggerui.At(api, "/docs")

	l := &library{}
	books := dewar.NewBlueprint("books", dewar.URLPrefix("/books"))
	on := api.On(books)
	on.Get("", l.list, openapi.Summary("List books"))
	on.Post("", l.add, openapi.Summary("Add a book"), openapi.FailsWhen(409, "There is such a book already."), openapi.Strict())
	on.Get("/{id:int(min=1)}", l.show, openapi.Summary("Show a book"), openapi.Fails(404))
	on.Delete("/{id:int(min=1)}", l.remove, openapi.Summary("Remove a book"), openapi.Fails(404))
	on.Post("/{id:int(min=1)}/cover", l.setCover, openapi.Summary("Change the cover"), openapi.Fails(404))
	on.Get("/{id:int(min=1)}/cover", l.cover, openapi.Summary("The cover"), openapi.Answers(200, "image/png"), openapi.Fails(404))
	app.RegisterBlueprint(books)
	return app, api
}

// A Book is what clients get.
type Book struct {
	_     struct{}  `doc:"A book of the library."`
	ID    int       `json:"id"`
	Title string    `json:"title" example:"Momo"`
	Year  int       `json:"year" doc:"When it was first printed." example:"1973"`
	Tags  []string  `json:"tags,omitempty"`
	Added time.Time `json:"added"`

	cover []byte
}

// Listing is what the list takes.
type Listing struct {
	Word string `query:"word" doc:"Only books with this in their title."`
	Page int    `query:"page" default:"1" min:"1"`
	Size int    `query:"size" default:"20" min:"1" max:"100"`
}

// Page is a part of a list.
type Page[T any] struct {
	Items []T `json:"items"`
	Total int `json:"total"`
}

// NewBook is what a client sends.
type NewBook struct {
	Title string   `json:"title" required:"true" maxlength:"120"`
	Year  int      `json:"year" required:"true" min:"1450" max:"2100"`
	Tags  []string `json:"tags" maxitems:"5" maxlength:"20" unique:"true"`
}

// OneBook names a book.
type OneBook struct {
	ID int `path:"id"`
}

// Cover is an upload.
type Cover struct {
	OneBook
	Image *multipart.FileHeader `form:"image" required:"true" accept:".png" maxsize:"2MB"`
}

// A library keeps its books. Views run at once, so it has a lock; a database has its own.
type library struct {
	mu    sync.Mutex
	last  int
	books []*Book
}

func (l *library) list(c *dewar.Context, in *Listing) (*Page[Book], error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	page := &Page[Book]{Items: []Book{}}
	for _, b := range l.books {
		if strings.Contains(strings.ToLower(b.Title), strings.ToLower(in.Word)) {
			page.Items = append(page.Items, *b)
		}
	}
	page.Total = len(page.Items)
	from := min(min(in.Page-1, page.Total)*in.Size, page.Total) // a page far behind the end is no number that is too large
	page.Items = page.Items[from:min(from+in.Size, page.Total)]
	return page, nil
}

func (l *library) add(c *dewar.Context, in *NewBook) (*Book, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if slices.ContainsFunc(l.books, func(b *Book) bool { return b.Title == in.Title && b.Year == in.Year }) {
		return nil, dewar.Abortf(http.StatusConflict, "There is such a book already.")
	}
	l.last++
	book := &Book{ID: l.last, Title: in.Title, Year: in.Year, Tags: in.Tags, Added: time.Now().UTC()}
	l.books = append(l.books, book)
	location, err := c.URLFor("books.show", "id", book.ID)
	if err != nil {
		return nil, err
	}
	c.Header("Location", location)
	sent := *book
	return &sent, nil
}

func (l *library) show(c *dewar.Context, in *OneBook) (*Book, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	book, err := l.find(in.ID)
	if err != nil {
		return nil, err
	}
	sent := *book
	return &sent, nil
}

func (l *library) remove(c *dewar.Context, in *OneBook) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	book, err := l.find(in.ID)
	if err != nil {
		return err
	}
	l.books = slices.DeleteFunc(l.books, func(b *Book) bool { return b == book })
	return nil
}

func (l *library) setCover(c *dewar.Context, in *Cover) error {
	file, err := in.Image.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	image, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	book, err := l.find(in.ID)
	if err != nil {
		return err
	}
	book.cover = image
	return nil
}

// cover is a plain handler: it answers with a picture.
func (l *library) cover(c *dewar.Context) error {
	l.mu.Lock()
	book, err := l.find(c.Params().Int("id"))
	var image []byte
	if err == nil {
		image = book.cover
	}
	l.mu.Unlock()
	if err != nil {
		return err
	}
	if image == nil {
		return dewar.Abort(http.StatusNotFound)
	}
	return c.SendBytes("cover.png", image)
}

// find returns a book, or a 404. The caller holds the lock.
func (l *library) find(id int) (*Book, error) {
	i := slices.IndexFunc(l.books, func(b *Book) bool { return b.ID == id })
	if i < 0 {
		return nil, dewar.Abort(http.StatusNotFound)
	}
	return l.books[i], nil
}
