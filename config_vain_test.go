package dewar_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// A readingHandler asks the configuration what to do with a record, as a handler of an application may.
type readingHandler struct {
	slog.Handler
	config *dewar.Config
}

func (h readingHandler) Handle(ctx context.Context, r slog.Record) error {
	r.AddAttrs(slog.String("format", h.config.String("LOG_FORMAT")))
	return h.Handler.Handle(ctx, r)
}

func TestALogHandlerMayReadTheConfigurationInVain(t *testing.T) {
	t.Parallel()
	app, _, log := newLogged(t)
	app.Logger = slog.New(readingHandler{slog.NewTextHandler(log, nil), app.Config})
	must(t, app.Config.Set("DEBUG", true))
	app.Config.String("TITLE") // waited for ever when the log was written under a lock
	for _, key := range []string{"TITLE", "LOG_FORMAT"} {
		if n := strings.Count(log.String(), "config key "+key+" was read but is not set"); n != 1 {
			t.Errorf("got %d lines about %s, want 1:\n%s", n, key, log)
		}
	}
}

func TestAKeyReadInVainIsNotTakenForAnother(t *testing.T) {
	t.Parallel()
	app, _, log := newLogged(t)
	must(t, app.Config.Set("DEBUG", true))
	for _, key := range []string{"JWT_SECRET_KEY", "MAX_UPLOAD_SIZE", "MAIL_SERVER", "SENDER_NAME", "TESTS", "SITE_NAME"} {
		app.Config.String(key)
	}
	if strings.Contains(log.String(), "did you mean") {
		t.Errorf("got %s, want no other key for one of the application's own", log)
	}
}

func TestReadingInVainCostsNothing(t *testing.T) {
	app, _, _ := newLogged(t)
	must(t, app.Config.Set("NAME", "maybe"))
	for name, read := range map[string]func(){
		"missing": func() { app.Config.String("TITLE") },
		"list":    func() { app.Config.Strings("TITLE") },
		"typed":   func() { app.Config.Int("TITLE") },
	} {
		if n := testing.AllocsPerRun(100, read); n > 0 {
			t.Errorf("%s: got %v allocations, want none", name, n)
		}
	}
}
