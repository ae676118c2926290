package dewar

import (
	"encoding/json"
	"fmt"
	"html/template"
	"log/slog"
	"slices"

	"github.com/dewar-go/dewar/internal/coerce"
	"github.com/dewar-go/dewar/internal/sessiondata"
)

// Flash is a message that is shown to the user once, with the next page. In a template .Message is what was flashed:
// template.HTML is not escaped, and a mapping has members.
type Flash struct {
	// Category is "message" unless another was given.
	Category string
	// Message is the text; the JSON of what is none.
	Message string
	// Value is what was flashed if that is not plain text: template.HTML, or what [Session.Get] gives of a mapping, a
	// list or a number. It is nil for text.
	Value any
}

// String returns the message, so that {{.}} shows it in a template.
func (f Flash) String() string { return f.Message }

// FlashMessage is what the receivers of [App.MessageFlashed] get.
type FlashMessage struct {
	Context *Context
	Flash
}

// Logger returns the Logger of the request.
func (m FlashMessage) Logger() *slog.Logger { return m.Context.Logger() }

// flashesKey is where the session keeps messages, as Flask's does: a list of (category, message).
const flashesKey = "_flashes"

// Flash keeps a message in the session until it is shown. The category is "message" unless one is given. The message is
// text, template.HTML, which templates do not escape, an error, whose text is taken, or anything else that a session
// keeps, such as a mapping for a template to show.
func (c *Context) Flash(message any, category ...string) {
	kind := "message"
	if len(category) > 0 {
		kind = category[0]
	}
	if err, ok := message.(error); ok && err != nil {
		message = err.Error()
	}
	s := c.Session()
	list, _ := s.Get(flashesKey).([]any)
	s.Set(flashesKey, append(slices.Clone(list), Tuple{kind, message}))
	c.App.MessageFlashed.Send(FlashMessage{c, newFlash(kind, message)})
}

// newFlash returns what a message is for those who ask.
func newFlash(category string, message any) Flash {
	switch m := message.(type) {
	case string:
		return Flash{Category: category, Message: m}
	case template.HTML:
		return Flash{category, string(m), m}
	}
	text, err := json.Marshal(message)
	if err != nil {
		text = fmt.Append(nil, message)
	}
	return Flash{category, string(text), message}
}

// A shownFlash is a Flash in a template, where values need no type.
type shownFlash struct {
	Category string
	Message  any
	text     string
}

// String returns the message as text.
func (f shownFlash) String() string { return f.text }

// shownFlashes returns what templates get of messages.
func shownFlashes(flashes []Flash) []shownFlash {
	shown := make([]shownFlash, len(flashes))
	for i, f := range flashes {
		shown[i] = shownFlash{f.Category, f.Message, f.Message}
		if f.Value != nil {
			shown[i].Message = f.Value
		}
	}
	return shown
}

// FlashedMessages takes the messages out of the session and returns those of the given categories, or all
// without one. Later calls in the same request return the same messages; one flashed after the first call is
// kept for the next request.
//
// Messages that nobody has seen are not lost: when the template that asks for them fails, or when an error or
// [Response.Reset] does away with the answer before it is sent, they are in the session again, for the page of the error or
// for the next one. In Flask they are gone.
func (c *Context) FlashedMessages(categories ...string) []Flash {
	x := c.rare()
	if x.flashes == nil {
		x.flashes = takeFlashes(c.Session())
	}
	if len(categories) == 0 {
		return slices.Clone(x.flashes.shown)
	}
	return slices.DeleteFunc(slices.Clone(x.flashes.shown), func(f Flash) bool { return !slices.Contains(categories, f.Category) })
}

// takenFlashes are the messages that a request has taken out of its session.
type takenFlashes struct {
	stored []any // as they stood there
	shown  []Flash
}

func takeFlashes(s *Session) *takenFlashes {
	taken := &takenFlashes{}
	if !s.Has(flashesKey) {
		return taken
	}
	taken.stored, _ = s.Pop(flashesKey).([]any)
	for _, item := range taken.stored {
		if pair := pairOf(item); len(pair) == 2 {
			category, _ := coerce.String(pair[0]) // "" for None
			taken.shown = append(taken.shown, newFlash(category, pair[1]))
		}
	}
	return taken
}

// hasFlashes reports whether the messages have been taken out of the session.
func (c *Context) hasFlashes() bool {
	x := c.lazy.Load()
	return x != nil && x.flashes != nil
}

// returnFlashes puts messages that nobody will see back into the session, unless that has been saved or cleared.
func (c *Context) returnFlashes() {
	if !c.hasFlashes() || c.sessionClosed() {
		return
	}
	x := c.rare()
	stored := x.flashes.stored
	x.flashes = nil
	if s := c.Session(); len(stored) > 0 && !s.marked(sessiondata.Cleared) {
		since, _ := s.Get(flashesKey).([]any)
		s.Set(flashesKey, slices.Concat(stored, since))
	}
}

// pairOf takes a flash apart: a tuple, as Flask and dewar write it, or a list.
func pairOf(item any) []any {
	if tuple, ok := item.(Tuple); ok {
		return tuple
	}
	list, _ := item.([]any)
	return list
}
