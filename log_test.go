package dewar_test

import (
	"context"
	"io"
	"log/slog"
)

// textLogger returns a logger that writes plain lines to w.
func textLogger(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

func contextWith(parent context.Context, key, value any) context.Context {
	return context.WithValue(parent, key, value)
}
