package taggedjson

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/dewar-go/dewar/internal/strictbase64"
)

// timeLayout is the date format of HTTP, which Flask uses.
const timeLayout = "Mon, 02 Jan 2006 15:04:05 GMT"

// tagFor returns the first of the codec's own tags that is for v, or nil.
func (e *encoder) tagFor(v any) *Tag {
	for i := range e.tags {
		if e.tags[i].Check(v) {
			return &e.tags[i]
		}
	}
	return nil
}

// tagged writes v by a tag of the codec's own.
func (e *encoder) tagged(tag *Tag, v any) error {
	if e.plain {
		return e.marshaled(v, reflect.TypeOf(v))
	}
	content, err := tag.Encode(v)
	if err != nil {
		return &Error{Reason: fmt.Sprintf("the Encode of tag %q refused a %T", tag.Key, v), Cause: err}
	}
	if err := e.openTag(tag.Key); err != nil {
		return err
	}
	defer e.closeTag()
	return e.value(content)
}

func (e *encoder) openTag(key string) error {
	if e.plain {
		return nil
	}
	if e.depth >= MaxDepth {
		return tooDeep()
	}
	e.depth++
	e.out = append(e.out, '{')
	e.out = appendText(e.out, key)
	e.out = append(e.out, ':')
	return nil
}

func (e *encoder) closeTag() {
	if !e.plain {
		e.depth--
		e.out = append(e.out, '}')
	}
}

func (e *encoder) bytes(b []byte) error {
	if b == nil {
		e.null()
		return nil
	}
	if err := e.openTag(tagBytes); err != nil {
		return err
	}
	e.out = append(e.out, '"')
	e.out = base64.StdEncoding.AppendEncode(e.out, b)
	e.out = append(e.out, '"')
	e.closeTag()
	return nil
}

func (e *encoder) time(t time.Time) error {
	if !e.plain {
		t = t.UTC()
	}
	if t.Year() < 1 || t.Year() > 9999 {
		return &Error{Reason: "a time outside the years 1 to 9999"}
	}
	layout := timeLayout
	if e.plain {
		layout = time.RFC3339Nano
	}
	if err := e.openTag(tagTime); err != nil {
		return err
	}
	e.out = append(e.out, '"')
	e.out = t.AppendFormat(e.out, layout)
	e.out = append(e.out, '"')
	e.closeTag()
	return nil
}

func (e *encoder) uuid(id []byte) error {
	if err := e.openTag(tagUUID); err != nil {
		return err
	}
	e.out = append(e.out, '"')
	if e.plain {
		e.out = append(e.out, dashed(id)...)
	} else {
		e.out = hex.AppendEncode(e.out, id)
	}
	e.out = append(e.out, '"')
	e.closeTag()
	return nil
}

// dashed returns a UUID in its usual 36 characters.
func dashed(id []byte) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

func (e *encoder) tuple(v reflect.Value) error {
	if v.IsNil() {
		e.null()
		return nil
	}
	if err := e.openTag(tagTuple); err != nil {
		return err
	}
	defer e.closeTag()
	return e.list(v)
}

func (e *encoder) markup(text string) error {
	if err := e.openTag(tagMarkup); err != nil {
		return err
	}
	defer e.closeTag()
	return e.text(text)
}

func (c *Codec) untagTuple(v any) (any, error) {
	list, ok := v.([]any)
	switch {
	case !ok:
		return nil, badTag(tagTuple, "a list")
	case c.types.Tuple == nil:
		return list, nil
	}
	return reflect.ValueOf(list).Convert(c.types.Tuple).Interface(), nil
}

func (c *Codec) untagMarkup(v any) (any, error) {
	text, ok := v.(string)
	switch {
	case !ok:
		return nil, badTag(tagMarkup, "text")
	case c.types.Markup == nil:
		return text, nil
	}
	return reflect.ValueOf(text).Convert(c.types.Markup).Interface(), nil
}

func (c *Codec) untagUUID(v any) (any, error) {
	text, _ := v.(string)
	var id [16]byte
	if n, err := hex.Decode(id[:], []byte(text[:min(32, len(text))])); err != nil || n != 16 || len(text) != 32 {
		return nil, badTag(tagUUID, "32 hexadecimal digits")
	}
	if c.types.UUID == nil {
		return id, nil
	}
	return reflect.ValueOf(id).Convert(c.types.UUID).Interface(), nil
}

func untagBytes(v any) (any, error) {
	text, ok := v.(string)
	if !ok {
		return nil, badTag(tagBytes, "base64")
	}
	return decodeBytes(text)
}

// decodeBytes takes padded standard base64 as an encoder writes it.
func decodeBytes(text string) ([]byte, error) {
	b, ok := strictbase64.Std.DecodeString(text)
	if !ok {
		return nil, badTag(tagBytes, "base64")
	}
	return b, nil
}

func untagTime(v any) (any, error) {
	text, ok := v.(string)
	if !ok {
		return nil, badTag(tagTime, "a date")
	}
	return decodeTime(text)
}

func decodeTime(text string) (time.Time, error) {
	t, err := time.Parse(timeLayout, text)
	if err != nil || t.Format(timeLayout) != text {
		return time.Time{}, badTag(tagTime, "a date such as "+timeLayout)
	}
	return t.UTC(), nil
}

// untagDict takes back the escape of an object that looks like a tag. Flask takes whatever key it
// finds; here it must be an escaped tag, as nothing else could be written again.
func (c *Codec) untagDict(v any) (any, error) {
	dict, ok := v.(map[string]any)
	if !ok || len(dict) != 1 {
		return nil, badEscape()
	}
	for escaped, v := range dict {
		if key, ok := c.unescapeKey(escaped); ok {
			return map[string]any{key: v}, nil
		}
	}
	return nil, badEscape()
}

func (c *Codec) unescapeKey(escaped string) (key string, ok bool) {
	key, ok = strings.CutSuffix(escaped, "__")
	return key, ok && c.isTag(key)
}

func badEscape() *Error {
	return badTag(tagDict, `an object whose only key is a tag and "__"`)
}
