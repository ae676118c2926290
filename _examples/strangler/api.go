package main

import (
	"net/http"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/csrf"
	"github.com/dewar-go/dewar/contrib/httpauth"
)

// api is for programs. They say who they are by the token of their user's account page.
func (b *blog) api() *dewar.Blueprint {
	bp := dewar.NewBlueprint("api", dewar.URLPrefix("/api"), csrf.Exempt())
	bp.Get("/posts", b.listPosts, dewar.Endpoint("posts"))
	bp.Get("/posts/{id:int}", b.onePost, dewar.Endpoint("post"))
	bp.Post("/posts", b.publish, dewar.Endpoint("new"), dewar.Before(httpauth.Bearer(b.loadToken, httpauth.Realm("blog"))))
	return bp
}

// asJSON is a post as programs see it.
func asJSON(c *dewar.Context, post *Post) (dewar.Map, error) {
	url, err := c.URLFor("posts.show", "id", post.ID)
	if err != nil {
		return nil, err
	}
	var picture any
	if post.Picture != "" {
		if picture, err = c.URLFor("posts.picture", "name", post.Picture); err != nil {
			return nil, err
		}
	}
	return dewar.Map{
		"author":  post.Author,
		"body":    post.Body,
		"created": post.Created.Format("2006-01-02T15:04:05"),
		"id":      post.ID,
		"picture": picture,
		"title":   post.Title,
		"url":     url,
	}, nil
}

func (b *blog) listPosts(c *dewar.Context) error {
	found, nextPage, err := b.findPosts(c, pageNumber(c))
	if err != nil {
		return err
	}
	posts := make([]dewar.Map, len(found))
	for i, post := range found {
		if posts[i], err = asJSON(c, post); err != nil {
			return err
		}
	}
	var next any
	if nextPage > 0 {
		if next, err = c.URLFor("api.posts", "page", nextPage); err != nil {
			return err
		}
	}
	return c.JSON(dewar.Map{"posts": posts, "next": next})
}

func (b *blog) onePost(c *dewar.Context) error {
	post, err := b.findPost(c, c.Params().Int64("id"))
	if err != nil {
		return err
	}
	said, err := asJSON(c, post)
	if err != nil {
		return err
	}
	return c.JSON(said)
}

func (b *blog) publish(c *dewar.Context) error {
	var sent struct{ Title, Body string }
	if err := c.BindJSON(&sent); err != nil {
		return err
	}
	title := strings.TrimSpace(sent.Title)
	if title == "" {
		return c.Status(http.StatusBadRequest).JSON(dewar.Map{"error": "A title is needed."})
	}
	author, _ := httpauth.User[*User](c)
	id, err := b.addPost(c, author.ID, title, strings.TrimSpace(sent.Body), "")
	if err != nil {
		return err
	}
	post, err := b.findPost(c, id)
	if err != nil {
		return err
	}
	said, err := asJSON(c, post)
	if err != nil {
		return err
	}
	url, err := c.URLFor("api.post", "id", id)
	if err != nil {
		return err
	}
	return c.Header("Location", url).Status(http.StatusCreated).JSON(said)
}
