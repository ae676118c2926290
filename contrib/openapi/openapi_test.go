package openapi_test

import (
	"fmt"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/openapi"
)

type show struct {
	ID int `path:"id" doc:"Which post."`
}

type post struct {
	_     struct{} `doc:"A post."`
	ID    int      `json:"id"`
	Title string   `json:"title" example:"First"`
	Tags  []string `json:"tags"`
	Next  *post    `json:"next,omitempty"`
}
type add struct {
	Title string   `json:"title" form:"title" required:"true" maxlength:"80" pattern:"(?i)[a-z ]+"`
	Tags  []string `json:"tags" maxitems:"3" maxlength:"5"`
	Theme string   `cookie:"theme" enum:"light,dark" default:"light"`
}

func showPost(c *dewar.Context, in *show) (*post, error) { return &post{ID: in.ID}, nil }
func addPost(c *dewar.Context, in *add) (*post, error)   { return &post{Title: in.Title}, nil }

func TestTry(t *testing.T) {
	app := dewar.New("x")
	api := openapi.New(app)
	api.Get("/posts/{id:int(min=1)}", showPost)
	api.Post("/posts", addPost, openapi.Security(openapi.Session()))
	d, err := api.Document()
	fmt.Println(string(d), err)
}
