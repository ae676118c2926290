package dewar

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// A JSONProvider encodes and decodes JSON for an App. Set App.JSON to replace the default.
// It must be safe for concurrent use.
type JSONProvider interface {
	// Marshal returns v as JSON, or an error and nothing.
	Marshal(v any) ([]byte, error)
	// Unmarshal stores the JSON in data in what v points to.
	Unmarshal(data []byte, v any) error
}

// standardJSON is encoding/json, indented in DEBUG.
type standardJSON struct{ app *App }

func (p standardJSON) Marshal(v any) ([]byte, error) {
	if p.app.Config.settings().debug {
		return json.MarshalIndent(v, "", "  ")
	}
	return json.Marshal(v)
}

func (standardJSON) Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }

// BindJSON decodes the body into v, a pointer. A body that is not declared to be JSON is a 415, one that is malformed
// or does not fit v a 400, one larger than MAX_JSON_SIZE a 413. Anything after the first value is malformed too. A
// struct that has the method Validate() error is asked then, and App.Validator, as by [Context.Bind].
func (c *Context) BindJSON(v any) error {
	if !c.IsJSON() {
		return &HTTPError{Code: http.StatusUnsupportedMediaType, Message: "The body must be JSON; send it with Content-Type: application/json."}
	}
	body, err := c.readBody(c.settings.maxJSON)
	if err != nil {
		return bodyError(err)
	}
	if err := c.App.JSON.Unmarshal(body, v); err != nil {
		return &HTTPError{Code: http.StatusBadRequest, Message: jsonMessage(err), Err: err}
	}
	return c.validate(v)
}

// readBody reads the whole body, at most limit bytes when limit is above zero, and puts it back so that it
// can be read again.
func (c *Context) readBody(limit int64) ([]byte, error) {
	if b := c.Request.Body; b == nil || b == http.NoBody {
		return nil, nil
	}
	body, err := c.readAll(limit)
	if err != nil {
		return nil, err
	}
	if c.Request == c.born { // made by hand, and never touched
		c.Request = c.born.WithContext(c.born.Context())
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

func (c *Context) readAll(limit int64) ([]byte, error) {
	if limit <= 0 {
		return io.ReadAll(c.Request.Body)
	}
	if c.Request.ContentLength > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(c.Request.Body, limit+1)); err != nil {
		return nil, err
	}
	if int64(b.Len()) > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	return b.Bytes(), nil
}

// jsonMessage says what is wrong with a JSON body without repeating any of it.
func jsonMessage(err error) string {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Sprintf("The body is not valid JSON, at byte %d.", e.Offset)
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && e.Field != "" {
		return fmt.Sprintf("The field %q has the wrong type.", e.Field)
	}
	return "The body is not the JSON that is expected here."
}
