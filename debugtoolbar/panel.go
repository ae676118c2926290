package debugtoolbar

import (
	"fmt"

	"github.com/dewar-go/dewar"
)

// A Panel adds a table of its own to the page of each request. It must be safe for concurrent requests.
type Panel interface {
	// Title names the panel on the page, and for [Show]. It should always be the same.
	Title() string
	// Fields is called once when the request is over, on its goroutine, and returns what the panel shows; nothing makes no
	// table. Values show as their types and lengths, unless [Show] names them. It must not keep c, and cannot answer
	// any more. A panic is shown in place of the fields.
	Fields(c *dewar.Context) []Field
}

// A Field is one row of a [Panel].
type Field struct {
	// Name stands before the value, and is what [Show] takes.
	Name string
	// Value is looked at once, and not kept.
	Value any
}

// Format prints the name and what the toolbar shows of the value, for every verb.
func (f Field) Format(s fmt.State, _ rune) {
	_, _ = fmt.Fprintf(s, "%s: %s", f.Name, describe(f.Value))
}

// A section is a table on the page of a request.
type section struct {
	Title string
	Lines []line
}

// ask returns what the application's own panels say of a request.
func (t *toolbar) ask(c *dewar.Context) []section {
	var all []section
	for _, p := range t.panels {
		if s := t.askOne(p, c); len(s.Lines) > 0 {
			all = append(all, s)
		}
	}
	return all
}

func (t *toolbar) askOne(p Panel, c *dewar.Context) (s section) {
	s.Title = fmt.Sprintf("%T", p)
	defer func() {
		if value := recover(); value != nil {
			s.Lines = []line{{"panic", describe(value)}}
		}
	}()
	s.Title = p.Title()
	for _, f := range p.Fields(c) {
		s.Lines = append(s.Lines, line{short(f.Name), t.value(s.Title, f.Name, f.Value)})
	}
	return s
}
