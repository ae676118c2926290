package dewar

import "slices"

// Flash is a message that is shown to the user once, with the next page.
type Flash struct {
	Category string
	Message  string
}

// String returns the message, so that {{.}} shows it in a template.
func (f Flash) String() string { return f.Message }

// FlashMessage is what the receivers of [App.MessageFlashed] get.
type FlashMessage struct {
	Context *Context
	Flash
}

// flashesKey is where the session keeps messages, as Flask's does: a list of (category, message).
const flashesKey = "_flashes"

// Flash keeps a message in the session until it is shown. The category is "message" unless one is given.
func (c *Context) Flash(message string, category ...string) {
	kind := "message"
	if len(category) > 0 {
		kind = category[0]
	}
	s := c.Session()
	list, _ := s.Get(flashesKey).([]any)
	s.Set(flashesKey, append(slices.Clone(list), Tuple{kind, message}))
	c.App.MessageFlashed.send(FlashMessage{c, Flash{kind, message}})
}

// FlashedMessages takes the messages out of the session and returns those of the given categories, or all
// without one. Later calls in the same request return the same messages; one flashed after the first call is
// kept for the next request.
func (c *Context) FlashedMessages(categories ...string) []Flash {
	if c.rare().flashes == nil {
		taken := takeFlashes(c.Session())
		c.rare().flashes = &taken
	}
	if len(categories) == 0 {
		return slices.Clone(*c.rare().flashes)
	}
	return slices.DeleteFunc(slices.Clone(*c.rare().flashes), func(f Flash) bool { return !slices.Contains(categories, f.Category) })
}

func takeFlashes(s *Session) []Flash {
	if !s.Has(flashesKey) {
		return nil
	}
	list, _ := s.Pop(flashesKey).([]any)
	var flashes []Flash
	for _, item := range list {
		pair, ok := item.(Tuple)
		if !ok || len(pair) != 2 {
			continue
		}
		category, ok1 := pair[0].(string)
		message, ok2 := pair[1].(string)
		if ok1 && ok2 {
			flashes = append(flashes, Flash{category, message})
		}
	}
	return flashes
}
