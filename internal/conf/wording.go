package conf

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// A wording is a value that is no text as it was written in a variable, for where text is wanted after all: a password
// may look like the number 12e3, and a version like 1.50. It is never changed.
type wording struct {
	text  string              // of the variable, or the digits of a number; "" for what stands inside a JSON value
	below map[string]*wording // of a mapping; nil where the value itself will do
	items []*wording          // of a list, as long as that
}

// wordingOf returns the wording of a variable, or nil when decoding has left it text.
func wordingOf(text string, decoded any) *wording {
	if _, ok := decoded.(string); ok {
		return nil
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var raw any
	if decoder.Decode(&raw) != nil {
		return &wording{text: text}
	}
	w := wordingInside(raw)
	if w == nil {
		w = &wording{}
	}
	w.text = text
	return w
}

func wordingInside(raw any) *wording {
	switch raw := raw.(type) {
	case json.Number:
		return &wording{text: raw.String()}
	case map[string]any:
		w := &wording{below: make(map[string]*wording, len(raw))}
		for key, value := range raw {
			w.below[key] = wordingInside(value)
		}
		return w
	case []any:
		w := &wording{items: make([]*wording, len(raw))}
		for i, value := range raw {
			w.items[i] = wordingInside(value)
		}
		return w
	}
	return nil
}

// with returns a wording like w but for what is at path.
func (w *wording) with(path []string, words *wording) *wording {
	if len(path) == 0 {
		return words
	}
	fresh := &wording{below: map[string]*wording{}}
	if w != nil {
		for key, below := range w.below {
			fresh.below[key] = below
		}
	}
	fresh.below[path[0]] = w.at(path[0]).with(path[1:], words)
	return fresh
}

// at returns the wording of a key of a mapping.
func (w *wording) at(key string) *wording {
	if w == nil {
		return nil
	}
	return w.below[key]
}

// item returns the wording of an item of a list.
func (w *wording) item(i int) *wording {
	if w == nil || i >= len(w.items) {
		return nil
	}
	return w.items[i]
}

// worded returns value for a destination of type t: as it was written where t wants text, itself otherwise.
func (w *wording) worded(value any, t reflect.Type) any {
	if w == nil || value == nil || !wantsText(t) {
		return value
	}
	return w.texts(value, t)
}

func (w *wording) texts(value any, t reflect.Type) any {
	if w == nil {
		return value
	}
	t = pointee(t)
	switch v := value.(type) {
	case map[string]any:
		if t.Kind() == reflect.Map {
			texts := make(map[string]any, len(v))
			for key, below := range v {
				texts[key] = w.at(key).texts(below, t.Elem())
			}
			return texts
		}
	case []any:
		if isList(t) {
			texts := make([]any, len(v))
			for i, item := range v {
				texts[i] = w.item(i).texts(item, t.Elem())
			}
			return texts
		}
	}
	if w.text == "" {
		return value
	}
	return w.text
}

// wantsText reports whether a t holds text and nothing else.
func wantsText(t reflect.Type) bool {
	t = pointee(t)
	switch kind := t.Kind(); {
	case kind == reflect.String, isBytes(t):
		return true
	case kind == reflect.Map:
		return t.Key().Kind() == reflect.String && wantsText(t.Elem())
	case isList(t):
		return wantsText(t.Elem())
	case kind == reflect.Struct:
		return t != reflect.TypeFor[time.Time]() && reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
	}
	return false
}

func isList(t reflect.Type) bool {
	return t.Kind() == reflect.Array || t.Kind() == reflect.Slice && !isBytes(t)
}

func isBytes(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
}
