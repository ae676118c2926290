package main

import (
	"net/http"
	"slices"

	"github.com/dewar-go/dewar"
)

// pages need no database.
func (b *blog) pages() *dewar.Blueprint {
	bp := dewar.NewBlueprint("pages")
	bp.Get("/about", b.about)
	bp.Get("/language/{code}", b.language)
	return bp
}

func (b *blog) about(c *dewar.Context) error {
	return c.Render("about.html", nil)
}

func (b *blog) language(c *dewar.Context) error {
	code := c.Params().String("code")
	if !slices.Contains(b.config.Strings("LANGUAGES"), code) {
		return dewar.Abort(http.StatusNotFound)
	}
	c.Session().Set("language", code)
	b.texts.Refresh(c)
	b.flash(c, "This blog speaks English now.")
	return c.RedirectTo("posts.index")
}

// flash translates a message, and shows it with the next page.
func (b *blog) flash(c *dewar.Context, message string, pairs ...any) {
	c.Flash(b.texts.Gettext(c, message, pairs...))
}
