package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/a-h/templ"

	"github.com/dewar-go/dewar"
)

// componentKey is the name under which a view hands its component to the renderer.
const componentKey = "component"

// render answers with a component. The name is what receivers of app.TemplateRendered get.
func render(c *dewar.Context, name string, component templ.Component) error {
	return c.Render(name, dewar.Map{componentKey: component})
}

// renderer is a dewar.Renderer for components. Whatever they write is sent when all of it is there.
type renderer struct{}

func (renderer) Render(c *dewar.Context, w io.Writer, name string, data dewar.Map) error {
	component, ok := data[componentKey].(templ.Component)
	if !ok {
		return fmt.Errorf("the page %q has no component; answer with render(c, %q, page(...))", name, name)
	}
	return component.Render(c, w)
}

// urlFor is url_for for components: <a href={ urlFor(ctx, "show", "id", note.ID) }>.
func urlFor(ctx context.Context, endpoint string, pairs ...any) (templ.SafeURL, error) {
	c := dewar.FromContext(ctx)
	if c == nil {
		return "", errors.New("urlFor is called outside a request")
	}
	u, err := c.URLFor(endpoint, pairs...)
	return templ.SafeURL(u), err
}

// flashes returns the messages to show.
func flashes(ctx context.Context) []dewar.Flash {
	return dewar.FromContext(ctx).FlashedMessages()
}
