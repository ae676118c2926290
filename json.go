package dewar

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf16"

	"github.com/dewar-go/dewar/internal/jsontext"
)

// A JSONProvider encodes and decodes JSON for an App. Set App.JSON to replace the default.
// It must be safe for concurrent use.
type JSONProvider interface {
	// Marshal returns v as JSON, or an error and nothing.
	Marshal(v any) ([]byte, error)
	// Unmarshal stores the JSON in data in what v points to. Bodies of requests have been found to be JSON before.
	Unmarshal(data []byte, v any) error
}

// standardJSON is what encoding/json writes and reads, indented in DEBUG. It does not round integers.
type standardJSON struct{ app *App }

func (p standardJSON) Marshal(v any) ([]byte, error) {
	if p.app.Config.settings().debug {
		return json.MarshalIndent(v, "", "  ")
	}
	if text, ok := p.app.jsonEncoder.Append(nil, v); ok {
		return text, nil
	}
	return json.Marshal(v)
}

func (p standardJSON) Unmarshal(data []byte, v any) error {
	return p.app.jsonDecoder.Unmarshal(data, v)
}

// ASCIIJSON returns a JSONProvider that writes what is not ASCII as escapes, "ü" as "\u00fc", as Flask does unless its
// ensure_ascii is off, and leaves all else to p:
//
//	app.JSON = dewar.ASCIIJSON(app.JSON)
//
// It is for the port of an API whose clients compare bytes or cannot read UTF-8; to any other both are the same text. Reading
// stays as p does it. It is safe for concurrent use if p is.
func ASCIIJSON(p JSONProvider) JSONProvider { return asciiJSON{p} }

// asciiJSON is a JSONProvider that writes ASCII.
type asciiJSON struct{ JSONProvider }

func (a asciiJSON) Marshal(v any) ([]byte, error) {
	text, err := a.JSONProvider.Marshal(v)
	if err != nil || bytes.IndexFunc(text, beyondASCII) < 0 {
		return text, err
	}
	return escapeASCII(text), nil
}

// beyondASCII reports whether Python escapes r, which it does with DEL too.
func beyondASCII(r rune) bool { return r >= 0x7F }

// escapeASCII returns the JSON with escapes, as UTF-16 has them. Only strings have what is escaped.
func escapeASCII(text []byte) []byte {
	escaped := make([]byte, 0, 2*len(text))
	for _, r := range string(text) {
		switch high, low := utf16.EncodeRune(r); {
		case !beyondASCII(r):
			escaped = append(escaped, byte(r))
		case r > 0xFFFF:
			escaped = fmt.Appendf(escaped, `\u%04x\u%04x`, high, low)
		default:
			escaped = fmt.Appendf(escaped, `\u%04x`, r)
		}
	}
	return escaped
}

// BindJSON decodes the body into v, a pointer. A body that is not declared to be JSON, has a charset that is not UTF-8, or is compressed, is a 415, one
// that is malformed or does not fit v a 400, one larger than MAX_JSON_SIZE a 413. Malformed are also text that is not
// UTF-8, a name that is twice in its object, values that are nested deeper than 512 levels, and anything after the first
// value. A byte order mark is passed over. What is decoded into an any is an int64 if it is an integer, and a json.Number
// if it is one beyond. The body stays readable. Flask has request.get_json.
func (c *Context) BindJSON(v any) error {
	if !c.IsJSON() {
		return &HTTPError{Code: http.StatusUnsupportedMediaType, Message: "The body must be JSON; send it with Content-Type: application/json."}
	}
	doc, err := c.scanJSON()
	if err != nil {
		return err
	}
	if at := doc.Twice(); at >= 0 {
		return &HTTPError{Code: http.StatusBadRequest, Message: fmt.Sprintf("The JSON has a name twice in one object, at byte %d.", at)}
	}
	if err := c.App.JSON.Unmarshal(doc.Root().Raw(), v); err != nil {
		return badJSON(err)
	}
	return c.validate(v)
}

// scanJSON reads the body and looks it over.
func (c *Context) scanJSON() (*jsontext.Doc, error) {
	if err := cmp.Or(c.checkEncoding(), c.checkCharset()); err != nil {
		return nil, err
	}
	var text []byte
	if b := c.body(); b != nil {
		var err error
		if text, err = b.readAll(c.limits().JSON); err != nil {
			return nil, c.bodyError(err)
		}
	}
	doc, err := jsontext.Scan(text)
	if err != nil {
		return nil, badJSON(err)
	}
	return doc, nil
}

// checkCharset refuses JSON that is declared to be in another encoding than UTF-8, such as UTF-7, where the same bytes
// are another text. ISO 8859-1 is none: what it has beyond ASCII is no UTF-8, and refused for that.
func (c *Context) checkCharset() error {
	_, params, _ := c.mediaType()
	switch strings.ToLower(params["charset"]) {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "latin-1":
		return nil
	}
	return &HTTPError{Code: http.StatusUnsupportedMediaType, Message: "JSON must be in UTF-8; send it with Content-Type: application/json."}
}

func badJSON(err error) error {
	return &HTTPError{Code: http.StatusBadRequest, Message: jsonMessage(err), Err: err}
}

// jsonMessage says what is wrong with a JSON body without repeating any of it.
func jsonMessage(err error) string {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Sprintf("The body is not valid JSON, at byte %d.", e.Offset)
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && e.Field != "" {
		return fmt.Sprintf("The field %q has the wrong type.", e.Field)
	}
	switch {
	case errors.Is(err, jsontext.ErrNotUTF8):
		return "The JSON is not in UTF-8."
	case errors.Is(err, jsontext.ErrTooDeep):
		return fmt.Sprintf("The JSON is nested deeper than %d levels.", jsontext.MaxDepth)
	case errors.Is(err, jsontext.ErrTrailing), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "The body is not valid JSON."
	}
	return "The body is not the JSON that is expected here."
}
