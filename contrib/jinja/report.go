package jinja

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/dewar-go/dewar"
)

// A Difference is a place of a template where a value may be written otherwise than Jinja does, because Jinja's escaping does
// not suffice there.
type Difference struct {
	Template string
	Line     int    // from 1
	Column   int    // from 1
	Value    string // as it is written in the template: user.website
	Place    string // where it lands: the quoted attribute href
	Change   string // what is done to it beyond what Jinja does
}

// String returns a line: page.html:7:12: user.website, in the quoted attribute href: blocks javascript: URLs.
func (d Difference) String() string {
	return fmt.Sprintf("%s:%d:%d: %s, in %s: %s", d.Template, d.Line, d.Column, d.Value, d.Place, d.Change)
}

// Differences returns every place of the App's templates where a value may be written otherwise than Jinja does, in the order of
// the templates' names and lines; none with Parity. It builds nothing: before App.Build it is an error.
func (r *Renderer) Differences() ([]Difference, error) {
	s, err := r.built()
	if err != nil {
		return nil, err
	}
	return s.differences()
}

func (s *site) differences() ([]Difference, error) {
	found, err := s.engine.Differences()
	list := make([]Difference, len(found))
	for i, d := range found {
		list[i] = Difference{d.Template, d.Line, d.Col, d.Source, d.Place, d.What}
	}
	return list, err
}

// tellDifferences logs how many there are, and with EXPLAIN_TEMPLATE_LOADING each of them.
func (s *site) tellDifferences(r *Renderer) {
	list, err := s.differences()
	if err != nil || len(list) == 0 {
		return
	}
	log := logger(s.templates.App())
	templates := map[string]bool{}
	for _, d := range list {
		templates[d.Template] = true
	}
	log.Info("jinja: values are escaped for their place where Jinja escapes for text alone",
		"places", len(list), "templates", len(templates), "list", "Renderer.Differences, or EXPLAIN_TEMPLATE_LOADING")
	if s.templates.App().Config.Bool("EXPLAIN_TEMPLATE_LOADING") {
		for _, d := range list {
			log.Info("jinja: " + strings.ReplaceAll(d.String(), "\n", " "))
		}
	}
}

func logger(app *dewar.App) *slog.Logger {
	if app.Logger != nil {
		return app.Logger
	}
	return slog.Default()
}
