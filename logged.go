package dewar

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
)

// LogRecord is what the receivers of [App.RequestLogged] get: one line that the Logger of a request has written, with
// the attributes and groups that were added to that Logger. The Context may have ended by then.
type LogRecord struct {
	Context *Context
	slog.Record
}

// Format prints the message alone, for every verb: attributes may hold secrets.
func (l LogRecord) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, l.Message) }

// LogValue returns the message.
func (l LogRecord) LogValue() slog.Value { return slog.StringValue(l.Message) }

// MarshalJSON returns the message.
func (l LogRecord) MarshalJSON() ([]byte, error) { return json.Marshal(l.Message) }

// Logger returns the Logger of the request, but RequestLogged is not told of what it writes: for a receiver that has
// something to say.
func (l LogRecord) Logger() *slog.Logger { return l.Context.known().quiet }

// A loggedHandler tells the receivers of RequestLogged what it hands on.
type loggedHandler struct {
	slog.Handler
	c      *Context
	within func([]slog.Attr) []slog.Attr // puts attributes where With and WithGroup have led; nil for the top
}

// Handle writes the line, and then tells of it.
func (h loggedHandler) Handle(ctx context.Context, record slog.Record) error {
	err := h.Handler.Handle(ctx, record)
	h.c.App.RequestLogged.Send(LogRecord{h.c, h.whole(record)})
	return err
}

// whole returns the record with what stands around its attributes.
func (h loggedHandler) whole(record slog.Record) slog.Record {
	if h.within == nil {
		return record
	}
	attrs := make([]slog.Attr, 0, record.NumAttrs())
	record.Attrs(func(a slog.Attr) bool { attrs = append(attrs, a); return true })
	whole := slog.NewRecord(record.Time, record.Level, record.Message, record.PC)
	whole.AddAttrs(h.within(attrs)...)
	return whole
}

// WithAttrs adds attributes to every line.
func (h loggedHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return h.deeper(h.Handler.WithAttrs(attrs), func(inner []slog.Attr) []slog.Attr { return slices.Concat(attrs, inner) })
}

// WithGroup puts what follows into a group.
func (h loggedHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return h.deeper(h.Handler.WithGroup(name), func(inner []slog.Attr) []slog.Attr {
		return []slog.Attr{{Key: name, Value: slog.GroupValue(inner...)}}
	})
}

func (h loggedHandler) deeper(inner slog.Handler, step func([]slog.Attr) []slog.Attr) slog.Handler {
	outer := h.within
	return loggedHandler{inner, h.c, func(attrs []slog.Attr) []slog.Attr {
		if attrs = step(attrs); outer != nil {
			attrs = outer(attrs)
		}
		return attrs
	}}
}
