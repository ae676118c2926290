// Package safelog keeps a log handler that panics from ending what is logged.
package safelog

import (
	"context"
	"fmt"
	"io"
	"log/slog"
)

// New returns h with its panics recovered. A record that h panics on is written to fallback as text, with what the
// panic said.
func New(h slog.Handler, fallback io.Writer) slog.Handler {
	if safe, ok := h.(handler); ok {
		return safe
	}
	return handler{h, fallback}
}

type handler struct {
	inner    slog.Handler
	fallback io.Writer
}

// Enabled is that of the handler inside; one that panics wants every record.
func (h handler) Enabled(ctx context.Context, level slog.Level) (enabled bool) {
	defer func() {
		if recover() != nil {
			enabled = true
		}
	}()
	return h.inner.Enabled(ctx, level)
}

// Handle writes what the handler inside panics on to the fallback.
func (h handler) Handle(ctx context.Context, r slog.Record) (err error) {
	defer func() {
		value := recover()
		if value == nil {
			return
		}
		r = r.Clone()
		r.AddAttrs(slog.String("logHandlerPanicked", fmt.Sprint(value)))
		err = slog.NewTextHandler(h.fallback, nil).Handle(ctx, r)
	}()
	return h.inner.Handle(ctx, r)
}

// WithAttrs leaves out attributes that the handler inside panics on.
func (h handler) WithAttrs(attrs []slog.Attr) (with slog.Handler) {
	defer func() {
		if recover() != nil {
			with = h
		}
	}()
	return handler{h.inner.WithAttrs(attrs), h.fallback}
}

// WithGroup leaves out a group that the handler inside panics on.
func (h handler) WithGroup(name string) (with slog.Handler) {
	defer func() {
		if recover() != nil {
			with = h
		}
	}()
	return handler{h.inner.WithGroup(name), h.fallback}
}
