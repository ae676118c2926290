package dewar

import "io"

type ContextProcessor func(c *Context) Map

type Rendering struct {
	Context *Context
	Name    string
	Data    Map
}
type Renderer interface {
	Render(c *Context, w io.Writer, name string, data Map) error
}

func newTemplateRenderer(app *App) (Renderer, error) { return nil, nil }
func (app *App) addStaticRoute()                     {}
func (app *App) addBlueprintStatic(in *instance)     {}
