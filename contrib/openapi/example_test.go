package openapi_test

import (
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/openapi"
)

type Show struct {
	ID int `path:"id" doc:"Which post."`
}

type Post struct {
	ID    int    `json:"id"`
	Title string `json:"title"`
}

func showPostExample(c *dewar.Context, in *Show) (*Post, error) {
	if in.ID > 1 {
		return nil, dewar.Abort(404)
	}
	return &Post{ID: in.ID, Title: "First"}, nil
}

func Example() {
	app := dewar.New("blog")
	api := openapi.New(app, openapi.Title("Blog"), openapi.Version("1.0"))
	api.Get("/posts/{id:int(min=1)}", showPostExample, openapi.Fails(404))
	for _, path := range []string{"/posts/1", "/posts/2"} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
	}
	// Output:
	// 200 {"id":1,"title":"First"}
	// 404 {"title":"Not Found","status":404,"detail":"There is nothing at this address. If you typed it, please check the spelling."}
}

func ExampleAPI() {
	app := dewar.New("blog")
	api := openapi.New(app, openapi.Title("Blog"))
	api.Get("/posts/{id:int(min=1)}", showPostExample)
	document, err := api.Document()
	fmt.Println(strings.Contains(string(document), `"/posts/{id}"`), err)
	// Output: true <nil>
}

func ExampleGroup() {
	app := dewar.New("blog")
	api := openapi.New(app)
	posts := dewar.NewBlueprint("posts", dewar.URLPrefix("/posts"))
	api.On(posts).Get("/{id:int}", showPostExample)
	app.RegisterBlueprint(posts)
	fmt.Println(app.URLFor("posts.showPostExample", "id", 7, dewar.Relative()))
	// Output: /posts/7 <nil>
}

func ExampleScheme() {
	app := dewar.New("blog")
	api := openapi.New(app)
	account := dewar.NewBlueprint("account", openapi.Security(openapi.Session())) // a hook of contrib/login checks it
	api.On(account).Get("/me", func(c *dewar.Context) (*Post, error) { return nil, nil }, dewar.Endpoint("me"))
	app.RegisterBlueprint(account)
	document, err := api.Document()
	fmt.Println(strings.Contains(string(document), `"in": "cookie"`), err)
	// Output: true <nil>
}

// Celsius is a number in JSON, which its kind in Go does not tell.
type Celsius struct{ degrees float64 }

func (c Celsius) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "%.1f", c.degrees), nil }
func (Celsius) OpenAPISchema() string          { return `{"type":"number","description":"Degrees Celsius."}` }

func ExampleDescriber() {
	app := dewar.New("weather")
	api := openapi.New(app)
	api.Get("/temperature", func(c *dewar.Context) (*Celsius, error) { return &Celsius{21.5}, nil }, dewar.Endpoint("temperature"))
	document, err := api.Document()
	fmt.Println(strings.Contains(string(document), "Degrees Celsius."), err)
	// Output: true <nil>
}
