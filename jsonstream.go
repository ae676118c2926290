package dewar

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
)

// StreamJSON answers with a JSON array of items, encoded one by one with the App's JSON provider, so that a list of any
// length takes the memory of one item. iter.Seq2 is what goes over the rows of a database and their error; an error ends
// the list.
//
//	return dewar.StreamJSON(c, store.Posts(c)) // func (s *Store) Posts(ctx context.Context) iter.Seq2[Post, error]
//
// The text is held back as that of every answer. An error, of items or of an item that cannot be encoded, goes to the error
// handlers while nothing has been sent, that is up to RESPONSE_BUFFER_SIZE; a later one cuts the connection, so that no
// client takes half a list for a whole one. When the client has gone, items is stopped. It is not asked for anything for
// HEAD and for a status that has no body. The type is application/json, unless the view has set one.
func StreamJSON[T any](c *Context, items iter.Seq2[T, error]) error {
	return c.streamItems("application/json", true, func(w io.Writer) error {
		before := "["
		for item, err := range items {
			if err != nil {
				return err
			}
			if err := c.writeJSON(w, before, item, ""); err != nil {
				return err
			}
			before = ","
		}
		end := "]\n"
		if before == "[" {
			end = "[]\n"
		}
		_, err := io.WriteString(w, end)
		return err
	})
}

// StreamJSONLines answers with items as JSON Lines, one a line. Each line is sent at once, as by [Context.Stream], so that
// a client sees what happens while it happens; errors, HEAD and a client that has gone are as there: an error in front of
// the first item goes to the error handlers. The type is application/x-ndjson, unless the view has set one.
func StreamJSONLines[T any](c *Context, items iter.Seq2[T, error]) error {
	return c.streamItems("application/x-ndjson", false, func(w io.Writer) error {
		for item, err := range items {
			if err != nil {
				return err
			}
			if err := c.writeJSON(w, "", item, "\n"); err != nil {
				return err
			}
		}
		return nil
	})
}

// streamItems answers with what write writes, held back or not.
func (c *Context) streamItems(contentType string, held bool, write func(w io.Writer) error) error {
	if err := c.startAnswer(); err != nil {
		return err
	}
	c.setContentType(contentType)
	r := &c.response
	if r.isHead() || bodyless(r.StatusCode()) {
		return c.sendAhead()
	}
	if !held {
		if err := write(flushWriter{r}); err != nil || r.Committed() {
			return err
		}
		r.answered()
		return nil
	}
	if err := write(streamWriter{r}); err != nil {
		return err
	}
	r.answered()
	return nil
}

// streamWriter holds back what is written within the bound, in one answer.
type streamWriter struct{ r *Response }

func (w streamWriter) Write(p []byte) (int, error) { return w.r.write(p) }

// writeJSON writes an item on a single line, with what stands around it, in one piece.
func (c *Context) writeJSON(w io.Writer, before string, item any, after string) error {
	text, err := c.App.JSON.Marshal(item)
	if err != nil {
		return fmt.Errorf("dewar: encode %T as JSON: %w", item, err)
	}
	var b bytes.Buffer
	b.Grow(len(before) + len(text) + len(after))
	b.WriteString(before)
	if bytes.IndexByte(text, '\n') < 0 {
		b.Write(text)
	} else if err := json.Compact(&b, text); err != nil {
		return fmt.Errorf("dewar: the JSON provider makes no JSON of %T: %w", item, err)
	}
	b.WriteString(after)
	_, err = w.Write(b.Bytes())
	return err
}
