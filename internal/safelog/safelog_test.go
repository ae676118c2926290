package safelog_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/safelog"
)

// A shaky handler panics in the methods that it names.
type shaky struct {
	slog.Handler
	in string
}

func (s shaky) mayPanic(method string) {
	if strings.Contains(s.in, method) {
		panic("no room in " + method)
	}
}

func (s shaky) Enabled(ctx context.Context, level slog.Level) bool {
	s.mayPanic("Enabled")
	return s.Handler.Enabled(ctx, level)
}

func (s shaky) Handle(ctx context.Context, r slog.Record) error {
	s.mayPanic("Handle")
	return s.Handler.Handle(ctx, r)
}

func (s shaky) WithAttrs(attrs []slog.Attr) slog.Handler {
	s.mayPanic("WithAttrs")
	return shaky{s.Handler.WithAttrs(attrs), s.in}
}

func (s shaky) WithGroup(name string) slog.Handler {
	s.mayPanic("WithGroup")
	return shaky{s.Handler.WithGroup(name), s.in}
}

// An unspeakable error panics when it is asked for its text.
type unspeakable struct{}

func (unspeakable) Error() string        { panic("unspeakable") }
func (unspeakable) LogValue() slog.Value { panic("unspeakable") }

func TestHandlerThatPanics(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in            string
		log, fallback []string
	}{
		{"", []string{"disk full", "id=7", "g.err=oh", "g.odd"}, nil},
		{"Enabled", []string{"disk full", "id=7", "g.err=oh"}, nil},
		{"WithAttrs", []string{"disk full", "g.err=oh"}, nil},
		{"WithGroup", []string{"disk full", "id=7", "err=oh"}, nil},
		{"Handle", nil, []string{"level=ERROR", "disk full", "err=oh", "odd", "no room in Handle"}},
		{"Enabled WithAttrs WithGroup Handle", nil, []string{"disk full", "err=oh", "no room in Handle"}},
	} {
		var log, fallback strings.Builder
		h := safelog.New(shaky{slog.NewTextHandler(&log, nil), tt.in}, &fallback)
		logger := slog.New(safelog.New(h, nil)).With("id", 7).WithGroup("g")
		logger.Error("disk full", "err", errors.New("oh"), "odd", unspeakable{})
		for _, part := range []struct {
			text string
			want []string
		}{{log.String(), tt.log}, {fallback.String(), tt.fallback}} {
			if (part.text == "") != (part.want == nil) {
				t.Errorf("%q panics: got %q, want %q", tt.in, part.text, part.want)
			}
			for _, want := range part.want {
				if !strings.Contains(part.text, want) {
					t.Errorf("%q panics: %q is not in %q", tt.in, want, part.text)
				}
			}
		}
	}
}
